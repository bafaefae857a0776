"""The list of what was erased, in a file and in a bucket."""

from __future__ import annotations

from pathlib import Path

from app.adapters.erase_list import EraseListBucket, EraseListFile
from tests.bucket import Bucket


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


def test_machines_share_the_list_of_a_bucket(bucket: Bucket, tmp_path: Path) -> None:
    """What one adds the other picks; there is a hash for each and no id; it goes into a file and comes out of one, as a backup needs it."""
    one, other = (EraseListBucket(bucket.store(f"{tmp_path.name}/erased")) for _ in range(2))
    assert list(other.pick(["a"])) == []
    one.add(["a", "b", "a"])
    one.add(f"{number:032x}" for number in range(30))
    assert list(other.pick(["c", "b", "a"])) == ["b", "a"]
    assert {len(key) for key in bucket.keys(f"{tmp_path.name}/erased")} == {64}
    file = EraseListFile(tmp_path / "erased.txt")
    file.merge(one)
    file.add(["d"])
    other.merge(file)
    assert list(one.pick(["a", "d", "e"])) == ["a", "d"]
    assert len(file.read()) == len(bucket.keys(f"{tmp_path.name}/erased")) == 33
