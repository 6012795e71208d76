"""Raw pages as WARC records: writing, reading, and importing those of others."""
