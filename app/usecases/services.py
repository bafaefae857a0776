"""The frozen bundles of ports that the use cases are handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.picture_words import PictureWords
from app.assessment.programme.library import Library
from app.assessment.report import Report
from app.ports.accounts import PasswordHasher, Tries
from app.ports.clips import ClipStore
from app.ports.clock import Clock
from app.ports.documents import DocumentRenderer
from app.ports.jobs import JobQueue
from app.ports.mail import Mailer
from app.ports.passkeys import PasskeyRules
from app.ports.provider import IdentityProvider
from app.ports.records import UnitOfWork
from app.ports.watching import Watcher, Watchers
from vision.marks import PictureWindow

Access = Literal["open", "paired", "accounts"]
"""`open`: one person on one machine, nobody signs in; `paired`: that person's devices in the same room; `accounts`: everybody signs in."""
Progress = Callable[[float, str], None]
"""As in `app.usecases.measuring`, which the web does not load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is accepted at the door, and how long what came in stays.

    `keep_clips_days` counts from the upload, for clips whose analysis is done; 0 erases them with its end. `max_uploads` and `max_uploads_bytes` are what
    one person may have begun piece by piece and not handed in yet. `max_waiting` screenings may be unfinished at a time, `max_waiting_each` of one account;
    `keep_free_bytes` of the disk are not filled with clips.
    """

    max_clip_bytes: int
    keep_clips_days: int = 0
    failed_clips_kept_s: float = 86_400.0
    waiting_clips_kept_s: float = 86_400.0
    orphan_after_s: float = 3600.0
    worker_silent_after_s: float = 20.0
    ended_jobs_kept_s: float = 3600.0
    uploads_kept_s: float = 86_400.0
    max_uploads: int = 200
    max_uploads_bytes: int = 20_000_000_000
    max_waiting: int = 300
    max_waiting_each: int = 100
    keep_free_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the web needs: no doors of vision among it."""

    clips: ClipStore
    open_records: Callable[[], UnitOfWork]
    jobs: JobQueue
    clock: Clock
    new_id: Callable[[], str]
    limits: Limits
    renderer: DocumentRenderer
    passwords: PasswordHasher
    tries: Tries
    passkeys: PasskeyRules
    library: Library
    access: Access = "open"
    mailer: Mailer | None = None
    provider: IdentityProvider | None = None
    watcher: Watcher = field(default_factory=Watchers)


class Engine(Protocol):
    """The measuring engine, as `app.usecases.measuring` offers it, its doors already open."""

    def locate(self, clip: Path, options: AttemptOptions, *, progress: Progress, earlier: bytes | None = None) -> bytes:
        """Watch a clip once, perhaps again after an `earlier` sighting of it; raise `vision.errors.ClipError` when it cannot be measured."""

    def measure(self, clip_name: str, sighting: bytes, options: AttemptOptions) -> tuple[Measurement, ...]:
        """Turn a sighting into measurements; raise `vision.errors.ClipError` when it cannot be measured."""

    def reject(self, clip_name: str, error: Exception, options: AttemptOptions) -> Measurement:
        """Turn a `ClipError` into a rejected measurement."""

    def draw(
        self, clip: Path, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path, overlay: Path, plain: Path
    ) -> PictureWindow | None:
        """Write the key frame, with marks and plain, and the overlay clip; return which part of the frame the pictures show, None when there is none."""

    def draw_again(self, plain: Path, window: PictureWindow, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path) -> None:
        """Write the key frame with other marks, where the clip is gone."""

    def strip(self, clip: Path, out: Path) -> None:
        """Copy a clip's pictures without sound and metadata; raise `vision.errors.ClipError` when that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """How results are written down as plain dicts, and read back; and what is written into pictures, by language."""

    write_measurement: Callable[[Measurement], dict[str, Any]]
    read_measurement: Callable[[Mapping[str, Any]], Measurement]
    write_report: Callable[[Report], dict[str, Any]]
    write_picture_words: Callable[[str], PictureWords]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisServices:
    """What the worker needs to carry out the steps of an analysis."""

    services: Services
    engine: Engine
    documents: Documents
