"""A drawn scene as a clip: frames come into being when they are looked at, and look the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from calibration.camera import Camera
from tests.drawn.body import Body, Figure, Tube
from tests.drawn.motion import Motion, TrueLunge, true_lunges
from tests.drawn.paint import Cutout, cut_out, shadow_on_room
from tests.drawn.room import build_camera, draw_room, sway
from tests.drawn.spec import FloatArray, Rgb, SceneSpec
from tests.thinning import thin
from vision.tracks import ClipInfo

MASK_SIDE = 256
_MOVING_PX = 0.6
"""A leg that moves by less than this while the shutter is open is drawn once."""


class DrawnFrame:
    """Like `vision.tracks.Frame`, but its picture is drawn only when it is asked for."""

    __slots__ = ("_film", "_number", "t_s")

    def __init__(self, film: Film, number: int) -> None:
        self._film, self._number = film, number
        self.t_s = float(film.times_s[number])

    @property
    def rgb(self) -> Rgb:
        """The picture as filmed."""
        return self._film.picture(self._number)


@dataclass(frozen=True, slots=True)
class Silhouette:
    """The person at the resolution of a pose network: (256, 256) in 0..1 over a square of the picture facing right."""

    corner: tuple[float, float]
    side_px: float
    mask: npt.NDArray[np.uint8]


class Film:
    """One scene, filmed."""

    def __init__(self, scene: SceneSpec) -> None:
        self.scene = scene
        self.body = Body(scene.person, rear_toe_cm=scene.lunges[0].toe_cm + scene.person.foot_cm + scene.person.rear_foot_cm)
        self.motion = Motion(scene, self.body)
        self.camera = build_camera(scene.camera)
        self.size_px = scene.camera.size_px
        rng = np.random.default_rng([scene.seed, 31])
        rate = scene.picture.rate_hz
        regular = np.arange(0.0, self.motion.duration_s, 1.0 / rate)
        # A phone's frames come at irregular times; now and then one is dropped.
        self.times_s = regular + np.concatenate([[0.0], rng.uniform(-0.2, 0.2, len(regular) - 1) / rate])
        self.times_s = self.times_s[np.concatenate([[True], rng.random(len(regular) - 1) > 0.01])]
        self._turns = _hand(self.times_s, scene.camera.sway_deg, rng)
        self._margin = int(np.ceil(np.radians(scene.camera.sway_deg) * 5 * self.camera.focal_px)) + 2 if scene.camera.sway_deg else 0
        self._room: npt.NDArray[np.float32] | None = None
        self._noise = rng.normal(0, 1, (self.size_px[1] + 64, self.size_px[0] + 64, 3)).astype(np.float32)
        self._noise = 0.8 * self._noise[..., :1] + 0.5 * self._noise
        self._noise *= np.float32(scene.picture.noise)
        self._pictures: dict[int, bytes] = {}
        self._silhouettes: dict[int, Silhouette] = {}
        self._figures: dict[int, Figure] = {}
        self._last: tuple[int, Rgb] | None = None

    def camera_at(self, number: int) -> Camera:
        """Camera of one frame, as the hand held it."""
        return sway(self.camera, self._turns[number]) if self._margin else self.camera

    def figure(self, number: int) -> Figure:
        """Person in one frame."""
        if number not in self._figures:
            self._figures = {number: self.body.figure(self.motion.pose(float(self.times_s[number])))}
        return self._figures[number]

    def truth(self) -> tuple[TrueLunge, ...]:
        """Return the truth of every lunge."""
        return true_lunges(self.motion)

    def picture(self, number: int) -> Rgb:
        """One frame as filmed and compressed, facing as it was filmed."""
        if self._last is None or self._last[0] != number:
            if number not in self._pictures:
                self._pictures[number] = self._take(number)
            picture = np.asarray(cv2.imdecode(np.frombuffer(self._pictures[number], np.uint8), cv2.IMREAD_COLOR_RGB))
            picture.flags.writeable = False
            self._last = (number, picture)
        return self._last[1]

    def silhouette(self, number: int) -> Silhouette:
        """Return the coarse silhouette of one frame."""
        if number not in self._silhouettes:
            self.picture(number)
        return self._silhouettes[number]

    def number_at(self, t_s: float) -> int:
        """Return the frame nearest to a time."""
        return int(np.argmin(np.abs(self.times_s - t_s)))

    def _take(self, number: int) -> bytes:
        """Room, shadow, person, lens, sensor, compression; colours are kept in the order that the encoder wants."""
        scene, spec, camera = self.scene, self.scene.picture, self.camera_at(number)
        figure = self.figure(number)
        frame = self._empty_room(number)
        shadow = shadow_on_room(figure.leg + figure.rest, camera, spec, skirting_cm=scene.room.skirting_cm)
        if shadow is not None:
            (x0, y0, x1, y1), left = shadow
            frame[y0:y1, x0:x1] *= left[..., None]
        rest = cut_out(figure.rest, camera, spec, finer=1, smooth=False)
        leg = cut_out(figure.leg, camera, spec, finer=3, moments=self._moments(number, camera))
        whole = np.zeros(frame.shape[:2], np.float32)
        for part in (leg, rest) if scene.person.far_leg else (rest, leg):
            _put(frame, whole, part, spec.lens_blur_px)
        self._silhouettes[number] = _coarse(whole)
        dx, dy = np.random.default_rng([scene.seed, 41, number]).integers(0, 64, 2)
        out = cv2.add(frame, self._noise[dy : dy + frame.shape[0], dx : dx + frame.shape[1]], dtype=cv2.CV_8U)
        if scene.camera.facing_left:
            out = cv2.flip(out, 1)
        return cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, spec.jpeg_quality])[1].tobytes()

    def _moments(self, number: int, camera: Camera) -> list[tuple[Tube, ...]]:
        """Return the leg through the open shutter, where it moves visibly."""
        half, t_s = 0.5 * self.scene.picture.shutter_s, float(self.times_s[number])
        (early, at_first), (late, at_last) = (self.body.front_leg(self.motion.pose(t)) for t in (t_s - half, t_s + half))
        ends = camera.project(np.array([at_first["knee"], at_last["knee"]]))
        return [early, self.figure(number).leg, late] if float(np.hypot(*(ends[1] - ends[0]))) > _MOVING_PX else []

    def _empty_room(self, number: int) -> npt.NDArray[np.float32]:
        if self._room is None:
            room = draw_room(self.scene, self.camera, margin_px=self._margin).astype(np.float32) * np.float32(self.scene.picture.exposure)
            self._room = cv2.GaussianBlur(np.ascontiguousarray(room[..., ::-1]), (0, 0), self.scene.picture.lens_blur_px)
        if not self._margin:
            return self._room.copy()
        width, height = self.size_px
        f, m = self.camera.focal_px, self._margin
        lens = np.array([[f, 0, (width - 1) / 2], [0, f, (height - 1) / 2], [0, 0, 1]])
        turn = self.camera_at(number).rotation() @ self.camera.rotation().T
        to_frame = lens @ turn @ np.linalg.inv(lens) @ np.array([[1, 0, -m], [0, 1, -m], [0, 0, 1.0]])
        return np.asarray(cv2.warpPerspective(self._room, to_frame, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _hand(times_s: FloatArray, size_deg: float, rng: np.random.Generator) -> FloatArray:
    """Slow sway of a hand, (T, 3) rad; a phone that leans against something does not sway."""
    if not size_deg:
        return np.zeros((len(times_s), 3))
    rate, start = rng.uniform(0.1, 1.5, (3, 6)), rng.uniform(0, 2 * np.pi, (3, 6))
    size = np.radians(size_deg) * rng.normal(0, 0.55, (3, 6))
    return np.asarray(np.sum(size[None] * np.sin(2 * np.pi * rate[None] * times_s[:, None, None] + start[None]), axis=2))


def _put(frame: npt.NDArray[np.float32], whole: npt.NDArray[np.float32], part: Cutout, blur_px: float) -> None:
    x0, y0, x1, y1 = part.box
    share = cv2.GaussianBlur(part.share, (0, 0), blur_px)[..., None]
    frame[y0:y1, x0:x1] += share * (part.colour - frame[y0:y1, x0:x1])
    whole[y0:y1, x0:x1] = np.maximum(whole[y0:y1, x0:x1], part.share)


def _coarse(whole: npt.NDArray[np.float32]) -> Silhouette:
    """As the network sees it: a square around the person, a quarter larger than they are."""
    x, y, w, h = cv2.boundingRect((whole > 0.5).astype(np.uint8))
    side = 1.25 * max(w, h)
    corner = (x + 0.5 * w - 0.5 * side, y + 0.5 * h - 0.5 * side)
    scale = MASK_SIDE / side
    blurred = cv2.GaussianBlur(whole, (0, 0), max(0.3, 0.4 / scale))
    small = cv2.warpAffine(blurred, np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]]), (MASK_SIDE, MASK_SIDE), flags=cv2.INTER_LINEAR)
    return Silhouette(corner, side, np.round(small * 255).astype(np.uint8))


class FilmReader:
    """Door to a film: what `vision.decode.PyAvReader` is to a file."""

    def __init__(self, film: Film) -> None:
        self.film = film

    def probe(self, path: Path) -> ClipInfo:
        """Say what a header would."""
        del path
        width, height = self.film.size_px
        return ClipInfo(width, height, float(self.film.times_s[-1]), self.film.scene.picture.rate_hz, "h264", "mp4", 0, None)

    def frames(self, path: Path) -> Iterator[DrawnFrame]:
        """Yield the frames in order, drawn as they are looked at."""
        del path
        for number in range(len(self.film.times_s)):
            yield DrawnFrame(self.film, number)

    def glimpses(self, path: Path, *, every_s: float) -> Iterator[DrawnFrame]:
        """Take some of them."""
        return thin(self.frames(path), every_s)


def write_clip(film: Film, path: Path, *, crf: int = 24) -> None:
    """Write the film as H.264 MP4 with its own irregular times."""
    ticks = 90_000
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=Fraction(round(film.scene.picture.rate_hz * 1000), 1000), options={"crf": str(crf), "preset": "veryfast", "threads": "1"}
        )
        stream.width, stream.height = film.size_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, ticks)
        for number, t_s in enumerate(film.times_s):
            frame = av.VideoFrame.from_ndarray(film.picture(number), format="rgb24")
            frame.pts, frame.time_base = round(t_s * ticks), Fraction(1, ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def thinned(scene: SceneSpec, *, rate_hz: float = 15.0) -> SceneSpec:
    """Return the scene at a lower frame rate, for a film that is drawn in full."""
    return replace(scene, picture=replace(scene.picture, rate_hz=min(rate_hz, scene.picture.rate_hz)))
