"""One leg of a finished screening filmed again, or added: the other leg stays as it was measured, and both are compared anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.assessment.measurement import Side
from app.ports.outage import OutageError
from app.ports.records import UnitOfWork
from app.ports.screenings import Attempt, LegResult, Screening
from app.usecases.access import Actor, require_measurable, require_own_work
from app.usecases.clip_errors import SameClipAgainError, SameClipTwiceError
from app.usecases.corrections import begin_version
from app.usecases.errors import OtherLegBusyError, UsecaseError
from app.usecases.keys import clip_key
from app.usecases.services import Services


def put_leg(
    actor: Actor,
    screening: Screening,
    attempt: Attempt,
    clip: Path,
    reason: str,
    services: Services,
    *,
    beside: Callable[[UnitOfWork], None] = lambda _: None,
) -> None:
    """Put the clip of one leg in the place of what was there of it, and have the screening analysed again; `beside` is remembered in the same go.

    The clip comes into a folder of its own, then the row names it, then the folder of before goes: what a crash leaves of either is no row's, and is swept.
    """
    if screening.state not in {"done", "failed"}:
        raise OtherLegBusyError
    _require_new(screening, attempt)
    with services.open_records() as records:
        if screening.attempt(attempt.side) is not None:
            require_own_work(actor, screening, records)
        require_measurable(actor, screening.athlete_id, records, services)
    before, others = screening.attempt(attempt.side), tuple(other for other in screening.attempts if other.side != attempt.side)
    folder = f"{attempt.side}.{services.new_id()}"
    key = clip_key(screening.screening_id, folder)
    services.clips.put_file(key, clip)
    try:
        begin_version(actor, screening, reason, services, attempts=(*others, replace(attempt, folder=folder, clip_key=key)), beside=beside)
    except UsecaseError:
        services.clips.erase_folder(screening.screening_id, folder)
        raise
    if before is not None:
        with suppress(OSError, OutageError):  # the new clip is remembered; the sweep tries again
            services.clips.erase_folder(screening.screening_id, before.folder)


def build_attempt(screening_id: str, side: Side, *, clip_name: str, sha256: str, size_bytes: int, furthest: bool = False) -> Attempt:
    """Return the attempt of a clip that lies where its screening keeps it."""
    return Attempt(side=side, clip_name=clip_name, sha256=sha256, size_bytes=size_bytes, furthest=furthest, clip_key=clip_key(screening_id, side))


def find_open_half(athlete_id: str, side: Side, since: datetime, services: Services) -> Screening | None:
    """Return the newest screening of an athlete since a time when this leg is what it lacks: a clip of it belongs there, so that both legs are compared."""
    with services.open_records() as records:
        newest = _list_newest(records.results_of([athlete_id], since=since))
        lacks = newest and all(result.side != side or _is_without_number(result) for result in newest)
        return records.find_screening(newest[0].screening_id) if lacks else None


def _list_newest(results: Sequence[LegResult]) -> list[LegResult]:
    return [result for result in results if result.screening_id == results[-1].screening_id]


def _is_without_number(result: LegResult) -> bool:
    return result.state in {"done", "failed"} and (result.numbers is None or result.numbers.toe_to_wall_cm is None)


def _require_new(screening: Screening, attempt: Attempt) -> None:
    for other in screening.attempts:
        if other.sha256 == attempt.sha256:
            raise SameClipAgainError if other.side == attempt.side else SameClipTwiceError
