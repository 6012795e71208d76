"""What several folders of tests share: how examples are chosen, and files that are costly to make.

Property tests take the same examples in every run, on every machine: a run is red because of a change, never by chance.
New examples are looked for on purpose, by one of

    HYPOTHESIS_PROFILE=explore python -m pytest -q -n 2
    python -m pytest -q tests/extract --hypothesis-profile=explore

and what is found becomes a test of its own (or an `@example`) before it is mended.
"""

import gc
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from support.archives import empty_archive, new_archive

TESTS = Path(__file__).parent
# Whatever the machine speaks, the tests read English.
os.environ["NEWSARCHIVE_LANG"] = "en"
# A shell's background job ignores Ctrl-C, and so would the crawls that are started here to be stopped by it.
signal.signal(signal.SIGINT, signal.default_int_handler)
#: Files and folders of tests that `make test-fast` leaves out: each takes seconds of processor time.
SLOW = {
    "alerts/test_run.py",
    "archive/test_migrations.py",
    "archive/test_snapshots.py",
    "browse/test_browse_browser.py",
    "browse/test_browse_command.py",
    "browse/test_other_databases.py",
    "browse/test_whole_answers.py",
    "bulk/test_other_engines.py",
    "cluster",
    "commands/test_command_plot.py",
    "commands/test_command_read.py",
    "commands/test_command_rules.py",
    "commands/test_command_sites.py",
    "commands/test_replay_server.py",
    "crawl/test_fetch_one.py",
    "crawl/test_writer.py",
    "demo/test_demo_stories.py",
    "docs",
    "export/test_export.py",
    "maintenance",
    "mcp_server",
    "spiders",
    "test_imports.py",
    "test_installing.py",
    "test_repeatable.py",
}

# Whether examples are made fast enough depends on the machine and on what else it does; so does any deadline.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def is_slow(path):
    path = path.relative_to(TESTS) if path.is_relative_to(TESTS) else path
    return bool(SLOW & {path.as_posix(), *(folder.as_posix() for folder in path.parents)})


def pytest_ignore_collect(collection_path, config):
    """Do not even load, in every process, what `make test-fast` leaves out."""
    return True if config.option.markexpr == "not slow" and is_slow(collection_path) else None


def pytest_collection_modifyitems(items):
    for item in items:
        if is_slow(item.path):
            item.add_marker("slow")


def pytest_collection_finish(session):
    """Keep the collector of cycles from going through thousands of tests and modules again and again."""
    if session.config.option.collectonly:
        empty_archive()  # `make mutants` forks its processes from one that has collected: half of what each would take
    gc.freeze()


def pytest_sessionstart():
    """Let no example depend on which modules happen to be loaded.

    Hypothesis mixes the constants of all loaded modules of the project into its examples, so that they would change
    with the order of tests, with their distribution over processes, and with code that has nothing to do with a test.
    """
    if settings.get_current_profile_name() == "repeatable":
        pytest.MonkeyPatch().setattr(providers, "is_local_module_file", lambda path: False)


@pytest.fixture
def archive(tmp_path):
    """A new archive, open, at `archive.db` in the test's folder."""
    with new_archive(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Return a function that makes a costly file once, however many processes share the tests, and tells its path."""

    def once(name, make):
        base = tmp_path_factory.getbasetemp()
        folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"made-once-{name}"
        try:
            folder.mkdir()
        except FileExistsError:
            end = time.monotonic() + 600
            while not (folder / "done").exists():
                assert not (folder / "failed").exists(), f"another process failed to make {folder}"
                assert time.monotonic() < end, f"the process that makes {folder} has died"
                time.sleep(0.1)
        else:
            try:
                make(folder / name)
            except BaseException:
                (folder / "failed").touch()
                raise
            (folder / "done").touch()
        return folder / name

    return once
