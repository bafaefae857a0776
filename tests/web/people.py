"""A service with accounts and everybody in it: an admin, two coaches, athletes with and without an account, a link; each with a client of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.ports.accounts import PasswordHasher
from app.settings import Settings
from app.usecases import accounts
from app.usecases.services import Services
from app.web.factory import create_app
from app.wiring import build_web, prepare_data
from tests.databases import prepare_copied
from tests.fakes.engine import FakeEngine
from tests.fakes.passwords import FakeHasher
from tests.web.conftest import MAX_CLIP_BYTES, Service
from tests.web.test_uploads import make_clip

PASSWORD = "correct horse battery"


@dataclass
class World:
    """Everybody's client, and the ids of what there is: Anna is in the first coach's squad, Ben in the second's; both have a measured screening."""

    app: FastAPI
    services: Services
    folder: Path
    admin: TestClient
    coach: TestClient
    other_coach: TestClient
    anna: TestClient
    link: TestClient
    nobody: TestClient
    ids: dict[str, str]

    def service(self, client: TestClient) -> Service:
        """Return the service as one of them calls it."""
        return Service(client, self.services, self.folder)


def new_client(app: FastAPI) -> TestClient:
    """Return a browser that nobody has signed in with."""
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@contextmanager
def people(folder: Path, database_url: str | None = None, *, keep_clips_days: int = 0, passwords: PasswordHasher | None = None) -> Iterator[World]:
    """Fill a service with people; the hash of passwords is a quick one where no other is given, everything else is real."""
    settings = Settings(data_dir=folder, max_clip_bytes=MAX_CLIP_BYTES, auth="on", database_url=database_url, keep_clips_days=keep_clips_days)
    (prepare_copied if database_url is None else prepare_data)(settings)
    services = replace(build_web(settings), passwords=passwords or FakeHasher())
    app = create_app(services)
    clients = {name: new_client(app) for name in ("admin", "coach", "other_coach", "anna", "link", "nobody")}
    with clients["admin"]:
        accounts.create_account("admin@example.org", PASSWORD, "admin", services)
        sign_in(clients["admin"], "admin@example.org")
        world = World(app=app, services=services, folder=folder, ids={}, **clients)
        for name in ("coach", "other_coach"):
            invited = world.admin.post("/api/invites", json={"role": "coach"}).json()
            join(clients[name], invited["path"], f"{name}@example.org")
        world.ids |= _add_people(world)
        yield world


def sign_in(client: TestClient, email: str) -> None:
    """Sign in over the API."""
    assert client.post("/api/session", json={"email": email, "password": PASSWORD}).status_code == 204


def join(client: TestClient, path: str, email: str) -> None:
    """Make an account over an invitation."""
    assert client.post(path, data={"email": email, "password": PASSWORD, "given_by": "athlete"}).status_code == 303


def measure(world: World, client: TestClient, athlete_id: str, word: str, engine: FakeEngine | None = None) -> str:
    """Hand in both legs and work them off, with an engine that measures nothing if no other is given; return the screening's id."""
    files = {"left": ("l.mp4", make_clip(f"{word} left")), "right": ("r.mp4", make_clip(f"{word} right"))}
    answer = client.post("/api/screenings", files=files, data={"athlete_id": athlete_id})
    assert answer.status_code == 202, answer.text
    service = world.service(client)
    service.engine = engine or service.engine
    service.work(answer.json()["id"])
    return str(answer.json()["id"])


def _add_people(world: World) -> dict[str, str]:
    ids: dict[str, str] = {}
    for coach, squad, name in ((world.coach, "squad", "Anna"), (world.other_coach, "other_squad", "Ben")):
        ids[squad] = coach.post("/api/squads", json={"name": squad}).json()["id"]
        athlete = name.lower()
        ids[athlete] = coach.post("/api/athletes", json={"name": name, "squad_id": ids[squad]}).json()["id"]
        assert coach.put(f"/api/athletes/{ids[athlete]}/consent", json={"given_by": "athlete"}).status_code == 200
        ids[f"{athlete}_screening"] = measure(world, coach, ids[athlete], name)
    join(world.anna, world.coach.post(f"/api/athletes/{ids['anna']}/invites").json()["path"], "anna@example.org")
    shared = world.coach.post(f"/api/athletes/{ids['anna']}/links", json={}).json()
    assert world.link.get(shared["path"]).status_code == 303
    ids["link"] = shared["id"]
    ids["link_secret"] = shared["secret"]
    ids["anna_account"] = next(a["id"] for a in world.admin.get("/api/accounts").json() if a["email"] == "anna@example.org")
    ids["linked_screening"] = measure(world, world.link, ids["anna"], "linked")
    begun = world.anna.post("/api/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1000"})
    ids["upload"] = begun.headers["location"].rsplit("/", 1)[1]
    return ids
