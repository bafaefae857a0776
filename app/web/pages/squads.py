"""The pages of squads: who is in them, how everybody stands, today's board, bringing in a roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.ports.people import Athlete, Squad
from app.rendering.language import gettext as _
from app.rendering.squad_dict import build_board_dict, build_overview_dict
from app.rendering.squad_view import add_sparks, build_rows, build_squad_source, describe_filter
from app.usecases import invites, overviews, squads
from app.usecases.access import Actor
from app.usecases.batches import BatchLine
from app.usecases.errors import MalformedSubmissionError, UsecaseError
from app.usecases.services import Services
from app.web.dependencies import Coach, OtherId, SeenAthlete, SeenSquad, ServicesDep
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.links import show_link
from app.web.pages.templates import render_page
from app.web.people_schemas import AccountView, AthleteView, SquadBody, SquadView
from app.web.roster import COLUMNS, RosterRow, parse_roster, read_roster_rows
from app.web.squad_schemas import Filtered, FilterQuery, NoteBody
from app.web.time_zone import Today
from app.web.uploads import receive_batch

router = APIRouter(include_in_schema=False)


@router.get("/squads")
def show_squads(actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Show every squad, and a form to make one."""
    return _render_list(actor, services)


@router.post("/squads")
def add_squad(fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Make a squad."""
    try:
        squad = squads.add_squad(actor, parse_fields(SquadBody, fields).name, services)
    except UsecaseError as error:
        return _render_list(actor, services, given=fields, error=error)
    return _go_to(squad.squad_id)


@router.get("/squads/{squad_id}")
def show_squad(squad: SeenSquad, request: Request, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Show how everybody who is looked for stands; everybody where that cannot be read."""
    given = dict(request.query_params)
    wanted, error = _read_filter(given)
    overview = overviews.build_overview(actor, squad, wanted.build_filter(), services, with_recent=True)
    table = build_overview_dict(overview)
    rows = build_rows(table)
    add_sparks(rows, overview)
    return render_page(
        "squad.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        squad=SquadView.from_squad(squad),
        table=table,
        rows=rows,
        given=given,
        query=wanted.write(),
        filter_words=describe_filter(table),
        coaches=[AccountView.from_account(account) for account in squads.list_coaches(squad.squad_id, services)],
        accounts=services.access == "accounts",
        error=error,
    )


def _read_filter(given: Mapping[str, str]) -> tuple[FilterQuery, MalformedSubmissionError | None]:
    try:
        return parse_fields(FilterQuery, given), None
    except MalformedSubmissionError as error:
        return FilterQuery(), error


@router.get("/squads/{squad_id}/table.pdf")
def print_squad(squad: SeenSquad, wanted: Filtered, actor: Coach, services: ServicesDep) -> Response:
    """Return the same table on paper."""
    now = services.clock.now().date()
    overview = overviews.build_overview(actor, squad, wanted.build_filter(), services)
    content = services.renderer.render_pdf(build_squad_source(build_overview_dict(overview), now))
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="squad-{now.isoformat()}.pdf"'})


@router.get("/squads/{squad_id}/board")
def show_board(squad: SeenSquad, actor: Coach, services: ServicesDep, today: Today) -> HTMLResponse:
    """Show what was handed in today and who is next."""
    board = build_board_dict(squads.build_board(squad, today, services), today)
    return render_page("board.html", actor=actor, squad=SquadView.from_squad(squad), board=board)


@router.post("/squads/{squad_id}/roster")
def import_roster(squad: SeenSquad, fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Show row by row what a CSV file, or a pasted list, would do; once that was confirmed, add everybody of it to a squad."""
    text = fields.get("file") or fields.get("roster") or ""
    try:
        if "confirmed" not in fields:
            return _render_roster(squad, actor, text=text, rows=_preview(squad, read_roster_rows(text.encode()), services))
        squads.import_roster(actor, squad.squad_id, parse_roster(text.encode()), services)
    except UsecaseError as error:
        return _render_roster(squad, actor, text=text, error=error)
    return _go_to(squad.squad_id)


def _preview(squad: Squad, rows: Sequence[RosterRow], services: Services) -> list[dict[str, object]]:
    known = {athlete.name.casefold() for athlete in squads.list_members(squad.squad_id, services)}
    states = ["refused" if row.details is None else "known" if row.name.casefold() in known else "new" for row in rows]
    return [{"number": row.number, "name": row.name, "problems": row.problems, "state": state} for row, state in zip(rows, states, strict=True)]


def _render_roster(squad: Squad, actor: Actor, *, text: str = "", rows: Sequence[dict[str, object]] = (), error: UsecaseError | None = None) -> HTMLResponse:
    view, code = SquadView.from_squad(squad), status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page("roster.html", status=code, actor=actor, squad=view, columns=COLUMNS, error=error, text=text, rows=rows)


@router.get("/squads/{squad_id}/roster")
def ask_for_roster(squad: SeenSquad, actor: Coach) -> HTMLResponse:
    """Ask for a roster."""
    return _render_roster(squad, actor)


@router.get("/squads/{squad_id}/upload")
def ask_for_clips(squad: SeenSquad, actor: Coach) -> HTMLResponse:
    """Ask for the clips of many athletes."""
    return _render_upload(squad, actor)


@router.post("/squads/{squad_id}/upload")
async def receive_clips(squad: SeenSquad, request: Request, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Take them in and say of each what became of it."""
    typed: dict[str, str] = {}
    try:
        lines = await receive_batch(request, squad, actor, services, typed)
    except UsecaseError as error:
        return _render_upload(squad, actor, given=typed, error=error)
    return _render_upload(squad, actor, lines=lines)


def _render_upload(
    squad: Squad, actor: Actor, *, lines: Sequence[BatchLine] = (), given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page("squad_upload.html", status=code, actor=actor, squad=SquadView.from_squad(squad), lines=lines, given=given or {}, error=error)


@router.post("/squads/{squad_id}/leave/{athlete_id}")
def leave_squad(squad: SeenSquad, athlete: SeenAthlete, services: ServicesDep) -> Response:
    """Take an athlete out of a squad."""
    squads.leave_squad(squad.squad_id, athlete.athlete_id, services)
    return _go_to(squad.squad_id)


@router.get("/squads/{squad_id}/notes/{athlete_id}")
def show_note(squad: SeenSquad, athlete: SeenAthlete, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Show the note about an athlete, to be written anew."""
    return _render_note(squad, athlete, actor, services)


@router.post("/squads/{squad_id}/notes/{athlete_id}")
def write_note(squad: SeenSquad, athlete: SeenAthlete, fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Keep it, and go back to the table."""
    try:
        overviews.write_note(actor, squad, athlete, parse_fields(NoteBody, fields).text, services)
    except UsecaseError as error:
        return _render_note(squad, athlete, actor, services, given=fields, error=error)
    return _go_to(squad.squad_id)


def _render_note(
    squad: Squad, athlete: Athlete, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    note = overviews.find_note(squad, athlete, services)
    return render_page(
        "note.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        squad=SquadView.from_squad(squad),
        athlete=AthleteView.from_athlete(athlete),
        note=note,
        given=given if given is not None else {} if note is None else {"text": note.text},
        error=error,
    )


@router.post("/squads/{squad_id}/invite")
def invite_coach(squad: SeenSquad, request: Request, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Make an invitation to coach this squad as well, and show it once."""
    made = invites.invite("coach", squad.squad_id, actor, services)
    words = _("Whoever opens it can make an account that coaches {squad}, once.").format(squad=squad.name)
    return show_link(made, "/join", words=words, back=f"/squads/{squad.squad_id}", actor=actor, request=request)


@router.post("/squads/{squad_id}/coaches/{coach_id}/leave")
def drop_coach(squad: SeenSquad, coach_id: OtherId, services: ServicesDep) -> Response:
    """Let an account no longer coach this squad."""
    squads.drop_coach(squad.squad_id, coach_id, services)
    return RedirectResponse("/squads", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/squads/{squad_id}/erase")
def ask_before_erasing(squad: SeenSquad, actor: Coach) -> HTMLResponse:
    """Ask once more."""
    words = _("The squad is forgotten; its athletes and their screenings stay, but a coach sees only athletes of squads.")
    return render_page("erase.html", actor=actor, what=squad.name, words=words, address=f"/squads/{squad.squad_id}")


@router.post("/squads/{squad_id}/erase")
def erase_squad(squad: SeenSquad, services: ServicesDep) -> Response:
    """Forget a squad."""
    squads.erase_squad(squad.squad_id, services)
    return RedirectResponse("/squads", status_code=status.HTTP_303_SEE_OTHER)


def _go_to(squad_id: str) -> RedirectResponse:
    return RedirectResponse(f"/squads/{squad_id}", status_code=status.HTTP_303_SEE_OTHER)


def _render_list(actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    own = [SquadView.from_squad(squad) for squad in squads.list_squads(actor, services)]
    return render_page("squads.html", status=code, actor=actor, squads=own, given=given or {}, error=error)
