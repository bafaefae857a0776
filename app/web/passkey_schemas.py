"""What goes in and out over HTTP about passkeys and identities."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.ports.passkeys import MadePasskey, Passkey, ShownPasskey
from app.ports.provider import Identity
from app.web.people_schemas import SeenText

_MOST_CHARACTERS = 20_000
"""Of one part; an attestation with its certificates has some thousand."""


def _read_base64url(value: object) -> object:
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        return value
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("found what is not base64url; expected base64url without padding") from None


Part = Annotated[bytes, BeforeValidator(_read_base64url, json_schema_input_type=str), Field(min_length=1, max_length=_MOST_CHARACTERS)]
CredentialId = Annotated[bytes, BeforeValidator(_read_base64url, json_schema_input_type=str), Field(min_length=1, max_length=1023)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PasskeyBody(_Body):
    """A passkey that a device has just made; everything but the name is base64url, as browsers hand it over."""

    name: SeenText = Field(min_length=1, max_length=80, examples=["My phone"])
    id: CredentialId
    client_data: Part = Field(description="clientDataJSON")
    attestation: Part = Field(description="attestationObject")

    def build_made(self) -> MadePasskey:
        """Return the same, for the use case."""
        return MadePasskey(credential_id=self.id, client_data=self.client_data, attestation=self.attestation)


class PasskeySignInBody(_Body):
    """What a device has signed; everything is base64url, as browsers hand it over."""

    id: CredentialId
    client_data: Part = Field(description="clientDataJSON")
    authenticator_data: Part = Field(description="authenticatorData")
    signature: Part
    user_handle: Part = Field(description="userHandle")

    def build_shown(self) -> ShownPasskey:
        """Return the same, for the use case."""
        return ShownPasskey(
            credential_id=self.id,
            client_data=self.client_data,
            authenticator_data=self.authenticator_data,
            signature=self.signature,
            user_handle=self.user_handle,
        )


class PasskeyOptions(BaseModel):
    """What a browser hands to its devices, as the standard of passkeys (WebAuthn) writes it in JSON."""

    public_key: dict[str, Any] = Field(description="PublicKeyCredentialCreationOptionsJSON, or PublicKeyCredentialRequestOptionsJSON.")


class PasskeyView(BaseModel):
    """A passkey."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def from_passkey(cls, passkey: Passkey) -> Self:
        """Show a passkey."""
        return cls(id=passkey.passkey_id, name=passkey.name, created_at=passkey.created_at, last_used_at=passkey.last_used_at)


class IdentityView(BaseModel):
    """That somebody known to an identity provider opens this account."""

    id: str
    issuer: str
    created_at: datetime

    @classmethod
    def from_identity(cls, identity: Identity) -> Self:
        """Show an identity; the provider's name for the person is nobody's business."""
        return cls(id=identity.identity_id, issuer=identity.issuer, created_at=identity.created_at)
