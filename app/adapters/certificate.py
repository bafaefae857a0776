"""A certificate for the machine's own addresses, made here and trusted by nobody until a person says so."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_GOOD_FOR = timedelta(days=365)
"""Browsers refuse server certificates that are good for more than 398 days (CA/Browser Forum, Baseline Requirements 6.3.2)."""
_RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where certificate and key lie, and by what a person can compare what the phone shows."""

    certificate: Path
    key: Path
    fingerprint: str


def find_addresses() -> tuple[str, ...]:
    """Return the addresses under which the machines in the room reach this one, the likeliest first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation (RFC 5737); connecting a datagram socket sends nothing
            found.append(str(probe.getsockname()[0]))
        except OSError:
            pass
    return tuple(address for address in found if not ipaddress.ip_address(address).is_loopback)


def keep_certificate(folder: Path, names: Sequence[str], now: datetime) -> Certificate:
    """Return the certificate in a folder, made anew where there is none for these names or it is about to expire."""
    kept = Certificate(folder / "lan.crt", folder / "lan.key", "")
    if not (kept.certificate.is_file() and kept.key.is_file() and _is_good(kept, names, now)):
        _make(kept, names, now)
    digest = x509.load_pem_x509_certificate(kept.certificate.read_bytes()).fingerprint(hashes.SHA256())
    return Certificate(kept.certificate, kept.key, digest.hex(":").upper())


def _is_good(kept: Certificate, names: Sequence[str], now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(kept.certificate.read_bytes())
        key = serialization.load_pem_private_key(kept.key.read_bytes(), password=None)
        known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return False
    fits = key.public_key() == certificate.public_key()  # not where a crash came between writing one and the other
    return fits and certificate.not_valid_after_utc - _RENEW_BEFORE > now and set(map(_build_name, names)) <= set(known)


def _make(kept: Certificate, names: Sequence[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kneewall on this network")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _GOOD_FOR)
        .add_extension(x509.SubjectAlternativeName(list(map(_build_name, names))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(kept.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret)
    kept.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _build_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
