"""`python -m tools.docs`: write the generated pages, take their pictures, or make the sample that both are of."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from newsarchive.archive import Archive
from newsarchive.browse.openapi import openapi
from newsarchive.errors import UserError
from newsarchive.paths import ROOT
from tools.docs.api_page import api_page
from tools.docs.commands_page import commands_page
from tools.docs.pictures import draw_crawl
from tools.docs.questions import questions_page
from tools.docs.sample import make_sample
from tools.docs.schema_page import schema_page
from tools.docs.screenshots import screenshots
from tools.docs.settings_page import settings_page
from tools.docs.sites_page import sites_page


@click.group()
def main() -> None:
    """Generate documentation."""


@main.command()
@click.argument("folder", default=ROOT / "docs", type=click.Path(path_type=Path, exists=True, file_okay=False))
def write(folder: Path) -> None:
    """Write the generated pages into FOLDER (the checkout's docs)."""
    for name, text in generate().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(folder / name)


@main.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def sample(path: Path) -> None:
    """Make the sample archive at PATH, where there is no file yet."""
    if path.exists():
        click.echo(f"{path} is there already - name another file, or remove it", err=True)
        sys.exit(2)
    make_sample(path)
    click.echo(f"{path} is made; now: newsarchive --db {path} stats")


@main.command()
@click.argument("path", default=ROOT / "data" / "archive.db", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("picture", default=ROOT / "docs" / "images" / "crawl.svg", type=click.Path(path_type=Path))
def picture(path: Path, picture: Path) -> None:
    """Draw what `make crawl` printed of the archive at PATH as PICTURE, an SVG file."""
    draw_crawl(path, picture)
    click.echo(picture)


@main.command("screenshots")
@click.argument(
    "folder", default=ROOT / "docs" / "images", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
def take_screenshots(folder: Path) -> None:
    """Take the screenshots of the pages in the browser anew, into FOLDER (the checkout's docs/images)."""
    try:
        for path in screenshots(folder):
            click.echo(path)
    except UserError as error:
        click.echo(error, err=True)
        sys.exit(1)


def generate() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        make_sample(path)
        with Archive.open(path, readonly=True) as archive:
            return {
                "schema.md": schema_page(archive.connection),
                "questions.md": questions_page(archive.connection),
                "commands.md": commands_page(),
                "settings.md": settings_page(),
                "sites.md": sites_page(),
                "api.md": api_page(openapi()),
                "openapi.json": json.dumps(openapi(), ensure_ascii=False, indent=1) + "\n",
            }


if __name__ == "__main__":
    main()
