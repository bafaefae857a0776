"""A squad's table and board as plain dicts, and the table as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.assessment.exceedance import EXCEEDANCE
from app.ports.screenings import LegResult
from app.rendering.advice import ADVICE, GENERAL_ADVICE
from app.rendering.language import gettext, ngettext
from app.rendering.measurement_dict import build_quantity_dict, round_number
from app.rendering.numbers import format_value
from app.usecases.following import read_headline
from app.usecases.overviews import NamedNote, Overview
from app.usecases.squads import BoardLine, SquadTable, Standing
from calibration.quantity import Quantity

_COLUMNS = (
    "name",
    "measured_at",
    "left_cm",
    "left_std_cm",
    "left_limit",
    "left_set_by_hand",
    "right_cm",
    "right_std_cm",
    "right_limit",
    "right_set_by_hand",
    "difference_cm",
    "difference_std_cm",
    "beyond_1_5_cm",
    "beyond_3_cm",
    "note",
)
_HARDLY = 0.05
"""Below this the number would be printed as 0.0."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""As they are, and as wide as a Chinese letter."""


def build_table_dict(table: SquadTable) -> dict[str, Any]:
    """Build the dict: everybody, whoever is likeliest to differ first, and how many of those named will be named by chance."""
    return {
        "squad": {"id": table.squad.squad_id, "name": table.squad.name},
        "flagged_from": EXCEEDANCE.flagged_from,
        "beyond_1_5_cm": {"named": table.named_small, "expected_by_chance": round_number(table.false_small, 1)},
        "beyond_3_cm": {"named": table.named_large, "expected_by_chance": round_number(table.false_large, 1)},
        "words": describe_table(table),
        "athletes": [_build_standing_dict(standing) for standing in table.standings],
    }


def build_overview_dict(overview: Overview) -> dict[str, Any]:
    """Build the dict of the table with notes; where it was narrowed it holds who was looked for, and says how many of those named among them are by chance."""
    shown = build_table_dict(overview.shown)
    whole = shown if overview.wanted.is_empty else build_table_dict(replace(overview.whole, standings=())) | {"words": describe_table(overview.whole)}
    rows = [row | {"note": build_note_dict(overview.notes.get(row["id"]))} for row in shown["athletes"]]
    filtered = None
    if not overview.wanted.is_empty:
        counts = {"athletes": len(rows), "of": len(overview.whole.standings)}
        filtered = counts | {key: shown[key] for key in ("beyond_1_5_cm", "beyond_3_cm", "words")}
        if not rows:
            filtered["words"] = gettext("No one matches this filter.")
    return whole | {"filtered": filtered, "athletes": rows}


def build_note_dict(named: NamedNote | None) -> dict[str, Any] | None:
    """Return a coach's note: what, when, by whom."""
    return None if named is None else {"text": named.note.text, "at": named.note.written_at.isoformat(), "by": named.by}


def describe_table(table: SquadTable) -> str:
    """Say what the table shows, and how much of it chance would show."""
    measured = sum(standing.beyond_small is not None for standing in table.standings)
    total = len(table.standings)
    if measured == 0:
        return gettext("None of {total} has both legs measured to their limit yet.").format(total=total) if total else gettext("Nobody is in this squad yet.")
    return " ".join(
        (
            gettext("{measured} of {total} have both legs measured to their limit.").format(measured=measured, total=total),
            _describe_named(table.named_small, table.false_small, gettext("1.5 cm")),
            _describe_named(table.named_large, table.false_large, gettext("3 cm")),
            gettext("Many people without any complaint differ by more than 1.5 cm."),
        )
    )


def _describe_named(named: int, by_chance: float, size: str) -> str:
    if named == 0:
        return gettext("Nobody more likely than not differs by more than {size}.").format(size=size)
    if by_chance >= _HARDLY:
        words = ngettext(
            "{named} more likely than not differs by more than {size}; of those, {chance} are expected not to.",
            "{named} more likely than not differ by more than {size}; of those, {chance} are expected not to.",
            named,
        )
    else:
        words = ngettext(
            "{named} more likely than not differs by more than {size}; of those, hardly any are expected not to.",
            "{named} more likely than not differ by more than {size}; of those, hardly any are expected not to.",
            named,
        )
    return words.format(named=named, size=size, chance=format_value(by_chance))


def write_table_csv(overview: Overview) -> str:
    """Write who is looked for with a header, RFC 4180; a name or note that a spreadsheet would run as a formula gets a quote before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for standing in overview.shown.standings:
        numbers = [part for side in ("left", "right") for part in _write_leg(standing.legs.get(side))]
        found = standing.difference
        difference = (None, None) if found is None else (found.value_cm, found.std_cm)
        named = overview.notes.get(standing.athlete.athlete_id)
        note = "" if named is None else named.note.text
        at = "" if standing.at is None else standing.at.isoformat()
        cells = [_cell(part) for part in (*difference, standing.beyond_small, standing.beyond_large)]
        writer.writerow([_guard(standing.athlete.name), at, *numbers, *cells, _guard(note)])
    return text.getvalue()


def _guard(text: str) -> str:
    return f"'{text}" if text.lstrip(" ;,").startswith(_FORMULA_STARTS) else text


def build_board_dict(lines: Sequence[BoardLine], since: datetime) -> dict[str, Any]:
    """Build the dict of today's board."""
    return {
        "since": since.isoformat(),
        "athletes": [
            {
                "id": line.athlete.athlete_id,
                "name": line.athlete.name,
                "screening": line.screening_id,
                "state": line.state or "not_filmed",
                "missing": list(line.missing),
                "retakes": _build_retakes(line),
            }
            for line in lines
        ],
    }


def _build_retakes(line: BoardLine) -> list[dict[str, Any]]:
    """Say of each leg that has to be filmed again why, and what to do about it; of one that was not filmed yet there is nothing to say."""
    if line.state == "failed":
        said = {"code": "analysis_failed", "message": gettext("The analysis broke off."), "advice": gettext("Send the clips again.")}
        return [{"side": side} | said for side in line.missing]
    return [{"side": side} | _describe_refusal(document) for side, document in line.refusals.items()]


def _describe_refusal(document: Mapping[str, Any]) -> dict[str, str]:
    findings = document.get("findings") or []
    if document["status"] == "rejected":
        message = findings[0]["message"] if findings else gettext("The clip could not be measured.")
        return {"code": document["code"], "message": message, "advice": document["advice"] or GENERAL_ADVICE}
    told = next((finding for finding in findings if finding["code"] in ADVICE and finding["severity"] != "info"), None)
    if told is None:
        return {"code": "no_distance", "message": gettext("The clip gave no distance."), "advice": GENERAL_ADVICE}
    return {"code": told["code"], "message": told["message"], "advice": ADVICE[told["code"]]}


def _build_standing_dict(standing: Standing) -> dict[str, Any]:
    found = standing.difference
    return {
        "id": standing.athlete.athlete_id,
        "name": standing.athlete.name,
        "screening": standing.screening_id,
        "at": None if standing.at is None else standing.at.isoformat(),
        "left": _build_leg_dict(standing.legs.get("left")),
        "right": _build_leg_dict(standing.legs.get("right")),
        "difference": None if found is None else build_quantity_dict(Quantity(found.value_cm, found.std_cm, "cm")),
        "scope": None if found is None else found.scope,
        "beyond_1_5_cm": round_number(standing.beyond_small, 3),
        "beyond_3_cm": round_number(standing.beyond_large, 3),
    }


def _build_leg_dict(leg: LegResult | None) -> dict[str, Any] | None:
    if leg is None:
        return None
    numbers = leg.numbers
    return {
        "toe_to_wall_cm": build_quantity_dict(_read_leg(leg)),
        "limit": None if numbers is None else numbers.limit,
        "set_by_hand": numbers is not None and numbers.set_by_hand,
    }


def _read_leg(leg: LegResult | None) -> Quantity | None:
    return None if leg is None else read_headline(leg.numbers, "toe_to_wall_cm")


def _write_leg(leg: LegResult | None) -> tuple[str, str, str, str]:
    """Return number, plus-minus, what the number bounds ("lower_bound" is at least so much), and whether it rests on points that somebody moved."""
    read = _read_leg(leg)
    if leg is None or leg.numbers is None or read is None:
        return "", "", "", ""
    return _cell(read.value), _cell(read.std), leg.numbers.limit or "", "yes" if leg.numbers.set_by_hand else "no"


def _cell(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}"
