"""A service that knows an identity provider on this machine, and a browser that goes there and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.wiring import build_provider
from tests.fakes.provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from tests.fakes.tries import MemoryTries
from tests.web.people import World, people

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
