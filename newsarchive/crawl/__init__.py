"""The Scrapy side of the archive: middlewares, extensions, spider arguments, and the `crawl` command."""
