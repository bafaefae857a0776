"""Errors as answers: one body for all, {code, message, advice, shown}."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.ports.clips import StorageFullError
from app.ports.outage import OutageError
from app.rendering.language import retell, use_language
from app.rendering.problems import tell_error
from app.usecases import account_errors, clip_errors, errors, programme_errors, upload_errors
from app.web.cookies import find_reader_language
from app.web.limits import MAX_BODY_BYTES
from app.web.pages.templates import render_page
from app.web.problems import describe_problems

STATUS: dict[type[errors.UsecaseError], int] = {
    clip_errors.EmptyClipError: 400,
    clip_errors.SameClipTwiceError: 400,
    clip_errors.TooLargeError: 413,
    clip_errors.NotAVideoError: 415,
    errors.MalformedSubmissionError: 422,
    errors.UnknownScreeningError: 404,
    errors.UnknownAthleteError: 404,
    errors.NoEvidenceError: 404,
    errors.NoSuchLegError: 404,
    clip_errors.SameClipAgainError: 400,
    errors.NotFinishedError: 409,
    errors.ReadingKeptError: 409,
    errors.AnalysisFailedError: 409,
    errors.UnknownSquadError: 404,
    errors.UnavailableError: 503,
    account_errors.UnknownAccountError: 404,
    account_errors.UnknownGrantError: 404,
    account_errors.LinkExpiredError: 404,
    account_errors.NotSignedInError: 401,
    account_errors.WrongPasswordError: 401,
    account_errors.NotAllowedError: 403,
    account_errors.EmailTakenError: 409,
    account_errors.LastAdminError: 409,
    account_errors.AccountHeldError: 409,
    errors.ConsentMissingError: 409,
    clip_errors.ClipGoneError: 409,
    errors.UnknownVersionError: 404,
    errors.UnknownValueError: 404,
    errors.UnknownWebhookError: 404,
    errors.TooManyWebhooksError: 409,
    errors.NothingLearntError: 409,
    errors.ReminderPausedError: 409,
    errors.UnknownWaitingClipError: 404,
    errors.OtherLegBusyError: 409,
    account_errors.TooManyTriesError: 429,
    account_errors.PasskeysUnavailableError: 409,
    account_errors.PasskeyRefusedError: 401,
    account_errors.UnknownPasskeyError: 404,
    account_errors.TooManyPasskeysError: 409,
    account_errors.NoProviderError: 404,
    account_errors.SignInLostError: 400,
    account_errors.ProviderFailedError: 502,
    account_errors.IdentityRefusedError: 403,
    account_errors.UnknownIdentityError: 404,
    programme_errors.UnknownProgrammeError: 404,
    programme_errors.PlanChangedError: 409,
    programme_errors.UnknownTemplateError: 404,
    upload_errors.UnknownUploadError: 404,
    upload_errors.UploadOffsetError: 409,
    upload_errors.UploadOverrunError: 413,
    upload_errors.UploadUnfinishedError: 409,
    upload_errors.UploadQuotaError: 429,
    upload_errors.TooManyWaitingError: 429,
    upload_errors.ServiceBusyError: 503,
    upload_errors.ServiceStoppingError: 503,
    upload_errors.ChecksumError: 460,
    upload_errors.NoRoomError: 507,
    upload_errors.ProtocolVersionError: 412,
    upload_errors.ProtocolHeaderError: 400,
    upload_errors.NotAStreamError: 415,
}
_UNKNOWN: dict[str, type[errors.UsecaseError]] = {
    "athlete_id": errors.UnknownAthleteError,
    "squad_id": errors.UnknownSquadError,
    "account_id": account_errors.UnknownAccountError,
    "grant_id": account_errors.UnknownGrantError,
    "value_id": errors.UnknownValueError,
    "webhook_id": errors.UnknownWebhookError,
    "clip_id": errors.UnknownWaitingClipError,
    "passkey_id": account_errors.UnknownPasskeyError,
    "identity_id": account_errors.UnknownIdentityError,
    "template_id": programme_errors.UnknownTemplateError,
    "upload_id": upload_errors.UnknownUploadError,
    "secret": account_errors.LinkExpiredError,
}
"""What an id of an impossible shape in an address means: the same as one that was never given."""
_NOT_FOUND = 404
_NO_SUCH_METHOD, _TOO_LARGE = 405, 413
LONGEST_NEXT = 300
"""Characters of an address to which signing in leads back."""
_HTTP_CODES = {
    _TOO_LARGE: ("too_large", "The request is larger than this address takes."),
    _NOT_FOUND: ("not_found", "There is nothing under this address."),
    _NO_SUCH_METHOD: ("method_not_allowed", "This address does not take that method."),
}


def build_error_response(status: int, code: str, message: str, advice: str, shown: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the body that every error has; `shown` is what a page tells of it, where that is more than the same in the reader's language."""
    shown = shown or {"message": retell(message), "advice": retell(advice)}
    return JSONResponse({"code": code, "message": message, "advice": advice, "shown": shown}, status_code=status)


def build_fault_response(path: str, number: str) -> Response:
    """Return the answer to a request in which the program failed: a number that stands in the log, and nothing of the program's insides."""
    if _is_page_path(path):
        with suppress(Exception):  # what failed may be what every page is made of
            return render_page("broken.html", status=500, number=number)
    message = f"Something went wrong inside the service. It is written down in its log under the number {number}."
    return build_error_response(500, "internal", message, "Try again; if it stays, tell the number to whoever runs the service.")


def _speak_tus(request: Request, response: Response) -> Response:
    """Every answer about uploads says which version of the protocol it is in, refusals too."""
    if request.url.path.startswith("/api/uploads"):
        response.headers.update({"Tus-Resumable": "1.0.0", "Tus-Version": "1.0.0"})
    return response


def _is_page(request: Request) -> bool:
    return _is_page_path(request.url.path)


def _is_page_path(path: str) -> bool:
    """Whether the address is one that people look at."""
    return not path.startswith(("/api/", "/health", "/openapi.json"))


def _answer_program(request: Request, error: errors.UsecaseError) -> JSONResponse:
    with use_language(find_reader_language(request.headers)):
        shown = {"message": tell_error(error), "advice": retell(error.advice)}
    response = build_error_response(STATUS[type(error)], error.code, error.message, error.advice, shown)
    if isinstance(error, account_errors.NotSignedInError):
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.wait_s is not None:
        response.headers["Retry-After"] = str(math.ceil(error.wait_s))
    return response


def _answer_page(request: Request, error: errors.UsecaseError) -> Response:
    """Return a page for a person; who is not signed in is asked to, and led back."""
    if isinstance(error, account_errors.NotSignedInError):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        short = request.method == "GET" and len(back) <= LONGEST_NEXT
        return RedirectResponse("/signin?" + urlencode({"next": back if short else "/"}), status_code=303)
    status = STATUS[type(error)]
    if status == _NOT_FOUND:
        return render_page("missing.html", status=status, error=error)
    return render_page("refused.html", status=status, error=error, back=_find_way_back(request))


def build_page_refusal(status: int) -> Response:
    """Return the page about a request that no page of ours makes: an address that was mistyped, a form that is broken or too large."""
    if status in {_NOT_FOUND, _NO_SUCH_METHOD}:
        return render_page("missing.html", status=status, error=None)
    return render_page("refused.html", status=status, error=None, back="/")


def build_size_refusal(path: str) -> Response:
    """Return what is said of a body that is too large: a page to people, an error to programs."""
    if _is_page_path(path):
        return build_page_refusal(_TOO_LARGE)
    advice = f"Send at most {MAX_BODY_BYTES / 1e6:.0f} MB; clips go to the addresses that take clips."
    return build_error_response(_TOO_LARGE, *_HTTP_CODES[_TOO_LARGE], advice)


def _find_way_back(request: Request) -> str:
    """Return the page of the thing that something was to be done with; the start page where a page could not be shown."""
    if request.method == "GET":
        return "/"
    parts = request.url.path.split("/")[1:]
    return "/" + "/".join(parts[:2] if parts[0] in {"athletes", "squads", "screenings"} else parts[:1])


def add_error_handlers(app: FastAPI) -> None:
    """Translate every error at the edge."""

    @app.exception_handler(errors.UsecaseError)
    async def answer_screening_error(request: Request, error: errors.UsecaseError) -> Response:
        return _answer_page(request, error) if _is_page(request) else _speak_tus(request, _answer_program(request, error))

    @app.exception_handler(OutageError)
    async def answer_outage(request: Request, error: OutageError) -> Response:
        structlog.get_logger().warning("request.outage", reason=str(error))
        return await answer_screening_error(request, errors.UnavailableError())

    @app.exception_handler(StorageFullError)
    async def answer_full(request: Request, error: StorageFullError) -> Response:
        del error
        return await answer_screening_error(request, upload_errors.NoRoomError())

    @app.exception_handler(RequestValidationError)
    async def answer_validation_error(request: Request, error: RequestValidationError) -> Response:
        problems = error.errors()
        impossible = [str(problem["loc"][1]) for problem in problems if problem["loc"][:1] == ("path",)]
        if impossible:
            unknown = _UNKNOWN.get(impossible[0])
            return await answer_screening_error(request, errors.UnknownScreeningError("") if unknown is None else unknown())  # type: ignore[call-arg] # those of the table take nothing
        return await answer_screening_error(request, errors.MalformedSubmissionError(describe_problems(problems)))

    @app.exception_handler(HTTPException)
    async def answer_http_error(request: Request, error: HTTPException) -> Response:
        if _is_page(request):
            page = build_page_refusal(error.status_code)
            page.headers.update(error.headers or {})
            return page
        code, message = _HTTP_CODES.get(error.status_code, ("refused", str(error.detail)))
        with use_language(find_reader_language(request.headers)):
            response = build_error_response(error.status_code, code, message, "See the description under /openapi.json.")
        response.headers.update(error.headers or {})
        return _speak_tus(request, response)

    @app.exception_handler(ClientDisconnect)
    async def answer_nobody(_: Request, error: ClientDisconnect) -> JSONResponse:
        del error
        return build_error_response(400, "cut_off", "The upload was cut off before its end.", "Send it again.")
