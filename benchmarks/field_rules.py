"""Measure whether rules drafted from a site's articles read its others better than the heuristics do.

    python benchmarks/sites.py --keep build/sites && python benchmarks/field_rules.py build/sites
    python benchmarks/kinds_of_sites.py --keep build/kinds && python benchmarks/field_rules.py build/kinds

FOLDER holds an archive of each site, as those two keep them. Of each site rules are drafted from some articles, as by
`newsarchive rules draft`; others, which were no examples, are read with them and without. For each field: on how many
both say the same, the rules alone or the heuristics alone say something, they differ. `surer` are the sites on which
the rules of the field fill a gap on these pages and differ on none. 1 where there is one: then `add` should write them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsarchive.archive import Archive  # noqa: E402
from newsarchive.drafting import draft  # noqa: E402
from newsarchive.errors import UserError  # noqa: E402
from newsarchive.extract import read  # noqa: E402
from newsarchive.sites import load_site  # noqa: E402

if TYPE_CHECKING:
    from newsarchive.models import Article, Page

_EXAMPLES, _OTHERS = 6, 40
_LAST = "SELECT max(s.id) FROM copies c JOIN snapshots s ON s.url = c.url GROUP BY c.url ORDER BY c.url"
_OUTCOMES = ("same", "rules alone", "heuristics alone", "differ")


def pages_of(archive: Path) -> list[Page]:
    """Return the articles' pages of an archive, as they lie spread over its addresses."""
    with Archive.open(archive, readonly=True) as opened:
        numbers = [number for (number,) in opened.connection.execute(_LAST)]
        step = max(1, len(numbers) // (_EXAMPLES + _OTHERS))
        return [opened.snapshots.load(number, role="original", site="") for number in numbers[::step]]


def fields_of(article: Article) -> dict[str, object]:
    """Return what of an article is compared; empty values say nothing."""
    return {
        "title": article.title,
        "date": article.published_at,
        "source": article.source,
        "authors": [byline.name for byline in article.bylines],
        "text": [paragraph.text for paragraph in article.paragraphs],
    }


def compare(pages: list[Page], name: str) -> dict[str, Counter[str]]:
    """Draft rules from some pages and read the others by them; return field -> how often what came of it.

    Raises:
        UserError: no rules can be drafted.

    """
    examples = pages[:: max(1, len(pages) // _EXAMPLES)][:_EXAMPLES]
    made = draft(examples, name)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{name}.toml").write_text(made.toml, encoding="utf-8")
        site = load_site(name, folder)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for page in pages:
        if page in examples or site.layout_for(page.url) is None:
            continue
        by_rules = fields_of(read(page, site))
        for field, plain in fields_of(read(page)).items():
            counts[field][_outcome(by_rules[field], plain)] += 1
    return counts


def _outcome(by_rules: object, plain: object) -> str:
    if by_rules == plain:
        return "same"
    return "heuristics alone" if not by_rules else "differ" if plain else "rules alone"


def main() -> int:
    """Measure and print; 1 where rules are surer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--verbose", "-v", action="store_true", help="print each site, too")
    options = parser.parse_args()
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    sites = 0
    for archive in sorted(options.folder.glob("*/archive.db")):
        name = archive.parent.name
        try:
            counts = compare(pages_of(archive), name)
        except UserError as error:
            print(f"{name}: {error}")
            continue
        sites += 1
        for field, found in counts.items():
            found["surer"] = int(found["rules alone"] > 0 and not found["differ"] and not found["heuristics alone"])
            totals[field] += found
            if options.verbose:
                print(f"{name} {field}: {dict(found)}")
    print(f"{sites} sites\n{'field':10}" + "".join(f"{heading:>18}" for heading in (*_OUTCOMES, "surer")))
    for field, found in totals.items():
        print(f"{field:10}" + "".join(f"{found[heading]:18}" for heading in (*_OUTCOMES, "surer")))
    return int(any(found["surer"] for found in totals.values()))


if __name__ == "__main__":
    sys.exit(main())
