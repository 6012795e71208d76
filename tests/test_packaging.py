"""Packaging: the wheel holds the three packages and their data, and the pins serve every Python."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path
from typing import cast

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

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
    assert "newsarchive/locale/zh/LC_MESSAGES/newsarchive.mo" in names
    assert {f"newsarchive/sites/{path.name}" for path in (ROOT / "newsarchive" / "sites").glob("*.toml")} <= names


# The oldest release of each Python that is served; that of 3.11 matters, because some packages ask for 3.11.5.
PYTHONS = ["3.11.0", "3.12.0", "3.13.0", "3.14.0", "3.15.0"]


def environment(python: str) -> dict[str, str]:
    return {
        **cast("dict[str, str]", default_environment()),
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_version": python,
    }


def pins(python: str) -> dict[str, Requirement]:
    """Return the pins that a Python follows, by the name of their package."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, Requirement] = {}
    for line in lines:
        if line and not line.startswith("#"):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate(environment(python)):
                assert canonicalize_name(pin.name) not in found, f"{pin.name} is pinned twice for Python {python}"
                found[canonicalize_name(pin.name)] = pin
    return found


def needed(python: str) -> dict[str, list[Requirement]]:
    """Return all that an installation with every extra asks for: requirements by the name of their package.

    Requirements of packages are those of their installed releases; of one that is not installed here, none are known.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    own = (Requirement(text) for text in asked if not text.startswith("newsarchive["))
    waiting = [one for one in own if one.marker is None or one.marker.evaluate(environment(python))]
    found: dict[str, list[Requirement]] = defaultdict(list)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        known = {extra for earlier in found[name] for extra in earlier.extras}
        is_new = not found[name] or requirement.extras - known
        found[name].append(requirement)
        if not is_new:
            continue
        try:
            lines = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for inner in map(Requirement, lines):
            extras = requirement.extras or {""}
            if inner.marker is None or any(inner.marker.evaluate(environment(python) | {"extra": e}) for e in extras):
                waiting.append(inner)
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_every_package_has_a_pin_that_suits_all_who_ask_for_it(python: str) -> None:
    asked, pinned = needed(python), pins(python)
    assert len(asked) > 80
    assert asked.keys() <= pinned.keys()
    for name, requirements in asked.items():
        (version,) = pinned[name].specifier
        for requirement in requirements:
            assert requirement.specifier.contains(version.version, prereleases=True), f"{requirement} for {python}"


@pytest.mark.parametrize("python", PYTHONS)
def test_no_pin_refuses_a_python_that_it_is_meant_for(python: str) -> None:
    checked = 0
    for name, pin in pins(python).items():
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if pin.specifier.contains(installed.version, prereleases=True):
            asked = SpecifierSet(installed.metadata.get("Requires-Python") or "")
            assert asked.contains(python), f"{name} {installed.version} asks for Python {asked}, not {python}"
            checked += 1
    assert checked > 80


def test_the_oldest_python_that_pins_serve_is_the_oldest_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert SpecifierSet(project["requires-python"]).contains(PYTHONS[0])
    assert not SpecifierSet(project["requires-python"]).contains("3.10.99")
