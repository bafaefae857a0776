"""The only place where settings and adapters meet; each function imports just what it joins."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

import structlog

from app.doors import build_documents
from app.ports.watching import Watchers

if TYPE_CHECKING:
    from app.adapters.certificate import Certificate
    from app.adapters.clips_obstore import Bucket, BucketClipStore, ObstoreClipStore
    from app.adapters.erase_list import EraseListBucket, EraseListFile
    from app.adapters.jobs_dbos import AnalysisSteps
    from app.adapters.sandbox_process import Sandbox
    from app.adapters.supervisor import Supervisor
    from app.ports.documents import DocumentRenderer
    from app.ports.provider import IdentityProvider
    from app.ports.records import UnitOfWork
    from app.ports.watching import Watcher
    from app.ports.webhooks import WebhookSender
    from app.settings import Settings
    from app.usecases.services import Access, AnalysisServices, Services


_FOR_WORKER = ("data_dir", "auth", "model", "database_url", "jobs_database_url", "max_clip_bytes", "keep_clips_days", "metrics_host", "otlp_endpoint")
"""Settings that the worker beside the web server has from it."""
Role = Literal["web", "worker"]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What `app.worker` runs."""

    analyst: AnalysisServices
    steps: AnalysisSteps
    clips: ObstoreClipStore | BucketClipStore
    sender: WebhookSender
    sandbox: Sandbox


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
    from app.adapters.sql.engine import hold_server, open_engine, upgrade_tables  # noqa: PLC0415

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(settings.records_url)
    # processes of one machine wait for each other by the file, those of several by their common server
    with hold_lock(settings.data_dir / "prepare.lock"), hold_server(engine):
        upgrade_tables(engine)
        prepare_jobs_database(settings.jobs_url)
        _erase_again(settings)
    engine.dispose()


def _erase_again(settings: Settings) -> None:
    from app.usecases.erasing import erase_again  # noqa: PLC0415

    found = erase_again(build_erase_list(settings), build_web(settings))
    if found:
        structlog.get_logger().warning("records.erased_again", count=found)


def build_erase_list(settings: Settings) -> EraseListFile | EraseListBucket:
    """Return the list of what was erased, which lies beside the clips and outlives the databases."""
    from app.adapters.erase_list import EraseListBucket, EraseListFile  # noqa: PLC0415

    bucket = build_bucket(settings)
    return EraseListFile(settings.data_dir / "erased.txt") if bucket is None else EraseListBucket(bucket.open("erased"))


def build_bucket(settings: Settings) -> Bucket | None:
    """Return where the store is that machines share, if the settings name one."""
    from app.adapters.clips_obstore import Bucket  # noqa: PLC0415

    if settings.s3_bucket is None:
        return None
    return Bucket(
        name=settings.s3_bucket,
        region=settings.s3_region,
        endpoint=settings.s3_endpoint,
        prefix=settings.s3_prefix,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=None if settings.s3_secret_access_key is None else settings.s3_secret_access_key.get_secret_value(),
    )


def build_clips(settings: Settings) -> ObstoreClipStore | BucketClipStore:
    """Return where bytes are kept: the bucket of the settings, or the data folder."""
    from app.adapters.clips_obstore import BucketClipStore, ObstoreClipStore  # noqa: PLC0415

    bucket = build_bucket(settings)
    return ObstoreClipStore(settings.data_dir) if bucket is None else BucketClipStore(bucket, settings.data_dir / "scratch")


def build_web(settings: Settings, *, access: Access | None = None, role: Role | None = None) -> Services:
    """Return what the web needs: no doors, so that the process stays light. `access` wins over the setting; a process with a role is watched."""
    from app.adapters.clock_system import SystemClock  # noqa: PLC0415
    from app.adapters.exercises_toml import read_library  # noqa: PLC0415
    from app.adapters.jobs_dbos import DbosJobQueue  # noqa: PLC0415
    from app.adapters.mail_smtp import SmtpMailer  # noqa: PLC0415
    from app.adapters.passkeys_webauthn import WebauthnRules  # noqa: PLC0415
    from app.adapters.passwords_argon2 import Argon2Hasher  # noqa: PLC0415
    from app.adapters.sql.engine import open_engine  # noqa: PLC0415
    from app.adapters.sql.records import SqlUnitOfWork  # noqa: PLC0415
    from app.adapters.sql.tries import SqlTries  # noqa: PLC0415
    from app.usecases.services import Limits, Services  # noqa: PLC0415

    engine, clock = open_engine(settings.records_url), SystemClock()
    erased = build_erase_list(settings)

    def open_records() -> UnitOfWork:
        return SqlUnitOfWork(engine, erased.add)

    return Services(
        clips=build_clips(settings),
        open_records=open_records,
        jobs=DbosJobQueue(settings.jobs_url),
        clock=clock,
        new_id=lambda: uuid.uuid4().hex,
        limits=Limits(
            max_clip_bytes=settings.max_clip_bytes,
            keep_clips_days=settings.keep_clips_days,
            uploads_kept_s=settings.uploads_kept_hours * 3600.0,
            max_uploads=settings.max_uploads,
            max_uploads_bytes=settings.max_uploads_bytes,
            max_waiting=settings.max_waiting,
            max_waiting_each=settings.max_waiting_each,
            keep_free_bytes=settings.keep_free_bytes,
        ),
        renderer=build_renderer(),
        passwords=Argon2Hasher(),
        tries=SqlTries(engine, clock),
        passkeys=WebauthnRules(),
        library=read_library(),
        mailer=None if settings.smtp_url is None else SmtpMailer(settings.smtp_url, settings.mail_from),
        access=access or ("accounts" if settings.auth == "on" else "open"),
        provider=build_provider(settings),
        watcher=Watchers() if role is None else _start_watching(settings, role, open_records),
    )


def _start_watching(settings: Settings, role: Role, open_records: Callable[[], UnitOfWork]) -> Watchers:
    """Return whoever the settings name to be told what this process does."""
    from app.adapters.clock_system import SystemClock  # noqa: PLC0415

    watchers: list[Watcher] = []
    if settings.metrics_port is not None:
        from app.adapters.metrics_prometheus import PrometheusWatcher  # noqa: PLC0415

        counting = PrometheusWatcher()
        if role == "web":
            counting.show_load(open_records, SystemClock())
        counting.serve(settings.metrics_host, settings.metrics_port)
        watchers.append(counting)
    if settings.otlp_endpoint is not None:
        from app.adapters.traces_otlp import OtlpWatcher  # noqa: PLC0415

        watchers.append(OtlpWatcher(settings.otlp_endpoint, role=role))
    return Watchers(watchers)


def build_provider(settings: Settings) -> IdentityProvider | None:
    """Return whom people say who they are, where the settings name somebody; it is not asked before somebody signs in."""
    from urllib.parse import urlsplit  # noqa: PLC0415

    if settings.oidc_issuer is None:
        return None
    from app.adapters.provider_oidc import OidcProvider  # noqa: PLC0415

    secret = "" if settings.oidc_client_secret is None else settings.oidc_client_secret.get_secret_value()
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


def build_sandbox(settings: Settings) -> Sandbox:
    """Return what runs these jobs, each in a child of its own."""
    from app.adapters.confinement import Caps  # noqa: PLC0415
    from app.adapters.sandbox_process import Sandbox, sandbox_command  # noqa: PLC0415

    # a copy without metadata is about as large as its clip
    caps = Caps(cpu_s=settings.clip_cpu_s, memory_bytes=settings.clip_memory_mb * 1_000_000, file_bytes=settings.max_clip_bytes + 100_000_000)
    return Sandbox(sandbox_command(settings.model, settings.clip_threads), caps=caps, longest_s=settings.clip_longest_s, at_once=settings.clips_at_once)


def build_worker(settings: Settings) -> Workshop:
    """Return what the worker needs: the same stores as the web, and a sandbox in which the doors of vision open."""
    from app.adapters.engine_sandbox import SandboxEngine  # noqa: PLC0415
    from app.adapters.steps_watched import watch_steps  # noqa: PLC0415
    from app.adapters.webhooks_http import HttpWebhookSender  # noqa: PLC0415
    from app.usecases.services import AnalysisServices  # noqa: PLC0415

    sandbox, documents = build_sandbox(settings), build_documents()
    engine = SandboxEngine(sandbox, documents, version("kneewall"))
    analyst = AnalysisServices(services=build_web(settings, role="worker"), engine=engine, documents=documents)
    sender = HttpWebhookSender(allow_here=settings.auth == "off")
    steps = watch_steps(build_steps(analyst), analyst.services.watcher)
    return Workshop(analyst=analyst, steps=steps, clips=build_clips(settings), sender=sender, sandbox=sandbox)


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


def name_worker() -> str:
    """Return a name that no other worker has; who begins later has a later one."""
    from app.adapters.clock_system import SystemClock  # noqa: PLC0415

    return f"{SystemClock().now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:12]}"


def build_supervisors(settings: Settings) -> tuple[Supervisor, ...]:
    """Return the keepers of the worker processes, which get the same settings; one that is started again has its name again, and goes on at once."""
    from app.adapters.supervisor import Supervisor  # noqa: PLC0415

    given = settings.model_dump(mode="json", include=set(_FOR_WORKER))
    own = {f"KNEEWALL_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    own = {name: value for name, value in own.items() if f"{name}_FILE" not in os.environ}  # the worker reads the file itself
    command = [sys.executable, "-m", "app.worker", "--with-parent", "--name"]
    return tuple(
        Supervisor([*command, name_worker()], environment=os.environ | own | _name_metrics_port(settings, number)) for number in range(1, settings.workers + 1)
    )


def _name_metrics_port(settings: Settings, number: int) -> dict[str, str]:
    if settings.metrics_port is None:
        return {}
    # nobody is beside a worker: the ports that follow its own are other workers'
    return {"KNEEWALL_METRICS_PORT": str(settings.metrics_port and settings.metrics_port + number), "KNEEWALL_WORKER_PROCESS": "false"}
