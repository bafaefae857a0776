"""Reading a multipart body part by part, while it arrives, without ever holding a file."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from app.assessment.measurement import Side
from app.ports.people import Squad
from app.ports.screenings import Attempt, Screening
from app.rendering.language import Language
from app.usecases.access import Actor
from app.usecases.admission import require_room
from app.usecases.batches import Batch, BatchLine
from app.usecases.errors import MalformedSubmissionError, UsecaseError
from app.usecases.intake import Declaration, Intake, Tally, clean_name, find_sent, hash_sent_as
from app.usecases.keys import waiting_key
from app.usecases.legs import build_attempt, put_leg
from app.usecases.naming import parse_pattern
from app.usecases.services import Services
from app.usecases.squads import list_members
from app.web.cookies import find_reader_language
from app.web.problems import describe_problems
from app.web.schemas import DeclarationForm, LegForm

_MAX_FIELD_BYTES = 1_000
_MAX_HEADER_BYTES = 8_000
_MAX_PARTS = 40
_MAX_BATCH_PARTS = 200
_MAX_KEY_LENGTH = 200
_SIDES = ("left", "right")
_SHARED_FIELDS = frozenset({"footwear", "skirting_cm", "scale", "sheet_ruler_mm", "sheet_margin_mm"})
_DRAIN_BYTES = 64_000_000
"""After a refusal so much more is read and thrown away, for browsers that listen only when they have spoken."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the body: a field or, with a file name, a file."""

    name: str
    file_name: str | None
    chunks: AsyncIterator[bytes]

    async def read_text(self) -> str:
        """Return the value of a field."""
        content = b""
        async for chunk in self.chunks:
            content += chunk
            if len(content) > _MAX_FIELD_BYTES:
                raise MalformedSubmissionError((f"{self.name[:40]}: found more than {_MAX_FIELD_BYTES} bytes; expected a short value",))
        return content.decode("utf-8", errors="replace").strip()


@dataclass(slots=True)
class _Events:
    """What the parser calls back, in order: bytes of the part, or its end as None."""

    waiting: deque[bytes | dict[str, str] | None] = field(default_factory=deque)
    ended: bool = False
    _name: bytes = b""
    _value: bytes = b""
    _headers: dict[str, str] = field(default_factory=dict)

    def on_part_begin(self) -> None:
        self._headers = {}

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._check_header()

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._check_header()

    def on_header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name = self._value = b""

    def on_headers_finished(self) -> None:
        self.waiting.append(self._headers)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.waiting.append(data[start:end])

    def on_part_end(self) -> None:
        self.waiting.append(None)

    def on_end(self) -> None:
        self.ended = True

    def _check_header(self) -> None:
        if len(self._name) + len(self._value) > _MAX_HEADER_BYTES:
            raise MalformedSubmissionError(("found a part with an endless header; expected a form",))


class PartReader:
    """Pulls a multipart body apart; a part must be read, or skipped by asking for the next, in order."""

    def __init__(self, content_type: str, stream: AsyncIterator[bytes], *, most_parts: int = _MAX_PARTS) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise MalformedSubmissionError((f"found the content type {content_type[:60]!r}; expected multipart/form-data with a boundary",))
        self._events = _Events()
        names = ("part_begin", "part_data", "part_end", "header_field", "header_value", "header_end", "headers_finished", "end")
        calls = {f"on_{name}": getattr(self._events, f"on_{name}") for name in names}
        try:
            self._parser = MultipartParser(options[b"boundary"], calls)  # type: ignore[arg-type]
        except FormParserError:
            raise MalformedSubmissionError(("found a boundary that is no boundary; expected at most 256 characters",)) from None
        self._stream = stream
        self._most_parts = most_parts

    async def parts(self) -> AsyncIterator[Part]:
        """Every part in its order."""
        count = 0
        async for event in self._pull():
            if not isinstance(event, dict):
                continue
            count += 1
            if count > self._most_parts:
                raise MalformedSubmissionError((f"found more than {self._most_parts} parts; expected clips and their fields",))
            yield _build_part(event, self._chunks())
        if not self._events.ended:
            raise MalformedSubmissionError(("found a body that ends in the middle; expected a closing boundary",))

    async def _chunks(self) -> AsyncIterator[bytes]:
        async for event in self._pull():
            if not isinstance(event, bytes):
                return
            yield event

    async def _pull(self) -> AsyncIterator[bytes | dict[str, str] | None]:
        while True:
            while self._events.waiting:
                yield self._events.waiting.popleft()
            chunk = await anext(self._stream, b"")
            if not chunk:
                return
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise MalformedSubmissionError(("found a body that is no multipart form; expected boundary lines between the parts",)) from error


def _build_part(headers: dict[str, str], chunks: AsyncIterator[bytes]) -> Part:
    _, options = parse_options_header(headers.get("content-disposition", ""))
    if b"name" not in options:
        raise MalformedSubmissionError(("found a part without a name; expected Content-Disposition: form-data; name=...",))
    file_name = options.get(b"filename")
    return Part(options[b"name"].decode("utf-8", errors="replace"), None if file_name is None else file_name.decode("utf-8", errors="replace"), chunks)


async def receive_submission(request: Request, actor: Actor, services: Services, typed: dict[str, str] | None = None) -> Screening:
    """Take in the clips and fields of a request; on any error nothing of them is kept, but `typed` has the fields, for a page that shows them again."""
    stream = _skip_empty(request.stream())
    fields: dict[str, str] = {} if typed is None else typed
    parts = _read_parts(request, stream)
    sent_as = _read_sent_as(request, actor)
    try:
        earlier = None if sent_as is None else await asyncio.to_thread(find_sent, actor, sent_as, services)
        if earlier is not None:
            await drain(stream)
            return earlier
        await run_in_threadpool(require_room, actor, services)
        return await _receive(parts, fields, Intake(actor, services, sent_as=sent_as), find_reader_language(request.headers))
    except UsecaseError as error:
        await _refuse(error, parts, fields, stream, services)
        raise


async def _read_parts(request: Request, stream: AsyncIterator[bytes], *, most_parts: int = _MAX_PARTS) -> AsyncIterator[Part]:
    async for part in PartReader(request.headers.get("content-type", ""), stream, most_parts=most_parts).parts():
        yield part


async def _read_field(part: Part, fields: dict[str, str]) -> None:
    """Read a field; places where it was felt are several of one name."""
    text = await part.read_text()
    fields[part.name] = f"{fields[part.name]},{text}" if part.name == "felt" and part.name in fields else text


async def _refuse(error: UsecaseError, parts: AsyncIterator[Part], fields: dict[str, str], stream: AsyncIterator[bytes], services: Services) -> None:
    """Count a refusal, and read on for a while: what was typed behind it is shown again, and clips are thrown away."""
    services.watcher.note_refusal("upload", error.code)
    passed_bytes = 0
    with suppress(UsecaseError, ClientDisconnect):
        async for part in parts:
            if part.file_name is None:
                await _read_field(part, fields)
                continue
            async for chunk in part.chunks:
                passed_bytes += len(chunk)
                if passed_bytes > _DRAIN_BYTES:
                    return
    await drain(stream)


def _read_sent_as(request: Request, actor: Actor) -> str | None:
    """Return what is kept of the header Idempotency-Key, None without one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= _MAX_KEY_LENGTH:
        raise MalformedSubmissionError((f"Idempotency-Key: found {len(key)} characters; expected 1 to {_MAX_KEY_LENGTH}",))
    return None if key is None else hash_sent_as(actor, key)


async def _receive(parts: AsyncIterator[Part], typed: dict[str, str], begun: Intake, language: Language) -> Screening:
    async with begun as intake:
        async for part in parts:
            if part.file_name is None:
                await _read_field(part, typed)
            elif part.file_name:  # a browser sends a file without a name where none was chosen
                await intake.take_clip(part.name, part.file_name, part.chunks)
        fields = dict(typed)
        for side in _SIDES:
            upload_id, name = fields.pop(f"{side}_upload", ""), fields.pop(f"{side}_name", "")
            if upload_id:
                await intake.take_upload(side, upload_id, name)
        return await intake.finish(lambda: replace(parse_declaration(fields), language=language))


async def receive_batch(request: Request, squad: Squad, actor: Actor, services: Services, typed: dict[str, str] | None = None) -> list[BatchLine]:
    """Take in many clips, each of whom its name says; say of each what became of it. A pattern is good for the clips that come after it."""
    athletes = await run_in_threadpool(list_members, squad.squad_id, services)
    stream = _skip_empty(request.stream())
    fields: dict[str, str] = {} if typed is None else typed
    parts = _read_parts(request, stream, most_parts=_MAX_BATCH_PARTS)
    try:
        await run_in_threadpool(require_room, actor, services)
        async with Batch(squad, athletes, actor, services) as batch:
            async for part in parts:
                if part.name == "uploads" and part.file_name is None:
                    upload_id, _, name = (await part.read_text()).partition(" ")
                    await batch.take_upload(name, upload_id)
                elif part.file_name is None:
                    await _read_field(part, fields)
                elif part.file_name:
                    pattern = fields.get("pattern")
                    batch.pattern = parse_pattern(pattern) if pattern else None
                    await batch.take_clip(part.file_name, part.chunks)
            if not batch.lines:
                raise MalformedSubmissionError(("found no clip; expected videos whose names say whose leg they show, as marchetti_left.mp4",))
            shared = _parse_shared(dict(fields), typed_before=batch.pattern is not None)
            return await batch.finish(replace(shared, language=find_reader_language(request.headers)))
    except UsecaseError as error:
        await _refuse(error, parts, fields, stream, services)
        raise


def _parse_shared(fields: dict[str, str], *, typed_before: bool) -> Declaration:
    """Return what is said about all clips of a batch; nothing that belongs to one person is among it."""
    if fields.pop("pattern", "") and not typed_before:
        raise MalformedSubmissionError(("found the pattern after the clips; expected it before them: they are taken as they arrive",))
    personal = sorted(set(fields) - _SHARED_FIELDS)
    if personal:
        raise MalformedSubmissionError((f"found {', '.join(personal)[:200]}; expected of many clips only {', '.join(sorted(_SHARED_FIELDS))}",))
    return parse_declaration(fields)


def parse_declaration(fields: dict[str, str]) -> Declaration:
    """Return the fields of the form as a declaration; everything wrong is named at once."""
    try:
        return DeclarationForm.model_validate({name: value for name, value in fields.items() if value}).build_declaration()
    except ValidationError as error:
        raise MalformedSubmissionError(describe_problems(error.errors())) from None


async def _skip_empty(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        if chunk:
            yield chunk


async def drain(stream: AsyncIterator[bytes]) -> None:
    """Read on for a while and throw it away."""
    drained = 0
    try:
        async for chunk in stream:
            drained += len(chunk)
            if drained > _DRAIN_BYTES:
                return
    except ClientDisconnect:
        return


async def receive_leg(request: Request, screening: Screening, side: Side, actor: Actor, services: Services, typed: dict[str, str] | None = None) -> None:
    """Take in one clip, in the field `clip`, and put it in the place of what a finished screening has of this leg."""
    stream = _skip_empty(request.stream())
    name, tally = services.new_id(), Tally(side, services.limits.max_clip_bytes)
    fields: dict[str, str] = {} if typed is None else typed
    parts = _read_parts(request, stream)
    file_name = ""
    try:
        await run_in_threadpool(require_room, actor, services)
        async for part in parts:
            if part.file_name is None:
                await _read_field(part, fields)
            elif part.file_name and not file_name:
                file_name = part.file_name
                await services.clips.receive(waiting_key(name), tally.watch(part.chunks))
        said = _parse_leg(fields, file_name)
        clean = clean_name(file_name) or f"{side}.mp4"
        size, sha256 = tally.size_bytes, tally.sha256()
        attempt = build_attempt(screening.screening_id, side, clip_name=clean, sha256=sha256, size_bytes=size, furthest=said.furthest)
        await asyncio.to_thread(_put_leg, actor, screening, attempt, waiting_key(name), said.reason, services)
    except UsecaseError as error:
        await _refuse(error, parts, fields, stream, services)
        raise
    finally:
        await asyncio.shield(asyncio.to_thread(services.clips.erase_group, name))


def _put_leg(actor: Actor, screening: Screening, attempt: Attempt, key: str, reason: str, services: Services) -> None:
    with services.clips.lend(key) as clip:
        put_leg(actor, screening, attempt, clip, reason, services)


def _parse_leg(fields: dict[str, str], file_name: str) -> LegForm:
    if not file_name:
        raise MalformedSubmissionError(("found no clip; expected a video",))
    try:
        return LegForm.model_validate({name: value for name, value in fields.items() if value})
    except ValidationError as error:
        raise MalformedSubmissionError(describe_problems(error.errors())) from None
