"""Files of raw pages as other crawlers write them, with invented texts."""

import pytest
from support.warcs import write_warcs


@pytest.fixture
def warcs(tmp_path):
    """Six files with five articles each, in a folder of their own."""
    return write_warcs(tmp_path / "warcs", (f"CC-NEWS-{number}" for number in range(6)))
