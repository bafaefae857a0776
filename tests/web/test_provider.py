"""Signing in over an identity provider, a real one on this machine: whose account it opens, invitations, and how it is set up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from app.settings import Settings
from app.wiring import build_provider
from tests.fakes.provider import Provider
from tests.web.people import PASSWORD, World, join, new_client, sign_in
from tests.web.provider import COACH, assert_refused, email_of, enter, go
from tests.web.provider import provider as provider  # noqa: PLC0414 - the fixture
from tests.web.provider import world as world  # noqa: PLC0414 - the fixture


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


def test_without_a_provider_there_is_none(world: World) -> None:
    """No button, and the addresses say so."""
    world.app.state.services = replace(world.services, provider=None)
    assert "/signin/provider" not in world.nobody.get("/signin").text
    for address in ("/signin/provider", "/signin/provider/callback?state=x&code=y"):
        assert_refused(world.nobody, world.nobody.get(address), 404, "not connected")


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
