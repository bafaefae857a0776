"""Clips that pass the door and cannot be measured: a stored result each, the bytes gone, the other side untouched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import pytest

from tests.web.serving import SAMPLES, Served, serving, wait_for

ANALYSIS_S = 900


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the service with its worker and the real engine."""
    with serving(tmp_path_factory.mktemp("served")) as running:
        running.wait_ready()
        yield running


def make_sound_alone() -> bytes:
    """Return an MP4 file that holds sound and no picture."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def make_empty_room(seconds: float = 3.0) -> bytes:
    """Return a clip in which nobody is."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        picture = np.full((240, 320, 3), 180, np.uint8)
        picture[170:] = 90
        for _ in range(round(15 * seconds)):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def analyse(served: Served, **clips: bytes) -> dict[str, Any]:
    """Upload, wait, and return the report; whatever came of them, the clips are gone then, and their names are in no log."""
    files = {side: (f"anna_{side}.mp4", content) for side, content in clips.items()}
    answer = served.client.post("/api/screenings", files=files, data={"foot_length_cm": "26.9"})
    assert answer.status_code == 202, answer.text
    screening_id = answer.json()["id"]
    wait_for(lambda: served.state(screening_id)["state"] in {"done", "failed"}, ANALYSIS_S, "the end of the analysis")
    assert served.state(screening_id)["state"] == "done", served.log.read_text()[-3000:]
    report: dict[str, Any] = served.client.get(f"/api/screenings/{screening_id}/report").json()
    wait_for(lambda: not list((served.folder / "clips" / screening_id).rglob("clip*")), 10, "the end of the clips")
    assert "anna" not in served.log.read_text()
    return report


def test_unreadable_clips_are_results(served: Served) -> None:
    """Sound alone on the left, a clip cut off in the middle on the right: both rejected, each with advice, and a report all the same."""
    whole = (SAMPLES / "a_right.mp4").read_bytes()
    report = analyse(served, left=make_sound_alone(), right=whole[: len(whole) // 2])
    assert [report[side]["status"] for side in ("left", "right")] == ["rejected", "rejected"]
    assert [report[side]["code"] for side in ("left", "right")] == ["unreadable_file", "unreadable_file"]
    assert all(report[side]["advice"] for side in ("left", "right"))


def test_empty_room_does_not_hide_the_other_leg(served: Served) -> None:
    """Nobody on the left, a lunge on the right."""
    report = analyse(served, left=make_empty_room(), right=(SAMPLES / "a_right.mp4").read_bytes())
    assert (report["left"]["status"], report["left"]["code"]) == ("rejected", "no_person")
    assert report["right"]["status"] == "measured"


def test_same_leg_twice_is_not_compared(served: Served) -> None:
    """Two clips of left legs: the one that was handed in as right is not passed off as a right leg."""
    report = analyse(served, left=(SAMPLES / "a_left.mp4").read_bytes(), right=(SAMPLES / "b_left.mp4").read_bytes())
    assert report["right"]["code"] == "wrong_side_declared" or "same_leg_twice" in {finding["code"] for finding in report["findings"]}
    assert report["comparison"]["difference"]["toe_to_wall_cm"] is None
