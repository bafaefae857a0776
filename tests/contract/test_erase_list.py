"""The list of what was erased, in a file."""

from __future__ import annotations

from pathlib import Path

from app.adapters.erase_list import EraseListFile


def test_what_was_added_is_picked_and_nothing_else(tmp_path: Path) -> None:
    """Also by whoever opens the file anew; adding twice changes nothing."""
    erased = EraseListFile(tmp_path / "erased.txt")
    assert list(erased.pick(["a"])) == []
    erased.add(["a", "b", "a"])
    erased.add(["b"])
    again = EraseListFile(tmp_path / "erased.txt")
    assert list(again.pick(["c", "b", "a"])) == ["b", "a"]
    assert sum(len(line) == 64 for line in again.path.read_text().splitlines()) == 2


def test_the_file_holds_no_id(tmp_path: Path) -> None:
    """Only a hash, which says nothing to whoever finds it."""
    erased = EraseListFile(tmp_path / "erased.txt")
    erased.add(["f" * 32])
    assert "f" * 32 not in erased.path.read_text()


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    """A machine that loses its power in the middle of a line loses that line at most."""
    erased = EraseListFile(tmp_path / "erased.txt")
    erased.add(["a", "b"])
    erased.path.write_text(erased.path.read_text()[:-20])
    erased.add(["c"])
    assert list(erased.pick(["a", "b", "c"])) == ["a", "c"]


def test_lists_are_brought_together(tmp_path: Path) -> None:
    """What either knows, the first knows afterwards; a list that is not there adds nothing."""
    one, other = EraseListFile(tmp_path / "one"), EraseListFile(tmp_path / "other")
    one.add(["a"])
    other.add(["b"])
    one.merge(other)
    one.merge(EraseListFile(tmp_path / "none"))
    assert list(one.pick(["a", "b", "c"])) == ["a", "b"]
