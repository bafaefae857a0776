"""Accounts over the real application: signing in, invitations, passwords, and what is refused."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller

from app.adapters.mail_smtp import SmtpMailer
from app.usecases import accounts
from app.web.factory import create_app
from tests.fakes.tries import MemoryTries
from tests.web.conftest import Service
from tests.web.people import PASSWORD, World, join, new_client, sign_in

NEW = "staple battery horse"


def test_who_is_not_signed_in_is_asked_to_and_led_back(world: World) -> None:
    """The page of the first wish comes after signing in; a program gets a code."""
    asked = world.nobody.get("/squads?x=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/signin?next=%2Fsquads%3Fx%3D1")
    assert "Sign in" in world.nobody.get(asked.headers["location"]).text
    entered = world.nobody.post(asked.headers["location"], data={"email": "Coach@Example.org ", "password": PASSWORD})
    assert (entered.status_code, entered.headers["location"]) == (303, "/squads?x=1")
    assert world.nobody.get("/squads").status_code == 200
    answer = new_client(world.app).get("/api/squads")
    assert (answer.status_code, answer.json()["code"], answer.headers["www-authenticate"]) == (401, "not_signed_in", "Bearer")


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "evil"])
def test_signing_in_leads_nowhere_else(world: World, address: str) -> None:
    """An address of another site is not followed."""
    entered = world.nobody.post("/signin", params={"next": address}, data={"email": "coach@example.org", "password": PASSWORD})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")


def test_the_cookie_is_out_of_reach(world: World) -> None:
    """Not for scripts, not from other sites, and over TLS only where that is how it came."""
    body = {"email": "coach@example.org", "password": PASSWORD}
    plain = world.nobody.post("/api/session", json=body).headers["set-cookie"].lower()
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "secure" not in plain
    safe = new_client(world.app)
    safe.base_url = "https://127.0.0.1"
    assert "secure" in safe.post("/api/session", json=body).headers["set-cookie"].lower()


def test_wrong_address_and_wrong_password_are_answered_alike(world: World) -> None:
    """Nobody learns who has an account."""
    answers = [world.nobody.post("/api/session", json={"email": email, "password": "wrong password"}) for email in ("coach@example.org", "x@example.org")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    page = world.nobody.post("/signin", data={"email": "coach@example.org", "password": "wrong"})
    assert (page.status_code, "no account with this e-mail address and password" in page.text) == (401, True)


def test_too_many_tries_have_to_wait(world: World) -> None:
    """Ten, and then even the right password does not help for a while."""
    world.app.state.services = replace(world.services, tries=MemoryTries())
    for _ in range(10):
        assert world.nobody.post("/api/session", json={"email": "coach@example.org", "password": "wrong"}).status_code == 401
    answer = world.nobody.post("/api/session", json={"email": "coach@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(answer.headers["retry-after"]) <= 900


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"email": "new@example.org", "password": "short"}, 422),
        ({"email": "new@example.org", "password": "new@example.org"}, 422),
        ({"email": "no address", "password": PASSWORD}, 422),
        ({"email": "coach@example.org", "password": PASSWORD}, 409),
        ({"email": "new@example.org"}, 422),
    ],
)
def test_an_invitation_stays_good_after_a_mistake(world: World, said: dict[str, str], code: int) -> None:
    """The page says what is wrong, and the next try works; the second account does not."""
    path = world.admin.post("/api/invites", json={"role": "coach"}).json()["path"]
    refused = world.nobody.post(path, data=said)
    assert refused.status_code == code
    assert re.search(r'id="problem-message">\s*(?:<a href="#\w+">[^<]+</a> )?[^<\s]', refused.text)
    join(world.nobody, path, "new@example.org")
    assert world.nobody.get("/api/account").json()["role"] == "coach"
    late = new_client(world.app).post(path, data={"email": "late@example.org", "password": PASSWORD})
    assert (late.status_code, "used already" in late.text) == (404, True)


def test_a_coach_invites_to_their_squad(world: World) -> None:
    """Who accepts coaches that squad and no other."""
    page = world.coach.post(f"/squads/{world.ids['squad']}/invite").text
    path = re.search(r"http://127.0.0.1(/join/[\w-]+)", page)
    assert path is not None
    assert "<svg" in page
    join(world.nobody, path[1], "assistant@example.org")
    assert [squad["id"] for squad in world.nobody.get("/api/squads").json()] == [world.ids["squad"]]
    assert world.nobody.get(f"/api/athletes/{world.ids['ben']}").status_code == 404


def test_an_athlete_sees_themselves(world: World) -> None:
    """Their page, without what a coach does; the list leads there."""
    assert world.anna.get("/athletes").headers["location"] == f"/athletes/{world.ids['anna']}"
    page = world.anna.get(f"/athletes/{world.ids['anna']}").text
    assert "My results" in page
    assert "Invite to an account" not in page
    assert 'href="/squads' not in page


def test_another_password_ends_other_sessions(world: World) -> None:
    """The one in which it was changed goes on; the old password is no longer good."""
    other = new_client(world.app)
    sign_in(other, "coach@example.org")
    wrong = world.coach.put("/api/account/password", json={"old": "wrong", "new": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")
    assert world.coach.post("/account/password", data={"old": PASSWORD, "new": "short"}).status_code == 422
    assert world.coach.post("/account/password", data={"old": PASSWORD, "new": NEW}).status_code == 303
    assert world.coach.get("/api/account").status_code == 200
    assert other.get("/api/account").status_code == 401
    assert other.post("/api/session", json={"email": "coach@example.org", "password": PASSWORD}).status_code == 401
    assert other.post("/api/session", json={"email": "coach@example.org", "password": NEW}).status_code == 204


def test_a_reset_link_is_good_once_and_not_for_long(world: World) -> None:
    """Only the newest; after two hours none."""
    account = world.ids["anna_account"]
    first, second = (world.admin.post(f"/api/accounts/{account}/reset").json()["path"] for _ in range(2))
    assert world.nobody.post(first, data={"password": NEW}).status_code == 404
    assert world.nobody.post(second, data={"password": "short"}).status_code == 422
    assert world.nobody.post(second, data={"password": NEW}).status_code == 303
    assert world.nobody.get("/api/account").json()["email"] == "anna@example.org"
    assert world.anna.get("/api/account").status_code == 401
    assert new_client(world.app).post(second, data={"password": NEW}).status_code == 404


def test_the_last_admin_stays(world: World) -> None:
    """Another one has to be there first."""
    own = world.admin.get("/api/account").json()["id"]
    refused = world.admin.delete(f"/api/accounts/{own}")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    join(world.nobody, world.admin.post("/api/invites", json={"role": "admin"}).json()["path"], "second@example.org")
    assert world.nobody.delete(f"/api/accounts/{own}").status_code == 204
    assert world.admin.get("/api/account").status_code == 401


def test_an_erased_account_leaves_the_athlete(world: World) -> None:
    """Its sessions are over; what was measured is still there for the coach."""
    assert world.admin.post(f"/accounts/{world.ids['anna_account']}/erase").headers["location"] == "/accounts"
    assert world.anna.get("/api/account").status_code == 401
    assert world.coach.get(f"/api/athletes/{world.ids['anna']}").status_code == 200


def test_one_account_shows_its_sessions_and_tokens(world: World) -> None:
    """A token is shown once; sessions can be ended one by one."""
    page = world.coach.post("/account/tokens", data={"label": "nightly"}).text
    assert re.search(r'value="[\w-]{43}"', page)
    shown = world.coach.get("/account").text
    assert "Token nightly" in shown
    token = next(grant["id"] for grant in world.coach.get("/api/account/grants").json() if grant["kind"] == "token")
    assert world.coach.post(f"/account/grants/{token}/revoke").status_code == 303
    assert "Token nightly" not in world.coach.get("/account").text
    assert world.coach.post("/signout").headers["location"] == "/signin?out=1"
    assert world.coach.get("/account").status_code == 303


def test_logs_hold_no_addresses_of_people_and_no_secrets(world: World) -> None:
    """Neither e-mail addresses nor what a link shows."""
    with structlog.testing.capture_logs() as lines:
        sign_in(world.nobody, "coach@example.org")
        world.nobody.get(f"/s/{world.ids['link_secret']}")
        world.nobody.get(f"/athletes/{world.ids['anna']}")
    written = str(lines)
    assert len(lines) == 3
    assert not [word for word in ("example.org", world.ids["link_secret"], world.ids["anna"], "testclient") if word in written]


def test_secrets_are_not_in_the_database(world: World) -> None:
    """Neither the link's, nor a session's, nor a password."""
    content = b"".join(path.read_bytes() for path in world.folder.glob("kneewall.sqlite3*"))
    assert b"coach@example.org" in content
    for secret in (world.ids["link_secret"], world.coach.cookies["kneewall"], PASSWORD):
        assert secret.encode() not in content


def test_a_device_in_the_room_is_let_in_by_the_code(service: Service) -> None:
    """Nobody is, without; the code opens everything to who shows it, and not for ever."""
    services = replace(service.services, access="paired")
    app = create_app(services)
    laptop, phone = new_client(app), new_client(app)
    assert laptop.get("/api/athletes").status_code == 401
    secret = accounts.offer_pairing(services)
    assert phone.get(f"/pair/{secret}").headers["location"] == "/"
    assert phone.get("/").status_code == 200
    assert phone.post("/api/athletes", json={"name": "Anna"}).status_code == 201
    assert laptop.get(f"/pair/{'x' * 43}").status_code == 404
    assert phone.post("/api/account/tokens", json={"label": "x"}).status_code == 403


def test_a_session_of_the_room_opens_nothing_where_everybody_signs_in(service: Service) -> None:
    """What a pairing gave is not good in a service with accounts."""
    paired = replace(service.services, access="paired")
    phone = new_client(create_app(paired))
    phone.get(f"/pair/{accounts.offer_pairing(paired)}")
    strict = new_client(create_app(replace(service.services, access="accounts")))
    assert strict.get("/api/athletes", headers={"Authorization": f"Bearer {phone.cookies['kneewall']}"}).status_code == 401


class _Box:
    """Keeps what a mail server takes in."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - as the library calls it
        del server, session
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"


def test_a_forgotten_password_is_chosen_anew_by_letter(world: World) -> None:
    """Over a real mail server; for an address that nobody has the answer is the same and no letter goes out; asking again and again has an end."""
    box = _Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "kneewall@example.org")
        world.app.state.services = replace(world.services, mailer=mailer, tries=MemoryTries())
        answers = [world.nobody.post("/forgot", data={"email": address}).text for address in ("Coach@example.org", "nobody@example.org")]
    finally:
        server.stop()
    assert answers[0] == answers[1]
    (letter,) = box.letters
    assert (letter["to"], letter["from"]) == ("coach@example.org", "kneewall@example.org")
    path = re.search(r"http://127.0.0.1(/reset/[\w-]{43})", letter.get_content())
    assert path is not None
    assert world.nobody.post(path[1], data={"password": NEW}).status_code == 303
    assert world.nobody.get("/api/account").json()["email"] == "coach@example.org"
    waited = [world.nobody.post("/forgot", data={"email": "coach@example.org"}).status_code for _ in range(11)]
    assert waited[-1] == 429


def test_a_mail_server_that_is_away_is_logged_without_the_address(world: World) -> None:
    """The person sees the same answer; who runs the service sees that letters do not go out."""
    world.app.state.services = replace(world.services, mailer=SmtpMailer("smtp://127.0.0.1:9", "kneewall@example.org"))
    with structlog.testing.capture_logs() as lines:
        assert "on its way" in world.nobody.post("/forgot", data={"email": "coach@example.org"}).text
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["mail.failed"]
    assert "coach@" not in str(lines)


def test_without_a_mail_server_an_admin_is_asked(world: World) -> None:
    """The page says so."""
    assert "Ask an admin" in world.nobody.get("/forgot").text


def test_a_squad_is_left_by_coaches_and_athletes(world: World) -> None:
    """Who leaves is no longer seen, and sees no longer; nobody is taken out of what they are not in."""
    ids = world.ids
    coach = world.coach.get("/api/account").json()["id"]
    assert [each["email"] for each in world.coach.get(f"/api/squads/{ids['squad']}/coaches").json()] == ["coach@example.org"]
    assert world.anna.delete(f"/api/athletes/{ids['anna']}/squads/{ids['other_squad']}").json()["code"] == "unknown_squad"
    assert "its coaches see me no longer" in world.anna.get(f"/athletes/{ids['anna']}").text
    assert world.anna.post(f"/athletes/{ids['anna']}/squads/{ids['squad']}/leave").status_code == 303
    assert world.coach.get(f"/api/athletes/{ids['anna']}").status_code == 404
    assert "Leave" in world.coach.get(f"/squads/{ids['squad']}").text
    assert world.coach.delete(f"/api/squads/{ids['squad']}/coaches/{coach}").status_code == 204
    assert world.coach.get(f"/api/squads/{ids['squad']}").status_code == 404
    assert world.admin.delete(f"/api/squads/{ids['squad']}/coaches/{coach}").json()["code"] == "unknown_account"
