"""Connections to a mail server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from app.adapters.mail_smtp import SmtpMailer
from app.ports.mail import Letter, MailFailedError

GREETING = b"220 mail ESMTP\r\n"


@contextmanager
def refusing(answers: dict[bytes, bytes], closed: threading.Event) -> Iterator[int]:
    """Be a mail server for one caller, that answers commands as told, and say when the caller has hung up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with suppress(ConnectionError), connection, connection.makefile("rb") as lines:  # hung up on, it may be told so
                connection.sendall(GREETING)
                for line in lines:
                    connection.sendall(answers.get(line.split()[0].upper(), b"250 fine\r\n"))
            closed.set()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("user", "answers"),
    [
        ("", {b"EHLO": b"250-mail\r\n250 STARTTLS\r\n", b"STARTTLS": b"454 not now\r\n"}),
        ("post:word@", {b"EHLO": b"250 mail\r\n"}),
    ],
    ids=["refuses TLS", "has none for a password"],
)
def test_a_connection_over_which_nothing_can_be_sent_is_closed(user: str, answers: dict[bytes, bytes]) -> None:
    """At once, not when somebody collects what is left of it: a service that sends reminders would run out of sockets."""
    closed = threading.Event()
    with refusing(answers, closed) as port, pytest.raises(MailFailedError) as failed:
        SmtpMailer(f"smtp://{user}127.0.0.1:{port}", "kneewall@example.org").send(Letter(to="a@example.org", subject="s", text="t"))
    assert failed.value.__context__ is not None  # holds on to what was open
    assert closed.wait(5)
