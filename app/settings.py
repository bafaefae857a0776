"""Settings of the service: environment variables with the prefix KNEEWALL_, read once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote, urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, computed_field, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from app.ports.provider import is_private_way

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LAST_PORT = 65_535
_DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")


SECRETS = ("database_url", "jobs_database_url", "smtp_url", "oidc_client_secret", "s3_secret_access_key")
"""Settings that hold a secret, or may: each can lie in a file instead, whose name is in the setting with _FILE at its end."""


class UnusableSettingsError(ValueError):
    """A setting has a value that cannot be used; the message names it."""


class _FileNames(PydanticBaseSettingsSource):
    """Which settings lie in files, by the environment."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the name of a setting's file."""
        del field
        return os.environ.get(f"KNEEWALL_{field_name.upper()}_FILE"), f"{field_name}_file", False

    def __call__(self) -> dict[str, Any]:
        """Return the names of all files."""
        fields = self.settings_cls.model_fields
        return {key: value for value, key, _ in (self.get_field_value(fields[name], name) for name in SECRETS) if value}


def _read_secret(name: str, file: Path, *, beside: object) -> str:
    """Return what a file says; its last line may have an end."""
    if beside is not None:
        raise ValueError(f"found KNEEWALL_{name.upper()} and its file; expected one of them")
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"found no file that can be read under KNEEWALL_{name.upper()}_FILE; expected one with the secret alone in it") from None


def find_data_dir() -> Path:
    """Return `data` in a checkout, the user's data folder otherwise."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout / "data" if (checkout / "pyproject.toml").is_file() else user_data_path("kneewall")


class Settings(BaseSettings):
    """What can be set; the defaults serve one person on one machine."""

    model_config = SettingsConfigDict(env_prefix="KNEEWALL_", frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(default_factory=find_data_dir, description="Folder of the database and of the clips.")
    auth: Literal["off", "on"] = Field(default="off", description="off: one person on one machine, reached over loopback only. on: everybody signs in.")
    host: str = Field(default="127.0.0.1", description="Address to listen on; others than loopback only with accounts.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    allowed_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "[::1]"), min_length=1, description="Host names under which the service may be called."
    )
    trusted_proxies: str = Field(default="127.0.0.1", description="Addresses of proxies, with commas, that are believed who calls and whether over TLS.")
    worker_process: bool = Field(default=True, description="Start and restart a worker beside the web server.")
    workers: int = Field(default=1, ge=1, le=64, description="How many worker processes are kept beside the web server, each with one screening at a time.")
    max_clip_bytes: int = Field(default=500_000_000, gt=0, description="Largest clip that is accepted.")
    keep_clips_days: int = Field(default=0, ge=0, le=3650, description="Days from upload to keep clips, without metadata; 0 erases them after analysis.")
    uploads_kept_hours: int = Field(default=24, ge=1, le=720, description="Hours after which an upload that was begun and not handed in is erased.")
    max_uploads: int = Field(default=200, gt=0, description="Uploads that one person may have begun and not handed in.")
    max_uploads_bytes: int = Field(default=20_000_000_000, gt=0, description="Bytes of all of these together.")
    max_waiting: int = Field(default=300, gt=0, description="Screenings that may be unfinished at a time; what comes beyond is told to come again later.")
    max_waiting_each: int = Field(default=100, gt=0, description="The same of one account.")
    keep_free_bytes: int = Field(default=1_000_000_000, ge=0, description="Bytes of the disk that are not filled with clips.")
    stop_wait_s: float = Field(default=20, ge=0, le=3600, description="Seconds that uploads have to end when the service is stopped.")
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="Port of the metrics of this process; workers beside it have the next ones.")
    metrics_host: str = Field(default="127.0.0.1", description="Address of the metrics.")
    otlp_endpoint: str | None = Field(default=None, pattern="^https?://", description="Where traces are sent, by OTLP over HTTP; nowhere when not set.")
    model: str = Field(default="heavy", pattern="^(lite|full|heavy)$", description="Pose network.")
    clips_at_once: int = Field(default=2, ge=1, le=64, description="Clips that are read at the same time, each in a process of its own.")
    clip_threads: int = Field(default=2, ge=1, le=2, description="Cores that one clip keeps busy: 2 is soonest done, 1 gets most clips done in an hour.")
    clip_cpu_s: int = Field(default=900, ge=10, description="Processor seconds that one step of one clip may take.")
    clip_longest_s: int = Field(default=1800, ge=10, description="Seconds after which such a step is broken off.")
    clip_memory_mb: int = Field(default=2000, ge=700, description="Memory in MB that it may take.")
    smtp_url: str | None = Field(default=None, pattern="^smtps?://", description="Mail server for links to a new password; without it admins pass them on.")
    mail_from: str = Field(default="kneewall@localhost", description="Sender of letters.")
    oidc_issuer: str | None = Field(default=None, max_length=500, description="OpenID Connect provider over which people sign in, too.")
    oidc_client_id: str | None = Field(default=None, min_length=1, description="What this service is called there.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="With what it proves that there.")
    oidc_name: str | None = Field(default=None, min_length=1, max_length=60, description="What people call the provider; its host name when not set.")
    database_url: str | None = Field(default=None, description="SQLite in the data folder when not set; PostgreSQL also keeps the job queue.")
    jobs_database_url: str | None = Field(default=None, description="Where the job queue is kept, if elsewhere.")
    s3_bucket: str | None = Field(default=None, min_length=1, description="Bucket of clips and pictures, which machines share; the data folder when not set.")
    s3_endpoint: str | None = Field(default=None, pattern="^https?://", description="Address of the store, where it is not Amazon's.")
    s3_region: str = Field(default="us-east-1", min_length=1, description="Region of the bucket.")
    s3_prefix: str = Field(default="", max_length=200, description="How keys in the bucket begin, where it is not this service's alone.")
    s3_access_key_id: str | None = Field(default=None, min_length=1, description="Who this service is to the store; what the machine is allowed when not set.")
    s3_secret_access_key: SecretStr | None = Field(default=None, description="With what it proves that.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, and the names of files in it."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _FileNames(settings_cls)

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Put what a file says in the place of the secret."""
        read = {}
        for name in SECRETS:
            file = given.get(f"{name}_file")
            if file is not None:
                read[name] = _read_secret(name, Path(file), beside=given.get(name))
        return given | read

    @model_validator(mode="after")
    def _refuse_open_door(self) -> Self:
        if self.host not in _LOOPBACK and self.auth == "off":
            raise ValueError(
                f"found host {self.host} and no accounts; expected a loopback address, or KNEEWALL_AUTH=on with an admin (kneewall admin create), "
                "or kneewall serve --lan for the phones in the room"
            )
        return self

    @model_validator(mode="after")
    def _refuse_taken_ports(self) -> Self:
        if not self.metrics_port:
            return self
        last = self.metrics_port + (self.workers if self.worker_process else 0)
        if last > _LAST_PORT or self.metrics_port <= self.port <= last:
            raise ValueError(
                f"found ports {self.metrics_port} to {last} for the metrics of the web server and its workers, and port {self.port} for the pages; "
                f"expected ports up to {_LAST_PORT}, and the pages on none of them: move KNEEWALL_METRICS_PORT"
            )
        return self

    @field_validator("oidc_issuer")
    @classmethod
    def _refuse_open_way(cls, issuer: str | None) -> str | None:
        if issuer is not None and (not is_private_way(issuer) or "?" in issuer or "#" in issuer):
            raise ValueError("found an address that is not private; expected https://, without ? and #, as the provider writes its own name")
        return issuer

    @model_validator(mode="after")
    def _ask_for_client(self) -> Self:
        if self.oidc_issuer is not None and (self.oidc_client_id is None or self.oidc_client_secret is None):
            raise ValueError("found KNEEWALL_OIDC_ISSUER; expected KNEEWALL_OIDC_CLIENT_ID and one of KNEEWALL_OIDC_CLIENT_SECRET and _SECRET_FILE beside it")
        return self

    @model_validator(mode="after")
    def _ask_for_bucket(self) -> Self:
        if (self.s3_secret_access_key is None) != (self.s3_access_key_id is None):
            raise ValueError("found part of a key to the store; expected KNEEWALL_S3_ACCESS_KEY_ID and one of KNEEWALL_S3_SECRET_ACCESS_KEY and _FILE, or none")
        if self.s3_bucket is None and (self.s3_endpoint is not None or self.s3_access_key_id is not None):
            raise ValueError("found a store and no bucket; expected KNEEWALL_S3_BUCKET")
        return self

    @field_validator("smtp_url")
    @classmethod
    def _refuse_half_a_mail_server(cls, url: str | None) -> str | None:
        try:
            parts = urlsplit(url or "")
            _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError(
                "found an address whose host or port cannot be read; expected smtps://user:password@host:port, with / @ : # and ? in user and password "
                "written percent-encoded"
            ) from None
        return url

    @field_validator("database_url", "jobs_database_url")
    @classmethod
    def _refuse_other_databases(cls, url: str | None) -> str | None:
        driver = (url or "sqlite:").split(":", 1)[0]
        if driver not in _DRIVERS:
            raise ValueError(
                f"found an address that begins with {driver}; expected {' or '.join(_DRIVERS)}, for example postgresql+psycopg://kneewall@db/kneewall"
            )
        if url:
            _check_address(url)
        return url or None

    @computed_field  # type: ignore[prop-decorator] # pydantic's own pattern
    @property
    def records_url(self) -> str:
        """Address of the application's database."""
        return self.database_url or name_database(self.data_dir / "kneewall.sqlite3")

    @computed_field  # type: ignore[prop-decorator] # pydantic's own pattern
    @property
    def jobs_url(self) -> str:
        """Address of the queue's database: PostgreSQL keeps both in one, SQLite in two files, so that neither waits for the other's writer."""
        beside = self.database_url if self.database_url and self.database_url.startswith("postgresql") else None
        return self.jobs_database_url or beside or name_database(self.data_dir / "jobs.sqlite3")


def name_database(path: Path) -> str:
    """Return the address of an SQLite file; quoted, because ? would end the path in it and % begin a letter."""
    return f"sqlite:///{quote(str(path), safe=' +/')}"


def _check_address(url: str) -> None:
    """Refuse an address that SQLAlchemy cannot read, without telling it: there is a password in it."""
    import sqlalchemy as sa  # noqa: PLC0415 - only who names a database waits for it here

    try:
        sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise ValueError(
            "found an address that cannot be read; expected one like postgresql+psycopg://user:password@host:5432/kneewall or sqlite:////path, with a space, "
            "@, / and % in user and password written percent-encoded"
        ) from None


def read_settings(**given: object) -> Settings:
    """Return the settings of the environment, with those that are given before them; raise `UnusableSettingsError` when one cannot be used."""
    try:
        return Settings(**given)  # type: ignore[arg-type] # checked here
    except ValidationError as error:
        raise UnusableSettingsError("; ".join(_describe(item) for item in error.errors())) from None
    except SettingsError as error:
        name = re.search(r'field "(\w+)"', str(error))
        where = "a setting" if name is None else f"KNEEWALL_{name[1].upper()}"
        raise UnusableSettingsError(f"""{where}: found what is no JSON; expected a list like '["kneewall.example.org", "127.0.0.1"]'""") from None


def _describe(item: ErrorDetails) -> str:
    problem = str(item["msg"]).removeprefix("Value error, ")
    return f"KNEEWALL_{str(item['loc'][0]).upper()}: {problem}" if item["loc"] else problem
