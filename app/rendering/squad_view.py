"""A squad's table as texts, for the page and for paper."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources
from typing import Any

from app.assessment.exceedance import EXCEEDANCE
from app.ports.documents import DocumentSource
from app.rendering.hand_words import add_hand
from app.rendering.language import get_language, gettext, mark, write_day
from app.rendering.numbers import format_quantity, subtract_as_shown
from app.rendering.report_source import FONT, spell_out
from app.rendering.small_svg import draw_spark, tell_spark
from app.usecases.overviews import RECENT_WEEKS, Overview

_ON_PAPER = mark(
    "Beyond 1.5 cm, beyond 3 cm: how likely it is that the legs truly differ by more, by the newest measurement. Measure again before anything else. "
    "Sides whose limit was not shown (≥) are not judged. A measurement is no diagnosis."
)


def build_rows(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the texts of each row of a table as `app.rendering.squad_dict` builds it."""
    return [_build_row(standing) for standing in table["athletes"]]


def add_sparks(rows: Sequence[dict[str, Any]], overview: Overview) -> None:
    """Put a drawing of the last weeks into each row, and the words for who hears the page."""
    for row in rows:
        recent = overview.recent.get(row["id"], ())
        row["spark"] = draw_spark(recent, overview.now, RECENT_WEEKS) if recent else None
        row["spark_words"] = tell_spark(recent, RECENT_WEEKS)


def describe_filter(table: Mapping[str, Any]) -> str | None:
    """Say how many are shown of how many, and how much of what they show is chance; None where everybody is."""
    filtered = table["filtered"]
    if filtered is None:
        return None
    shown = gettext("%(athletes)d of %(of)d shown.") % {"athletes": filtered["athletes"], "of": filtered["of"]}
    return f"{shown} {filtered['words']}" if filtered["athletes"] else shown


def build_squad_source(table: Mapping[str, Any], today: date) -> DocumentSource:
    """Return template and texts of the table on paper."""
    words = " ".join(part for part in (table["words"], describe_filter(table)) if part)
    view = {
        "name": table["squad"]["name"],
        "words": words,
        "day": write_day(today),
        "written_in": get_language(),
        "columns": _name_columns(),
        "not_yet": gettext("not yet"),
        "note": gettext(_ON_PAPER),
        "rows": build_rows(table),
    }
    template = resources.files("app.rendering").joinpath("templates", "squad.typ").read_text(encoding="utf-8")
    inputs = {"view": spell_out(view), "font": FONT, "made": today.timetuple()[:3]}
    return DocumentSource(template, {name: json.dumps(value) for name, value in inputs.items()}, archival=True)


def _name_columns() -> list[str]:
    return [
        gettext("Athlete"),
        gettext("Difference, left less right"),
        gettext("Beyond 1.5 cm"),
        gettext("Beyond 3 cm"),
        gettext("Left"),
        gettext("Right"),
        gettext("Measured"),
        gettext("Notes"),
    ]


def _build_row(standing: dict[str, Any]) -> dict[str, Any]:
    """Return the texts of one row."""
    return {
        "id": standing["id"],
        "name": standing["name"],
        "screening": standing["screening"],
        "day": None if standing["at"] is None else write_day(standing["at"]),
        "left": _show_leg(standing["left"]),
        "right": _show_leg(standing["right"]),
        "difference": _show_difference(standing),
        "beyond": [_show_share(standing[key]) for key in ("beyond_1_5_cm", "beyond_3_cm")],
        "note": standing["note"],
        "retake": standing["screening"] is not None and any(standing[side] is None or standing[side]["toe_to_wall_cm"] is None for side in ("left", "right")),
        "named": standing["beyond_1_5_cm"] is not None and standing["beyond_1_5_cm"] >= EXCEEDANCE.flagged_from,
    }


def _show_difference(standing: Mapping[str, Any]) -> str | None:
    """Write the difference as what stands beside it adds up."""
    difference = standing["difference"]
    if difference is None:
        return None
    sides = [standing[side] and standing[side]["toe_to_wall_cm"] for side in ("left", "right")]
    value = subtract_as_shown(*(side["value"] for side in sides), unit="cm") if all(sides) else difference["value"]
    return format_quantity({"value": value, "std": difference["std"]}, "cm", signed=True)


def _show_leg(leg: dict[str, Any] | None) -> str | None:
    if leg is None or leg["toe_to_wall_cm"] is None:
        return None
    return add_hand(format_quantity(leg["toe_to_wall_cm"], "cm", at_least=leg["limit"] == "lower_bound"), by_hand=leg["set_by_hand"])


def _show_share(share: float | None) -> str | None:
    return None if share is None else f"{100 * min(max(share, 0.01), 0.99):.0f} %"
