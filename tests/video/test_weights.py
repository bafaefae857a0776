"""The weights are built from the package that `make setup` installed."""

import os
import shutil
from pathlib import Path

import pytest

from vision import weights
from vision.errors import WeightsError

NEEDED = ("pose_solution_packed_assets.data", "pose_landmark_lite.tflite")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Copy the part of the npm package that the small model is built from."""
    folder = tmp_path / "package"
    folder.mkdir()
    for name in NEEDED:
        shutil.copyfile(weights.PACKAGE_DIR / name, folder / name)
    return folder


@pytest.mark.parametrize("model", weights.MODELS)
def test_every_model_is_built_to_the_pinned_bytes(tmp_path: Path, model: str) -> None:
    """Building twice, anywhere, gives the same file."""
    path = weights.weights_path(model, source=weights.PACKAGE_DIR, cache=tmp_path)
    assert weights.weights_sha256(path) == weights._BUILT_SHA256[model]
    assert [item.name for item in tmp_path.iterdir()] == [path.name], "no half-written file stays behind"


def test_built_file_is_used_again(tmp_path: Path, package: Path) -> None:
    """The second call reads, it does not build."""
    first = weights.weights_path("lite", source=package, cache=tmp_path)
    os.utime(first, (1, 1))
    assert weights.weights_path("lite", source=None, cache=tmp_path).stat().st_mtime == 1


def test_damaged_cache_is_built_anew(tmp_path: Path) -> None:
    """What is in the cache is ours to replace."""
    path = weights.weights_path("lite", source=weights.PACKAGE_DIR, cache=tmp_path)
    path.write_bytes(path.read_bytes()[:-1000])
    assert weights.weights_sha256(weights.weights_path("lite", source=None, cache=tmp_path)) == weights._BUILT_SHA256["lite"]


@pytest.mark.parametrize("name", NEEDED)
def test_wrong_bytes_in_the_package_are_refused(tmp_path: Path, package: Path, name: str) -> None:
    """One flipped bit, and nothing is built."""
    content = bytearray((package / name).read_bytes())
    content[1000] ^= 1
    (package / name).write_bytes(content)
    with pytest.raises(WeightsError, match=rf"{name} with sha256 [0-9a-f]{{64}}, expected [0-9a-f]{{64}}"):
        weights.weights_path("lite", source=package, cache=tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*")) if (tmp_path / "cache").exists() else True


def test_given_file_is_used_where_it_is_and_only_if_it_is_the_pinned_one(tmp_path: Path, package: Path) -> None:
    """An operator may keep the weights elsewhere, but may not change them."""
    given = weights.weights_path("lite", source=package, cache=tmp_path / "elsewhere")
    assert weights.weights_path("lite", source=given, cache=tmp_path / "unused") == given
    with pytest.raises(WeightsError, match="not the pinned pose weights"):
        weights.weights_path("full", source=given, cache=tmp_path / "unused")


def test_missing_package_is_named_with_the_command_that_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the first thing a newcomer without npm sees."""
    monkeypatch.setattr(weights, "PACKAGE_DIR", tmp_path / "nowhere")
    with pytest.raises(WeightsError, match="no package") as caught:
        weights.weights_path("full", source=None, cache=tmp_path)
    assert "npm ci" in caught.value.advice


def test_unknown_model_is_refused(tmp_path: Path) -> None:
    """The message names the known ones."""
    with pytest.raises(WeightsError, match="lite, full, heavy"):
        weights.weights_path("huge", source=None, cache=tmp_path)


def test_cache_folder_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only home needs it."""
    monkeypatch.setenv("KNEEWALL_CACHE_DIR", str(tmp_path))
    assert weights.default_cache() == tmp_path
