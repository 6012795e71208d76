"""The top-level packages that are run are this project's own."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from newsarchive.errors import UserError
from newsarchive.project_path import ROOT, check_packages


def test_the_packages_of_this_project_pass():
    check_packages()
    assert {Path(find_spec(name).origin).parents[1] for name in ("spiders", "pipelines")} == {ROOT}


def test_packages_that_lie_elsewhere_are_told_with_their_place(tmp_path):
    with pytest.raises(UserError, match=re.escape(f"'spiders' comes from {ROOT}")):
        check_packages(tmp_path)


def test_a_foreign_package_that_is_installed_does_not_win(tmp_path):
    foreign = tmp_path / "site"
    (foreign / "spiders").mkdir(parents=True)
    (foreign / "spiders" / "__init__.py").write_text("raise SystemExit('the wrong package was run')")
    code = (
        f"import sys; sys.path.insert(0, {str(foreign)!r}); sys.path.append({str(ROOT)!r}); "
        "import newsarchive.settings, spiders; print(spiders.__file__)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout.strip() == str(ROOT / "spiders" / "__init__.py"), done.stderr


def test_a_foreign_package_that_is_loaded_already_stops_the_start_in_one_line(tmp_path):
    (tmp_path / "pipelines.py").write_text("")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import pipelines; sys.path.append({str(ROOT)!r}); "
        "import newsarchive.settings"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "another project owns that name" in done.stderr
