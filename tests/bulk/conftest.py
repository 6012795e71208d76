"""Files of raw pages as other crawlers write them, with invented texts."""

import pytest
from support.warcs import write_warc


@pytest.fixture
def warcs(tmp_path):
    """Six files with five articles each, in a folder of their own."""
    folder = tmp_path / "warcs"
    folder.mkdir()
    for number in range(6):
        write_warc(folder / f"CC-NEWS-{number}.warc.gz", range(10 * number, 10 * number + 5))
    return folder
