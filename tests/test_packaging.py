"""Packaging: the wheel holds the three packages and their data, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    # The build back end is among what is installed for development, so that the test needs no network.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_exactly_the_three_packages(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"newsarchive", "spiders", "pipelines"}


@pytest.mark.parametrize("folder", ["newsarchive", "spiders", "pipelines"])
def test_the_wheel_holds_every_module(names: set[str], folder: str) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py")}
    assert modules
    assert modules <= names


def test_the_wheel_holds_the_site_files(names: set[str]) -> None:
    assert {f"newsarchive/sites/{path.name}" for path in (ROOT / "newsarchive" / "sites").glob("*.toml")} <= names
