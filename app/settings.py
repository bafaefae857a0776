"""Settings of the service: environment variables with the prefix KNEEWALL_, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, computed_field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.ports.provider import is_private_way

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")


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
    allowed_hosts: tuple[str, ...] = Field(default=("127.0.0.1", "localhost", "[::1]"), description="Host names under which the service may be called.")
    trusted_proxies: str = Field(default="127.0.0.1", description="Addresses of proxies, with commas, that are believed who calls and whether over TLS.")
    worker_process: bool = Field(default=True, description="Start and restart a worker beside the web server.")
    workers: int = Field(default=1, ge=1, le=64, description="How many worker processes are kept beside the web server, each with one screening at a time.")
    max_clip_bytes: int = Field(default=500_000_000, gt=0, description="Largest clip that is accepted.")
    keep_clips_days: int = Field(default=0, ge=0, le=3650, description="Days from upload to keep clips, without metadata; 0 erases them after analysis.")
    uploads_kept_hours: int = Field(default=24, ge=1, le=720, description="Hours after which an upload that was begun and not handed in is erased.")
    max_uploads: int = Field(default=200, gt=0, description="Uploads that one person may have begun and not handed in.")
    max_uploads_bytes: int = Field(default=20_000_000_000, gt=0, description="Bytes of all of these together.")
    model: str = Field(default="heavy", pattern="^(lite|full|heavy)$", description="Pose network.")
    smtp_url: str | None = Field(default=None, pattern="^smtps?://", description="Mail server for links to a new password; without it admins pass them on.")
    mail_from: str = Field(default="kneewall@localhost", description="Sender of letters.")
    oidc_issuer: str | None = Field(default=None, max_length=500, description="OpenID Connect provider over which people sign in, too.")
    oidc_client_id: str | None = Field(default=None, min_length=1, description="What this service is called there.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="With what it proves that there.")
    oidc_client_secret_file: Path | None = Field(default=None, description="A file with that, instead.")
    oidc_name: str | None = Field(default=None, min_length=1, max_length=60, description="What people call the provider; its host name when not set.")
    database_url: str | None = Field(default=None, description="SQLite in the data folder when not set; PostgreSQL also keeps the job queue.")
    jobs_database_url: str | None = Field(default=None, description="Where the job queue is kept, if elsewhere.")
    s3_bucket: str | None = Field(default=None, min_length=1, description="Bucket of clips and pictures, which machines share; the data folder when not set.")
    s3_endpoint: str | None = Field(default=None, pattern="^https?://", description="Address of the store, where it is not Amazon's.")
    s3_region: str = Field(default="us-east-1", min_length=1, description="Region of the bucket.")
    s3_prefix: str = Field(default="", max_length=200, description="How keys in the bucket begin, where it is not this service's alone.")
    s3_access_key_id: str | None = Field(default=None, min_length=1, description="Who this service is to the store; what the machine is allowed when not set.")
    s3_secret_access_key: SecretStr | None = Field(default=None, description="With what it proves that.")
    s3_secret_access_key_file: Path | None = Field(default=None, description="A file with that, instead.")

    @model_validator(mode="after")
    def _refuse_open_door(self) -> Self:
        if self.host not in _LOOPBACK and self.auth == "off":
            raise ValueError(
                f"found host {self.host} and no accounts; expected a loopback address, or KNEEWALL_AUTH=on with an admin (kneewall admin create), "
                "or kneewall serve --lan for the phones in the room"
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
        secret_from = [given for given in (self.oidc_client_secret, self.oidc_client_secret_file) if given is not None]
        if self.oidc_issuer is not None and (self.oidc_client_id is None or len(secret_from) != 1):
            raise ValueError("found KNEEWALL_OIDC_ISSUER; expected KNEEWALL_OIDC_CLIENT_ID and one of KNEEWALL_OIDC_CLIENT_SECRET and _SECRET_FILE beside it")
        if self.oidc_client_secret_file is not None and not self.oidc_client_secret_file.is_file():
            raise ValueError("found no file under KNEEWALL_OIDC_CLIENT_SECRET_FILE; expected one with the secret alone in it")
        return self

    @model_validator(mode="after")
    def _ask_for_bucket(self) -> Self:
        secret_from = [given for given in (self.s3_secret_access_key, self.s3_secret_access_key_file) if given is not None]
        if len(secret_from) != (self.s3_access_key_id is not None):
            raise ValueError("found part of a key to the store; expected KNEEWALL_S3_ACCESS_KEY_ID and one of KNEEWALL_S3_SECRET_ACCESS_KEY and _FILE, or none")
        if self.s3_secret_access_key_file is not None and not self.s3_secret_access_key_file.is_file():
            raise ValueError("found no file under KNEEWALL_S3_SECRET_ACCESS_KEY_FILE; expected one with the secret alone in it")
        if self.s3_bucket is None and (self.s3_endpoint is not None or self.s3_access_key_id is not None):
            raise ValueError("found a store and no bucket; expected KNEEWALL_S3_BUCKET")
        return self

    @field_validator("database_url", "jobs_database_url")
    @classmethod
    def _refuse_other_databases(cls, url: str | None) -> str | None:
        driver = (url or "sqlite:").split(":", 1)[0]
        if driver not in _DRIVERS:
            raise ValueError(
                f"found an address that begins with {driver}; expected {' or '.join(_DRIVERS)}, for example postgresql+psycopg://kneewall@db/kneewall"
            )
        return url or None

    @computed_field  # type: ignore[prop-decorator] # pydantic's own pattern
    @property
    def records_url(self) -> str:
        """Address of the application's database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'kneewall.sqlite3'}"

    @computed_field  # type: ignore[prop-decorator] # pydantic's own pattern
    @property
    def jobs_url(self) -> str:
        """Address of the queue's database: PostgreSQL keeps both in one, SQLite in two files, so that neither waits for the other's writer."""
        beside = self.database_url if self.database_url and self.database_url.startswith("postgresql") else None
        return self.jobs_database_url or beside or f"sqlite:///{self.data_dir / 'jobs.sqlite3'}"
