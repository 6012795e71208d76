"""Several machines, one archive in shards, with PostgreSQL between them (docs/cluster.md).

The engine (PostgreSQL) holds what is under way: which worker has which site, and what workers have read, on its way to
the shard that stores it. A shard is an archive as any other, with one process that writes it. Nothing here is imported
by crawls of one machine.
"""
