"""A font of this machine that has Chinese letters.

matplotlib's font_manager starts fc-list or system_profiler to list the fonts, and is only there with the extra `plot`;
`newsarchive doctor` looks for a font before that.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What to do where there is no such font.
FONT_HINT = (
    "none found; for Chinese labels: apt-get install fonts-noto-cjk (Debian, Ubuntu), dnf install"
    " google-noto-sans-cjk-fonts (Fedora), or put a font file into ~/.fonts"
)
#: The variable that names a font file of the user's choice.
VARIABLE = "NEWSARCHIVE_FONT"

# Beginnings of file names, in lower case and without blanks, the best first.
_NAMES = (
    "notosanscjksc",
    "notosanscjk-regular",
    "notosanssc",
    "sourcehansanssc",
    "sourcehansanscn",
    "sourcehansans",
    "pingfang",
    "hiraginosansgb",
    "msyh",
    "microsoftyahei",
    "wqy-microhei",
    "wqy-zenhei",
    "droidsansfallback",
    "stheiti",
    "simhei",
    "notoserifcjk-regular",
    "notosanscjk",
    "simsun",
)
_ENDINGS = (".ttf", ".otf", ".ttc")
_FOLDERS = {
    "linux": ("~/.fonts", "~/.local/share/fonts", "/usr/local/share/fonts", "/usr/share/fonts"),
    "darwin": ("~/Library/Fonts", "/Library/Fonts", "/System/Library/Fonts", "/System/Library/AssetsV2"),
    "win32": (r"~\AppData\Local\Microsoft\Windows\Fonts", r"C:\Windows\Fonts"),
}
_MOST_FILES = 20_000  # looked at before the search is given up


def find_font() -> Path | None:
    """Return the font file that `NEWSARCHIVE_FONT` names, else the best known Chinese one of this machine, or None."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen) if Path(chosen).is_file() else None
    found = [(rank, path) for path in _files() if (rank := _rank(path)) is not None]
    return min(found, default=(0, None))[1]


def _rank(path: Path) -> int | None:
    name = path.name.lower().replace(" ", "")
    return next((rank for rank, start in enumerate(_NAMES) if name.startswith(start)), None)


def _files() -> Iterator[Path]:
    seen = 0
    for folder in _FOLDERS.get(sys.platform, _FOLDERS["linux"]):
        for place, _, names in os.walk(Path(folder).expanduser()):
            seen += len(names)
            if seen > _MOST_FILES:
                return
            yield from (Path(place) / name for name in sorted(names) if name.lower().endswith(_ENDINGS))
