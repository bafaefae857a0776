"""Changed copies of a real file."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.accuracy.recode import VARIANTS, Shape, Variant, _read_stored, count_bits_per_s, make_variant, split_planes
from tests.video.clips import COUNT, DARKEST, HEIGHT_PX, RATE_HZ, WIDTH_PX, corner_colours, draw_scene, read_index, write_clip
from vision.decode import PyAvReader
from vision.tracks import Frame

Make = Callable[[str], list[Frame]]


def find(name: str) -> Variant:
    """Return a variant by name."""
    return next(v for v in VARIANTS if v.name == name)


def write_pair(folder: Path, pictures: list[npt.NDArray[np.uint8]] | None = None) -> Path:
    """Write a clip and its truth."""
    clip = write_clip(folder / "c.mp4", pictures=pictures, codec_options={"crf": "10"})
    frames = [{"t_s": n / RATE_HZ, "px": {"toe": [10.0, 10.0]}} for n in range(COUNT)]
    truth = {"side": "left", "image_facing": "left", "fps": RATE_HZ, "size_px": [WIDTH_PX, HEIGHT_PX], "camera": {"roll_deg": 0.0}, "frames": frames}
    clip.with_suffix(".truth.json").write_text(json.dumps(truth))
    return clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Write a clip of noise over the scene, because flat grey does not show how colours are rounded."""
    rng = np.random.default_rng(1)
    return write_pair(tmp_path, [(draw_scene(n) + rng.integers(-9, 10, (HEIGHT_PX, WIDTH_PX, 3))).astype(np.uint8) for n in range(COUNT)])


@pytest.fixture
def make(tmp_path: Path, clip: Path) -> Make:
    """Return a function that makes one variant and reads its frames."""
    return lambda name: list(PyAvReader().frames(make_variant(clip, find(name), tmp_path / "out")))


def test_mirrored_copy_is_the_mirror_image(make: Make) -> None:
    """The red corner is on the right, the green one on the left, every frame is there at its time."""
    frames = make("mirrored")
    assert corner_colours(frames[3].rgb) == {"upper left": "green", "upper right": "red", "lower left": "grey", "lower right": "grey"}
    assert [read_index(f.rgb) for f in frames] == list(range(COUNT))
    assert [f.t_s for f in frames] == pytest.approx([n / RATE_HZ for n in range(COUNT)], abs=1e-3)


def test_copy_encoded_again_keeps_its_greys(clip: Path, tmp_path: Path) -> None:
    """No drift: the lightness that is stored is on average within a tenth of a level of what was stored before."""
    copy = make_variant(clip, find("recoded"), tmp_path / "out")
    for before, after in zip(_read_stored(clip), _read_stored(copy), strict=True):
        assert split_planes(after.planes)[0].mean() == pytest.approx(split_planes(before.planes)[0].mean(), abs=0.1)


def test_smaller_copy_has_three_quarters_of_the_pixels_each_way(make: Make) -> None:
    """And the same picture in them."""
    frames = make("smaller")
    assert frames[0].rgb.shape[:2] == (HEIGHT_PX * 3 // 4, WIDTH_PX * 3 // 4)
    assert corner_colours(frames[0].rgb)["upper left"] == "red"


def test_smaller_copy_may_have_an_odd_number_of_rows_of_colour() -> None:
    """360 lines become 270, with 135 of colour: every plane keeps its own level."""
    stored = np.concatenate([np.full(360 * 640, 90, np.uint8), np.full(180 * 320, 120, np.uint8), np.full(180 * 320, 140, np.uint8)]).reshape(540, 640)
    luma, u, v = split_planes(Shape(share=0.75).draw_all(stored))
    assert (luma.shape, u.shape, v.shape) == ((270, 480), (135, 240), (135, 240))
    assert [(plane.min(), plane.max()) for plane in (luma, u, v)] == [(90, 90), (120, 120), (140, 140)]


@pytest.mark.parametrize(("name", "rate_hz"), [("24fps", 24), ("60fps", 60)])
def test_copy_of_another_rate_shows_the_nearest_frames(make: Make, name: str, rate_hz: int) -> None:
    """No frame is more than half a frame from its time, and the clip is as long as it was."""
    frames = make(name)
    assert np.diff([f.t_s for f in frames]) == pytest.approx(1 / rate_hz, abs=1e-3)
    assert max(abs(read_index(f.rgb) / RATE_HZ - f.t_s) for f in frames) <= 0.5 / RATE_HZ + 1e-3
    assert frames[-1].t_s == pytest.approx((COUNT - 1) / RATE_HZ, abs=1 / rate_hz)


def test_rolled_copy_has_no_border(make: Make) -> None:
    """The grey reaches into every corner that was grey: nothing black was turned in."""
    for name in ("roll_plus3", "roll_minus3"):
        rgb = make(name)[0].rgb
        assert rgb.shape == (HEIGHT_PX, WIDTH_PX, 3)
        assert rgb[-3:].min() > DARKEST - 35


def test_half_the_bits_are_half(tmp_path: Path) -> None:
    """Within a tenth, on a second of noise."""
    rng = np.random.default_rng(1)
    noise = [np.clip(draw_scene(n % 12).astype(int) + rng.normal(0, 20, (HEIGHT_PX, WIDTH_PX, 3)), 0, 255).astype(np.uint8) for n in range(30)]
    clip = write_pair(tmp_path, noise)
    assert count_bits_per_s(make_variant(clip, find("half_bitrate"), tmp_path / "out")) / count_bits_per_s(clip) == pytest.approx(0.5, abs=0.05)


def test_copy_is_made_once_and_anew_when_the_clip_changes(tmp_path: Path) -> None:
    """What is kept is known by the bytes of its clip."""
    clip = write_pair(tmp_path)
    made = make_variant(clip, find("recoded"), tmp_path / "out")
    stamp = made.stat().st_mtime_ns
    assert make_variant(clip, find("recoded"), tmp_path / "out").stat().st_mtime_ns == stamp
    write_pair(tmp_path, [draw_scene(3)] * COUNT)
    assert make_variant(clip, find("recoded"), tmp_path / "out").stat().st_mtime_ns != stamp
