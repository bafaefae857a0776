"""Receiving a screening: clips are looked at, counted and stored while they arrive, and forgotten again when anything is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import Self

from app.assessment.measurement import Footwear, ScaleChoice, Side
from app.assessment.readings import ReadingKind
from app.ports.clips import StorageFullError
from app.ports.jobs import QueueUnavailableError
from app.ports.records import KeyTakenError, UnitOfWork
from app.ports.screenings import Attempt, Circumstances, Gravity, Reading, Screening
from app.ports.uploads import Upload
from app.usecases.access import Actor, hash_secret, require_measurable, require_screening
from app.usecases.clip_errors import EmptyClipError, NotAVideoError, SameClipAgainError, SameClipTwiceError, TooLargeError
from app.usecases.errors import MalformedSubmissionError, NoSuchLegError
from app.usecases.foot_lengths import use_known_length
from app.usecases.keys import clip_key
from app.usecases.services import Services
from app.usecases.sniffing import HEAD_BYTES, find_objection
from app.usecases.turns import enqueue
from app.usecases.upload_errors import NoRoomError
from app.usecases.uploads import find_finished, read_upload, use_up

_NAME_LENGTH = 80
_SIDES: tuple[Side, ...] = ("left", "right")
INHERITED = (
    *("athlete_id", "footwear", "foot_length_cm", "foot_length_std_cm", "foot_length_origin", "height_cm"),
    *("skirting_cm", "sheet_ruler_mm", "sheet_margin_mm", "scale"),
)
"""What a repeat takes from the screening that it repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What the person says about both clips; of a repeat only `furthest` and gravity, the rest is that of the screening it repeats."""

    foot_length_cm: float | None = None
    height_cm: float | None = None
    skirting_cm: float = 0.0
    sheet_ruler_mm: float | None = None
    sheet_margin_mm: float | None = None
    footwear: Footwear = "barefoot"
    scale: ScaleChoice = "auto"
    furthest_left: bool = False
    furthest_right: bool = False
    tape_left_cm: float | None = None
    tape_right_cm: float | None = None
    inclinometer_left_deg: float | None = None
    inclinometer_right_deg: float | None = None
    repeat_of: str | None = None
    athlete_id: str | None = None
    circumstances: Circumstances | None = None
    gravity_left: Gravity | None = None
    gravity_right: Gravity | None = None
    language: str = "en"

    def readings(self, side: Side) -> dict[ReadingKind, float]:
        """Return what was read by hand off one leg."""
        tape = self.tape_left_cm if side == "left" else self.tape_right_cm
        inclinometer = self.inclinometer_left_deg if side == "left" else self.inclinometer_right_deg
        typed: dict[ReadingKind, float | None] = {"tape_cm": tape, "inclinometer_deg": inclinometer}
        return {kind: value for kind, value in typed.items() if value is not None}


@dataclass(slots=True)
class Tally:
    """Counts, hashes and judges the bytes that pass through."""

    side: str
    limit_bytes: int
    size_bytes: int = 0
    _head: bytes = b""
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    async def watch(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Pass the bytes on; raise the error that says what is wrong with them."""
        async for chunk in chunks:
            self._take(chunk)
            yield chunk
        if self.size_bytes == 0:
            raise EmptyClipError(self.side)
        if self.size_bytes < HEAD_BYTES:
            self._judge()

    def sha256(self) -> str:
        """Return the hash of what has passed."""
        return self._hash.hexdigest()

    def _take(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        if self.size_bytes > self.limit_bytes:
            raise TooLargeError(self.side, limit_bytes=self.limit_bytes)
        self._hash.update(chunk)
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._judge()

    def _judge(self) -> None:
        objection = find_objection(self._head)
        if objection is not None:
            raise NotAVideoError(self.side, found=objection)


class Intake:
    """One submission on its way in; leaving it without `finish` erases what was stored."""

    def __init__(self, actor: Actor, services: Services, *, sent_as: str | None = None) -> None:
        self.screening_id = services.new_id()
        self._sent_as = sent_as
        self._actor = actor
        self._services = services
        self._attempts: dict[Side, Attempt] = {}
        self._uploads: list[Upload] = []
        self._finished = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._finished:
            await asyncio.shield(asyncio.to_thread(self._services.clips.erase_group, self.screening_id))

    async def take_clip(self, side: str, file_name: str, chunks: AsyncIterator[bytes]) -> None:
        """Store one clip as it arrives; raise the error that says what is wrong with it."""
        if side not in _SIDES or side in self._attempts:
            raise MalformedSubmissionError((f"found a file in the field {side[:40]!r}; expected one file each in left and right",))
        tally = Tally(side, self._services.limits.max_clip_bytes)
        key = clip_key(self.screening_id, side)
        try:
            await self._services.clips.receive(key, tally.watch(chunks))
        except StorageFullError:
            raise NoRoomError from None
        name = clean_name(file_name) or f"{side}.mp4"
        self._attempts[side] = Attempt(side=side, clip_name=name, sha256=tally.sha256(), size_bytes=tally.size_bytes, clip_key=key)

    async def take_upload(self, side: str, upload_id: str, file_name: str) -> None:
        """Take a clip that came piece by piece; it is looked at like any other, and used up when the screening is remembered."""
        upload = await asyncio.to_thread(find_finished, self._actor, upload_id, side[:40], self._services)
        await self.take_clip(side, file_name, read_upload(upload, self._services))
        self._uploads.append(upload)

    async def finish(self, declare: Callable[[], Declaration]) -> Screening:
        """Remember the screening and have it analysed."""
        screening = self._build_screening(declare())
        try:
            await asyncio.to_thread(self._remember, screening)
        except KeyTakenError:  # the same upload came twice at once; this one goes
            return await asyncio.to_thread(find_sent, self._actor, str(screening.idempotency_key), self._services) or screening
        self._finished = True
        for upload in self._uploads:  # what a crash leaves of them here belongs to nobody, and is swept
            await asyncio.to_thread(self._services.clips.erase_group, upload.upload_id)
        with contextlib.suppress(QueueUnavailableError):  # the reconciler enqueues what is remembered
            await asyncio.to_thread(enqueue, screening.screening_id, screening.analysis, self._services)
        return screening

    def _build_screening(self, declaration: Declaration) -> Screening:
        if not self._attempts:
            raise MalformedSubmissionError(("found no clip; expected a video of the left leg, of the right leg, or of both",))
        if len({attempt.sha256 for attempt in self._attempts.values()}) < len(self._attempts):
            raise SameClipTwiceError
        without_clip = [side for side in _SIDES if declaration.readings(side) and side not in self._attempts]
        if without_clip:
            raise MalformedSubmissionError(tuple(f"found a reading for the {side} leg and no clip of it; expected both" for side in without_clip))
        now = self._services.clock.now()
        return Screening(
            screening_id=self.screening_id,
            created_at=now,
            footwear=declaration.footwear,
            foot_length_cm=declaration.foot_length_cm,
            foot_length_origin=None if declaration.foot_length_cm is None else "typed",
            height_cm=declaration.height_cm,
            skirting_cm=declaration.skirting_cm,
            sheet_ruler_mm=declaration.sheet_ruler_mm,
            sheet_margin_mm=declaration.sheet_margin_mm,
            scale=declaration.scale,
            attempts=tuple(_say(self._attempts[side], declaration, now) for side in _SIDES if side in self._attempts),
            repeat_of=declaration.repeat_of,
            athlete_id=declaration.athlete_id,
            circumstances=declaration.circumstances,
            idempotency_key=self._sent_as,
            handed_in_by=self._actor.account_id or self._actor.grant_id,
            language=declaration.language,
        )

    def _remember(self, screening: Screening) -> None:
        with self._services.open_records() as records:
            if screening.repeat_of is None:
                screening = _tell_blind(screening, records)
            else:
                screening = _bind_repeat(screening, require_screening(self._actor, screening.repeat_of, records), records)
            athlete_id = require_measurable(self._actor, screening.athlete_id, records, self._services)
            athlete = None if athlete_id is None else records.athletes.find(athlete_id)
            records.add_screening(use_known_length(replace(screening, athlete_id=athlete_id), athlete))
            for upload in self._uploads:
                use_up(upload, athlete_id, records)
            records.commit()


def hash_sent_as(actor: Actor, idempotency_key: str) -> str:
    """Return what is kept of the name that a sender gives an upload: nobody else's upload of that name is meant."""
    return hash_secret(f"{actor.account_id or actor.grant_id or actor.kind} {idempotency_key}")


def find_sent(actor: Actor, sent_as: str, services: Services) -> Screening | None:
    """Return the screening that was made of an upload earlier; raise `UnknownScreeningError` when the sender may no longer see it."""
    with services.open_records() as records:
        found = records.find_by_key(sent_as)
        return None if found is None else require_screening(actor, found.screening_id, records)


def _say(attempt: Attempt, declaration: Declaration, now: datetime) -> Attempt:
    """Add to a clip what the person says about it; its readings are blind as far as this clip is new."""
    readings = tuple(Reading(kind=kind, value=value, typed_at=now, blind=True) for kind, value in sorted(declaration.readings(attempt.side).items()))
    left = attempt.side == "left"
    furthest, gravity = (declaration.furthest_left, declaration.gravity_left) if left else (declaration.furthest_right, declaration.gravity_right)
    return replace(attempt, furthest=furthest, gravity=gravity, readings=readings)


def _tell_blind(screening: Screening, records: UnitOfWork) -> Screening:
    """Take the mark from readings of a clip whose result is known already, because it was handed in before."""
    attempts = []
    for attempt in screening.attempts:
        blind = not (attempt.readings and records.is_measured(attempt.sha256))
        attempts.append(replace(attempt, readings=tuple(replace(reading, blind=blind) for reading in attempt.readings)))
    return replace(screening, attempts=tuple(attempts))


def _bind_repeat(repeat: Screening, original: Screening, records: UnitOfWork) -> Screening:
    """Take from the first screening of this leg what was said about it; a repeat of a repeat repeats the first."""
    if original.repeat_of is not None:
        original = records.find_screening(original.repeat_of) or original
    if len(repeat.attempts) != 1:
        raise MalformedSubmissionError(("found two clips; expected the clip of the leg that is repeated",))
    side, sha256 = repeat.attempts[0].side, repeat.attempts[0].sha256
    first = original.attempt(side)
    if first is None or first.measurement is None or first.measurement["status"] != "measured":
        raise NoSuchLegError(side, found="no measurement that could be repeated")
    earlier = [attempt for screening in (original, *records.repeats_of(original.screening_id)) for attempt in screening.attempts]
    if sha256 in {attempt.sha256 for attempt in earlier}:
        raise SameClipAgainError
    return replace(repeat, repeat_of=original.screening_id, **{name: getattr(original, name) for name in INHERITED})


def clean_name(file_name: str) -> str:
    """Return the last part of a file's name, without what could harm a page, a log or a file system."""
    name = unicodedata.normalize("NFC", PureWindowsPath(PurePosixPath(file_name).name).name)
    return re.sub(r"[^\w.() -]", "_", name).strip()[-_NAME_LENGTH:]
