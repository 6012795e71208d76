"""Make sure that the top-level packages `spiders` and `pipelines` are this project's own.

Their names are common. Scrapy's console script appends the project folder to the module path, so an installed
package of the same name would win without a word; the project's folder therefore goes first, and what was found is
compared with where `newsarchive` lies.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.paths import ROOT

_PACKAGES = ("spiders", "pipelines")


def put_root_first(root: Path = ROOT) -> None:
    """Put the project's folder first on the module path."""
    entry = str(root)
    if sys.path[:1] != [entry]:
        sys.path[:] = [entry, *(path for path in sys.path if path != entry)]


def check_packages(root: Path = ROOT) -> None:
    """Check that `spiders` and `pipelines` lie beside `newsarchive`.

    Raises:
        UserError: one of them is missing or belongs to something else; the message says where it was found.

    """
    for name in _PACKAGES:
        found = _folder_of(name)
        if found is None:
            raise UserError(
                _("the package {name!r} is missing: it must lie beside newsarchive in {root}", name=name, root=root)
            )
        if found.resolve() != root / name:
            raise UserError(
                _(
                    "the package {name!r} comes from {found}, not from {root}: another project owns that name "
                    "here - uninstall it, or give newsarchive an environment of its own",
                    name=name,
                    found=found,
                    root=root,
                )
            )


def _folder_of(name: str) -> Path | None:
    loaded = sys.modules.get(name)
    spec = loaded.__spec__ if loaded is not None else importlib.util.find_spec(name)
    if spec is None:
        return None
    if spec.origin is not None:
        return Path(spec.origin).parent
    return next((Path(place) for place in spec.submodule_search_locations or ()), None)
