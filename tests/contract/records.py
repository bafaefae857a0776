"""Records of every kind, and what is put into them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.sql.records import SqlUnitOfWork
from app.ports.people import Athlete
from app.ports.records import UnitOfWork
from app.ports.screenings import Attempt, Gravity, Screening
from tests.contract.conftest import DATABASES
from tests.fakes.records import FakeRecords

Open = Callable[[], UnitOfWork]
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ANNA = Athlete(athlete_id="x", name="Anna", created_at=AT, foot_length_cm=24.5, foot_length_std_cm=0.3, foot_length_origin="learnt", foot_length_since=AT)
BEN = Athlete(athlete_id="w", name="Ben", created_at=AT)


@pytest.fixture(params=["fake", *DATABASES])
def open_records(request: pytest.FixtureRequest) -> Open:
    """Each unit of work in turn; the tables are made by the migrations."""
    if request.param == "fake":
        return FakeRecords().open
    engine = request.getfixturevalue(f"{request.param}_engine")
    return lambda: SqlUnitOfWork(engine)


def make_screening(screening_id: str = "a", *, minutes: int = 0) -> Screening:
    """Return a screening with both sides."""
    attempts = tuple(
        Attempt(
            side=side,
            clip_name=f"{side}.mp4",
            sha256="0" * 64,
            size_bytes=10,
            furthest=side == "left",
            clip_key=f"{screening_id}/{side}/clip",
            gravity=Gravity(down=(0.0, 1.0, 0.0), spread_deg=0.2, samples=300, screen_deg=0) if side == "left" else None,
        )
        for side in ("left", "right")
    )
    return Screening(
        screening_id=screening_id,
        created_at=AT + timedelta(minutes=minutes),
        footwear="shod",
        foot_length_cm=26.5,
        height_cm=None,
        skirting_cm=1.5,
        sheet_ruler_mm=97.0,
        sheet_margin_mm=19.0,
        foot_length_std_cm=0.31,
        foot_length_origin="learnt",
        protocol_version=2,
        scale="auto",
        attempts=attempts,
    )


def add(open_records: Open, *screenings: Screening) -> None:
    """Remember screenings."""
    with open_records() as records:
        for screening in screenings:
            records.add_screening(screening)
        records.commit()


def find(open_records: Open, screening_id: str = "a") -> Screening | None:
    """Look one up."""
    with open_records() as records:
        return records.find_screening(screening_id)


def do_meanwhile(action: Callable[[UnitOfWork], object], open_records: Open) -> Future[None]:
    """Do and commit something from elsewhere, which may have to wait for what is under way here."""

    def act() -> None:
        with open_records() as records:
            action(records)
            records.commit()

    pool = ThreadPoolExecutor(1)
    began = pool.submit(act)
    pool.shutdown(wait=False)
    wait([began], 0.2)
    return began
