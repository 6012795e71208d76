"""The language of what people read: gettext messages, English where no sign asks for another.

Programs read English: the names of columns, the keys of JSON, CSV and exit statuses never pass through here.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from gettext import NullTranslations

#: Code of a language -> its own name, and what HTML calls it. The catalogue of `zh` is in locale/zh/LC_MESSAGES.
LANGUAGES = {"en": ("English", "en"), "zh": ("中文", "zh-Hans")}
ENGLISH = "en"
DOMAIN, FOLDER = "newsarchive", Path(__file__).with_name("locale")

# A number or a moment in a text that is kept.
_VALUE = re.compile(r"[0-9]+(?:[-T:.][0-9]+)*Z?")
# What tells a program its language, the strongest sign first.
_SIGNS = ("NEWSARCHIVE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# The language of the request at hand; None for what has no request, such as a command.
_ASKED: ContextVar[str | None] = ContextVar("language", default=None)


def _(message: str, /, **values: object) -> str:
    """Return a message in the language of who reads it, with the values in the places that it names: {path}."""
    text = _catalogue(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Return a message that depends on a number, which stands in it as {count}: 1 article, 2,000 articles."""
    return _catalogue(language()).ngettext(one, many, count).format(count=f"{count:,}", **values)


def N_(message: str, /) -> str:  # noqa: N802 - gettext's own name for it
    """Return a message as it is: it is marked for the catalogue here, and translated by `_` where it is shown."""
    return message


def stored(text: str) -> str:
    """Return what is kept in English, such as the reason of a run, in the language of who reads it.

    Its numbers and moments stand in the message as {0}, {1}; what is no message stays as it is.
    """
    return _("; ").join(_stored(part) for part in text.split("; "))


def _stored(text: str) -> str:
    values = _VALUE.findall(text)
    places = iter(range(len(values)))
    message = _VALUE.sub(lambda _match: f"{{{next(places)}}}", text)
    translated = _(message)
    return text if translated == message else translated.format(*values)


def language() -> str:
    """Return the code of the language that is spoken now."""
    return _ASKED.get() or _language_of_process()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _ASKED.set(code)
    try:
        yield
    finally:
        _ASKED.reset(token)


def known(text: str) -> str | None:
    """Return the code of the language that a locale (zh_CN.UTF-8) or a tag (zh-Hant-TW) names, None for others."""
    code = text.strip().partition(".")[0].replace("_", "-").partition("-")[0].lower()
    if code in ("c", "posix"):
        return ENGLISH
    return code if code in LANGUAGES else None


def accepted(header: str) -> str:
    """Return the language that an Accept-Language header asks for first among those that there are."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _separator, weight = part.partition(";")
        code = known(tag)
        if code is not None:
            wanted.append((_weight(weight), code))
    best, code = max(wanted, key=lambda one: one[0], default=(0.0, ENGLISH))
    return code if best > 0 else ENGLISH


def speak_to_click() -> None:
    """Let click, which asks the standard library for its messages, find them in our catalogue."""
    if language() == ENGLISH:
        return
    import gettext  # noqa: PLC0415

    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()


def _weight(text: str) -> float:
    name, _separator, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


@cache
def _language_of_process() -> str:
    sign = next((value for name in _SIGNS if (value := os.environ.get(name))), "")
    return next((code for one in sign.split(":") if (code := known(one))), ENGLISH)


@cache
def _catalogue(code: str) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations  # noqa: PLC0415 - what is never translated needs none

    if code == ENGLISH:
        return NullTranslations()
    with (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)
