"""Files and folders that appear whole or not at all."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive.atomic import atomic_file, atomic_folder
from newsarchive.errors import UserError


def interrupted(whole, write):
    with whole as place:
        write(place)
        raise KeyboardInterrupt


def test_a_file_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(atomic_file(path), lambda stream: stream.write(b"half"))
    assert path.read_bytes() == b"old"
    with atomic_file(path) as stream:
        stream.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


def test_a_folder_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "posts"
    with pytest.raises(KeyboardInterrupt):
        interrupted(atomic_folder(path), lambda folder: (folder / "a.md").write_text("half"))
    assert list(tmp_path.iterdir()) == []
    with atomic_folder(path) as folder:
        (folder / "a.md").write_text("whole")
        assert not path.exists()
    assert (path / "a.md").read_text() == "whole"
    with pytest.raises(UserError, match="something already"), atomic_folder(path):
        pass


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot be written"), atomic_file(tmp_path / "no" / "out.csv"):
        pass
    with pytest.raises(UserError, match="cannot be written"), atomic_folder(tmp_path / "no" / "posts"):
        pass


def killed_while_writing(path: Path, kind: str) -> None:
    code = (
        "import os, sys; from newsarchive.atomic import atomic_file, atomic_folder\n"
        f"with atomic_{kind}(sys.argv[1]) as made: os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, cwd=Path(__file__).parents[1])


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_program_left_is_removed_by_the_next_and_what_one_is_at_work_on_stays(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "out[1].csv"
    killed_while_writing(path, kind)
    killed_while_writing(tmp_path / "other.csv", kind)
    assert len(list(tmp_path.glob(".*.partial"))) == 2
    make = atomic_file if kind == "file" else atomic_folder
    with make(path):
        (at_work,) = tmp_path.glob(".out*.partial")
        killed_while_writing(path, kind)
        assert at_work.exists()
    with contextlib.suppress(UserError), make(path):  # there is something, where it is a folder
        pass
    if kind == "folder":
        path.rmdir()
        with make(path):
            pass
    assert [left.name[:7] for left in tmp_path.glob(".*.partial")] == [".other."]
