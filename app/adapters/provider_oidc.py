"""An identity provider that speaks OpenID Connect: authorization code with PKCE, by Authlib."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet

from app.ports.provider import Person, ProviderFaultError, Round, is_private_way

TIMEOUT_S = 10.0
_LEEWAY_S = 60
"""So far may two clocks be apart."""
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a key of which only the provider has the secret half; what it says of itself cannot widen this to none at all."""
_SUBJECT_LENGTH = 255
_SCOPE = "openid email"


class OidcProvider:
    """IdentityProvider; nothing of what the provider says is kept from one request to the next, so that its new keys are good at once."""

    def __init__(self, *, issuer: str, client_id: str, client_secret: str, name: str, timeout_s: float = TIMEOUT_S) -> None:
        self.name = name
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._timeout_s = timeout_s

    def build_address(self, way: Round) -> str:
        """Return the provider's authorization address with what it is asked."""
        with _believing(), self._call() as client:
            found = self._discover(client)
            asked = {"redirect_uri": way.callback, "scope": _SCOPE, "nonce": way.nonce}
            address, _ = client.create_authorization_url(found["authorization_endpoint"], state=way.state, code_verifier=way.verifier, **asked)
        return str(address)

    def redeem(self, code: str, way: Round) -> Person:
        """Fetch the tokens of a code and believe the one that says who it is."""
        with _believing(), self._call() as client:
            found = self._discover(client)
            client.token_endpoint_auth_method = _choose_method(found)
            given = {"grant_type": "authorization_code", "redirect_uri": way.callback, "code_verifier": way.verifier}
            tokens = client.fetch_token(found["token_endpoint"], code=code, **given)
            claims = self._check(tokens, _get(client, found["jwks_uri"], withhold_token=True), way)
            if claims.get("email") is None and "userinfo_endpoint" in found:
                claims = claims | self._ask_more(client, found["userinfo_endpoint"], claims["sub"])
        email = claims.get("email")
        verified = claims.get("email_verified") in (True, "true")
        return Person(issuer=self._issuer, subject=claims["sub"], email=email if isinstance(email, str) else None, is_email_verified=verified)

    def _call(self) -> Any:  # noqa: ANN401 - Authlib has no types
        own = {"client_id": self._client_id, "client_secret": self._client_secret, "code_challenge_method": "S256"}
        return OAuth2Client(**own, timeout=self._timeout_s, follow_redirects=False)

    def _discover(self, client: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as above
        found = _get(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration", withhold_token=True)
        if found.get("issuer") != self._issuer:
            raise ProviderFaultError("other_issuer")
        named = [found["authorization_endpoint"], found["token_endpoint"], found["jwks_uri"], found.get("userinfo_endpoint", self._issuer)]
        if not all(map(is_private_way, named)):
            raise ProviderFaultError("not_private")
        return found

    def _check(self, tokens: Mapping[str, Any], keys: Any, way: Round) -> dict[str, Any]:  # noqa: ANN401 - as it came
        """Return the claims of the ID token: signed by the provider, for this service and this round, and not too old."""
        decoded = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        wanted = {"iss": {"essential": True, "value": self._issuer}, "aud": {"essential": True, "value": self._client_id}}
        params = {"nonce": way.nonce, "client_id": self._client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(decoded.claims, decoded.header, wanted, params)
        claims.validate(leeway=_LEEWAY_S)
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _SUBJECT_LENGTH:
            raise ProviderFaultError("claim_sub")
        return dict(claims)

    def _ask_more(self, client: Any, address: str, subject: str) -> dict[str, Any]:  # noqa: ANN401 - Authlib has no types
        """Return the address of the person, where the provider says it only when asked."""
        said = _get(client, address)
        if said.get("sub") != subject:
            raise ProviderFaultError("other_subject")
        return {name: said.get(name) for name in ("email", "email_verified")}


def _get(client: Any, address: str, **options: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Authlib has no types
    answer = client.request("GET", address, **options)
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise ProviderFaultError("malformed")
    return said


def _choose_method(found: Mapping[str, Any]) -> str:
    """Return how the secret is shown: as the standard says where nothing else is said, in the body where the provider takes it only there."""
    taken = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_post" if "client_secret_post" in taken and "client_secret_basic" not in taken else "client_secret_basic"


@contextmanager
def _believing() -> Iterator[None]:
    """Translate whatever goes wrong; the word says what kind of thing it was and nothing of what was said."""
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise ProviderFaultError(f"status_{error.response.status_code}") from None
    except httpx2.TimeoutException:
        raise ProviderFaultError("timed_out") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise ProviderFaultError("no_connection") from None
    except AuthlibBaseError:
        raise ProviderFaultError("code_not_taken") from None
    except ClaimError as error:
        raise ProviderFaultError(f"claim_{error.claim}") from None
    except JoseError:
        raise ProviderFaultError("not_signed") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ProviderFaultError("malformed") from None
