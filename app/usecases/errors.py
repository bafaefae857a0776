"""Errors of the use cases: what was found, what was expected, and what to do.

UsecaseError                   root; `code` is stable, `advice` is what the person can do next
├── MalformedSubmissionError   code "malformed"
├── UnknownScreeningError      code "unknown_screening"
├── UnknownAthleteError        code "unknown_athlete"
├── NotFinishedError           code "not_finished"
├── AnalysisFailedError        code "analysis_failed"
├── NoEvidenceError            code "no_evidence"
├── NoSuchLegError             code "no_such_leg"
├── UnknownSquadError          code "unknown_squad"
├── ConsentMissingError        code "consent_missing"
├── UnknownVersionError        code "unknown_version"
├── UnknownValueError          code "unknown_value"
├── UnknownWebhookError        code "unknown_webhook"
├── TooManyWebhooksError       code "too_many_webhooks"
├── NothingLearntError         code "nothing_learnt"
├── ReminderPausedError        code "reminder_paused"
├── OtherLegBusyError          code "other_leg_busy"
├── UnknownWaitingClipError    code "unknown_waiting_clip"
├── UnknownAccountError        code "unknown_account"     (this and the following in `app.usecases.account_errors`)
├── UnknownGrantError          code "unknown_grant"
├── NotSignedInError           code "not_signed_in"
├── NotAllowedError            code "not_allowed"
├── WrongPasswordError         code "wrong_password"
├── TooManyTriesError          code "too_many_tries"
├── EmailTakenError            code "email_taken"
├── LinkExpiredError           code "link_expired"
├── AccountHeldError           code "account_held"
├── LastAdminError             code "last_admin"
├── PasskeysUnavailableError   code "passkeys_unavailable"
├── PasskeyRefusedError        code "passkey_refused"
├── UnknownPasskeyError        code "unknown_passkey"
├── TooManyPasskeysError       code "too_many_passkeys"
├── NoProviderError            code "no_provider"
├── SignInLostError            code "sign_in_lost"
├── ProviderFailedError        code "provider_failed"
├── IdentityRefusedError       code "identity_refused"
├── UnknownIdentityError       code "unknown_identity"
├── UnknownProgrammeError      code "unknown_programme"    (this and the following two in `app.usecases.programme_errors`)
├── PlanChangedError           code "plan_changed"
├── UnknownTemplateError       code "unknown_template"
├── EmptyClipError             code "empty_clip"        (this and the following five in `app.usecases.clip_errors`)
├── TooLargeError              code "too_large"
├── NotAVideoError             code "not_a_video"
├── SameClipTwiceError         code "same_clip_twice"
├── SameClipAgainError         code "same_clip_again"
├── ClipGoneError              code "clip_gone"
├── UnknownUploadError         code "unknown_upload"       (this and the following in `app.usecases.upload_errors`)
├── UploadOffsetError          code "offset_conflict"
├── UploadOverrunError         code "upload_overrun"
├── UploadUnfinishedError      code "upload_unfinished"
├── UploadQuotaError           code "upload_quota"
├── TooManyWaitingError        code "too_many_waiting"
├── ServiceBusyError           code "service_busy"
├── ServiceStoppingError       code "service_stopping"
├── ChecksumError              code "checksum_mismatch"
├── NoRoomError                code "no_room"
├── ProtocolVersionError       code "tus_version"
├── ProtocolHeaderError        code "tus_header"
├── NotAStreamError            code "not_a_stream"
├── UnavailableError           code "unavailable"
└── ReadingKeptError           code "reading_kept"
"""

from __future__ import annotations

from typing import ClassVar


class UsecaseError(Exception):
    """Root of all errors of the use cases; `wait_s` is after how long another try makes sense, where that is known."""

    code: ClassVar[str]
    wait_s: float | None = None

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class MalformedSubmissionError(UsecaseError):
    """The form cannot be read as a screening; everything wrong is named at once."""

    code = "malformed"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems) + ".", advice="Correct what is named and send it again.")
        self.problems = problems


class UnknownScreeningError(UsecaseError):
    """There is no such screening, or it was erased."""

    code = "unknown_screening"

    def __init__(self, screening_id: str) -> None:
        super().__init__(
            "There is no screening under this address; it may have been erased.",
            advice="Check the address, or measure again from the start page.",
        )
        self.screening_id = screening_id


class UnknownAthleteError(UsecaseError):
    """There is no such athlete, or they were erased."""

    code = "unknown_athlete"

    def __init__(self) -> None:
        super().__init__("There is no such athlete; they may have been erased.", advice="Choose an athlete from the list, or add them.")


class NotFinishedError(UsecaseError):
    """The report was asked for before the analysis was finished."""

    code = "not_finished"

    def __init__(self, *, state: str) -> None:
        super().__init__(f"The analysis is {state}; there is no report yet.", advice="Ask again once the state is done; the events say when.")


class AnalysisFailedError(UsecaseError):
    """The report was asked for, but the analysis broke off."""

    code = "analysis_failed"


class NoEvidenceError(UsecaseError):
    """A picture was asked for that was not drawn, because its side was not measured or has no clip."""

    code = "no_evidence"

    def __init__(self, *, side: str) -> None:
        super().__init__(
            f"There is no picture of the {side} leg: its clip was not measured, or is not measured yet.",
            advice="The report says what became of the clip.",
        )


class NoSuchLegError(UsecaseError):
    """Something was said about a leg of which there is no clip, or no measurement where one is needed."""

    code = "no_such_leg"

    def __init__(self, side: str, *, found: str) -> None:
        super().__init__(
            f"Of the {side} leg this screening has {found}.",
            advice="Choose the other leg, or measure this one from the start page.",
        )


class ReadingKeptError(UsecaseError):
    """A reading was typed before the result was shown, and another after it."""

    code = "reading_kept"

    def __init__(self, side: str) -> None:
        super().__init__(
            f"A reading of this kind was typed for the {side} leg before its result was shown, and stays: changed now, it would no longer be blind.",
            advice="If the reading was wrong, whoever handed in the clips can take it back; or repeat the leg.",
        )


class UnknownSquadError(UsecaseError):
    """There is no such squad for whoever asks."""

    code = "unknown_squad"

    def __init__(self) -> None:
        super().__init__("There is no such squad; it may have been erased, or others coach it.", advice="Choose a squad from your list.")


class ConsentMissingError(UsecaseError):
    """Clips of somebody who has not agreed to being measured."""

    code = "consent_missing"

    def __init__(self) -> None:
        super().__init__(
            "It is not written down that this person, or their guardian, agreed to being filmed and measured.",
            advice="Ask them, note it on their page, and send the clips again. Nothing was stored.",
        )


class UnknownVersionError(UsecaseError):
    """There is no version of the report with this number."""

    code = "unknown_version"

    def __init__(self, *, number: int, known: tuple[int, ...]) -> None:
        super().__init__(
            f"There is no version {number} of this report; expected one of {', '.join(map(str, known)) or 'none yet'}.",
            advice="Choose a version from the list.",
        )


class UnknownValueError(UsecaseError):
    """There is no such value that was read by hand."""

    code = "unknown_value"

    def __init__(self) -> None:
        super().__init__("There is no such value; it may have been erased.", advice="Choose a value from the list.")


class UnknownWebhookError(UsecaseError):
    """There is no such webhook for whoever asks."""

    code = "unknown_webhook"

    def __init__(self) -> None:
        super().__init__("There is no such webhook; it may have been taken back, or is somebody else's.", advice="Choose a webhook from your list.")


class TooManyWebhooksError(UsecaseError):
    """An account has as many webhooks as it may have."""

    code = "too_many_webhooks"

    def __init__(self, *, most: int) -> None:
        super().__init__(f"There are {most} webhooks already, as many as there may be.", advice="Take back one that is not needed any more.")


class NothingLearntError(UsecaseError):
    """A foot length was to be taken from clips with the sheet, and there are none."""

    code = "nothing_learnt"

    def __init__(self) -> None:
        super().__init__(
            "Found no measured clip of a bare foot beside the printed sheet; expected at least one to learn the foot's length from.",
            advice="Film once with the printed sheet beside the foot, or type the length in.",
        )


class ReminderPausedError(UsecaseError):
    """A reminder was asked for while pain says to leave the test."""

    code = "reminder_paused"

    def __init__(self, *, pain: int) -> None:
        super().__init__(
            f"The pain that was said last is {pain} of 10; expected at most 3 for a reminder of the next test.",
            advice="Leave the test until it hurts less. With a test at which the pain is 3 or less, reminders are back.",
        )


class UnknownWaitingClipError(UsecaseError):
    """There is no such clip that waits to be told whose leg it shows."""

    code = "unknown_waiting_clip"

    def __init__(self) -> None:
        super().__init__(
            "There is no such clip any more: somebody has said whose leg it shows, or its time is over.", advice="Look at the board, or hand the clip in again."
        )


class OtherLegBusyError(UsecaseError):
    """A leg was to be put into a screening that is just being analysed."""

    code = "other_leg_busy"

    def __init__(self) -> None:
        super().__init__(
            "The other leg of this screening is being measured just now, and this one belongs beside it.",
            advice="Wait until it is done, a minute or two, and hand this one in then: so both legs are compared.",
        )


class UnavailableError(UsecaseError):
    """A database or a store is away for a moment."""

    code = "unavailable"
    wait_s = 5.0

    def __init__(self) -> None:
        super().__init__("The service cannot reach what it keeps just now; nothing was lost.", advice="Try again in a few seconds.")
