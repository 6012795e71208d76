"""The header `Link` of an answer (RFC 8288)."""

from __future__ import annotations

import re

_LINK = re.compile(r"<([^<>]{0,2000})>((?:[^<>\",]|\"[^\"]*+\"|(?!))*+)")
_PARAMETER = re.compile(r";\s*+([\w!#$&+.^`|~*-]++)\s*+=\s*+(?:\"([^\"]*+)\"|([^\s\",;]++))")


def links_of(header: str | None) -> list[tuple[str, str]]:
    """List (relation in lower case, target as written) of all links in the header."""
    found: list[tuple[str, str]] = []
    for target, parameters in _LINK.findall(header or ""):
        said = {name.lower(): quoted or plain for name, quoted, plain in reversed(_PARAMETER.findall(parameters))}
        found += [(relation, target.strip()) for relation in said.get("rel", "").lower().split()]
    return found
