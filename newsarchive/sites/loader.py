"""Read site files (TOML) into `Site` objects; whatever is wrong is told with file, key and reason."""

from __future__ import annotations

import difflib
import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.models import Recheck
from newsarchive.paths import user_sites
from newsarchive.sites.model import (
    FallbackSource,
    Feed,
    JsonList,
    Layout,
    Listing,
    Politeness,
    Render,
    Retention,
    ShareService,
    Site,
)
from newsarchive.sites.schema import (  # fmt: skip
    FEED,
    LAYOUT,
    LIST,
    LISTING,
    POLITENESS,
    RECHECK,
    RENDER,
    RETENTION,
    SECTIONS,
    SHARE,
    SITE,
    VANISHED,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsarchive.sites.schema import Key

_BUILT_IN = Path(__file__).parent
#: Files of sites that nobody has tried: found by their names, and not by the hosts of pages.
_CATALOGUE = _BUILT_IN / "catalog"


class SiteError(UserError):
    """A site file cannot be used, or there is none of that name."""


def site_names(extra_dir: Path | str | None = None) -> list[str]:
    """List the names of all sites: the built-in ones and those in `extra_dir` (else the user's folder), sorted."""
    return sorted(_files(_BUILT_IN, _own(extra_dir)))


def catalogue_names(extra_dir: Path | str | None = None) -> list[str]:
    """List the names of the catalogue's sites for which there is no other file, sorted."""
    return sorted(_files(_CATALOGUE).keys() - _files(_BUILT_IN, _own(extra_dir)).keys())


def load_site(name: str, extra_dir: Path | str | None = None) -> Site:
    """Read the site of that name; a file in `extra_dir` (else the user's folder) goes before a built-in one.

    The catalogue comes last.

    Raises:
        SiteError: no such site, or its file has wrong, unknown or missing keys (all of them are named).

    """
    files = _files(_CATALOGUE, _BUILT_IN, _own(extra_dir))
    if name not in files:
        near = difflib.get_close_matches(name, files, 2, 0.7)
        told = _(
            "no site {name!r}: there are {files}, and those of the catalogue (newsarchive sites lists them)",
            name=name,
            files=", ".join(site_names(extra_dir)),
        )
        raise SiteError(told + (_(" - did you mean {names}?", names=_(" or ").join(near)) if near else ""))
    return _Loader(files[name], files).site()


def site_files(name: str, extra_dir: Path | str | None = None) -> dict[str, str]:
    """Return the text of a site's file and of those whose layouts it borrows, by the names of the sites.

    Raises:
        SiteError: see `load_site`.

    """
    load_site(name, extra_dir)
    files = _files(_CATALOGUE, _BUILT_IN, _own(extra_dir))
    own = files[name].read_text(encoding="utf-8")
    names = [name, *texts(tomllib.loads(own).get("layouts_of", []))]
    return {one: files[one].read_text(encoding="utf-8") for one in names}


def _own(extra_dir: Path | str | None) -> Path:
    return Path(extra_dir) if extra_dir else user_sites()


def _files(*folders: Path) -> dict[str, Path]:
    """Return the files of sites by name; a later folder goes before an earlier one."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


class _Loader:
    """Reads one file and keeps a list of everything that is wrong in it."""

    def __init__(self, path: Path, files: Mapping[str, Path]) -> None:
        self.path = path
        self.files = files
        self.wrong: list[str] = []

    def site(self) -> Site:
        data = self._parse()
        plain = self._table("", {key: data[key] for key in data if key not in SECTIONS}, SITE, SECTIONS)
        if plain.get("name", self.path.stem) != self.path.stem:
            self.wrong.append(
                _("name: must be {stem!r} as the file is called, not {name!r}", stem=self.path.stem, name=plain["name"])
            )
        sections = {
            "listing": self._section(data, "listing", LISTING, Listing),
            "share": self._section(data, "share", SHARE, ShareService),
            "politeness": self._section(data, "politeness", POLITENESS, Politeness) or Politeness(),
            "vanished": self._section(data, "vanished", VANISHED, FallbackSource),
            "recheck": self._section(data, "recheck", RECHECK, Recheck) or Recheck(),
            "retention": self._section(data, "retention", RETENTION, Retention) or Retention(),
            "render": self._section(data, "render", RENDER, Render),
            "feeds": self._sections(data, "feeds", FEED, Feed),
            "lists": self._sections(data, "lists", LIST, JsonList),
        }
        self._check_vanished(sections["vanished"])
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
            raise SiteError(_("{path}: not a readable TOML file: {error}", path=self.path, error=error)) from error

    def _check(self) -> None:
        if self.wrong:
            raise SiteError(f"{self.path}: {'; '.join(self.wrong)}")

    def _section(self, data: dict[str, Any], key: str, schema: Mapping[str, Key], make: Callable[..., Any]) -> Any:
        if key not in data:
            return None
        before = len(self.wrong)
        values = self._table(key, data[key], schema)
        return make(**values) if len(self.wrong) == before else None

    def _check_vanished(self, vanished: FallbackSource | None) -> None:
        if vanished is not None:
            try:
                vanished.address.format(**dict.fromkeys(vanished.url.groupindex, ""))
            except (LookupError, ValueError) as error:
                self.wrong.append(_("vanished.address: names {error}, which is no group of vanished.url", error=error))

    def _layouts(self, data: dict[str, Any]) -> tuple[Layout, ...]:
        return self._sections(data, "layouts", LAYOUT, partial(Layout, site=self.path.stem))

    def _sections(
        self, data: dict[str, Any], key: str, schema: Mapping[str, Key], make: Callable[..., Any]
    ) -> tuple[Any, ...]:
        tables = data.get(key, [])
        if not isinstance(tables, list):
            self.wrong.append(_("{key}: must be written as [[{key}]]", key=key))
            return ()
        return tuple(
            section
            for number, table in enumerate(tables, 1)
            if (section := self._section({f"{key}[{number}]": table}, f"{key}[{number}]", schema, make))
        )

    def _borrowed(self, data: dict[str, Any]) -> tuple[Layout, ...]:
        """Return the layouts of the sites named in `layouts_of`, without those that these sites borrow themselves."""
        try:
            names = texts(data.get("layouts_of", []))
        except ValueError as reason:
            self.wrong.append(_("layouts_of: {reason}", reason=reason))
            return ()
        for name in names:
            if name not in self.files:
                self.wrong.append(
                    _("layouts_of: no site {name!r}: there are {files}", name=name, files=", ".join(sorted(self.files)))
                )
        known = [self.files[name] for name in names if name in self.files and self.files[name] != self.path]
        return tuple(layout for path in known for layout in _Loader(path, self.files).own_layouts())

    def _table(self, where: str, table: Any, schema: Mapping[str, Key], others: tuple[str, ...] = ()) -> dict[str, Any]:
        if not isinstance(table, dict):
            self.wrong.append(_("{where}: must be a table", where=where))
            return {}
        prefix = f"{where}." if where else ""
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in schema:
                near = difflib.get_close_matches(key, [*schema, *others], 1)
                self.wrong.append(
                    _("{prefix}{key}: unknown key", prefix=prefix, key=key)
                    + (_(", did you mean {value!r}?", value=near[0]) if near else "")
                )
                continue
            try:
                values[key] = schema[key].reader(value)
            except ValueError as reason:
                self.wrong.append(f"{prefix}{key}: {reason}")
        missing = (key for key, known in schema.items() if known.required and key not in table)
        self.wrong.extend(f"{prefix}{key}: is missing" for key in missing)
        return values
