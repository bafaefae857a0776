"""The real application with its lifespan, on SQLite and files in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from app.doors import build_documents
from app.settings import Settings
from app.usecases.processing import draw_evidence, locate_side, measure_sides, write_report
from app.usecases.services import AnalysisServices, Services
from app.web.factory import create_app
from app.wiring import build_web
from tests.databases import prepare_copied
from tests.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from tests.web.people import World

MAX_CLIP_BYTES = 1_000_000


@dataclass
class Service:
    """The application, a caller, and a worker by hand."""

    client: TestClient
    services: Services
    folder: Path
    engine: FakeEngine = field(default_factory=FakeEngine)

    def work(self, screening_id: str) -> None:
        """Do what the worker would do, with an engine that measures nothing."""
        analyst = AnalysisServices(services=self.services, engine=self.engine, documents=build_documents())
        locate_side(screening_id, "left", analyst)
        locate_side(screening_id, "right", analyst)
        measure_sides(screening_id, analyst)
        draw_evidence(screening_id, analyst)
        write_report(screening_id, analyst)

    def assert_nothing_stored(self) -> None:
        """No file and no row."""
        assert [path for path in self.folder.joinpath("clips").rglob("*") if path.is_file()] == []
        with self.services.open_records() as records:
            assert records.screening_ids() == frozenset()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Return the service on its own data folder."""
    settings = Settings(data_dir=tmp_path, max_clip_bytes=MAX_CLIP_BYTES)
    prepare_copied(settings)
    services = build_web(settings)
    with TestClient(create_app(services), base_url="http://127.0.0.1") as client:
        yield Service(client, services, tmp_path)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a service with everybody on its own data folder."""
    from tests.web.people import people  # noqa: PLC0415 - who is there is filled in with the service above

    with people(tmp_path) as made:
        yield made
