"""Which addresses a webhook may lead to: the open internet over TLS, or this very machine where one person uses the service alone.

Whoever registers a webhook makes the service call an address of their choice. It must not reach what only the service can reach: the machine itself, its
network, the metadata of its provider. Words are checked here, and so is every address that a name turns out to stand for; nothing here looks a name up.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from app.usecases.errors import MalformedSubmissionError

MOST_CHARACTERS = 500
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_MOST_IN_NAME = 253
_PORTS = frozenset({443, 8443})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_IPV6_IN_USE = ipaddress.ip_network("2000::/3")
"""The only part of IPv6 that is given to anybody (RFC 4291, IANA): mapped, NAT64, unique local, link-local and multicast addresses are outside of it."""
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # behind a provider's translation (RFC 6598); some clouds keep their metadata there
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # looks public, but is the machine's own provider (Azure)
        "169.254.0.0/16",  # link-local, and the metadata of most clouds (RFC 3927)
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT (RFC 7450)
        "192.88.99.0/24",  # relays from IPv6 (RFC 7526)
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # measuring networks (RFC 2544)
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocols, Teredo among them, which carries an IPv4 address (RFC 2928, 4380)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4, which carries an IPv4 address (RFC 3056)
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""Besides what `ipaddress` knows, whose list grows with Python's version. Source: IANA special-purpose address registries."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address that may be called: where to connect, what to ask for there, and whether it is this very machine."""

    host: str
    port: int
    target: str
    tls: bool
    here: bool

    @property
    def host_header(self) -> str:
        """The Host header of a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS["https" if self.tls else "http"] else f"{host}:{self.port}"

    def may_connect(self, address: str) -> bool:
        """Whether a connection may go to an address that the host stands for."""
        return _is_loopback(address) if self.here else is_public(address)


def parse_receiver(url: str, *, allow_here: bool) -> Receiver:
    """Return what a URL leads to; raise `MalformedSubmissionError`, which names everything wrong, where it must not be called.

    With `allow_here` this machine may be called, over HTTP too and on any port; then only under its address or as `localhost`, never by a name that might
    stand for something else tomorrow.
    """
    if len(url) > MOST_CHARACTERS or not _PRINTABLE.fullmatch(url):
        raise _refuse([f"found {len(url)} characters; expected at most {MOST_CHARACTERS}, without spaces and written in ASCII"])
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refuse(["found no readable address; expected one like https://example.org/kneewall"]) from None
    host = (parts.hostname or "").lower()
    here = allow_here and _means_here(host)
    problems = [*_check_form(parts), *_check_host(host, here=here), *_check_way(parts.scheme, port, here=here)]
    if problems:
        raise _refuse(problems)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Receiver(host=host, port=port or _DEFAULT_PORTS[parts.scheme], target=target, tls=parts.scheme == "https", here=here)


def is_public(address: str) -> bool:
    """Whether an address belongs to somebody on the open internet, and to nothing that only this machine can reach."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _IPV6_IN_USE or ip.scope_id):
        return False
    known = ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local or ip.is_private)
    return known and not any(ip in network for network in _SPECIAL)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _means_here(host: str) -> bool:
    return host == "localhost" or _is_loopback(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_form(parts: SplitResult) -> list[str]:
    problems = []
    if "@" in parts.netloc:
        problems.append("found a user name or password; expected none, for what is sent is signed")
    if "\\" in parts.netloc + parts.path or parts.fragment:
        problems.append(r"found \ or #; expected neither")
    return problems


def _check_host(host: str, *, here: bool) -> list[str]:
    if here or (_is_address(host) and is_public(host)):
        return []
    if _is_address(host):
        return ["found an address inside a network; expected one on the open internet"]
    labels = host.split(".")
    # what ends in a number would be read as an IPv4 address in one of its odd spellings, such as 0x7f.1
    readable = len(host) <= _MOST_IN_NAME and all(map(_LABEL.fullmatch, labels)) and re.match("[a-z]", labels[-1])
    if len(labels) < 2 or not readable:  # noqa: PLR2004 - a name and a domain
        return ["found no full host name; expected one like example.org"]
    return []


def _check_way(scheme: str, port: int | None, *, here: bool) -> list[str]:
    problems = []
    if scheme not in ({"https", "http"} if here else {"https"}):
        problems.append("found another scheme; expected https")
    if port is not None and (port == 0 or not (here or port in _PORTS)):
        problems.append(f"found port {port}; expected 443 or 8443")
    return problems


def _refuse(problems: list[str]) -> MalformedSubmissionError:
    return MalformedSubmissionError(tuple(f"url: {problem}" for problem in problems))
