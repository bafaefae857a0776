"""The service as processes: the worker is kept alive, taken along, and what it had begun is finished."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.traces import search_folder
from tests.web.serving import CHECKOUT, SAMPLES, is_running, serving, wait_for


def test_killed_worker_is_started_again(tmp_path: Path) -> None:
    """`kill -9` of the worker: another one is there within seconds."""
    with serving(tmp_path) as served:
        served.wait_ready()
        first = served.worker_pid()
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not is_running(first), 5, "the end of the worker")
        assert served.worker_pid() != first


def test_worker_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """`kill -9` of the web server takes the worker along."""
    with serving(tmp_path) as served:
        served.wait_ready()
        worker = served.worker_pid()
        os.kill(served.process.pid, signal.SIGKILL)
        wait_for(lambda: not is_running(worker), 10, "the end of the worker")


def test_stopping_stops_the_worker(tmp_path: Path) -> None:
    """Ctrl-C or a service manager's stop leaves no process behind."""
    with serving(tmp_path) as served:
        served.wait_ready()
        worker = served.worker_pid()
    assert not is_running(worker)


@dataclass(frozen=True)
class Survived:
    """What is there after an analysis in the middle of which the worker was killed."""

    screening_id: str
    report: dict[str, Any]
    report_rows: int
    overlays: list[str]
    scratch: list[Path]


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Survived:
    """Hand in the sample pair, `kill -9` the worker in mid-analysis, and wait for the report."""
    with serving(tmp_path_factory.mktemp("survived")) as served:
        served.wait_ready()
        screening_id = served.hand_in_samples()
        wait_for(lambda: 0.05 < served.state(screening_id)["progress"] < 0.9, 60, "progress")
        os.kill(served.worker_pid(), signal.SIGKILL)
        wait_for(lambda: served.state(screening_id)["state"] in {"done", "failed"}, 240, "the end of the analysis")
        assert served.state(screening_id)["state"] == "done", served.log.read_text()[-3000:]
        with sqlite3.connect(served.folder / "kneewall.sqlite3") as database:
            rows = database.execute("select count(*) from reports").fetchone()[0]
        clips = served.folder / "clips"
        wait_for(lambda: not list(clips.rglob("clip*")), 10, "the end of the clips")
        return Survived(
            screening_id,
            served.client.get(f"/api/screenings/{screening_id}/report").json(),
            rows,
            sorted(path.relative_to(clips).as_posix() for path in clips.rglob("*.mp4")),
            list((served.folder / "scratch").iterdir()),
        )


def test_report_is_finished_although_the_worker_is_killed(survived: Survived) -> None:
    """`kill -9` in mid-analysis: the report is finished, with one row and one overlay for each side."""
    assert {survived.report[side]["status"] for side in ("left", "right")} == {"measured"}
    assert survived.report_rows == 1
    assert survived.overlays == [f"{survived.screening_id}/left/overlay.mp4", f"{survived.screening_id}/right/overlay.mp4"]
    assert survived.scratch == []


def test_sample_pair_is_measured_right(survived: Survived) -> None:
    """The page's promise on rendered clips: each side within 3 deg and 1.5 cm of the truth, and the difference in the right direction."""
    report = survived.report
    truth = {side: json.loads((SAMPLES / f"a_{side}.truth.json").read_text())["repetitions"][0] for side in ("left", "right")}
    for side in ("left", "right"):
        assert abs(report[side]["shin_angle_deg"]["value"] - truth[side]["shin_angle_deg"]) <= 3.0
        assert abs(report[side]["toe_to_wall_cm"]["value"] - truth[side]["toe_to_wall_cm"]) <= 1.5
    assert report["left"]["toe_to_wall_cm"]["value"] > report["right"]["toe_to_wall_cm"]["value"]


def test_web_and_worker_may_start_together(tmp_path: Path) -> None:
    """Several processes bring the same empty folder up to date at once, as containers do, and none fails."""
    program = "import sys; from pathlib import Path; from app.settings import Settings; from app.wiring import prepare_data; prepare_data(Settings())"
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(tmp_path / "data")}
    processes = [subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=CHECKOUT) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]


def test_serving_process_maps_no_vision_library(tmp_path: Path) -> None:
    """Neither the web server's process nor the worker's has one of the heavy libraries in its memory, also after an upload; the nursery has."""
    with serving(tmp_path) as served:
        served.wait_ready()
        screening_id = served.hand_in_samples()
        for address in ("/", f"/screenings/{screening_id}", f"/api/screenings/{screening_id}", "/openapi.json"):
            assert served.client.get(address).status_code == 200
        wait_for(lambda: served.state(screening_id)["progress"] > 0.05, 60, "progress")
        worker = served.worker_pid()
        for pid in (served.process.pid, worker):
            maps = Path(f"/proc/{pid}/maps").read_text()
            assert [name for name in ("mediapipe", "/cv2/", "/av/", "opencv", "libav") if name in maps] == []
        nursery = int(Path(f"/proc/{worker}/task/{worker}/children").read_text().split()[0])
        assert "/cv2/" in Path(f"/proc/{nursery}/maps").read_text()


def test_erasing_in_mid_analysis_leaves_nothing(tmp_path: Path) -> None:
    """The worker notices, ends the work, and no file comes back."""
    with serving(tmp_path) as served:
        served.wait_ready()
        screening_id = served.hand_in_samples()
        wait_for(lambda: served.state(screening_id)["progress"] > 0.05, 60, "progress")
        assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204
        wait_for(lambda: "analysis.abandoned" in served.log.read_text(), 60, "the end of the work")
        assert list((served.folder / "clips").iterdir()) == []
        assert list((served.folder / "scratch").iterdir()) == []
        wait_for(lambda: search_folder(served.folder, [screening_id], but=["kneewall.sqlite3"]) == [], 30, "the queue to forget it")
        assert screening_id not in served.log.read_text()
