"""Filling in the templates."""

from __future__ import annotations

from functools import cache

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("app.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render_page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """One page."""
    return HTMLResponse(_environment().get_template(template).render(**values), status_code=status)
