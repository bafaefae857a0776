"""Signing in over an identity provider: tokens, ways back and answers of the provider that are not believed."""

from __future__ import annotations

import re
import socket
from typing import Any

import httpx2
import pytest
import structlog
from joserfc.jwk import RSAKey

from app.web.factory import create_app
from tests.fakes.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.web.people import World, new_client, sign_in
from tests.web.provider import COACH, assert_refused, connect, email_of, enter, go
from tests.web.provider import provider as provider  # noqa: PLC0414 - the fixture
from tests.web.provider import world as world  # noqa: PLC0414 - the fixture


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"nonce": "other"}, "claim_nonce"),
        ({"nonce": None}, "claim_nonce"),
        ({"aud": "somebody-else"}, "claim_aud"),
        ({"aud": [CLIENT_ID, "somebody-else"]}, "claim_azp"),
        ({"aud": None}, "claim_aud"),
        ({"azp": "somebody-else"}, "claim_azp"),
        ({"iss": "https://evil.example"}, "claim_iss"),
        ({"exp": 1_700_000_000}, "claim_exp"),
        ({"exp": None}, "claim_exp"),
        ({"iat": 4_000_000_000}, "claim_iat"),
        ({"sub": None}, "claim_sub"),
        ({"sub": ""}, "claim_sub"),
        ({"sub": "x" * 256}, "claim_sub"),
        ({"sub": 7}, "claim_sub"),
        ({"at_hash": "AAAA"}, "claim_at_hash"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_not_believed(world: World, provider: Provider, claims: dict[str, Any], word: str) -> None:
    """The page says that it did not work, the log which claim it was."""
    provider.claims = claims
    with structlog.testing.capture_logs() as logged:
        answer = enter(world.nobody)
    assert_refused(world.nobody, answer, 502, "Signing in with Club sign-in did not work")
    assert [line["reason"] for line in logged if line["event"] == "signin.provider_failed"] == [word]


@pytest.mark.parametrize("alg", ["none", "HS256", "other key"])
def test_a_token_that_the_provider_did_not_sign_is_not_believed(world: World, provider: Provider, alg: str) -> None:
    """Not signed at all, signed with what everybody knows, or with another key under the same name; whatever the provider says of itself."""
    if alg == "other key":
        provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    else:
        provider.alg = alg
    with structlog.testing.capture_logs() as logged:
        answer = enter(world.nobody)
    assert_refused(world.nobody, answer, 502, "did not work")
    assert {line["reason"] for line in logged if "reason" in line} <= {"not_signed", "malformed"}


def test_a_new_key_of_the_provider_is_good_at_once(world: World, provider: Provider) -> None:
    """Nothing of it is kept from one sign-in to the next."""
    assert enter(new_client(world.app)).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert enter(new_client(world.app)).status_code == 303


def test_the_way_back_is_gone_once(world: World, provider: Provider) -> None:
    """The same address again, in the same browser or another, opens nothing and asks the provider nothing."""
    back = go(world.nobody)
    way = world.nobody.cookies["kneewall_way"]
    assert world.nobody.get(back).status_code == 303
    assert "kneewall_way" not in world.nobody.cookies
    for cookies in ({}, {"kneewall_way": way}):
        other = new_client(world.app)
        other.cookies.update(cookies)
        assert_refused(other, other.get(back), 400, "another browser")
    assert provider.redeemed == 1


@pytest.mark.parametrize("change", ["no state", "other state", "other browser", "no cookie", "broken cookie"])
def test_only_the_browser_that_went_comes_back(world: World, provider: Provider, change: str) -> None:
    """An address that somebody else sends brings nobody into their account."""
    back, other = go(world.nobody), new_client(world.app)
    if change == "no state":
        back = re.sub(r"state=[^&]*&?", "", back)
    elif change == "other state":
        back = re.sub(r"state=[^&]*", "state=" + "x" * 43, back)
    elif change == "other browser":
        go(other)
        world.nobody = other
    elif change == "no cookie":
        world.nobody = other
    else:
        world.nobody.cookies.delete("kneewall_way")
        world.nobody.cookies.set("kneewall_way", "broken")
    assert_refused(world.nobody, world.nobody.get(back), 400, "another browser")
    assert provider.redeemed == 0


def test_a_code_of_another_round_is_not_taken(world: World, provider: Provider) -> None:
    """Somebody's code put into one's own way back fails at the verifier; nothing of what the provider says about it is shown or logged."""
    stolen = re.search(r"code=([^&]*)", go(new_client(world.app)))
    assert stolen is not None
    back = re.sub(r"code=[^&]*", stolen[0], go(world.nobody))
    with structlog.testing.capture_logs() as logged:
        answer = world.nobody.get(back)
    assert_refused(world.nobody, answer, 502, "did not work")
    said = answer.text + str(logged)
    assert [secret for secret in ("secret-of-the-provider", CLIENT_SECRET, stolen[1], COACH) if secret in said] == []
    assert provider.redeemed == 1


def test_an_answer_in_another_provider_s_name_is_not_believed(world: World, provider: Provider) -> None:
    """Where it says from whom it is, it has to be from this one."""
    back = re.sub(r"iss=[^&]*", "iss=https%3A%2F%2Fevil.example", go(world.nobody))
    assert_refused(world.nobody, world.nobody.get(back), 502, "did not work")
    del provider


@pytest.mark.parametrize(("error", "status", "words"), [("access_denied", 403, "did not let you"), ("server_error", 502, "did not work")])
def test_who_stops_there_is_told_so(world: World, provider: Provider, error: str, status: int, words: str) -> None:
    """And can begin again."""
    provider.declines = error
    assert_refused(world.nobody, enter(world.nobody), status, words)
    provider.declines = None
    assert enter(world.nobody).status_code == 303


@pytest.mark.parametrize(
    ("metadata", "word"),
    [
        ({"issuer": "https://evil.example"}, "other_issuer"),
        ({"token_endpoint": "http://elsewhere.example/token"}, "not_private"),
        ({"authorization_endpoint": None}, "malformed"),
        ({"jwks_uri": 7}, "malformed"),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(world: World, provider: Provider, metadata: dict[str, Any], word: str) -> None:
    """Another name, or an address that others could listen at."""
    provider.metadata = metadata
    with structlog.testing.capture_logs() as logged:
        answer = world.nobody.get("/signin/provider")
    assert_refused(world.nobody, answer, 502, "did not work")
    assert [line["reason"] for line in logged if line["event"] == "signin.provider_failed"] == [word]


def test_a_provider_that_is_away(world: World, provider: Provider) -> None:
    """On the way there and on the way back: a page, and a word in the log; the password is as good as ever."""
    back = go(world.nobody)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        provider.port = free.getsockname()[1]
    connect(world, provider)
    for address in (back, "/signin/provider"):
        with structlog.testing.capture_logs() as logged:
            answer = world.nobody.get(address)
        assert_refused(world.nobody, answer, 502, "did not work")
        assert [line["reason"] for line in logged if line["event"] == "signin.provider_failed"] == ["no_connection"]
    sign_in(world.nobody, COACH)


@pytest.mark.parametrize("status", [400, 500])
def test_a_provider_that_fails_in_the_middle(world: World, provider: Provider, status: int) -> None:
    """Tokens with a status that says otherwise, or a fault of its own."""
    provider.token_status = status
    provider.claims = {"iss": "https://evil.example"}
    assert_refused(world.nobody, enter(world.nobody), 502, "did not work")


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "/a.b?c=d.e"])
def test_the_way_back_leads_nowhere_else(world: World, address: str) -> None:
    """To an address of this service, dots and all."""
    sent = world.nobody.get("/signin/provider", params={"next": address})
    back = httpx2.get(sent.headers["location"]).headers["location"]
    entered = world.nobody.get(back.removeprefix("http://127.0.0.1"))
    assert entered.headers["location"] == (address if address.startswith("/a") else "/")


def test_over_tls_cookies_are_bound_to_the_host(world: World) -> None:
    """Session and way back have the prefix, and one without it is not looked at."""
    world.app = create_app(world.services, allowed_hosts=["kneewall.example.org"])
    safe = new_client(world.app)
    safe.base_url = "https://kneewall.example.org"
    sent = safe.get("/signin/provider")
    assert sent.headers["set-cookie"].startswith("__Host-kneewall_way=")
    back = httpx2.get(sent.headers["location"]).headers["location"]
    assert back.startswith("https://kneewall.example.org/signin/provider/callback?")
    entered = safe.get(back.removeprefix("https://kneewall.example.org"))
    given = entered.headers.get_list("set-cookie")
    [session] = [cookie for cookie in given if cookie.startswith("__Host-kneewall=")]
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(session.lower().split("; "))
    assert "domain" not in session.lower()
    assert email_of(safe) == COACH
    tossed = new_client(world.app)
    tossed.base_url = "https://kneewall.example.org"
    tossed.cookies.set("kneewall", safe.cookies["__Host-kneewall"])
    assert tossed.get("/api/account").status_code == 401
    assert safe.post("/signout").status_code == 303
    assert "__Host-kneewall" not in safe.cookies


def test_who_comes_back_wrongly_too_often_has_to_wait(world: World) -> None:
    """A hundred times from one place; and so many may go there."""
    for _ in range(100):
        assert world.nobody.get("/signin/provider/callback?state=x&code=y").status_code == 400
    assert world.nobody.get("/signin/provider/callback?state=x&code=y").status_code == 429
    answers = [world.nobody.get("/signin/provider").status_code for _ in range(101)]
    assert answers == [303] * 100 + [429]


def test_only_the_hash_of_the_way_is_kept(world: World) -> None:
    """Whoever reads the database comes back in nobody's place."""
    go(world.nobody)
    secret = world.nobody.cookies["kneewall_way"].partition(".")[0]
    stored = b"".join(path.read_bytes() for path in world.folder.glob("kneewall.sqlite3*"))
    assert secret.encode() not in stored
