"""Changed copies of clips with adapted truth: what a phone, a messenger or a clumsy hand does to a clip without changing what was filmed.

A changed copy has the true numbers of its clip; a product whose answer moves with it measures the file and not the leg. Lightness and colour are changed as
they are stored: on the way through red, green and blue and back every grey would fall by about one level of 255.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.codec.context import Flags
from av.video.reformatter import ColorRange

from vision.upright import _colour_matrix, _is_full_range

Plane = npt.NDArray[np.uint8]
Size = tuple[int, int]
"""Width and height, px."""

RECIPE = "2"
"""Part of the key of what is kept: a new number makes every copy anew."""
CRF = 18
"""x264's constant quality at which the eye sees no loss; noise of the picture is kept."""
CLOCK_HZ = 90_000
_HALF_OPEN = 1e-6
_TRIES, _RATE_TOLERANCE = 4, 0.03


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the pixels of a picture go: straight on, seen in a mirror, shrunk, or turned about the centre and enlarged until no border shows.

    Attributes
    ----------
    share : float
        Size out over size in.
    roll_deg : float
        Clockwise turn of the picture, degrees.
    """

    mirrored: bool = False
    share: float = 1.0
    roll_deg: float = 0.0

    @property
    def is_changed(self) -> bool:
        """Whether any pixel moves."""
        return self != Shape()

    def compute_size(self, size: Size) -> Size:
        """Return the size out, even as the codec wants it."""
        return 2 * round(size[0] * self.share / 2), 2 * round(size[1] * self.share / 2)

    def compute_matrix(self, size: Size, out: Size) -> npt.NDArray[np.float64]:
        """Return the (2, 3) map of pixel centres, in to out, for sizes in and out."""
        w, h = size
        a = math.radians(self.roll_deg)
        cos, sin = math.cos(a), math.sin(a)
        # The turned picture has to hold the upright one.
        grown = max(cos + abs(sin) * h / w, cos + abs(sin) * w / h)
        turn = np.array([[cos, -sin], [sin, cos]]) * grown @ np.diag([-1.0 if self.mirrored else 1.0, 1.0])
        linear = np.diag([out[0] / w, out[1] / h]) @ turn
        centre_in, centre_out = np.array([w - 1, h - 1]) / 2, np.array([out[0] - 1, out[1] - 1]) / 2
        return np.column_stack([linear, centre_out - linear @ centre_in])

    def map_point(self, xy: list[float], size: Size) -> list[float]:
        """Return where a point of the picture goes, px."""
        x, y = self.compute_matrix(size, self.compute_size(size)) @ [*xy, 1.0]
        return [round(float(x), 2), round(float(y), 2)]

    def draw(self, plane: Plane, out: Size) -> Plane:
        """Return one plane of the picture (H, W) in its new shape, of size `out`."""
        size = (plane.shape[1], plane.shape[0])
        if self.roll_deg:
            return np.asarray(cv2.warpAffine(plane, self.compute_matrix(size, out), out, flags=cv2.INTER_CUBIC), np.uint8)
        if size != out:
            plane = np.asarray(cv2.resize(plane, out, interpolation=cv2.INTER_AREA), np.uint8)
        return plane[:, ::-1] if self.mirrored else plane

    def draw_all(self, stored: Plane) -> Plane:
        """Return a whole yuv420p picture, its three planes one below the other (3/2 H, W), in its new shape."""
        size = (stored.shape[1], stored.shape[0] * 2 // 3)
        out = self.compute_size(size)
        luma, u, v = split_planes(stored)
        half = (out[0] // 2, out[1] // 2)
        planes = [self.draw(luma, out), self.draw(u, half), self.draw(v, half)]
        return np.concatenate([p.ravel() for p in planes]).reshape(-1, out[0])


def split_planes(stored: Plane) -> tuple[Plane, Plane, Plane]:
    """Return the lightness (H, W) and the two colour planes (H/2, W/2) of a yuv420p picture."""
    w, h = stored.shape[1], stored.shape[0] * 2 // 3
    u, v = stored[h:].reshape(2, h // 2, w // 2)
    return stored[:h], u, v


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to change a clip.

    Attributes
    ----------
    rate_hz : int | None
        Frames a second, each the nearest in time; None: as they are.
    bitrate_share : float | None
        Bits a second over the original's, by two passes; None: by quality.
    crf : int
        That quality, x264's constant rate factor; 0 loses nothing.
    """

    name: str
    what: str
    shape: Shape = Shape()
    rate_hz: int | None = None
    bitrate_share: float | None = None
    crf: int = CRF


VARIANTS = (
    Variant("recoded", "encoded again, nothing else"),
    Variant("mirrored", "left and right exchanged, declared as the other leg", Shape(mirrored=True), crf=0),
    Variant("half_bitrate", "half the bits a second", bitrate_share=0.5),
    Variant("smaller", "three quarters of the size: 720p becomes 540p", Shape(share=0.75)),
    Variant("24fps", "24 frames a second", rate_hz=24),
    Variant("60fps", "60 frames a second", rate_hz=60),
    Variant("roll_plus3", "turned 3 degrees clockwise and cropped", Shape(roll_deg=3.0)),
    Variant("roll_minus3", "turned 3 degrees counter-clockwise and cropped", Shape(roll_deg=-3.0)),
)


def make_variant(clip: Path, variant: Variant, out: Path) -> Path:
    """Write the changed copy of a clip and its truth under OUT/VARIANT/, unless they are there already; return the copy."""
    truth_path = clip.with_suffix(".truth.json")
    made, made_truth = out / variant.name / clip.name, out / variant.name / truth_path.name
    key = hashlib.sha256(clip.read_bytes() + truth_path.read_bytes() + repr((RECIPE, variant)).encode()).hexdigest()
    if made.is_file() and made_truth.is_file() and json.loads(made_truth.read_text(encoding="utf-8")).get("made_from_sha256") == key:
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    made_truth.unlink(missing_ok=True)
    _encode(clip, variant, made)
    truth = adapt_truth(json.loads(truth_path.read_text(encoding="utf-8")), variant)
    # Written last: a copy without its truth was broken off and is made again.
    made_truth.write_text(json.dumps(truth | {"made_from_sha256": key}), encoding="utf-8")
    return made


def adapt_truth(truth: dict[str, Any], variant: Variant) -> dict[str, Any]:
    """Return the truth of the changed copy: the same numbers; side, points, sizes and times as they are in it."""
    size: Size = (truth["size_px"][0], truth["size_px"][1])
    shape = variant.shape
    frames = truth["frames"]
    if variant.rate_hz is not None:
        # Times in the file are rounded, and half-way times would fall to either side.
        times_s = [round(f["t_s"] * truth["fps"]) / truth["fps"] for f in frames]
        frames = [frames[index] | {"t_s": round(t_s, 4)} for t_s, index in pick_frames(times_s, variant.rate_hz)]
    adapted = truth | {"frames": frames, "fps": variant.rate_hz or truth["fps"]}
    if not shape.is_changed:
        return adapted
    frames = [f | {"px": {name: shape.map_point(xy, size) for name, xy in f["px"].items()}} for f in frames]
    # Matrices of the camera would have to be made anew, and nobody reads them; the plain numbers are kept.
    camera = {key: value for key, value in truth["camera"].items() if isinstance(value, (int, float))}
    camera["roll_deg"] = (-1 if shape.mirrored else 1) * camera["roll_deg"] + shape.roll_deg
    adapted |= {"frames": frames, "size_px": list(shape.compute_size(size)), "camera": camera}
    if shape.mirrored:
        other = {"left": "right", "right": "left"}
        adapted |= {"side": other[truth["side"]], "image_facing": other[truth["image_facing"]]}
    return adapted


def pick_frames(times_s: list[float], rate_hz: int) -> list[tuple[float, int]]:
    """Return (time, index of the frame nearest to it) at an even rate as far as the frames go; of two equally near the earlier."""
    times = np.asarray(times_s)
    count = math.floor((times[-1] - times[0]) * rate_hz + _HALF_OPEN) + 1
    even = times[0] + np.arange(count) / rate_hz
    middles = (times[1:] + times[:-1]) / 2
    return [(float(t), int(i)) for t, i in zip(even, np.searchsorted(middles + _HALF_OPEN, even), strict=True)]


def _encode(clip: Path, variant: Variant, made: Path) -> None:
    with tempfile.TemporaryDirectory(dir=made.parent) as scratch:
        part = Path(scratch) / made.name
        if variant.bitrate_share is None:
            _write(_draw_frames(clip, variant), part, {"crf": str(variant.crf)})
        else:
            _write_at_rate(clip, variant, part, variant.bitrate_share * count_bits_per_s(clip), Path(scratch) / "stats")
        part.replace(made)


@dataclass(frozen=True, slots=True)
class _Stored:
    """One frame as it is stored: seconds, planes, colour matrix and range by their numbers in the file."""

    t_s: float
    planes: Plane
    colorspace: int
    color_range: int


def _read_stored(clip: Path) -> Iterator[_Stored]:
    """Yield the frames of a plain clip; ValueError for one whose stored picture is not the shown one."""
    with av.open(clip) as container:
        stream = container.streams.video[0]
        first_s = None
        for frame in container.decode(stream):
            aspect = stream.sample_aspect_ratio
            if frame.pts is None or frame.time_base is None:
                raise ValueError(f"Found a frame without a time in {clip.name}, expected one for each. Convert the clip first.")
            if frame.format.name != "yuv420p" or frame.rotation or frame.width % 2 or frame.height % 2 or aspect not in (None, 0, 1):
                found = f"{frame.format.name}, {frame.width}x{frame.height}, turned by {frame.rotation}, pixel aspect {aspect}"
                raise ValueError(f"Found {found} in {clip.name}, expected yuv420p of even size, upright, square pixels. Convert the clip first.")
            t_s = float(frame.pts * frame.time_base)
            first_s = t_s if first_s is None else first_s
            yield _Stored(
                t_s - first_s, np.asarray(frame.to_ndarray(), np.uint8), _colour_matrix(frame), ColorRange.JPEG if _is_full_range(frame) else ColorRange.MPEG
            )


def _draw_frames(clip: Path, variant: Variant) -> Iterator[_Stored]:
    """Yield the frames of the changed copy."""
    if variant.rate_hz is None:
        yield from (replace(f, planes=variant.shape.draw_all(f.planes)) for f in _read_stored(clip))
        return
    wanted = iter(pick_frames([f.t_s for f in _read_stored(clip)], variant.rate_hz))
    t_s, pick = next(wanted)
    for index, frame in enumerate(_read_stored(clip)):
        while pick == index:
            yield replace(frame, t_s=t_s, planes=variant.shape.draw_all(frame.planes))
            t_s, pick = next(wanted, (math.inf, -1))


def _write_at_rate(clip: Path, variant: Variant, part: Path, wanted_bits_per_s: float, stats: Path) -> None:
    """Two passes; on clips of seconds they miss by a tenth or more, so the aim is corrected by the miss until it is small."""
    aim = wanted_bits_per_s
    for _ in range(_TRIES):
        options = {"b": str(round(aim)), "stats": str(stats)}
        for flag in (Flags.pass1, Flags.pass2):
            _write(_draw_frames(clip, variant), part, options, flag=flag)
        found = count_bits_per_s(part)
        if abs(found / wanted_bits_per_s - 1) <= _RATE_TOLERANCE:
            return
        aim *= wanted_bits_per_s / found


def count_bits_per_s(clip: Path) -> float:
    """Return the bits of the pictures over the length of the clip."""
    with av.open(clip) as container:
        stream = container.streams.video[0]
        sizes, ends = [], []
        for packet in container.demux(stream):
            if packet.pts is not None:
                sizes.append(packet.size)
                ends.append(float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return 8 * sum(sizes) / max(ends)


def _write(frames: Iterator[_Stored], path: Path, options: dict[str, str], *, flag: Flags | None = None) -> None:
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.pix_fmt = "yuv420p"
        said: dict[str, object] = {"preset": "medium", "threads": "2", **options}
        stream.options = said
        context = stream.codec_context
        context.time_base = Fraction(1, CLOCK_HZ)
        if "b" in options:
            context.bit_rate = int(options["b"])
        if flag is not None:
            context.flags |= flag
        sized = False
        for frame in frames:
            if not sized:
                stream.height, stream.width = frame.planes.shape[0] * 2 // 3, frame.planes.shape[1]
                # Named in the copy, because a smaller picture without a name would be taken for one of another matrix.
                context.colorspace, context.color_range = frame.colorspace, frame.color_range
                sized = True
            picture = av.VideoFrame.from_ndarray(frame.planes, format="yuv420p")
            picture.colorspace, picture.color_range = frame.colorspace, frame.color_range
            picture.pts, picture.time_base = round(frame.t_s * CLOCK_HZ), Fraction(1, CLOCK_HZ)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
