import pytest

from newsarchive.archive import Archive
from tools.docs.sample import make_sample


@pytest.fixture(scope="session")
def archive(made_once):
    """The sample archive of the documentation."""
    with Archive.open(made_once("documented.db", make_sample), readonly=True) as archive:
        yield archive
