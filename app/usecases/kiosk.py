"""The board as a tablet at the wall shows it: who is next in the order of the roster, and which legs are to be filmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.assessment.measurement import Side
from app.ports.people import Squad
from app.usecases.access import Actor, require_measurable
from app.usecases.errors import ConsentMissingError
from app.usecases.services import Services
from app.usecases.squads import BoardLine, build_board


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is; `redo` is the screening of today that lacks but one leg, `agreed` whether clips of them may be taken."""

    line: BoardLine
    redo: str | None
    agreed: bool

    @property
    def sides(self) -> tuple[Side, ...]:
        """Legs to be filmed now."""
        return self.line.missing


@dataclass(frozen=True, slots=True)
class Kiosk:
    """Everybody in the order of the roster, and whose turn it is; None when nobody is left, or only who is being measured."""

    lines: tuple[BoardLine, ...]
    turn: Turn | None


def build_kiosk(actor: Actor, squad: Squad, since: datetime, services: Services, *, after: str | None = None) -> Kiosk:
    """Return who is next after an athlete, or from the beginning; after the last one comes the first whose legs are still missing."""
    lines = tuple(sorted(build_board(squad, since, services), key=lambda line: (line.athlete.created_at, line.athlete.name)))
    found = _pick_next(lines, after)
    return Kiosk(lines, None if found is None else Turn(found, _find_redo(found), _is_agreed(actor, found, services)))


def _pick_next(lines: Sequence[BoardLine], after: str | None) -> BoardLine | None:
    place = next((number + 1 for number, line in enumerate(lines) if line.athlete.athlete_id == after), 0)
    return next((line for line in (*lines[place:], *lines[:place]) if line.missing and not line.is_busy), None)


def _find_redo(line: BoardLine) -> str | None:
    return line.screening_id if len(line.missing) == 1 else None


def _is_agreed(actor: Actor, line: BoardLine, services: Services) -> bool:
    with services.open_records() as records:
        try:
            require_measurable(actor, line.athlete.athlete_id, records, services)
        except ConsentMissingError:
            return False
    return True
