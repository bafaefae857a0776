"""The report as a page of this service, and as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from app.ports.reports import Document
from app.ports.screenings import Screening
from app.rendering.checks_dict import build_checks_dict
from app.rendering.language import gettext as _
from app.rendering.language import retell
from app.rendering.problems import tell_error
from app.rendering.remarks import describe_day, describe_version, notice_earlier, notice_sent_before
from app.rendering.report_html import TypedReading, render_report_html
from app.rendering.report_source import build_report_source
from app.rendering.since_view import build_since_view
from app.rendering.words import describe_verdict
from app.usecases.access import Actor, may_take_back
from app.usecases.athletes import find_filmed
from app.usecases.checks import find_checks
from app.usecases.corrections import find_version, list_versions
from app.usecases.errors import UsecaseError
from app.usecases.same_clips import find_sent_before
from app.usecases.screenings import find_screening, read_stills, sides_with_evidence
from app.usecases.services import Services
from app.usecases.since import find_since
from app.web.errors import STATUS
from app.web.pages.templates import render_page

ReportFormat = Literal["json", "html", "pdf"]
MEDIA_TYPES: dict[ReportFormat, str] = {"json": "application/json", "html": "text/html", "pdf": "application/pdf"}
"""Of the same weight the first is taken."""


def render_report(
    screening_id: str,
    report: Document,
    actor: Actor,
    services: Services,
    *,
    headers: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    error: UsecaseError | None = None,
) -> HTMLResponse:
    """Return the report's page with addresses of its pictures; who holds a link is offered nothing to change, and sees nothing of other days.

    `given` is a reading that was typed there and refused with an error.
    """
    base = f"/api/screenings/{screening_id}"
    screening = find_screening(screening_id, services)
    sides = sides_with_evidence(screening, services)
    own = actor.kind != "link"
    content = render_report_html(
        report,
        stills={side: f"{base}/stills/{side}.jpg" for side in sides},
        overlays={side: f"{base}/overlay/{side}.mp4" for side in sides},
        inside=True,
        page=f"/screenings/{screening_id}" if own else None,
        athlete=screening.athlete_id,
        exports={"pdf": f"{base}/report?format=pdf"} | {side: f"{base}/frames/{side}.csv" for side in ("left", "right")},
        handed_in=screening.created_at.date(),
        checks=build_checks_dict(find_checks(screening_id, services)) if own else None,
        remarks=_list_remarks(screening, services) if own else [],
        since=build_since_view(find_since(screening, services)) if own else [],
        typed=None if error is None else TypedReading(given or {}, tell_error(error, {"value": _("Reading")}), retell(error.advice)),
        takes_back=own and may_take_back(actor, screening),
        notices=list(map(notice_sent_before, find_sent_before(actor, screening, services))),
    )
    headline = describe_verdict(report)["headline"]
    athlete = find_filmed(actor, screening.athlete_id, services) if own and screening.athlete_id is not None else None
    code = 200 if error is None else STATUS[type(error)]
    shown = Markup(content)  # noqa: S704 - escaped where it was filled in
    answer = render_page("report.html", status=code, actor=actor, athlete=athlete, headline=headline, report=shown)
    answer.headers.update(headers or {})
    return answer


def render_version(screening: Screening, number: int, actor: Actor, services: Services) -> Response:
    """Return the page of an earlier version of a report, which says so before everything; the newest is the report itself."""
    address, versions = f"/screenings/{screening.screening_id}", list_versions(screening.screening_id, services)
    report = find_version(screening.screening_id, number, services)
    if number == versions[-1].number:
        return RedirectResponse(address, status_code=303)
    version = next(version for version in versions if version.number == number)
    notices = [notice_earlier(version, versions[-1], screening.screening_id)]
    day = screening.created_at.date()
    content = render_report_html(report, stills={}, overlays={}, inside=True, handed_in=day, notices=notices)
    athlete = None if screening.athlete_id is None else find_filmed(actor, screening.athlete_id, services)
    headline = _("Version {number}: {headline}").format(number=number, headline=describe_verdict(report)["headline"])
    return render_page("report.html", actor=actor, athlete=athlete, headline=headline, report=Markup(content))  # noqa: S704 - escaped where it was filled in


def _list_remarks(screening: Screening, services: Services) -> list[str]:
    said = [] if screening.circumstances is None else describe_day(screening.circumstances)
    newest = list_versions(screening.screening_id, services)[-1:]
    return said + [describe_version(version) for version in newest if version.reason is not None]


def answer_with_pdf(screening: Screening, report: Document, services: Services, *, headers: Mapping[str, str]) -> Response:
    """Return the report as a PDF with its key frames inside, under a name to keep it by."""
    day, stills = screening.created_at.date(), read_stills(screening, services)
    content = services.renderer.render_pdf(build_report_source(report, stills=stills, handed_in=day))
    name = f"kneewall-{day.isoformat()}.pdf"
    return Response(content, media_type="application/pdf", headers={**headers, "Content-Disposition": f'attachment; filename="{name}"'})


def choose_format(accept: str) -> ReportFormat:
    """Return what an Accept header likes best of JSON, HTML and PDF; who asks for anything gets JSON."""
    weights: dict[ReportFormat, float] = dict.fromkeys(MEDIA_TYPES, 0.0)
    kinds = {media_type: name for name, media_type in MEDIA_TYPES.items()}
    for choice in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in choice.split(";"))
        weight = next((_read_weight(parameter[2:]) for parameter in parameters if parameter.startswith("q=")), 1.0)
        if kind in kinds:
            weights[kinds[kind]] = weight
    return max(weights, key=lambda name: weights[name])


def _read_weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
