"""Pages that need a browser: when one is rendered, by which Chromium, and what it may ask for meanwhile."""
