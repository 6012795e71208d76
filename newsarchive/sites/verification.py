"""What `newsarchive sites check` saw of sites, and when: a file beside the user's own site files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from newsarchive.atomic import atomic_file
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.paths import user_sites

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Verification:
    """A look at a site with its file: the day (UTC), whether the file is right, and what was seen, a line a thing."""

    day: str
    is_right: bool
    seen: tuple[str, ...] = ()


def verifications() -> dict[str, Verification]:
    """Return the last look at each site, by name.

    Raises:
        UserError: the file cannot be read.

    """
    path = _path()
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: Verification(one["day"], one["is_right"], tuple(one["seen"])) for name, one in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            _("{path}: cannot be read ({error}) - remove it, and check the sites again", path=path, error=error)
        ) from error


def write_verification(name: str, verification: Verification) -> Path:
    """Write a look at a site, in place of the one before; return the file."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    known: Mapping[str, Verification] = verifications() | {name: verification}
    with atomic_file(path) as stream:
        text = json.dumps({one: asdict(known[one]) for one in sorted(known)}, ensure_ascii=False, indent=1)
        stream.write(f"{text}\n".encode())
    return path


def _path() -> Path:
    return user_sites() / "verified.json"
