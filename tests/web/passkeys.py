"""Browsers with devices that make passkeys and sign in with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.authenticator import Device
from tests.web.people import World, new_client, sign_in

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


class Untiring:
    """Tries that nobody counts."""

    def count(self, key: str, most: int) -> None:
        """Forget it."""

    def wait_s(self, key: str, most: int) -> float:
        """Return no time."""
        del key, most
        return 0.0
