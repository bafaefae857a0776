"""Which of several lines is the wall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.by_hand import HandMarks
from app.assessment.measurement import AttemptOptions
from app.assessment.pipeline import compute_measurement
from app.assessment.scene_choice import choose_scene
from app.assessment.scene_solve import solve_scenes
from app.assessment.verdicts import VerdictParams
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, build_camera, build_clip
from vision.tracks import ClipSighting

FloatArray = npt.NDArray[np.float64]

OPTIONS = AttemptOptions(foot_length_cm=FOOT_CM)
TYPED = ClipSpec(sheet=False, lunges=(LungeSpec(), LungeSpec(), LungeSpec()))


def with_joint(spec: ClipSpec, at_cm: float, score: float) -> tuple[ClipSighting, FloatArray, FloatArray]:
    """Film a spec with one more line on the floor; return the sighting, that line, and the wall's."""
    sighting, _ = build_clip(spec)
    joint = build_camera(spec).project(np.array([[at_cm, 0.0, -35.0], [at_cm, 0.0, 60.0]]))
    wall = sighting.room.corner_lines_px
    room = replace(sighting.room, corner_lines_px=np.concatenate([wall, joint[None]]), corner_scores=np.append(sighting.room.corner_scores, score))
    return replace(sighting, room=room), joint, wall[0]


def chosen_line(sighting: ClipSighting) -> FloatArray:
    """Line that is taken for the wall's."""
    scene = choose_scene(sighting, OPTIONS, VerdictParams())
    assert scene is not None
    assert scene.corner_line_px is not None
    return scene.corner_line_px


def clearest_line(sighting: ClipSighting) -> FloatArray:
    """Line that the room alone speaks for."""
    line = solve_scenes(sighting.room, sighting.facts, np.nanmedian(sighting.leg.toe, axis=0), OPTIONS)[0].corner_line_px
    assert line is not None
    return line


def test_of_two_clear_lines_the_one_at_which_the_knees_end_is_the_wall() -> None:
    """A joint between tiles 4 cm behind the wall's foot shows twice as clearly as the wall: three touches speak against it."""
    score = 2.0 * float(build_clip(TYPED)[0].room.corner_scores.max())
    for at_cm in (-4.0, 4.0):
        sighting, joint, wall = with_joint(TYPED, at_cm, score)
        np.testing.assert_array_equal(clearest_line(sighting), joint)
        np.testing.assert_array_equal(chosen_line(sighting), wall)


def test_lunges_that_end_in_the_air_make_no_wall_of_a_faint_line() -> None:
    """All end 3 cm before the wall, just over a faint joint: the wall stays the wall, and nothing is valid."""
    short = replace(TYPED, lunges=tuple(LungeSpec(gap_cm=3.0) for _ in range(3)))
    score = 0.1 * float(build_clip(short)[0].room.corner_scores.max())
    sighting, _, wall = with_joint(short, 3.0, score)
    np.testing.assert_array_equal(chosen_line(sighting), wall)


def test_a_line_that_was_chosen_for_the_knees_sake_proves_no_touch() -> None:
    """All end 2.2 cm before the wall, over a joint that shows a third as clearly: whichever is taken, nothing is valid."""
    short = replace(TYPED, lunges=tuple(LungeSpec(gap_cm=2.2) for _ in range(3)))
    score = 0.33 * float(build_clip(short)[0].room.corner_scores.max())
    sighting, _, _ = with_joint(short, 1.7, score)
    measurement = compute_measurement("clip.mp4", sighting, OPTIONS, code_version="test")
    assert "valid" not in {repetition.verdict for repetition in measurement.repetitions}
    assert measurement.toe_to_wall_cm is None


def test_the_rooms_own_word_for_the_chosen_line_is_kept() -> None:
    """The wall is chosen for the knees' sake against a joint that shows twice as clearly: the room alone gives it the smaller share."""
    sighting, _, wall = with_joint(TYPED, 4.0, 2.0 * float(build_clip(TYPED)[0].room.corner_scores.max()))
    scene = choose_scene(sighting, OPTIONS, VerdictParams())
    assert scene is not None
    np.testing.assert_array_equal(scene.corner_line_px, wall)
    assert 0.0 < scene.wall_share < 0.5


def test_without_a_choice_the_knees_say_nothing_of_it() -> None:
    """One line only, or the sheet: a stop is judged by itself."""
    for spec in (TYPED, replace(TYPED, sheet=True)):
        scene = choose_scene(build_clip(spec)[0], OPTIONS, VerdictParams())
        assert scene is not None
        assert scene.touch_probability in (1.0, pytest.approx(1.0, abs=0.06))
        assert scene.wall_share == 1.0


def with_line_alone(spec: ClipSpec, at_cm: float) -> ClipSighting:
    """Film a spec whose only line on the floor lies elsewhere than the wall's foot."""
    sighting, _, _ = with_joint(spec, at_cm, float(build_clip(spec)[0].room.corner_scores.max()))
    return replace(sighting, room=replace(sighting.room, corner_lines_px=sighting.room.corner_lines_px[-1:], corner_scores=sighting.room.corner_scores[-1:]))


def test_a_line_far_beyond_every_knee_is_no_wall() -> None:
    """Three knees stop at a wall whose foot is hidden, 14 cm before the foot of another: the stop is the wall, and the reader is told."""
    measurement = compute_measurement("clip.mp4", with_line_alone(TYPED, -14.0), OPTIONS, code_version="test")
    assert {repetition.verdict for repetition in measurement.repetitions} == {"valid"}
    assert "line_is_no_wall" in {finding.code for finding in measurement.findings}
    assert measurement.toe_to_wall_cm is not None
    assert measurement.toe_to_wall_cm.value == pytest.approx(float(build_clip(TYPED)[1].toe_cm[0]), abs=1.96 * measurement.toe_to_wall_cm.std)


def test_two_knees_alone_place_no_wall_either() -> None:
    """What two stops before a far line were is not known: neither a touch nor a miss."""
    twice = replace(TYPED, lunges=TYPED.lunges[:2])
    measurement = compute_measurement("clip.mp4", with_line_alone(twice, -14.0), OPTIONS, code_version="test")
    assert {repetition.verdict for repetition in measurement.repetitions} == {"uncertain"}
    assert measurement.shin_angle_deg is None


@pytest.mark.parametrize("nearest_cm", [0.0, 6.0])
def test_a_knee_that_goes_beyond_keeps_the_line(nearest_cm: float) -> None:
    """Three lunges end 14 cm before the wall, one nearer to it: nothing stands where the three stopped."""
    lunges = (*(LungeSpec(gap_cm=14.0, toe_to_wall_cm=20.0) for _ in range(3)), LungeSpec(gap_cm=nearest_cm, toe_to_wall_cm=20.0))
    measurement = compute_measurement("clip.mp4", build_clip(replace(TYPED, lunges=lunges))[0], OPTIONS, code_version="test")
    assert "line_is_no_wall" not in {finding.code for finding in measurement.findings}
    assert [repetition.verdict for repetition in measurement.repetitions][:3] == ["no_contact"] * 3
    assert measurement.shin_angle_deg is None


@pytest.mark.parametrize("times", [1.0, 2.0])
def test_a_miss_stays_a_miss_beside_a_line_beyond_the_wall(times: float) -> None:
    """Three lunges end 4.5 cm before the wall, behind which a joint shows more clearly: a line so near is likely enough that none is dropped."""
    short = replace(TYPED, lunges=tuple(LungeSpec(gap_cm=4.5) for _ in range(3)))
    sighting, _, _ = with_joint(short, -8.0, times * float(build_clip(short)[0].room.corner_scores.max()))
    measurement = compute_measurement("clip.mp4", sighting, OPTIONS, code_version="test")
    assert "line_is_no_wall" not in {finding.code for finding in measurement.findings}
    assert "valid" not in {repetition.verdict for repetition in measurement.repetitions}


@pytest.mark.parametrize("gaps_cm", [(10.4, 10.5, 12.0, 13.5, 15.0), (14.0, 14.0, 14.0, 10.5), (12.0,)])
def test_a_line_that_no_knee_comes_near_says_nothing(gaps_cm: tuple[float, ...]) -> None:
    """Here and there, or once: whether the wall was missed by that much or stands nearer is not known, and nobody is told of a miss."""
    lunges = tuple(LungeSpec(gap_cm=gap, toe_to_wall_cm=20.0) for gap in gaps_cm)
    measurement = compute_measurement("clip.mp4", build_clip(replace(TYPED, lunges=lunges))[0], OPTIONS, code_version="test")
    assert "line_is_no_wall" in {finding.code for finding in measurement.findings}
    assert {repetition.verdict for repetition in measurement.repetitions} == {"uncertain"}
    assert measurement.shin_angle_deg is None


def test_a_wall_set_by_hand_does_not_bring_a_dropped_line_back() -> None:
    """The camera is the one without the line, whoever says where the wall is."""
    sighting = with_line_alone(TYPED, -14.0)
    free = choose_scene(sighting, OPTIONS, VerdictParams())
    wall_px = tuple(build_clip(TYPED)[0].room.corner_lines_px[0].mean(axis=0))
    by_hand = HandMarks(key_frame_s=float(sighting.leg.t_s[0]), points_px={"wall_bottom": wall_px})
    told = choose_scene(sighting, replace(OPTIONS, by_hand=by_hand), VerdictParams())
    assert free is not None
    assert told is not None
    np.testing.assert_array_equal(told.camera.params, free.camera.params)
    assert told.has_wall
    assert not free.has_wall
