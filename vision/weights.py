"""The pose weights: found, checked byte for byte, and built into the form that MediaPipe loads.

The npm package `@mediapipe/pose` carries the networks as raw TensorFlow Lite files. MediaPipe's task runner wants the same networks with a
note on how to normalise the picture, two to an archive. Nothing here is downloaded: `npm ci` brings the package, pinned by its integrity hash.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vision.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "@mediapipe/pose@0.5.1675469404"
PACKAGE_DIR = Path(__file__).resolve().parent.parent / "node_modules" / "@mediapipe" / "pose"
"""Where `npm ci` puts the package in a checkout."""

_HOW_TO_GET = "Run `make setup`, or `npm ci --ignore-scripts` in the checkout, which brings the pinned package."
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


@dataclass(frozen=True, slots=True)
class _Network:
    """One raw network: its file in the package, its pinned hash, its name in the archive and how it wants its pixels."""

    file: str
    sha256: str
    member: str
    mean: float
    std: float


_DETECTOR = _Network(
    "pose_solution_packed_assets.data",
    "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "pose_detector.tflite",
    mean=127.5,
    std=127.5,
)


def _landmarks(model: str, sha256: str) -> _Network:
    return _Network(f"pose_landmark_{model}.tflite", sha256, "pose_landmarks_detector.tflite", mean=0.0, std=255.0)


_NETWORKS = {
    "lite": _landmarks("lite", "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61"),
    "full": _landmarks("full", "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"),
    "heavy": _landmarks("heavy", "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe"),
}
_BUILT_SHA256 = {
    "lite": "8a6abe8a978cf8eb7c21938ef16ebcb597a3bfc84900ae0e3d1895307888fe9e",
    "full": "8f59e6fc147db22a2148038a44777656b91bd85fbf7f2f528fd3492b3534a8ce",
    "heavy": "85a7669e84d04537c2c89866c4d932f33010a918e46c982aa03d83cdc8d714c6",
}

MODELS = tuple(_NETWORKS)


def default_cache() -> Path:
    """Folder for built weights: KNEEWALL_CACHE_DIR where it is set, else the user's cache."""
    named = os.environ.get("KNEEWALL_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - only the default needs it

    return platformdirs.user_cache_path("kneewall", appauthor=False)


def weights_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_path(model: str, *, source: Path | None, cache: Path) -> Path:
    """Return a checked `.task` file of a pose model, building it where it is not there yet.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    source : Path | None
        A `.task` file to use as it is, or a folder holding the files of the npm package; None for the cache, then the checkout's node_modules.
    cache : Path
        Folder in which built files are kept; made where it is missing.

    Raises
    ------
    WeightsError
        When the model is unknown, nothing is there to build from, or bytes are not the pinned ones.
    """
    if model not in _NETWORKS:
        raise WeightsError(f"Found pose model {model!r}, expected one of {', '.join(MODELS)}.", advice="Choose one of the named models.")
    if source is not None and not source.is_dir():
        _check(source, _BUILT_SHA256[model])
        return source
    built = cache / f"pose_landmarker_{model}.task"
    # A damaged file in the cache is ours to replace; the package's own files are refused below when they are not the pinned ones.
    if source is None and built.is_file() and weights_sha256(built) == _BUILT_SHA256[model]:
        return built
    _build(model, source or PACKAGE_DIR, built)
    return built


def _check(path: Path, expected: str) -> None:
    if not path.is_file():
        raise WeightsError(f"Found no file {path.name}, expected the pose weights there.", advice=_HOW_TO_GET)
    found = weights_sha256(path)
    if found != expected:
        raise WeightsError(
            f"Found {path.name} with sha256 {found}, expected {expected}: these are not the pinned pose weights.",
            advice="Remove the file and run `make setup` again; never use weights whose bytes differ.",
        )


def _build(model: str, package: Path, built: Path) -> None:
    """Check the raw networks, note their normalisation in them, and put the archive in its place in one step."""
    networks = (_DETECTOR, _NETWORKS[model])
    if not package.is_dir():
        raise WeightsError(f"Found no pose weights in the cache and no package {PACKAGE} to build them from.", advice=_HOW_TO_GET)
    for network in networks:
        _check(package / network.file, network.sha256)

    def write(part: Path) -> None:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for network in networks:
                member = zipfile.ZipInfo(network.member, date_time=_ZIP_DATE)
                member.create_system = _UNIX
                archive.writestr(member, _with_normalisation((package / network.file).read_bytes(), network))
        _check(part, _BUILT_SHA256[model])

    _write_whole(built, write)


def _write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside `path` and move into place, so that two processes building at once leave one whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _with_normalisation(raw: bytes, network: _Network) -> bytes:
    """Return the network with MediaPipe's metadata block added to it."""
    import flatbuffers  # noqa: PLC0415 - building is rare, and mediapipe takes seconds to import
    from mediapipe.tasks.metadata import metadata_schema_py_generated as notes  # noqa: PLC0415
    from mediapipe.tasks.metadata import schema_py_generated as tflite  # noqa: PLC0415

    picture = notes.TensorMetadataT(
        name="image",
        content=notes.ContentT(
            contentPropertiesType=notes.ContentProperties.ImageProperties,
            contentProperties=notes.ImagePropertiesT(colorSpace=notes.ColorSpaceType.RGB),
        ),
        processUnits=[
            notes.ProcessUnitT(
                optionsType=notes.ProcessUnitOptions.NormalizationOptions,
                options=notes.NormalizationOptionsT(mean=[network.mean], std=[network.std]),
            )
        ],
    )
    description = notes.ModelMetadataT(
        name=network.member,
        subgraphMetadata=[notes.SubGraphMetadataT(inputTensorMetadata=[picture])],
        minParserVersion="1.0.0",
    )
    builder = flatbuffers.Builder()
    builder.Finish(description.Pack(builder), b"M001")

    model = tflite.ModelT.InitFromPackedBuf(raw)
    model.buffers.append(tflite.BufferT(data=list(builder.Output())))
    model.metadata = [*(model.metadata or []), tflite.MetadataT(name="TFLITE_METADATA", buffer=len(model.buffers) - 1)]
    builder = flatbuffers.Builder(len(raw) + 65536)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
