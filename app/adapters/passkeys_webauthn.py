"""Passkeys by the rules of WebAuthn, checked by py_webauthn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.ports.passkeys import MadePasskey, NewKey, Passkey, PasskeyFaultError, ShownPasskey, Site

_NAME = "Kneewall"
_TIMEOUT_MS = 300_000
"""As long as a challenge is good."""
_FAULTS = (WebAuthnException, UnsupportedAlgorithm, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""The library's own, and what its parsers and those below it raise at bytes that nobody's device made."""


class WebauthnRules:
    """PasskeyRules: keys that a device finds by itself, of people whom it has verified, whatever made the device."""

    def ask_for_new(self, site: Site, *, account_id: str, email: str, challenge: str, known: Sequence[bytes]) -> Mapping[str, Any]:
        """Return the options of `navigator.credentials.create`."""
        options = generate_registration_options(
            rp_id=site.host,
            rp_name=_NAME,
            user_id=account_id.encode(),
            user_name=email,
            challenge=base64url_to_bytes(challenge),
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known],
        )
        return dict(json.loads(options_to_json(options)))

    def ask_for_known(self, site: Site, *, challenge: str) -> Mapping[str, Any]:
        """Return the options of `navigator.credentials.get`."""
        options = generate_authentication_options(
            rp_id=site.host, challenge=base64url_to_bytes(challenge), timeout=_TIMEOUT_MS, user_verification=UserVerificationRequirement.REQUIRED
        )
        return dict(json.loads(options_to_json(options)))

    def read_challenge(self, client_data: bytes) -> str:
        """Return the challenge of a client's data."""
        try:
            return bytes_to_base64url(parse_client_data_json(client_data).challenge)
        except _FAULTS as error:
            raise PasskeyFaultError(str(error)) from error

    def check_new(self, made: MadePasskey, site: Site, *, challenge: str) -> NewKey:
        """Verify a registration."""
        response = AuthenticatorAttestationResponse(client_data_json=made.client_data, attestation_object=made.attestation)
        try:
            found = verify_registration_response(
                credential=RegistrationCredential(id=bytes_to_base64url(made.credential_id), raw_id=made.credential_id, response=response),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except _FAULTS as error:
            raise PasskeyFaultError(str(error)) from error
        if found.credential_id != made.credential_id:
            raise PasskeyFaultError("the device speaks of another credential")
        return NewKey(found.credential_public_key, found.sign_count)

    def check_known(self, shown: ShownPasskey, site: Site, *, challenge: str, passkey: Passkey) -> int:
        """Verify an authentication."""
        response = AuthenticatorAssertionResponse(
            client_data_json=shown.client_data, authenticator_data=shown.authenticator_data, signature=shown.signature, user_handle=shown.user_handle
        )
        try:
            found = verify_authentication_response(
                credential=AuthenticationCredential(id=bytes_to_base64url(shown.credential_id), raw_id=shown.credential_id, response=response),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _FAULTS as error:
            raise PasskeyFaultError(str(error)) from error
        return found.new_sign_count
