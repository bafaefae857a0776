"""What says of a number that it rests on points that somebody set: it stands beside the number, wherever that is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rendering.language import gettext as _


def is_by_hand(m: Mapping[str, Any] | None) -> bool:
    """Whether a kneewall.measurement/1 dict rests on points that somebody set; documents of earlier versions lack the key."""
    marks = None if m is None else m["provenance"].get("by_hand")
    return bool(marks and marks["points_px"])


def tell_hand() -> str:
    """Say it in a few words."""
    return _("points set by hand")


def add_hand(text: str, *, by_hand: bool) -> str:
    """Say it behind a number, where it is so."""
    return f"{text} ({tell_hand()})" if by_hand else text


def name_hand_legs(report: Mapping[str, Any]) -> str | None:
    """Say whose points they are, for the headline of a kneewall.report/1 dict; None where nobody set any."""
    sides = [side for side in ("left", "right") if is_by_hand(report[side])]
    if not sides:
        return None
    if len(sides) > 1:
        return _("points of both legs set by hand")
    return _("points of the left leg set by hand") if sides == ["left"] else _("points of the right leg set by hand")
