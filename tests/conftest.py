"""What several folders of tests share."""

import os
import time

import pytest


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Give a function that makes a costly file once, however many processes share the tests, and tells its path."""

    def once(name, make):
        base = tmp_path_factory.getbasetemp()
        folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"made-once-{name}"
        try:
            folder.mkdir()
        except FileExistsError:
            end = time.monotonic() + 120
            while not (folder / "done").exists():
                assert time.monotonic() < end, f"the process that makes {folder} has died"
                time.sleep(0.1)
        else:
            make(folder / name)
            (folder / "done").touch()
        return folder / name

    return once
