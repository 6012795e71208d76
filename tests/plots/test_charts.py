"""What the charts show: axes that fit their values, numbers of articles that are whole."""

import pytest

from newsarchive.archive import Archive
from newsarchive.plots.charts import draw
from newsarchive.plots.data import lags
from tools.docs.sample import make_sample

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("plots") / "archive.db"
    make_sample(path, articles=120, visits=(0, 48))
    with Archive.open(path, readonly=True) as archive:
        yield archive.connection


def shift_stories(connection, path, hours):
    """Copy the archive, and let every story's first article have come that many hours earlier."""
    with Archive.open(path) as archive:
        connection.backup(archive.connection)
        archive.connection.execute(
            "UPDATE stories SET first_published_at = strftime('%Y-%m-%dT%H:%M:%SZ', first_published_at, ?)",
            (f"-{hours} hours",),
        )
        archive.connection.commit()
        return draw(archive.connection, "lag").axes[0], lags(archive.connection).hours


@pytest.mark.parametrize("hours", [0, 3, 20, 100, 2000, 200_000])
def test_the_axis_of_lags_holds_all_values_between_named_times(sample, tmp_path, hours):
    axes, found = shift_stories(sample, tmp_path / "archive.db", hours)
    assert found[0] >= hours
    low, high = axes.get_xlim()
    assert low <= found[0] <= found[-1] <= high
    within = [label.get_text() for label in axes.get_xticklabels()]
    assert 1 <= len(within) <= 9
    assert hours > 100_000 or len(within) >= 2


def test_few_reprints_are_points_and_no_box(sample):
    axes = draw(sample, "lag").axes[0]
    boxed = [name for name, found in lags(sample).by_source.items() if len(found) >= 5]
    assert len(axes.patches) == len(boxed)


@pytest.mark.parametrize("query", ["", "证券"])
def test_no_scale_counts_parts_of_an_article(sample, query):
    _, scale = draw(sample, "hours", query).axes
    assert all(tick == int(tick) for tick in scale.get_yticks())
