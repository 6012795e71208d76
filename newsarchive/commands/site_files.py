"""Writing a site file, as `add`, `opml import` and `rules draft` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.atomic import atomic_file
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


def write_site_file(path: Path, toml: str) -> None:
    """Write a site file, whole or not at all, and make its folder. Raises UserError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            _(
                "{parent}: the folder cannot be made: {strerror} - check its permissions",
                parent=path.parent,
                strerror=error.strerror,
            )
        ) from error
    with atomic_file(path) as stream:
        stream.write(toml.encode())
