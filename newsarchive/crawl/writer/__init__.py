"""The writer of crawls: a process of its own that writes the archive, and how crawls reach it.

`client.Writer` is all that a crawl needs, over a `channel.Channel` that crawls of one process share, and
`operations.Operations` names what can be submitted to it. They are imported from where they are, because the writing
process needs nothing of the client.
"""
