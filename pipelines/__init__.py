"""From a page to the archive, one job a file: snapshot, extract, normalize, validate, store."""
