"""When all known categories are asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.crawl.known_listings import FULL_DISCOVERY, full_discovery_is_due

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
SIX_HOURS = timedelta(hours=6)


def run(archive, hours_ago, outcome="finished", site="demo", **counts):
    at = NOW - timedelta(hours=hours_ago)
    with archive.transaction():
        run_id = archive.runs.start(spider="category", site=site, arguments={}, now=at)
        archive.runs.finish(run_id, outcome=outcome, counts=counts, now=at)


def due(archive):
    return full_discovery_is_due(archive.runs, "category", "demo", NOW, SIX_HOURS)


def test_the_first_run_is_a_sweep(archive):
    assert due(archive)


def test_after_a_sweep_that_ended_well_none_is_due_for_a_while(archive):
    run(archive, 5, **{FULL_DISCOVERY: 1})
    run(archive, 4)
    assert not due(archive)


def test_an_old_sweep_is_repeated(archive):
    run(archive, 7, **{FULL_DISCOVERY: 1})
    run(archive, 1)
    assert due(archive)


@pytest.mark.parametrize("outcome", ["failed", "stopped", "killed"])
def test_a_run_that_did_not_end_well_calls_for_a_sweep(archive, outcome):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    run(archive, 2, outcome=outcome)
    assert due(archive)


def test_a_listing_that_could_not_be_read_calls_for_a_sweep(archive):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    run(archive, 2, **{"listings/failed": 1})
    assert due(archive)


def test_another_sites_runs_do_not_count(archive):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    run(archive, 2, outcome="failed", site="finews")
    assert not due(archive)


def test_a_run_that_is_still_on_does_not_count(archive):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    with archive.transaction():
        archive.runs.start(spider="category", site="demo", arguments={}, now=NOW)
    assert not due(archive)


def test_an_empty_archive_knows_no_categories(archive):
    assert archive.listings.categories("demo") == []
