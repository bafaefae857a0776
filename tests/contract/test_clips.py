"""Every ClipStore."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from app.adapters.clips_obstore import Bucket, BucketClipStore, ObstoreClipStore
from app.ports.clips import ClipStore, StorageFullError
from app.ports.outage import OutageError
from tests.bucket import Bucket as S3Server
from tests.fakes.clips import FakeClipStore


@pytest.fixture(params=["fake", "folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ClipStore:
    """Each store in turn."""
    if request.param == "bucket":
        shared: S3Server = request.getfixturevalue("bucket")
        return BucketClipStore(open_bucket(shared, prefix=tmp_path.name), tmp_path / "scratch")
    return FakeClipStore(tmp_path) if request.param == "fake" else ObstoreClipStore(tmp_path)


def open_bucket(shared: S3Server, *, prefix: str) -> Bucket:
    """Return the way of the service's own into a bucket."""
    keys = {"access_key_id": shared.key_id, "secret_access_key": shared.secret}
    return Bucket(name=shared.name, region=shared.region, endpoint=shared.endpoint, prefix=prefix, **keys)


async def send(*chunks: bytes, error: Exception | None = None) -> AsyncIterator[bytes]:
    """Chunks as they arrive, perhaps up to an error."""
    for chunk in chunks:
        yield chunk
    if error is not None:
        raise error


def test_received_bytes_come_back(store: ClipStore) -> None:
    """What arrived in chunks is one file."""
    asyncio.run(store.receive("a/left/clip", send(b"one", b"two" * 5_000_000)))
    assert store.get("a/left/clip") == b"one" + b"two" * 5_000_000
    with store.lend("a/left/clip") as path:
        assert path.read_bytes() == store.get("a/left/clip")


def test_broken_upload_leaves_nothing(store: ClipStore) -> None:
    """The error goes on and no bytes stay."""
    with pytest.raises(OSError, match="cut off"):
        asyncio.run(store.receive("a/left/clip", send(b"x" * 20_000_000, error=OSError("cut off"))))
    store.erase_group("a")
    assert not store.groups()
    with pytest.raises(KeyError):
        store.get("a/left/clip")


def test_what_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    """A disk that is full, here one that takes no file above 100 kB, is told by name; neither way of writing leaves part of a file."""
    store, most = ObstoreClipStore(tmp_path), 100_000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        with pytest.raises(StorageFullError):
            store.put("a/part/1", bytes(2 * most))
        with pytest.raises(StorageFullError):
            asyncio.run(store.receive("a/left/clip", send(*[bytes(1_000_000)] * 20)))
        drawn = tmp_path / "drawn"
        drawn.write_bytes(bytes(most))
        with drawn.open("ab") as more:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2 * most, before[1]))
            more.write(bytes(most))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        with pytest.raises(StorageFullError):
            store.put_file("a/left/overlay.mp4", drawn)
        drawn.unlink()
        store.put("a/part/2", bytes(most))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["2"]


def test_put_replaces(store: ClipStore, tmp_path: Path) -> None:
    """A step that is repeated writes over what it wrote."""
    store.put("a/left/x", b"first")
    file = tmp_path / "second"
    file.write_bytes(b"second")
    store.put_file("a/left/x", file)
    assert store.get("a/left/x") == b"second"


def test_unknown_key_is_a_key_error(store: ClipStore) -> None:
    """Nothing there is said plainly."""
    with pytest.raises(KeyError):
        store.get("a/left/clip")
    with pytest.raises(KeyError), store.lend("a/left/clip"):
        pytest.fail("nothing to lend")
    assert not store.holds("a/left/clip")


def test_erase_is_repeatable(store: ClipStore) -> None:
    """Forgetting twice is no error, and takes nothing else."""
    store.put("a/left/clip", b"1")
    store.put("a/right/clip", b"2")
    assert store.holds("a/left/clip")
    store.erase("a/left/clip")
    store.erase("a/left/clip")
    assert not store.holds("a/left/clip")
    assert store.get("a/right/clip") == b"2"


def test_erase_takes_what_a_killed_write_left(tmp_path: Path) -> None:
    """Half a file that never got its name holds pictures too."""
    store = ObstoreClipStore(tmp_path)
    store.put("a/left/clip", b"1")
    for name in ("clip#1", "clip#23", "clip.kept#1"):
        (tmp_path / "clips" / "a" / "left" / name).write_bytes(b"half")
    store.erase("a/left/clip")
    store.erase("b/left/clip")
    assert [path.name for path in (tmp_path / "clips" / "a" / "left").iterdir()] == ["clip.kept#1"]


def test_group_is_erased_together(store: ClipStore) -> None:
    """A screening's files go with it, those of others stay."""
    for key in ("a/left/clip", "a/right/clip", "ab/left/clip", "b/left/clip"):
        store.put(key, b"1")
    store.erase_group("a")
    store.erase_group("a")
    assert [group.name for group in store.groups()] == ["ab", "b"]


def test_folder_of_a_group_is_erased_alone(store: ClipStore) -> None:
    """One leg's files go, those of the other stay; a folder whose name begins alike is another."""
    for key in ("a/left/clip", "a/left/still.jpg", "a/left.1/clip", "a/right/clip", "b/left/clip"):
        store.put(key, b"1")
    store.erase_folder("a", "left")
    store.erase_folder("a", "left")
    assert {group.name: group.folders for group in store.groups()} == {"a": {"left.1", "right"}, "b": {"left"}}
    assert store.holds("a/left.1/clip")


@pytest.mark.parametrize("name", ["", "..", "a/b", "."])
def test_only_a_group_or_folder_can_be_erased(store: ClipStore, name: str) -> None:
    """Nothing outside the store can be reached, nor by mistake more than was meant."""
    for erase in (store.erase_group, partial(store.erase_folder, "a"), lambda own: store.erase_folder(own, "left")):
        with pytest.raises(ValueError):  # noqa: PT011 - the message is the adapter's
            erase(name)


def test_scratch_is_gone_afterwards(store: ClipStore) -> None:
    """What is written while drawing does not pile up."""
    with store.scratch() as folder:
        (folder / "still.jpg").write_bytes(b"x")
    assert not folder.exists()


def test_scratch_in_use_is_not_cleared(tmp_path: Path) -> None:
    """A worker that starts takes away what killed ones left, and nothing of the one beside it."""
    one, other = ObstoreClipStore(tmp_path), ObstoreClipStore(tmp_path)
    (tmp_path / "scratch" / "left behind").mkdir()
    with one.scratch() as folder:
        (folder / "still.jpg").write_bytes(b"x")
        other.clear_scratch()
        assert [path.name for path in (tmp_path / "scratch").rglob("*")] == [folder.name, "still.jpg"]


def test_machines_share_a_bucket(bucket: S3Server, tmp_path: Path) -> None:
    """What one stores the other has; what is lent lies in the borrower's own scratch, and no longer than it is needed."""
    one, other = (BucketClipStore(open_bucket(bucket, prefix=tmp_path.name), tmp_path / machine) for machine in ("one", "other"))
    one.put("a/left/clip", b"1")
    with other.lend("a/left/clip") as path:
        assert path.is_relative_to(tmp_path / "other")
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert bucket.keys(tmp_path.name) == ["clips/a/left/clip"]


def test_bucket_that_is_away_is_told(tmp_path: Path) -> None:
    """The vendor's error does not get out: it would hold addresses and keys."""
    nowhere = Bucket(name="clips", region="us-east-1", endpoint="http://127.0.0.1:1", access_key_id="key", secret_access_key="secret")
    store = BucketClipStore(nowhere, tmp_path)
    for ask in (lambda: store.put("a/left/clip", b"1"), lambda: store.get("a/left/clip"), lambda: store.holds("a/left/clip"), store.groups):
        with pytest.raises(OutageError):
            ask()
