"""A site served at another address than its own: a local copy, a replica, a test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.crawl.http.address_rules import DEFAULT_PORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsarchive.sites import JsonList, Site


def rebase(site: Site, base_url: str) -> Site:
    """Return the site as it is served at `base_url`: its own pages and services there, all other hosts as they are."""
    share = site.share
    if share is not None:
        share = replace(
            share,
            page=move(share.page, site.base_url, base_url),
            data=move(share.data, site.base_url, base_url),
            origin=move(share.origin, site.base_url, base_url) if share.origin else None,
        )
    vanished = site.vanished
    if vanished is not None:
        vanished = replace(vanished, address=move(vanished.address, site.base_url, base_url))
    return replace(
        site,
        base_url=base_url,
        hosts=(*site.hosts, urlsplit(base_url).netloc.lower()),
        share=share,
        vanished=vanished,
        lists=tuple(_move_list(found, site.base_url, base_url) for found in site.lists),
    )


def _move_list(found: JsonList, old_base: str, new_base: str) -> JsonList:
    article = move(found.article, old_base, new_base) if found.article else None
    return replace(found, url=move(found.url, old_base, new_base), article=article)


def reachable_base(base_url: str, proxies: Mapping[str, str]) -> str:
    """Return the base URL as it can be reached: by http where there is a proxy for http and none for https.

    `proxies` maps a scheme to the URL of its proxy, as `urllib.request.getproxies` gives it.
    """
    if "http" in proxies and "https" not in proxies and base_url.startswith("https://"):
        return "http://" + base_url.removeprefix("https://")
    return base_url


def move(url: str, old_base: str, new_base: str) -> str:
    """Move a URL from the host of the old base, by http or https, to the new base; any other stays as it is."""
    try:
        if _host_port(url) != _host_port(old_base):
            return url
    except ValueError:
        return url
    return new_base.rstrip("/") + urlsplit(url)._replace(scheme="", netloc="").geturl()


def _host_port(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port
    return parts.hostname, None if port == DEFAULT_PORTS.get(parts.scheme) else port
