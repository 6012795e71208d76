"""A site served at another address than its own: a local copy, a replica, a test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.crawling.addresses import DEFAULT_PORTS

if TYPE_CHECKING:
    from newsarchive.sites import Site


def rebase(site: Site, base_url: str) -> Site:
    """Give the site as it is served at `base_url`: its own pages and services there, all other hosts as they are."""
    share = site.share
    if share is not None:
        share = replace(
            share,
            page=move(share.page, site.base_url, base_url),
            data=move(share.data, site.base_url, base_url),
            origin=move(share.origin, site.base_url, base_url) if share.origin else None,
        )
    return replace(site, base_url=base_url, hosts=(*site.hosts, urlsplit(base_url).netloc.lower()), share=share)


def move(url: str, old_base: str, new_base: str) -> str:
    """Move a URL from the host of the old base, by http or https, to the new base; any other stays as it is."""
    parts = urlsplit(url)
    if _host_port(url) != _host_port(old_base):
        return url
    return new_base.rstrip("/") + parts._replace(scheme="", netloc="").geturl()


def _host_port(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port
    return parts.hostname, None if port == DEFAULT_PORTS.get(parts.scheme) else port
