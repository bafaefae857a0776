"""The worker as a process, and a receiver that sees it die."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings
from app.usecases.access import OWNER
from app.usecases.webhooks import add_webhook, list_webhooks
from app.wiring import build_web, prepare_data
from tests.contract.records import make_screening
from tests.fakes.receiver import receiving
from tests.web.serving import CHECKOUT, wait_for


@contextmanager
def working(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let a worker work in a data folder for a while."""
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(folder)}
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "app.worker"], env=environment, cwd=CHECKOUT, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(20)


def test_a_message_outlives_the_worker_that_was_killed_while_sending_it(tmp_path: Path) -> None:
    """The receiver had it and had not answered; the next worker sends it again under the same id, and the log names neither address nor secret."""
    settings = Settings(data_dir=tmp_path)
    prepare_data(settings)
    services = build_web(settings)
    with socket.create_server(("127.0.0.1", 0)) as first:
        first.settimeout(60)
        port = first.getsockname()[1]
        webhook = add_webhook(OWNER, f"http://127.0.0.1:{port}/secret-path", services)
        with services.open_records() as records:
            records.add_screening(make_screening("a"))
            records.webhooks.put_event("a", "report.finished", at=services.clock.now())
            records.commit()
        with working(tmp_path):
            connection, _ = first.accept()
            with connection:
                half = connection.recv(65_536)
    with receiving(port=port) as second, working(tmp_path):
        wait_for(lambda: list_webhooks(OWNER, services)[0].last_outcome == "delivered", 60, "a delivery")
        wait_for(lambda: "worker.ready" in (tmp_path / "worker.log").read_text(), 60, "a worker that has begun")
        (message,) = second.messages
    seen = re.search(rb"webhook-id: (\w+)", half, re.IGNORECASE)
    assert seen is not None
    assert message.headers["webhook-id"] == seen[1].decode()
    written = (tmp_path / "worker.log").read_text()
    assert [word for word in (webhook.secret, "secret-path", str(port)) if word in written] == []
