"""The WebhookSender over real sockets of this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.adapters.certificate import Certificate, keep_certificate
from app.adapters.webhooks_http import HttpWebhookSender
from app.ports.webhooks import Answer
from tests.fakes.receiver import Receiver, receiving

TAKEN = Answer(taken=True, word="204")
NOW = datetime.now(UTC)  # noqa: TID251 - a certificate is judged by the clock of the machine


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a program that listens."""
    with receiving() as listening:
        yield listening


@pytest.fixture
def sender() -> HttpWebhookSender:
    """Return the sender of a service without accounts."""
    return HttpWebhookSender(allow_here=True, timeout_s=5.0)


def test_a_message_arrives_as_it_was_given(receiver: Receiver, sender: HttpWebhookSender) -> None:
    """Path, headers and body, and who is asked for."""
    assert sender.send(receiver.url, {"webhook-id": "7", "content-type": "application/json"}, b'{"a": 1}') == TAKEN
    (message,) = receiver.messages
    assert (message.path, message.body) == ("/told?by=kneewall", b'{"a": 1}')
    assert (message.headers["webhook-id"], message.headers["content-type"]) == ("7", "application/json")
    assert (message.headers["host"], message.headers["user-agent"]) == (f"127.0.0.1:{receiver.port}", "Kneewall")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_only_a_status_of_two_hundred_and_some_is_taken(receiver: Receiver, sender: HttpWebhookSender, status: int) -> None:
    """Whatever it says besides."""
    receiver.answers = [(status, b"\r\nthanks")]
    assert sender.send(receiver.url, {}, b"") == Answer(taken=True, word=str(status))


@pytest.mark.parametrize("status", [103, 300, 304, 400, 404, 410, 429, 500, 503])
def test_any_other_status_is_not(receiver: Receiver, sender: HttpWebhookSender, status: int) -> None:
    """It is tried again."""
    receiver.answers = [(status, b"Content-Length: 0\r\n\r\n")]
    assert sender.send(receiver.url, {}, b"") == Answer(taken=False, word=str(status))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, sender: HttpWebhookSender, status: int) -> None:
    """Not even to where one might go directly."""
    with receiving() as elsewhere:
        receiver.answers = [(status, f"Location: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n".encode())]
        assert sender.send(receiver.url, {}, b"") == Answer(taken=False, word=str(status))
        assert elsewhere.messages == []
    assert len(receiver.messages) == 1


@pytest.mark.parametrize("rest", [b"\r\n" + b"x" * 5_000_000, b"Transfer-Encoding: chunked\r\n\r\nnonsense", b"Content-Length: 5000\r\n\r\nshort"])
def test_the_body_of_an_answer_does_not_matter(receiver: Receiver, sender: HttpWebhookSender, rest: bytes) -> None:
    """Endless, broken or short: the first line has said it."""
    receiver.answers = [(200, rest)]
    assert sender.send(receiver.url, {}, b"") == Answer(taken=True, word="200")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 999999999 Many\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500])
def test_what_is_no_answer_is_no_connection(said: bytes, sender: HttpWebhookSender) -> None:
    """Another protocol, nonsense, headers without end."""
    with speaking(said) as port:
        assert sender.send(f"http://127.0.0.1:{port}/", {}, b"") == Answer(taken=False, word="no_connection")


@pytest.mark.parametrize("drop", [b"", b"H"])
def test_who_is_silent_or_slow_is_cut_off(drop: bytes) -> None:
    """One byte now and then does not help: the time counts for the whole answer."""
    with speaking(drop, again_s=0.02) as port:
        sender = HttpWebhookSender(allow_here=True, timeout_s=0.3)
        assert sender.send(f"http://127.0.0.1:{port}/", {}, b"") == Answer(taken=False, word="timed_out")


def test_who_says_nothing_in_tls_is_cut_off() -> None:
    """The time counts for the handshake, too."""
    with speaking(b"", again_s=0.02) as port:
        sender = HttpWebhookSender(allow_here=True, timeout_s=0.3)
        assert sender.send(f"https://127.0.0.1:{port}/", {}, b"") == Answer(taken=False, word="timed_out")


def test_where_nobody_listens_there_is_no_connection(sender: HttpWebhookSender) -> None:
    """Refused, and told as such."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert sender.send(f"http://127.0.0.1:{port}/", {}, b"") == Answer(taken=False, word="no_connection")


@pytest.mark.parametrize("found", [["127.0.0.1"], ["10.0.0.1", "::1"], ["169.254.169.254"], ["64:ff9b::7f00:1"], ["::ffff:127.0.0.1"], []])
@pytest.mark.parametrize("allow_here", [False, True])
def test_a_name_that_leads_inside_is_not_connected_to(found: list[str], allow_here: bool) -> None:  # noqa: FBT001 - each in turn
    """Whatever the name; and the answer is the same as for a name that nobody has."""
    sender = HttpWebhookSender(allow_here=allow_here, resolve=lambda *_: found, connect=refuse_to_connect)
    assert sender.send("https://example.org/", {}, b"") == Answer(taken=False, word="no_address")

    def know_nothing(*_: object) -> list[str]:
        raise socket.gaierror

    sender = HttpWebhookSender(allow_here=allow_here, resolve=know_nothing, connect=refuse_to_connect)
    assert sender.send("https://example.org/", {}, b"") == Answer(taken=False, word="no_address")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://localhost/", "https://10.0.0.1/", "http://example.org/", "nonsense", "https://x@example.org/"])
def test_an_address_that_is_no_longer_allowed_is_not_called(url: str) -> None:
    """A service that has accounts by now does not call itself for who registered before."""
    sender = HttpWebhookSender(allow_here=False, resolve=lambda *_: ["93.184.216.34"], connect=refuse_to_connect)
    assert sender.send(url, {}, b"") == Answer(taken=False, word="no_address")


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(tmp_path: Path) -> None:
    """What is inside is left out, who does not answer is passed over, and the certificate has to be that of the name."""
    asked, called = [], []
    with receiving_over_tls(tmp_path, "hooks.example.org") as (receiver, trust):

        def resolve(host: str, port: int) -> list[str]:
            asked.append((host, port))
            return ["10.0.0.1", "2606:4700::1", "93.184.216.34"]

        def connect(address: tuple[str, int], timeout_s: float) -> socket.socket:
            called.append(address)
            if address[0] == "2606:4700::1":
                raise ConnectionRefusedError
            return socket.create_connection(("127.0.0.1", receiver.port), timeout_s)

        sender = HttpWebhookSender(allow_here=False, trust=trust, resolve=resolve, connect=connect)
        assert sender.send("https://hooks.example.org:8443/x", {}, b"told") == TAKEN
    assert asked == [("hooks.example.org", 8443)]
    assert called == [("2606:4700::1", 8443), ("93.184.216.34", 8443)]
    assert [(message.headers["host"], message.body) for message in receiver.messages] == [("hooks.example.org:8443", b"told")]


@pytest.mark.parametrize(("named", "trusted"), [("other.example.org", True), ("hooks.example.org", False)])
def test_a_certificate_of_another_name_or_of_nobody_known_is_not_trusted(tmp_path: Path, named: str, trusted: bool) -> None:  # noqa: FBT001 - each in turn
    """Then nothing is said at all."""
    with receiving_over_tls(tmp_path, named) as (receiver, trust):
        sender = HttpWebhookSender(
            allow_here=False,
            trust=trust if trusted else None,
            resolve=lambda *_: ["93.184.216.34"],
            connect=lambda _, timeout_s: socket.create_connection(("127.0.0.1", receiver.port), timeout_s),
        )
        assert sender.send("https://hooks.example.org/", {}, b"told") == Answer(taken=False, word="not_trusted")
    assert receiver.messages == []


def test_who_speaks_no_tls_is_no_connection(receiver: Receiver, sender: HttpWebhookSender) -> None:
    """And gets nothing to read."""
    assert sender.send(receiver.url.replace("http:", "https:"), {}, b"told") == Answer(taken=False, word="no_connection")
    assert receiver.messages == []


def test_proxies_of_the_environment_are_not_asked(receiver: Receiver, sender: HttpWebhookSender, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would look the name up again."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert sender.send(receiver.url, {}, b"") == TAKEN


def refuse_to_connect(address: tuple[str, int], timeout_s: float) -> socket.socket:
    """Fail, for here nothing may be connected to."""
    del timeout_s
    pytest.fail(f"connected to {address}")


@contextmanager
def speaking(words: bytes, *, again_s: float | None = None) -> Iterator[int]:
    """Listen on a port, say some words to who connects, and hang up; or say them again and again."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.recv(65_536)
                    connection.sendall(words)
                    while again_s is not None and not over.wait(again_s):
                        connection.sendall(words)
                except OSError:
                    pass  # the other side has had enough

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join(10)


@contextmanager
def receiving_over_tls(folder: Path, name: str) -> Iterator[tuple[Receiver, ssl.SSLContext]]:
    """Listen over TLS under a name; return who listens, and a context that trusts it."""
    kept: Certificate = keep_certificate(folder, (name,), NOW)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept.certificate, kept.key)
    trust = ssl.create_default_context(cafile=str(kept.certificate))
    with receiving(context) as receiver:
        yield receiver, trust
