"""What becomes of a clip whose child is lost, and what is believed of a child."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.adapters.engine_sandbox import SandboxEngine
from app.adapters.sandbox_process import Sandbox
from app.assessment.measurement import AttemptOptions
from app.doors import build_documents, build_local
from app.ports.clips import StorageFullError
from app.rendering.picture_words import build_picture_words
from app.settings import Settings
from app.usecases.measuring import locate_attempt
from app.wiring import build_sandbox
from tests.sandbox.conftest import ignore
from tests.sandbox.test_losing import children_of
from tests.synthetic_measurements import make_measurement
from vision.errors import ClipError, LostClipError, RejectedClipError, UnreadableClipError, WeightsError

SAMPLES = Path(__file__).parents[2] / "sample_videos"
WORDS = build_picture_words("de")
OPTIONS = AttemptOptions(side="left", foot_length_cm=26.9)


@pytest.fixture
def engine(sandbox: Sandbox) -> SandboxEngine:
    """Return the engine with children that do what their clip says."""
    return SandboxEngine(sandbox, build_documents(), "1")


def make_clip(folder: Path, job: str, **said: object) -> Path:
    """Return a clip that says what its child does."""
    clip = folder / "clip"
    clip.write_text(json.dumps({"job": job, **said}))
    return clip


def locate(engine: SandboxEngine, clip: Path) -> bytes:
    """Have it watched."""
    return engine.locate(clip, OPTIONS, progress=ignore)


@pytest.mark.parametrize(
    ("job", "said", "code"),
    [
        ("crash", {}, "reader_crashed"),
        ("fail", {"how": "bug"}, "reader_crashed"),
        ("fail", {"how": "memory"}, "asks_too_much"),
        ("fail", {"how": "large"}, "asks_too_much"),
        ("answer", {"header": {"kind": "something else"}}, "reader_crashed"),
        ("answer", {"header": {"kind": "refused", "error": "RejectedClipError", "code": "<script>"}}, "reader_crashed"),
        ("answer", {"header": {}, "blob": b"no sighting".hex()}, "reader_crashed"),
    ],
)
def test_lost_clip_has_a_code_and_advice(engine: SandboxEngine, tmp_path: Path, job: str, said: dict[str, Any], code: str) -> None:
    """Whatever went wrong with one clip is a refusal like every other."""
    with pytest.raises(LostClipError) as caught:
        locate(engine, make_clip(tmp_path, job, **said))
    assert caught.value.code == code
    refused = engine.reject("clip.mp4", caught.value, OPTIONS)
    assert (refused.status, refused.code, refused.advice) == ("rejected", code, caught.value.advice)


@pytest.mark.parametrize(
    ("error", "kind"),
    [("UnreadableClipError", UnreadableClipError), ("RejectedClipError", RejectedClipError), ("WeightsError", WeightsError)],
)
def test_refusals_come_out_as_they_were_meant(engine: SandboxEngine, tmp_path: Path, error: str, kind: type[ClipError]) -> None:
    """What is known of the clip is said, in plain and short text."""
    told = {"kind": "refused", "error": error, "code": "too_dark", "reason": "damaged", "message": "Found\x00\x1b[31m it.", "advice": "a" * 5000}
    with pytest.raises(kind) as caught:
        locate(engine, make_clip(tmp_path, "answer", header=told))
    assert caught.value.message == "Found[31m it."
    assert len(caught.value.advice) == 600


@pytest.mark.parametrize("how", ["full", "quota"])
def test_full_disk_is_not_the_clips_fault(engine: SandboxEngine, tmp_path: Path, how: str) -> None:
    """It is told as what it is."""
    with pytest.raises(StorageFullError):
        locate(engine, make_clip(tmp_path, "fail", how=how))


def test_swollen_sighting_is_refused(engine: SandboxEngine, tmp_path: Path) -> None:
    """A few kilobytes that unpack to gigabytes do not reach the worker's memory."""
    packed = io.BytesIO()
    np.savez_compressed(packed, heads=np.zeros((200, 1024, 1024)))
    assert len(packed.getvalue()) < 10_000_000
    with pytest.raises(LostClipError):
        locate(engine, make_clip(tmp_path, "answer", header={}, blob=packed.getvalue().hex()))


def test_pickle_is_not_read(engine: SandboxEngine, tmp_path: Path) -> None:
    """A sighting that would run code when read as a pickle is refused."""
    packed = io.BytesIO()
    np.savez_compressed(packed, heads=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(LostClipError):
        locate(engine, make_clip(tmp_path, "answer", header={}, blob=packed.getvalue().hex()))


def test_link_in_place_of_a_picture_is_not_followed(engine: SandboxEngine, tmp_path: Path) -> None:
    """Even where no kernel keeps a child from planting one, what it points to is not handed out."""
    (tmp_path / "still.jpg").symlink_to("/etc/passwd")
    clip = make_clip(tmp_path, "answer", header={"window": None})
    with pytest.raises(LostClipError):
        engine.draw(clip, b"", make_measurement("left"), words=WORDS, still=tmp_path / "still.jpg", overlay=tmp_path / "o.mp4", plain=tmp_path / "plain.jpg")
    assert not (tmp_path / "still.jpg").is_symlink()


@pytest.mark.parametrize("window", [{}, {"left_px": "1"}, [1, 2, 3, 4], "left"])
def test_window_is_four_numbers(engine: SandboxEngine, tmp_path: Path, window: object) -> None:
    """Whatever else a child says of its picture is not kept."""
    clip = make_clip(tmp_path, "answer", header={"window": window})
    places = {name: tmp_path / name for name in ("still", "overlay", "plain")}
    with pytest.raises(LostClipError):
        engine.draw(clip, b"", make_measurement("left"), words=WORDS, **places)


def test_killed_child_is_tried_once_more(sandbox: Sandbox, engine: SandboxEngine, tmp_path: Path) -> None:
    """One kill from outside costs time, and no clip; a second one loses it."""
    clip = make_clip(tmp_path, "step", blob=b"no sighting".hex())
    kills: list[float] = []

    def kill(share: float, activity: str) -> None:
        del activity
        if share < 0.5:
            kills.append(share)
            os.kill(children_of(sandbox)[0], signal.SIGKILL)

    with pytest.raises(LostClipError):
        engine.locate(clip, OPTIONS, progress=kill)
    assert len(kills) == 2


@pytest.fixture(scope="module")
def real() -> Iterator[SandboxEngine]:
    """Return the worker's engine, with the small network."""
    sandbox = build_sandbox(Settings(model="lite"))
    yield SandboxEngine(sandbox, build_documents(), "1")
    sandbox.stop()


def test_child_killed_in_mid_clip_is_made_good(real: SandboxEngine, tmp_path: Path) -> None:
    """The clip is watched once more, and gives what it gives without any sandbox; then it is drawn, drawn again, and copied."""
    clip = SAMPLES / "a_left.mp4"
    seen: list[str] = []

    def kill_once(share: float, activity: str) -> None:
        del share
        seen.append(activity)
        if len(seen) == 5:
            os.kill(children_of(real.sandbox)[0], signal.SIGKILL)

    sighting = real.locate(clip, OPTIONS, progress=kill_once)
    assert seen.count("reading the room") == 1
    assert len(seen) > 10
    assert sighting == locate_attempt(clip, OPTIONS, build_local("lite"), progress=ignore)
    measurement = real.measure("a_left.mp4", sighting, OPTIONS)[0]
    places = {name: tmp_path / name for name in ("still", "overlay", "plain")}
    window = real.draw(clip, sighting, measurement, words=WORDS, **places)
    assert window is not None
    assert places["still"].read_bytes()[:3] == places["plain"].read_bytes()[:3] == b"\xff\xd8\xff"
    assert places["overlay"].read_bytes()[4:8] == b"ftyp"
    real.draw_again(places["plain"], window, sighting, measurement, words=WORDS, still=tmp_path / "again")
    assert (tmp_path / "again").read_bytes()[:3] == b"\xff\xd8\xff"
    real.strip(clip, tmp_path / "stripped")
    assert (tmp_path / "stripped").read_bytes()[4:8] == b"ftyp"


def test_what_the_lens_was_is_not_forgotten(real: SandboxEngine) -> None:
    """The earlier sighting goes along; a clip that nobody can read is refused with its own reason."""
    with pytest.raises(UnreadableClipError) as caught:
        real.locate(SAMPLES / "README.md", OPTIONS, progress=ignore, earlier=b"earlier")
    assert caught.value.reason == "not_a_video"


def test_measurement_survives_its_way_to_the_child() -> None:
    """What is drawn is what was measured: written down and read back it is the same."""
    documents = build_documents()
    written = documents.write_measurement(make_measurement("left"))
    assert documents.write_measurement(documents.read_measurement(written)) == written


def test_worker_loads_no_video_library() -> None:
    """Nothing that parses a stranger's file is in the process that holds the records."""
    program = (
        "import sys, tempfile; from pathlib import Path; import app.worker;"
        "from app.settings import Settings; from app.wiring import build_worker, prepare_data;"
        "settings = Settings(data_dir=Path(tempfile.mkdtemp())); prepare_data(settings); build_worker(settings);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split())
    assert "numpy" in loaded
    assert not loaded & {"av", "cv2", "mediapipe", "matplotlib"}
