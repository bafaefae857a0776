"""What must stay the same for two sessions to be comparable, and what changed between two that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.ports.screenings import LegResult

What = Literal["footwear", "state", "protocol", "definition", "scale", "model"]
Parts = tuple[tuple[What, str], ...]
_STATES = {True: "warmed up", False: "not warmed up"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was in the session before."""

    what: What
    before: str
    now: str


def list_parts(result: LegResult, state: str) -> Parts:
    """Return everything that belongs to the setting of a session, in a fixed order."""
    stored = {"definition": "", "scale": "", "model": ""}
    for part in result.numbers.setting.split(", ") if result.numbers is not None else ():
        name = next((name for name in ("scale", "model") if part.startswith(f"{name} ")), "definition")
        stored[name] = f"{stored[name]}, {part}" if stored[name] else part
    return (
        ("footwear", result.footwear),
        ("state", state),
        ("protocol", f"protocol {result.protocol_version}"),
        ("definition", stored["definition"]),
        ("scale", stored["scale"]),
        ("model", stored["model"]),
    )


def write_setting(parts: Parts) -> str:
    """Write it as the one text by which sessions are compared."""
    return ", ".join(value for _, value in parts if value)


def list_changes(before: Parts, now: Parts) -> tuple[Change, ...]:
    """Return what changed, each kind of thing once: of two legs the first that changed speaks for both."""
    found: dict[What, Change] = {}
    for (what, old), (_, new) in zip(before, now, strict=True):
        if old != new:
            found.setdefault(what, Change(what, old, new))
    return tuple(found.values())


def find_states(results: Sequence[LegResult]) -> Mapping[str, str]:
    """Return the state in which the legs of each screening were; where nothing is said it is taken to be as before."""
    states, state = {}, ""
    for result in results:
        if result.warmed_up is not None:
            state = _STATES[result.warmed_up]
        states[result.screening_id] = state
    return states
