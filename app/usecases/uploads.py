"""Taking clips in piece by piece: an upload belongs to whoever began it, and what has come stays when the connection is lost.

Bytes are kept in parts that are never changed. A part counts from the moment that the record says so, and the record is changed only if it is still
what the part follows. So of two requests at once one is told that the other was quicker, a request that hangs holds nobody up, and nothing is mixed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.ports.clips import StorageFullError
from app.ports.records import UnitOfWork
from app.ports.uploads import Upload
from app.usecases.access import Actor, require_measurable, require_squad
from app.usecases.account_errors import NotSignedInError
from app.usecases.admission import require_room
from app.usecases.clip_errors import EmptyClipError, NotAVideoError, TooLargeError
from app.usecases.errors import MalformedSubmissionError
from app.usecases.keys import part_key
from app.usecases.matching import NoMatchError, match_clip
from app.usecases.services import Services
from app.usecases.sniffing import HEAD_BYTES, find_objection
from app.usecases.upload_errors import (
    ChecksumError,
    NoRoomError,
    ProtocolHeaderError,
    UnknownUploadError,
    UploadOffsetError,
    UploadOverrunError,
    UploadQuotaError,
    UploadUnfinishedError,
)

PART_BYTES = 4 * 1024 * 1024
_MOST_PARTS = 4000
_TRIES, _TRY_AGAIN_S = 5, 0.2
_LINK_UPLOADS = 6
_LINK_CLIPS = 4
"""Over a link a left and a right clip are handed in; these leave room for a second try."""
_NAME = "uploaded"
ALGORITHMS = ("sha1", "sha256", "md5")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadWish:
    """What is said before the first byte: the length, and whose leg it is, by an athlete's id or by a squad and a file name that says it."""

    length_bytes: int
    athlete_id: str | None = None
    squad_id: str | None = None
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request have to come to."""

    algorithm: str
    digest: bytes


def begin_upload(actor: Actor, wish: UploadWish, services: Services) -> Upload:
    """Remember an upload of which nothing is here yet; refuse now what would be refused at its end."""
    if wish.length_bytes == 0:
        raise EmptyClipError(_NAME)
    if wish.length_bytes > services.limits.max_clip_bytes:
        raise TooLargeError(_NAME, limit_bytes=services.limits.max_clip_bytes)
    require_room(actor, services, size_bytes=wish.length_bytes)
    now = services.clock.now()
    account_id, grant_id = _owner_of(actor)
    with services.open_records() as records:
        upload = Upload(
            upload_id=services.new_id(),
            created_at=now,
            expires_at=now + timedelta(seconds=services.limits.uploads_kept_s),
            length_bytes=wish.length_bytes,
            account_id=account_id,
            grant_id=grant_id,
            athlete_id=_find_athlete(actor, wish, records, services),
        )
        if not records.uploads.add(upload):
            raise NotSignedInError  # taken back, or erased, since the request began
        _check_quota(actor, records, services)
        records.commit()
    return upload


def find_upload(actor: Actor, upload_id: str, services: Services) -> Upload:
    """Return an upload of the actor's own; raise `UnknownUploadError` otherwise, also to an admin."""
    with services.open_records() as records:
        upload = records.uploads.find(upload_id)
    if upload is None or (upload.account_id, upload.grant_id) != _owner_of(actor) or upload.expires_at <= services.clock.now():
        raise UnknownUploadError
    return upload


async def append_bytes(upload: Upload, chunks: AsyncIterator[bytes], services: Services, *, offset_bytes: int, checksum: Checksum | None = None) -> Upload:
    """Keep what comes, part by part, also when it ends early; with a checksum all of it or nothing."""
    if offset_bytes != upload.offset_bytes:
        raise UploadOffsetError(found=offset_bytes, expected=upload.offset_bytes)
    intake = _PartIntake(upload, services, checksum)
    try:
        async for chunk in chunks:
            await intake.take(chunk)
        return await intake.finish()
    except NotAVideoError:
        await asyncio.to_thread(drop_upload, upload, services)
        raise
    except StorageFullError:
        await _make_room(upload, services)
        raise NoRoomError from None
    finally:
        await intake.forget_uncounted()


async def _make_room(upload: Upload, services: Services) -> None:
    """Forget an upload that did not fit: bytes first, because a full disk takes no change of the records, and freed room may be there a moment later."""
    for _ in range(_TRIES):
        await asyncio.to_thread(services.clips.erase_group, upload.upload_id)
        with suppress(StorageFullError):
            await asyncio.to_thread(drop_upload, upload, services)
            return
        await asyncio.sleep(_TRY_AGAIN_S)


def drop_upload(upload: Upload, services: Services) -> None:
    """Forget an upload: the row first, so that a request that is under way notices, then the bytes."""
    with services.open_records() as records:
        records.uploads.erase(upload.upload_id)
        records.commit()
    services.clips.erase_group(upload.upload_id)


def find_finished(actor: Actor, upload_id: str, side: str, services: Services) -> Upload:
    """Return an upload of the actor's own that can be handed in."""
    upload = find_upload(actor, upload_id, services)
    if not upload.is_complete:
        raise UploadUnfinishedError(side, found=upload.offset_bytes, expected=upload.length_bytes)
    return upload


async def read_upload(upload: Upload, services: Services) -> AsyncIterator[bytes]:
    """Return the bytes, a part at a time."""
    for part_id in upload.parts:
        try:
            yield await asyncio.to_thread(services.clips.get, part_key(upload.upload_id, part_id))
        except KeyError:  # used or given up at this moment, or the records are older than the files
            raise UnknownUploadError from None


def use_up(upload: Upload, athlete_id: str | None, records: UnitOfWork) -> None:
    """Take an upload for good, within the unit of work of what is made of it; whoever comes second finds nothing."""
    if upload.athlete_id not in {None, athlete_id}:
        raise MalformedSubmissionError(("found an upload that was begun for another athlete; expected one of whoever the clips show",))
    if not records.uploads.erase(upload.upload_id):
        raise UnknownUploadError


def sweep_uploads(services: Services) -> int:
    """Forget uploads whose time is over; say how many went."""
    with services.open_records() as records:
        expired = records.uploads.list_expired(services.clock.now())
    for upload in expired:
        drop_upload(upload, services)
    return len(expired)


def _owner_of(actor: Actor) -> tuple[str | None, str | None]:
    """Return whose an upload is: an account's in each of its sessions, else that of a link or device, else the owner's."""
    return (actor.account_id, None) if actor.account_id is not None else (None, actor.grant_id)


def _find_athlete(actor: Actor, wish: UploadWish, records: UnitOfWork, services: Services) -> str | None:
    athlete_id = wish.athlete_id
    if wish.squad_id is not None:
        squad = require_squad(actor, wish.squad_id, records)
        try:
            athlete_id = match_clip(wish.file_name, records.squads.athletes_of(squad.squad_id)).athlete.athlete_id
        except NoMatchError as error:
            raise MalformedSubmissionError((str(error),)) from None
    return require_measurable(actor, athlete_id, records, services)


def _check_quota(actor: Actor, records: UnitOfWork, services: Services) -> None:
    most, most_bytes = services.limits.max_uploads, services.limits.max_uploads_bytes
    if actor.kind == "link":
        most, most_bytes = min(most, _LINK_UPLOADS), min(most_bytes, _LINK_CLIPS * services.limits.max_clip_bytes)
    own = records.uploads.list_of(*_owner_of(actor))
    if len(own) > most or sum(each.length_bytes for each in own) > most_bytes:
        raise UploadQuotaError(most=most, most_bytes=most_bytes)


@dataclass(slots=True)
class _PartIntake:
    """The bytes of one request on their way into parts; `upload` is the record as far as it is known to be."""

    upload: Upload
    services: Services
    checksum: Checksum | None
    _buffer: bytearray = field(default_factory=bytearray)
    _uncounted: list[tuple[str, int]] = field(default_factory=list)
    _judged: bool = False
    _hash: hashlib._Hash | None = None

    def __post_init__(self) -> None:
        self._hash = None if self.checksum is None else hashlib.new(self.checksum.algorithm, usedforsecurity=False)
        self._judged = self.upload.offset_bytes >= HEAD_BYTES

    async def take(self, chunk: bytes) -> None:
        """Judge, count and keep a piece of the body."""
        if self._there_bytes + len(self._buffer) + len(chunk) > self.upload.length_bytes:
            raise UploadOverrunError(length_bytes=self.upload.length_bytes)
        if self._hash is not None:
            self._hash.update(chunk)
        self._buffer += chunk
        if not self._judged and self._there_bytes + len(self._buffer) >= HEAD_BYTES:
            await self._judge()
        if len(self._buffer) >= PART_BYTES:
            await self._store()

    async def finish(self) -> Upload:
        """Keep the rest, and make what only a whole body can be counted as count."""
        if not self._judged and self._there_bytes + len(self._buffer) == self.upload.length_bytes:
            await self._judge()
        if self._hash is not None and self.checksum is not None and self._hash.digest() != self.checksum.digest:
            raise ChecksumError
        if self._buffer:
            await self._store()
        await self._count()
        return self.upload

    async def forget_uncounted(self) -> None:
        """Erase parts that the record does not know; when it is gone, whatever was written after its erasing."""
        if not self._uncounted:
            return
        for part_id, _ in self._uncounted:
            await asyncio.to_thread(self.services.clips.erase, part_key(self.upload.upload_id, part_id))
        if not await asyncio.to_thread(self._is_known):
            await asyncio.to_thread(self.services.clips.erase_group, self.upload.upload_id)

    @property
    def _there_bytes(self) -> int:
        return self.upload.offset_bytes + sum(size for _, size in self._uncounted)

    async def _store(self) -> None:
        if len(self.upload.parts) + len(self._uncounted) >= _MOST_PARTS:
            raise ProtocolHeaderError(f"found more than {_MOST_PARTS} pieces; expected larger ones")
        part_id, content = self.services.new_id(), bytes(self._buffer)
        self._uncounted.append((part_id, len(content)))
        await asyncio.to_thread(self.services.clips.put, part_key(self.upload.upload_id, part_id), content)
        self._buffer.clear()
        if self.checksum is None:
            await self._count()

    async def _count(self) -> None:
        """Have the record know the parts, unless somebody else's are there already."""
        if not self._uncounted:
            return
        grown = replace(self.upload, offset_bytes=self._there_bytes, parts=(*self.upload.parts, *(part_id for part_id, _ in self._uncounted)))
        if not await asyncio.to_thread(self._grow, grown):
            if not await asyncio.to_thread(self._is_known):
                raise UnknownUploadError
            raise UploadOffsetError(found=self.upload.offset_bytes)
        self.upload = grown
        self._uncounted.clear()

    def _grow(self, grown: Upload) -> bool:
        with self.services.open_records() as records:
            done = records.uploads.grow(grown, since_bytes=self.upload.offset_bytes)
            records.commit()
        return done

    def _is_known(self) -> bool:
        with self.services.open_records() as records:
            return records.uploads.find(self.upload.upload_id) is not None

    async def _judge(self) -> None:
        """Look at the first bytes as soon as they are here."""
        head = b""
        async for content in read_upload(self.upload, self.services):
            head += content
        objection = find_objection((head + bytes(self._buffer))[:HEAD_BYTES])
        if objection is not None:
            raise NotAVideoError(_NAME, found=objection)
        self._judged = True
