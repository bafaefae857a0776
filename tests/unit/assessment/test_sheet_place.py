from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.measurement import AttemptOptions
from app.assessment.pipeline import compute_measurement
from app.assessment.scene_solve import SolvedScene, solve_scenes
from app.assessment.sheet_place import compute_wall_line
from calibration.camera import Camera
from calibration.references import SHEET_V1, SHEET_V1_LETTER
from tests.synthetic import ClipSpec, LungeSpec, build_camera, build_clip, build_room

SPEC = ClipSpec(lunges=(LungeSpec(), LungeSpec()), yaw_deg=3.0, seed=21)


def solve(spec: ClipSpec) -> SolvedScene:
    """Film and solve the room."""
    sighting, _ = build_clip(spec)
    scene = solve_scenes(sighting.room, sighting.facts, np.nanmedian(sighting.leg.toe, axis=0), AttemptOptions())[0]
    assert scene is not None
    assert scene.uses_sheet
    return scene


@pytest.mark.parametrize("seed", range(6))
def test_a_sheet_that_lies_flush_says_nothing(seed: int) -> None:
    """Ordinary noise raises no finding, and the place of the wall stays as sure as it was."""
    scene = solve(replace(SPEC, yaw_deg=3.0 * seed - 8.0, seed=40 + seed))
    assert scene.corner_line_px is not None
    assert scene.findings == ()
    assert scene.layout == SHEET_V1


def test_the_lines_place_is_as_sure_as_sampling_says() -> None:
    """Monte Carlo over camera and line: distance and turn scatter as propagated, within 15 %."""
    sighting, _ = build_clip(replace(SPEC, wall=False))
    line_px = build_room(SPEC, build_camera(SPEC), np.random.default_rng(3)).corner_lines_px[0]
    foot_px = np.nanmedian(sighting.leg.toe, axis=0)
    scene = solve_scenes(sighting.room, sighting.facts, foot_px, AttemptOptions())[0]
    assert scene is not None
    solution, rng = scene.solution, np.random.default_rng(9)
    along = (line_px[1] - line_px[0]) / np.hypot(*(line_px[1] - line_px[0]))
    drawn = []
    for params in rng.multivariate_normal(solution.camera.params, solution.covariance, size=400, method="svd"):
        moved = line_px + rng.normal(0, 1.5, (2, 1)) * np.array([-along[1], along[0]])
        drawn.append(compute_wall_line(replace(solution, camera=Camera(params, solution.camera.size_px)), moved, foot_px)[0])
    _, std = compute_wall_line(solution, line_px, foot_px)
    np.testing.assert_allclose(std, np.std(drawn, axis=0), rtol=0.15)


def test_a_sheet_short_of_the_wall_is_told() -> None:
    """Two centimetres between paper and wall: a finding with the distance, and a wall that is less sure by as much."""
    scene = solve(replace(SPEC, sheet_gap_cm=2.0))
    (finding,) = scene.findings
    assert (finding.code, finding.severity) == ("sheet_not_flush", "warning")
    assert finding.value == pytest.approx(-2.0, abs=0.8)
    assert "short of" in finding.message
    assert scene.layout.shift_std_mm == pytest.approx(10 * abs(finding.value), rel=0.05)


def test_a_distance_beside_a_sheet_short_of_the_wall_covers_the_truth() -> None:
    """What is shown holds the true distance within its 95 % interval, or nothing is shown."""
    sighting, truth = build_clip(replace(SPEC, sheet_gap_cm=2.0))
    measurement = compute_measurement("clip.mp4", sighting, AttemptOptions(), code_version="test")
    assert "sheet_not_flush" in [f.code for f in measurement.findings]
    if measurement.toe_to_wall_cm is not None:
        assert abs(measurement.toe_to_wall_cm.value - truth.toe_cm[0]) < measurement.toe_to_wall_cm.half_width95()


@pytest.mark.parametrize("turn", [-4.0, 4.0])
def test_a_skewed_sheet_is_told(turn: float) -> None:
    """Four degrees against the wall line, either way."""
    scene = solve(replace(SPEC, sheet_turn_deg=turn))
    (finding,) = scene.findings
    assert finding.code == "sheet_not_flush"
    assert "turned by" in finding.message


def test_without_a_corner_line_nothing_can_be_said() -> None:
    """Only a line that is seen without the sheet can contradict it."""
    scene = solve(replace(SPEC, sheet_gap_cm=2.0, wall=False))
    assert scene.findings == ()
    assert scene.layout == SHEET_V1


def test_a_letter_sheet_measures_as_an_a4_one() -> None:
    """Its squares lie 3 mm further across than the finder thinks: no number moves by more than 0.2 mm or 0.02 deg."""
    camera = build_camera(SPEC)
    sighting, _ = build_clip(replace(SPEC, noise_px=0.0))
    results = []
    for layout in (SHEET_V1, SHEET_V1_LETTER):
        squares = {marker: layout.square_cm(marker) for marker in layout.ids}
        markers = {m: camera.project(np.column_stack([sq[:, 0], np.zeros(4), -sq[:, 1]])) for m, sq in squares.items()}
        room = replace(sighting.room, markers=markers)
        results.append(compute_measurement("clip.mp4", replace(sighting, room=room), AttemptOptions(), code_version="test"))
    a4, letter = results
    assert a4.toe_to_wall_cm is not None
    assert letter.toe_to_wall_cm is not None
    assert letter.toe_to_wall_cm.value == pytest.approx(a4.toe_to_wall_cm.value, abs=0.02)
    assert a4.shin_angle_deg is not None
    assert letter.shin_angle_deg is not None
    assert letter.shin_angle_deg.value == pytest.approx(a4.shin_angle_deg.value, abs=0.02)
