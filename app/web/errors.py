"""Errors as answers: one body for all, {code, message, advice}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.usecases import errors

STATUS: dict[type[errors.ScreeningError], int] = {
    errors.EmptyClipError: 400,
    errors.SameClipTwiceError: 400,
    errors.TooLargeError: 413,
    errors.NotAVideoError: 415,
    errors.MalformedSubmissionError: 422,
    errors.UnknownScreeningError: 404,
    errors.UnknownAthleteError: 404,
    errors.NoEvidenceError: 404,
    errors.NoSuchLegError: 404,
    errors.SameClipAgainError: 400,
    errors.NotFinishedError: 409,
    errors.ReadingKeptError: 409,
    errors.AnalysisFailedError: 409,
}
_HTTP_CODES = {404: ("not_found", "There is nothing under this address."), 405: ("method_not_allowed", "This address does not take that method.")}


def build_error_response(status: int, code: str, message: str, advice: str) -> JSONResponse:
    """Return the body that every error has."""
    return JSONResponse({"code": code, "message": message, "advice": advice}, status_code=status)


def describe_problems(problems: Sequence[Any]) -> tuple[str, ...]:
    """Say each problem that pydantic found as "field: found, expected"."""
    return tuple(map(_describe_problem, problems))


def _describe_problem(problem: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    name = ".".join(str(part) for part in problem["loc"])[:40]
    if not problem["loc"]:
        return str(problem["ctx"]["error"])
    if problem["type"] == "extra_forbidden":
        return f"{name}: found a field of that name; expected one of those that the description names"
    return f"{name}: found {str(problem.get('input'))[:40]!r}; {problem['msg'][:1].lower()}{problem['msg'][1:]}"


def add_error_handlers(app: FastAPI) -> None:
    """Translate every error at the edge."""

    @app.exception_handler(errors.ScreeningError)
    async def answer_screening_error(_: Request, error: errors.ScreeningError) -> JSONResponse:
        return build_error_response(STATUS[type(error)], error.code, error.message, error.advice)

    @app.exception_handler(RequestValidationError)
    async def answer_validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = error.errors()
        if any(problem["loc"] == ("path", "athlete_id") for problem in problems):
            return await answer_screening_error(request, errors.UnknownAthleteError())
        if any(problem["loc"][:1] == ("path",) for problem in problems):
            return await answer_screening_error(request, errors.UnknownScreeningError(""))
        return await answer_screening_error(request, errors.MalformedSubmissionError(describe_problems(problems)))

    @app.exception_handler(HTTPException)
    async def answer_http_error(_: Request, error: HTTPException) -> JSONResponse:
        code, message = _HTTP_CODES.get(error.status_code, ("refused", str(error.detail)))
        response = build_error_response(error.status_code, code, message, "See the description under /openapi.json.")
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(ClientDisconnect)
    async def answer_nobody(_: Request, error: ClientDisconnect) -> JSONResponse:
        del error
        return build_error_response(400, "cut_off", "The upload was cut off before its end.", "Send it again.")
