"""Clips whose names do not say of whom they are: kept for a day, until a person says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from app.assessment.measurement import Side
from app.ports.jobs import QueueUnavailableError
from app.ports.people import Athlete, Squad
from app.ports.records import UnitOfWork
from app.ports.screenings import Screening
from app.ports.waiting import WaitingClip
from app.usecases.access import Actor, require_measurable
from app.usecases.admission import require_room
from app.usecases.clip_errors import SameClipTwiceError
from app.usecases.errors import MalformedSubmissionError, UnknownAthleteError, UnknownWaitingClipError, UsecaseError
from app.usecases.foot_lengths import use_known_length
from app.usecases.intake import Declaration
from app.usecases.keys import clip_key, waiting_key
from app.usecases.legs import build_attempt, find_open_half, put_leg
from app.usecases.matching import guess_clip, split_words
from app.usecases.services import Services
from app.usecases.turns import enqueue

SHARED = ("footwear", "skirting_cm", "scale", "sheet_ruler_mm", "sheet_margin_mm")
"""What is said about all clips of a batch."""
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A waiting clip, and the half that its name does say."""

    clip: WaitingClip
    athlete: Athlete | None
    side: Side | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Of whom a clip is, as a person says."""

    clip_id: str
    athlete_id: str
    side: Side


@dataclass(slots=True)
class Assigned:
    """What became of a choice: the screening that the clip is part of now, or why it still waits."""

    clip: WaitingClip
    athlete: Athlete
    side: Side
    screening_id: str | None = None
    problem: str | None = None


def list_waiting(squad: Squad, services: Services) -> list[Guess]:
    """Clips of a squad that wait, by name; what has waited too long is no longer shown."""
    with services.open_records() as records:
        athletes = records.squads.athletes_of(squad.squad_id)
        clips = records.waiting.list_of(squad.squad_id)
    return [Guess(clip, *guess_clip(clip.clip_name, athletes)) for clip in clips if not _is_over(clip, services)]


@contextmanager
def lend_waiting(actor: Actor, squad: Squad, clip_id: str, services: Services) -> Iterator[Path]:
    """Lend the clip itself to whoever handed it in, and to who sees everything: it may show a face."""
    with services.open_records() as records:
        clip = _require(squad, clip_id, records, services)
    if not (actor.sees_all or clip.handed_in_by == actor.account_id):
        raise UnknownWaitingClipError
    with _lend(clip, services) as path:
        yield path


def drop_clip(squad: Squad, clip_id: str, services: Services) -> None:
    """Forget a waiting clip."""
    with services.open_records() as records:
        _require(squad, clip_id, records, services)
        records.waiting.erase(clip_id)
        records.commit()
    services.clips.erase_group(clip_id)


def assign_clips(actor: Actor, squad: Squad, choices: Sequence[Choice], services: Services, *, since: datetime) -> list[Assigned]:
    """Hand in what is chosen, both legs of an athlete together, or with the other leg of since then; what is wrong with one does not hold up the others."""
    with services.open_records() as records:
        members = {athlete.athlete_id: athlete for athlete in records.squads.athletes_of(squad.squad_id)}
        if any(choice.athlete_id not in members for choice in choices):
            raise UnknownAthleteError
        lines = [Assigned(_require(squad, choice.clip_id, records, services), members[choice.athlete_id], choice.side) for choice in choices]
    for athlete_id in dict.fromkeys(choice.athlete_id for choice in choices):
        own = [line for line in lines if line.athlete.athlete_id == athlete_id]
        try:
            screening_id = _assign(actor, own, since, services)
        except UsecaseError as error:
            for line in own:
                line.problem = error.message
        else:
            for line in own:
                line.screening_id = screening_id
    return lines


def sweep_waiting(services: Services) -> int:
    """Erase what has waited too long, and what an older copy of the records knows of without its bytes; say how many went."""
    with services.open_records() as records:
        gone = [clip.clip_id for clip in records.waiting.list_all() if _is_over(clip, services) or not _has_bytes(clip, services)]
        for clip_id in gone:
            records.waiting.erase(clip_id)
        records.commit()
    for clip_id in gone:
        services.clips.erase_group(clip_id)
    return len(gone)


def forget_waiting_of(athlete: Athlete, records: UnitOfWork) -> list[str]:
    """Forget every clip that might be an athlete's, of their squads or with a word of their name, and return the ids: nobody has said yet whose it is."""
    squads = {squad.squad_id for squad in records.squads.squads_of(athlete.athlete_id)}
    words = {word for word in split_words(athlete.name) if len(word) >= _SHORTEST_NAME}
    theirs = [clip.clip_id for clip in records.waiting.list_all() if clip.squad_id in squads or words & set(split_words(clip.clip_name))]
    for clip_id in theirs:
        records.waiting.erase(clip_id)
    return theirs


def pick_shared(declaration: Declaration) -> dict[str, object]:
    """Return what was said about all clips of a batch, and in which language, to be kept with each that waits."""
    said = asdict(declaration)
    return {name: said[name] for name in (*SHARED, "language")}


def _assign(actor: Actor, own: Sequence[Assigned], since: datetime, services: Services) -> str:
    if len({line.side for line in own}) < len(own):
        raise MalformedSubmissionError((f"found two clips of one leg of {own[0].athlete.name}; expected one of each",))
    if len({line.clip.sha256 for line in own}) < len(own):
        raise SameClipTwiceError
    half = find_open_half(own[0].athlete.athlete_id, own[0].side, since, services) if len(own) == 1 else None
    clip, side = own[0].clip, own[0].side
    if half is None or any(getattr(half, name) != clip.said[name] for name in SHARED):  # measured under what was said of another clip, it would be wrong
        return _hand_in(actor, own, services)
    attempt = build_attempt(half.screening_id, side, clip_name=clip.clip_name, sha256=clip.sha256, size_bytes=clip.size_bytes)
    with _lend(clip, services) as path:
        put_leg(actor, half, attempt, path, "The clip of this leg was told by hand whose it is.", services, beside=partial(_end_waiting, own))
    services.clips.erase_group(clip.clip_id)
    return half.screening_id


def _hand_in(actor: Actor, own: Sequence[Assigned], services: Services) -> str:
    """Copy the bytes first: a crash before the rows are there leaves clips that still wait, and copies that are swept."""
    require_room(actor, services)
    athlete, first = own[0].athlete, own[0].clip
    screening = _build_screening(actor, athlete, own, first.said, services.new_id(), services.clock.now())

    def remember(records: UnitOfWork) -> None:
        require_measurable(actor, athlete.athlete_id, records, services)
        records.add_screening(screening)

    try:
        for line in own:
            with _lend(line.clip, services) as path:
                services.clips.put_file(clip_key(screening.screening_id, line.side), path)
        _finish(own, services, remember)
    except UsecaseError:
        services.clips.erase_group(screening.screening_id)
        raise
    with suppress(QueueUnavailableError):  # the reconciler enqueues what is remembered
        enqueue(screening.screening_id, screening.analysis, services)
    return screening.screening_id


def _finish(own: Sequence[Assigned], services: Services, remember: Callable[[UnitOfWork], None]) -> None:
    with services.open_records() as records:
        remember(records)
        _end_waiting(own, records)
        records.commit()
    for line in own:
        services.clips.erase_group(line.clip.clip_id)


def _end_waiting(own: Sequence[Assigned], records: UnitOfWork) -> None:
    for line in own:
        if not records.waiting.erase(line.clip.clip_id):
            raise UnknownWaitingClipError


def _build_screening(actor: Actor, athlete: Athlete, own: Sequence[Assigned], said: Mapping[str, object], screening_id: str, now: datetime) -> Screening:
    attempts = [build_attempt(screening_id, line.side, clip_name=line.clip.clip_name, sha256=line.clip.sha256, size_bytes=line.clip.size_bytes) for line in own]
    shared = Declaration(**{name: said[name] for name in SHARED})  # type: ignore[arg-type] # what `pick_shared` has kept
    screening = Screening(
        screening_id=screening_id,
        created_at=now,
        foot_length_cm=None,
        height_cm=None,
        attempts=tuple(sorted(attempts, key=lambda attempt: attempt.side)),
        athlete_id=athlete.athlete_id,
        handed_in_by=actor.account_id or actor.grant_id,
        language=str(said.get("language", "en")),
        **{name: getattr(shared, name) for name in SHARED},
    )
    return use_known_length(screening, athlete)


@contextmanager
def _lend(clip: WaitingClip, services: Services) -> Iterator[Path]:
    if not _has_bytes(clip, services):
        raise UnknownWaitingClipError
    with services.clips.lend(waiting_key(clip.clip_id)) as path:
        yield path


def _has_bytes(clip: WaitingClip, services: Services) -> bool:
    return services.clips.holds(waiting_key(clip.clip_id))


def _is_over(clip: WaitingClip, services: Services) -> bool:
    return (services.clock.now() - clip.received_at).total_seconds() >= services.limits.waiting_clips_kept_s


def _require(squad: Squad, clip_id: str, records: UnitOfWork, services: Services) -> WaitingClip:
    clip = records.waiting.find(clip_id)
    if clip is None or clip.squad_id != squad.squad_id or _is_over(clip, services):
        raise UnknownWaitingClipError
    return clip
