"""Spider arguments: each is read and checked before the first request, and a wrong one is reported in one line."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsarchive.sites import Site

    Reader = Callable[[str], Any]

_DATE = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})")


def read_arguments(readers: Mapping[str, Reader], given: Mapping[str, str]) -> dict[str, Any]:
    """Read what `-a` gave; an argument that was not given, or was left empty, is missing in the result.

    Raises:
        UserError: an argument is not known (the message names the known ones), or its reader refused the value.

    """
    for name in given:
        if name not in readers:
            near = get_close_matches(name, readers, n=1)
            hint = (
                _("did you mean {value}?", value=near[0])
                if near
                else _("known are {readers}", readers=", ".join(readers))
            )
            raise UserError(_("there is no argument {name!r} - {hint}", name=name, hint=hint))
    return {name: _read(name, readers[name], text.strip()) for name, text in given.items() if text.strip()}


def read_site(text: str) -> Site:
    """Load the site of that name."""
    return load_site(text)


def read_date(text: str) -> date:
    """Read a day, as 2022-05-30, 2022/5/30 or 20220530."""
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat(text)
    except ValueError:
        raise UserError(_("not a date; write it as 2022-05-30")) from None


def read_count(text: str) -> int:
    """Read a whole number above zero."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise UserError(_("not a whole number above zero"))
    return int(text)


def read_slugs(text: str) -> tuple[str, ...]:
    """Read the keys of categories, separated by commas; a blank inside one belongs to it."""
    slugs = tuple(slug.strip() for slug in text.split(",") if slug.strip())
    if not slugs:
        raise UserError(_("names no category; write their slugs, separated by commas"))
    return slugs


def read_base_url(text: str) -> str:
    """Read the address at which a site is served, without a slash at its end."""
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        raise UserError(_("not a URL; write it as http://127.0.0.1:8000/")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise UserError(_("not the address of a site; write it as http://127.0.0.1:8000/"))
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class FilesReader:
    """Reads a path as the files of one kind: a folder with its sub-folders, a glob, or one file.

    `kind` names the files in an error, and `suffixes` are theirs, in lower case. Of a folder that has one of `folders`
    in it, only these are searched; hidden files and folders below it are passed by.
    """

    kind: str
    suffixes: tuple[str, ...]
    folders: tuple[str, ...] = ()

    def __call__(self, text: str) -> tuple[Path, ...]:
        """Return the files, sorted by name, in which the day comes first where there is one.

        Raises:
            UserError: there is no such folder or file, or no file of the kind in it.

        """
        root = Path(text).expanduser()
        if root.is_file():
            return (root,)
        if root.is_dir():
            found = self._below(root)
        elif glob.has_magic(text):
            found = {Path(name) for name in glob.iglob(str(root), recursive=True)}  # noqa: PTH207 - part of the glob
        else:
            raise UserError(_("there is no such folder or file"))
        files = [path for path in found if path.name.lower().endswith(self.suffixes) and path.is_file()]
        if not files:
            raise UserError(_("has no {kind} ({suffixes})", kind=self.kind, suffixes=", ".join(self.suffixes)))
        return tuple(sorted(files, key=lambda path: (path.name, path)))

    def _below(self, root: Path) -> set[Path]:
        folders = [root / name for name in self.folders if (root / name).is_dir()] or [root]
        found = {path for folder in folders for path in folder.rglob("*")}
        return {path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts)}


def _read(name: str, reader: Reader, text: str) -> Any:
    try:
        return reader(text)
    except UserError as error:
        raise UserError(f"{name}={text}: {error}") from None
