"""The fake Engine."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement, Scale
from app.assessment.picture_words import PictureWords
from app.ports.clips import StorageFullError
from calibration.quantity import Quantity
from tests.fakes.pictures import JPEG
from tests.synthetic_measurements import make_measurement, make_rejected
from vision.errors import ClipError, LostClipError, RejectedClipError, UnreadableClipError, WeightsError
from vision.marks import PictureWindow


class FakeEngine:
    """Measures nothing: a word inside the clip's bytes says what becomes of it."""

    def __init__(self) -> None:
        self.located: list[str] = []
        self.earlier: list[bytes | None] = []
        self.options: list[AttemptOptions] = []
        self.words: list[PictureWords] = []
        self.while_locating: Callable[[], None] = lambda: None

    def locate(self, clip: Path, options: AttemptOptions, *, progress: Callable[[float, str], None], earlier: bytes | None = None) -> bytes:
        content = clip.read_bytes()
        self.earlier.append(earlier)
        self.located.append(str(options.side))
        progress(0.0, "reading")
        self.while_locating()
        progress(0.5, "finding the leg")
        if b"NOBODY" in content:
            raise RejectedClipError("Nobody was found.", code="no_person", advice="Stand in the picture.")
        if b"NO WEIGHTS" in content:
            raise WeightsError("Found no weights.", advice="Run the set-up.")
        if b"NO ROOM" in content:
            raise StorageFullError
        if b"BUG" in content:
            raise ZeroDivisionError
        return json.dumps({"side": options.side, "late": b"LATE" in content, "at_least": b"AT LEAST" in content, "sheet": b"SHEET" in content}).encode()

    def measure(self, clip_name: str, sighting: bytes, options: AttemptOptions) -> tuple[Measurement, ...]:
        self.options.append(options)
        if json.loads(sighting)["late"]:
            raise RejectedClipError("No lunge was found.", code="no_lunge", advice="Lunge.")
        side = "right" if options.side == "right" else "left"
        limit = "lower_bound" if json.loads(sighting)["at_least"] else "bracketed"
        seen = {"scale": Scale("sheet", 0.21, 0.01), "learnt_foot_length_cm": Quantity(26.9 if side == "left" else 26.5, 0.4, "cm")}
        return (make_measurement(side, toe_cm=12.4 if side == "left" else 9.1, clip=clip_name, limit=limit, **(seen if json.loads(sighting)["sheet"] else {})),)

    def reject(self, clip_name: str, error: Exception, options: AttemptOptions) -> Measurement:
        del clip_name
        code = error.code if isinstance(error, ClipError) else "unreadable_file"
        return make_rejected("right" if options.side == "right" else "left", code=code)

    def draw(self, clip: Path, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path, overlay: Path, plain: Path) -> PictureWindow:
        del sighting
        self.words.append(words)
        if b"LOST" in clip.read_bytes():
            raise LostClipError("Found no end to it.", code="takes_too_long", advice="Film again.")
        still.write_bytes(JPEG)
        plain.write_bytes(JPEG)
        overlay.write_bytes(b"\x00\x00\x00\x18ftypisom overlay " + str(measurement.side).encode() + bytes(5000))

        return PictureWindow(100.0, 200.0, 2.0, 2.0)

    def draw_again(self, plain: Path, window: PictureWindow, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path) -> None:
        del window, sighting, measurement
        self.words.append(words)
        still.write_bytes(plain.read_bytes())

    def strip(self, clip: Path, out: Path) -> None:
        content = clip.read_bytes()
        if b"UNSTRIPPABLE" in content:
            raise UnreadableClipError("Found no way to copy it.", reason="damaged", advice="Keep it elsewhere.")
        out.write_bytes(content.replace(b"GPS", b""))
