"""Forms about home programmes as the bodies of the API: each box has a name of its own, such as `flag_fever` or `trait_left_pinch`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, get_args
from urllib.parse import parse_qsl

from app.assessment.programme.intake import SIDES, Equipment, Habit, Place, RedFlag, Trait
from app.assessment.programme.library import Library
from app.usecases.errors import MalformedSubmissionError
from app.web.forms import parse_fields
from app.web.problems import FieldPlace, write_place
from app.web.programme_schemas import AnswersBody, ChangeBody, LogBody, TemplateBody

_YES_NO = {"yes": True, "no": False}


def read_answers(fields: Mapping[str, str]) -> AnswersBody:
    """Return the answers; that no red flag applies has to be said."""
    flags = _list_ticked(fields, "flag", get_args(RedFlag))
    if not flags and fields.get("no_flags") is None:
        raise MalformedSubmissionError(("red_flags: found no answer; expected every sign that applies, or that none of them does",))
    said: dict[str, Any] = {name: fields[name] for name in ("pain", "minutes_a_day", "sport", "goal", "age_group") if name in fields}
    said |= {name: _YES_NO.get(fields.get(name, "")) for name in ("balance", "hop")}
    legs = {side: {"felt": _list_felt(fields, side), "traits": _list_ticked(fields, f"trait_{side}", get_args(Trait))} for side in SIDES}
    boxes = {"habits": _list_ticked(fields, "habit", get_args(Habit)), "equipment": _list_ticked(fields, "equipment", get_args(Equipment))}
    return parse_fields(AnswersBody, said | boxes | {"red_flags": flags, "legs": legs, "agreed": "agreed" in fields})


def read_log(fields: Mapping[str, str], library: Library) -> LogBody:
    """Return the parts of a day of which the form says something else than it was shown with, as the page's script does: of the others holds what is logged."""
    shown = dict(parse_qsl(fields.get("shown", "")))

    def is_new(*names: str) -> bool:
        return any(fields.get(name) != shown.get(name) for name in names)

    marked = [name for name in library.exercises if f"mark_{name}" in fields and is_new(f"mark_{name}", f"pain_{name}")]
    items = [{"exercise": name, "mark": fields[f"mark_{name}"], "pain": fields.get(f"pain_{name}")} for name in marked]
    said: dict[str, Any] = {"day": fields.get("day", ""), "items": items, "swelling": fields.get("swelling") if is_new("swelling") else None}
    said |= {name: _YES_NO.get(fields.get(name, "")) for name in ("usual_before", "balance", "hop") if is_new(name)}
    boxes = {"pinched": ("pinched", SIDES), "red_flags": ("flag", get_args(RedFlag))}
    changed = {name: of for name, of in boxes.items() if _list_ticked(fields, *of) != _list_ticked(shown, *of)}
    return parse_fields(LogBody, said | {name: _list_ticked(fields, *of) for name, of in changed.items()})


def read_change(fields: Mapping[str, str], library: Library) -> ChangeBody:
    """Return what a professional changed."""
    said = _read_overrides(fields, library)
    return parse_fields(ChangeBody, {"version": fields.get("version", ""), **said}, partial(_name_part, said))


def read_template(fields: Mapping[str, str], library: Library) -> TemplateBody:
    """Return a template of a squad."""
    said: dict[str, Any] = {name: fields[name] for name in ("name", "minutes_a_day", "sport", "goal") if name in fields}
    said["equipment"] = _list_ticked(fields, "equipment", get_args(Equipment))
    overrides = _read_overrides(fields, library)
    return parse_fields(TemplateBody, said | {"overrides": overrides}, partial(_name_part, overrides))


def _read_overrides(fields: Mapping[str, str], library: Library) -> dict[str, Any]:
    doses = {name: dose for name in library.exercises if (dose := _read_dose(fields, name, library)) is not None}
    chosen = {name: fields.get(f"do_{name}", "plan") for name in library.exercises}
    return {
        "locked": "locked" in fields,
        "added": [{"exercise": name, "dose": doses.get(name), "legs": _read_legs(fields, name)} for name, do in chosen.items() if do == "add"],
        "removed": [name for name, do in chosen.items() if do == "leave"],
        "doses": {name: dose for name, dose in doses.items() if chosen[name] == "plan"},
    }


def _name_part(overrides: Mapping[str, Any], place: FieldPlace) -> str:
    """Name the field of the form that a part of the overrides was read from: of a dose its size and its exercise."""
    match place[place[:1] == ("overrides",) :]:
        case ("doses", str(exercise), str(size)):
            return f"{size}_{exercise}"
        case ("added", int(number), "dose", str(size)):
            return f"{size}_{overrides['added'][number]['exercise']}"
        case _:
            return write_place(place)


def _read_dose(fields: Mapping[str, str], name: str, library: Library) -> dict[str, str] | None:
    """Return the dose where another than the library's was typed."""
    own = library.exercises[name].dose
    usual = {"sets": str(own.sets), "reps": str(own.reps), "hold_s": str(own.hold_s)}
    typed = {size: fields.get(f"{size}_{name}", usual[size]) for size in usual}
    return None if typed == usual else typed


def _read_legs(fields: Mapping[str, str], name: str) -> list[str]:
    legs = fields.get(f"legs_{name}", "plan")
    return [] if legs == "plan" else list(SIDES) if legs == "both" else [legs]


def _list_felt(fields: Mapping[str, str], side: str) -> list[str]:
    """Return where it is felt, the most limiting place first."""
    return list(dict.fromkeys(_iterate_felt(fields, side)))


def _iterate_felt(fields: Mapping[str, str], side: str) -> Iterator[str]:
    if f"felt_{side}" in fields:
        yield fields[f"felt_{side}"]
    yield from _list_ticked(fields, f"also_{side}", get_args(Place))


def _list_ticked(fields: Mapping[str, str], kind: str, codes: tuple[str, ...]) -> list[str]:
    return [code for code in codes if f"{kind}_{code}" in fields]
