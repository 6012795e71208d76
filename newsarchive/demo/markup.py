"""Turn blocks into the markup of the mirror, the share service and the origin."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from newsarchive.demo.blocks import Block, Run, Runs
from newsarchive.demo.vocabulary import KEY_TERMS, Medium, Stock

Inline = Callable[[Runs], str]

_HIDDEN = '<p style="display:none;height:1px;overflow:hidden;"><br /></p>'
_FRAME = "border:#d1d1d1 1px solid;"
# Kinds whose parts are paragraphs of running text.
_RUNNING = ("text", "subheading", "caption")


def plain_inline(runs: Runs) -> str:
    """Write runs without links, as the media edition has them."""
    return "".join(escape(run if isinstance(run, str) else run.name, quote=False) for run in runs)


class Linker:
    """Writes runs with the links of the flash edition: each security in full once, later in short, one key term."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._seen: set[str] = set()
        self._term_linked = False

    def __call__(self, runs: Runs) -> str:
        """Write runs."""
        return "".join(map(self._run, runs))

    def _run(self, run: Run) -> str:
        if isinstance(run, Stock):
            return self.stock(run)
        html = escape(run, quote=False)
        term = next((term for term in KEY_TERMS if term in html), None)
        if term and not self._term_linked:
            self._term_linked = True
            link = f'<span id="Info.3293"><a href="{self._base}/data/zlsj/" class="infokey">{term}</a></span>'
            html = html.replace(term, link, 1)
        return html

    def stock(self, stock: Stock) -> str:
        """Write a security."""
        key, name = f"{stock.market}.{stock.code}", escape(stock.name, quote=False)
        url, code = f"{self._base}/unify/r/{key}", f"{stock.market},{stock.code}"
        if key in self._seen:
            return f'<span web="1" href="{url}" class="em_stock_key_common" data-code="{code}">{name}</span>'
        self._seen.add(key)
        kind = "bk" if stock.market == 90 else "stock"
        quote = "bkquote" if stock.market == 90 else "quote"
        return (
            f'<span id="{kind}_{key}"><a href="{url}" class="keytip" data-code="{code}">{name}</a></span>'
            f'<span id="{quote}_{key}"></span>'
        )


def credit(medium: Medium, linker: Linker | None = None) -> str:
    """Write the line of credit; with a linker, a word of the medium's name that is a board gets its link."""
    name = escape(medium.name, quote=False)
    if linker and medium.board:
        word, code = medium.board
        name = name.replace(word, linker.stock(Stock(word, 90, code)), 1)
    return f'<p class="em_media">（文章来源：{name}）</p>'


def elements(blocks: tuple[Block, ...], base: str, inline: Inline = plain_inline) -> list[str]:
    """Write each block as one or more elements, as the mirror and the origin have them."""
    return [html for block in blocks for html in _element(block, base, inline)]


def _element(block: Block, base: str, inline: Inline) -> list[str]:
    if block.kind in _RUNNING:
        style = ' style="text-align:center;"' if block.kind == "caption" else ""
        return [f"<p{style}>{'<br /><br />'.join(inline(part) for part in block.parts)}</p>"]
    if block.kind == "heading":
        return [f"<p><strong>{inline(block.parts[0])}</strong></p>"]
    if block.kind == "image":
        return [_image(block, base), f'<p style="text-align:center;">{inline(block.parts[0])}</p>']
    return [_OTHERS[block.kind](block, base, inline)]


def _image(block: Block, base: str) -> str:
    style = f"{_FRAME}padding:3px;margin:5px 0;"
    return f'<center><img src="{base}{block.url}" alt="image" style="{style}" /></center>'


def _kline(block: Block, base: str, _inline: Inline) -> str:
    stock = block.stock
    assert stock is not None
    code = f"{stock.code}|{stock.market}|{stock.type}"
    code2 = f"{stock.code}|{stock.market}|6|"
    nid = f"{stock.market}.{stock.code}"
    return (
        f'<!-- EM_StockImg_Start --><p style="text-align:center;"><a href="{base}/unify/r/{nid}" data-code="{code}" '
        f'data-code2="{code2}" class="EmImageRemark" target="_blank"><img '
        f'src="{base}/img/GetPic.aspx?nid={nid}&amp;imageType=k&amp;at=1" border="0" alt="K图 {stock.code}_0" '
        f'data-code="K {code}" data-code2="K {code2}" style="{_FRAME}" width="578" height="276" /></a></p>'
        "<!-- EM_StockImg_End -->"
    )


def _table(block: Block, _base: str, _inline: Inline) -> str:
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</tbody></table>"


def _list(block: Block, _base: str, inline: Inline) -> str:
    return "<ul>" + "".join(f"<li>{inline(part)}</li>" for part in block.parts) + "</ul>"


def _quote(block: Block, _base: str, inline: Inline) -> str:
    return f"<blockquote><p>{inline(block.parts[0])}</p></blockquote>"


def _hidden(_block: Block, _base: str, _inline: Inline) -> str:
    return _HIDDEN


_OTHERS: dict[str, Callable[[Block, str, Inline], str]] = {
    "kline": _kline,
    "table": _table,
    "list": _list,
    "quote": _quote,
    "hidden": _hidden,
}


def broken_lines(blocks: tuple[Block, ...], base: str, *, pairs: bool) -> str:
    """Write blocks as the share service sometimes does: without elements for paragraphs.

    Paragraphs begin with two full-width spaces; with `pairs` two breaks stand between them, else nothing does.
    """
    between = "<br><br>" if pairs else ""
    lines = []
    for block in blocks:
        if block.kind in _RUNNING:
            lines += [f"　　{plain_inline(part)}" for part in block.parts]
        elif block.kind == "heading":
            lines.append(f"　　<strong>{plain_inline(block.parts[0])}</strong>")
        elif block.kind == "image":
            lines += [_image(block, base), f"　　{plain_inline(block.parts[0])}"]
        else:
            lines += _element(block, base, plain_inline)
    return between.join(lines)
