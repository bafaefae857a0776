"""Where points and frames of a changed copy go."""

import math

import pytest

from tests.accuracy.recode import VARIANTS, Shape, adapt_truth, pick_frames

WIDE = (1280, 720)


def build_truth() -> dict[str, object]:
    """One clip of three frames, its leg in the left half."""
    px = {"knee_joint": [100.0, 200.0], "ankle_joint": [140.0, 400.0]}
    return {
        "side": "left",
        "image_facing": "left",
        "fps": 30,
        "size_px": [1280, 720],
        "camera": {"K": [[1.0]], "yaw_deg": 6, "roll_deg": 2.0},
        "repetitions": [{"shin_angle_deg": 40.0}],
        "frames": [{"t_s": t, "shin_angle_deg": 10.0 + t, "px": px} for t in (0.0, 0.0333, 0.0667)],
    }


def test_mirror_puts_the_first_column_last() -> None:
    """Pixel centres: column 0 becomes column W - 1, rows stay."""
    assert Shape(mirrored=True).map_point([0.0, 5.0], WIDE) == [1279.0, 5.0]


def test_shrinking_keeps_pixel_edges_in_place() -> None:
    """The left edge of the picture lies at -0.5 before and after."""
    assert Shape(share=0.75).map_point([-0.5, -0.5], WIDE) == [-0.5, -0.5]
    assert Shape(share=0.75).map_point([1279.5, 719.5], WIDE) == [959.5, 539.5]


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (641, 480)])
@pytest.mark.parametrize("roll_deg", [3.0, -3.0, 10.0])
def test_turned_picture_covers_the_frame(size: tuple[int, int], roll_deg: float) -> None:
    """No corner of the frame looks past the border of the picture that was turned, and one lies on it: no more is cropped than must be."""
    shape = Shape(roll_deg=roll_deg)
    assert shape.compute_size(size)[0] == 2 * round(size[0] / 2)
    (a, b, tx), (c, d, ty) = shape.compute_matrix(size, shape.compute_size(size))
    w, h = shape.compute_size(size)
    outside = []
    for x, y in ((-0.5, -0.5), (w - 0.5, -0.5), (-0.5, h - 0.5), (w - 0.5, h - 0.5)):
        u, v = ((d * (x - tx) - b * (y - ty)) / (a * d - b * c), (-c * (x - tx) + a * (y - ty)) / (a * d - b * c))
        outside.append(max(-0.5 - u, u - size[0] + 0.5, -0.5 - v, v - size[1] + 0.5))
    assert max(outside) == pytest.approx(0.0, abs=1e-6)


def test_positive_roll_turns_the_picture_clockwise() -> None:
    """What hung straight down from the middle swings to the left, as a clock's hand does after six."""
    x, y = Shape(roll_deg=3.0).map_point([639.5, 659.5], WIDE)
    assert x < 639.5
    assert math.degrees(math.atan2(639.5 - x, y - 359.5)) == pytest.approx(3.0, abs=0.01)


def test_slower_rate_takes_the_nearest_frame() -> None:
    """At 24 a second of 30: times 0, 1/24, 1/12 and 1/8 lie nearest frames 0, 1, 2 or 3 (a tie goes to the earlier), and 4."""
    assert [i for _, i in pick_frames([n / 30 for n in range(5)], 24)] == [0, 1, 2, 4]


def test_twice_the_rate_shows_each_frame_twice() -> None:
    """At 60 of 30 every second time lies midway and takes the earlier frame; the clip is no longer than it was."""
    picks = pick_frames([n / 30 for n in range(4)], 60)
    assert [i for _, i in picks] == [0, 0, 1, 1, 2, 2, 3]
    assert picks[-1][0] == pytest.approx(0.1)


def test_mirrored_truth_is_the_other_leg_with_the_same_numbers() -> None:
    """Side, facing, points and roll change; angles and the yaw towards the wall do not."""
    truth = build_truth()
    mirrored = adapt_truth(truth, next(v for v in VARIANTS if v.name == "mirrored"))
    assert (mirrored["side"], mirrored["image_facing"]) == ("right", "right")
    assert mirrored["camera"] == {"yaw_deg": 6, "roll_deg": -2.0}
    assert mirrored["frames"][0]["px"]["knee_joint"] == [1179.0, 200.0]
    assert mirrored["repetitions"] == truth["repetitions"]
    assert truth["side"] == "left"


def test_rolled_truth_keeps_its_angles() -> None:
    """The room is turned with the leg, so only the camera's roll changes."""
    rolled = adapt_truth(build_truth(), next(v for v in VARIANTS if v.name == "roll_minus3"))
    assert rolled["camera"]["roll_deg"] == -1.0
    assert rolled["size_px"] == [1280, 720]
    assert rolled["frames"][0]["shin_angle_deg"] == 10.0


def test_truth_of_another_rate_has_its_times() -> None:
    """At 60 a second there is a true frame for every picture, at the picture's time."""
    faster = adapt_truth(build_truth(), next(v for v in VARIANTS if v.name == "60fps"))
    assert faster["fps"] == 60
    assert [round(f["t_s"], 4) for f in faster["frames"]] == [0.0, 0.0167, 0.0333, 0.05, 0.0667]
    assert [f["shin_angle_deg"] for f in faster["frames"]] == [10.0, 10.0, 10.0333, 10.0333, 10.0667]
