"""A service with a season in it, served on a port: weeks of an athlete, a squad with a board, clips that wait, one that is queued, one that was refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from app.adapters.sql.tables import plan_entries, programmes, screenings
from tests.browser.pages import Place, Who
from tests.browser.walking import LEFT
from tests.fakes.bundle import make_clip
from tests.web.people import World, measure, people
from tests.web.serving import wait_for

FIRST_WEEK = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LONG_NAME = "Fritz Obermeier-Lindqvist"


@contextmanager
def serve_app(app: FastAPI) -> Iterator[str]:
    """Serve an application that already runs on a free port; yield its origin."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started, 30, "the server")
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def spread_over_weeks(file: Path, athlete_id: str, changes: dict[int, dict[str, Any]]) -> int:
    """Put an athlete's sessions a week apart, with what was said in some weeks; return how many there are."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        ids = connection.execute(sa.select(screenings.c.screening_id).where(screenings.c.athlete_id == athlete_id)).scalars().all()
        for week, screening_id in enumerate(ids):
            said = {"created_at": FIRST_WEEK + timedelta(weeks=week)} | changes.get(week, {})
            connection.execute(screenings.update().where(screenings.c.screening_id == screening_id).values(**said))
    engine.dispose()
    return len(ids)


@contextmanager
def filled(folder: Path, *, open_origin: str, finished: str) -> Iterator[Place]:
    """Serve the season beside a service without accounts in which one real pair of clips was measured."""
    with people(folder) as world:
        ids = world.ids | {"finished": finished, "nothing": "0" * 32} | _fill(world, folder)
        with serve_app(world.app) as origin:
            named: tuple[Who, ...] = ("nobody", "link", "anna", "coach", "admin")
            origins: dict[Who, str] = dict.fromkeys(named, origin) | {"open": open_origin}
            cookies: dict[Who, str] = {who: str(getattr(world, who).cookies.get("kneewall")) for who in named if who != "nobody"}
            yield Place(origins, cookies, ids)


def _fill(world: World, folder: Path) -> dict[str, str]:
    coach, anna, squad = world.coach, world.ids["anna"], world.ids["squad"]
    for week in range(6):
        measure(world, coach, anna, f"AT LEAST {week}" if week == 3 else f"SHEET {week}")
    weeks: dict[int, dict[str, Any]] = {0: {"footwear": "shod"}, 4: {"circumstances": {"pain": 5, "felt": ["front"]}}}
    spread_over_weeks(folder / "kneewall.sqlite3", anna, weeks)
    typed = [{"measured_on": f"2026-0{month}-01", "side": "left", "kind": "tape_cm", "value": 9 + month / 10} for month in range(1, 5)]
    assert coach.post(f"/api/athletes/{anna}/typed", json={"values": typed}).status_code < 300
    assert coach.put(f"/api/screenings/{world.ids['anna_screening']}/readings/right/inclinometer_deg", json={"value": 38.5}).status_code == 200
    assert coach.post(f"/api/squads/{squad}/roster", content=f"name\nCleo Marchetti\nDora\nEmil\n{LONG_NAME}\n".encode()).status_code == 201
    ids = {each["name"].split()[0].lower(): str(each["id"]) for each in coach.get(f"/api/squads/{squad}/athletes").json()}
    for name in ("dora", "emil", "fritz"):
        assert coach.put(f"/api/athletes/{ids[name]}/consent", json={"given_by": "guardian"}).status_code == 200
    assert coach.put(f"/api/squads/{squad}/athletes/{ids['dora']}/note", json={"text": "ask again " * 20}).status_code == 204
    measure(world, coach, ids["dora"], "Dora")
    _plan(world, ids["dora"], world.folder / "kneewall.sqlite3")
    ids["refused"] = measure(world, coach, ids["emil"], "NOBODY")
    queued = coach.post("/api/screenings", files={"left": ("l.mp4", make_clip("queued"))}, data={"athlete_id": ids["dora"]})
    assert queued.status_code == 202
    ids["queued"] = str(queued.json()["id"])
    held = coach.post(f"/api/squads/{squad}/screenings", files={"clips": ("IMG_20260105_a_long_name.mp4", LEFT.read_bytes())}).json()
    assert held[0]["waiting"]
    ids["reset"] = world.admin.post(f"/api/accounts/{world.ids['anna_account']}/reset").json()["path"].rsplit("/", 1)[1]
    ids["invite"] = world.admin.post("/api/invites", json={"role": "coach"}).json()["path"].rsplit("/", 1)[1]
    return ids


def _plan(world: World, dora: str, file: Path) -> None:
    """Give Anna a plan that her coach changed and three weeks of which are logged, Dora one with a red flag, and the squad a template."""
    anna, squad, today = world.ids["anna"], world.ids["squad"], world.services.clock.now().date()
    said = {"red_flags": [], "pain": 1, "age_group": "adult", "equipment": ["band", "roller", "ball", "step"], "minutes_a_day": 20, "goal": "sport"}
    legs = {"left": {"felt": ["front", "calf"], "traits": ["pinch", "old_sprain"]}, "right": {"felt": ["calf"], "traits": ["arch_collapses"]}}
    plan = world.anna.put(f"/api/athletes/{anna}/programme/answers", json=said | {"legs": legs}).json()["plan"]
    assert world.coach.put(f"/api/athletes/{anna}/programme/overrides", json={"version": 1, "added": [{"exercise": "low_jumps"}]}).status_code == 200
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(programmes.update().values(began=FIRST_WEEK.date()))
        own = {"programme_id": connection.execute(sa.select(programmes.c.programme_id)).scalar_one(), "said_at": FIRST_WEEK}
        for day in (0, 2, 3, 8, 9, 11, 13, 14, 15, 16, 17, 22, 24, 30, 33):
            items = [{"exercise_id": item["exercise"], "mark": "done", "pain": 2} for item in plan["items"][: 1 + day % 3]]
            connection.execute(plan_entries.insert().values(entry_key=f"day-{day}", day=FIRST_WEEK.date() + timedelta(days=day), said={"items": items}, **own))
    engine.dispose()
    log = {"day": today.isoformat(), "items": [{"exercise": plan["items"][0]["exercise"], "mark": "done", "pain": 1}]}
    assert world.anna.post(f"/api/athletes/{anna}/programme/logs", json=log, headers={"Idempotency-Key": "filled-entry"}).status_code == 201
    flagged = world.coach.put(f"/api/athletes/{dora}/programme/answers", json=said | {"red_flags": ["calf_and_breath", "locking"]})
    assert flagged.json()["plan"] is None
    template = {"name": "Before the season", "sport": "running", "minutes_a_day": 10, "overrides": {"added": [{"exercise": "low_jumps"}]}}
    assert world.coach.post(f"/api/squads/{squad}/plans", json=template).status_code == 201
