"""What is read from a truth file, and which repetitions belong together."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.assessment.measurement import Repetition
from tests.accuracy.compare import pair_repetitions
from tests.accuracy.landmarks import compute_inclination_deg
from tests.accuracy.truth import TrueRepetition, Truth, read_truth


def lunge(start_s: float, end_s: float, *, toe_cm: float = 10.0, shin_deg: float = 40.0, valid: bool = True) -> TrueRepetition:
    """One true repetition with its peak in the middle."""
    return TrueRepetition(
        start_s=start_s,
        peak_s=(start_s + end_s) / 2,
        end_s=end_s,
        shin_angle_deg=shin_deg,
        axis_angle_deg=shin_deg - 2,
        toe_to_wall_cm=toe_cm,
        heel_down=True,
        valid=valid,
    )


def build_truth(name: str = "a_left", *lunges: TrueRepetition, facing: str = "left") -> dict[str, object]:
    """Return a truth file's content: ten frames a second, held around each peak, the shank 50 px long."""
    frames = [
        {
            "t_s": t / 10,
            "phase": "hold" if any(abs(t / 10 - r.peak_s) < 0.35 for r in lunges) else "rest",
            "px": {"knee_joint": [30, 0], "ankle_joint": [60, 40]},
        }
        for t in range(60)
    ]
    fields = TrueRepetition.__dataclass_fields__
    return {
        "name": name,
        "side": facing,
        "image_facing": facing,
        "shod": False,
        "fps": 10,
        "foot_length_cm": 26.0,
        "acceptable_codes": [],
        "camera": {"yaw_deg": 1.0, "roll_deg": 2.0},
        "repetitions": [{key: getattr(r, key) for key in fields} for r in lunges],
        "frames": frames,
    }


def write_truth(folder: Path, content: dict[str, object]) -> Truth:
    """Write and read again."""
    path = folder / "x.truth.json"
    path.write_text(json.dumps(content))
    return read_truth(path)


@pytest.mark.parametrize(
    ("name", "body"), [("a_left", "a"), ("a_right", "a"), ("heel_lift_L", "heel_lift"), ("yaw_roll_R", "yaw_roll"), ("c04_f_L_bare", "c04_f_L_bare")]
)
def test_clips_of_one_person_share_a_body(tmp_path: Path, name: str, body: str) -> None:
    """Only the side at the end of the name is dropped."""
    assert write_truth(tmp_path, build_truth(name)).body == body


def test_hold_is_that_of_the_headline(tmp_path: Path) -> None:
    """Of lunges at 8, 10 and 12 cm, the last one short of the wall, the second one counts; its frames are the hold."""
    truth = write_truth(tmp_path, build_truth("x", lunge(0, 2, toe_cm=8), lunge(2, 4, toe_cm=10), lunge(4, 6, toe_cm=12, valid=False)))
    assert truth.best is not None
    assert truth.best.toe_to_wall_cm == 10
    assert truth.hold_s == pytest.approx((2.7, 2.8, 2.9, 3.0, 3.1, 3.2, 3.3))
    assert truth.shank_px == 50


def test_without_a_valid_lunge_there_is_no_hold(tmp_path: Path) -> None:
    """Nothing is compared where no headline may stand."""
    truth = write_truth(tmp_path, build_truth("x", lunge(0, 2, valid=False)))
    assert truth.best is None
    assert truth.hold_s == ()


@pytest.mark.parametrize("facing", ["left", "right"])
def test_knee_over_the_toes_is_positive(tmp_path: Path, facing: str) -> None:
    """A knee 30 px nearer the wall than the ankle and 40 px above it leans 36.87 deg, whichever way the person faces."""
    truth = write_truth(tmp_path, build_truth("x", facing=facing))
    towards = -1 if facing == "left" else 1
    marks = np.zeros((33, 4))
    knee, ankle = (25, 27) if facing == "left" else (26, 28)
    marks[knee, :2], marks[ankle, :2] = (100 + 30 * towards, 100), (100, 140)
    assert compute_inclination_deg(marks, truth) == pytest.approx(36.8699, abs=1e-4)


def see(start_s: float, end_s: float) -> Repetition:
    """One repetition as measured."""
    return Repetition(start_s=start_s, peak_s=(start_s + end_s) / 2, end_s=end_s, stance=1, verdict="valid", reason="")


def test_each_seen_repetition_is_used_once() -> None:
    """One long sighting over two true lunges is one of them; the other was not found."""
    assert len(pair_repetitions([lunge(0, 2), lunge(2, 4)], [see(0, 4)])) == 1


def test_pairs_share_most_time() -> None:
    """Of two sightings that hold the true peak, the one that overlaps more."""
    ((_, seen),) = pair_repetitions([lunge(0, 2)], [see(0.9, 1.2), see(0.1, 1.9)])
    assert seen.start_s == 0.1


def test_sighting_elsewhere_is_no_pair() -> None:
    """A lunge that touches in time but neither holds the peak nor half of the span is another one."""
    assert pair_repetitions([lunge(0, 2)], [see(1.5, 3.5)]) == []
