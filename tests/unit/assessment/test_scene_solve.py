from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.leg_depth import compute_depths
from app.assessment.measurement import AttemptOptions
from app.assessment.scene_solve import match_sheet, solve_scenes
from calibration.references import BARE_TOE_INSIDE, SHEET_V1
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, build_camera, build_clip, build_room
from vision.tracks import ClipSighting

OPTIONS = AttemptOptions()
SPEC = ClipSpec(lunges=(LungeSpec(),), yaw_deg=5.0)


def film(spec: ClipSpec = SPEC) -> tuple[ClipSighting, np.ndarray]:
    """One lunge, and where its foot stands."""
    sighting = build_clip(spec)[0]
    return sighting, np.nanmedian(sighting.leg.toe, axis=0)


@pytest.mark.parametrize("turns", range(4))
def test_the_sheets_corners_are_paired_however_the_pattern_is_turned(turns: int) -> None:
    """The wall lies to the right and the foot above: where a finder begins its ring does not matter."""
    markers = build_room(SPEC, build_camera(SPEC), np.random.default_rng(0)).markers
    turned = {marker: np.roll(corners, turns, axis=0) for marker, corners in markers.items()}
    seen, known = match_sheet(turned, SHEET_V1)
    expected, _ = match_sheet(markers, SHEET_V1)
    np.testing.assert_array_equal(seen, expected)
    on_floor = build_camera(SPEC).on_floor(seen)
    np.testing.assert_allclose(np.column_stack([on_floor[:, 0], -on_floor[:, 2]]), known, atol=0.5)  # cm, 0.3 px of noise at a grazing angle


def test_a_sheet_that_lies_crooked_is_not_used() -> None:
    """Turned by a right angle it cannot be explained: it is left out, with a finding, and the corner line takes over."""
    sighting, foot = film()
    squares = {m: SHEET_V1.square_cm(m) for m in SHEET_V1.ids}
    camera = build_camera(SPEC)
    crooked = {m: camera.project(np.column_stack([sq[:, 1], np.zeros(4), -sq[:, 0]])) for m, sq in squares.items()}
    scene = solve_scenes(replace(sighting.room, markers=crooked), sighting.facts, foot, OPTIONS)[0]
    assert scene is not None
    assert not scene.uses_sheet
    assert [f.code for f in scene.findings] == ["sheet_not_flush"]


def test_a_line_elsewhere_is_not_the_sheets_wall() -> None:
    """A joint between floor boards 12 cm off the wall is left alone; the wall's own line is taken."""
    sighting, foot = film()
    camera = build_camera(SPEC)
    board = camera.project(np.array([[12.0, 0.0, -35.0], [12.0, 0.0, 60.0]]))[None]
    wall = sighting.room.corner_lines_px
    both = replace(sighting.room, corner_lines_px=np.concatenate([board, wall]), corner_scores=np.array([40.0, 20.0]))
    scene = solve_scenes(both, sighting.facts, foot, OPTIONS)[0]
    assert scene is not None
    assert scene.uses_sheet
    np.testing.assert_array_equal(scene.corner_line_px, wall[0])


def test_a_false_upright_is_left_out_before_the_camera_is_solved() -> None:
    """A hand-rail leaning by 9 deg among plumb edges turns roll by less than 0.5 deg."""
    sighting, foot = film(replace(SPEC, sheet=False))
    room = sighting.room
    rail = np.array([[[900.0, 100.0], [900.0 + 400.0 * np.tan(np.radians(9.0)), 500.0]]])
    leaning = replace(room, edges_px=np.concatenate([room.edges_px, rail]))
    clean, fooled = (solve_scenes(r, sighting.facts, foot, OPTIONS)[0] for r in (room, leaning))
    assert clean is not None
    assert fooled is not None
    assert float(np.degrees(abs(clean.camera.params[3] - fooled.camera.params[3]))) < 0.5


def test_without_any_cue_there_is_no_wall() -> None:
    """Uprights alone give angles; the scene says that it has no wall."""
    sighting, foot = film(replace(SPEC, sheet=False, wall=False))
    scene = solve_scenes(sighting.room, sighting.facts, foot, OPTIONS)[0]
    assert scene is not None
    assert not scene.solution.has_wall
    assert scene.corner_line_px is None


@pytest.mark.parametrize("heading", [-0.2, -0.09, 0.05])
def test_depths_of_the_leg_are_read_off_the_soles_border(heading: float) -> None:
    """Toe, knee, ankle and heel within 2 cm of where they are: the heading is drawn towards how people stand."""
    spec = replace(SPEC, heading=heading, noise_px=0.0)
    sighting, truth = build_clip(spec)
    leg = sighting.leg
    border, toe, heel = np.array([leg.heel_low[0], leg.ball_low[0]]), leg.toe[0], leg.heel_back[0]
    depths = compute_depths(truth.camera, border, toe, heel, shod=False)
    run = FOOT_CM / np.hypot(1.0, heading)
    middle = 0.16 * FOOT_CM
    assert depths.knee == pytest.approx(middle + heading * run * 0.575, abs=2.0)
    assert depths.heel == pytest.approx(middle - heading * run * 0.425, abs=2.0)
    assert depths.toe - depths.knee == pytest.approx(BARE_TOE_INSIDE * FOOT_CM, abs=0.1)
    assert min(depths.knee, depths.heel) <= depths.ankle <= max(depths.knee, depths.heel)
