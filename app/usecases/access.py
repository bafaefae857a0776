"""Who calls, and what they may see: every question about it is answered here.

| actor   | sees                                             | may                                                          |
|---------|--------------------------------------------------|--------------------------------------------------------------|
| owner   | everything: the one person of a service without accounts | everything                                           |
| admin   | everything                                       | everything, and accounts                                     |
| coach   | athletes of the squads that they coach           | measure, correct, erase who holds no account of their own    |
| athlete | themselves                                       | measure, correct and erase themselves                        |
| link    | what was handed in over it                       | hand in clips of its athlete                                 |

What somebody may not see does not exist for them: the error is the same as for an id that was never given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.ports.accounts import Account, Grant
from app.ports.people import Athlete, Look, Squad
from app.ports.records import UnitOfWork
from app.ports.screenings import Screening
from app.usecases.account_errors import NotAllowedError
from app.usecases.errors import ConsentMissingError, MalformedSubmissionError, UnknownAthleteError, UnknownScreeningError, UnknownSquadError
from app.usecases.services import Services

ActorKind = Literal["owner", "admin", "coach", "athlete", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who calls, and by which grant."""

    kind: ActorKind
    account_id: str | None = None
    athlete_id: str | None = None
    grant_id: str | None = None
    by_token: bool = False

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden from them."""
        return self.kind in {"owner", "admin"}

    @property
    def coaches(self) -> bool:
        """Whether they look after others."""
        return self.sees_all or self.kind == "coach"


OWNER = Actor(kind="owner")
_ADULT_YEARS = 18
"""Whoever was born so many years ago may still be under 18 on the day."""


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret; 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(secret: str | None, services: Services) -> Actor | None:
    """Return who shows this secret, None when it opens nothing (any more)."""
    if services.access == "open":
        return OWNER
    if not secret:
        return None
    with services.open_records() as records:
        grant = records.accounts.find_grant(hash_secret(secret))
        if grant is None or grant.expires_at <= services.clock.now():
            return None
        account = None if grant.account_id is None else records.accounts.find(grant.account_id)
        if grant.kind == "share" and not _may_still_share(grant, records):
            return None
    return _build_actor(grant, account, services)


def _may_still_share(grant: Grant, records: UnitOfWork) -> bool:
    """Whether whoever made a link still sees its athlete; one that nobody in particular made is good."""
    maker = None if grant.made_by is None else records.accounts.find(grant.made_by)
    if maker is None:
        return grant.made_by is None
    return sees_athlete(Actor(kind=maker.role, account_id=maker.account_id, athlete_id=maker.athlete_id), grant.athlete_id or "", records)


def _build_actor(grant: Grant, account: Account | None, services: Services) -> Actor | None:
    if grant.kind == "share":
        return Actor(kind="link", athlete_id=grant.athlete_id, grant_id=grant.grant_id)
    if grant.kind not in {"session", "token"}:
        return None
    if account is None:
        return Actor(kind="owner", grant_id=grant.grant_id) if services.access == "paired" else None
    by_token = grant.kind == "token"
    return Actor(kind=account.role, account_id=account.account_id, athlete_id=account.athlete_id, grant_id=grant.grant_id, by_token=by_token)


def sees_athlete(actor: Actor, athlete_id: str, records: UnitOfWork) -> bool:
    """Whether an athlete exists for the actor; a link does not look at its athlete, it only hands in."""
    if actor.sees_all:
        return True
    if actor.kind == "athlete":
        return actor.athlete_id == athlete_id
    if actor.kind == "coach" and actor.account_id is not None:
        coached = {squad.squad_id for squad in records.squads.coached_by(actor.account_id)}
        return any(squad.squad_id in coached for squad in records.squads.squads_of(athlete_id))
    return False


def list_coached(actor: Actor, records: UnitOfWork) -> list[Athlete]:
    """Athletes of every squad of a coach, each once, by name."""
    squads = records.squads.coached_by(actor.account_id or "")
    found = {athlete.athlete_id: athlete for squad in squads for athlete in records.squads.athletes_of(squad.squad_id)}
    return sorted(found.values(), key=lambda athlete: (athlete.name, athlete.athlete_id))


def require_athlete(actor: Actor, athlete_id: str, records: UnitOfWork) -> Athlete:
    """Return an athlete whom the actor may see; raise `UnknownAthleteError` otherwise."""
    athlete = records.athletes.find(athlete_id)
    if athlete is None or not sees_athlete(actor, athlete_id, records):
        raise UnknownAthleteError
    return athlete


def require_filmed(actor: Actor, athlete_id: str, records: UnitOfWork) -> Athlete:
    """Return an athlete of whom the actor may hand in clips: those whom they see, and the one of a link."""
    athlete = records.athletes.find(athlete_id)
    if actor.kind == "link" and athlete is not None and actor.athlete_id == athlete_id:
        return athlete
    return require_athlete(actor, athlete_id, records)


def require_erasable(actor: Actor, athlete_id: str, records: UnitOfWork) -> Athlete:
    """Return an athlete whom the actor may erase; somebody with an account of their own is erased by themselves or an admin."""
    athlete = require_athlete(actor, athlete_id, records)
    if actor.kind == "coach" and records.accounts.find_of_athlete(athlete_id) is not None:
        raise NotAllowedError("erase an athlete who holds an account of their own", advice="Take them out of your squads, or ask them or an admin.")
    return athlete


def require_own_work(actor: Actor, screening: Screening, records: UnitOfWork) -> None:
    """Raise `NotAllowedError` when a coach would take away or move what belongs to somebody with an account of their own and came over others."""
    if actor.kind != "coach" or screening.athlete_id is None or screening.handed_in_by == actor.account_id:
        return
    if records.accounts.find_of_athlete(screening.athlete_id) is not None:
        raise NotAllowedError(
            "erase or move what an athlete with an account of their own, or somebody else, handed in", advice="Ask the athlete or an admin to do it."
        )


def require_accounts(services: Services) -> None:
    """Raise `NotAllowedError` where nobody signs in: an account made there would be one for later."""
    if services.access != "accounts":
        raise NotAllowedError("make or look after accounts: nobody signs in here", advice="Start the service with KNEEWALL_AUTH=on.")


def require_screening(actor: Actor, screening_id: str, records: UnitOfWork) -> Screening:
    """Return a screening that the actor may see; raise `UnknownScreeningError` otherwise."""
    screening = records.find_screening(screening_id)
    if screening is None or not _sees_screening(actor, screening, records):
        raise UnknownScreeningError(screening_id)
    return screening


def _sees_screening(actor: Actor, screening: Screening, records: UnitOfWork) -> bool:
    if actor.sees_all:
        return True
    if screening.athlete_id is None:
        return False
    if actor.kind == "link":
        return screening.athlete_id == actor.athlete_id and screening.handed_in_by == actor.grant_id
    return sees_athlete(actor, screening.athlete_id, records)


def may_take_back(actor: Actor, screening: Screening) -> bool:
    """Whether the actor may take back what was typed beside a screening: who handed it in, and who sees everything."""
    return actor.sees_all or (screening.handed_in_by is not None and screening.handed_in_by in {actor.account_id, actor.grant_id})


def require_squad(actor: Actor, squad_id: str, records: UnitOfWork) -> Squad:
    """Return a squad that the actor coaches; raise `UnknownSquadError` otherwise."""
    squad = records.squads.find(squad_id)
    if squad is None or not (actor.sees_all or (actor.kind == "coach" and actor.account_id in records.squads.coaches_of(squad_id))):
        raise UnknownSquadError
    return squad


def require_measurable(actor: Actor, athlete_id: str | None, records: UnitOfWork, services: Services) -> str | None:
    """Return whose clips the actor hands in; where there are accounts, only of people who agreed to it."""
    athlete_id = athlete_id or actor.athlete_id
    if athlete_id is not None:
        require_filmed(actor, athlete_id, records)
    if services.access != "accounts":
        return athlete_id
    if athlete_id is None:
        raise MalformedSubmissionError(("athlete_id: found none; expected whose legs the clips show",))
    athlete, consent = records.athletes.find(athlete_id), records.athletes.find_consent(athlete_id)
    if athlete is None or consent is None or (consent.given_by != "guardian" and needs_guardian(athlete, services)):
        raise ConsentMissingError
    return athlete_id


def needs_guardian(athlete: Athlete, services: Services) -> bool:
    """Whether a guardian must agree for them: under 18 as it is said, or by the year of birth when nothing is said."""
    if athlete.under_18 is None and athlete.year_of_birth is not None:
        return services.clock.now().year - athlete.year_of_birth <= _ADULT_YEARS
    return bool(athlete.under_18)


def note_looks(actor: Actor, athlete_ids: Sequence[str], what: str, records: UnitOfWork, services: Services) -> None:
    """Remember that somebody else than the athletes looked at their results, once `records` are committed."""
    looker = actor.account_id or (actor.grant_id if actor.kind == "link" else None)
    others = [athlete_id for athlete_id in athlete_ids if actor.kind == "link" or actor.athlete_id != athlete_id]
    if looker is not None and others:
        today = services.clock.now().date()
        records.athletes.note_looks([Look(athlete_id=athlete_id, looker=looker, what=what, day=today) for athlete_id in others])
