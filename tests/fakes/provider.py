"""An OpenID provider: a real HTTP server on this machine with a key of its own, that keeps to the standard until a test bends what it says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "kneewall", "s3cret of the client: 100%"


@dataclass
class Provider:
    """Who signs in there next, and what is bent: claims of the ID token, what the provider says of itself, the key, the status of the token address."""

    port: int = 0
    subject: str = "subject-1"
    email: str | None = "coach@example.org"
    email_verified: bool | str = True
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    by_userinfo: dict[str, Any] = field(default_factory=dict)
    declines: str | None = None
    alg: str = "RS256"
    token_status: int = 200
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signs_with: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    redeemed: int = 0

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://127.0.0.1:{self.port}/realm"

    def describe(self) -> dict[str, Any]:
        """Return what it says of itself."""
        own = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }
        return {name: value for name, value in (own | self.metadata).items() if value is not None}

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser goes once somebody has signed in."""
        self.asked.append(asked)
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT_ID, "code", "S256")
        assert set(asked["scope"].split()) == {"openid", "email"}
        said = {"state": asked["state"], "iss": self.issuer}
        if self.declines is not None:
            return f"{asked['redirect_uri']}?{urlencode(said | {'error': self.declines})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode(said | {'code': code})}"

    def redeem(self, given: Mapping[str, str], credentials: tuple[str, str]) -> tuple[int, dict[str, Any]]:
        """Return the tokens of a code: of this client, for this address, with the verifier of its challenge, once."""
        self.redeemed += 1
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = _encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if credentials != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if asked is None or challenge != asked["code_challenge"] or given["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "secret-of-the-provider"}
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        if not self.by_userinfo:
            claims |= {"email": self.email, "email_verified": self.email_verified}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        tokens = {"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": self._sign(claims)}
        return self.token_status, tokens

    def _sign(self, claims: dict[str, Any]) -> str:
        if self.alg in {"none", "HS256"}:
            words = ".".join(_encode(json.dumps(part).encode()) for part in ({"alg": self.alg, "kid": "one"}, claims))
            # with the public key as the secret: what a careless checker believes
            signature = hmac.digest(self.key.as_pem(private=False), words.encode(), "sha256") if self.alg == "HS256" else b""
            return f"{words}.{_encode(signature)}"
        return jwt.encode({"alg": self.alg, "kid": "one"}, claims, self.signs_with or self.key)


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def providing() -> Iterator[Provider]:
    """Listen for a while, at a free port."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            name = parts.path.removeprefix("/realm")
            if name == "/authorize":
                self.send_response(303)
                self.send_header("Location", provider.authorize(dict(parse_qsl(parts.query, strict_parsing=True))))
                self.end_headers()
            elif name == "/me":
                allowed = self.headers["Authorization"] == "Bearer access"
                self._answer(200 if allowed else 401, {"sub": provider.subject} | provider.by_userinfo)
            else:
                known = {"/.well-known/openid-configuration": provider.describe(), "/keys": {"keys": [provider.key.as_dict(private=False)]}}
                self._answer(200 if name in known else 404, known.get(name, {}))

        def do_POST(self) -> None:
            given = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            scheme, _, shown = self.headers.get("Authorization", "").partition(" ")
            if scheme == "Basic":
                named, _, secret = base64.b64decode(shown).decode().partition(":")
            else:
                named, secret = given["client_id"], given["client_secret"]
            self._answer(*provider.redeem(given, (named, secret)))

        def _answer(self, status: int, body: Mapping[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        provider.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield provider
        finally:
            server.shutdown()
