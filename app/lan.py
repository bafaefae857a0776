"""`kneewall serve --lan`: the phones in the room reach this machine, over TLS, and let in by a code that they look at."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno

from app.settings import Settings
from app.usecases.accounts import offer_pairing
from app.usecases.services import Services
from app.wiring import keep_lan_certificate


@dataclass(frozen=True, slots=True)
class Lan:
    """How the service is reached from the room."""

    names: tuple[str, ...]
    certificate: str
    key: str
    fingerprint: str


def prepare_lan(settings: Settings) -> Lan:
    """Return the names of this machine in the room, with a certificate for them."""
    addresses, kept = keep_lan_certificate(settings)
    return Lan((*addresses, *settings.allowed_hosts), str(kept.certificate), str(kept.key), kept.fingerprint)


def describe_way_in(lan: Lan, settings: Settings, services: Services) -> str:
    """Return what the terminal shows: the address as a QR code, the fingerprint to compare, and what else to know."""
    path = "/signin" if services.access == "accounts" else f"/pair/{offer_pairing(services)}"
    address = f"https://{lan.names[0]}:{settings.port}{path}"
    code = io.StringIO()
    segno.make(address, error="l").terminal(out=code, compact=True)
    good = (
        "" if services.access == "accounts" else "The code is good for half an hour; whoever opens it sees everything, as you do. Start again for a new one.\n"
    )
    return (
        f"\n{code.getvalue()}\n{address}\n\n{good}"
        "The browser warns, because nobody but you vouches for this machine: look at the certificate's SHA-256 fingerprint, and go on if it is\n"
        f"{lan.fingerprint}\n"
    )
