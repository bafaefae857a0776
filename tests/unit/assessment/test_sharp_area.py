"""The window about leg, floor and wall, on the analytic leg."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.evidence import to_picture
from app.assessment.leg_path import build_leg_path
from app.assessment.measurement import AttemptOptions
from app.assessment.scene_choice import choose_scene
from app.assessment.sharp_area import build_sharp_area
from app.assessment.verdicts import VerdictParams
from tests.synthetic import FOOT_CM, ClipSpec, build_clip
from vision.sharp_area import SharpArea
from vision.tracks import ClipSighting

OPTIONS = AttemptOptions(side="left", foot_length_cm=FOOT_CM)


def watch(spec: ClipSpec, *, head_y_px: float = 40.0) -> ClipSighting:
    """See the leg, and a head above it all the time."""
    sighting, _ = build_clip(spec)
    return replace(sighting, heads=np.array([[-1.0, 1000.0, 640.0, head_y_px, 40.0]]))


def build(sighting: ClipSighting) -> SharpArea:
    """Lay the window."""
    scene = choose_scene(sighting, OPTIONS, VerdictParams())
    assert scene is not None
    return build_sharp_area(sighting, build_leg_path(sighting.leg, scene, OPTIONS))


def film(sighting: ClipSighting, name: str) -> np.ndarray:
    """Points of the leg in pixels as filmed, one a frame."""
    points = getattr(sighting.leg, name)
    return np.array([to_picture(points[frame][None], sighting, frame)[0] for frame in range(len(points))])


@pytest.mark.parametrize("spec", [ClipSpec(), ClipSpec(flipped=True), ClipSpec(sheet=False, wall=False), ClipSpec(roll_deg=4.0, yaw_deg=10.0)])
def test_window_holds_the_leg_from_knee_to_toe_in_every_frame(spec: ClipSpec) -> None:
    """Standing and lunging, facing left or right, with the wall or without: every point of the lower leg lies inside, with some room."""
    sighting = watch(spec)
    left, top, right, bottom = build(sighting).window_px
    shank_px = np.nanmedian(np.hypot(*(film(sighting, "knee") - film(sighting, "ankle")).T))
    for name in ("knee", "knee_front", "toe", "heel_back", "heel_low"):
        x, y = film(sighting, name).T
        inside = (x > left + 0.1 * shank_px) & (x < right - 0.1 * shank_px) & (y > top + 0.05 * shank_px) & (y < bottom - 0.1 * shank_px)
        assert inside.mean() > 0.97, name


def test_window_ends_a_little_above_the_knee() -> None:
    """A fifth of the shank above the highest knee joint, and far below the hip."""
    sighting = watch(ClipSpec())
    top = build(sighting).window_px[1]
    knee_px, hip_px = float(np.nanmin(film(sighting, "knee")[:, 1])), float(np.nanmedian(film(sighting, "hip")[:, 1]))
    shank_px = np.nanmedian(np.hypot(*(film(sighting, "knee") - film(sighting, "ankle")).T))
    assert 0.1 * shank_px < knee_px - top < 0.35 * shank_px
    assert top > hip_px + 0.3 * (knee_px - hip_px)


def test_window_holds_wall_and_sheet() -> None:
    """The foot of the wall, and every corner of the printed markers."""
    sighting = watch(ClipSpec())
    left, top, right, bottom = build(sighting).window_px
    corners = np.concatenate(list(sighting.room.markers.values()))
    assert ((corners > (left, top)) & (corners < (right, bottom))).all()
    scene = choose_scene(sighting, OPTIONS, VerdictParams())
    assert scene is not None
    wall = build_leg_path(sighting.leg, scene, OPTIONS).plane.to_pixels(np.array([[0.0, 0.0]]))[0]
    assert left < wall[0] < right


def test_window_does_not_move_with_a_stray_reading() -> None:
    """One frame in which the leg was found elsewhere opens nothing."""
    sighting = watch(ClipSpec())
    leg = sighting.leg
    fields = {}
    for name in ("knee", "toe"):
        points = getattr(leg, name).copy()
        points[3] -= 300.0
        fields[name] = points
    strayed = build(replace(sighting, leg=replace(leg, **fields)))
    assert strayed.window_px == pytest.approx(build(sighting).window_px, abs=6.0)


def test_sway_of_the_hand_is_inside_the_window() -> None:
    """A window that stands still holds a leg that wanders over the picture with the camera."""
    sighting = watch(ClipSpec())
    maps = sighting.leg.to_room.copy()
    maps[: len(maps) // 2, 0, 2] -= 40.0
    swayed = build(replace(sighting, leg=replace(sighting.leg, to_room=maps)))
    steady = build(sighting)
    assert swayed.window_px[2] == pytest.approx(steady.window_px[2] + 40.0, abs=1.0)
    assert swayed.window_px[0] == pytest.approx(steady.window_px[0], abs=1.0)


def test_heads_are_brought_to_the_size_as_filmed() -> None:
    """Watched at half size, filmed at full: places and radii double."""
    sighting = watch(ClipSpec())
    half = replace(sighting, facts=replace(sighting.facts, work_scale=0.5))
    assert build(half).heads[0] == pytest.approx([-1.0, 1000.0, 1280.5, 80.5, 80.0])


def test_sighting_without_heads_opens_no_window() -> None:
    """An earlier version did not look for heads: what may hold a face is not shown."""
    sighting = replace(watch(ClipSpec()), heads=np.empty((0, 5)))
    area = build(sighting)
    assert not area.is_open(1.0)


def test_window_is_open_only_while_the_leg_is_followed() -> None:
    """Where nobody was followed for longer than a moment nothing is sharp."""
    sighting = watch(ClipSpec())
    knee = sighting.leg.knee.copy()
    gone = (sighting.leg.t_s > 3.0) & (sighting.leg.t_s < 5.0)
    knee[gone] = np.nan
    area = build(replace(sighting, leg=replace(sighting.leg, knee=knee)))
    assert [area.is_open(t_s) for t_s in (1.0, 4.0, 6.0)] == [True, False, True]
