"""Names for files that a page cannot choose."""

from __future__ import annotations

import hashlib
import re

# What a name may hold on every file system; everything else becomes a hyphen.
_UNSAFE = re.compile(r"[^A-Za-z0-9._\-\u4e00-\u9fff]+")
_LONGEST_NAME = 80
# Names that mean a device on Windows, with any ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def safe_name(text: str) -> str:
    """Make a file name of any text: no separators, no control or invisible characters, no leading dot, not long.

    Texts that differ keep different names: one that had to be changed ends with a short hash of the original.
    """
    name = _UNSAFE.sub("-", text).strip("-.")
    is_device = _DEVICES.match(name) is not None
    if text and name == text and len(name) <= _LONGEST_NAME and not is_device:
        return name
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{'_' if is_device else ''}{name[:_LONGEST_NAME].strip('-.') or 'article'}-{digest}"
