"""`newsarchive sites`: what can be crawled."""

from __future__ import annotations

import click

from newsarchive.commands.output import print_rows, rows_options
from newsarchive.sites import load_site, site_names


@click.command(epilog="Example: newsarchive sites --json")
@rows_options
def sites(form: str | None) -> None:
    """List the sites that can be crawled."""
    rows = [(site.name, site.title, site.base_url) for site in map(load_site, site_names())]
    print_rows(["site", "title", "address"], rows, form)
