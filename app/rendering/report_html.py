"""The report as one HTML page without scripts: opens from a file, and is served as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app.rendering.checks_dict import build_checks_view
from app.rendering.language import teach
from app.rendering.numbers import tie_numbers
from app.rendering.remarks import Notice
from app.rendering.report_view import build_report_view


@dataclass(frozen=True, slots=True)
class TypedReading:
    """A reading that was refused: the fields of its form as they were typed, what is wrong with them, and what to do."""

    fields: Mapping[str, str]
    problem: str
    advice: str


@cache
def read_report_css() -> str:
    """Read the style sheet of the report, for a service that links it instead of putting it into the page."""
    return resources.files("app.rendering").joinpath("templates", "report.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    loader = PackageLoader("app.rendering", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["tie"] = tie_numbers
    teach(environment)
    return environment


def render_report_html(
    report: Mapping[str, Any],
    *,
    stills: Mapping[str, str],
    overlays: Mapping[str, str],
    inside: bool = False,
    page: str | None = None,
    athlete: str | None = None,
    exports: Mapping[str, str] | None = None,
    handed_in: date | None = None,
    checks: Mapping[str, Any] | None = None,
    remarks: Sequence[str] = (),
    since: Sequence[Mapping[str, Any]] = (),
    notices: Sequence[Notice] = (),
    typed: TypedReading | None = None,
    takes_back: bool = False,
) -> str:
    """Render a kneewall.report/1 dict as one page.

    `stills` and `overlays` map ``left`` and ``right`` to addresses (data URIs make the page one file); a side may be absent. With `inside` it is
    what stands inside a page of the service, which brings head, style and foot; `page` is the address of that page, below which it is erased, repeated,
    corrected and readings are typed; `exports` holds the addresses of the same report as ``pdf``, and of every frame of the ``left`` and ``right`` leg
    as a table; `checks` holds the readings and repeats, `remarks` what was said about the day and which version this is, `since` what changed since last
    time, of whom the service knows as `athlete`; `typed` is a reading that was refused just now, and `takes_back` offers to take readings back; `notices` stand
    before everything.
    """
    context = build_report_view(report, stills=stills, overlays=overlays, handed_in=handed_in) | {
        "inside": inside,
        "css": None if inside else Markup(read_report_css()),  # noqa: S704 - our own file, not a person's text
        "page": page,
        "athlete": athlete,
        "since": since,
        "notices": notices,
        "exports": exports or {},
        "remarks": remarks,
        "typed": typed,
        "takes_back": takes_back,
        "checks": None if checks is None else build_checks_view(checks),
        "original": None if checks is None else checks["original"],
    }
    return _environment().get_template("report.html").render(context)
