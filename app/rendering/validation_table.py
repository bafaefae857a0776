"""A validation as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.rendering.numbers import UNITS, format_value
from app.rendering.validation_dict import REFERENCE_NAMES

NONE = "\N{EN DASH}"
UNITS_OF_KIND = {"tape_cm": "cm", "inclinometer_deg": "deg", "board_deg": "deg"}
HEADLINES = {"toe_to_wall_cm": "toe to wall", "shin_angle_deg": "shin angle"}
FOOTNOTE = "Agreement with a hand-held instrument in these clips; not a validation of the method, and no statement about any person."


def build_validation_view(d: Mapping[str, Any]) -> RenderableType:
    """Show every row, the agreement with each reference, and how far repeats lie apart."""
    parts: list[RenderableType] = [_build_rows(d["rows"])]
    for kind, one in d["agreement"].items():
        parts += [Text(f"Camera ({HEADLINES[one['held_against']]}) against {REFERENCE_NAMES[kind]}", style="bold"), _build_figures(kind, one)]
        parts += [Padding(Text(sentence), (0, 2)) for sentence in one["words"]]
        parts.append(Text())
    if d["repeatability"]:
        parts.append(Text("The same leg again, set up anew", style="bold"))
        parts += [Padding(Text(one["words"]), (0, 2)) for one in d["repeatability"].values()]
    if d["uncounted"]:
        words = f"{d['uncounted']} takes do not count: they show where the foot stood, not that farther back was impossible."
        parts.append(Padding(Text(words), (0, 2)))
    return Group(*parts, Text(FOOTNOTE, style="dim"))


def _build_rows(rows: list[Mapping[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("line", "clip", "side", "read by hand", "camera minus reading", "result"):
        table.add_column(name, overflow="fold")
    for row in rows:
        typed = [f"{REFERENCE_NAMES[kind]} {format_value(value)}{UNITS[UNITS_OF_KIND[kind]]}" for kind, value in row["references"].items()]
        apart = [NONE if v is None else f"{format_value(v, signed=True)}{UNITS[UNITS_OF_KIND[kind]]}" for kind, v in row["difference"].items()]
        result = f"no number: {row['refused']}" if row["refused"] else (f"repeats {row['repeat_of']}" if row["repeat_of"] else "")
        table.add_row(str(row["line"]), row["clip"], row["side"], "\n".join(typed) or NONE, "\n".join(apart) or NONE, result)
    return table


def _build_figures(kind: str, one: Mapping[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for name, value in _list_figures(kind, one):
        table.add_row(name, Text(value, style="bold"))
    return Padding(table, (0, 2))


def _list_figures(kind: str, one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    def show(value: float | None, *, signed: bool = False, decimals: int = 1) -> str:
        return NONE if value is None else format_value(value, signed=signed, decimals=decimals)

    unit = UNITS[UNITS_OF_KIND[kind]]
    yield "pairs", f"{one['n']}, of {one['independent']} people" if kind != "board_deg" else str(one["n"])
    yield "bias", f"{show(one['bias'], signed=True)}{unit}, 95 % interval \N{PLUS-MINUS SIGN}{show(one['bias_half_width'])}"
    yield "SD of the differences", f"{show(one['sd'])}{unit}"
    limits = f"{show(one['low'], signed=True)} to {show(one['high'], signed=True)}{unit}"
    yield "limits of agreement", f"{limits}, each \N{PLUS-MINUS SIGN}{show(one['limits_half_width'])}"
    yield "size of the difference", f"median {show(one['median'])}, 90th percentile {show(one['p90'])}, largest {show(one['worst'])}{unit}"
    if one["slope"] is not None:
        line = f"slope {show(one['slope'], decimals=2)}, intercept {show(one['intercept'])}{unit}"
        yield "line", f"{line}; with this reference's own error a flawless camera would show a slope of {show(one['slope_of_equals'], decimals=2)}"
    if one["coverage"] is not None:
        reached = round(one["coverage"] * one["told"])
        own = f"allowing for the reading's own error of {format_value(one['reference_sem'])}{unit} (1 SD)"
        yield "\N{PLUS-MINUS SIGN} reaches the reading", f"{reached} of {one['told']}, {own}"
    if one["icc"] is not None:
        yield "ICC(A,1)", show(one["icc"], decimals=2)
