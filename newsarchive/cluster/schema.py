"""The tables of the engine, in numbered steps, and what workers and shards may do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from psycopg import Connection

    from newsarchive.cluster.engine import Engine

#: The roles that `cluster init` makes; users that log in are made members of one of them.
WORKER, SHARD = "newsarchive_worker", "newsarchive_shard"

#: Taken by who changes the schema, so that two do not.
LOCK = 7_362_117_530

#: Each is one step, applied in one transaction; never changed once it was released.
STEPS = (
    """
CREATE TABLE newsarchive.shard (
    id int PRIMARY KEY,
    seen_at timestamptz,            -- NULL: it has not told its sites yet
    version text,
    trouble text                    -- why it stores nothing at present
);
-- Sites that share articles or texts, which one shard has; mostly a family is one site.
CREATE TABLE newsarchive.family (name text PRIMARY KEY, shard_id int NOT NULL REFERENCES newsarchive.shard);
CREATE TABLE newsarchive.site (
    name text PRIMARY KEY,
    family text NOT NULL REFERENCES newsarchive.family,
    files jsonb NOT NULL,           -- its file, and those whose layouts it borrows: a worker needs no others
    hosts text[] NOT NULL,
    -- The number of its last lease. It begins with the time, so that it rises also where all of this was lost.
    fence bigint NOT NULL DEFAULT extract(epoch FROM clock_timestamp())::bigint,
    holder text,                    -- the worker that has the lease
    keeper text,                    -- the worker that had it last, and still has its slice
    wants_slice boolean NOT NULL DEFAULT false,
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    due_at timestamptz NOT NULL DEFAULT '-infinity',
    every interval NOT NULL DEFAULT '30 minutes',
    failures int NOT NULL DEFAULT 0,
    outcome text,                   -- of its last run
    reason text
);
CREATE INDEX ON newsarchive.site (greatest(due_at, lease_until));
CREATE INDEX ON newsarchive.site (holder) WHERE holder IS NOT NULL;
CREATE INDEX ON newsarchive.site (family);
CREATE INDEX ON newsarchive.site (name) WHERE wants_slice;
CREATE INDEX ON newsarchive.site USING gin (hosts);
-- What a worker has to know of a site, packed; taken away when it was fetched.
CREATE TABLE newsarchive.slice (
    site text PRIMARY KEY REFERENCES newsarchive.site ON DELETE CASCADE, fence bigint NOT NULL, data bytea NOT NULL
);
CREATE TABLE newsarchive.inbox (
    id bigserial PRIMARY KEY,
    shard_id int NOT NULL,
    site text NOT NULL,
    fence bigint NOT NULL,
    seq bigint NOT NULL,
    tries int NOT NULL DEFAULT 0,
    bytes int NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    payload bytea NOT NULL,
    UNIQUE (site, fence, seq)
);
CREATE INDEX ON newsarchive.inbox (shard_id, id) INCLUDE (bytes);
-- It is empty most of the time, and changes all the time.
ALTER TABLE newsarchive.inbox SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
ALTER TABLE newsarchive.inbox ALTER payload SET STORAGE EXTERNAL;  -- it is packed already
ALTER TABLE newsarchive.slice ALTER data SET STORAGE EXTERNAL;
-- What could not be applied, and why; its pages are fetched again.
CREATE TABLE newsarchive.dead (
    id bigint PRIMARY KEY, shard_id int NOT NULL, site text NOT NULL, fence bigint NOT NULL, seq bigint NOT NULL,
    bytes int NOT NULL, payload bytea NOT NULL, why text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- When the next request to a host may begin that several sites name.
CREATE TABLE newsarchive.host (name text PRIMARY KEY, free_at timestamptz NOT NULL);
""",
    """
ALTER TABLE newsarchive.family ADD COLUMN moved bigint NOT NULL DEFAULT 0;     -- the number of its last move
ALTER TABLE newsarchive.site ADD COLUMN moving boolean NOT NULL DEFAULT false; -- nobody gets it meanwhile
-- Families that are on their way from the shard that has them to another.
CREATE TABLE newsarchive.move (
    family text PRIMARY KEY REFERENCES newsarchive.family,
    number bigint NOT NULL,
    to_shard int NOT NULL REFERENCES newsarchive.shard,
    sent int NOT NULL DEFAULT 0,                -- parcels
    place text NOT NULL DEFAULT '',             -- where the next one begins
    is_sent boolean NOT NULL DEFAULT false,
    has_arrived boolean NOT NULL DEFAULT false
);
CREATE TABLE newsarchive.parcel (
    family text NOT NULL REFERENCES newsarchive.move ON DELETE CASCADE, seq int NOT NULL, data bytea NOT NULL,
    PRIMARY KEY (family, seq)
);
ALTER TABLE newsarchive.parcel ALTER data SET STORAGE EXTERNAL;
""",
    """
-- Publications that somebody waits for, and what shards have written for each.
CREATE TABLE newsarchive.publication (
    number bigserial PRIMARY KEY, folder text NOT NULL, seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE newsarchive.part (
    number bigint NOT NULL REFERENCES newsarchive.publication ON DELETE CASCADE,
    shard_id int NOT NULL,
    data jsonb,                                 -- NULL: it could not be written
    why text,
    PRIMARY KEY (number, shard_id)
);
""",
    """
-- Files that `newsarchive bulk` reads, of all jobs; the times are seconds since 1970.
CREATE TABLE newsarchive.bulk (
    job text NOT NULL, path text NOT NULL, lease_until float8 NOT NULL DEFAULT 0, fence bigint NOT NULL DEFAULT 0,
    tries int NOT NULL DEFAULT 0, pages bigint, articles bigint, problems bigint,
    done_at float8, loaded_at float8, why text, PRIMARY KEY (job, path)
);
CREATE INDEX ON newsarchive.bulk (job, tries, path) WHERE done_at IS NULL;
""",
)

#: What the two roles may do; given again by every `cluster init`.
GRANTS = f"""
GRANT USAGE ON SCHEMA newsarchive TO {WORKER}, {SHARD};
GRANT SELECT ON newsarchive.step, newsarchive.shard, newsarchive.family, newsarchive.site TO {WORKER}, {SHARD};
GRANT UPDATE (fence, holder, keeper, wants_slice, lease_until, due_at, every, failures, outcome, reason)
    ON newsarchive.site TO {WORKER};
GRANT SELECT, DELETE ON newsarchive.slice TO {WORKER};
GRANT SELECT (shard_id, site, fence, seq, bytes), INSERT (shard_id, site, fence, seq, bytes, payload)
    ON newsarchive.inbox TO {WORKER};
GRANT USAGE ON SEQUENCE newsarchive.inbox_id_seq TO {WORKER};
GRANT SELECT, INSERT, UPDATE, DELETE ON newsarchive.host TO {WORKER};
GRANT SELECT, INSERT, UPDATE ON newsarchive.bulk TO {WORKER}, {SHARD};
GRANT INSERT, UPDATE ON newsarchive.shard, newsarchive.family, newsarchive.site TO {SHARD};
GRANT SELECT, INSERT, UPDATE, DELETE ON newsarchive.slice TO {SHARD};
GRANT SELECT, UPDATE, DELETE ON newsarchive.inbox TO {SHARD};
GRANT SELECT, INSERT, DELETE ON newsarchive.dead TO {SHARD};
GRANT SELECT, UPDATE, DELETE ON newsarchive.move TO {SHARD};
GRANT SELECT, INSERT, DELETE ON newsarchive.parcel TO {SHARD};
GRANT SELECT, INSERT, UPDATE, DELETE ON newsarchive.publication TO {SHARD};
GRANT USAGE ON SEQUENCE newsarchive.publication_number_seq TO {SHARD};
GRANT SELECT, INSERT ON newsarchive.part TO {SHARD};
"""


def init(engine: Engine) -> int:
    """Make the tables, or bring those of an older version up to date; return the number of steps applied."""

    def make(connection: Connection[Any]) -> int:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        for role in (WORKER, SHARD):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                connection.execute(f"CREATE ROLE {role} NOLOGIN".encode())
        connection.execute("CREATE SCHEMA IF NOT EXISTS newsarchive")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS newsarchive.step (number int PRIMARY KEY, at timestamptz DEFAULT now())"
        )
        ((done,),) = connection.execute("SELECT count(*) FROM newsarchive.step").fetchall()
        for number, step in enumerate(STEPS[done:], start=done + 1):
            connection.execute(step.encode())
            connection.execute("INSERT INTO newsarchive.step (number) VALUES (%s)", (number,))
        connection.execute(GRANTS.encode())
        return len(STEPS) - int(done)

    return int(engine.do(make))


def must_be_current(engine: Engine) -> None:
    """Raise UserError where the tables are not those of this version."""
    ((steps,),) = engine.ask("SELECT count(*) FROM newsarchive.step")
    if steps < len(STEPS):
        raise UserError(_("the cluster's engine is of an older version - run newsarchive cluster init first"))
