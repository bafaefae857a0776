"""Pairs of scenes that differ in one thing: what must move with it moves by as much, and what must not stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.measurement import Measurement
from calibration.quantity import Quantity
from tests.drawn.film import Film
from tests.drawn.measure import build_options, measure_film, measure_sighting, sight_film
from tests.drawn.sampler import build_scene
from tests.drawn.spec import CameraSpec, EyeSpec, LungeSpec, PersonSpec, PictureSpec, RoomSpec, SceneSpec, SheetSpec

pytestmark = pytest.mark.filterwarnings("ignore:.*empty slice:RuntimeWarning", "ignore:All-NaN:RuntimeWarning")

LUNGES = tuple(LungeSpec(toe_cm=9.0, rest_s=0.5, down_s=0.4, hold_s=0.7, back_s=0.4) for _ in range(2))
SCENE = SceneSpec(
    lunges=LUNGES,
    camera=CameraSpec(size_px=(1280, 720), x_cm=12.0, distance_cm=240.0),
    room=RoomSpec(floor="plain", floor_colour=(88.0, 92.0, 100.0), back_cm=90.0, wall_from_cm=-45.0, sheet=SheetSpec()),
    picture=PictureSpec(rate_hz=15.0),
    eye=EyeSpec(bad_share=0.0, swap_share=0.0),
    tail_s=0.4,
)


def value(quantity: Quantity | None) -> float:
    """Return a number that must be there."""
    assert quantity is not None
    return quantity.value


@pytest.fixture(scope="module")
def film() -> Film:
    """Return the scene that everything is compared with, filmed once."""
    return Film(SCENE)


@pytest.fixture(scope="module")
def sighting(film: Film) -> bytes:
    """Return what is seen of it."""
    return sight_film(film)


@pytest.fixture(scope="module")
def plain(film: Film, sighting: bytes) -> Measurement:
    """Return its measurement by the sheet."""
    return measure_sighting(film, sighting)


def test_numbers_of_the_scene_are_its_truth(film: Film, plain: Measurement) -> None:
    """The drawn angle and distance come back within 2 deg and 0.6 cm, and within twice the uncertainty that is given."""
    for key, within in (("shin_angle_deg", 2.0), ("toe_to_wall_cm", 0.6)):
        measured = getattr(plain, key)
        error = value(measured) - float(np.mean([getattr(t, key) for t in film.truth()]))
        assert abs(error) < min(within, 2 * measured.std), key


def test_wall_three_centimetres_farther_is_three_centimetres_more(plain: Measurement) -> None:
    """The wall moves away from foot and knee: the distance follows within 3 mm, knee over toe and angle stay within 3 mm and half a degree."""
    farther = replace(SCENE, lunges=tuple(replace(lunge, toe_cm=12.0, gap_cm=3.0) for lunge in LUNGES))
    before, after = plain.repetitions[0], measure_film(Film(farther)).repetitions[0]
    assert value(after.toe_to_wall_cm) - value(before.toe_to_wall_cm) == pytest.approx(3.0, abs=0.3)
    assert value(after.knee_over_toe_cm) == pytest.approx(value(before.knee_over_toe_cm), abs=0.3)
    assert value(after.shin_angle_deg) == pytest.approx(value(before.shin_angle_deg), abs=0.5)


def test_typed_foot_scales_the_distance_only_without_a_sheet(film: Film, sighting: bytes) -> None:
    """A foot typed 10 % longer makes the distance 10 % longer by foot, and changes nothing where the sheet gives the scale."""
    options = build_options(SCENE)
    measured = {
        (scale, foot_cm): measure_sighting(film, sighting, replace(options, scale=scale, foot_length_cm=foot_cm)).repetitions[0]
        for scale in ("foot", "auto")
        for foot_cm in (26.0, 28.6)
    }
    short, long = (measured["foot", cm] for cm in (26.0, 28.6))
    assert value(long.knee_over_toe_cm) / value(short.knee_over_toe_cm) == pytest.approx(1.10, abs=0.01)
    assert value(long.shin_angle_deg) == pytest.approx(value(short.shin_angle_deg), abs=0.2)
    assert measured["auto", 28.6].toe_to_wall_cm == measured["auto", 26.0].toe_to_wall_cm


def test_mirrored_scene_gives_the_same_numbers(plain: Measurement) -> None:
    """A person who faces left is the same picture mirrored: the other leg, and numbers that differ by no more than compression makes them."""
    other = measure_film(Film(replace(SCENE, camera=replace(SCENE.camera, facing_left=True))))
    assert (plain.side, other.side) == ("right", "left")
    assert value(other.shin_angle_deg) == pytest.approx(value(plain.shin_angle_deg), abs=0.3)
    assert value(other.toe_to_wall_cm) == pytest.approx(value(plain.toe_to_wall_cm), abs=0.15)


def test_deeper_lunge_moves_the_angle_by_as_much(film: Film, plain: Measurement) -> None:
    """With the foot 4 cm farther away the angle grows as the true one does, within a degree."""
    other = Film(replace(SCENE, lunges=tuple(replace(lunge, toe_cm=13.0) for lunge in LUNGES)))
    true = other.truth()[0].shin_angle_deg - film.truth()[0].shin_angle_deg
    assert value(measure_film(other).shin_angle_deg) - value(plain.shin_angle_deg) == pytest.approx(true, abs=1.0)


def test_same_seed_gives_the_same_film(film: Film) -> None:
    """A scene depends on its seed alone: two films of it agree byte for byte, in whatever order they are looked at."""
    other = Film(SCENE)
    assert np.array_equal(other.picture(20), film.picture(20))
    assert np.array_equal(other.picture(5), film.picture(5))
    assert np.array_equal(other.silhouette(20).mask, film.silhouette(20).mask)


def test_bare_and_clothed_leg_have_one_truth() -> None:
    """Trousers hide the shin and do not change the angle between its front and its axis."""
    bare, clothed = (Film(replace(SCENE, person=PersonSpec(legwear=legwear))).truth()[0] for legwear in ("bare", "trousers"))
    assert bare.shin_angle_deg - bare.axis_angle_deg == pytest.approx(clothed.shin_angle_deg - clothed.axis_angle_deg, abs=0.05)


@pytest.mark.parametrize("index", range(3))
def test_scene_depends_on_seed_and_number_alone(index: int) -> None:
    """The same scene comes whether it is drawn first or after others, and its neighbour is another one."""
    assert build_scene(7, index) == build_scene(7, index)
    assert build_scene(7, index) != build_scene(7, index + 1)
