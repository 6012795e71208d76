"""The body as paragraphs and pictures."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from newsarchive.extract.heuristics.body import Body, find_body, score_lines
from newsarchive.extract.heuristics.lead import find_lead
from newsarchive.extract.heuristics.lines import read_lines
from newsarchive.extract.heuristics.trim import kept_lines
from newsarchive.extract.paragraphs import Blocks, is_told_by_words, read_blocks
from newsarchive.models import Paragraph
from newsarchive.text import clean
from newsarchive.tree import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.extract.heuristics.lines import PrintedLines

#: How many lines are cut off either end of a paragraph.
_MOST_CUT = 8
#: Captions of more characters than so many times the text are the text.
_GALLERY = 1.0


def read_text(flow: PrintedLines, body: Body, kept: Sequence[int], base_url: str) -> Blocks:
    """Turn the kept lines of the body into paragraphs and pictures."""
    if not kept:
        return Blocks()
    skip, loose = _left_out(flow, body, kept)
    found = read_blocks(flow.element[body.block], base_url, skip)
    if loose:
        found.paragraphs = [paragraph for paragraph in found.paragraphs if paragraph.text not in loose]
        _cut_ends(found.paragraphs, loose)
    found.paragraphs = _without_captions(found.paragraphs)
    found.paragraphs[:0] = [Paragraph(clean(flow.text[number])) for number in find_lead(flow, body, kept)]
    return found


def _without_captions(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Leave out what is said of pictures, which is kept with them; in a gallery that is the text.

    What is a caption by its words alone, without an element that says so, stays.
    """
    texts = [one for one in paragraphs if one.kind != "caption" or is_told_by_words(one.text)]
    captions = sum(len(paragraph.text) for paragraph in paragraphs) - sum(len(paragraph.text) for paragraph in texts)
    return texts if captions <= _GALLERY * sum(len(paragraph.text) for paragraph in texts) else paragraphs


def read_fragment_text(html: str, title: str, base_url: str) -> Blocks:
    """Turn HTML that is an article's text and nothing else into paragraphs and pictures."""
    root = parse(html)
    if root is None:
        return Blocks()
    flow = read_lines(root)
    points = score_lines(flow, -1)
    body = Body(0, [], points, sum(value for value in points if value > 0))
    headline = 0 if flow.text and flow.text[0] == title else -1
    return read_text(flow, body, kept_lines(flow, body, headline), base_url)


def read_page_text(html: str, base_url: str) -> Blocks:
    """Find the article's text in a piece of a page, and turn it into paragraphs and pictures."""
    root = parse(html)
    if root is None:
        return Blocks()
    flow = read_lines(root)
    body = find_body(flow, -1)
    return read_text(flow, body, kept_lines(flow, body, -1), base_url) if body else Blocks()


def _left_out(flow: PrintedLines, body: Body, kept: Sequence[int]) -> tuple[set[int], dict[str, None]]:
    """Return the elements (`mem_id`) without a line that is kept, and the texts of other lines that are not kept."""
    first, last = flow.first[body.block], flow.last[body.block]
    wanted = set(kept)
    flags = [n in wanted for n in range(first, last)]
    kept_before = [0, *accumulate(flags)]
    skip = {flow.element[block].mem_id for block in body.dropped}
    gone = set(body.dropped)
    covered = bytearray(last - first)
    for block in range(body.block + 1, len(flow.parent)):
        if flow.parent[block] < body.block:
            break
        begin, end = flow.first[block] - first, flow.last[block] - first
        if flow.parent[block] in gone or block in gone:
            gone.add(block)
        elif kept_before[begin] == kept_before[end] and (end > begin or flow.first[block] > kept[-1]):
            gone.add(block)
            skip.add(flow.element[block].mem_id)
        else:
            continue
        covered[begin:end] = b"\x01" * (end - begin)
    texts = {flow.text[n] for n in kept}
    loose = [flow.text[first + n] for n, flag in enumerate(flags) if not flag and not covered[n]]
    return skip, dict.fromkeys(text for text in loose if text not in texts)


def _cut_ends(paragraphs: list[Paragraph], loose: dict[str, None]) -> None:
    """Remove lines that are not kept from both ends of the text, where one `<br>` joins them to it."""
    lines = list(loose)
    if paragraphs:
        text = paragraphs[0].text
        for line in lines[:_MOST_CUT]:
            text = text.removeprefix(line).lstrip()
        paragraphs[0].text = text or paragraphs[0].text
        text = paragraphs[-1].text
        for line in reversed(lines[-_MOST_CUT:]):
            text = text.removesuffix(line).rstrip()
        paragraphs[-1].text = text or paragraphs[-1].text
