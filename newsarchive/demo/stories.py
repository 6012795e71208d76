"""Compose an article from the hand-written topics: title, digest, blocks, the people and securities in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.demo import vocabulary
from newsarchive.demo.blocks import Block, plain, text
from newsarchive.demo.content import Draft, is_bulletin
from newsarchive.demo.vocabulary import Stock

if TYPE_CHECKING:
    from newsarchive.demo.plan import Plan

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

# The orders in which an article may tell its parts after the lead: pool, fewest and most sentences (0: a heading).
_OUTLINES: tuple[tuple[tuple[str, int, int], ...], ...] = (
    (("angle", 1, 2), ("facts", 2, 3), ("headings_facts", 0, 0), ("facts", 2, 4), ("voices", 1, 2),
     ("headings_outlook", 0, 0), ("background", 2, 3), ("outlook", 1, 2)),
    (("facts", 3, 4), ("angle", 1, 2), ("voices", 1, 1), ("headings_outlook", 0, 0), ("background", 2, 3),
     ("voices", 1, 2), ("outlook", 1, 1)),
    (("voices", 1, 1), ("angle", 1, 2), ("facts", 2, 3), ("headings_facts", 0, 0), ("facts", 2, 4),
     ("background", 1, 2), ("outlook", 2, 2)),
    (("angle", 1, 1), ("background", 2, 3), ("headings_facts", 0, 0), ("facts", 3, 5), ("angle", 1, 1),
     ("headings_outlook", 0, 0), ("voices", 1, 2), ("outlook", 1, 2)),
    (("angle", 1, 2), ("voices", 1, 2), ("facts", 3, 4), ("background", 1, 2), ("outlook", 1, 1)),
    (("facts", 1, 2), ("facts", 1, 1), ("angle", 1, 2), ("voices", 1, 1), ("facts", 2, 3), ("voices", 1, 1),
     ("headings_facts", 0, 0), ("background", 2, 3), ("facts", 1, 2), ("outlook", 1, 2)),
    (("angle", 1, 2), ("facts", 2, 3), ("voices", 2, 2), ("facts", 2, 3), ("headings_facts", 0, 0),
     ("background", 2, 3), ("voices", 1, 1), ("facts", 1, 2), ("headings_outlook", 0, 0), ("background", 1, 2),
     ("outlook", 2, 3)),
)  # fmt: skip
_LONG_LEADS = 40  # percent of articles whose first paragraph has a second sentence
# What the first and the second medium that carries a story may do to its text.
_CUTS = ("cut", "cut", "changed")
_EXTENSIONS = ("extended", "extended", "changed")


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


def title_of(plan: Plan, seed: int) -> str:
    """Return the first title of an article; cheap, for listing pages."""
    return _title(Draft(plan, seed))


def compose(plan: Plan, seed: int, now: datetime) -> Item:
    """Write an article as it stands at `now`."""
    draft = Draft(plan, seed)
    revision = _revision(plan, now)
    blocks, authors = _shaped(draft, _blocks(draft))
    if plan.variant:
        blocks = _syndicated(draft, blocks)
    changed = plan.published + REVISIONS[revision - 1] if revision else plan.published
    title = _title(draft)
    return Item(
        plan=plan,
        title=title + "（更新）" if revision and plan.shape == "revised-title" else title,
        digest=_digest(blocks),
        blocks=(*blocks, *(text((update,)) for update in _UPDATES[:revision])),
        authors=authors,
        editor=f"DF{draft.dice.between(100, 699)}",
        original_title=draft.title(1) if plan.shape == "original-title" else None,
        lang="en" if draft.english else "zh",
        changed=changed,
        revision=revision,
    )


def _revision(plan: Plan, now: datetime) -> int:
    if not plan.shape.startswith("revised"):
        return 0
    return sum(plan.published + age <= now for age in REVISIONS)


def _digest(blocks: list[Block]) -> str:
    """Return the first paragraph that is no editorial note."""
    texts = (plain(block.parts[0]) for block in blocks if block.kind == "text")
    return next((line for line in texts if not line.startswith(_NOTES)), "")


def _title(draft: Draft) -> str:
    title = draft.title(draft.plan.variant)
    if draft.plan.shape == "broken-front-matter":
        return f'{title[:2]}"{title[2:5]}"{title[5:]}'
    if draft.plan.shape == "escaped-title":
        return title + "：A&B<C>三问"
    return title


def _blocks(draft: Draft) -> list[Block]:
    is_brief = draft.plan.flash == "first" and not draft.plan.variant
    lead = _lead(draft, is_brief=is_brief)
    if is_brief:
        return [lead]
    if is_bulletin(draft.plan):
        return [lead, *(text(draft.fill(paragraph)) for paragraph in draft.angle["form"])]
    return [lead, *(_part(draft, *part) for part in draft.dice.pick(_OUTLINES))]


def _lead(draft: Draft, *, is_brief: bool) -> Block:
    """Write the first paragraph, with a fact of the angle where it is all there is, and now and then elsewhere."""
    lead = draft.fill_angle(draft.dice.pick(draft.angle["leads"]))
    if is_brief or draft.dice.chance(_LONG_LEADS):
        lead = draft.strung([lead, draft.sentences("angle", 1)])
    return text(lead)


def _part(draft: Draft, pool: str, low: int, high: int) -> Block:
    if high:
        return text(draft.sentences(pool, draft.dice.between(low, high)))
    return Block("heading", (draft.sentences(pool, 1),))


def _syndicated(draft: Draft, blocks: list[Block]) -> list[Block]:
    """Make the copy that another medium prints: cut by a paragraph, extended by one or both; a credit line more."""
    texts = [place for place, block in enumerate(blocks) if block.kind == "text"]
    how = draft.own.pick(_CUTS) if draft.plan.variant == 1 else draft.own.pick(_EXTENSIONS)
    if how != "extended" and len(texts) > 3:
        del blocks[texts[-1] if how == "cut" else texts[-2]]
    if how != "cut":
        blocks = [*blocks, text(draft.sentences("background", 1))]
    line = draft.own.pick(_CREDIT_LINES).replace("{medium}", draft.plan.medium.name)
    return [*_without_bare_headings(blocks), text((line,))]


def _without_bare_headings(blocks: list[Block]) -> list[Block]:
    following = [*(block.kind for block in blocks[1:]), "heading"]
    return [block for block, after in zip(blocks, following, strict=True) if {block.kind, after} != {"heading"}]


# What a shape adds to or changes in the blocks of an ordinary article.


def _shaped(draft: Draft, blocks: list[Block]) -> tuple[list[Block], tuple[str, ...]]:
    shape = draft.plan.shape
    if shape in ("byline", "reporter"):
        return _with_names(draft, blocks)
    if shape in _SHAPERS:
        blocks = _SHAPERS[shape](draft, blocks)
    return blocks, ()


def _with_names(draft: Draft, blocks: list[Block]) -> tuple[list[Block], tuple[str, ...]]:
    name = draft.own.pick(vocabulary.PEOPLE)
    if draft.plan.shape == "byline":
        return [replace(blocks[0], parts=((*blocks[0].parts[0], f"□{name}"),)), *blocks[1:]], (name,)
    return [text((f"本报记者 {name}",)), *blocks], (name,)


def _chart(stock: Stock) -> list[Block]:
    return [Block("hidden"), Block("kline", stock=stock)]


def _kline(draft: Draft, blocks: list[Block]) -> list[Block]:
    stock = draft.words["co"]
    assert isinstance(stock, Stock)
    return [*_chart(stock), *blocks]


def _kline_board(draft: Draft, blocks: list[Block]) -> list[Block]:
    return [*_chart(draft.own.pick(vocabulary.BOARDS))[1:], *blocks]


def _kline_us(draft: Draft, blocks: list[Block]) -> list[Block]:
    return [*_chart(draft.own.pick([stock for stock in vocabulary.STOCKS if stock.market in (105, 106, 116)])), *blocks]


def _images(draft: Draft, blocks: list[Block]) -> list[Block]:
    captions = draft.own.draw(draft.topic["pools"]["captions"], 2)
    credit = draft.own.pick(_PICTURE_CREDITS).replace("{medium}", draft.plan.medium.name)
    first, second = (
        Block("image", url=f"/img/D{draft.plan.digits}{n}_w692h398.jpg", parts=(("图为", *draft.fill(caption)),))
        for n, caption in enumerate(captions)
    )
    return [blocks[0], first, Block("caption", ((f"图片来源：{credit}",),)), *blocks[1:], second]


def _table(draft: Draft, blocks: list[Block]) -> list[Block]:
    pools, dice = draft.topic["pools"], draft.own
    head = tuple(pools["table_head"])
    names = [plain(draft.fill(row)) for row in pools["table_rows"]]
    rows = tuple((name, *(dice.decimal("1.0", "96.0") for _ in head[1:])) for name in names)
    return [*blocks[:2], Block("table", rows=(head, *rows)), *blocks[2:]]


def _list(draft: Draft, blocks: list[Block]) -> list[Block]:
    items = tuple(draft.sentences("facts", 1) for _ in range(3))
    return [*blocks, Block("list", items)]


def _quote(draft: Draft, blocks: list[Block]) -> list[Block]:
    return [*blocks[:2], Block("quote", (draft.sentences("voices", 1),)), *blocks[2:]]


def _break_pairs(_draft: Draft, blocks: list[Block]) -> list[Block]:
    lead, second, *rest = blocks if len(blocks) > 1 else (*blocks, text(("本条消息仍在更新之中。",)))
    return [text(*lead.parts, *second.parts), *rest]


def _plain_headings(_draft: Draft, blocks: list[Block]) -> list[Block]:
    return [replace(block, kind="subheading") if block.kind == "heading" else block for block in blocks]


def _original_title(draft: Draft, blocks: list[Block]) -> list[Block]:
    return [text((f"（原标题：{draft.title(1)}）",)), *blocks]


def _entities(draft: Draft, blocks: list[Block]) -> list[Block]:
    note = f"注：据《<{draft.words['city']}>数据手册》，A&B两组样本的差异满足p<0.05，均值>3。"
    return [*blocks, text((note,))]


def _hidden(_draft: Draft, blocks: list[Block]) -> list[Block]:
    return [Block("hidden"), *blocks]


def _nothing(_draft: Draft, _blocks: list[Block]) -> list[Block]:
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
