"""Measurements and reports as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.rendering.advice import ADVICE
from app.rendering.curve_svg import VERDICT_NAMES
from app.rendering.differences import DIFFERENCE_NAMES, UNIT_OF, build_differences
from app.rendering.numbers import format_quantity
from app.rendering.report_view import SCALE_NAMES, describe_learnt_foot

VERDICT_STYLES = {"valid": "green", "no_contact": "yellow", "heel_lift": "magenta", "foot_moved": "cyan", "uncertain": "dim"}
SEVERITY_STYLES = {"info": "dim", "warning": "yellow", "error": "red"}
NONE = "\N{EN DASH}"
FOOTNOTE = "± is the half width of the 95 % interval of the camera's error in this clip."


def build_attempt_view(m: Mapping[str, Any]) -> RenderableType:
    """Show one attempt in full: headline numbers, repetitions, findings."""
    head = Text.assemble((str(m["clip"]), "bold"), f"  {m['side'] or 'side unknown'}  ", (m["status"], "green" if m["status"] == "measured" else "red"))
    if m["status"] == "rejected":
        return Group(head, Padding(f"{m['advice'] or ''} ({m['code']})", (0, 2)), Text())
    parts: list[RenderableType] = [head, _build_headline(m)]
    if m["repetitions"]:
        parts.append(_build_repetitions(m["repetitions"]))
    parts.extend(_build_findings(m["findings"]))
    return Group(*parts, Text(FOOTNOTE, style="dim"), Text())


def build_overview(measurements: Iterable[Mapping[str, Any]]) -> RenderableType:
    """Several attempts, one a row."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("clip", "side", "toe to wall", "shin angle", "knee over toe", "reps", "result"):
        table.add_column(name, overflow="fold")
    for m in measurements:
        valid = sum(r["verdict"] == "valid" for r in m["repetitions"])
        result = "measured" if m["status"] == "measured" else f"rejected: {m['code']}"
        numbers = [format_headline(m, key) for key in ("toe_to_wall_cm", "shin_angle_deg", "knee_over_toe_cm")]
        table.add_row(m["clip"], m["side"] or NONE, *numbers, f"{valid}/{len(m['repetitions'])}", result)
    return Group(table, Text(FOOTNOTE, style="dim"))


def build_report_view(report: Mapping[str, Any]) -> RenderableType:
    """Show the verdict of a report, its differences and its findings."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "left", "right", "left minus right"):
        table.add_column(name)
    for row in build_differences(report):
        table.add_row(row["name"], row["left"] or NONE, row["right"] or NONE, row["difference"])
    verdict = report["verdict"]
    refusals = [_describe_refusal(side, report[side]) for side in ("left", "right") if report[side] is not None and report[side]["status"] == "rejected"]
    detail = [Text(verdict["headline"], style="bold"), Text(verdict["detail"]), *refusals]
    return Group(*detail, *([table] if table.row_count else []), *_build_findings(report["findings"]), Text(report["explanations"]["plus_minus"], style="dim"))


def format_headline(m: Mapping[str, Any], key: str) -> str:
    """One headline number, marked as a lower bound where it is one."""
    bounded = m["limit"] == "lower_bound" and key.startswith("toe_to_wall")
    return format_quantity(m[key], UNIT_OF[key], at_least=bounded)


def _describe_refusal(side: str, m: Mapping[str, Any]) -> Text:
    return Text(f"{side.capitalize()}: {m['advice'] or ''} ({m['code']})", style="red")


def _build_headline(m: Mapping[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for key, name in DIFFERENCE_NAMES.items():
        if m[key] is not None and not (key == "toe_to_wall_foot_lengths" and m["toe_to_wall_cm"] is not None):
            table.add_row(name, Text(format_headline(m, key), style="bold"))
    table.add_row("Scale", SCALE_NAMES[m["scale"]["source"]])
    learnt = describe_learnt_foot(m)
    if learnt:
        table.add_row(*learnt)
    return Padding(table, (0, 2))


def _build_repetitions(repetitions: Iterable[Mapping[str, Any]]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("no.", "time", "stance", "verdict", "toe to wall", "shin angle", "knee gap", "heel lift", "reason"):
        table.add_column(name, overflow="fold")
    for number, r in enumerate(repetitions, start=1):
        numbers = [
            format_quantity(r[key], unit) for key, unit in (("toe_to_wall_cm", "cm"), ("shin_angle_deg", "deg"), ("knee_gap_cm", "cm"), ("heel_lift_cm", "cm"))
        ]
        verdict = Text(VERDICT_NAMES[r["verdict"]], style=VERDICT_STYLES[r["verdict"]])
        table.add_row(str(number), f"{r['start_s']:.1f}\N{EN DASH}{r['end_s']:.1f} s", str(r["stance"]), verdict, *numbers, r["reason"])
    return table


def _build_findings(findings: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
    for finding in findings:
        advice = ADVICE.get(finding["code"], "")
        yield Text.assemble((f"{finding['severity']}: ", SEVERITY_STYLES[finding["severity"]]), finding["message"], (f" {advice}" if advice else "", "dim"))
