"""Readings and repeats of a screening as a plain dict, its sentences included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.assessment.readings import REFERENCES, HeadlineKey
from app.assessment.repeatability import LEAST_REPEATS, Repeatability
from app.rendering.language import gettext as _
from app.rendering.language import mark, write_day
from app.rendering.measurement_dict import build_quantity_dict, round_number
from app.rendering.numbers import COVERAGE, format_quantity, format_value, subtract_as_shown, write_unit
from app.usecases.checks import HEADLINE_UNITS, CheckedReading, Checks, Take

SIDES = ("left", "right")
READING_NAMES = {"tape_cm": mark("Tape"), "inclinometer_deg": mark("Inclinometer")}
HEADLINE_NAMES: dict[HeadlineKey, str] = {"toe_to_wall_cm": mark("Toe to wall"), "shin_angle_deg": mark("Shin angle")}


def build_checks_dict(checks: Checks) -> dict[str, Any]:
    """Build the dict: readings beside the camera's numbers, takes of each repeated leg, and what they say about repeating it."""
    return {
        "original": checks.original_id,
        "readings": [_build_reading_dict(checked) for checked in checks.readings],
        "takes": {side: [_build_take_dict(take, own[0]) for take in own] for side, own in checks.takes.items()},
        "repeatability": {key: build_repeatability_dict(key, one) for key, one in checks.repeatability.items()} if checks.takes else {},
    }


def build_repeatability_dict(key: HeadlineKey, repeatability: Repeatability) -> dict[str, Any]:
    """Figures of one headline number, null where there are too few repeats, and the sentence that says them."""
    figures = {name: round_number(getattr(repeatability, name)) for name in ("largest", "sem", "sem_low", "sem_high", "mdc95")}
    return {"legs": repeatability.legs, "repeats": repeatability.repeats} | figures | {"words": describe_repeatability(key, repeatability)}


def describe_repeatability(key: HeadlineKey, repeatability: Repeatability) -> str:
    """Say in plain words what repeats show, and that few of them show little."""
    name, unit = _(HEADLINE_NAMES[key]), write_unit(HEADLINE_UNITS[key])
    n = repeatability.repeats
    if n == 0:
        return _("{name}: no repeat counts yet. A repeat counts when both takes show that farther back was not possible.").format(name=name)
    values = {"name": name, "unit": unit, "repeats": n, "most": format_value(repeatability.largest)}
    if n == 1:
        words = _(
            "{name}: the takes of one leg lie at most {most}{unit} apart. "
            "One repeat says little about the next one: from {least} on a standard error is stated."
        )
        return words.format(**values, least=LEAST_REPEATS)
    if n < LEAST_REPEATS:
        words = _(
            "{name}: the takes of one leg lie at most {most}{unit} apart. "
            "{repeats} repeats say little about the next one: from {least} on a standard error is stated."
        )
        return words.format(**values, least=LEAST_REPEATS)
    words = _(
        "{name}: the takes of one leg lie at most {most}{unit} apart, in {repeats} repeats. One measurement has a standard error of {error}{unit} "
        "(95 % interval {low} to {high}{unit}); a change between two measurements that exceeds {change}{unit} "
        "is more than that scatter (minimal detectable change)."
    )
    figures = {"error": repeatability.sem, "low": repeatability.sem_low, "high": repeatability.sem_high, "change": repeatability.mdc95}
    return words.format(**values, **{each: format_value(figure) for each, figure in figures.items()})


def _build_reading_dict(checked: CheckedReading) -> dict[str, Any]:
    params = REFERENCES[checked.reading.kind]
    return {
        "side": checked.side,
        "kind": checked.reading.kind,
        "value": checked.reading.value,
        "blind": checked.reading.blind,
        "typed_at": checked.reading.typed_at.isoformat(),
        "sem": params.sem,
        "held_against": params.key,
        "camera": build_quantity_dict(checked.camera),
        "difference": None if checked.compared is None else build_quantity_dict(checked.compared.difference),
        "within": None if checked.compared is None else checked.compared.within,
    }


def _build_take_dict(take: Take, first: Take) -> dict[str, Any]:
    return {
        "screening": take.screening_id,
        "taken_at": take.taken_at.isoformat(timespec="minutes"),
        "counts": take.counts,
        **{key: build_quantity_dict(number) for key, number in take.numbers.items()},
        "from_first": {key: _subtract(take, first, key) for key in take.numbers},
    }


def _subtract(take: Take, first: Take, key: HeadlineKey) -> float | None:
    number, before = take.numbers[key], first.numbers[key]
    return None if take is first or number is None or before is None else round_number(number.value - before.value)


def build_checks_view(checks: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of a checks dict, ready to print."""
    return {
        "readings": {
            side: [_view_reading(r) for kind in READING_NAMES for r in checks["readings"] if (r["side"], r["kind"]) == (side, kind)] for side in SIDES
        },
        "takes": {side: [_view_take(number, take, own[0]) for number, take in enumerate(own, start=1)] for side, own in checks["takes"].items()},
        "words": [one["words"] for one in checks["repeatability"].values()],
        "uncounted": any(not take["counts"] for own in checks["takes"].values() for take in own),
        "one_day": len({take["taken_at"][:10] for own in checks["takes"].values() for take in own}) == 1,
    }


def _view_reading(r: Mapping[str, Any]) -> dict[str, Any]:
    unit = REFERENCES[r["kind"]].unit
    view = {"name": _(READING_NAMES[r["kind"]]), "value": f"{format_value(r['value'])}{write_unit(unit)}", "blind": r["blind"], "kind": r["kind"]}
    if r["difference"] is None:
        return view | {"camera": None, "difference": None, "within": None, "known": None}
    view["camera"] = format_quantity(r["camera"], unit)
    known = f"{format_value(COVERAGE * r['difference']['std'])}{write_unit(unit)}"
    apart = subtract_as_shown(r["camera"]["value"], r["value"], unit=unit)
    return view | {"difference": f"{format_value(apart, signed=True)}{write_unit(unit)}", "within": r["within"], "known": known}


def _view_take(number: int, take: Mapping[str, Any], first: Mapping[str, Any]) -> dict[str, Any]:
    cells: dict[str, str | None] = {}
    for key, unit in HEADLINE_UNITS.items():
        quantity, before = take[key], first[key]
        cells[key] = None if quantity is None else f"{format_value(quantity['value'])}{write_unit(unit)}"
        if take is not first and quantity is not None and before is not None:
            apart = subtract_as_shown(quantity["value"], before["value"], unit=unit)
            cells[key] = f"{cells[key]} ({format_value(apart, signed=True)})"
    return {
        "number": number,
        "screening": take["screening"],
        "when": f"{write_day(take['taken_at'])} {take['taken_at'][11:16]}",
        "counts": take["counts"],
        **cells,
    }
