"""Uploads that can be resumed, as tus 1.0.0 has them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.ports.uploads import Upload
from app.usecases import uploads
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web import tus
from app.web.api.refusals import BUSY
from app.web.dependencies import Caller, OwnUpload, ServicesDep, Uploader
from app.web.schemas import ErrorBody
from app.web.uploads import drain

router = APIRouter(prefix="/api/uploads", tags=["uploads"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "No such upload of the caller's own."},
    412: {"model": ErrorBody, "description": "Tus-Resumable is not 1.0.0."},
}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "A header is missing or cannot be read."},
    413: {"model": ErrorBody, "description": "Too large, or more than was said."},
    415: {"model": ErrorBody, "description": "Not a video by its first bytes, and the upload is gone; or another content type than the protocol's."},
    507: {"model": ErrorBody, "description": "The disk is full; the upload is gone."},
}
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorBody, "description": "Upload-Offset is not where the upload is."},
    460: {"model": ErrorBody, "description": "The bytes do not have the checksum; none were kept."},
}
_HEADERS = [
    {"name": "Tus-Resumable", "in": "header", "required": True, "schema": {"type": "string", "enum": [tus.VERSION]}},
    {"name": "Upload-Length", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 1}},
    {"name": "Upload-Metadata", "in": "header", "schema": {"type": "string"}, "description": "athlete_id, or squad_id and filename; values in base64."},
]
_OFFSET = [_HEADERS[0], {"name": "Upload-Offset", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 0}}]
_BODY = {"requestBody": {"content": {tus.STREAM_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}


@router.options("", status_code=status.HTTP_204_NO_CONTENT)
def describe_protocol(caller: Caller, services: ServicesDep) -> Response:
    """Say what is spoken here."""
    del caller
    said = {"Tus-Version": tus.VERSION, "Tus-Extension": tus.EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(uploads.ALGORITHMS)}
    limits = {"Tus-Resumable": tus.VERSION, "Tus-Max-Size": str(services.limits.max_clip_bytes)}
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers=said | limits)


@router.post("", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN | _REFUSALS | BUSY, openapi_extra=_BODY | {"parameters": _HEADERS})
async def create_upload(request: Request, actor: Uploader, services: ServicesDep) -> Response:
    """Begin an upload, perhaps with its first bytes; `Location` is where the others go."""
    tus.require_version(request)
    try:
        upload = await run_in_threadpool(uploads.begin_upload, actor, tus.read_wish(request), services)
    except UsecaseError as error:
        services.watcher.note_refusal("upload", error.code)
        raise
    if tus.holds_stream(request):
        try:
            upload = await _append(upload, request, services, offset_bytes=0)
        except UsecaseError:
            await run_in_threadpool(uploads.drop_upload, upload, services)
            raise
    headers = tus.write_state(upload) | {"Location": f"/api/uploads/{upload.upload_id}"}
    return Response(status_code=status.HTTP_201_CREATED, headers=headers)


@router.head("/{upload_id}", responses=_UNKNOWN, openapi_extra={"parameters": _HEADERS[:1]})
def read_offset(upload: OwnUpload, request: Request) -> Response:
    """Say how many bytes are here."""
    tus.require_version(request)
    return Response(headers=tus.write_state(upload) | {"Cache-Control": "no-store"})


@router.patch(
    "/{upload_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=_UNKNOWN | _REFUSALS | _CONFLICT,
    openapi_extra=_BODY | {"parameters": _OFFSET},
)
async def append_bytes(upload: OwnUpload, request: Request, services: ServicesDep) -> Response:
    """Take the bytes that follow; what comes of a body that is cut off is kept."""
    tus.require_version(request)
    tus.require_stream(request)
    grown = await _append(upload, request, services, offset_bytes=tus.read_number(request, "Upload-Offset"))
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers=tus.write_state(grown))


@router.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN, openapi_extra={"parameters": _HEADERS[:1]})
def drop_upload(upload: OwnUpload, request: Request, services: ServicesDep) -> Response:
    """Give an upload up; nothing of it is kept."""
    tus.require_version(request)
    uploads.drop_upload(upload, services)
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers={"Tus-Resumable": tus.VERSION})


@router.post("/{upload_id}", include_in_schema=False)
async def override_method(upload: OwnUpload, request: Request, services: ServicesDep) -> Response:
    """Take PATCH and DELETE from where only GET and POST get through."""
    meant = request.headers.get("x-http-method-override")
    if meant == "PATCH":
        return await append_bytes(upload, request, services)
    if meant == "DELETE":
        return await run_in_threadpool(drop_upload, upload, request, services)
    raise HTTPException(status.HTTP_405_METHOD_NOT_ALLOWED)


async def _append(upload: Upload, request: Request, services: Services, *, offset_bytes: int) -> Upload:
    body = tus.read_body(request)
    try:
        return await uploads.append_bytes(upload, body, services, offset_bytes=offset_bytes, checksum=tus.read_checksum(request))
    except UsecaseError as error:
        services.watcher.note_refusal("upload", error.code)
        await drain(body)
        raise
