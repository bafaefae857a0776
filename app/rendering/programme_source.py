"""A home programme as typesetting source: what the page shows, on paper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib import resources
from typing import Any

from app.assessment.programme.library import Library
from app.ports.documents import DocumentSource
from app.rendering.language import get_language, write_day
from app.rendering.language import gettext as _
from app.rendering.programme_words import tell
from app.rendering.report_source import FONT, spell_out


def build_programme_source(programme: Mapping[str, Any], name: str, library: Library, today: date) -> DocumentSource:
    """Return template, words and drawings of a programme as `app.rendering.programme_dict` builds it."""
    plan, advice = programme["plan"], programme["advice"]
    items = [] if plan is None else plan["items"]
    view = {
        "title": _("{name}: home programme").format(name=name),
        "day": write_day(today),
        "written_in": get_language(),
        "stage": None if plan is None else _("Stage {stage} of 3: {words}").format(stage=plan["stage"], words=plan["stage_words"]),
        "advice": [] if advice is None else [advice["words"], *(reason["words"] for reason in advice["reasons"])],
        "items": [_build_item(item) for item in items],
        "notes": [] if plan is None else [*([plan["be_seen"]] if plan["be_seen"] else []), *(note["words"] for note in plan["notes"])],
        "rules": [tell(rule.told) for (kind, _code), rule in library.rules.items() if kind == "rule" and rule.code in ("no_diagnosis", "pain_line")],
        "done": _("Done on"),
        "know": _("To know"),
    }
    template = resources.files("app.rendering").joinpath("templates", "programme.typ").read_text(encoding="utf-8")
    drawings = {item["exercise"]: library.exercises[item["exercise"]].drawing for item in items}
    inputs = {"view": spell_out(view), "drawings": drawings, "font": FONT, "made": today.timetuple()[:3]}
    return DocumentSource(template, {key: json.dumps(value) for key, value in inputs.items()}, archival=True)


def _build_item(item: Mapping[str, Any]) -> dict[str, Any]:
    dose = _("{dose} ({legs})").format(dose=item["dose_words"], legs=item["legs_words"])
    return {name: item[name] for name in ("exercise", "name", "steps", "caution", "days_words")} | {"dose": dose}
