"""Sending to receivers over HTTP, to addresses that were checked and nowhere else."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress

from app.ports.webhooks import Answer
from app.usecases.errors import MalformedSubmissionError
from app.usecases.receivers import Receiver, parse_receiver

TIMEOUT_S = 10.0
"""For everything after the name was looked up: connecting, TLS, sending, and the first line of the answer."""
_BODY_BYTES = 1024
"""So much of an answer's body is read, so that its sender is done with it, and thrown away."""
_TAKEN = range(200, 300)
_AGENT = "Kneewall"


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses that a name stands for, in the order in which the system would try them."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class HttpWebhookSender:
    """WebhookSender that looks a name up once and connects to what it found, past any proxy, following nothing.

    `resolve` and `connect` are the system's; `trust` says whose certificates are believed.
    """

    def __init__(
        self,
        *,
        allow_here: bool,
        timeout_s: float = TIMEOUT_S,
        trust: ssl.SSLContext | None = None,
        resolve: Callable[[str, int], Sequence[str]] = look_up,
        connect: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection,
    ) -> None:
        self._allow_here = allow_here
        self._timeout_s = timeout_s
        self._trust = trust or ssl.create_default_context()
        self._resolve = resolve
        self._connect = connect

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once; an address that may not be called is not, and the answer does not tell why, for that would say what is inside."""
        try:
            receiver = parse_receiver(url, allow_here=self._allow_here)
            found = self._resolve(receiver.host, receiver.port)
        except (MalformedSubmissionError, OSError, UnicodeError):
            return Answer(taken=False, word="no_address")
        addresses = [address for address in found if receiver.may_connect(address)]
        if not addresses:
            return Answer(taken=False, word="no_address")
        try:
            status = self._post(receiver, addresses, headers, body)
        except ssl.SSLError as error:
            return Answer(taken=False, word="not_trusted" if isinstance(error, ssl.SSLCertVerificationError) else "no_connection")
        except TimeoutError:
            return Answer(taken=False, word="timed_out")
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(taken=False, word="no_connection")
        return Answer(taken=status in _TAKEN, word=str(status))

    def _post(self, receiver: Receiver, addresses: Sequence[str], headers: Mapping[str, str], body: bytes) -> int:
        ends_s = time.monotonic() + self._timeout_s
        with closing(self._reach(receiver, addresses, ends_s)) as raw, _secured(raw, receiver, self._trust) as sock, _cut_off(sock, ends_s):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            return _exchange(sock, receiver, headers, body)

    def _reach(self, receiver: Receiver, addresses: Sequence[str], ends_s: float) -> socket.socket:
        """Return a connection to the first of the addresses that lets itself be connected to."""
        failure: OSError = TimeoutError()
        for address in addresses:
            left_s = ends_s - time.monotonic()
            if left_s <= 0:
                break
            try:
                return self._connect((address, receiver.port), left_s)
            except OSError as error:
                failure = error
        raise failure


def _secured(raw: socket.socket, receiver: Receiver, trust: ssl.SSLContext) -> socket.socket:
    if not receiver.tls:
        return raw
    return trust.wrap_socket(raw, server_hostname=receiver.host, do_handshake_on_connect=False)


@contextmanager
def _cut_off(sock: socket.socket, ends_s: float) -> Iterator[None]:
    """End a connection at a time, however often it says a little: a time-out of the socket would begin anew with each byte."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        # not the method of a TLS socket, which would forget its state under the reader's hands
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, ends_s - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def _exchange(sock: socket.socket, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> int:
    """Send the request and return the status of the answer."""
    connection = http.client.HTTPConnection(receiver.host, receiver.port)
    connection.auto_open = 0  # the connection that is handed to it, or none
    connection.sock = sock
    own = {"Host": receiver.host_header, "User-Agent": _AGENT, "Accept": "*/*", "Connection": "close"}
    connection.request("POST", receiver.target, body=body, headers=own | dict(headers))
    response = connection.getresponse()
    with suppress(OSError, http.client.HTTPException):  # the first line has said whether it was taken
        response.read(_BODY_BYTES)
    return response.status
