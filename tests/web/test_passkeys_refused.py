"""Challenges, keys and devices of passkeys: what they are good for, and everything that is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.authenticator import Device, encode
from tests.fakes.clock import FakeClock
from tests.fakes.tries import MemoryTries
from tests.web.passkeys import OTHER, Untiring, add, ask, enter, is_refused, visit
from tests.web.passkeys import coach as coach  # noqa: PLC0414 - the fixture
from tests.web.passkeys import device as device  # noqa: PLC0414 - the fixture
from tests.web.people import World, new_client

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


def test_a_challenge_is_good_once(world: World, device: Device) -> None:
    """The same bytes a second time are refused, and so is another signature under the same challenge."""
    client = visit(world)
    asked = ask(client)
    signed = device.sign(asked)
    assert client.post("/api/session/passkey", json=signed).status_code == 204
    assert is_refused(visit(world).post("/api/session/passkey", json=signed))
    assert is_refused(visit(world).post("/api/session/passkey", json=device.sign(asked)))


def test_a_challenge_that_was_answered_wrongly_is_used_up(world: World, device: Device) -> None:
    """Nobody tries twice under one."""
    client = visit(world)
    asked = ask(client)
    assert is_refused(client.post("/api/session/passkey", json=device.sign(asked, origin="https://evil.example")))
    assert is_refused(client.post("/api/session/passkey", json=device.sign(asked)))


def test_a_challenge_is_good_for_five_minutes(world: World, device: Device) -> None:
    """And not a second longer."""
    clock = FakeClock()
    clock.advance((world.services.clock.now() - clock.now()).total_seconds())
    world.app.state.services = replace(world.services, clock=clock)
    client = visit(world)
    early, late = ask(client), ask(client)
    clock.advance(timedelta(minutes=5).total_seconds() - 1)
    assert client.post("/api/session/passkey", json=device.sign(early)).status_code == 204
    clock.advance(1)
    assert is_refused(client.post("/api/session/passkey", json=device.sign(late)))


def test_only_the_hash_of_a_challenge_is_kept(world: World, coach: TestClient) -> None:
    """Whoever reads the database can answer none."""
    challenges = [ask(coach)["challenge"], coach.post("/api/account/passkeys/options").json()["public_key"]["challenge"]]
    stored = b"".join(path.read_bytes() for path in world.folder.glob("kneewall.sqlite3*"))
    assert [challenge for challenge in challenges if challenge.encode() in stored] == []


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost"},
        {"host": "evil.example"},
        {"kind": "webauthn.create"},
        {"challenge": encode(b"x" * 32)},
        {"user_handle": encode(b"0" * 32)},
        {"user_handle": "AA"},
        {"credential_id": b"unknown"},
    ],
)
def test_what_is_signed_for_something_else_is_refused(world: World, device: Device, bent: dict[str, Any]) -> None:
    """Another origin, host or purpose, a challenge that nobody gave, somebody else's name: all answered alike."""
    client = visit(world)
    assert is_refused(enter(client, device, **bent))
    assert client.get("/api/account").status_code == 401
    assert enter(client, device).status_code == 204


def test_a_key_does_not_open_the_account_of_another(world: World, device: Device) -> None:
    """Neither under the other's credential nor under the other's name."""
    other = Device()
    assert add(visit(world, OTHER), other).status_code == 201
    assert is_refused(enter(visit(world), other, credential_id=device.credential_id, user_handle=device.user_handle))
    assert is_refused(enter(visit(world), other, user_handle=device.user_handle))
    client = visit(world)
    assert enter(client, other).status_code == 204
    assert client.get("/api/account").json()["email"] == OTHER


def test_a_credential_belongs_to_one_account(world: World, coach: TestClient, device: Device) -> None:
    """Who brings another's is refused; nobody sees or takes back what is another's."""
    thief = visit(world, OTHER)
    copy = replace(device, key=Device().key)
    assert is_refused(add(thief, copy))
    [kept] = coach.get("/api/account/passkeys").json()
    assert thief.get("/api/account/passkeys").json() == []
    assert thief.delete(f"/api/account/passkeys/{kept['id']}").status_code == 404
    assert thief.post(f"/account/passkeys/{kept['id']}/erase").status_code == 404
    assert enter(visit(world), device).status_code == 204


def test_a_challenge_serves_the_account_and_the_purpose_that_it_was_made_for(world: World, coach: TestClient) -> None:
    """One for adding to the coach's account adds nothing to another's, and opens nothing; one for signing in adds nothing."""
    other, device = visit(world, OTHER), Device()
    asked = coach.post("/api/account/passkeys/options").json()["public_key"]
    assert is_refused(other.post("/api/account/passkeys", json={"name": "x"} | device.make(asked)))
    asked = coach.post("/api/account/passkeys/options").json()["public_key"]
    assert add(coach, device).status_code == 201
    assert is_refused(visit(world).post("/api/session/passkey", json=device.sign({"rpId": "localhost", "challenge": asked["challenge"]})))
    stranger = Device()
    made = stranger.make(asked | {"challenge": ask(coach)["challenge"]})
    assert is_refused(coach.post("/api/account/passkeys", json={"name": "x"} | made))
    bearer = {"Authorization": f"Bearer {ask(coach)['challenge']}"}
    assert new_client(world.app).get("/api/account", headers=bearer).status_code == 401


@pytest.mark.parametrize("bent", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"kind": "webauthn.get"}, {"challenge": encode(b"x" * 32)}])
def test_a_passkey_made_for_something_else_is_not_added(coach: TestClient, bent: dict[str, Any]) -> None:
    """Another origin, host or purpose, a challenge that nobody gave."""
    assert is_refused(add(coach, Device(), **bent))
    assert coach.get("/api/account/passkeys").json() == []


def test_a_person_who_was_not_verified_is_refused(world: World, coach: TestClient, device: Device) -> None:
    """A device that is only touched proves that somebody is there, not who."""
    assert is_refused(add(coach, Device(verifies=False)))
    device.verifies = False
    assert is_refused(enter(visit(world), device))


def test_a_counter_that_runs_back_is_a_copy(world: World, device: Device) -> None:
    """Refused, and the original goes on."""
    assert enter(visit(world), device).status_code == 204
    copy = replace(device, counter=0)
    assert is_refused(enter(visit(world), copy))
    assert enter(visit(world), device).status_code == 204


def test_a_device_that_does_not_count_is_good_again_and_again(world: World, coach: TestClient) -> None:
    """Passkeys that are copied from phone to phone have no counter."""
    device = Device(counts=0)
    assert add(coach, device).status_code == 201
    assert [enter(visit(world), device).status_code for _ in range(3)] == [204] * 3


def test_bytes_that_no_device_made_are_refused(world: World, coach: TestClient, device: Device) -> None:
    """Whatever is changed in what was signed; of a new key, which nobody vouches for, some bytes may be others. Nothing is a fault of the service."""
    draw = random.Random(4)  # noqa: S311 - nothing is kept secret with it
    world.app.state.services = replace(world.services, tries=Untiring())
    for _ in range(100):
        signed = device.sign(ask(coach))
        name = draw.choice(["client_data", "authenticator_data", "signature"])
        assert coach.post("/api/session/passkey", json=signed | {name: spoil(signed[name], draw)}).status_code in {401, 422}
        made = {"name": "x"} | Device().make(coach.post("/api/account/passkeys/options").json()["public_key"])
        name = draw.choice(["client_data", "attestation"])
        assert coach.post("/api/account/passkeys", json=made | {name: spoil(made[name], draw)}).status_code in {201, 401, 409, 422}


def spoil(text: str, draw: random.Random) -> str:
    """Change some letters, leave some out or put some in; not the last, of which not every bit counts."""
    place = draw.randrange(len(text) - 8)
    letters = draw.choice(["", "AQ", "zzzzz", "_-_-"])
    spoilt = text[:place] + letters + text[place + draw.choice([1, 2, 5]) :]
    return spoilt if spoilt != text else "AAAA" + text


def test_who_tries_too_often_has_to_wait(world: World, device: Device) -> None:
    """A hundred failures from one place, counted together with those of passwords; and so many challenges."""
    world.app.state.services = replace(world.services, tries=MemoryTries())
    client = visit(world)
    for number in range(10):
        for _ in range(9):
            assert client.post("/api/session", json={"email": f"{number}@example.org", "password": "wrong password"}).status_code == 401
        assert is_refused(enter(client, device, user_handle="AA"))
    answer = enter(client, device)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    for _ in range(89):
        ask(client)
    answer = client.post("/api/session/passkey/options")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert int(answer.headers["retry-after"]) > 0
