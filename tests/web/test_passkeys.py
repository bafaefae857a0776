"""Passkeys over the real application: adding, taking back, and where there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.ports.provider import Identity
from app.settings import Settings
from app.usecases.passkeys import MOST_PASSKEYS
from app.web.factory import create_app
from app.wiring import prepare_data
from tests.fakes.authenticator import Device, encode
from tests.web.passkeys import COACH, Untiring, add, ask, enter, is_refused, visit
from tests.web.passkeys import coach as coach  # noqa: PLC0414 - the fixture
from tests.web.passkeys import device as device  # noqa: PLC0414 - the fixture
from tests.web.people import PASSWORD, World

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


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
