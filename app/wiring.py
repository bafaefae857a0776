"""The only place where settings, adapters and doors meet; each function imports just what it joins."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from app.adapters.certificate import Certificate
    from app.adapters.clips_obstore import ObstoreClipStore
    from app.adapters.erase_list import EraseListFile
    from app.adapters.jobs_dbos import AnalysisSteps
    from app.adapters.supervisor import Supervisor
    from app.ports.documents import DocumentRenderer
    from app.ports.provider import IdentityProvider
    from app.ports.webhooks import WebhookSender
    from app.settings import Settings
    from app.usecases.measuring import Doors
    from app.usecases.services import Access, AnalysisServices, Documents, Services


_WATCHED_LONG_SIDE_PX = 1920
"""Edges are found to a tenth of a pixel; more pixels than this add memory and time, not accuracy."""

_GLANCE_MODEL = "full"
"""The coarse look asks where somebody is and which way they face, which the middle network knows as well as the large one."""


@dataclass(frozen=True, slots=True)
class Worker:
    """What `app.worker` runs."""

    analyst: AnalysisServices
    steps: AnalysisSteps
    clips: ObstoreClipStore
    sender: WebhookSender


def configure_logging() -> None:
    """One line an event on standard error; names of people are never among the fields, and ids and addresses are hidden wherever they turn up."""
    from app.adapters.log_lines import hide_in_event, make_record  # noqa: PLC0415

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
            hide_in_event,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.setLogRecordFactory(make_record)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="timestamp=%(asctime)s level=%(levelname)s logger=%(name)s event=%(message)s")


def prepare_data(settings: Settings) -> None:
    """Make the data folder, bring both databases up to date, and erase again what an older copy of them has brought back."""
    from app.adapters.file_lock import hold_lock  # noqa: PLC0415
    from app.adapters.jobs_dbos import prepare_jobs_database  # noqa: PLC0415
    from app.adapters.sql.engine import open_engine, upgrade_tables  # noqa: PLC0415

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_lock(settings.data_dir / "prepare.lock"):
        engine = open_engine(settings.records_url)
        upgrade_tables(engine)
        engine.dispose()
        prepare_jobs_database(settings.jobs_url)
        _erase_again(settings)


def _erase_again(settings: Settings) -> None:
    from app.usecases.erasing import erase_again  # noqa: PLC0415

    found = erase_again(build_erase_list(settings), build_web(settings))
    if found:
        structlog.get_logger().warning("records.erased_again", count=found)


def build_erase_list(settings: Settings) -> EraseListFile:
    """Return the list of what was erased, which lies beside the databases and outlives them."""
    from app.adapters.erase_list import EraseListFile  # noqa: PLC0415

    return EraseListFile(settings.data_dir / "erased.txt")


def build_web(settings: Settings, *, access: Access | None = None) -> Services:
    """Return what the web needs: no doors, so that the process stays light. `access` wins over the setting."""
    from app.adapters.clips_obstore import ObstoreClipStore  # noqa: PLC0415
    from app.adapters.clock_system import SystemClock  # noqa: PLC0415
    from app.adapters.jobs_dbos import DbosJobQueue  # noqa: PLC0415
    from app.adapters.mail_smtp import SmtpMailer  # noqa: PLC0415
    from app.adapters.passkeys_webauthn import WebauthnRules  # noqa: PLC0415
    from app.adapters.passwords_argon2 import Argon2Hasher  # noqa: PLC0415
    from app.adapters.sql.engine import open_engine  # noqa: PLC0415
    from app.adapters.sql.records import SqlUnitOfWork  # noqa: PLC0415
    from app.adapters.tries_limits import MemoryTries  # noqa: PLC0415
    from app.usecases.services import Limits, Services  # noqa: PLC0415

    engine = open_engine(settings.records_url)
    erased = build_erase_list(settings)
    return Services(
        clips=ObstoreClipStore(settings.data_dir),
        open_records=lambda: SqlUnitOfWork(engine, erased.add),
        jobs=DbosJobQueue(settings.jobs_url),
        clock=SystemClock(),
        new_id=lambda: uuid.uuid4().hex,
        limits=Limits(
            max_clip_bytes=settings.max_clip_bytes,
            keep_clips_days=settings.keep_clips_days,
            uploads_kept_s=settings.uploads_kept_hours * 3600.0,
            max_uploads=settings.max_uploads,
            max_uploads_bytes=settings.max_uploads_bytes,
        ),
        renderer=build_renderer(),
        passwords=Argon2Hasher(),
        tries=MemoryTries(),
        passkeys=WebauthnRules(),
        mailer=None if settings.smtp_url is None else SmtpMailer(settings.smtp_url, settings.mail_from),
        access=access or ("accounts" if settings.auth == "on" else "open"),
        provider=build_provider(settings),
    )


def build_provider(settings: Settings) -> IdentityProvider | None:
    """Return whom people say who they are, where the settings name somebody; it is not asked before somebody signs in."""
    from urllib.parse import urlsplit  # noqa: PLC0415

    if settings.oidc_issuer is None:
        return None
    from app.adapters.provider_oidc import OidcProvider  # noqa: PLC0415

    given, file = settings.oidc_client_secret, settings.oidc_client_secret_file
    secret = given.get_secret_value() if given is not None else "" if file is None else file.read_text(encoding="utf-8").strip()
    name = settings.oidc_name or str(urlsplit(settings.oidc_issuer).hostname)
    return OidcProvider(issuer=settings.oidc_issuer, client_id=settings.oidc_client_id or "", client_secret=secret, name=name)


def keep_lan_certificate(settings: Settings) -> tuple[tuple[str, ...], Certificate]:
    """Return the addresses of this machine in the room, and a certificate for them and for its own names, kept in the data folder."""
    from app.adapters.certificate import find_addresses, keep_certificate  # noqa: PLC0415
    from app.adapters.clock_system import SystemClock  # noqa: PLC0415

    addresses = find_addresses()
    names = (*addresses, *(name.strip("[]") for name in settings.allowed_hosts))
    return addresses, keep_certificate(settings.data_dir, names, SystemClock().now())


def build_renderer() -> DocumentRenderer:
    """Return what sets documents."""
    from app.adapters.documents_typst import TypstRenderer  # noqa: PLC0415

    return TypstRenderer()


def build_local(model: str = "heavy") -> Doors:
    """Return the doors of vision, without any database: what the command line needs."""
    from app.usecases.measuring import Doors  # noqa: PLC0415
    from vision.align import mirror  # noqa: PLC0415
    from vision.decode import PyAvReader  # noqa: PLC0415
    from vision.edges import EdgeLegFinder  # noqa: PLC0415
    from vision.mediapipe_pose import MediapipePerson, MediapipePose  # noqa: PLC0415
    from vision.overlay import DrawnOverlay  # noqa: PLC0415
    from vision.remux import RemuxStripper  # noqa: PLC0415
    from vision.scene import ArucoFinder, SteadyRoom  # noqa: PLC0415
    from vision.weights import default_cache, weights_path  # noqa: PLC0415

    return Doors(
        reader=PyAvReader(long_side_px=_WATCHED_LONG_SIDE_PX),
        person=cache(lambda: MediapipePerson(weights_path(_GLANCE_MODEL, source=None, cache=default_cache()))),
        new_pose=lambda: MediapipePose(weights_path(model, source=None, cache=default_cache()), model),
        markers=ArucoFinder(),
        legs=EdgeLegFinder(),
        new_room=SteadyRoom,
        overlay=DrawnOverlay(PyAvReader()),
        stripper=RemuxStripper(PyAvReader()),
        mirror=mirror,
        code_version=version("kneewall"),
    )


def warm_up() -> None:
    """Load the network's library, seconds that the first analysis need not wait for."""
    import mediapipe.tasks.python.vision  # noqa: F401, PLC0415


def build_documents() -> Documents:
    """How results are written down."""
    from app.rendering.measurement_dict import build_measurement_dict, parse_measurement  # noqa: PLC0415
    from app.rendering.report_dict import build_report_dict  # noqa: PLC0415
    from app.usecases.services import Documents  # noqa: PLC0415

    return Documents(write_measurement=build_measurement_dict, read_measurement=parse_measurement, write_report=build_report_dict)


def build_worker(settings: Settings) -> Worker:
    """Return what the worker needs: the same stores as the web, and the doors of vision."""
    from app.adapters.clips_obstore import ObstoreClipStore  # noqa: PLC0415
    from app.adapters.webhooks_http import HttpWebhookSender  # noqa: PLC0415
    from app.usecases.engine import MeasuringEngine  # noqa: PLC0415
    from app.usecases.services import AnalysisServices  # noqa: PLC0415

    analyst = AnalysisServices(services=build_web(settings), engine=MeasuringEngine(build_local(settings.model)), documents=build_documents())
    sender = HttpWebhookSender(allow_here=settings.auth == "off")
    return Worker(analyst=analyst, steps=build_steps(analyst), clips=ObstoreClipStore(settings.data_dir), sender=sender)


def build_steps(analyst: AnalysisServices) -> AnalysisSteps:
    """Return the steps of an analysis, bound to their services."""
    from app.adapters.jobs_dbos import AnalysisSteps  # noqa: PLC0415
    from app.usecases import processing  # noqa: PLC0415

    return AnalysisSteps(
        locate=lambda screening_id, side: processing.locate_side(screening_id, side, analyst),
        measure=lambda screening_id: processing.measure_sides(screening_id, analyst),
        draw=lambda screening_id: processing.draw_evidence(screening_id, analyst),
        report=lambda screening_id: processing.write_report(screening_id, analyst),
        fail=_build_fail(analyst),
    )


def _build_fail(analyst: AnalysisServices) -> Callable[[str, Exception], None]:
    from app.usecases import processing  # noqa: PLC0415
    from app.usecases.errors import UnknownScreeningError  # noqa: PLC0415

    log = structlog.get_logger()

    def fail(screening_id: str, error: Exception) -> None:
        if isinstance(error, UnknownScreeningError):
            processing.forget_remains(screening_id, analyst)
            log.info("analysis.abandoned", reason="erased")
            return
        log.error("analysis.failed", exc_info=error)
        processing.fail_analysis(screening_id, error, analyst)

    return fail


def build_supervisor(settings: Settings) -> Supervisor:
    """Return the keeper of the worker process, which gets the same settings."""
    from app.adapters.supervisor import Supervisor  # noqa: PLC0415

    given = settings.model_dump(mode="json", include={"data_dir", "auth", "model", "database_url", "jobs_database_url", "max_clip_bytes", "keep_clips_days"})
    own = {f"KNEEWALL_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    return Supervisor([sys.executable, "-m", "app.worker", "--with-parent"], environment=os.environ | own)
