"""Links that are shown once, with a QR code for the phone beside the screen."""

from __future__ import annotations

import io

import segno
from fastapi import Request
from fastapi.responses import HTMLResponse

from app.ports.accounts import Grant
from app.rendering.language import write_day
from app.usecases.access import Actor
from app.web.pages.templates import render_page


def show_link(made: tuple[Grant, str], path: str, *, words: str, back: str, actor: Actor, request: Request) -> HTMLResponse:
    """Return the page with a new link, under the address by which the service was called."""
    grant, secret = made
    address = f"{str(request.base_url).rstrip('/')}{path}/{secret}"
    until = f"{write_day(grant.expires_at)} {grant.expires_at:%H:%M} UTC"
    return render_page("link.html", actor=actor, address=address, picture=draw_code(address), until=until, words=words, back=back)


def draw_code(text: str) -> str:
    """Return a QR code as inline SVG, dark on light whatever the page's colours are."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False, omitsize=False)
    return out.getvalue().decode()
