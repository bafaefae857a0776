"""Where a passkey would be good, by the address under which the service was called."""

from __future__ import annotations

import ipaddress

from fastapi import Request

from app.ports.passkeys import Site
from app.usecases.account_errors import PasskeysUnavailableError

_USUAL_PORTS = {"https": 443, "http": 80}


def read_site(request: Request) -> Site:
    """Return the site of a request, whose host is one of those allowed; raise `PasskeysUnavailableError` that says why browsers offer no passkeys there."""
    scheme, host = request.url.scheme, (request.url.hostname or "").lower()
    try:
        port = request.url.port
    except ValueError:  # a number that no port has
        port = None
    shown = "" if port in {None, _USUAL_PORTS[scheme]} else f":{port}"
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = None
    if here is not None:
        advice = f"Open it as http://localhost{shown}." if here else "Open it under the name of the machine."
        raise PasskeysUnavailableError("Passkeys need a name: this page was opened under the number of a machine.", advice=advice)
    if scheme != "https" and host != "localhost" and not host.endswith(".localhost"):
        raise PasskeysUnavailableError("Passkeys need an encrypted connection.", advice="Open this page with https:// in front.")
    return Site(host, f"{scheme}://{host}{shown}")


def find_obstacle(request: Request) -> PasskeysUnavailableError | None:
    """Return why browsers offer no passkeys here, None where they do."""
    try:
        read_site(request)
    except PasskeysUnavailableError as error:
        return error
    return None
