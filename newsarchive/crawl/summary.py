"""What a crawl did, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from newsarchive.i18n import N_, _, stored
from newsarchive.problems import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

RunOutcome = Literal["finished", "stopped", "failed"]

STATS_PREFIX = "newsarchive/"
_PROBLEMS = "problems/"
# Scrapy's own counts that a run's row carries too -> our name for them.
_SCRAPY_COUNTS = {
    "downloader/request_count": "requests",
    "downloader/response_bytes": "bytes",
    "response_received_count": "responses",
    "retry/count": "retries",
}
#: The reason for which a run ends that leaves the rest for later, because other sites wait.
GAVE_WAY = "gave-way"
# Scrapy's reasons for ending, and ours -> outcome; whatever is not here is a failure.
_OUTCOMES: dict[str, RunOutcome] = {
    "finished": "finished",
    "closespider_timeout": "finished",
    "closespider_itemcount": "finished",
    "closespider_pagecount": "finished",
    GAVE_WAY: "finished",
    "shutdown": "stopped",
    "cancelled": "stopped",
}


# What is counted of the pages that brought an article, or what is known of it.
_ARRIVED = ("articles/new", "articles/changed", "articles/known", "checks/unchanged")
# Fewer lost pages than these are no alarm, however few were asked for: the next run tries them again.
_FEW = 10
# Unless they are all that was new, and more than one.
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class RunSummary:
    """How a crawl ended. Times are UTC; `pending` is what the frontier still holds of the site.

    `alarms` tell where a crawl that did its work brought less than it should have.
    """

    spider: str
    site: str
    outcome: RunOutcome
    reason: str | None
    started_at: datetime
    finished_at: datetime
    archive: str
    run_id: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    alarms: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 for a crawl that did what it was asked; 1 for one that failed or was stopped; 3 for one with alarms."""
        if self.outcome != "finished":
            return 1
        return 3 if self.alarms else 0

    def articles(self, outcome: str) -> int:
        """Count the stored pages whose article was `new`, `changed` or `known`."""
        return self.counts.get(f"articles/{outcome}", 0)

    def lines(self) -> list[str]:
        """Format the summary as a few lines for people."""
        seconds = (self.finished_at - self.started_at).total_seconds()
        head = {
            "finished": N_("{spider} of {site} finished after {seconds:.0f} s"),
            "stopped": N_("{spider} of {site} was stopped after {seconds:.0f} s"),
            "failed": N_("{spider} of {site} FAILED after {seconds:.0f} s"),
        }[self.outcome]
        told = _(head, spider=self.spider, site=self.site, seconds=seconds)
        lines = [told + (f": {stored(self.reason)}" if self.reason else "")]
        new, changed = self.articles("new"), self.articles("changed")
        known = self.articles("known") + self.counts.get("links/known", 0)
        lines.append(_("articles: {new} new, {changed} changed, {known} known", new=new, changed=changed, known=known))
        if self.pending:
            lines.append(_("waiting for a later run: {number}", number=self.pending))
        lines += [
            _("problem: {count} x {reason} ({meaning})", count=count, reason=reason, meaning=_(REASONS[reason]))
            for reason, count in sorted(self.problems.items())
        ]
        return lines + [_("ALARM: {alarm}", alarm=stored(alarm)) for alarm in self.alarms]


def alarms_of(
    counts: Mapping[str, int], *, losses_percent: float, silent_hours: float, silence_hours: float
) -> list[str]:
    """Return the alarms that the counts of a run and the hours since the last new article give rise to.

    They are kept with the run, and so in English; `i18n.stored` tells them in other languages.
    """
    alarms = []
    lost = counts.get("lost", 0)
    asked = lost + sum(counts.get(name, 0) for name in _ARRIVED)
    if lost >= _FEW and lost * 100 > losses_percent * asked:
        alarms.append(N_("{0} of {1} pages brought no article").format(lost, asked))
    missed = counts.get("listings/failed", 0)
    damaged, cut = counts.get("listings/damaged", 0), counts.get("listings/cut", 0)
    listings = missed + counts.get("listings/read", 0) + counts.get("listings/unchanged", 0)
    none_of = lost - counts.get("lost/again", 0)
    if not alarms and none_of >= _SEVERAL and asked == lost:
        alarms.append(N_("none of {0} pages that were new brought an article").format(none_of))
    if missed >= _FEW and missed * 100 > losses_percent * listings:
        alarms.append(N_("{0} of {1} listing pages could not be read").format(missed, listings))
    if damaged:
        alarms.append(N_("{0} of {1} listing pages did not have what they should").format(damaged, listings))
    if cut:
        alarms.append(N_("{0} of {1} listing pages were cut at a limit").format(cut, listings))
    if silent_hours > silence_hours:
        alarms.append(N_("nothing new for {0} hours").format(round(silent_hours)))
    return alarms


def run_outcome(scrapy_reason: str) -> RunOutcome:
    """Return what Scrapy's reason for ending a crawl means."""
    return _OUTCOMES.get(scrapy_reason, "failed")


def split_stats(stats: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """Extract from Scrapy's stats what a run's row carries: (counts, problems by reason)."""
    counts = {name: int(stats[key]) for key, name in _SCRAPY_COUNTS.items() if key in stats}
    own = {key.removeprefix(STATS_PREFIX): int(n) for key, n in stats.items() if key.startswith(STATS_PREFIX)}
    problems = {key.removeprefix(_PROBLEMS): n for key, n in own.items() if key.startswith(_PROBLEMS)}
    return counts | {key: n for key, n in own.items() if not key.startswith(_PROBLEMS)}, problems
