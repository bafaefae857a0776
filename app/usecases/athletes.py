"""Athletes: adding, finding, changing and erasing them, and what they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.assessment.measurement import Side
from app.ports.people import Athlete, Consent, Consenter, Look, Sex
from app.usecases.access import Actor, list_coached, needs_guardian, require_athlete, require_erasable, require_filmed, require_squad
from app.usecases.account_errors import NotAllowedError
from app.usecases.errors import MalformedSubmissionError
from app.usecases.foot_lengths import note_typed
from app.usecases.screenings import erase_files
from app.usecases.services import Services
from app.usecases.waiting import forget_waiting_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteDetails:
    """What is said about an athlete; only the name must be."""

    name: str
    foot_length_cm: float | None = None
    height_cm: float | None = None
    dominant_leg: Side | None = None
    injuries: str | None = None
    under_18: bool | None = None
    year_of_birth: int | None = None
    sex: Sex | None = None

    def fields(self) -> dict[str, object]:
        """Return the same by name."""
        return {name: getattr(self, name) for name in AthleteDetails.__slots__}


def add_athlete(actor: Actor, details: AthleteDetails, squad_id: str | None, services: Services) -> Athlete:
    """Remember a new athlete, in a squad where one is named; a coach sees only who is in a squad of theirs, so theirs must be named."""
    with services.open_records() as records:
        if squad_id is None and not actor.sees_all:
            raise MalformedSubmissionError(("squad_id: found none; expected a squad that you coach",))
        athlete = build_athlete(details, services)
        records.athletes.add(athlete)
        if squad_id is not None:
            records.squads.join(require_squad(actor, squad_id, records).squad_id, athlete.athlete_id)
        records.commit()
    return athlete


def build_athlete(details: AthleteDetails, services: Services) -> Athlete:
    """Return a new athlete, not yet remembered."""
    now = services.clock.now()
    return note_typed(Athlete(athlete_id=services.new_id(), created_at=now, **details.fields()), None, now)  # type: ignore[arg-type] # the same names and types


def change_athlete(actor: Actor, athlete: Athlete, details: AthleteDetails, services: Services) -> Athlete:
    """Keep what is said now in place of what was said before."""
    if actor.kind == "athlete" and (details.under_18, details.year_of_birth) != (athlete.under_18, athlete.year_of_birth):
        raise NotAllowedError("change whether a guardian must agree", advice="Leave age and year of birth as they are, or ask your coach.")
    changed = note_typed(replace(athlete, **details.fields()), athlete, services.clock.now())  # type: ignore[arg-type] # the same names and types
    with services.open_records() as records:
        records.athletes.change(changed)
        records.commit()
    return changed


def choose_baseline(athlete: Athlete, since: datetime | None, services: Services) -> Athlete:
    """Take the baseline of every number from some session on, or the usual one."""
    changed = replace(athlete, baseline_from=since)
    with services.open_records() as records:
        records.athletes.change(changed)
        records.commit()
    return changed


def list_athletes(actor: Actor, services: Services) -> Sequence[Athlete]:
    """Athletes whom the actor may see, by name."""
    with services.open_records() as records:
        if actor.sees_all:
            return records.athletes.list_all()
        if actor.athlete_id is not None:
            return [] if actor.kind == "link" else [require_athlete(actor, actor.athlete_id, records)]
        return list_coached(actor, records)


def find_athlete(actor: Actor, athlete_id: str, services: Services) -> Athlete:
    """Return an athlete whom the actor may see; raise `UnknownAthleteError` otherwise."""
    with services.open_records() as records:
        return require_athlete(actor, athlete_id, records)


def find_filmed(actor: Actor, athlete_id: str, services: Services) -> Athlete:
    """Return an athlete of whom the actor may hand in clips; raise `UnknownAthleteError` otherwise."""
    with services.open_records() as records:
        return require_filmed(actor, athlete_id, records)


def erase_athlete(actor: Actor, athlete_id: str, services: Services) -> None:
    """Forget an athlete with everything of theirs: rows first, so that running analyses notice, then files and waiting jobs."""
    with services.open_records() as records:
        athlete = require_erasable(actor, athlete_id, records)
        own = records.screenings_of(athlete_id)
        waiting = forget_waiting_of(athlete, records)
        begun = records.uploads.list_about(athlete_id)
        records.athletes.erase(athlete_id)
        records.commit()
    erase_files([*(screening.screening_id for screening in own), *waiting, *(upload.upload_id for upload in begun)], services)


def record_consent(actor: Actor, athlete_id: str, given_by: Consenter, services: Services) -> Consent:
    """Write down that the athlete, or their guardian, agreed to being filmed and measured; for those under 18 a guardian must."""
    with services.open_records() as records:
        if needs_guardian(require_filmed(actor, athlete_id, records), services) and given_by != "guardian":
            raise MalformedSubmissionError(("given_by: found the athlete's own; expected a guardian's, because the athlete is under 18",))
        if actor.kind == "athlete" and given_by == "guardian":
            raise NotAllowedError("agree for a guardian", advice="A guardian agrees over a link for clips, or the coach notes it.")
        consent = Consent(athlete_id=athlete_id, given_by=given_by, given_at=services.clock.now(), recorded_by=actor.account_id or actor.grant_id)
        records.athletes.put_consent(consent)
        records.commit()
    return consent


def withdraw_consent(actor: Actor, athlete_id: str, services: Services) -> None:
    """Write down that it is taken back; what was measured stays until it is erased, and nothing new is taken."""
    with services.open_records() as records:
        require_athlete(actor, athlete_id, records)
        records.athletes.withdraw_consent(athlete_id)
        records.commit()


def find_consent(athlete_id: str, services: Services) -> Consent | None:
    """Return what was agreed to."""
    with services.open_records() as records:
        return records.athletes.find_consent(athlete_id)


@dataclass(frozen=True, slots=True)
class NamedLook:
    """A look, with the address of the account or what else it was."""

    look: Look
    by: str


def list_looks(actor: Actor, athlete_id: str, services: Services) -> list[NamedLook]:
    """Who looked at an athlete's results, newest first."""
    with services.open_records() as records:
        require_athlete(actor, athlete_id, records)
        looks = records.athletes.looks_at(athlete_id)
        emails = {account.account_id: account.email for account in records.accounts.list_all()}
    return [NamedLook(look, emails.get(look.looker, "a link")) for look in looks]
