"""Putting a finished screening right: each change makes a new version of its report, by somebody and for a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from app.assessment.measurement import Side
from app.ports.jobs import QueueUnavailableError
from app.ports.records import UnitOfWork
from app.ports.reports import Document, ReportVersion
from app.ports.screenings import Attempt, Screening
from app.usecases.access import Actor, require_athlete, require_measurable, require_own_work
from app.usecases.clip_errors import ClipGoneError
from app.usecases.errors import MalformedSubmissionError, NoSuchLegError, NotFinishedError, UnknownVersionError
from app.usecases.services import Services
from app.usecases.turns import enqueue

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class VersionNote:
    """Which version of a report, when it was made, by whom (an e-mail address) and why; the first was made by nobody for no reason."""

    number: int
    made_at: datetime
    by: str | None
    reason: str | None


def analyse_again(actor: Actor, screening: Screening, reason: str, services: Services) -> None:
    """Have the kept clips analysed once more, by the model of today; points that were set by hand are read off the picture again."""
    _require_clips(screening, [attempt.side for attempt in screening.attempts])
    as_seen = tuple(replace(attempt, by_hand=None, measurement=None, numbers=None) for attempt in screening.attempts)
    begin_version(actor, screening, reason, services, attempts=as_seen)


def move_legs(actor: Actor, screening: Screening, reason: str, services: Services) -> None:
    """Take every kept clip for one of the other leg: left becomes right, and right left; then they are analysed again."""
    require_finished(screening)
    _require_clips(screening, [attempt.side for attempt in screening.attempts])
    begin_version(actor, screening, reason, services, attempts=[_move_attempt(attempt) for attempt in screening.attempts])


def erase_leg(actor: Actor, screening: Screening, side: Side, reason: str, services: Services) -> None:
    """Forget one leg, in earlier versions too; the report is made anew from the other."""
    with services.open_records() as records:
        require_own_work(actor, screening, records)
    gone, rest = screening.attempt(side), tuple(attempt for attempt in screening.attempts if attempt.side != side)
    if gone is None:
        raise NoSuchLegError(side, found="no clip")
    if not rest:
        raise MalformedSubmissionError(("found the only leg of the screening; expected to erase the whole screening instead",))
    begin_version(actor, screening, reason, services, attempts=rest, forget=True)
    services.clips.erase_folder(screening.screening_id, gone.folder)


def move_to_athlete(actor: Actor, screening: Screening, athlete_id: str, services: Services) -> None:
    """Say that the legs are another athlete's; both must be ones whom the actor sees. Repeats go along."""
    if screening.repeat_of is not None:
        raise MalformedSubmissionError(("found a repeat; expected the screening that it repeats, with which it goes along",))
    with services.open_records() as records:
        require_own_work(actor, screening, records)
        require_athlete(actor, athlete_id, records)
        require_measurable(actor, athlete_id, records, services)
        records.set_athlete(screening.screening_id, athlete_id)
        records.commit()


def list_versions(screening_id: str, services: Services) -> list[VersionNote]:
    """Versions of a report, oldest first."""
    with services.open_records() as records:
        versions = records.reports.list_versions(screening_id)
        emails = {account.account_id: account.email for account in records.accounts.list_all()}
    return [_build_note(version, emails) for version in versions]


def find_version(screening_id: str, number: int, services: Services) -> Document:
    """Return one version of a report; raise `UnknownVersionError` when there is none of that number."""
    with services.open_records() as records:
        versions = records.reports.list_versions(screening_id)
    found = next((version.document for version in versions if version.number == number), None)
    if found is None:
        raise UnknownVersionError(number=number, known=tuple(version.number for version in versions))
    return found


def begin_version(
    actor: Actor,
    screening: Screening,
    reason: str,
    services: Services,
    *,
    attempts: Sequence[Attempt] | None = None,
    forget: bool = False,
    beside: Callable[[UnitOfWork], None] = lambda _: None,
) -> None:
    """Remember who does it and why, and whatever belongs `beside` it, in one go; then have the analysis begun anew."""
    require_finished(screening)
    with services.open_records() as records:
        number = records.reports.begin_version(screening.screening_id, changed_by=actor.account_id, reason=reason)
        if attempts is not None:
            records.replace_attempts(screening.screening_id, attempts)
        if forget:
            records.reports.forget(screening.screening_id)
        beside(records)
        records.set_state(screening.screening_id, "queued")
        records.commit()
    with suppress(QueueUnavailableError):  # the reconciler enqueues what is remembered
        enqueue(screening.screening_id, number, services)


def require_finished(screening: Screening) -> None:
    """Raise `NotFinishedError` while a screening is being analysed."""
    if screening.state not in {"done", "failed"}:
        raise NotFinishedError(state=screening.state)


def _require_clips(screening: Screening, sides: Sequence[Side]) -> None:
    gone = [side for side in sides if (attempt := screening.attempt(side)) is not None and attempt.clip_key is None]
    if gone:
        raise ClipGoneError(gone[0])


def _move_attempt(attempt: Attempt) -> Attempt:
    """Return the same clip as one of the other leg; its files stay in their folder, so that there is nothing to be carried about."""
    return replace(attempt, side=_OTHER[attempt.side], measurement=None, numbers=None, by_hand=None, share_done=0.0, activity="waiting")


def _build_note(version: ReportVersion, emails: dict[str, str]) -> VersionNote:
    by = None if version.changed_by is None else emails.get(version.changed_by, "an erased account")
    return VersionNote(version.number, version.made_at, by, version.reason)
