"""What somebody with bad intentions, or bad luck, would try."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.usecases import accounts
from app.web.factory import create_app
from app.web.limits import MAX_BODY_BYTES
from tests.web.conftest import Service
from tests.web.people import PASSWORD, World, join, measure, new_client, sign_in
from tests.web.test_uploads import make_clip

NEW = "staple battery horse"


def at_once(*actions: Callable[[], Any]) -> list[int]:
    """Do things at the same moment; return the statuses of the answers."""
    statuses: list[int] = []
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> None:
        start.wait(10)
        statuses.append(action().status_code)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def test_an_invitation_makes_one_account(world: World) -> None:
    """Two who open it at once: one comes in, the other is told that it is used."""
    path = world.admin.post("/api/invites", json={"role": "admin"}).json()["path"]
    clients = [new_client(world.app) for _ in range(2)]
    bodies = [{"email": f"n{number}@example.org", "password": PASSWORD} for number in range(2)]
    assert at_once(*(lambda c=c, b=b: c.post(path, data=b) for c, b in zip(clients, bodies, strict=True))) == [303, 404]
    assert sum(each["role"] == "admin" for each in world.admin.get("/api/accounts").json()) == 2


def test_one_address_has_one_account(world: World) -> None:
    """Two invitations accepted at once with one address: the second is refused, and nothing breaks."""
    paths = [world.admin.post("/api/invites", json={"role": "coach"}).json()["path"] for _ in range(2)]
    body = {"email": "same@example.org", "password": PASSWORD}
    assert at_once(*(lambda p=p: new_client(world.app).post(p, data=body) for p in paths)) == [303, 409]


def test_a_reset_link_is_good_once(world: World) -> None:
    """Also for two who open it at once."""
    path = world.admin.post(f"/api/accounts/{world.ids['anna_account']}/reset").json()["path"]
    assert at_once(*(lambda: new_client(world.app).post(path, data={"password": NEW}) for _ in range(2))) == [303, 404]


def test_one_admin_is_left(world: World) -> None:
    """Two who erase each other at once: one of them stays."""
    join(world.nobody, world.admin.post("/api/invites", json={"role": "admin"}).json()["path"], "second@example.org")
    first, second = (client.get("/api/account").json()["id"] for client in (world.admin, world.nobody))
    statuses = at_once(lambda: world.admin.delete(f"/api/accounts/{second}"), lambda: world.nobody.delete(f"/api/accounts/{first}"))
    assert 204 in statuses
    assert accounts.has_admin(world.services)


def test_a_guardian_is_not_got_around(world: World) -> None:
    """Not by accepting an invitation, not by changing one's age, not by the word given before, not by speaking for the guardian, not by the year alone."""
    kid = world.coach.post("/api/athletes", json={"name": "Kid", "squad_id": world.ids["squad"], "under_18": True}).json()["id"]
    own = new_client(world.app)
    join(own, world.coach.post(f"/api/athletes/{kid}/invites").json()["path"], "kid@example.org")
    clip = {"left": ("l.mp4", make_clip("kid"))}
    assert own.post("/api/screenings", files=clip).json()["code"] == "consent_missing"
    assert own.put(f"/api/athletes/{kid}", json={"name": "Kid"}).json()["code"] == "not_allowed"
    assert own.put(f"/api/athletes/{kid}", json={"name": "Kid Berg", "under_18": True}).status_code == 200
    assert own.put(f"/api/athletes/{kid}/consent", json={"given_by": "guardian"}).json()["code"] == "not_allowed"
    assert world.coach.put(f"/api/athletes/{kid}/consent", json={"given_by": "guardian"}).status_code == 200
    assert own.post("/api/screenings", files=clip).status_code == 202
    anna = world.ids["anna"]
    assert world.coach.put(f"/api/athletes/{anna}", json={"name": "Anna", "year_of_birth": world.services.clock.now().year - 12}).status_code == 200
    assert world.anna.post("/api/screenings", files={"left": ("l.mp4", make_clip("a"))}).json()["code"] == "consent_missing"


def test_what_somebody_made_goes_with_them(world: World) -> None:
    """Invitations of an erased admin, links of a coach who no longer sees the athlete, tokens after another password."""
    join(world.nobody, world.admin.post("/api/invites", json={"role": "admin"}).json()["path"], "second@example.org")
    left_behind = world.nobody.post("/api/invites", json={"role": "admin"}).json()["path"]
    assert world.admin.delete(f"/api/accounts/{world.nobody.get('/api/account').json()['id']}").status_code == 204
    assert new_client(world.app).post(left_behind, data={"email": "x@example.org", "password": PASSWORD}).status_code == 404
    token = world.coach.post("/api/account/tokens", json={"label": "x"}).json()["secret"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert new_client(world.app).post("/api/account/tokens", json={"label": "y"}, headers=bearer).status_code == 403
    assert world.coach.put("/api/account/password", json={"old": PASSWORD, "new": NEW}).status_code == 204
    assert new_client(world.app).get("/api/athletes", headers=bearer).status_code == 401
    assert world.coach.delete(f"/api/squads/{world.ids['squad']}/athletes/{world.ids['anna']}").status_code == 204
    assert world.link.post("/api/screenings", files={"left": ("l.mp4", make_clip("late"))}).status_code == 401


def test_invitations_are_listed_and_taken_back(world: World) -> None:
    """By an admin; an athlete with an account is not invited again."""
    made = world.admin.post("/api/invites", json={"role": "coach"}).json()
    assert made["id"] in {each["id"] for each in world.admin.get("/api/invites").json()}
    assert world.admin.delete(f"/api/invites/{made['id']}").status_code == 204
    assert new_client(world.app).get(made["path"]).status_code == 404
    assert world.coach.post(f"/api/athletes/{world.ids['anna']}/invites").json()["code"] == "account_held"


def test_a_stranger_locks_nobody_out(world: World) -> None:
    """Whoever fails often from one place waits there; from elsewhere the right password is still right."""
    strange, home = (TestClient(world.app, base_url="http://127.0.0.1", client=(address, 1), follow_redirects=False) for address in ("192.0.2.1", "192.0.2.2"))
    statuses = [strange.post("/api/session", json={"email": "coach@example.org", "password": "wrong"}).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    for _ in range(12):
        sign_in(home, "coach@example.org")


def test_a_password_is_what_was_typed(world: World) -> None:
    """Spaces at its ends belong to it, wherever it is typed."""
    path = world.admin.post(f"/api/accounts/{world.ids['anna_account']}/reset").json()["path"]
    spaced = " staple battery horse "
    assert new_client(world.app).post(path, data={"password": spaced}).status_code == 303
    body = {"email": "anna@example.org", "password": spaced}
    assert new_client(world.app).post("/api/session", json=body).status_code == 204
    assert new_client(world.app).post("/api/session", json=body | {"password": spaced.strip()}).status_code == 401


@pytest.mark.parametrize("address", ["/api/session", "/signin", "/forgot", "/api/athletes", "/screenings/abc/readings"])
def test_a_body_has_an_end(world: World, address: str) -> None:
    """Nobody fills memory or disk with what is not a clip, signed in or not; a clip may be larger."""
    body = b"x" * (MAX_BODY_BYTES + 1)
    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = world.nobody.post(address, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 413, kind
        assert ('"too_large"' if address.startswith("/api") else "That was not done") in answer.text
        drip = world.nobody.post(address, content=iter([body[:600_000], body[600_000:]]), headers={"Content-Type": kind})
        is_read = address.startswith("/api") or kind != "application/json"
        assert drip.status_code in {413, 401, 303} or not is_read, kind
    clips = {side: (f"{side}.mp4", make_clip(side, size=900_000)) for side in ("left", "right")}
    measured = world.coach.post("/api/screenings", files=clips, data={"athlete_id": world.ids["anna"]})
    assert measured.status_code == 202


@pytest.mark.parametrize("name", ["Łukasz_left.mp4", "左.mp4", "😀.mp4", "mu\u0308ller.mp4"])
def test_every_alphabet_has_files(service: Service, name: str) -> None:
    """The name comes back as it was, letters put together; it finds its athlete too."""
    answer = service.client.post("/api/screenings", files={"left": (name, make_clip(name))})
    assert answer.status_code == 202
    squad = service.client.post("/api/squads", json={"name": "x"}).json()["id"]
    service.client.post("/api/athletes", json={"name": "Łukasz Müller", "squad_id": squad})
    files = [("clips", (f"{who}.mp4", make_clip(who))) for who in ("Łukasz_left", "müller_right")]
    lines = service.client.post(f"/api/squads/{squad}/screenings", files=files).json()
    assert [line["side"] for line in lines] == ["left", "right"]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_the_calendar_are_refused(world: World, since: str) -> None:
    """As a baseline and in lists."""
    assert world.coach.put(f"/api/athletes/{world.ids['anna']}/baseline", json={"since": since}).status_code == 422
    assert world.coach.get("/api/screenings", params={"since": since}).status_code == 422


@pytest.mark.parametrize("origin", ["http://[", "http://]", "http://[::1", "null", "https://evil.example"])
def test_an_origin_that_is_none_is_foreign(service: Service, origin: str) -> None:
    """And no error."""
    assert service.client.post("/api/athletes", json={"name": "A"}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_without_accounts_no_proxy_is_answered(service: Service, header: str) -> None:
    """It would open everything to whoever reaches the proxy."""
    answer = service.client.get("/api/athletes", headers={header: "203.0.113.9"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_this_machine")
    elsewhere = TestClient(service.client.app, base_url="http://127.0.0.1", client=("203.0.113.9", 1))
    assert elsewhere.get("/api/athletes").status_code == 403


@pytest.mark.parametrize("text", ['"name', '"na"me\nA\n', "name\n" + "a\n" * 2000, "name\nA\x00B\n", "name\n\u202eA\n"])
def test_a_roster_that_is_none_is_refused(service: Service, text: str) -> None:
    """Quotes that never close, far too many, letters that nobody sees."""
    squad = service.client.post("/api/squads", json={"name": "x"}).json()["id"]
    assert service.client.post(f"/api/squads/{squad}/roster", content=text.encode()).status_code == 422


def test_a_boundary_has_an_end(service: Service) -> None:
    """Longer than any browser writes it is refused."""
    answer = service.client.post("/api/screenings", content=b"x", headers={"Content-Type": f"multipart/form-data; boundary={'b' * 300}"})
    assert answer.status_code == 422


def test_accounts_are_made_only_where_somebody_signs_in(service: Service) -> None:
    """Not by a device of the room, for later."""
    assert service.client.post("/api/invites", json={"role": "admin"}).status_code == 403
    anna = service.client.post("/api/athletes", json={"name": "Anna"}).json()["id"]
    assert service.client.post(f"/api/athletes/{anna}/invites").status_code == 403


def test_an_old_code_lets_nobody_in(service: Service) -> None:
    """Each start has one of its own, and devices are listed and let in no more."""
    from dataclasses import replace  # noqa: PLC0415

    paired = replace(service.services, access="paired")
    app = create_app(paired)
    old, new = accounts.offer_pairing(paired), accounts.offer_pairing(paired)
    assert new_client(app).get(f"/pair/{old}").status_code == 404
    phone, laptop = new_client(app), new_client(app)
    for device in (phone, laptop):
        assert device.get(f"/pair/{new}").status_code == 303
    assert "Devices that were let in" in laptop.get("/account").text
    listed = laptop.get("/api/account/grants").json()
    assert len(listed) == 2
    for each in reversed(listed):  # its own comes last
        laptop.delete(f"/api/account/grants/{each['id']}")
    assert phone.get("/api/athletes").status_code == 401


def test_a_coach_takes_away_only_their_own_work(world: World) -> None:
    """What an athlete with an account handed in is theirs; what the coach handed in the coach may erase."""
    hers = measure(world, world.anna, world.ids["anna"], "hers")
    assert world.coach.delete(f"/api/screenings/{hers}").json()["code"] == "not_allowed"
    refused = world.coach.post(f"/api/screenings/{hers}/corrections", json={"what": "erase_leg", "side": "left", "reason": "why not"})
    assert refused.json()["code"] == "not_allowed"
    assert world.coach.delete(f"/api/screenings/{world.ids['anna_screening']}").status_code == 204
    assert world.anna.delete(f"/api/screenings/{hers}").status_code == 204


def test_a_link_shows_only_what_came_over_it(world: World) -> None:
    """Not what the coach handed in later, not the history, not the checks; that it looked is written down."""
    later = measure(world, world.coach, world.ids["anna"], "later")
    assert world.link.get(f"/api/screenings/{later}").status_code == 404
    linked = world.ids["linked_screening"]
    assert world.link.get(f"/screenings/{linked}").status_code == 200
    for part in ("checks", "versions"):
        assert world.link.get(f"/api/screenings/{linked}/{part}").status_code == 403
    looks = world.anna.get(f"/api/athletes/{world.ids['anna']}/looks").json()
    assert "a link" in {look["by"] for look in looks}


def test_looking_at_a_squad_is_a_look(world: World) -> None:
    """The table shows everybody's numbers."""
    assert world.coach.get(f"/api/squads/{world.ids['squad']}/table").status_code == 200
    assert "squad" in {look["what"] for look in world.anna.get(f"/api/athletes/{world.ids['anna']}/looks").json()}


def test_a_key_shows_nothing_that_is_no_longer_ones_own(world: World) -> None:
    """After the athlete left the squad an upload that is sent again is not told about."""
    send = {"files": {"left": ("l.mp4", make_clip("k"))}, "data": {"athlete_id": world.ids["anna"]}, "headers": {"Idempotency-Key": "k1"}}
    assert world.coach.post("/api/screenings", **send).status_code == 202
    assert world.coach.delete(f"/api/squads/{world.ids['squad']}/athletes/{world.ids['anna']}").status_code == 204
    assert world.coach.post("/api/screenings", **send).status_code == 404


def test_a_long_address_is_asked_for_again(world: World) -> None:
    """Signing in leads to the start, not to an error."""
    asked = world.nobody.get("/?" + "a" * 400)
    assert asked.headers["location"] == "/signin?next=%2F"
