"""How often the network is asked, and what pictures between two looks are worth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vision.close_look import CloseLookParams, Posed, look_close
from vision.look import Look

FloatArray = npt.NDArray[np.float64]
WIDTH, HEIGHT, SHANK_PX = 64, 48, 20.0
LOOK = Look(1, (0, 0, WIDTH, HEIGHT), 1.0, 0.6, 0.0, (WIDTH, HEIGHT), np.empty((0, 5)))


class WalkingPose:
    """Sees somebody who goes on by so many pixels a second from `since_s` on, and a mask that says when; nobody while `gone`."""

    model, model_sha256 = "scripted", "0" * 64

    def __init__(self, speed_px_s: float, *, since_s: float = 0.0, gone: tuple[float, float] = (9.0, 9.0)) -> None:
        self.speed_px_s, self.since_s, self.gone = speed_px_s, since_s, gone
        self.asked_s: list[float] = []

    def estimate(self, rgb: npt.NDArray[np.uint8], t_s: float) -> tuple[FloatArray, npt.NDArray[np.float32]] | None:
        """Where they are by now."""
        self.asked_s.append(t_s)
        if self.gone[0] <= t_s < self.gone[1]:
            return None
        marks = np.zeros((33, 4))
        marks[[25, 26], 1], marks[[27, 28], 1] = 10.0, 10.0 + SHANK_PX
        marks[:, 0] = self.speed_px_s * max(0.0, t_s - self.since_s)
        return marks, np.full(rgb.shape[:2], t_s, np.float32)

    def close(self) -> None:
        """Nothing to free."""


def watch(pose: WalkingPose, *, until_s: float = 1.1, every_s: float = 0.1) -> list[Posed]:
    """Show it ten pictures a second."""
    blank = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pictures = (Posed(t_s, blank) for t_s in np.round(np.arange(0.0, until_s + 1e-9, every_s), 3).tolist())
    return list(look_close(pictures, pose, LOOK, CloseLookParams()))


def test_a_picture_between_two_looks_that_agree_says_what_both_say() -> None:
    """At a still leg the network looks every 0.2 s; landmarks and mask of the others lie between, by their time, and come in order."""
    pose = WalkingPose(speed_px_s=1.0)
    seen = watch(pose)
    assert pose.asked_s == pytest.approx([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.1])
    assert [picture.t_s for picture in seen] == pytest.approx(np.arange(0.0, 1.11, 0.1))
    for picture in seen:
        assert picture.landmarks is not None
        assert picture.person is not None
        assert picture.landmarks[:, 0] == pytest.approx(1.0 * picture.t_s)
        assert picture.person == pytest.approx(np.full((HEIGHT, WIDTH), picture.t_s), abs=1e-6)


def test_a_leg_on_its_way_is_looked_at_in_every_picture() -> None:
    """A short touch is over in a few of them."""
    pose = WalkingPose(speed_px_s=20.0)
    assert len(watch(pose)) == len(pose.asked_s) == 12


def test_the_picture_in_which_a_leg_sets_off_is_not_used() -> None:
    """Between a still leg and one on its way nobody has seen where it was; from then on every picture is looked at."""
    pose = WalkingPose(speed_px_s=40.0, since_s=0.65)
    seen = watch(pose)
    assert pose.asked_s == pytest.approx([0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1])
    assert [picture.t_s for picture in seen] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1])


def test_while_nobody_is_found_every_picture_is_looked_at() -> None:
    """Whoever comes in is seen at once, and a picture without anybody still shows the room."""
    pose = WalkingPose(speed_px_s=0.0, gone=(0.25, 0.65))
    seen = watch(pose)
    assert pose.asked_s == pytest.approx([0.0, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0])
    assert [picture.t_s for picture in seen if picture.landmarks is None] == pytest.approx([0.3, 0.4, 0.5, 0.6])


def test_pictures_that_are_rare_are_all_looked_at() -> None:
    """Five a second: none is left out, however still the leg."""
    pose = WalkingPose(speed_px_s=0.0)
    assert len(watch(pose, every_s=0.2)) == len(pose.asked_s) == 6
