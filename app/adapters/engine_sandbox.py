"""The Engine whose every touch of a clip is a sandbox's child: what the worker asks, what the child does, and what is believed of its answer."""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from app.adapters.sandbox_process import Answer, ChildLostError, Order, Sandbox
from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.picture_words import PictureWords
from app.ports.clips import StorageFullError
from app.usecases.measuring import Progress, measure_attempt, reject_attempt
from app.usecases.services import Documents, Engine
from app.usecases.sightings import unpack_sighting
from vision import clip_faults as faults
from vision.errors import RejectedClipError, UnreadableClipError, WeightsError
from vision.marks import PictureWindow

log = structlog.get_logger()
Job = Callable[[Mapping[str, Any], bytes, Progress], tuple[dict[str, Any], bytes]]
_CODE = re.compile(r"[a-z_]{1,40}")
_LONGEST_TEXT = 600
_LOST = {"crashed": faults.crashed, "too_long": faults.too_slow}
_WINDOW = ("left_px", "top_px", "zoom_x", "zoom_y")


@dataclass(frozen=True, slots=True)
class SandboxEngine:
    """Engine that sees clips through a child alone; measuring, which needs no clip, is done here.

    A child that crashes is tried once more; then its clip counts as one that cannot be read.
    """

    sandbox: Sandbox
    documents: Documents
    code_version: str

    def locate(self, clip: Path, options: AttemptOptions, *, progress: Progress, earlier: bytes | None = None) -> bytes:
        """Have a clip watched."""
        del options  # what is seen does not depend on what is declared
        told = {"clip": _name(clip), "again": earlier is not None}
        _, sighting = self._run(Order(job="locate", told=told, blob=earlier or b"", reads=[clip]), progress)
        try:
            unpack_sighting(sighting)
        except Exception as error:  # noqa: BLE001 - a child may have been taken over: these bytes can be anything
            log.warning("clip.answer_refused", reason=type(error).__name__)
            raise faults.crashed() from None
        return sighting

    def measure(self, clip_name: str, sighting: bytes, options: AttemptOptions) -> tuple[Measurement, ...]:
        """Turn a sighting into measurements."""
        return measure_attempt(clip_name, sighting, options, self)

    def reject(self, clip_name: str, error: Exception, options: AttemptOptions) -> Measurement:
        """Turn a `ClipError` into a rejected measurement."""
        return reject_attempt(clip_name, error, options, self)

    def draw(
        self, clip: Path, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path, overlay: Path, plain: Path
    ) -> PictureWindow | None:
        """Have the pictures made."""
        told: dict[str, Any] = {"clip": _name(clip), "still": _name(still), "overlay": _name(overlay), "plain": _name(plain)}
        told |= {"measurement": self.documents.write_measurement(measurement), "words": asdict(words)}
        header, _ = self._run(Order(job="draw", told=told, blob=sighting, reads=[clip], writes=still.parent), _ignore)
        _check_made(still, overlay, plain)
        return _read_window(header.get("window"))

    def draw_again(self, plain: Path, window: PictureWindow, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path) -> None:
        """Have the key frame made with other marks."""
        told = {"plain": _name(plain), "window": asdict(window), "still": _name(still)}
        told |= {"measurement": self.documents.write_measurement(measurement), "words": asdict(words)}
        self._run(Order(job="draw_again", told=told, blob=sighting, reads=[plain], writes=still.parent), _ignore)
        _check_made(still)

    def strip(self, clip: Path, out: Path) -> None:
        """Have the pictures of a clip copied."""
        self._run(Order(job="strip", told={"clip": _name(clip), "out": _name(out)}, reads=[clip], writes=out.parent), _ignore)
        _check_made(out)

    def _run(self, order: Order, progress: Progress) -> Answer:
        for again in (True, False):
            try:
                header, blob = self.sandbox.run(order, progress=progress)
            except ChildLostError as lost:
                log.warning("clip.lost", job=order.job, why=lost.why, how=lost.how)
                if lost.why == "crashed" and again:
                    continue
                given_up = _LOST[lost.why]()
                raise given_up from None
            if header.get("kind") != "done":
                raise _read_error(header)
            return header, blob
        raise AssertionError  # the second try returns or raises


def build_jobs(engine: Engine, documents: Documents) -> dict[str, Job]:
    """Return what the child does for each order, with an engine whose doors are open."""

    def locate(told: Mapping[str, Any], earlier: bytes, progress: Progress) -> tuple[dict[str, Any], bytes]:
        return {}, engine.locate(Path(told["clip"]), AttemptOptions(), progress=progress, earlier=earlier if told["again"] else None)

    def draw(told: Mapping[str, Any], sighting: bytes, _: Progress) -> tuple[dict[str, Any], bytes]:
        places = {name: Path(told[name]) for name in ("still", "overlay", "plain")}
        window = engine.draw(Path(told["clip"]), sighting, documents.read_measurement(told["measurement"]), words=PictureWords(**told["words"]), **places)
        return {"window": None if window is None else asdict(window)}, b""

    def draw_again(told: Mapping[str, Any], sighting: bytes, _: Progress) -> tuple[dict[str, Any], bytes]:
        measurement, words = documents.read_measurement(told["measurement"]), PictureWords(**told["words"])
        engine.draw_again(Path(told["plain"]), PictureWindow(**told["window"]), sighting, measurement, words=words, still=Path(told["still"]))
        return {}, b""

    def strip(told: Mapping[str, Any], _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
        engine.strip(Path(told["clip"]), Path(told["out"]))
        return {}, b""

    return {"locate": locate, "draw": draw, "draw_again": draw_again, "strip": strip}


def _name(path: Path) -> str:
    return str(path.absolute())


def _ignore(share: float, activity: str) -> None:
    """Drawing and copying do not say how far they are."""


def _read_error(header: Mapping[str, Any]) -> Exception:
    """Make an error of what a child told; it may have been taken over, so its words are short and plain text, and its code is a code."""
    kind = header.get("kind")
    if kind == "full":
        return StorageFullError()
    if kind == "too_much":
        return faults.too_demanding()
    if kind == "refused":
        code, message, advice, reason = (_plain(header.get(name)) for name in ("code", "message", "advice", "reason"))
        if header.get("error") == "WeightsError":
            return WeightsError(message, advice=advice)
        if header.get("error") == "UnreadableClipError" and _CODE.fullmatch(reason):
            return UnreadableClipError(message, reason=reason, advice=advice)
        if header.get("error") == "RejectedClipError" and _CODE.fullmatch(code):
            return RejectedClipError(message, code=code, advice=advice)
    log.error("clip.fault", trace=_plain(header.get("trace"), longest=4000))
    return faults.crashed()


def _plain(text: object, *, longest: int = _LONGEST_TEXT) -> str:
    return "".join(letter for letter in str(text)[:longest] if letter.isprintable() or letter == "\n")


def _check_made(*paths: Path) -> None:
    """Refuse what is no plain file of its own: a link would hand out what lies elsewhere."""
    for path in paths:
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            path.unlink(missing_ok=True)
            log.warning("clip.answer_refused", reason="no plain file")
            raise faults.crashed()


def _read_window(told: object) -> PictureWindow | None:
    if told is None:
        return None
    numbers = [told.get(name) for name in _WINDOW] if isinstance(told, dict) else []
    if not numbers or not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        log.warning("clip.answer_refused", reason="no window")
        raise faults.crashed()
    return PictureWindow(*map(float, numbers))  # type: ignore[arg-type]
