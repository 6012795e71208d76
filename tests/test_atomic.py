"""Files and folders that appear whole or not at all."""

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
