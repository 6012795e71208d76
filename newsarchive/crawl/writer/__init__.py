"""The writer of a crawl: a process of its own that writes the archive, and how the crawl reaches it.

`client.Writer` is all that a crawl needs; `operations.Operations` names what can be submitted to it. They are imported
from where they are, because the writing process needs nothing of the client.
"""
