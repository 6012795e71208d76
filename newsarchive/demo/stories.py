"""Compose an article from the hand-written topics: title, digest, blocks, the people and securities in it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from newsarchive.demo import vocabulary
from newsarchive.demo.blocks import Block, Run, Runs, fill, plain, text
from newsarchive.demo.dice import Dice
from newsarchive.demo.vocabulary import Stock

if TYPE_CHECKING:
    from newsarchive.demo.plan import Plan

TOPICS = ("company", "market", "weather", "city", "culture", "farm", "tech", "policy")
ENGLISH_TOPIC = "harbor"

#: Ages at which an article of the shape `revised` changes.
REVISIONS = tuple(timedelta(hours=hours) for hours in (1, 3, 8, 20, 40))
_UPDATES = (
    "更新：有关部门随后证实了上述消息。",
    "更新：记者再次致电当事方，对方表示以公告为准。",
    "更新：截至发稿，现场秩序正常。",
    "更正：此前版本中的个别数字有误，现已改正，谨向读者致歉。",
    "更新：最新进展将在本页继续补充。",
)
_CREDIT_LINES = (
    "（本文由{medium}综合整理，略有删节）",
    "本报综合消息",
    "{medium}客户端转载时对标题作了修改。",
)
_PICTURE_CREDITS = ("受访者供图", "{medium}资料图", "视觉潮声")
_NOTES = ("（原标题", "本报记者")


@dataclass(frozen=True, slots=True)
class Item:
    """One article as it stands at one moment. `digest` has no credit; `authors` are named in the text itself."""

    plan: Plan
    title: str
    digest: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...]
    editor: str
    original_title: str | None
    lang: str
    changed: datetime
    revision: int


@cache
def topic(name: str) -> dict[str, Any]:
    """Read one topic's templates."""
    source = files(__package__) / "topics" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def title_of(plan: Plan, seed: int) -> str:
    """Give the first title of an article; cheap, for listing pages."""
    return _title(_Draft(plan, seed))


def compose(plan: Plan, seed: int, now: datetime) -> Item:
    """Write an article as it stands at `now`."""
    draft = _Draft(plan, seed)
    revision = _revision(plan, now)
    blocks, authors = _shaped(draft, _blocks(draft))
    if plan.variant:
        blocks = _syndicated(draft, blocks)
    changed = plan.published + REVISIONS[revision - 1] if revision else plan.published
    title = _title(draft)
    return Item(
        plan=plan,
        title=title + "（更新）" if revision and plan.shape == "revised-title" else title,
        digest=_lead(blocks),
        blocks=(*blocks, *(text((update,)) for update in _UPDATES[:revision])),
        authors=authors,
        editor=f"DF{draft.dice.between(100, 699)}",
        original_title=draft.original_title if plan.shape == "original-title" else None,
        lang="en" if draft.english else "zh",
        changed=changed,
        revision=revision,
    )


def revised_at(plan: Plan, now: datetime) -> datetime:
    """Tell when the text at `now` became what it is."""
    revision = _revision(plan, now)
    return plan.published + REVISIONS[revision - 1] if revision else plan.published


def _revision(plan: Plan, now: datetime) -> int:
    if not plan.shape.startswith("revised"):
        return 0
    return sum(plan.published + age <= now for age in REVISIONS)


class _Draft:
    """The choices behind one story: topic, angle and the words for its slots. Equal for a story and its copies."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.english = plan.shape == "english"
        self.dice = Dice(seed, "story", plan.story)
        self.own = Dice(seed, "copy text", plan.number)
        self.topic = topic(ENGLISH_TOPIC if self.english else self.dice.pick(TOPICS))
        self.angle = self.dice.pick(self.topic["angles"])
        self.first_title = self.dice.below(len(self.angle["titles"]))
        self.slots = self._words()
        self.unused = {name: self.dice.draw(pool, len(pool)) for name, pool in self.topic["pools"].items()}
        self.original_title = plain(self.fill_angle(self.title_template(1)))

    def _words(self) -> dict[str, Run]:
        dice = self.dice
        co, co2, co3 = dice.draw(vocabulary.STOCKS, 3)
        city, city2 = dice.draw(vocabulary.CITIES, 2)
        day = self.plan.story_published
        slots: dict[str, Run] = {
            "co": co, "co2": co2, "co3": co3, "city": city, "city2": city2, "hero": _name(dice),
            "place": dice.pick(vocabulary.PLACES), "broker": dice.pick(vocabulary.BROKERS),
            "day": f"{day.month}月{day.day}日", "enday": vocabulary.WEEKDAYS[day.weekday()],
        }  # fmt: skip
        for name, words in self.topic["words"].items():
            slots[name] = dice.pick(words)
        return slots

    def title_template(self, offset: int) -> str:
        titles = self.angle["titles"]
        return str(titles[(self.first_title + offset) % len(titles)])

    def fill(self, template: str) -> Runs:
        slots = {**self.slots, "person": _name(self.dice), "person2": _name(self.dice)}
        return fill(template, slots, lambda _spec: self.dice)

    def fill_angle(self, template: str) -> Runs:
        """Fill a title or lead: the same blank gets the same number in all of them."""
        return fill(template, self.slots, lambda spec: Dice("number", self.plan.story, spec))

    def sentences(self, pool: str, count: int) -> Runs:
        """Fill some sentences of a pool that the story has not used, and make them one paragraph."""
        runs: list[Run] = []
        for number in range(count):
            if number and self.english:
                runs.append(" ")
            runs.extend(self.fill(self.unused[pool].pop()))
        return tuple(runs)


def _lead(blocks: list[Block]) -> str:
    """Give the first paragraph that is no editorial note."""
    texts = (plain(block.parts[0]) for block in blocks if block.kind == "text")
    return next((line for line in texts if not line.startswith(_NOTES)), "")


def _name(dice: Dice) -> str:
    return dice.pick(vocabulary.SURNAMES) + dice.pick(vocabulary.GIVEN_NAMES)


def _title(draft: _Draft) -> str:
    title = plain(draft.fill_angle(draft.title_template(draft.plan.variant)))
    if draft.plan.shape == "broken-front-matter":
        return f'{title[:2]}"{title[2:5]}"{title[5:]}'
    if draft.plan.shape == "escaped-title":
        return title + "：A&B<C>三问"
    return title


def _blocks(draft: _Draft) -> list[Block]:
    dice, pools = draft.dice, draft.topic["pools"]
    lead = draft.fill_angle(dice.pick(draft.angle["leads"]))
    blocks = [text(lead), text(draft.sentences("facts", dice.between(2, 3)))]
    if draft.plan.flash == "first" and not draft.plan.variant:
        return blocks[:1]
    if dice.chance(20):
        return [*blocks, text(draft.sentences("voices", 1))]
    blocks += [
        Block("heading", (draft.fill(dice.pick(pools["headings_facts"])),)),
        text(draft.sentences("facts", dice.between(1, 3))),
        *(text(draft.sentences("voices", 1)) for _ in range(dice.between(1, 2))),
        Block("heading", (draft.fill(dice.pick(pools["headings_outlook"])),)),
        text(draft.sentences("background", dice.between(1, 3))),
        text(draft.sentences("outlook", dice.between(1, 2))),
    ]
    return blocks


def _syndicated(draft: _Draft, blocks: list[Block]) -> list[Block]:
    """Make the copy that another medium prints: a credit line more, one paragraph less."""
    texts = [i for i, block in enumerate(blocks) if block.kind == "text"]
    if len(texts) > 3:
        del blocks[texts[-1] if draft.plan.variant == 1 else texts[-2]]
    line = draft.own.pick(_CREDIT_LINES).replace("{medium}", draft.plan.medium.name)
    return [*blocks, text((line,))]


# What a shape adds to or changes in the blocks of an ordinary article.


def _shaped(draft: _Draft, blocks: list[Block]) -> tuple[list[Block], tuple[str, ...]]:
    shape = draft.plan.shape
    if shape in ("byline", "reporter"):
        return _with_names(draft, blocks)
    if shape in _SHAPERS:
        blocks = _SHAPERS[shape](draft, blocks)
    return blocks, ()


def _with_names(draft: _Draft, blocks: list[Block]) -> tuple[list[Block], tuple[str, ...]]:
    name = _name(draft.own)
    if draft.plan.shape == "byline":
        return [replace(blocks[0], parts=((*blocks[0].parts[0], f"□{name}"),)), *blocks[1:]], (name,)
    return [text((f"本报记者 {name}",)), *blocks], (name,)


def _chart(stock: Stock) -> list[Block]:
    return [Block("hidden"), Block("kline", stock=stock)]


def _kline(draft: _Draft, blocks: list[Block]) -> list[Block]:
    stock = draft.slots["co"]
    assert isinstance(stock, Stock)
    return [*_chart(stock), *blocks]


def _kline_board(draft: _Draft, blocks: list[Block]) -> list[Block]:
    return [*_chart(draft.own.pick(vocabulary.BOARDS))[1:], *blocks]


def _kline_us(draft: _Draft, blocks: list[Block]) -> list[Block]:
    return [*_chart(draft.own.pick([stock for stock in vocabulary.STOCKS if stock.market in (105, 106, 116)])), *blocks]


def _images(draft: _Draft, blocks: list[Block]) -> list[Block]:
    captions = draft.own.draw(draft.topic["pools"]["captions"], 2)
    credit = draft.own.pick(_PICTURE_CREDITS).replace("{medium}", draft.plan.medium.name)
    first, second = (
        Block("image", url=f"/img/D{draft.plan.digits}{n}_w692h398.jpg", parts=(("图为", *draft.fill(caption)),))
        for n, caption in enumerate(captions)
    )
    return [blocks[0], first, Block("caption", ((f"图片来源：{credit}",),)), *blocks[1:], second]


def _table(draft: _Draft, blocks: list[Block]) -> list[Block]:
    pools, dice = draft.topic["pools"], draft.own
    head = tuple(pools["table_head"])
    names = [plain(draft.fill(row)) for row in pools["table_rows"]]
    rows = tuple((name, *(dice.decimal("1.0", "96.0") for _ in head[1:])) for name in names)
    return [*blocks[:2], Block("table", rows=(head, *rows)), *blocks[2:]]


def _list(draft: _Draft, blocks: list[Block]) -> list[Block]:
    items = tuple(draft.sentences("facts", 1) for _ in range(3))
    return [*blocks, Block("list", items)]


def _quote(draft: _Draft, blocks: list[Block]) -> list[Block]:
    return [*blocks[:2], Block("quote", (draft.sentences("voices", 1),)), *blocks[2:]]


def _break_pairs(_draft: _Draft, blocks: list[Block]) -> list[Block]:
    lead, second, *rest = blocks if len(blocks) > 1 else (*blocks, text(("本条消息仍在更新之中。",)))
    return [text(*lead.parts, *second.parts), *rest]


def _plain_headings(_draft: _Draft, blocks: list[Block]) -> list[Block]:
    return [replace(block, kind="subheading") if block.kind == "heading" else block for block in blocks]


def _original_title(draft: _Draft, blocks: list[Block]) -> list[Block]:
    return [text((f"（原标题：{draft.original_title}）",)), *blocks]


def _entities(draft: _Draft, blocks: list[Block]) -> list[Block]:
    note = f"注：据《<{draft.slots['city']}>数据手册》，A&B两组样本的差异满足p<0.05，均值>3。"
    return [*blocks, text((note,))]


def _hidden(_draft: _Draft, blocks: list[Block]) -> list[Block]:
    return [Block("hidden"), *blocks]


def _nothing(_draft: _Draft, _blocks: list[Block]) -> list[Block]:
    return []


_SHAPERS = {
    "kline": _kline,
    "kline-board": _kline_board,
    "kline-us": _kline_us,
    "images": _images,
    "table": _table,
    "list": _list,
    "quote": _quote,
    "break-pairs": _break_pairs,
    "plain-headings": _plain_headings,
    "original-title": _original_title,
    "entities": _entities,
    "hidden": _hidden,
    "meta-layout": _hidden,
    "no-body": _nothing,
}
