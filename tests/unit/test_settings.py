"""Settings from the environment and from files."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from app.settings import SECRETS, Settings, UnusableSettingsError, read_settings
from app.wiring import build_supervisors

VALUES = {
    "database_url": "postgresql+psycopg://kneewall:hidden-thing@db/kneewall",
    "jobs_database_url": "postgresql+psycopg://kneewall:hidden-thing@db/jobs",
    "smtp_url": "smtps://post:hidden-thing@mail.example.org",
    "oidc_client_secret": "hidden-thing",
    "s3_secret_access_key": "hidden-thing",
}


@pytest.fixture(autouse=True)
def _beside(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Say what has to stand beside some secrets."""
    if "s3_secret_access_key" in request.node.name:
        monkeypatch.setenv("KNEEWALL_S3_BUCKET", "kneewall")
        monkeypatch.setenv("KNEEWALL_S3_ACCESS_KEY_ID", "kneewall")


def plain(value: object) -> object:
    """Return a secret as it is."""
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_lie_in_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers hand it over: the environment names the file, whose last line has an end."""
    file = tmp_path / name
    file.write_text(f"{VALUES[name]}\n", encoding="utf-8")
    monkeypatch.setenv(f"KNEEWALL_{name.upper()}_FILE", str(file))
    assert plain(getattr(Settings(data_dir=tmp_path), name)) == VALUES[name]


@pytest.mark.parametrize("name", SECRETS)
def test_of_two_secrets_nobody_knows_which(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, without telling either."""
    file = tmp_path / name
    file.write_text("other-thing", encoding="utf-8")
    monkeypatch.setenv(f"KNEEWALL_{name.upper()}_FILE", str(file))
    monkeypatch.setenv(f"KNEEWALL_{name.upper()}", VALUES[name])
    with pytest.raises(ValidationError, match="expected one of them") as refused:
        Settings(data_dir=tmp_path)
    assert "thing" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the name of the setting."""
    monkeypatch.setenv("KNEEWALL_SMTP_URL_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ValidationError, match="KNEEWALL_SMTP_URL_FILE"):
        Settings(data_dir=tmp_path)


def test_what_looks_like_a_secret_is_known_to_be_one() -> None:
    """A new setting of such a name cannot be forgotten."""
    looks = {name for name in Settings.model_fields if name.endswith(("_url", "_secret", "_token", "_password", "_secret_key", "_access_key"))}
    assert looks <= set(SECRETS)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("KNEEWALL_CLIP_MEMORY_MB", "1", "KNEEWALL_CLIP_MEMORY_MB: Input should be greater than or equal to 700"),
        ("KNEEWALL_ALLOWED_HOSTS", "example.org", "KNEEWALL_ALLOWED_HOSTS: found what is no JSON; expected a list like"),
        ("KNEEWALL_ALLOWED_HOSTS", "[]", "KNEEWALL_ALLOWED_HOSTS: Tuple should have at least 1 item"),
        ("KNEEWALL_SMTP_URL", "smtp://mail:abc", "KNEEWALL_SMTP_URL: found an address whose host or port cannot be read; expected smtps://"),
        ("KNEEWALL_SMTP_URL", "smtp://mail:99999", "KNEEWALL_SMTP_URL: found an address whose host or port cannot be read"),
        ("KNEEWALL_SMTP_URL", "smtp://[", "KNEEWALL_SMTP_URL: found an address whose host or port cannot be read"),
        ("KNEEWALL_SMTP_URL", "smtps://post:hidden#thing@mail", "KNEEWALL_SMTP_URL: found an address whose host or port cannot be read"),
        ("KNEEWALL_DATABASE_URL", "postgresql:nonsense", "KNEEWALL_DATABASE_URL: found an address that cannot be read; expected one like postgresql"),
        ("KNEEWALL_DATABASE_URL", "postgresql://kneewall:hidden-thing@db:port/kneewall", "KNEEWALL_DATABASE_URL: found an address that cannot be read"),
        ("KNEEWALL_JOBS_DATABASE_URL", "sqlite:nonsense", "KNEEWALL_JOBS_DATABASE_URL: found an address that cannot be read"),
        ("KNEEWALL_S3_ENDPOINT", "https://store.example.org", "found a store and no bucket; expected KNEEWALL_S3_BUCKET"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str) -> None:
    """Whoever runs the service sees which variable to look at."""
    monkeypatch.setenv(name, value)
    with pytest.raises(UnusableSettingsError) as raised:
        read_settings()
    assert str(raised.value).startswith(problem)
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("name", ["plain", "with space", "a?b", "a#b", "a%20b", "100%", "Größe"])
def test_the_databases_lie_in_the_data_folder_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    """In an address a question mark ends the path and a percent sign begins a letter: the records would lie somewhere else."""
    settings = Settings(data_dir=tmp_path / name)
    for url, file in ((settings.records_url, "kneewall.sqlite3"), (settings.jobs_url, "jobs.sqlite3")):
        assert sa.make_url(url).database == str(tmp_path / name / file)


def test_every_worker_shows_its_metrics_on_a_port_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next ones after the web server's, one each, and each worker can use the settings that it is handed; without a port there is none to hand on."""
    started: list[dict[str, str]] = []
    monkeypatch.setattr("app.adapters.supervisor.Supervisor", lambda _, *, environment: started.append(environment))
    for name, value in {"DATA_DIR": str(tmp_path), "PORT": "8000", "METRICS_PORT": "7996", "WORKERS": "3"}.items():
        monkeypatch.setenv(f"KNEEWALL_{name}", value)
    build_supervisors(read_settings())
    ports = []
    for environment in started:
        with monkeypatch.context() as worker:
            for name, value in environment.items():
                worker.setenv(name, value)
            ports.append(read_settings().metrics_port)
    assert ports == [7997, 7998, 7999]
    monkeypatch.delenv("KNEEWALL_METRICS_PORT")
    build_supervisors(read_settings())
    assert not any("KNEEWALL_METRICS_PORT" in environment for environment in started[3:])


@pytest.mark.parametrize(("metrics_port", "port"), [(7997, 8000), (8000, 8000), (65_533, 8000)])
def test_metrics_leave_the_pages_their_port(tmp_path: Path, metrics_port: int, port: int) -> None:
    """Three workers need three ports after the first: one of them would be taken, or there are not so many."""
    with pytest.raises(ValidationError, match=f"found ports {metrics_port} to {metrics_port + 3}"):
        Settings(data_dir=tmp_path, metrics_port=metrics_port, port=port, workers=3)
    assert Settings(data_dir=tmp_path, metrics_port=7996, port=port, workers=3).metrics_port == 7996
