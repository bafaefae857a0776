"""Passkeys over the real application: adding, signing in, taking back, and everything that is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.ports.provider import Identity
from app.settings import Settings
from app.usecases.passkeys import MOST_PASSKEYS
from app.web.factory import create_app
from app.wiring import prepare_data
from tests.fakes.authenticator import Device, encode
from tests.fakes.clock import FakeClock
from tests.fakes.tries import MemoryTries
from tests.web.people import PASSWORD, World, new_client, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

COACH, OTHER = "coach@example.org", "other_coach@example.org"


def visit(world: World, email: str | None = None, base_url: str = "http://localhost") -> TestClient:
    """Return a browser that opened the service under a name, signed in where an address is given."""
    client = new_client(world.app)
    client.base_url = base_url
    if email is not None:
        sign_in(client, email)
    return client


def add(client: TestClient, device: Device, name: str = "Phone", **bent: Any) -> Any:  # noqa: ANN401 - an answer
    """Add a passkey."""
    asked = client.post("/api/account/passkeys/options").json()["public_key"]
    return client.post("/api/account/passkeys", json={"name": name} | device.make(asked, **bent))


def ask(client: TestClient) -> Any:  # noqa: ANN401 - options of a browser
    """Return what a device is asked for at signing in."""
    return client.post("/api/session/passkey/options").json()["public_key"]


def enter(client: TestClient, device: Device, **bent: Any) -> Any:  # noqa: ANN401 - an answer
    """Sign in with a passkey."""
    return client.post("/api/session/passkey", json=device.sign(ask(client), **bent))


def is_refused(answer: Any) -> bool:  # noqa: ANN401 - an answer
    """Whether it was said no, in the one way in which it is said."""
    return bool((answer.status_code, answer.json()["code"]) == (401, "passkey_refused"))


@pytest.fixture
def coach(world: World) -> TestClient:
    """Return the coach's browser."""
    return visit(world, COACH)


@pytest.fixture
def device(coach: TestClient) -> Device:
    """Return the coach's device, with a passkey."""
    made = Device()
    assert add(coach, made).status_code == 201
    return made


def test_a_passkey_signs_in_and_is_taken_back(world: World, coach: TestClient, device: Device) -> None:
    """The list says its name, when it was added and when it was last used; taken back it opens nothing."""
    [kept] = coach.get("/api/account/passkeys").json()
    assert (kept["name"], kept["last_used_at"]) == ("Phone", None)
    other = visit(world)
    assert enter(other, device).status_code == 204
    assert other.get("/api/account").json()["email"] == COACH
    [used] = coach.get("/api/account/passkeys").json()
    assert used["last_used_at"] is not None
    assert "Phone" in coach.get("/account").text
    assert coach.delete(f"/api/account/passkeys/{kept['id']}").status_code == 204
    assert coach.get("/api/account/passkeys").json() == []
    assert is_refused(enter(visit(world), device))
    assert coach.delete(f"/api/account/passkeys/{kept['id']}").json()["code"] == "unknown_passkey"


def test_a_device_is_asked_for_keys_that_it_finds_by_itself_and_to_verify_the_person(coach: TestClient, device: Device) -> None:
    """With what is there already, so that it makes no second one; the host is the one that was called."""
    asked = coach.post("/api/account/passkeys/options").json()["public_key"]
    assert asked["rp"] == {"name": "Kneewall", "id": "localhost"}
    assert asked["authenticatorSelection"] == {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}
    assert [known["id"] for known in asked["excludeCredentials"]] == [encode(device.credential_id)]
    assert asked["attestation"] == "none"
    signing = ask(coach)
    assert (signing["rpId"], signing["userVerification"], signing["allowCredentials"]) == ("localhost", "required", [])


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


class Untiring:
    """Tries that nobody counts."""

    def count(self, key: str, most: int) -> None:
        """Forget it."""

    def wait_s(self, key: str, most: int) -> float:
        """Return no time."""
        del key, most
        return 0.0


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


def test_a_token_adds_no_passkey(world: World, coach: TestClient) -> None:
    """A program that leaks its token shall not leave a way in behind; a link neither."""
    secret = coach.post("/api/account/tokens", json={"label": "x"}).json()["secret"]
    program = visit(world)
    answer = program.post("/api/account/passkeys/options", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    link = program.post("/api/account/passkeys/options", headers={"Authorization": f"Bearer {world.ids['link_secret']}"})
    assert link.status_code == 403


def test_an_account_has_only_so_many(world: World, coach: TestClient) -> None:
    """More are refused with a reason."""
    world.app.state.services = replace(world.services, tries=Untiring())
    for number in range(MOST_PASSKEYS):
        assert add(coach, Device(), name=f"Phone {number}").status_code == 201
    answer = add(coach, Device())
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_passkeys")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\u202eb"])
def test_a_passkey_has_a_name_that_can_be_read(coach: TestClient, name: str) -> None:
    """Nothing, too much, or letters that are not seen: said so."""
    answer = add(coach, Device(), name=name)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://[::1]", "http://localhost."),
        ("http://kneewall.example.org", "https://"),
        ("https://192.0.2.7", "name of the machine"),
    ],
)
def test_the_page_says_why_there_are_none(world: World, base_url: str, words: str) -> None:
    """The number of a machine, or no encryption: what to do instead is said, and the address refuses."""
    world.app = create_app(world.services, allowed_hosts=["127.0.0.1", "[::1]", "kneewall.example.org", "192.0.2.7"])
    client = visit(world, COACH, base_url)
    for address in ("/signin", "/account"):
        page = client.get(address).text
        assert words in page
        assert "passkeys.js" not in page
    for address in ("/api/session/passkey/options", "/api/account/passkeys/options"):
        answer = client.post(address)
        assert (answer.status_code, answer.json()["code"]) == (409, "passkeys_unavailable")


def test_a_host_that_cannot_be_is_no_fault_of_the_service(world: World) -> None:
    """A port that no machine has; the page is there all the same."""
    assert visit(world).get("/signin", headers={"host": "localhost:99999"}).status_code == 200


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example"])
def test_a_passkey_leads_nowhere_else(world: World, address: str) -> None:
    """Where the script goes afterwards is an address of this service, as browsers read it; so is where the form leads."""
    page = visit(world).get("/signin", params={"next": address}).text
    assert 'data-next="/"' in page
    assert 'action="/signin?next=/"' in page
    body = {"email": COACH, "password": PASSWORD}
    assert visit(world).post("/signin", params={"next": address}, data=body).headers["location"] == "/"


def test_a_passkey_under_a_public_name(world: World) -> None:
    """Behind a proxy with TLS: the host is the name, the origin has no port."""
    world.app = create_app(world.services, allowed_hosts=["kneewall.example.org"])
    client, device = visit(world, COACH, "https://kneewall.example.org"), Device(origin="https://kneewall.example.org")
    assert add(client, device).status_code == 201
    assert enter(visit(world, base_url="https://kneewall.example.org"), device).status_code == 204


def test_what_was_taken_back_stays_so_after_a_restore(world: World, coach: TestClient, device: Device) -> None:
    """An older copy of the records still has the passkey of a lost phone, and the link to a provider; the next start erases them again."""
    del device
    [own] = coach.get("/api/account/passkeys").json()
    account = coach.get("/api/account").json()["id"]
    linked = Identity(identity_id="1" * 32, issuer="https://id.example.org", subject="1", account_id=account, created_at=world.services.clock.now())
    with world.services.open_records() as records:
        records.identities.add(linked)
        records.commit()
        [kept] = records.passkeys.list_of(account)
    assert coach.delete(f"/api/account/passkeys/{own['id']}").status_code == 204
    assert coach.delete(f"/api/account/identities/{linked.identity_id}").status_code == 204
    with world.services.open_records() as records:
        records.passkeys.add(kept)
        records.identities.add(linked)
        records.commit()
    prepare_data(Settings(data_dir=world.folder, auth="on"))
    assert coach.get("/api/account/passkeys").json() == coach.get("/api/account/identities").json() == []


def test_without_accounts_there_are_none(world: World) -> None:
    """Nobody signs in, so nothing is added."""
    world.app.state.services = replace(world.services, access="open")
    client = visit(world)
    assert client.post("/api/session/passkey/options").status_code == 403
    assert client.post("/api/account/passkeys/options").status_code == 403
    assert "passkey" not in client.get("/signin").text


def test_another_password_leaves_passkeys_and_ends_what_was_begun(world: World, coach: TestClient, device: Device) -> None:
    """A challenge to add one, asked for before by somebody else in the account, is no longer good."""
    stranger = visit(world, COACH)
    asked = stranger.post("/api/account/passkeys/options").json()["public_key"]
    assert coach.put("/api/account/password", json={"old": PASSWORD, "new": "staple battery horse"}).status_code == 204
    assert stranger.post("/api/account/passkeys", json={"name": "x"} | Device().make(asked)).status_code == 401
    assert is_refused(coach.post("/api/account/passkeys", json={"name": "x"} | Device().make(asked)))
    assert enter(visit(world), device).status_code == 204
