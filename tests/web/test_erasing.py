"""Erasing leaves nothing: every byte of the data folder, every row of every table and every line of the log is searched for who was erased."""

from __future__ import annotations

import base64
import io
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import structlog

from app.adapters.jobs_dbos import run_jobs
from app.doors import build_documents
from app.ports.passkeys import Passkey
from app.ports.provider import Identity
from app.settings import Settings
from app.usecases.reconciling import sweep_jobs, sweep_orphans
from app.usecases.services import AnalysisServices
from app.wiring import build_steps, configure_logging
from tests.fakes.engine import FakeEngine
from tests.traces import search_database, search_folder
from tests.web.people import World, join, new_client, people, sign_in
from tests.web.serving import wait_for
from tests.web.test_uploads import make_clip

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.postgres import PostgresServer

EMAIL = "zebulon.findme@example.org"
WORDS = ["Zebulon", "findme", "torn-ligament", "first-day-notes", "holiday-clip", "hip-flexor", "second-look", "secret-worry", "unsorted-film"]
WORDS += ["his-own-phone", "his-subject", "second-thoughts", "his-first-entry"]
"""Name, address, injuries, notes, names of clips, what limited the lunge, why it was measured again, a coach's note, a clip of nobody known yet,
a passkey, who he is to a provider, what is in clips that were left half-way, the key of an entry in his plan's log.

Each is somewhere before, and nowhere after.
"""


@dataclass
class Traced:
    """A service with somebody in it who is easy to find, and a worker in the middle of something."""

    world: World
    settings: Settings
    log: io.StringIO
    zebulon: TestClient
    ids: dict[str, str] = field(default_factory=dict)
    engine: FakeEngine = field(default_factory=FakeEngine)
    go_on: threading.Event = field(default_factory=threading.Event)

    def search(self, words: list[str], *, but_table: str = "") -> list[str]:
        """Search the folder and, where it is elsewhere, the database; without one table of it where one is named."""
        if self.settings.database_url is not None:
            return search_folder(self.world.folder, words) + search_database(self.settings.database_url, words, but=[but_table])
        if not but_table:
            return search_folder(self.world.folder, words)
        return search_folder(self.world.folder, words, but=["kneewall.sqlite3"]) + search_rows(self.world.folder / "kneewall.sqlite3", words, but_table)

    def state(self, name: str) -> str:
        """Return the state of one of the screenings."""
        return str(self.zebulon.get(f"/api/screenings/{self.ids[name]}").json()["state"])


def search_rows(file: Path, words: list[str], but_table: str) -> list[str]:
    """Return in which tables of an SQLite file any of the words is found."""
    with sqlite3.connect(file) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if name != but_table]
        texts = {name: str(database.execute(f'SELECT * FROM "{name}"').fetchall()).lower() for name in tables}  # noqa: S608 - names from the file itself
    database.close()
    return [f"{name}: {word}" for name, text in texts.items() for word in words if word.lower() in text]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Return what the service logs, as it is logged when served."""
    before, factory = structlog.get_config(), logging.getLogRecordFactory()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging()
    yield stream
    structlog.configure(**before)
    logging.setLogRecordFactory(factory)


@pytest.fixture(params=["sqlite", "postgresql"])
def traced(request: pytest.FixtureRequest, tmp_path: Path, log: io.StringIO) -> Iterator[Traced]:
    """Fill a service, of each kind of database in turn."""
    if request.param == "sqlite":
        with filled(tmp_path, None, log) as made:
            yield made
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database("erasing") as url, filled(tmp_path, url, log) as made:
        yield made


@contextmanager
def filled(folder: Path, database_url: str | None, log: io.StringIO) -> Iterator[Traced]:
    """Let Zebulon do everything that can be done, while a worker works; in the end it is in the middle of one of his screenings."""
    settings = Settings(data_dir=folder, database_url=database_url)
    with people(folder, database_url, keep_clips_days=30) as world:
        traced = Traced(world, settings, log, new_client(world.app))
        add_zebulon(traced)
        with working(traced):
            hand_in_everything(traced)
            if database_url is not None:
                with sa.create_engine(database_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
                    connection.exec_driver_sql("ANALYZE")
            yield traced
            traced.go_on.set()


@contextmanager
def working(traced: Traced) -> Iterator[None]:
    """Work at the real queue, with an engine that measures nothing."""
    stop = threading.Event()
    steps = build_steps(AnalysisServices(services=traced.world.services, engine=traced.engine, documents=build_documents()))
    thread = threading.Thread(target=run_jobs, args=(traced.settings.jobs_url, steps, stop))
    thread.start()
    try:
        yield
    finally:
        traced.go_on.set()
        stop.set()
        thread.join(30)


def add_zebulon(traced: Traced) -> None:
    """Add him, with consent, an account, a token and a link."""
    world, ids = traced.world, traced.ids
    said = {"name": "Zebulon Findme", "injuries": "torn-ligament", "squad_id": world.ids["squad"]}
    ids["athlete"] = world.coach.post("/api/athletes", json=said).json()["id"]
    assert world.coach.put(f"/api/athletes/{ids['athlete']}/consent", json={"given_by": "athlete"}).status_code == 200
    join(traced.zebulon, world.coach.post(f"/api/athletes/{ids['athlete']}/invites").json()["path"], EMAIL)
    ids["account"] = next(account["id"] for account in world.admin.get("/api/accounts").json() if account["email"] == EMAIL)
    ids["link"] = world.coach.post(f"/api/athletes/{ids['athlete']}/links", json={}).json()["id"]
    noted = world.coach.put(f"/api/squads/{world.ids['squad']}/athletes/{ids['athlete']}/note", json={"text": "secret-worry"})
    assert noted.status_code == 204
    held = world.coach.post(f"/api/squads/{world.ids['squad']}/screenings", files={"clips": ("unsorted-film.mp4", make_clip("waits"))}).json()
    ids["waiting"] = held[0]["waiting"]
    ids["token"] = traced.zebulon.post("/api/account/tokens", json={"label": "findme"}).json()["id"]
    ids["passkey"], ids["identity"] = world.services.new_id(), world.services.new_id()
    with world.services.open_records() as records:
        own = {"account_id": ids["account"], "created_at": world.services.clock.now()}
        key = {"credential_id": b"his-own-phone", "public_key": b"his-own-phone", "sign_count": 1}
        records.passkeys.add(Passkey(passkey_id=ids["passkey"], name="his-own-phone", **key, **own))
        records.identities.add(Identity(identity_id=ids["identity"], issuer="https://id.example.org", subject="his-subject", **own))
        records.commit()
    follow_a_plan(traced)


def follow_a_plan(traced: Traced) -> None:
    """Answer the questions of a home programme, log a day, and have his coach change the plan."""
    programme = f"/api/athletes/{traced.ids['athlete']}/programme"
    assert traced.zebulon.put(f"{programme}/answers", json={"red_flags": [], "pain": 1, "age_group": "adult"}).status_code == 200
    log = {"day": traced.world.services.clock.now().date().isoformat(), "items": [{"exercise": "calf_stretch", "mark": "done", "pain": 1}]}
    assert traced.zebulon.post(f"{programme}/logs", json=log, headers={"Idempotency-Key": "his-first-entry"}).status_code == 201
    assert traced.world.coach.put(f"{programme}/overrides", json={"version": 1, "locked": True}).status_code == 200
    with traced.world.services.open_records() as records:
        traced.ids["programme"] = next(each.programme_id for each in records.programmes.list_all() if each.athlete_id == traced.ids["athlete"])


def hand_in(traced: Traced, name: str, word: str, **said: str) -> None:
    """Hand in the clip of a left leg."""
    data = said or {"athlete_id": traced.ids["athlete"], "notes": "first-day-notes", "limited_by": "hip-flexor", "tape_left_cm": "12.1"}
    answer = traced.zebulon.post("/api/screenings", files={"left": (f"holiday-clip {name}.mp4", make_clip(f"{name} {word}"))}, data=data)
    assert answer.status_code == 202, answer.text
    traced.ids[name] = answer.json()["id"]


def hand_in_everything(traced: Traced) -> None:
    """Screenings that are done, refused, failed, repeated, running and queued, and an upload that breaks off."""
    hand_in(traced, "done", "")
    wait_for(lambda: traced.state("done") == "done", 120, "a report")
    again = {"what": "again", "reason": "second-look"}
    assert traced.zebulon.post(f"/api/screenings/{traced.ids['done']}/corrections", json=again).status_code == 202
    wait_for(lambda: traced.state("done") == "done", 120, "a second report")
    hand_in(traced, "repeat", "", repeat_of=traced.ids["done"])
    hand_in(traced, "refused", "NOBODY")
    hand_in(traced, "failed", "BUG")
    wait_for(lambda: [traced.state(name) for name in ("repeat", "refused", "failed")] == ["done", "done", "failed"], 120, "the ends of three analyses")
    assert traced.world.coach.get(f"/api/screenings/{traced.ids['done']}/report?format=html").status_code == 200
    begin_uploads(traced)
    broken = make_clip("broken")[:1500]
    typed = {"measured_on": "2026-03-01", "side": "left", "kind": "tape_cm", "value": 11.5}
    assert traced.zebulon.post(f"/api/athletes/{traced.ids['athlete']}/typed", json={"values": [typed]}).status_code == 201
    head = b'--x\r\nContent-Disposition: form-data; name="left"; filename="holiday-clip.mp4"\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert traced.zebulon.post("/api/screenings", content=head + broken, headers=kind).status_code == 422
    traced.engine.while_locating = lambda: traced.go_on.wait(60) and None
    hand_in(traced, "running", "")
    wait_for(lambda: traced.state("running") == "running", 120, "the beginning of an analysis")
    hand_in(traced, "queued", "")


def begin_uploads(traced: Traced) -> None:
    """Begin clips that come piece by piece, and leave them: his own, his coach's of him by his name, and one that is all there."""
    name, squad_id = (base64.b64encode(word.encode()).decode() for word in ("zebulon_left.mp4", traced.world.ids["squad"]))
    for kept, client, size, metadata in (
        ("own upload", traced.zebulon, 3000, ""),
        ("coach's upload", traced.world.coach, 3000, f"filename {name},squad_id {squad_id}"),
        ("whole upload", traced.zebulon, 2000, ""),
    ):
        head = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata, "Content-Type": "application/offset+octet-stream"}
        begun = client.post("/api/uploads", content=make_clip(f"second-thoughts {kept}", size=2000), headers=head)
        assert begun.status_code == 201, begun.text
        traced.ids[kept] = begun.headers["location"].rsplit("/", 1)[1]


def settle(traced: Traced) -> None:
    """Let the worker come to its end, and do its upkeep."""
    services = traced.world.services
    traced.go_on.set()
    wait_for(lambda: services.jobs.status(traced.ids["running"], 1) in {"finished", "unknown"}, 120, "the end of the analysis")
    sweep_jobs(services)


def by_themselves(traced: Traced) -> int:
    """Erase over the API, as the athlete."""
    return traced.zebulon.delete(f"/api/athletes/{traced.ids['athlete']}").status_code


def by_the_page(traced: Traced) -> int:
    """Erase with the button of the page, as the athlete."""
    return traced.zebulon.post(f"/athletes/{traced.ids['athlete']}/erase").status_code


def by_an_admin(traced: Traced) -> int:
    """Erase over the API, as an admin."""
    return traced.world.admin.delete(f"/api/athletes/{traced.ids['athlete']}").status_code


@pytest.mark.parametrize("erase", [by_themselves, by_the_page, by_an_admin])
def test_nothing_is_left_of_an_erased_athlete(traced: Traced, erase: Callable[[Traced], int]) -> None:
    """No word, no address and no id, but for the table that keeps ids so that a copy of the data can lose them again; without its rows nothing at all."""
    ids = list(traced.ids.values())
    before = traced.search([*WORDS, *ids])
    assert {each.rpartition(": ")[2] for each in before} == {*WORDS, *ids}
    assert erase(traced) in {204, 303}
    settle(traced)
    assert traced.search(WORDS) == []
    assert traced.search(ids, but_table="erasures") == []
    with traced.world.services.open_records() as records:
        kept = {*records.erased_ids()}
        others = {athlete.name for athlete in records.athletes.list_all()}
    outside = ("link", "token", "waiting", "passkey", "identity", "own upload", "coach's upload", "whole upload")
    assert kept == set(ids) - {traced.ids[name] for name in outside}
    assert others == {"Anna", "Ben"}
    forget_erasures(traced.settings)
    assert traced.search([*WORDS, *ids]) == []
    logged = traced.log.getvalue()
    assert "request.answered" in logged
    assert "analysis.failed" in logged
    assert [word for word in (*WORDS, *ids) if word.lower() in logged.lower()] == []


def forget_erasures(settings: Settings) -> None:
    """Take away the one thing that is kept on purpose."""
    engine = sa.create_engine(settings.records_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM erasures")
        connection.exec_driver_sql("VACUUM")
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def test_nothing_is_left_of_an_erased_screening(traced: Traced) -> None:
    """With its repeat, its readings and its jobs; the athlete's other screenings stay."""
    assert traced.zebulon.delete(f"/api/screenings/{traced.ids['done']}").status_code == 204
    assert traced.zebulon.delete(f"/api/screenings/{traced.ids['queued']}").status_code == 204
    gone = [traced.ids[name] for name in ("done", "repeat", "queued")]
    assert traced.search(gone, but_table="erasures") == []
    assert traced.state("failed") == "failed"


def test_nothing_is_left_of_an_erased_account(traced: Traced) -> None:
    """The address of a coach is nowhere, their id is in none of the consents that they wrote down, and who they coached stays."""
    coach = "other_coach@example.org"
    account = next(each["id"] for each in traced.world.admin.get("/api/accounts").json() if each["email"] == coach)
    sign_in(new_client(traced.world.app), coach)
    assert {each.rpartition(": ")[2] for each in traced.search([coach, account])} == {coach, account}
    assert traced.world.admin.delete(f"/api/accounts/{account}").status_code == 204
    assert traced.world.admin.delete(f"/api/accounts/{traced.ids['account']}").status_code == 204
    assert traced.search([EMAIL, coach]) == []
    assert traced.search([account, traced.ids["account"]], but_table="erasures") == []
    assert traced.world.admin.get(f"/api/athletes/{traced.ids['athlete']}").json()["name"] == "Zebulon Findme"


def test_an_erased_coach_is_in_no_note(traced: Traced) -> None:
    """What was noted, and a clip that waits, stay for the other coaches, and do not say who it was."""
    account = next(each["id"] for each in traced.world.admin.get("/api/accounts").json() if each["email"] == "coach@example.org")
    assert traced.world.admin.delete(f"/api/accounts/{account}").status_code == 204
    assert traced.search([account], but_table="erasures") == []
    row = next(r for r in traced.world.admin.get(f"/api/squads/{traced.world.ids['squad']}/table").json()["athletes"] if r["id"] == traced.ids["athlete"])
    assert (row["note"]["text"], row["note"]["by"]) == ("secret-worry", None)
    assert [clip["id"] for clip in traced.world.admin.get(f"/api/squads/{traced.world.ids['squad']}/waiting").json()] == [traced.ids["waiting"]]


def test_remains_of_a_killed_upload_are_swept(traced: Traced) -> None:
    """What a killed web server had of a clip belongs to nobody, so it goes by its age."""
    remains = traced.world.folder / "clips" / ("f" * 32) / "left" / "clip#1"
    remains.parent.mkdir(parents=True)
    remains.write_bytes(make_clip("findme"))
    for path in (remains, remains.parent, remains.parent.parent):
        os.utime(path, (0, 0))
    sweep_orphans(traced.world.services)
    assert traced.search(["f" * 32]) == []
