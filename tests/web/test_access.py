"""Who may call which route: every route has a rule, and no id in any place opens what belongs to others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.testclient import TestClient

from app.web.dependencies import RULES, administering, coaching, everyone, film_athlete, own_upload, see_athlete, see_screening, see_squad, signed_in, uploading
from app.web.dependencies import change_screening as change
from tests.web.people import World, measure, new_client, sign_in
from tests.web.test_uploads import make_clip

UNRULED = {"/openapi.json", "/static"}
"""FastAPI's own description of the API, and files that are the same for everybody."""
KINDS = ("nobody", "link", "anna", "coach", "other_coach", "admin")
OPEN_TO = {
    everyone: set(KINDS),
    uploading: set(KINDS) - {"nobody"},
    signed_in: set(KINDS) - {"nobody", "link"},
    coaching: {"coach", "other_coach", "admin"},
    administering: {"admin"},
    see_athlete: {"anna", "coach", "admin"},
    film_athlete: {"link", "anna", "coach", "admin"},
    see_screening: {"anna", "coach", "admin"},
    change: {"anna", "coach", "admin"},
    see_squad: {"coach", "admin"},
    own_upload: {"anna"},
}
"""Who gets past each rule where the id is Anna's: her first screening is older than the link."""


def rules_of(dependant: Dependant) -> set[Any]:
    """Return the rules among everything that a route asks for."""
    found = {each.call for each in dependant.dependencies if each.call in RULES}
    return found.union(*(rules_of(each) for each in dependant.dependencies))


def contexts(world: World) -> list[RouteContext]:
    """Return everything that this application answers to, whatever router it came with."""
    return list(iter_route_contexts(world.app.routes))


def routes(world: World) -> list[RouteContext]:
    """Return those of our own making."""
    return [context for context in contexts(world) if isinstance(context.original_route, APIRoute)]


def fill(path: str, ids: dict[str, str]) -> str:
    """Return an address with Anna's ids in it."""
    known = {
        "athlete_id": ids["anna"],
        "screening_id": ids["anna_screening"],
        "squad_id": ids["squad"],
        "account_id": ids["anna_account"],
        "grant_id": ids["link"],
        "webhook_id": "0" * 32,
        "passkey_id": "0" * 32,
        "identity_id": "0" * 32,
        "upload_id": ids["upload"],
        "secret": "x" * 43,
        "side": "left",
        "kind": "tape_cm",
        "number": "1",
        "value_id": "0" * 32,
        "clip_id": "0" * 32,
        "template_id": "0" * 32,
        "coach_id": "0" * 32,
        "group_id": "0" * 32,
    }
    return re.sub(r"{(\w+)}", lambda match: known[match[1]], path)


def test_every_route_has_a_rule(world: World) -> None:
    """A route that is added without one fails here, pages too."""
    assert len(routes(world)) > 60
    for route in contexts(world):
        if isinstance(route.original_route, APIRoute):
            assert rules_of(route.dependant), f"{route.path} asks for none of the rules of app.web.dependencies"
        else:
            assert route.path in UNRULED, f"{route.path} is open to everybody and not known to be"
    assert set(OPEN_TO) == set(RULES)


def test_every_id_in_an_address_is_ruled(world: World) -> None:
    """A route whose address names an athlete, a screening or a squad asks for a rule that reads that id."""
    reads = {"athlete_id": {see_athlete, film_athlete}, "screening_id": {see_screening, change}, "squad_id": {see_squad}, "account_id": {administering}}
    reads["upload_id"] = {own_upload}
    for route in routes(world):
        for name in re.findall(r"{(\w+)}", route.path):
            assert name not in reads or rules_of(route.dependant) & reads[name], f"{route.path} does not rule over {name}"


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_gets_past_a_rule_that_is_not_theirs(world: World, kind: str) -> None:
    """Every route, called without a body by everybody in turn: refused before anything is looked at, or not refused for who they are."""
    client: TestClient = getattr(world, kind)
    erasing = [route for route in routes(world) if "erase" in route.path or "signout" in route.path or "leave" in route.path or "DELETE" in route.methods]
    for route in [each for each in routes(world) if each not in erasing] + erasing:
        for method in route.methods:
            allowed = set.intersection(*(OPEN_TO[rule] for rule in rules_of(route.dependant)))
            if kind in allowed and route in erasing:
                continue  # would take away what the next routes need
            answer = client.request(method, fill(route.path, world.ids))
            refused = answer.status_code in {401, 403} or (answer.status_code == 303 and answer.headers["location"].startswith("/signin?"))
            hidden = answer.status_code == 404
            if kind in allowed:
                assert not refused, f"{kind} may {method} {route.path} and got {answer.status_code}"
            else:
                assert refused or hidden, f"{kind} may not {method} {route.path} and got {answer.status_code}"


def test_pages_and_files_answer_head_like_get(world: World) -> None:
    """With the same status and kind, and no body: previews of links, checks of a monitor and download managers ask so before they fetch anything."""
    world.services.clips.put(f"{world.ids['anna_screening']}/left/overlay.mp4", b"pictures")
    api = [route for route in routes(world) if re.search(r"[.](jpg|mp4|csv|ics)$|/report$", route.path)]
    pages = [route for route in routes(world) if not route.include_in_schema and "/api/" not in route.path and "GET" in route.methods]
    asked = {fill(route.path, world.ids) for route in (*api, *pages)}
    assert len(asked) > 50
    for path in sorted(asked):
        whole, head = world.admin.get(path), world.admin.head(path)
        assert (head.status_code, head.headers.get("content-type"), head.content) == (whole.status_code, whole.headers.get("content-type"), b""), path


def test_what_belongs_to_others_does_not_exist(world: World) -> None:
    """A coach, an athlete and a link with the ids of the other squad's: the same answer as for an id that was never given."""
    ids = world.ids
    addresses = [f"athletes/{ids['ben']}", f"athletes/{ids['ben']}/trend", f"screenings/{ids['ben_screening']}", f"screenings/{ids['ben_screening']}/report"]
    for client in (world.coach, world.anna):
        for address in addresses:
            theirs = client.get(f"/api/{address}")
            unknown = client.get(f"/api/{re.sub('[0-9a-f]{32}', '0' * 32, address)}")
            assert theirs.status_code == unknown.status_code == 404
            assert theirs.json() == unknown.json()
    assert world.coach.get(f"/api/squads/{ids['other_squad']}/table").status_code == 404
    assert world.link.get(f"/api/screenings/{ids['ben_screening']}").status_code == 404
    assert world.link.get(f"/api/screenings/{ids['anna_screening']}").status_code == 404
    assert world.link.get(f"/api/screenings/{ids['linked_screening']}").status_code == 200


def test_ids_inside_bodies_and_forms_open_nothing(world: World) -> None:
    """Clips for others, repeats of others' screenings, others' squads: refused, and nothing is stored."""
    ids = world.ids
    with world.services.open_records() as records:
        before = records.screening_ids()
    clip = {"left": ("l.mp4", make_clip("new"))}
    for client in (world.coach, world.anna, world.link):
        for said in ({"athlete_id": ids["ben"]}, {"repeat_of": ids["ben_screening"]}):
            for address in ("/api/screenings", "/screenings"):
                assert client.post(address, files=clip, data=said).status_code == 404, said
        assert client.get(f"/?athlete={ids['ben']}").status_code == 404
    assert world.coach.post("/api/athletes", json={"name": "New", "squad_id": ids["other_squad"]}).status_code == 404
    assert world.coach.put(f"/api/squads/{ids['squad']}/athletes/{ids['ben']}").status_code == 404
    assert world.coach.delete(f"/api/athletes/{ids['ben']}/links/{ids['link']}").status_code == 404
    assert world.other_coach.delete(f"/api/athletes/{ids['ben']}/links/{ids['link']}").status_code == 404
    assert world.anna.delete(f"/api/account/grants/{ids['link']}").status_code == 404
    assert world.admin.post("/api/invites", json={"role": "coach", "squad_id": "0" * 32}).status_code == 404
    with world.services.open_records() as records:
        assert records.screening_ids() == before
        assert [athlete.name for athlete in records.athletes.list_all()] == ["Anna", "Ben"]


def test_lists_hold_only_ones_own(world: World) -> None:
    """Athletes and squads of a coach, oneself of an athlete; everything of an admin."""
    seen = {kind: [athlete["name"] for athlete in getattr(world, kind).get("/api/athletes").json()] for kind in ("admin", "coach", "other_coach", "anna")}
    assert seen == {"admin": ["Anna", "Ben"], "coach": ["Anna"], "other_coach": ["Ben"], "anna": ["Anna"]}
    assert [squad["id"] for squad in world.coach.get("/api/squads").json()] == [world.ids["squad"]]
    assert "Ben" not in world.coach.get("/athletes").text
    assert "other_squad" not in world.coach.get("/squads").text


def test_who_leaves_a_squad_is_no_longer_seen_by_its_coach(world: World) -> None:
    """At once, and with everything of theirs."""
    ids = world.ids
    assert world.coach.delete(f"/api/squads/{ids['squad']}/athletes/{ids['anna']}").status_code == 204
    assert world.coach.get(f"/api/athletes/{ids['anna']}").status_code == 404
    assert world.coach.get(f"/api/screenings/{ids['anna_screening']}").status_code == 404
    assert world.anna.get(f"/api/screenings/{ids['anna_screening']}").status_code == 200


def test_a_link_opens_only_handing_in(world: World) -> None:
    """No lists, no trend, no erasing; once it is taken back or too old it opens nothing."""
    ids = world.ids
    for address in ("/api/athletes", f"/api/athletes/{ids['anna']}/trend", "/api/squads", "/api/account"):
        assert world.link.get(address).status_code == 403
    assert world.link.delete(f"/api/screenings/{ids['linked_screening']}").status_code == 403
    assert "erase" not in world.link.get(f"/screenings/{ids['linked_screening']}").text
    other = new_client(world.app)
    assert other.get(f"/s/{ids['link_secret']}").headers["location"] == "/"
    assert other.get("/").status_code == 200
    assert world.coach.delete(f"/api/athletes/{ids['anna']}/links/{ids['link']}").status_code == 204
    assert other.get("/").headers["location"] == "/signin?next=%2F"
    assert world.link.post("/api/screenings", files={"left": ("l.mp4", make_clip("late"))}).status_code == 401


def test_who_looked_is_written_down_for_the_athlete(world: World) -> None:
    """The coach, by their address; not the athlete, and not who was refused."""
    world.other_coach.get(f"/api/athletes/{world.ids['anna']}")
    world.coach.get(f"/api/athletes/{world.ids['anna']}/trend")
    looks = world.anna.get(f"/api/athletes/{world.ids['anna']}/looks").json()
    assert {look["by"] for look in looks if look["by"] != "a link"} == {"coach@example.org"}
    assert "coach@example.org" in world.anna.get(f"/athletes/{world.ids['anna']}").text


def test_without_consent_nothing_is_taken(world: World) -> None:
    """Refused over the API, asked for on the page; a guardian's for those under 18."""
    said = {"name": "Cleo", "squad_id": world.ids["squad"], "under_18": True}
    cleo = world.coach.post("/api/athletes", json=said).json()["id"]
    refused = world.coach.post("/api/screenings", files={"left": ("l.mp4", make_clip("c"))}, data={"athlete_id": cleo})
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    page = world.coach.get(f"/?athlete={cleo}").text
    assert "Who agrees?" in page
    assert 'value="athlete"' not in page
    own = world.coach.put(f"/api/athletes/{cleo}/consent", json={"given_by": "athlete"})
    assert (own.status_code, own.json()["code"]) == (422, "malformed")
    assert world.coach.post(f"/athletes/{cleo}/consent", data={"given_by": "guardian"}).headers["location"] == f"/?athlete={cleo}"
    measure(world, world.coach, cleo, "cleo")
    assert world.coach.delete(f"/api/athletes/{cleo}/consent").status_code == 204
    again = world.coach.post("/api/screenings", files={"left": ("l.mp4", make_clip("c2"))}, data={"athlete_id": cleo})
    assert again.json()["code"] == "consent_missing"


def test_a_coach_does_not_erase_who_holds_an_account(world: World) -> None:
    """They can take them out of the squad; the athlete erases themselves."""
    ids = world.ids
    refused = world.coach.delete(f"/api/athletes/{ids['anna']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert world.anna.delete(f"/api/athletes/{ids['anna']}").status_code == 204
    assert world.anna.get("/api/account").status_code == 401
    assert world.other_coach.delete(f"/api/athletes/{ids['ben']}").status_code == 204


def test_a_token_acts_as_its_account(world: World) -> None:
    """Over the header, and no longer once it is taken back."""
    made = world.coach.post("/api/account/tokens", json={"label": "export"}).json()
    program = new_client(world.app)
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert [athlete["name"] for athlete in program.get("/api/athletes", headers=bearer).json()] == ["Anna"]
    assert program.get("/api/athletes", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert world.coach.delete(f"/api/account/grants/{made['id']}").status_code == 204
    assert program.get("/api/athletes", headers=bearer).status_code == 401


def test_without_an_athlete_nobody_but_an_admin_hands_in_clips(world: World) -> None:
    """The error says what is missing."""
    answer = world.coach.post("/api/screenings", files={"left": ("l.mp4", make_clip("x"))})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert "athlete_id" in answer.json()["message"]


def test_signing_out_ends_the_session(world: World) -> None:
    """The cookie is taken back, and what it held opens nothing any more."""
    other = new_client(world.app)
    sign_in(other, "coach@example.org")
    secret = other.cookies["kneewall"]
    assert other.get("/api/account").json()["email"] == "coach@example.org"
    assert other.delete("/api/session").status_code == 204
    assert new_client(world.app).get("/api/account", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
