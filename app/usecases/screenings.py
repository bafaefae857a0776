"""Looking at a screening, its report and its pictures, and erasing it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.assessment.measurement import Side
from app.ports.jobs import QueueUnavailableError
from app.ports.reports import Document
from app.ports.screenings import AttemptSummary, Screening, ScreeningSummary, Wanted
from app.usecases.access import Actor, list_coached, note_looks, require_athlete, require_own_work, require_screening
from app.usecases.errors import AnalysisFailedError, NoEvidenceError, NoSuchLegError, NotFinishedError, UnknownScreeningError
from app.usecases.keys import overlay_key, still_key
from app.usecases.services import Services

_LOOK_EVERY_S = 0.4
_REPEAT_EVERY_S = 10.0
"""An unchanged state is said again this often, so that a proxy does not close the line."""
_LOOKED_THROUGH = 50
FINAL_STATES = frozenset({"done", "failed"})


@dataclass(frozen=True, slots=True)
class Results:
    """Some screenings of a list, newest first, and what was found on those of their legs that have no distance."""

    screenings: Sequence[ScreeningSummary]
    without_distance: Mapping[tuple[str, Side], Document]


def find_screening(screening_id: str, services: Services) -> Screening:
    """Return the screening; raise `UnknownScreeningError` when there is none."""
    with services.open_records() as records:
        screening = records.find_screening(screening_id)
    if screening is None:
        raise UnknownScreeningError(screening_id)
    return screening


def page_summaries(actor: Actor, wanted: Wanted, services: Services) -> Sequence[ScreeningSummary]:
    """Return what a list says of screenings that the actor may see, newest first; of an athlete whom they may not see there are none."""
    with services.open_records() as records:
        if wanted.after is not None:
            require_screening(actor, wanted.after, records)
        if wanted.athlete_ids is not None:
            for athlete_id in wanted.athlete_ids:
                require_athlete(actor, athlete_id, records)
        elif not actor.sees_all:
            own = [actor.athlete_id] if actor.athlete_id is not None else [athlete.athlete_id for athlete in list_coached(actor, records)]
            wanted = replace(wanted, athlete_ids=tuple(own))
        return records.page_summaries(wanted)


def list_results(actor: Actor, wanted: Wanted, services: Services) -> Results:
    """Return what a list says of screenings with what came of them; that somebody looked at it is remembered for whoever was measured."""
    found = page_summaries(actor, wanted, services)
    seen = {each.athlete_id for each in found if each.athlete_id is not None and any(attempt.status is not None for attempt in each.attempts)}
    with services.open_records() as records:
        note_looks(actor, sorted(seen), "list", records, services)
        records.commit()
        told = [each.screening_id for each in found if any(_lacks_distance(attempt) for attempt in each.attempts)]
        return Results(found, records.documents_without_distance(told) if told else {})


def _lacks_distance(attempt: AttemptSummary) -> bool:
    """Whether the list says why: of a leg that is finished without one."""
    return attempt.status is not None and (attempt.numbers is None or attempt.numbers.toe_to_wall_cm is None)


def find_newest_with_sheet(actor: Actor, services: Services) -> ScreeningSummary | None:
    """Return the newest of the actor's last screenings whose centimetres came from the sheet; who holds a link looks at nothing of other days."""
    if actor.kind == "link":
        return None
    newest = page_summaries(actor, Wanted(most=_LOOKED_THROUGH, state="done"), services)
    return next((each for each in newest if any(attempt.numbers is not None and "scale sheet" in attempt.numbers.setting for attempt in each.attempts)), None)


async def watch_screening(actor: Actor, screening_id: str, services: Services, *, is_over: Callable[[], bool] = lambda: False) -> AsyncIterator[Screening]:
    """Return the screening each time that it changes, up to and with its final state, as long as the actor may see it and it is not over for all."""
    seen: Screening | None = None
    said_s = 0.0
    while not is_over():
        screening = await asyncio.to_thread(_look_again, actor, screening_id, services)
        if screening is None:
            return
        now_s = services.clock.monotonic_s()
        if screening != seen or now_s - said_s >= _REPEAT_EVERY_S:
            seen, said_s = screening, now_s
            yield screening
        if screening.state in FINAL_STATES:
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _look_again(actor: Actor, screening_id: str, services: Services) -> Screening | None:
    """Return the screening, None when it was erased or is no longer the actor's to see."""
    with services.open_records() as records, suppress(UnknownScreeningError):
        return require_screening(actor, screening_id, records)
    return None


def find_report(screening_id: str, services: Services) -> Document:
    """Return the report; raise the error that says why there is none."""
    screening = find_screening(screening_id, services)
    if screening.failure is not None:
        raise AnalysisFailedError(screening.failure.message, advice=screening.failure.advice)
    with services.open_records() as records:
        report = records.reports.find(screening_id)
    if report is None:
        raise NotFinishedError(state=screening.state)
    return report


def find_measurement(screening_id: str, side: Side, services: Services) -> Document:
    """Return the measurement of one side, frame by frame; raise the error that says why there is none."""
    measurement = find_report(screening_id, services)[side]
    if not isinstance(measurement, Mapping) or measurement["status"] != "measured":
        raise NoSuchLegError(side, found="no clip" if measurement is None else "no measurement, only a clip that was refused")
    return measurement


@contextmanager
def lend_evidence(screening_id: str, side: Side, kind: Literal["still", "overlay"], services: Services) -> Iterator[Path]:
    """Lend the file with the key frame or the overlay clip of one side."""
    attempt = find_screening(screening_id, services).attempt(side)
    if attempt is None:
        raise NoEvidenceError(side=side)
    key = still_key(screening_id, attempt) if kind == "still" else overlay_key(screening_id, attempt)
    if not services.clips.holds(key):
        raise NoEvidenceError(side=side)
    with services.clips.lend(key) as path:
        yield path


def read_stills(screening: Screening, services: Services) -> dict[str, bytes]:
    """Return the key frames of the sides that have one, as JPEGs."""
    found: dict[str, bytes] = {}
    for attempt in screening.attempts:
        with suppress(KeyError):
            found[attempt.side] = services.clips.get(still_key(screening.screening_id, attempt))
    return found


def sides_with_evidence(screening: Screening, services: Services) -> tuple[Side, ...]:
    """Sides that have pictures."""
    return tuple(attempt.side for attempt in screening.attempts if services.clips.holds(still_key(screening.screening_id, attempt)))


def erase_screening(actor: Actor, screening_id: str, services: Services) -> None:
    """Forget a screening and its repeats: rows first, so that a running analysis notices and ends by itself, then files and jobs in the queue."""
    screening = find_screening(screening_id, services)
    with services.open_records() as records:
        require_own_work(actor, screening, records)
        erased = (screening, *records.repeats_of(screening_id))
        records.erase_screening(screening_id)
        records.commit()
    erase_files([each.screening_id for each in erased], services)


def erase_files(screening_ids: Sequence[str], services: Services) -> None:
    """Erase the files of screenings whose rows are gone, and take their jobs out of the queue."""
    for screening_id in screening_ids:
        services.clips.erase_group(screening_id)
    with suppress(QueueUnavailableError):  # a step that begins without its screening ends the job, and a job that has ended is swept
        services.jobs.forget(screening_ids)


def worker_is_alive(services: Services) -> bool:
    """Whether a worker has been heard of lately."""
    with services.open_records() as records:
        beat = max(records.crew.list_beats().values(), default=None)
    return beat is not None and (services.clock.now() - beat).total_seconds() <= services.limits.worker_silent_after_s
