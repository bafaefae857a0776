"""What is known of the length of an athlete's foot, and what clips with the sheet say of it, as a plain dict with its sentences."""

from __future__ import annotations

from typing import Any

from app.ports.people import Athlete
from app.rendering.language import gettext as _
from app.rendering.language import ngettext, write_day
from app.rendering.measurement_dict import build_quantity_dict
from app.rendering.numbers import format_quantity
from app.usecases.foot_lengths import LearntFoot, find_known, is_offered
from calibration.quantity import Quantity


def build_foot_dict(athlete: Athlete, learnt: LearntFoot | None) -> dict[str, Any]:
    """Build the dict: `known` is used for clips in which no length is typed, `learnt` can take its place."""
    return {"known": _build_known(athlete), "learnt": None if learnt is None else _build_learnt(athlete, learnt)}


def _build_known(athlete: Athlete) -> dict[str, Any] | None:
    known = find_known(athlete)
    if known is None:
        return None
    since = athlete.foot_length_since
    said = {"origin": athlete.foot_length_origin, "since": None if since is None else since.isoformat()}
    words = _("{length}, learnt from clips with the sheet on {day}") if athlete.foot_length_origin == "learnt" else _("{length}, typed on {day}")
    return {"length_cm": build_quantity_dict(known)} | said | {"words": words.format(length=_write(known), day="?" if since is None else write_day(since))}


def _build_learnt(athlete: Athlete, learnt: LearntFoot) -> dict[str, Any]:
    known = find_known(athlete)
    words = ngettext("Learnt from {clips} clip with the sheet: {length}", "Learnt from {clips} clips with the sheet: {length}", learnt.clips)
    return {
        "length_cm": build_quantity_dict(learnt.length),
        "clips": learnt.clips,
        "newest_at": learnt.newest_at.isoformat(),
        "offered": is_offered(athlete, learnt),
        "surer": known is None or learnt.length.std < known.std,
        "words": words.format(clips=learnt.clips, length=_write(learnt.length)),
    }


def _write(length: Quantity) -> str:
    return format_quantity(build_quantity_dict(length), "cm")
