"""How messages and answers are written between a crawl and the process that writes its archive, on one machine or two.

A frame is four bytes with the length of a JSON text, that text in UTF-8, and the bytes of pages behind it, one after
the other. The text is `[VERSION, kind, values..., lengths of the bytes]`. Dataclasses are objects by the names of their
fields, without those that are as they are by default. Nothing is called by a frame but the operations of `_ARGUMENTS`.
"""

from __future__ import annotations

import json
import types
from collections import Counter
from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from newsarchive.archive.frontier import FrontierEntry, Link
from newsarchive.archive.listings import KnownListing, ListingLink, ReadListing, Validators
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.writer.messages import Broken, Committed, Crawl, Ended, Failed, Message, Report
from newsarchive.models import Article, Page, Recheck
from newsarchive.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

#: The version of the form; it rises when a dataclass below, or an operation's arguments, change. A field that is new at
#: the end of them, and has a default, is understood from older versions as well.
VERSION = 1

# The operations that may be called, and of what types their arguments are; None stands for JSON as it is.
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "save": {"page": Page},
    "store": {"article": Article, "links": list[Link]},
    "find": {"links": list[Link]},
    "save_refused": {"page": Page},
    "problem": {"url": str, "stage": str, "reason": str, "detail": str, "site": str},
    "begin": {"url": str},
    "settle": {
        "row": FrontierEntry,
        "stage": str,
        "outcome": Outcome,
        "status": int,
        "fallbacks": list[Link],
    },
    "unchanged": {"url": str},
    "read_listing": {"read": ReadListing, "remember": bool},
    "answered": {"url": str, "renewed": Validators | None},
    "rest": {"url": str, "not_before": str},
    "want": {"listing": ListingLink},
}
#: The names of the operations that may be called.
OPERATIONS = frozenset(_ARGUMENTS)
_NAMES = {"datetime": datetime, "Recheck": Recheck, "Options": Options, "Link": Link, "Validators": Validators}
_NAMES |= {"KnownListing": KnownListing, "ListingLink": ListingLink, "Counter": Counter, "Sequence": Sequence}


# The kinds of frames that hold one object.
_PLAIN_KINDS = {"crawl": Crawl, "ended": Ended, "broken": Broken}
Frame = Crawl | Message | Ended | Committed | Broken


class NewerFormError(ValueError):
    """A frame was written by a newer version."""


class _Form(NamedTuple):
    """How values of one type become JSON, with the bytes in a list beside, and become values again."""

    encode: Callable[[Any, list[bytes]], Any]
    decode: Callable[[Any, Sequence[bytes]], Any]


@cache
def _form(kind: Any) -> _Form | None:
    """Return the form of a type; None for what is the same in JSON."""
    if simple := _SIMPLE_FORMS.get(get_origin(kind) or kind):
        return simple
    if is_dataclass(kind):
        return _dataclass_form(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional_form(*(one for one in inner if one is not type(None)))
    if origin in (list, tuple, set) or (origin and origin.__name__ == "Sequence"):
        return _series_form(inner[0], {tuple: tuple, set: set}.get(origin, list))
    return None


def _put_beside(value: bytes, beside: list[bytes]) -> int:
    beside.append(value)
    return len(beside) - 1


_SIMPLE_FORMS: dict[Any, _Form] = {
    bytes: _Form(_put_beside, lambda place, beside: beside[place]),
    datetime: _Form(lambda time, _: time.isoformat(), lambda text, _: datetime.fromisoformat(text)),
    Counter: _Form(lambda counts, _: counts, lambda counts, _: Counter(counts)),
}


def _optional_form(*kinds: Any) -> _Form | None:
    form = _form(kinds[0]) if len(kinds) == 1 else None
    if form is None:
        return None
    encode, decode = form
    return _Form(
        lambda value, beside: None if value is None else encode(value, beside),
        lambda value, beside: None if value is None else decode(value, beside),
    )


def _series_form(kind: Any, series: type) -> _Form | None:
    form = _form(kind)
    if form is None:
        return None if series is list else _Form(lambda values, _: list(values), lambda values, _: series(values))
    encode, decode = form
    return _Form(
        lambda values, beside: [encode(value, beside) for value in values],
        lambda values, beside: series(decode(value, beside) for value in values),
    )


def _dataclass_form(kind: Any) -> _Form:
    hints = get_type_hints(kind, localns=_NAMES)
    names = [one.name for one in fields(kind)]
    defaults = [_default(one) for one in fields(kind)]
    forms = {name: form for name in names if (form := _form(hints[name])) is not None}
    get = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

    def encode(value: Any, beside: list[bytes]) -> Any:
        given = {name: part for name, part, usual in zip(names, get(value), defaults, strict=True) if part != usual}
        for name, (encode_part, _) in forms.items():
            if name in given:
                given[name] = encode_part(given[name], beside)
        return given

    def decode(given: dict[str, Any], beside: Sequence[bytes]) -> Any:
        if kind is Options:  # settings of a newer version are not for the writer
            given = {name: value for name, value in given.items() if name in names}
        for name, (_, decode_part) in forms.items():
            if name in given:
                given[name] = decode_part(given[name], beside)
        return kind(**given)

    return _Form(encode, decode)


def _default(one: Any) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


# Frames


def encode_crawl(crawl: Crawl) -> bytes:
    """Return the frame that begins a crawl."""
    return _frame("crawl", crawl)


def encode_end(ended: Ended) -> bytes:
    """Return the frame that ends a crawl."""
    return _frame("ended", ended)


def encode_message(message: Message) -> bytes:
    """Return the frame of a message.

    Raises:
        ValueError: it calls no operation that may be called.

    """
    beside: list[bytes] = []
    arguments: list[Any] = []
    options = dict(message.options)
    if message.method is not None:
        kinds = _kinds(message.method)
        arguments = [
            _encoded(kind, value, beside) for kind, value in zip(kinds.values(), message.arguments, strict=False)
        ]
        options = {name: _encoded(kinds[name], value, beside) for name, value in options.items()}
    head = [message.method, arguments, options, message.urgent, message.run_id, message.ends]
    return _framed(["message", *head], beside)


def encode_answer(answer: Committed | Broken) -> bytes:
    """Return the frame of what became of a batch."""
    if isinstance(answer, Broken):
        return _frame("broken", answer)
    results = [{"failed": one.reason} if isinstance(one, Failed) else one for one in answer.results]
    reports = [[run_id, _encoded(Report, report, [])] for run_id, report in answer.reports.items()]
    return _framed(["committed", results, reports], [])


def decode(frame: bytes) -> Frame:
    """Return what a frame says.

    Raises:
        NewerFormError: it was written by a newer version.
        ValueError: it is none.

    """
    try:
        size = int.from_bytes(frame[:4])
        version, kind, *values, lengths = json.loads(frame[4 : 4 + size].decode("utf-8", "surrogatepass"))
        if version > VERSION:
            raise NewerFormError(f"written in form {version}, and this version knows forms up to {VERSION}")
        beside, start = [], 4 + size
        for length in lengths:
            beside.append(frame[start : start + length])
            start += length
        if start != len(frame):
            raise ValueError("its length is not what it says")
        return _decoded(kind, values, beside)
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"no frame of a crawl ({type(error).__name__}: {error})") from error


def _decoded(kind: str, values: list[Any], beside: Sequence[bytes]) -> Frame:
    if kind == "message":
        method, arguments, options, urgent, run_id, ends = values
        if method is None:
            return Message(None, urgent=urgent, run_id=run_id, ends=ends)
        kinds = _kinds(method)
        found = zip(kinds.values(), arguments, strict=False)
        given = tuple(_read(one, value, beside) for one, value in found)
        named = {name: _read(kinds[name], value, beside) for name, value in options.items()}
        return Message(method, given, named, urgent, run_id, ends)
    if kind == "committed":
        results, reports = values
        return Committed(
            [_result(one) for one in results],
            {run_id: _read(Report, report, beside) for run_id, report in reports},
        )
    if kind in _PLAIN_KINDS:
        return _read(_PLAIN_KINDS[kind], values[0], beside)  # type: ignore[no-any-return]
    raise ValueError(f"no kind of frame: {kind!r}")


def _result(given: Any) -> Any:
    if isinstance(given, dict):
        return Failed(given["failed"])
    return tuple(given) if isinstance(given, list) else given


def _kinds(method: str) -> dict[str, Any]:
    kinds = _ARGUMENTS.get(method)
    if kinds is None:
        raise ValueError(f"no operation that may be called: {method!r}")
    return kinds


def _encoded(kind: Any, value: Any, beside: list[bytes]) -> Any:
    form = _form(kind)
    return value if form is None else form.encode(value, beside)


def _read(kind: Any, value: Any, beside: Sequence[bytes]) -> Any:
    form = _form(kind)
    return value if form is None else form.decode(value, beside)


def _frame(name: str, value: Crawl | Ended | Broken) -> bytes:
    beside: list[bytes] = []
    return _framed([name, _encoded(type(value), value, beside)], beside)


def _framed(values: list[Any], beside: list[bytes]) -> bytes:
    text = json.dumps([VERSION, *values, [len(one) for one in beside]], ensure_ascii=False, separators=(",", ":"))
    encoded = text.encode("utf-8", "surrogatepass")
    return b"".join((len(encoded).to_bytes(4), encoded, *beside))
