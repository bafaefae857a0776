"""The report as typesetting source: what the page shows, on paper."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from app.ports.documents import DocumentSource
from app.rendering.curve_svg import VERDICT_NAMES
from app.rendering.report_view import build_report_view
from app.rendering.svg import put_style, read_labels

FONT = "Libertinus Serif"
CURVE_HEIGHT = 168.0
"""Flatter than on the page, so that both curves leave room on the sheet at a legible size."""
NO_DAY = date(1970, 1, 1)
"""Stands in the file's own record where no day is known: today's would give other bytes tomorrow."""
_SHOWN = re.compile("[\u0020-\u007e\u00a0-\u04ff\u05d0-\u05ea\u1e00-\u1eff\u2010-\u2040\u2070-\u20bf\u2190-\u226f]")
"""Characters that the fonts of the renderer have: Latin, Greek, Cyrillic, Hebrew, punctuation, signs."""
_LONG_WORD = re.compile(r"[^\s\u200b]{24}(?=[^\s\u200b])")
_DRAWING_RULE = re.compile(r"^\.report \.drawing (\.?[\w-]+) \{ (.*) \}$", re.MULTILINE)
_COLOUR = re.compile(r"--(\w+): (#[0-9a-f]{6});")


def build_report_source(report: Mapping[str, Any], *, stills: Mapping[str, bytes], handed_in: date | None = None) -> DocumentSource:
    """Return template, words and pictures of a kneewall.report/1 dict.

    `stills` maps ``left`` and ``right`` to JPEG bytes, a side may be absent; `handed_in` is the day of the screening, where it is known.
    """
    view = build_report_view(report, stills={side: f"{side}.jpg" for side in stills}, overlays={}, handed_in=handed_in, curve_height=CURVE_HEIGHT)
    drawings = {side["name"]: _prepare_drawing(side["curve"], side["name"]) for side in view["measured"]}
    drawings["intervals"] = _prepare_drawing(view["intervals"], "left")
    inputs = {"view": spell_out(view), "drawings": drawings, "colours": read_colours(), "font": FONT, "made": (handed_in or NO_DAY).timetuple()[:3]}
    template = resources.files("app.rendering").joinpath("templates", "report.typ").read_text(encoding="utf-8")
    files = {f"{side}.jpg": content for side, content in stills.items()}
    return DocumentSource(template, {name: json.dumps(value) for name, value in inputs.items()}, files, archival=True)


def spell_out(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Write every text in characters that the fonts have, others as their code, and let words that no line could hold be broken."""
    if isinstance(value, str):
        return _LONG_WORD.sub("\\g<0>\N{ZERO WIDTH SPACE}", "".join(map(_spell_character, value)))
    if isinstance(value, Mapping):
        return {key: spell_out(each) for key, each in value.items()}
    return [spell_out(each) for each in value] if isinstance(value, list | tuple) else value


def _spell_character(character: str) -> str:
    if _SHOWN.match(character) and unicodedata.category(character)[0] != "C":
        return character
    return character.encode("ascii", "backslashreplace").decode("ascii") if ord(character) > ord("\xff") else f"\\x{ord(character):02x}"


def _prepare_drawing(drawing: str | None, side: str) -> dict[str, str] | None:
    """Give a drawing of the page its colours, and its text for who cannot see it."""
    return None if drawing is None else {"svg": put_style(drawing, write_drawing_style(side)), "text": read_labels(drawing)}


@cache
def read_colours() -> dict[str, str]:
    """Return the colours of the page by name, as they are in the light."""
    return dict(_COLOUR.findall(_read_css().partition("}")[0]))


@cache
def write_drawing_style(side: str) -> str:
    """Return the page's style of its drawings with every variable replaced by its colour: paper knows no variables."""
    colours = read_colours()
    rules = [f"text{{font-family:'{FONT}'}}"]
    for selector, body in _DRAWING_RULE.findall(_read_css()):
        if "var(--v)" in body:
            rules += [f"{selector}.v-{verdict}{{{body.replace('var(--v)', colours[verdict])}}}" for verdict in VERDICT_NAMES]
        elif "var(--side)" in body:
            rules.append(f"{selector}{{{body.replace('var(--side)', colours[side])}}}")
            rules += [f"{selector}.s-{each}{{{body.replace('var(--side)', colours[each])}}}" for each in ("left", "right")]
        elif not body.startswith("--"):
            rules.append(f"{selector}{{{body}}}")
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], "".join(rules))


@cache
def _read_css() -> str:
    return resources.files("app.rendering").joinpath("templates", "report.css").read_text(encoding="utf-8")
