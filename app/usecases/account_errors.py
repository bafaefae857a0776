"""Errors of accounts and of signing in; their place in the tree is in `app.usecases.errors`."""

from __future__ import annotations

from app.usecases.errors import UsecaseError


class UnknownAccountError(UsecaseError):
    """There is no such account."""

    code = "unknown_account"

    def __init__(self) -> None:
        super().__init__("There is no such account; it may have been erased.", advice="Choose an account from the list.")


class UnknownGrantError(UsecaseError):
    """There is no such session, token or link."""

    code = "unknown_grant"

    def __init__(self) -> None:
        super().__init__(
            "There is no such session, token or link; it may have expired or been revoked.", advice="Look at the list of those that are still good."
        )


class NotSignedInError(UsecaseError):
    """Nobody is signed in, or the session is over."""

    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__("Nobody is signed in, or the session is over.", advice="Sign in, or send a token as Authorization: Bearer TOKEN.")


class NotAllowedError(UsecaseError):
    """Somebody is signed in who may not do this."""

    code = "not_allowed"

    def __init__(self, what: str, *, advice: str) -> None:
        super().__init__(f"This account may not {what}.", advice=advice)


class WrongPasswordError(UsecaseError):
    """Address and password do not belong together."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("There is no account with this e-mail address and password.", advice="Try again, or ask an admin for a link to choose a new password.")


class TooManyTriesError(UsecaseError):
    """Too many tries to sign in, for one address or from one place."""

    code = "too_many_tries"

    def __init__(self, *, wait_s: float) -> None:
        super().__init__("There were too many tries to sign in.", advice=f"Try again in {max(1, round(wait_s / 60))} minutes.")
        self.wait_s = wait_s


class EmailTakenError(UsecaseError):
    """There is an account with this address already."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address already.", advice="Sign in with it, or use another address.")


class LinkExpiredError(UsecaseError):
    """A link was used up, revoked, or is too old."""

    code = "link_expired"

    def __init__(self) -> None:
        super().__init__("This link was used already, taken back, or is too old.", advice="Ask whoever sent it for a new one.")


class LastAdminError(UsecaseError):
    """The only admin would be gone."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the only admin; without one nobody could invite or help others.", advice="Invite another admin first.")


class AccountHeldError(UsecaseError):
    """An athlete is invited who holds an account already."""

    code = "account_held"

    def __init__(self) -> None:
        super().__init__("This athlete holds an account already.", advice="They sign in with it; an admin can make a link to a new password.")


class PasskeysUnavailableError(UsecaseError):
    """Browsers offer no passkeys the way this page was opened."""

    code = "passkeys_unavailable"


class PasskeyRefusedError(UsecaseError):
    """What was to be proved with a passkey was not; it is not said why, for that would help whoever tries."""

    code = "passkey_refused"

    def __init__(self) -> None:
        super().__init__(
            "This passkey was not accepted: it is not known here, or it took too long.", advice="Try again, or sign in with e-mail address and password."
        )


class UnknownPasskeyError(UsecaseError):
    """There is no such passkey of whoever asks."""

    code = "unknown_passkey"

    def __init__(self) -> None:
        super().__init__("There is no such passkey; it may have been taken back.", advice="Choose a passkey from the list.")


class TooManyPasskeysError(UsecaseError):
    """There are as many passkeys as one account may have."""

    code = "too_many_passkeys"

    def __init__(self, *, most: int) -> None:
        super().__init__(f"This account has {most} passkeys, as many as it may.", advice="Take one back that is no longer used.")


class NoProviderError(UsecaseError):
    """Nobody signs in over an identity provider here."""

    code = "no_provider"

    def __init__(self) -> None:
        super().__init__("This service is not connected to another sign-in.", advice="Sign in with e-mail address and password, or with a passkey.")


class SignInLostError(UsecaseError):
    """Who came back from the provider is not on a way that this browser began and has not finished."""

    code = "sign_in_lost"

    def __init__(self) -> None:
        super().__init__("This sign-in was begun in another browser, was finished already, or took too long.", advice="Begin it again here.")


class ProviderFailedError(UsecaseError):
    """The identity provider could not be asked, or what it said could not be believed; `reason` is for the log."""

    code = "provider_failed"

    def __init__(self, name: str, *, reason: str) -> None:
        super().__init__(
            f"Signing in with {name} did not work: it could not be reached, or its answer could not be believed.",
            advice="Try again in some minutes, or sign in in another way. Whoever runs this service finds more in its log.",
        )
        self.reason = reason


class IdentityRefusedError(UsecaseError):
    """The provider knows somebody whom no account here belongs to."""

    code = "identity_refused"


class UnknownIdentityError(UsecaseError):
    """There is no such link between an account and a person known to a provider."""

    code = "unknown_identity"

    def __init__(self) -> None:
        super().__init__("There is no such link to another sign-in; it may have been taken back.", advice="Choose one from the list.")
