"""Where alerts go: what kind of destination an address names, how it is shown, and the file that keeps it whole.

An address may hold a password or a token. The archive is read by many and copied about, so it holds only what may be
shown; the whole address is in a file beside it that its owner alone may read.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from newsarchive.atomic import atomic_file
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["atom", "json-lines", "webhook", "mail", "chat"]

_FILES: dict[str, Kind] = {".atom": "atom", ".xml": "atom", ".jsonl": "json-lines", ".ndjson": "json-lines"}
_SCHEMES: dict[str, Kind] = {"http": "webhook", "https": "webhook", "smtp": "mail", "smtps": "mail"}
_LONGEST = 2000  # characters of an address
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Destination:
    """A place to which alerts go; `address` is a path for files, else a URL, and may be secret: `shown` is not."""

    kind: Kind
    address: str
    shown: str

    def __repr__(self) -> str:
        """Show what may be shown: the address must not get into a log or a traceback."""
        return f"Destination({self.kind}, {self.shown})"


def read_destination(text: str) -> Destination:
    """Read what follows `--to`. Raises UserError for what is no destination, without printing what may be secret."""
    text = text.strip()
    if len(text) > _LONGEST or not text.isprintable():
        raise UserError(
            _("the destination is longer than {longest:,} characters or has control characters in it", longest=_LONGEST)
        )
    try:
        parts = urlsplit(text)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
        if scheme in _SCHEMES:
            _port = parts.port  # for a chat service a part of the secret may stand in its place
    except ValueError as error:
        raise UserError(_("the destination cannot be read as an address - write for example https://...")) from error
    if scheme in ("", "file") or "://" not in text:
        return _file(unquote(parts.path) if scheme == "file" else text)
    kind = _SCHEMES.get(scheme, "chat")
    if kind != "chat" and not host:
        raise UserError(
            _("the destination {scheme}:// names no host - write for example {scheme}://example.org/...", scheme=scheme)
        )
    # For a chat service even what stands in the place of the host is often the secret.
    return Destination(kind, text, f"{scheme}://{'…' if kind == 'chat' else shorten(plain(host), _SHOWN) + '/…'}")


def _file(text: str) -> Destination:
    path = Path(text).expanduser().absolute()
    kind = _FILES.get(path.suffix.lower())
    if kind is None:
        raise UserError(
            _(
                "{text}: no known kind of destination - give a file that ends in .atom or .jsonl, a webhook "
                "(https://...), mail (smtp://...), or a chat service (slack://..., tgram://...)",
                text=plain(shorten(text, _SHOWN)),
            )
        )
    if not path.parent.is_dir():
        raise UserError(
            _("{path}: there is no such folder - make it first, or choose another place", path=plain(str(path)))
        )
    return Destination(kind, str(path), plain(str(path)))


class AddressFile:
    """The file beside an archive that keeps the whole addresses of its saved searches: name -> address."""

    def __init__(self, archive: Path) -> None:
        self.path = archive.with_name(f"{archive.name}-destinations.json")

    def read(self) -> dict[str, str]:
        """Return all addresses. Raises UserError for a file that cannot be read, or that others may read."""
        try:
            with self.path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                content = json.load(file)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UserError(
                _(
                    "{path}: cannot be read: {strerror} - check owner and permissions",
                    path=self.path,
                    strerror=error.strerror,
                )
            ) from error
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise UserError(
                _(
                    "{path}: damaged - remove it, and name each address again with: newsarchive watch edit",
                    path=self.path,
                )
            )
        if mode & 0o077:
            raise UserError(_("{path}: others may read the addresses in it - run: chmod 600 {path}", path=self.path))
        return {str(name): str(address) for name, address in content.items()}

    def set(self, name: str, address: str | None) -> None:
        """Store an address, or with None forget it."""
        addresses = self.read()
        if address is None:
            addresses.pop(name, None)
        else:
            addresses[name] = address
        with _private(), atomic_file(self.path) as file:
            file.write(json.dumps(addresses, ensure_ascii=False, indent=1).encode() + b"\n")


@contextlib.contextmanager
def _private() -> Iterator[None]:
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)
