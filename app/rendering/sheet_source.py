"""The calibration sheet as typesetting source, from the layout that the measurement reads."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Literal

from app.ports.documents import DocumentSource
from app.rendering.language import get_language
from app.rendering.language import gettext as _
from app.rendering.numbers import format_value
from calibration.references import SHEET_V1, SHEET_V1_LETTER, SheetLayout

PaperChoice = Literal["a4", "letter"]
SHEETS: dict[PaperChoice, SheetLayout] = {"a4": SHEET_V1, "letter": SHEET_V1_LETTER}


def build_sheet_source(paper: PaperChoice) -> DocumentSource:
    """Return template and numbers of the sheet on one kind of paper."""
    return DocumentSource(_read_template(), {"layout": json.dumps(_build_layout_dict(SHEETS[paper]))}, at_full_size=True)


@cache
def _read_template() -> str:
    return resources.files("app.rendering").joinpath("templates", "sheet.typ").read_text(encoding="utf-8")


def _build_layout_dict(layout: SheetLayout) -> dict[str, object]:
    bits = dict(layout.marker_bits)
    inner, outer = layout.marker_across_mm
    return {
        "paper": layout.paper.name,
        "length_mm": layout.paper.length_mm,
        "width_mm": layout.paper.width_mm,
        "squares": [{"near": near, "far": far, "bits": bits[marker]} for marker, near, far in layout.marker_from_wall_mm],
        "inner_mm": inner,
        "outer_mm": outer,
        "margin_mm": layout.margin_mm,
        "ruler_mm": layout.ruler_from_wall_mm,
        "ruler_across_mm": layout.ruler_across_mm,
        "arrow_mm": layout.arrow_from_wall_mm,
        "language": get_language(),
        "words": {
            "title": _("Kneewall calibration sheet"),
            "lay": _("Version 1 · {paper} · flat on the floor, taped down, on the camera's side of the foot").format(paper=layout.paper.name),
            "edge": _("This edge to the wall"),
            "right": _("Right foot:"),
            "left": _("Left foot:"),
            "border": _("its outer border along this edge, heel to toes"),
            "margin": _("{mm} mm to the paper's edge").format(mm=format_value(layout.margin_mm, decimals=0)),
            "check": _("Check with a steel rule, once for each print."),
            "how": _(
                "Print at 100 %, without “fit to page”. The ruler must measure 100 mm, and {mm} mm must lie between the paper's edge at the wall and the first "
                "black square. If they do not: type in what you measure, or print again."
            ).format(mm=format_value(layout.margin_mm, decimals=0)),
            "ruler": _("millimetres, from the middle of the first tick to the middle of the last"),
        },
    }
