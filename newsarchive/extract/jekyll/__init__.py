"""Post files of Jekyll sites: front matter and kramdown."""
