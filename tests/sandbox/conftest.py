"""Sandboxes whose children are hostile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.adapters.confinement import Caps
from app.adapters.sandbox_process import Answer, Order, Sandbox
from tests.sandbox.children import COMMAND

CAPS = Caps(cpu_s=60, memory_bytes=400_000_000, file_bytes=20_000_000)


def make_sandbox(*, caps: Caps = CAPS, longest_s: float = 60.0) -> Sandbox:
    """Return a sandbox of hostile children."""
    return Sandbox(COMMAND, caps=caps, longest_s=longest_s, at_once=2)


def ignore(share: float, activity: str) -> None:
    """Nobody asks how far it is."""


def run(sandbox: Sandbox, order: Order) -> Answer:
    """Run an order, whatever it says of its progress."""
    return sandbox.run(order, progress=ignore)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Return one for the tests of a module."""
    made = make_sandbox()
    yield made
    made.stop()
