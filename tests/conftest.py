"""What holds for every test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings

from tests.priority import has_usual_priority, usual_priority

if TYPE_CHECKING:
    from tests.bucket import Bucket
    from tests.postgres import PostgresServer

# How fast an example runs says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
# A traceback as the service writes it: drawn with every local variable, one of a request takes ten seconds.
structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer()])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failure at once: a run that is cut off before its summary has said it too."""
    if report.failed and not os.environ.get("PYTEST_XDIST_WORKER"):
        lines = [line for line in report.longreprtext.splitlines() if line.startswith("E ")] or report.longreprtext.splitlines()[-1:]
        sys.stdout.write("\n".join([f"\n{report.nodeid} ({report.when})", *lines[:5], ""]))


def pytest_runtest_teardown() -> None:
    """No test may leave its process at real-time priority: what is started later keeps the rest of the machine from running."""
    with usual_priority():
        if not has_usual_priority():
            pytest.fail("found this process at real-time priority after a test; expected the usual one, see tests/priority.py")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a PostgreSQL server that lasts as long as the tests of this process."""
    from tests.postgres import running_postgres  # noqa: PLC0415 - most tests need none

    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """Return a bucket of an S3-compatible server that lasts as long as the tests of this process."""
    from tests.bucket import running_bucket  # noqa: PLC0415 - most tests need none

    with running_bucket() as made:
        yield made
