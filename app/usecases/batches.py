"""Clips of a whole squad in one go: each file finds its athlete by its name, and what is wrong with one does not hold up the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from app.assessment.measurement import Side
from app.ports.people import Athlete
from app.usecases.access import Actor
from app.usecases.errors import ScreeningError
from app.usecases.intake import Declaration, Intake, clean_name
from app.usecases.matching import NoMatchError, match_clip
from app.usecases.services import Services


@dataclass(slots=True)
class BatchLine:
    """What became of one file: whose leg it is and in which screening, or why it was left out."""

    file_name: str
    athlete: Athlete | None = None
    side: Side | None = None
    screening_id: str | None = None
    problem: str | None = None


@dataclass(slots=True)
class Batch:
    """Many files on their way in; of what is not finished nothing is kept."""

    athletes: Sequence[Athlete]
    actor: Actor
    services: Services
    lines: list[BatchLine] = field(default_factory=list)
    _intakes: dict[str, Intake] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def take_clip(self, file_name: str, chunks: AsyncIterator[bytes]) -> None:
        """Store one file for whom its name says; what cannot be taken is noted and passed over."""
        await self._take(file_name, lambda intake, side: intake.take_clip(side, file_name, chunks))

    async def take_upload(self, file_name: str, upload_id: str) -> None:
        """Take one file that came piece by piece, in the same way."""
        await self._take(file_name, lambda intake, side: intake.take_upload(side, upload_id, file_name))

    async def _take(self, file_name: str, take: Callable[[Intake, Side], Awaitable[None]]) -> None:
        line = BatchLine(clean_name(file_name))
        self.lines.append(line)
        try:
            match = match_clip(file_name, self.athletes)
            if any((other.athlete, other.side) == (match.athlete, match.side) and other.problem is None for other in self.lines):
                raise NoMatchError(f"found a second clip of the {match.side} leg of {match.athlete.name}; expected one of each leg")  # noqa: TRY301 - one way out
            line.athlete, line.side = match.athlete, match.side
            intake = await self._open(match.athlete)
            await take(intake, match.side)
        except NoMatchError as error:
            line.problem = str(error)
        except ScreeningError as error:
            line.problem = error.message

    async def finish(self, declaration: Declaration) -> list[BatchLine]:
        """Remember the screening of each athlete and have it analysed."""
        for athlete in self.athletes:
            own = [line for line in self.lines if line.athlete is not None and line.athlete.athlete_id == athlete.athlete_id and line.problem is None]
            if own:
                await self._finish_one(athlete, own, declaration)
        return self.lines

    async def _finish_one(self, athlete: Athlete, own: Sequence[BatchLine], declaration: Declaration) -> None:
        said = replace(declaration, athlete_id=athlete.athlete_id)
        try:
            screening = await self._intakes[athlete.athlete_id].finish(lambda: said)
        except ScreeningError as error:
            for line in own:
                line.problem = error.message
        else:
            for line in own:
                line.screening_id = screening.screening_id

    async def _open(self, athlete: Athlete) -> Intake:
        if athlete.athlete_id not in self._intakes:
            self._intakes[athlete.athlete_id] = await self._stack.enter_async_context(Intake(self.actor, self.services))
        return self._intakes[athlete.athlete_id]
