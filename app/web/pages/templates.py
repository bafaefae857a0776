"""Filling in the templates."""

from __future__ import annotations

import math
from functools import cache

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.rendering.language import teach
from app.rendering.problems import list_problems, tell_problem
from app.usecases.access import Actor
from app.usecases.errors import UsecaseError


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("app.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    teach(environment)
    environment.filters |= {"problem": tell_problem, "problems": list_problems}
    return environment


def render_page(template: str, *, status: int = 200, actor: Actor | None = None, **values: object) -> HTMLResponse:
    """One page; its header leads to what the actor may see. A page about an error that passes says when another try makes sense."""
    error = values.get("error")
    headers = {"Retry-After": str(math.ceil(error.wait_s))} if isinstance(error, UsecaseError) and error.wait_s is not None else None
    return HTMLResponse(_environment().get_template(template).render(actor=actor, **values), status_code=status, headers=headers)
