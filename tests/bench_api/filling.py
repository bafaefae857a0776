"""A database full of people: one squad for each coach, everybody measured every week, as `tests.trend` draws them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.adapters.sql import tables
from app.assessment.measurement import Side
from app.assessment.trend import TrendPoint
from app.usecases.processing import read_numbers
from tests.bench_api.documents import Documents, head, make_documents
from tests.trend.athletes import AthleteSpec, draw_athlete

SIDES: tuple[Side, ...] = ("left", "right")
_CAMERA_DEG = 1.0
_UNFINISHED = 10
"""Every so-manyth athlete's newest clips wait for the worker."""
_WITH_ACCOUNT = 2
"""Every so-manyth athlete has an account of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is put in: the squad that is asked about, and others beside it."""

    athletes: int = 200
    weeks: int = 52
    other_squads: int = 3
    others: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One athlete, and the number of each leg in each week; the newest week is of today."""

    athlete_id: str
    name: str
    weeks: Mapping[Side, Sequence[TrendPoint]]
    screenings: list[str] = field(default_factory=list)
    unfinished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was put in: the squad that is asked about, and its athletes."""

    squad_id: str
    members: tuple[Member, ...]
    attempts: int
    document_bytes: int


def fill(url: str, size: Size, *, coach_id: str, now: datetime, seed: int = 1) -> Filled:
    """Put people and their weeks in, oldest week first as a year would have done; the squad that is asked about is that of the given coach."""
    rng = np.random.default_rng(seed)
    # documents come as text already: writing each anew would take longer than everything else
    engine = sa.create_engine(url, json_serializer=lambda text: text)
    documents = make_documents()
    squads = [(_draw_id(rng), size.athletes), *((_draw_id(rng), size.others) for _ in range(size.other_squads))]
    everybody = [[_draw_member(number, size.weeks, rng) for number in range(count)] for _, count in squads]
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # packing takes longer than all the rest; packed or not, documents of this size lie in a table of their own, where no list looks
            for column in (tables.attempts.c.measurement, tables.reports.c.document):
                connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ALTER COLUMN {column.name} SET STORAGE EXTERNAL")
        for number, ((squad_id, _), members) in enumerate(zip(squads, everybody, strict=True)):
            _add_people(connection, squad_id, members, coach_id=coach_id if number == 0 else None, now=now)
    flat = [member for members in everybody for member in members]
    for week in range(size.weeks):
        with engine.begin() as connection:
            _add_week(connection, flat, week, now=now, coach_id=coach_id, documents=documents, rng=rng)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # the tests' server does not look after itself, a real one does
    engine.dispose()
    return Filled(
        squad_id=squads[0][0],
        members=tuple(everybody[0]),
        attempts=2 * size.weeks * len(flat),
        document_bytes=len(documents.measurement),
    )


def _draw_id(rng: np.random.Generator) -> str:
    return rng.bytes(16).hex()


def _draw_member(number: int, weeks: int, rng: np.random.Generator) -> Member:
    """Every second leg gains 2 cm; nobody misses a week."""
    drawn = {side: draw_athlete(AthleteSpec(weeks=weeks, change_cm=float(2 * rng.integers(2)), missed=0.0), rng) for side in SIDES}
    unfinished = number % _UNFINISHED == _UNFINISHED - 1
    return Member(athlete_id=_draw_id(rng), name=f"Athlete {number + 1:03d}", weeks=drawn, unfinished=unfinished)


def _add_people(connection: sa.Connection, squad_id: str, members: Sequence[Member], *, coach_id: str | None, now: datetime) -> None:
    begun = now - timedelta(days=400)
    connection.execute(tables.squads.insert().values(squad_id=squad_id, name=f"Squad {squad_id[:4]}", created_at=begun))
    if coach_id is None:
        coach_id = f"c{squad_id[1:]}"
        connection.execute(tables.accounts.insert(), [_account(coach_id, "coach", None, begun)])
    connection.execute(tables.squad_coaches.insert().values(squad_id=squad_id, account_id=coach_id))
    people = [{"athlete_id": member.athlete_id, "name": member.name, "created_at": begun, "foot_length_cm": 26.9} for member in members]
    connection.execute(tables.athletes.insert(), people)
    connection.execute(tables.squad_athletes.insert(), [{"squad_id": squad_id, "athlete_id": member.athlete_id} for member in members])
    connection.execute(tables.consents.insert(), [{"athlete_id": m.athlete_id, "given_by": "athlete", "given_at": begun} for m in members])
    held = [_account(f"a{member.athlete_id[1:]}", "athlete", member.athlete_id, begun) for member in members[::_WITH_ACCOUNT]]
    connection.execute(tables.accounts.insert(), held)


def _account(account_id: str, role: str, athlete_id: str | None, at: datetime) -> dict[str, Any]:
    """Return an account into which nobody can sign in."""
    return {
        "account_id": account_id,
        "email": f"{account_id}@example.org",
        "role": role,
        "password_hash": "$argon2id$v=19$m=65536,t=3,p=4$" + account_id,
        "created_at": at,
        "athlete_id": athlete_id,
    }


def _add_week(
    connection: sa.Connection, members: Sequence[Member], week: int, *, now: datetime, coach_id: str, documents: Documents, rng: np.random.Generator
) -> None:
    """One screening of each athlete, its attempts and report, and the coach's look at it."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {table: [] for table in (tables.screenings, tables.attempts, tables.reports, tables.looks)}
    for number, member in enumerate(members):
        screening_id = _draw_id(rng)
        member.screenings.append(screening_id)
        last = week == len(member.weeks["left"]) - 1
        at = now - timedelta(weeks=len(member.weeks["left"]) - 1 - week, milliseconds=len(members) - number)
        measured = not (member.unfinished and last)
        rows[tables.screenings].append(_screening(screening_id, member, at, "done" if measured else "queued"))
        rows[tables.attempts] += [_attempt(screening_id, side, member.weeks[side][week] if measured else None, documents, rng) for side in SIDES]
        if measured:
            rows[tables.reports].append(_report(screening_id, *(member.weeks[side][week] for side in SIDES), at, documents))  # type: ignore[call-arg] # two sides
        rows[tables.looks].append({"athlete_id": member.athlete_id, "looker": coach_id, "what": "screening", "day": at.astimezone(UTC).date()})
    for table, own in rows.items():
        if own:
            connection.execute(table.insert(), own)


def _screening(screening_id: str, member: Member, at: datetime, state: str) -> dict[str, Any]:
    said = {"footwear": "barefoot", "foot_length_cm": 26.9, "skirting_cm": 0.0, "scale": "auto"}
    return {"screening_id": screening_id, "created_at": at, "state": state, "analysis": 1, "athlete_id": member.athlete_id, **said}


def _attempt(screening_id: str, side: Side, point: TrendPoint | None, documents: Documents, rng: np.random.Generator) -> dict[str, Any]:
    """Return the row, its numbers read off the document as the worker does."""
    clip = {
        "screening_id": screening_id,
        "side": side,
        "clip_name": f"{side}.mp4",
        "sha256": hashlib.sha256(f"{screening_id} {side}".encode()).hexdigest(),
        "size_bytes": 12_000_000,
        "furthest": False,
        "clip_key": f"{screening_id}/{side}/clip",
        "share_done": 0.0 if point is None else 1.0,
        "activity": "waiting" if point is None else "done",
    }
    empty = dict.fromkeys(("measurement", "limit_found", "setting", "status", *_NUMBERS))
    if point is None:
        return clip | empty
    shin = {"value": round(2.0 * point.value.value + 20.0 + float(rng.normal(0, 1.0)), 3), "std": _CAMERA_DEG}
    limit = "lower_bound" if point.lower_bound else "bracketed"
    own = {"toe_to_wall_cm": {"value": point.value.value, "std": point.value.std}, "shin_angle_deg": shin, "limit": limit}
    numbers = read_numbers(documents.about | own)
    columns = {name: getattr(numbers, name) for name in _NUMBERS}
    return clip | columns | {"measurement": head(documents.measurement, **own), "limit_found": limit, "setting": numbers.setting, "status": "measured"}


_NUMBERS = ("toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg")


def _report(screening_id: str, left: TrendPoint, right: TrendPoint, at: datetime, documents: Documents) -> dict[str, Any]:
    difference = left.value - right.value
    return {
        "screening_id": screening_id,
        "created_at": at,
        "document": head(documents.report, difference=difference.value),
        "difference_cm": difference.value,
        "difference_std_cm": difference.std,
        "scope": "reached_today" if left.lower_bound or right.lower_bound else "side_difference",
    }
