"""A device that makes passkeys and signs with them, in software: real keys, and everything that it says can be bent by a test."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


def encode(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Device:
    """A device with one key of which it knows whose it is; `counts` is by how much its counter goes up at each use."""

    origin: str = "http://localhost"
    counts: int = 1
    verifies: bool = True
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: str = ""

    def make(self, asked: Mapping[str, Any], **bent: Any) -> dict[str, str]:  # noqa: ANN401 - what a test bends
        """Return what a browser hands over when the key was made."""
        self.user_handle = asked["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public
        data = self._describe(bent.get("host", asked["rp"]["id"]), _WITH_KEY) + attested
        client_data = self._write_client_data("webauthn.create", asked, bent)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {"id": encode(self.credential_id), "client_data": encode(client_data), "attestation": encode(attestation)}

    def sign(self, asked: Mapping[str, Any], **bent: Any) -> dict[str, str]:  # noqa: ANN401 - what a test bends
        """Return what a browser hands over when the key has signed."""
        self.counter += self.counts
        data = self._describe(bent.get("host", asked["rpId"]), 0)
        client_data = self._write_client_data("webauthn.get", asked, bent)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "id": encode(bent.get("credential_id", self.credential_id)),
            "client_data": encode(client_data),
            "authenticator_data": encode(data),
            "signature": encode(signature),
            "user_handle": bent.get("user_handle", self.user_handle),
        }

    def _describe(self, host: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _write_client_data(self, kind: str, asked: Mapping[str, Any], bent: Mapping[str, Any]) -> bytes:
        said = {"type": bent.get("kind", kind), "challenge": bent.get("challenge", asked["challenge"]), "origin": bent.get("origin", self.origin)}
        return json.dumps(said | {"crossOrigin": False}).encode()
