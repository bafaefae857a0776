"""The report as a page of this service."""

from __future__ import annotations

from app.ports.records import Document
from app.rendering.checks_dict import build_checks_dict
from app.rendering.report_html import render_report_html
from app.usecases.access import Actor
from app.usecases.checks import find_checks
from app.usecases.screenings import sides_with_evidence
from app.usecases.services import Services


def render_report(screening_id: str, report: Document, actor: Actor, services: Services) -> str:
    """Return the report's page with addresses of its pictures and of the style sheet; who holds a link is offered nothing to change."""
    base = f"/api/screenings/{screening_id}"
    sides = sides_with_evidence(screening_id, services)
    return render_report_html(
        report,
        stills={side: f"{base}/stills/{side}.jpg" for side in sides},
        overlays={side: f"{base}/overlay/{side}.mp4" for side in sides},
        stylesheet="/static/report.css",
        home="/",
        page=None if actor.kind == "link" else f"/screenings/{screening_id}",
        checks=build_checks_dict(find_checks(screening_id, services)),
    )


def prefers_html(accept: str) -> bool:
    """Whether an Accept header asks for HTML rather than for JSON; who asks for anything gets JSON."""
    weights = {"text/html": 0.0, "application/json": 0.0}
    for choice in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in choice.split(";"))
        weight = next((_read_weight(parameter[2:]) for parameter in parameters if parameter.startswith("q=")), 1.0)
        if kind in weights:
            weights[kind] = weight
    return weights["text/html"] > weights["application/json"]


def _read_weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
