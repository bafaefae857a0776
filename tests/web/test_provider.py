"""Signing in over an identity provider: a real one on this machine, and everything that is not believed."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import structlog
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError

from app.settings import Settings
from app.web.factory import create_app
from app.wiring import build_provider
from tests.fakes.provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from tests.fakes.tries import MemoryTries
from tests.web.people import PASSWORD, World, join, new_client, people, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

COACH = "coach@example.org"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Return a provider that listens."""
    with providing() as listening:
        yield listening


@pytest.fixture
def world(tmp_path: Path, provider: Provider) -> Iterator[World]:
    """Return everybody, with the provider in the settings."""
    with people(tmp_path) as made:
        connect(made, provider)
        yield made


def connect(world: World, provider: Provider) -> None:
    """Have the service know the provider as its settings would have it."""
    settings = Settings(
        data_dir=world.folder,
        auth="on",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        oidc_name="Club sign-in",
    )
    world.services = replace(world.services, provider=build_provider(settings), tries=MemoryTries())
    world.app.state.services = world.services


def go(client: TestClient, address: str = "/signin/provider") -> str:
    """Go to the provider and sign in there; return where the browser is sent back to."""
    sent = client.get(address)
    assert sent.status_code == 303, sent.text
    there = httpx2.get(sent.headers["location"])
    assert there.status_code == 303
    back = there.headers["location"]
    assert back.startswith("http://127.0.0.1/signin/provider/callback?")
    return back.removeprefix("http://127.0.0.1")


def enter(client: TestClient, address: str = "/signin/provider") -> Any:  # noqa: ANN401 - an answer
    """Go there and come back."""
    return client.get(go(client, address))


def email_of(client: TestClient) -> str:
    """Return whose session it is."""
    return str(client.get("/api/account").json()["email"])


def assert_refused(client: TestClient, answer: Any, status: int, words: str) -> None:  # noqa: ANN401 - an answer
    """Look for a page that says so, and for nobody signed in."""
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert "<h1" in answer.text
    assert "Traceback" not in answer.text
    assert client.get("/api/account").status_code == 401


def test_a_verified_address_opens_the_account_that_has_it(world: World, provider: Provider) -> None:
    """The button leads there and back to where one was going; afterwards the person is known, whatever their address becomes."""
    page = world.nobody.get("/signin?next=/squads").text
    assert "Sign in with Club sign-in" in page
    entered = enter(world.nobody, "/signin/provider?next=/squads")
    assert (entered.status_code, entered.headers["location"]) == (303, "/squads")
    assert email_of(world.nobody) == COACH
    provider.email, provider.email_verified = "married@example.org", False
    later = new_client(world.app)
    assert enter(later).status_code == 303
    assert email_of(later) == COACH
    [linked] = later.get("/api/account/identities").json()
    assert linked["issuer"] == provider.issuer
    assert provider.issuer in later.get("/account").text


def test_what_is_asked_of_the_provider(world: World, provider: Provider) -> None:
    """Code, PKCE, state and nonce, new each time; none of them tells the secret that stays in the browser."""
    for _ in range(2):
        enter(new_client(world.app))
    first, second = provider.asked
    assert first["redirect_uri"] == "http://127.0.0.1/signin/provider/callback"
    assert first["tenant"] == "1"
    varied = ("state", "nonce", "code_challenge")
    assert all(first[name] != second[name] and len(first[name]) >= 43 for name in varied)
    assert len({first[name] for name in varied}) == 3


def test_a_taken_back_link_is_made_anew_by_the_address(world: World, provider: Provider) -> None:
    """On the page or over the API; others' are unknown."""
    assert enter(world.nobody).status_code == 303
    [linked] = world.nobody.get("/api/account/identities").json()
    assert world.other_coach.delete(f"/api/account/identities/{linked['id']}").json()["code"] == "unknown_identity"
    assert world.nobody.post(f"/account/identities/{linked['id']}/erase").status_code == 303
    assert world.nobody.get("/api/account/identities").json() == []
    provider.email = "stranger@example.org"
    assert enter(new_client(world.app)).status_code == 403
    provider.email = COACH.upper()
    assert enter(new_client(world.app)).status_code == 303


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


@pytest.mark.parametrize(("email", "verified"), [(COACH, False), (COACH, "false"), (COACH, None), (COACH, 1.5), (None, True), ("", True)])
def test_an_address_that_is_not_verified_opens_nothing(world: World, provider: Provider, email: str | None, verified: Any) -> None:  # noqa: ANN401 - as it comes
    """Anybody can write somebody else's address into their profile."""
    provider.email, provider.email_verified = email, verified
    provider.metadata = {"userinfo_endpoint": None}
    assert_refused(world.nobody, enter(world.nobody), 403, "does not say that your e-mail address is yours")


def test_who_is_unknown_is_refused_and_told_why(world: World, provider: Provider) -> None:
    """No account is made; invitations are spoken of."""
    provider.email = "stranger@example.org"
    assert_refused(world.nobody, enter(world.nobody), 403, "by invitation")
    assert len(world.admin.get("/api/accounts").json()) == 4


def test_an_invitation_is_accepted_over_the_provider(world: World, provider: Provider) -> None:
    """The account has the address that the provider verified and the role of the invitation; the invitation is used up, and the password is nobody's."""
    provider.email = "New.Coach@example.org"
    path = world.admin.post("/api/invites", json={"role": "coach"}).json()["path"]
    assert f'href="{path}/provider"' in world.nobody.get(path).text
    entered = enter(world.nobody, f"{path}/provider")
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    account = world.nobody.get("/api/account").json()
    assert (account["email"], account["role"]) == ("new.coach@example.org", "coach")
    assert world.nobody.get(path).status_code == 404
    assert enter(new_client(world.app)).status_code == 303
    reset = world.admin.post(f"/api/accounts/{account['id']}/reset").json()["path"]
    assert world.nobody.post(reset, data={"password": PASSWORD}).status_code == 303
    sign_in(new_client(world.app), "new.coach@example.org")


def test_an_athlete_s_invitation_leads_to_the_athlete(world: World, provider: Provider) -> None:
    """And the consent is asked for as ever."""
    provider.email = "ben@example.org"
    path = world.other_coach.post(f"/api/athletes/{world.ids['ben']}/invites").json()["path"]
    assert enter(world.nobody, f"{path}/provider").status_code == 303
    assert world.nobody.get("/athletes").headers["location"] == f"/athletes/{world.ids['ben']}"


def test_no_admin_is_made_over_the_provider(world: World, provider: Provider) -> None:
    """Their invitation offers it not, refuses it, and is good afterwards; an admin who is there signs in."""
    provider.email = "second.admin@example.org"
    path = world.admin.post("/api/invites", json={"role": "admin"}).json()["path"]
    assert "/provider" not in world.nobody.get(path).text
    assert_refused(world.nobody, world.nobody.get(f"{path}/provider"), 403, "begins with a password")
    coachs = world.admin.post("/api/invites", json={"role": "coach"}).json()["path"]
    back = go(world.nobody, f"{coachs}/provider")
    way = world.nobody.cookies["kneewall_way"]
    world.nobody.cookies.delete("kneewall_way")
    world.nobody.cookies.set("kneewall_way", way.replace(coachs.rpartition("/")[2], path.rpartition("/")[2]))
    assert_refused(world.nobody, world.nobody.get(back), 403, "begins with a password")
    join(world.nobody, path, "second.admin@example.org")
    assert enter(new_client(world.app)).status_code == 303


def test_an_invitation_of_somebody_who_has_an_account_stays_good(world: World) -> None:
    """By their address, and by who they are."""
    path = world.admin.post("/api/invites", json={"role": "coach"}).json()["path"]
    for _ in range(2):
        assert_refused(world.nobody, enter(world.nobody, f"{path}/provider"), 409, "There is an account")
        assert enter(new_client(world.app)).status_code == 303
    assert f'href="{path}"' in enter(world.nobody, f"{path}/provider").text
    assert world.nobody.get(path).status_code == 200


def test_an_address_that_passed_to_somebody_else_opens_nothing(world: World, provider: Provider) -> None:
    """The account is linked to whoever had it before."""
    assert enter(new_client(world.app)).status_code == 303
    provider.subject = "subject-2"
    assert_refused(world.nobody, enter(world.nobody), 403, "linked to somebody else")


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


def test_an_address_that_is_said_only_when_asked(world: World, provider: Provider) -> None:
    """The standard lets providers keep it out of the token; it has to be the same person's."""
    provider.by_userinfo = {"email": COACH, "email_verified": "true"}
    assert enter(new_client(world.app)).status_code == 303
    provider.subject, provider.by_userinfo = "subject-3", {"sub": "somebody-else", "email": "anna@example.org", "email_verified": True}
    assert_refused(world.nobody, enter(world.nobody), 502, "did not work")


def test_a_provider_that_takes_the_secret_in_the_body(world: World, provider: Provider) -> None:
    """Where it says that it takes it nowhere else."""
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert enter(world.nobody).status_code == 303


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


def test_without_a_provider_there_is_none(world: World) -> None:
    """No button, and the addresses say so."""
    world.app.state.services = replace(world.services, provider=None)
    assert "/signin/provider" not in world.nobody.get("/signin").text
    for address in ("/signin/provider", "/signin/provider/callback?state=x&code=y"):
        assert_refused(world.nobody, world.nobody.get(address), 404, "not connected")


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


@pytest.mark.parametrize(
    "said",
    [
        {"oidc_issuer": "http://id.example.org", "oidc_client_id": "x", "oidc_client_secret": "x"},
        {"oidc_issuer": "https://id.example.org/?a=b", "oidc_client_id": "x", "oidc_client_secret": "x"},
        {"oidc_issuer": "https://id.example.org", "oidc_client_secret": "x"},
        {"oidc_issuer": "https://id.example.org", "oidc_client_id": "x"},
        {"oidc_issuer": "https://id.example.org", "oidc_client_id": "x", "oidc_client_secret_file": "/nothing/here"},
        {"oidc_issuer": "https://id.example.org", "oidc_client_id": "x", "oidc_client_secret": "x", "oidc_client_secret_file": __file__},
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path: Path, said: dict[str, Any]) -> None:
    """With what is missing or wrong, and without the secret."""
    with pytest.raises(ValidationError, match="expected") as refused:
        Settings(data_dir=tmp_path, **said)
    assert "'x'" not in str(refused.value)


def test_the_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """As containers hand it over, with the end of the line; the name is the host's where none is given. No secret shows."""
    file = tmp_path / "secret"
    file.write_text("hidden-thing\n", encoding="utf-8")
    settings = Settings(data_dir=tmp_path, auth="on", oidc_issuer="https://id.example.org/realm", oidc_client_id="x", oidc_client_secret_file=file)  # type: ignore[call-arg] # read from a file of that name by settings
    built = build_provider(settings)
    assert built is not None
    assert (built.name, built._client_secret) == ("id.example.org", "hidden-thing")  # type: ignore[attr-defined] # what was read
    shown = Settings(data_dir=tmp_path, oidc_issuer="https://id.example.org", oidc_client_id="x", oidc_client_secret=SecretStr("hidden-thing"))
    assert "hidden-thing" not in repr(shown)
