"""Whether another clip may come in: what the queue cannot take in sensible time, or the disk cannot hold, is refused before its first byte."""

from __future__ import annotations

from datetime import timedelta

from app.ports.records import UnitOfWork
from app.usecases.access import Actor
from app.usecases.services import Services
from app.usecases.upload_errors import NoRoomError, ServiceBusyError, TooManyWaitingError

_LINK_WAITING = 12
"""A link is for a few clips of one athlete."""
_SHARE_FREED = 0.1
"""Who is told to wait finds so much of the queue worked off: told the time of one place, everybody would come back for it at once."""
_MEASURED_OVER = timedelta(hours=1)
_UNMEASURED_WAIT_S = 300.0
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 30.0, 3600.0


def require_room(actor: Actor, services: Services, *, more: int = 1, size_bytes: int = 0) -> None:
    """Raise what says why `more` screenings may not come in now, and when they may. Who comes at the same moment is not counted: a few too many do no harm."""
    free_bytes = services.clips.free_bytes()
    if free_bytes is not None and free_bytes - size_bytes < services.limits.keep_free_bytes:
        raise NoRoomError
    with services.open_records() as records:
        _require_own_room(actor, more, records, services)
        unfinished, most = records.load.read_queue().unfinished, services.limits.max_waiting
        if unfinished + more > most:
            raise ServiceBusyError(found=unfinished, most=most, wait_s=_estimate_wait_s(most, records, services))


def _require_own_room(actor: Actor, more: int, records: UnitOfWork, services: Services) -> None:
    sender = actor.account_id or actor.grant_id
    if sender is None or actor.kind == "owner":
        return
    most = min(services.limits.max_waiting_each, _LINK_WAITING) if actor.kind == "link" else services.limits.max_waiting_each
    waiting = records.load.count_unfinished(sender)
    if waiting + more > most:
        raise TooManyWaitingError(found=waiting, most=most, wait_s=_estimate_wait_s(most, records, services))


def _estimate_wait_s(most: int, records: UnitOfWork, services: Services) -> float:
    """Return how long a share of the queue takes at the pace of the last hour, where there was one."""
    done = records.load.count_reports(services.clock.now() - _MEASURED_OVER)
    if done == 0:
        return _UNMEASURED_WAIT_S
    return min(max(max(1.0, most * _SHARE_FREED) * _MEASURED_OVER.total_seconds() / done, _SHORTEST_WAIT_S), _LONGEST_WAIT_S)
