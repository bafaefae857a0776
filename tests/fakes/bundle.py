"""The services with every part faked."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from app.adapters.documents_typst import TypstRenderer
from app.adapters.exercises_toml import read_library
from app.adapters.passkeys_webauthn import WebauthnRules
from app.doors import build_documents
from app.usecases.services import AnalysisServices, Limits, Services
from tests.fakes.clips import FakeClipStore
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.fakes.jobs import FakeJobQueue
from tests.fakes.passwords import FakeHasher
from tests.fakes.records import FakeRecords
from tests.fakes.tries import MemoryTries

VIDEO_START = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41"
"""How an MP4 file begins."""


def make_clip(word: str = "", *, size: int = 3000) -> bytes:
    """Bytes that begin like a video and carry a word for the fake engine."""
    return (VIDEO_START + word.encode()).ljust(size, b"\0")


@dataclass
class FakeBundle:
    """Every part faked, each in reach of the test."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    jobs: FakeJobQueue = field(default_factory=FakeJobQueue)
    records: FakeRecords = field(default_factory=FakeRecords)
    engine: FakeEngine = field(default_factory=FakeEngine)
    max_clip_bytes: int = 100_000
    keep_clips_days: int = 0

    def __post_init__(self) -> None:
        self.clips = FakeClipStore(self.folder)
        numbers = count(1)
        self.services = Services(
            clips=self.clips,
            open_records=self.records.open,
            jobs=self.jobs,
            clock=self.clock,
            new_id=lambda: f"{next(numbers):032x}",
            limits=Limits(max_clip_bytes=self.max_clip_bytes, keep_clips_days=self.keep_clips_days),
            renderer=TypstRenderer(),
            passwords=FakeHasher(),
            tries=MemoryTries(),
            passkeys=WebauthnRules(),
            library=read_library(),
        )
        self.analyst = AnalysisServices(services=self.services, engine=self.engine, documents=build_documents())
