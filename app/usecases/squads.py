"""Squads: who is in them, who coaches them, a roster brought in at once, and how everybody stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.assessment.exceedance import EXCEEDANCE, compute_exceedance, count_false_flags
from app.assessment.measurement import Side
from app.ports.accounts import Account
from app.ports.people import Athlete, Squad
from app.ports.records import UnitOfWork
from app.ports.reports import Difference, Document
from app.ports.screenings import LegResult, State
from app.usecases.access import Actor, note_looks, require_athlete, require_squad
from app.usecases.account_errors import UnknownAccountError
from app.usecases.athletes import AthleteDetails, build_athlete
from app.usecases.errors import UnknownSquadError
from app.usecases.services import Services
from calibration.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one athlete stands: their newest finished screening; probabilities only where both legs show how far the ankle goes."""

    athlete: Athlete
    screening_id: str | None = None
    at: datetime | None = None
    legs: dict[Side, LegResult]
    difference: Difference | None = None
    beyond_small: float | None = None
    beyond_large: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadTable:
    """A squad sorted by how likely the legs differ; and how many of those named at each size will be named by chance."""

    squad: Squad
    standings: tuple[Standing, ...]
    named_small: int
    named_large: int
    false_small: float
    false_large: float


def add_squad(actor: Actor, name: str, services: Services) -> Squad:
    """Make a squad; a coach who makes it coaches it."""
    squad = Squad(squad_id=services.new_id(), name=name, created_at=services.clock.now())
    with services.open_records() as records:
        records.squads.add(squad)
        if actor.account_id is not None:
            records.squads.put_coach(squad.squad_id, actor.account_id)
        records.commit()
    return squad


def list_squads(actor: Actor, services: Services) -> Sequence[Squad]:
    """Squads that the actor coaches, by name."""
    with services.open_records() as records:
        return records.squads.list_all() if actor.sees_all else records.squads.coached_by(actor.account_id or "")


def list_members(squad_id: str, services: Services) -> Sequence[Athlete]:
    """Athletes of a squad, by name."""
    with services.open_records() as records:
        return records.squads.athletes_of(squad_id)


def erase_squad(squad_id: str, services: Services) -> None:
    """Forget a squad with the clips that wait in it; its athletes stay."""
    with services.open_records() as records:
        waiting = [clip.clip_id for clip in records.waiting.list_of(squad_id)]
        records.squads.erase(squad_id)
        records.commit()
    for clip_id in waiting:
        services.clips.erase_group(clip_id)


def join_squad(actor: Actor, squad_id: str, athlete_id: str, services: Services) -> None:
    """Put an athlete whom the actor may see into a squad."""
    with services.open_records() as records:
        require_athlete(actor, athlete_id, records)
        records.squads.join(squad_id, athlete_id)
        records.commit()


def leave_squad(squad_id: str, athlete_id: str, services: Services) -> None:
    """Take an athlete out of a squad."""
    with services.open_records() as records:
        records.squads.leave(squad_id, athlete_id)
        records.commit()


def quit_squad(actor: Actor, athlete: Athlete, squad_id: str, services: Services) -> None:
    """Take an athlete out of a squad of theirs that the actor knows of, as they or whoever sees them wish: its coaches see them no longer."""
    with services.open_records() as records:
        if not any(squad.squad_id == squad_id and _knows(actor, squad, records) for squad in records.squads.squads_of(athlete.athlete_id)):
            raise UnknownSquadError
        records.squads.leave(squad_id, athlete.athlete_id)
        records.commit()


def list_coaches(squad_id: str, services: Services) -> list[Account]:
    """Accounts that coach a squad, by address."""
    with services.open_records() as records:
        ids = records.squads.coaches_of(squad_id)
        return [account for account in records.accounts.list_all() if account.account_id in ids]


def drop_coach(squad_id: str, account_id: str, services: Services) -> None:
    """Let an account no longer coach a squad."""
    with services.open_records() as records:
        if account_id not in records.squads.coaches_of(squad_id):
            raise UnknownAccountError
        records.squads.drop_coach(squad_id, account_id)
        records.commit()


def import_roster(actor: Actor, squad_id: str, roster: Sequence[AthleteDetails], services: Services) -> list[Athlete]:
    """Add everybody of a roster to a squad, or nobody when anything goes wrong; who is in it by the same name is left as they are."""
    with services.open_records() as records:
        require_squad(actor, squad_id, records)
        known = {athlete.name.casefold() for athlete in records.squads.athletes_of(squad_id)}
        added = [build_athlete(details, services) for details in roster if details.name.casefold() not in known]
        for athlete in added:
            records.athletes.add(athlete)
            records.squads.join(squad_id, athlete.athlete_id)
        records.commit()
    return added


def build_table(actor: Actor, squad: Squad, services: Services) -> SquadTable:
    """Return how everybody of a squad stands, whoever is likeliest to differ first, who was not measured last; that somebody looked is remembered."""
    with services.open_records() as records:
        athletes = records.squads.athletes_of(squad.squad_id)
        legs = _group(records.latest_results(squad.squad_id))
        differences = records.reports.differences_of([result.screening_id for own in legs.values() for result in own[:1]])
        note_looks(actor, [athlete.athlete_id for athlete in athletes], "squad", records, services)
        records.commit()
    standings = [_build_standing(athlete, legs.get(athlete.athlete_id, []), differences) for athlete in athletes]
    standings.sort(key=lambda each: (-(each.beyond_small if each.beyond_small is not None else -1.0), each.at is None, each.athlete.name))
    small = [each.beyond_small for each in standings if each.beyond_small is not None]
    large = [each.beyond_large for each in standings if each.beyond_large is not None]
    return SquadTable(
        squad=squad,
        standings=tuple(standings),
        named_small=sum(probability >= EXCEEDANCE.flagged_from for probability in small),
        named_large=sum(probability >= EXCEEDANCE.flagged_from for probability in large),
        false_small=count_false_flags(small),
        false_large=count_false_flags(large),
    )


def _group(results: Sequence[LegResult]) -> dict[str, list[LegResult]]:
    grouped: dict[str, list[LegResult]] = {}
    for result in results:
        grouped.setdefault(result.athlete_id, []).append(result)
    return grouped


def _build_standing(athlete: Athlete, legs: Sequence[LegResult], differences: Mapping[str, Difference]) -> Standing:
    if not legs:
        return Standing(athlete=athlete, legs={})
    found = differences.get(legs[0].screening_id)
    both = found is not None and found.scope == "side_difference"
    quantity = Quantity(found.value_cm, found.std_cm, "cm") if found is not None and both else None
    return Standing(
        athlete=athlete,
        screening_id=legs[0].screening_id,
        at=legs[0].created_at,
        legs={leg.side: leg for leg in legs},
        difference=found,
        beyond_small=None if quantity is None else compute_exceedance(quantity, EXCEEDANCE.small_cm),
        beyond_large=None if quantity is None else compute_exceedance(quantity, EXCEEDANCE.large_cm),
    )


@dataclass(frozen=True, slots=True)
class BoardLine:
    """What today's newest screening of one athlete is doing; `missing` names the legs that need filming (again), `refusals` what was found on them."""

    athlete: Athlete
    screening_id: str | None
    state: State | None
    missing: tuple[Side, ...]
    refusals: Mapping[Side, Document] = field(default_factory=dict)

    @property
    def is_busy(self) -> bool:
        """Whether something of today is still to be measured."""
        return self.state in {"queued", "running"}


def build_board(squad: Squad, since: datetime, services: Services) -> list[BoardLine]:
    """Return for everybody of a squad what has been handed in since a time, and which legs are still to be filmed."""
    with services.open_records() as records:
        athletes = records.squads.athletes_of(squad.squad_id)
        results = _group(records.results_of([each.athlete_id for each in athletes], since=since))
        lines = [_build_line(athlete, results.get(athlete.athlete_id, [])) for athlete in athletes]
        retakes = [line.screening_id for line in lines if line.screening_id is not None and line.state == "done" and line.missing]
        found = records.documents_without_distance(retakes) if retakes else {}
    return [replace(line, refusals={side: found[key] for side in line.missing if (key := (line.screening_id or "", side)) in found}) for line in lines]


def _build_line(athlete: Athlete, results: Sequence[LegResult]) -> BoardLine:
    if not results:
        return BoardLine(athlete, None, None, ("left", "right"))
    done = {result.side for result in results if result.numbers is not None and result.numbers.toe_to_wall_cm is not None}
    coming = {result.side for result in results if result.state in {"queued", "running"}}
    sides: tuple[Side, ...] = ("left", "right")
    return BoardLine(athlete, results[-1].screening_id, results[-1].state, tuple(side for side in sides if side not in done | coming))


def squads_of_athlete(actor: Actor, athlete_id: str, services: Services) -> list[Squad]:
    """Squads of an athlete that the actor may know of."""
    with services.open_records() as records:
        own = records.squads.squads_of(athlete_id)
        return [squad for squad in own if _knows(actor, squad, records)]


def _knows(actor: Actor, squad: Squad, records: UnitOfWork) -> bool:
    return actor.sees_all or actor.athlete_id is not None or actor.account_id in records.squads.coaches_of(squad.squad_id)
