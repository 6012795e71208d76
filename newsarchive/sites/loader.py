"""Read site files (TOML) into `Site` objects; whatever is wrong is told with file, key and reason."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsarchive.errors import UserError
from newsarchive.items import ROLES
from newsarchive.paths import user_sites
from newsarchive.sites.model import Layout, Listing, Politeness, ShareService, Site
from newsarchive.sites.selectors import compile_css, simple_selector

_BUILT_IN = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?")

# One value of a site file: checked and typed, or ValueError with the reason.
_Reader = Callable[[Any], object]


class SiteError(UserError):
    """A site file cannot be used, or there is none of that name."""


def site_names(extra_dir: Path | str | None = None) -> list[str]:
    """List the names of all sites: the built-in ones and those in `extra_dir` (else the user's folder), sorted."""
    return sorted(_files(extra_dir))


def load_site(name: str, extra_dir: Path | str | None = None) -> Site:
    """Read the site of that name; a file in `extra_dir` (else the user's folder) goes before a built-in one.

    Raises:
        SiteError: no such site, or its file has wrong, unknown or missing keys (all of them are named).

    """
    files = _files(extra_dir)
    if name not in files:
        raise SiteError(f"no site {name!r}: there are {', '.join(sorted(files))}")
    return _Loader(files[name], files).site()


def _files(extra_dir: Path | str | None) -> dict[str, Path]:
    folders = (_BUILT_IN, Path(extra_dir) if extra_dir else user_sites())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


# Readers of single values


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be a text, not {value!r}")
    return value


def _maybe_empty(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a text, not {value!r}")  # noqa: TRY004 - all readers raise one kind
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"must be a list of texts, not {value!r}")  # noqa: TRY004
    return tuple(_text(item) for item in value)


def _pattern(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(_text(value))
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression ({error})") from error


def _kinds(value: Any) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a table of kind = pattern, not {value!r}")  # noqa: TRY004
    return tuple((kind, _pattern(pattern)) for kind, pattern in value.items())


def _css(value: Any) -> str:
    compile_css(_text(value))
    return str(value)


def _selectors(value: Any) -> tuple[str, ...]:
    for text in _texts(value):
        simple_selector(text)
    return tuple(value)


def _cut(value: Any) -> tuple[bytes, bytes]:
    marks = _texts(value)
    if len(marks) != 2:
        raise ValueError("must be two marks: where the text begins and where it ends")
    return marks[0].encode(), marks[1].encode()


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"must be a whole number from 1, not {value!r}")
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ValueError(f"must be a number of seconds, not {value!r}")
    return float(value)


def _one_of(*allowed: str) -> _Reader:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}, not {value!r}")
        return str(value)

    return read


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone (Asia/Shanghai, UTC ...)") from error


def _url(value: Any) -> str:
    parts = urlsplit(_text(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"must be an address that begins with http:// or https://, not {value!r}")
    return str(value)


def _base_url(value: Any) -> str:
    return _url(value).rstrip("/")


def _code_url(value: Any) -> str:
    if "{code}" not in _url(value) and "{digits}" not in value:
        raise ValueError(f"must have {{code}} or {{digits}} in it: {value!r}")
    return str(value)


def _page_url(*fields: str) -> _Reader:
    def read(value: Any) -> str:
        missing = [field for field in fields if field not in _text(value)]
        if missing:
            raise ValueError(f"must have {' and '.join(missing)} in it: {value!r}")
        return str(value)

    return read


def _hosts(value: Any) -> tuple[str, ...]:
    hosts = _texts(value)
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host!r} is not a host name in lower case")
    return hosts


def _site_name(value: Any) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise ValueError(f"must be lower-case letters, digits, - and _, not {value!r}")
    return str(value)


# key -> (reader, is it required)
_LISTING: dict[str, tuple[_Reader, bool]] = {
    "start": (_texts, True),
    "article": (_pattern, True),
    "category": (_pattern, False),
    "item": (_css, False),
    "heading": (_css, False),
    "heading_suffix": (_maybe_empty, False),
    "time": (_css, False),
    "next": (_css, False),
    "max_pages": (_whole, False),
    "category_page": (_page_url("{slug}"), False),
    "numbered_page": (_page_url("{slug}", "{page}"), False),
}
_LAYOUT: dict[str, tuple[_Reader, bool]] = {
    "role": (_one_of(*ROLES), True),
    "url": (_pattern, True),
    "format": (_one_of("html", "json"), False),
    "cut": (_cut, False),
    "title": (_selectors, False),
    "published": (_selectors, False),
    "digest": (_selectors, False),
    "body": (_selectors, True),
    "drop": (_selectors, False),
    "stop": (_texts, False),
    "trailing": (_texts, False),
    "attribution": (_selectors, False),
    "editor": (_selectors, False),
    "category": (_selectors, False),
    "category_suffix": (_maybe_empty, False),
    "share_link": (_pattern, False),
    "original_link": (_pattern, False),
    "category_link": (_pattern, False),
    "kinds": (_kinds, False),
    "error_marks": (_texts, False),
    "bracket_source": (_texts, False),
}
_SHARE: dict[str, tuple[_Reader, bool]] = {
    "page": (_code_url, True),
    "data": (_code_url, True),
    "origin": (_code_url, False),
    "hosts": (_hosts, False),
}
_POLITENESS: dict[str, tuple[_Reader, bool]] = {"delay": (_seconds, False), "concurrency": (_whole, False)}
_SITE: dict[str, tuple[_Reader, bool]] = {
    "name": (_site_name, True),
    "title": (_text, True),
    "base_url": (_base_url, True),
    "hosts": (_hosts, True),
    "timezone": (_zone, True),
    "lang": (_text, False),
    "post_file_timezone": (_zone, False),
}
_SECTIONS = ("listing", "layouts", "layouts_of", "share", "politeness")


class _Loader:
    """Reads one file and keeps a list of everything that is wrong in it."""

    def __init__(self, path: Path, files: Mapping[str, Path]) -> None:
        self.path = path
        self.files = files
        self.wrong: list[str] = []

    def site(self) -> Site:
        data = self._parse()
        plain = self._table("", {key: data[key] for key in data if key not in _SECTIONS}, _SITE, _SECTIONS)
        if plain.get("name", self.path.stem) != self.path.stem:
            self.wrong.append(f"name: must be {self.path.stem!r} as the file is called, not {plain['name']!r}")
        sections = {
            "listing": self._section(data, "listing", _LISTING, Listing),
            "share": self._section(data, "share", _SHARE, ShareService),
            "politeness": self._section(data, "politeness", _POLITENESS, Politeness) or Politeness(),
        }
        layouts = self._layouts(data) + self._borrowed(data)
        self._check()
        return Site(**plain, **sections, layouts=layouts)

    def own_layouts(self) -> tuple[Layout, ...]:
        layouts = self._layouts(self._parse())
        self._check()
        return layouts

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SiteError(f"{self.path}: not a readable TOML file: {error}") from error

    def _check(self) -> None:
        if self.wrong:
            raise SiteError(f"{self.path}: {'; '.join(self.wrong)}")

    def _section(self, data: dict[str, Any], key: str, schema: dict[str, Any], make: Callable[..., Any]) -> Any:
        if key not in data:
            return None
        before = len(self.wrong)
        values = self._table(key, data[key], schema)
        return make(**values) if len(self.wrong) == before else None

    def _layouts(self, data: dict[str, Any]) -> tuple[Layout, ...]:
        tables = data.get("layouts", [])
        if not isinstance(tables, list):
            self.wrong.append("layouts: must be written as [[layouts]]")
            return ()
        return tuple(
            layout
            for number, table in enumerate(tables, 1)
            if (layout := self._section({f"layouts[{number}]": table}, f"layouts[{number}]", _LAYOUT, Layout))
        )

    def _borrowed(self, data: dict[str, Any]) -> tuple[Layout, ...]:
        """Give the layouts of the sites named in `layouts_of`; those that they borrow themselves are not among them."""
        try:
            names = _texts(data.get("layouts_of", []))
        except ValueError as reason:
            self.wrong.append(f"layouts_of: {reason}")
            return ()
        for name in names:
            if name not in self.files:
                self.wrong.append(f"layouts_of: no site {name!r}: there are {', '.join(sorted(self.files))}")
        known = [self.files[name] for name in names if name in self.files and self.files[name] != self.path]
        return tuple(layout for path in known for layout in _Loader(path, self.files).own_layouts())

    def _table(
        self, where: str, table: Any, schema: dict[str, tuple[_Reader, bool]], others: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        if not isinstance(table, dict):
            self.wrong.append(f"{where}: must be a table")
            return {}
        prefix = f"{where}." if where else ""
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in schema:
                near = difflib.get_close_matches(key, [*schema, *others], 1)
                self.wrong.append(f"{prefix}{key}: unknown key" + (f", did you mean {near[0]!r}?" if near else ""))
                continue
            try:
                values[key] = schema[key][0](value)
            except ValueError as reason:
                self.wrong.append(f"{prefix}{key}: {reason}")
        missing = (key for key, (_, required) in schema.items() if required and key not in table)
        self.wrong.extend(f"{prefix}{key}: is missing" for key in missing)
        return values
