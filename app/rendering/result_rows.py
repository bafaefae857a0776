"""The list of screenings, ready to print: when, whose, and of each leg the headline numbers or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, cast

from app.assessment.measurement import Side
from app.ports.reports import Document
from app.ports.screenings import AttemptSummary, LegNumbers, ScreeningSummary
from app.rendering.hand_words import tell_hand
from app.rendering.language import gettext as _
from app.rendering.language import retell, write_day
from app.rendering.measurement_dict import build_quantity_dict
from app.rendering.numbers import format_quantity
from app.rendering.refusals import MEANINGS, list_refusals
from app.usecases.following import read_headline
from app.usecases.screenings import Results

_TIE = "\N{NO-BREAK SPACE}"


def build_result_rows(results: Results, names: Mapping[str, str], zone: tzinfo | None) -> list[dict[str, Any]]:
    """Build the rows, newest first, with times as a clock in `zone` shows them (None: in that of this machine)."""
    refusals = {row.code: row.meaning for row in list_refusals()}
    return [_build_row(each, results.without_distance, refusals, names, zone) for each in results.screenings]


def _build_row(
    screening: ScreeningSummary, documents: Mapping[tuple[str, Side], Document], refusals: Mapping[str, str], names: Mapping[str, str], zone: tzinfo | None
) -> dict[str, Any]:
    at = screening.created_at.astimezone(zone)
    return {
        "address": f"/screenings/{screening.screening_id}",
        "at": f"{write_day(at)} {at:%H:%M}",
        "iso": at.isoformat(timespec="seconds"),
        "athlete": names.get(screening.athlete_id or "", ""),
        "state": {"queued": _("waiting"), "running": _("measuring"), "done": "", "failed": _("broke off")}[screening.state],
        "failure": "" if screening.failure is None else retell(screening.failure.message),
        "legs": [_build_leg(each, documents.get((screening.screening_id, each.side), {}), refusals) for each in screening.attempts],
    }


def _build_leg(attempt: AttemptSummary, document: Document, refusals: Mapping[str, str]) -> dict[str, Any]:
    shown = [] if attempt.numbers is None else list(_write_numbers(attempt.numbers))
    return {
        "side": attempt.side,
        "title": _("Left") if attempt.side == "left" else _("Right"),
        "numbers": shown,
        "by_hand": tell_hand() if shown and attempt.numbers is not None and attempt.numbers.set_by_hand else "",
        "why": _tell_why(attempt, document, refusals),
    }


def _write_numbers(numbers: LegNumbers) -> Sequence[str]:
    distance, angle = read_headline(numbers, "toe_to_wall_cm"), read_headline(numbers, "shin_angle_deg")
    written = [
        "" if distance is None else format_quantity(build_quantity_dict(distance), "cm", at_least=numbers.limit == "lower_bound"),
        "" if angle is None else format_quantity(build_quantity_dict(angle), "deg"),
    ]
    return [text.replace(" ", _TIE) for text in written if text]


def _tell_why(attempt: AttemptSummary, document: Document, refusals: Mapping[str, str]) -> str:
    """Say why a number is missing, in general words: the report says it of the clip; nothing where none is missing or all are still to come."""
    if attempt.status == "rejected":
        return refusals.get(str(document.get("code")), _("The clip could not be measured."))
    if attempt.numbers is None:
        return ""
    if attempt.numbers.toe_to_wall_cm is not None:
        return _(MEANINGS["angle_not_believed"]) if attempt.numbers.shin_angle_deg is None else ""
    findings = cast("Sequence[Mapping[str, Any]]", document.get("findings") or ())
    errors = [finding["code"] for finding in findings if finding["severity"] == "error"]
    return " ".join(_(MEANINGS[code]) for code in errors if code in MEANINGS) or _("The clip gave no distance.")
