"""The language in which somebody reads, chosen at the foot of every page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Header, Request, status
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.routing import Match

from app.rendering.language import Language
from app.web.cookies import put_language
from app.web.dependencies import Caller
from app.web.forms import Fields, parse_fields

router = APIRouter(include_in_schema=False)


class LanguageBody(BaseModel):
    """One of ours."""

    language: Language


@router.post("/language")
def choose(request: Request, fields: Fields, actor: Caller, referer: Annotated[str, Header()] = "/") -> Response:
    """Remember the choice and show the page again, where it is one that can be asked for."""
    del actor
    address = _find_page(request, referer)
    response = RedirectResponse(address, status_code=status.HTTP_303_SEE_OTHER)
    put_language(request, response, parse_fields(LanguageBody, fields).language)
    return response


def _find_page(request: Request, referer: str) -> str:
    """Return the address of the page that somebody came from; the start page where it is not ours, or was the answer to a form and cannot be asked for."""
    try:
        back = urlsplit(referer)
    except ValueError:
        return "/"
    here = back.netloc == request.headers.get("host") and back.path.startswith("/") and not back.path.startswith("//")
    asked = {"type": "http", "method": "GET", "path": back.path, "headers": []}
    if not here or not any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes):
        return "/"
    return back.path + (f"?{back.query}" if back.query else "")
