"""Clips of a whole squad in one go: each file finds its athlete by its name, and what is wrong with one does not hold up the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from app.assessment.measurement import Side
from app.ports.clips import StorageFullError
from app.ports.people import Athlete, Squad
from app.ports.uploads import Upload
from app.ports.waiting import WaitingClip
from app.usecases.access import Actor
from app.usecases.admission import require_room
from app.usecases.errors import UsecaseError
from app.usecases.intake import Declaration, Intake, Tally, clean_name
from app.usecases.keys import waiting_key
from app.usecases.matching import NoMatchError, match_clip
from app.usecases.naming import NamePattern, match_by_pattern
from app.usecases.services import Services
from app.usecases.upload_errors import NoRoomError
from app.usecases.uploads import drop_upload, find_finished, read_upload
from app.usecases.waiting import pick_shared

_LONGEST_PROBLEM = 500


@dataclass(slots=True)
class BatchLine:
    """What became of one file: whose leg it is and in which screening, or why it was left out; `waiting_id` where it waits to be told."""

    file_name: str
    athlete: Athlete | None = None
    side: Side | None = None
    screening_id: str | None = None
    problem: str | None = None
    waiting_id: str | None = None


@dataclass(slots=True)
class Batch:
    """Many files on their way in; of what is not finished nothing is kept."""

    squad: Squad
    athletes: Sequence[Athlete]
    actor: Actor
    services: Services
    lines: list[BatchLine] = field(default_factory=list)
    pattern: NamePattern | None = None
    _waiting: dict[str, Tally] = field(default_factory=dict)
    _spent: list[Upload] = field(default_factory=list)
    _intakes: dict[str, Intake] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for clip_id in self._waiting:
            await asyncio.shield(asyncio.to_thread(self.services.clips.erase_group, clip_id))
        await self._stack.__aexit__(kind, error, trace)

    async def take_clip(self, file_name: str, chunks: AsyncIterator[bytes]) -> None:
        """Store one file for whom its name says; where it does not say, the file waits to be told; what cannot be taken is noted and passed over."""
        await self._take(file_name, lambda intake, side: intake.take_clip(side, file_name, chunks), lambda: chunks)

    async def take_upload(self, file_name: str, upload_id: str) -> None:
        """Take one file that came piece by piece, in the same way."""

        def read_again() -> AsyncIterator[bytes]:
            upload = find_finished(self.actor, upload_id, "waiting", self.services)
            self._spent.append(upload)
            return read_upload(upload, self.services)

        await self._take(file_name, lambda intake, side: intake.take_upload(side, upload_id, file_name), read_again)

    async def _take(self, file_name: str, take: Callable[[Intake, Side], Awaitable[None]], read: Callable[[], AsyncIterator[bytes]]) -> None:
        line = BatchLine(clean_name(file_name))
        self.lines.append(line)
        try:
            match = match_clip(file_name, self.athletes) if self.pattern is None else match_by_pattern(file_name, self.pattern, self.athletes)
            if any((other.athlete, other.side) == (match.athlete, match.side) and other.problem is None for other in self.lines):
                raise NoMatchError(f"found a second clip of the {match.side} leg of {match.athlete.name}; expected one of each leg")  # noqa: TRY301 - one way out
            line.athlete, line.side = match.athlete, match.side
            intake = await self._open(match.athlete)
            await take(intake, match.side)
        except NoMatchError as error:
            line.problem = str(error)
            await self._let_wait(line, read)
        except UsecaseError as error:
            self.services.watcher.note_refusal("upload", error.code)
            line.problem = error.message

    async def finish(self, declaration: Declaration) -> list[BatchLine]:
        """Remember the screening of each athlete and have it analysed."""
        for athlete in self.athletes:
            own = [line for line in self.lines if line.athlete is not None and line.athlete.athlete_id == athlete.athlete_id and line.problem is None]
            if own:
                await self._finish_one(athlete, own, declaration)
        await asyncio.to_thread(self._remember_waiting, declaration)
        for upload in self._spent:
            await asyncio.to_thread(drop_upload, upload, self.services)
        return self.lines

    async def _let_wait(self, line: BatchLine, read: Callable[[], AsyncIterator[bytes]]) -> None:
        """Store a file of which nobody knows yet whose it is."""
        clip_id, tally = self.services.new_id(), Tally("waiting", self.services.limits.max_clip_bytes)
        try:
            await asyncio.to_thread(require_room, self.actor, self.services)
            await self.services.clips.receive(waiting_key(clip_id), tally.watch(await asyncio.to_thread(read)))
        except StorageFullError:
            line.problem = NoRoomError().message
        except UsecaseError as error:
            line.problem = error.message
        else:
            line.waiting_id = clip_id
            self._waiting[clip_id] = tally

    def _remember_waiting(self, declaration: Declaration) -> None:
        now, said = self.services.clock.now(), pick_shared(declaration)
        with self.services.open_records() as records:
            for line in self.lines:
                if line.waiting_id is not None:
                    tally = self._waiting[line.waiting_id]
                    clip = WaitingClip(
                        clip_id=line.waiting_id,
                        squad_id=self.squad.squad_id,
                        clip_name=line.file_name or "clip",
                        sha256=tally.sha256(),
                        size_bytes=tally.size_bytes,
                        received_at=now,
                        problem=str(line.problem)[:_LONGEST_PROBLEM],
                        said=said,
                        handed_in_by=self.actor.account_id,
                    )
                    records.waiting.add(clip)
            records.commit()
        self._waiting.clear()

    async def _finish_one(self, athlete: Athlete, own: Sequence[BatchLine], declaration: Declaration) -> None:
        said = replace(declaration, athlete_id=athlete.athlete_id)
        try:
            screening = await self._intakes[athlete.athlete_id].finish(lambda: said)
        except UsecaseError as error:
            for line in own:
                line.problem = error.message
        else:
            for line in own:
                line.screening_id = screening.screening_id

    async def _open(self, athlete: Athlete) -> Intake:
        if athlete.athlete_id not in self._intakes:
            await asyncio.to_thread(require_room, self.actor, self.services, more=len(self._intakes) + 1)
            self._intakes[athlete.athlete_id] = await self._stack.enter_async_context(Intake(self.actor, self.services))
        return self._intakes[athlete.athlete_id]
