"""What stands beside a report: what the person said about the day, and which version it is."""

from __future__ import annotations

from app.ports.records import Circumstances, Felt
from app.usecases.corrections import VersionNote

_WHERE: dict[Felt, str] = {"front": "front of the ankle", "back": "back of the ankle or Achilles tendon", "calf": "calf", "elsewhere": "elsewhere"}


def describe_day(day: Circumstances) -> list[str]:
    """Say what was said, a sentence each; what was not said is left out."""
    said = []
    if day.pain is not None:
        said.append(f"Pain at the end of the lunge: {day.pain} of 10.")
    if day.felt:
        said.append(f"Felt at the {', '.join(_WHERE[place] for place in day.felt)}.".replace("at the elsewhere", "elsewhere"))
    if day.limited_by:
        said.append(f"What ended the lunge: {day.limited_by}")
    if day.minutes_since_exercise is not None:
        said.append(f"{day.minutes_since_exercise} minutes after exercise.")
    if day.warmed_up is not None:
        said.append("Warmed up before." if day.warmed_up else "Not warmed up.")
    if day.notes:
        said.append(f"Notes: {day.notes}")
    return said


def describe_version(version: VersionNote) -> str:
    """Say which version this is, by whom and why."""
    return f"Version {version.number} of {version.made_at:%d.%m.%Y}{f' by {version.by}' if version.by else ''}: {version.reason}"
