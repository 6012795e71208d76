"""The language of the pages: chosen by a link that is kept in a cookie, else by what the browser asks for."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from markupsafe import Markup

from newsarchive import i18n

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasette.utils.asgi import Request

    from newsarchive.browse.security import App, Message, Receive, Scope, Send

#: The argument of an address that chooses a language, and the cookie that keeps it for a year.
ARGUMENT, COOKIE, _SECONDS = "_lang", "newsarchive_lang", 31_536_000


def speaking(app: App, base: str = "/") -> App:
    """Wrap an application: every request is answered in the language of who asks."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        chosen = _chosen(scope)
        if chosen is not None:
            await _keep(scope, send, chosen, base)
            return
        with i18n.speaking(_asked(scope)):
            await app(scope, receive, _telling(send))

    return wrapped


def switches(request: Request) -> list[tuple[str, str, str]]:
    """List the other languages: name, tag, and the address of the same page in it."""
    arguments = [(name, value) for name, value in parse_qsl(request.query_string, keep_blank_values=True)]
    return [
        (name, tag, f"?{urlencode([*arguments, (ARGUMENT, code)])}")
        for code, (name, tag) in i18n.LANGUAGES.items()
        if code != i18n.language()
    ]


def tag() -> str:
    """Return what HTML calls the language of the page."""
    return i18n.LANGUAGES[i18n.language()][1]


def as_markup(function: Callable[..., str]) -> Callable[..., Markup]:
    """Return a function of messages for templates: messages may hold HTML, and what is put into them is escaped."""

    def translated(*messages: object, **values: object) -> Markup:
        *texts, last = messages
        if isinstance(last, int):
            return Markup(function(*texts, last, **{name: f"{{{name}}}" for name in values})).format(**values)  # noqa: S704
        return Markup(function(*messages)).format(**values) if values else Markup(function(*messages))  # noqa: S704

    return translated


def _chosen(scope: Scope) -> str | None:
    """Return the language that the address chooses."""
    if ARGUMENT.encode() not in scope["query_string"]:
        return None
    arguments = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return (i18n.known(arguments[ARGUMENT]) or i18n.ENGLISH) if ARGUMENT in arguments else None


def _asked(scope: Scope) -> str:
    """Return the language that was chosen before, else the one that the browser prefers."""
    headers = dict(scope["headers"])
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        cookies.clear()
    kept = i18n.known(cookies[COOKIE].value) if COOKIE in cookies else None
    return kept or i18n.accepted(headers.get(b"accept-language", b"").decode("latin-1"))


async def _keep(scope: Scope, send: Send, code: str, base: str) -> None:
    """Lead to the same address without the choice, which is kept in a cookie."""
    arguments = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    rest = urlencode([(name, value) for name, value in arguments if name != ARGUMENT])
    # One slash: an address that begins with two would lead to another host.
    path = scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1") or scope["path"]
    place = "/" + quote(path, safe="/~%:@!$&'()*+,;=").lstrip("/")
    cookie = f"{COOKIE}={code}; Path={base}; Max-Age={_SECONDS}; SameSite=Lax; HttpOnly"
    headers = [
        ("location", f"{place}?{rest}" if rest else place),
        ("set-cookie", cookie),
        ("cache-control", "no-store"),
    ]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": 303, "headers": encoded})
    await send({"type": "http.response.body", "body": b""})


def _telling(send: Send) -> Send:
    """Declare to caches that a page is another one in another language."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            if any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                headers += [(b"vary", b"accept-language, cookie"), (b"content-language", tag().encode())]
                message = {**message, "headers": headers}
        await send(message)

    return sending
