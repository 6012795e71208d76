"""What a crawl may ask for, how it asks, and what it makes of the answers."""
