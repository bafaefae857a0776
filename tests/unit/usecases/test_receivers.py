"""Which addresses may be called."""

from __future__ import annotations

import pytest

from app.usecases.errors import MalformedSubmissionError
from app.usecases.receivers import Receiver, is_public, parse_receiver

PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "168.63.129.15"]
INSIDE = [
    "0.0.0.0",  # noqa: S104 - not listened to
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_open_internet_may_be_called(address: str) -> None:
    """By a name that stands for it, and as it is."""
    assert is_public(address)
    written = f"[{address}]" if ":" in address else address
    assert parse_receiver(f"https://{written}/x", allow_here=False).may_connect(address)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_may_not_be_called(address: str) -> None:
    """Loopback, private, link-local, multicast, reserved, unspecified, mapped, translated: neither by a name nor as it is."""
    assert not is_public(address)
    assert not parse_receiver("https://example.org", allow_here=True).may_connect(address)
    for written in (address, f"[{address}]"):
        with pytest.raises(MalformedSubmissionError):
            parse_receiver(f"https://{written}/x", allow_here=False)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org", Receiver("example.org", 443, "/", tls=True, here=False)),
        ("https://Example.ORG:443/a%20b;c?d=e&f", Receiver("example.org", 443, "/a%20b;c?d=e&f", tls=True, here=False)),
        ("HTTPS://a-b.xn--bcher-kva.example:8443/?x", Receiver("a-b.xn--bcher-kva.example", 8443, "/?x", tls=True, here=False)),
        ("https://[2606:4700:4700::1111]:8443/", Receiver("2606:4700:4700::1111", 8443, "/", tls=True, here=False)),
    ],
)
def test_an_address_is_taken_apart(url: str, expected: Receiver) -> None:
    """Host, port and what to ask for there."""
    assert parse_receiver(url, allow_here=False) == parse_receiver(url, allow_here=True) == expected


@pytest.mark.parametrize(
    ("url", "header"),
    [("https://example.org/", "example.org"), ("https://example.org:8443/", "example.org:8443"), ("https://[2606:4700::1]/", "[2606:4700::1]")],
)
def test_the_host_header_names_the_port_where_it_is_unusual(url: str, header: str) -> None:
    """As a browser would write it."""
    assert parse_receiver(url, allow_here=False).host_header == header


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.org/", "expected https"),
        ("ftp://example.org/", "expected https"),
        ("file:///etc/passwd", "expected https"),
        ("//example.org/", "expected https"),
        ("example.org", "expected https"),
        ("https:///x", "no full host name"),
        ("https://example/", "no full host name"),
        ("https://metadata/", "no full host name"),
        ("https://example.org./", "no full host name"),
        ("https://exa..mple.org/", "no full host name"),
        ("https://-a.example.org/", "no full host name"),
        ("https://a.example.1/", "no full host name"),
        ("https://127.1/", "no full host name"),
        ("https://0x7f.0.0.1/", "no full host name"),
        ("https://0177.0.0.1/", "no full host name"),
        ("https://2130706433/", "no full host name"),
        ("https://%6cocalhost/", "no full host name"),
        ("https://127.0.0.1%2f.example.org/", "no full host name"),
        ("https://example.org%00.example.net/", "no full host name"),
        (f"https://{'a.' * 130}org/", "no full host name"),
        ("https://user@example.org/", "user name or password"),
        ("https://user:secret@example.org/", "user name or password"),
        ("https://example.org@127.0.0.1/", "user name or password"),
        ("https://@example.org/", "user name or password"),
        ("https://example.org\\@127.0.0.1/", "expected neither"),
        ("https://example.org/\\x", "expected neither"),
        ("https://example.org/#x", "expected neither"),
        ("https://example.org:80/", "found port 80"),
        ("https://example.org:22/", "found port 22"),
        ("https://example.org:0/", "found port 0"),
        ("https://example.org:8000/", "found port 8000"),
        ("https://example.org:99999/", "no readable address"),
        ("https://example.org:x/", "no readable address"),
        ("https://[::1/", "no readable address"),
        ("https://example.org/a b", "without spaces"),
        ("https://exam\nple.org/", "without spaces"),
        ("https://example.org/\r\nX-Y: z", "without spaces"),
        ("https://bücher.example/", "written in ASCII"),
        ("https://①②⑦.⓪.⓪.①/", "written in ASCII"),
        ("https://example.org/" + "x" * 500, "at most 500"),
        ("", "at most 500"),
    ],
)
def test_an_address_that_may_not_be_called_says_why(url: str, problem: str) -> None:
    """Other schemes and ports, passwords, odd spellings of numbers: refused before any name is looked up."""
    for allow_here in (False, True):
        with pytest.raises(MalformedSubmissionError, match=problem):
            parse_receiver(url, allow_here=allow_here)


def test_everything_wrong_is_named_at_once() -> None:
    """One answer for four mistakes."""
    with pytest.raises(MalformedSubmissionError) as refused:
        parse_receiver("http://me@10.0.0.1:22/#x", allow_here=False)
    assert len(refused.value.problems) == 5


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/x", "http://localhost/", "https://localhost:1234/", "http://[::1]:80/", "http://127.8.8.8/"])
def test_this_machine_is_called_only_where_one_person_uses_it_alone(url: str) -> None:
    """Then on any port and without TLS, and nothing else is reached by it."""
    here = parse_receiver(url, allow_here=True)
    assert here.here
    assert here.may_connect("127.0.0.1")
    assert here.may_connect("::1")
    assert not here.may_connect("93.184.216.34")
    assert not here.may_connect("192.168.1.1")
    with pytest.raises(MalformedSubmissionError):
        parse_receiver(url, allow_here=False)
