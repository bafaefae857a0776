"""What is said about single sessions and weeks of a trend."""

from __future__ import annotations

from app.rendering.language import gettext as _
from app.rendering.language import retell, write_day
from app.rendering.numbers import COVERAGE, format_value, write_unit
from app.usecases.comparability import Change
from app.usecases.following import Session
from app.usecases.reminding import PAIN_TO_STOP_AT, NextTest
from calibration.quantity import Quantity


def describe_slope(slope: Quantity | None, unit: str) -> str | None:
    """Say what a straight line through the sessions does in a week, with its 95 % interval, and that it judges nothing."""
    if slope is None:
        return None
    low, high = (format_value(slope.value + sign * COVERAGE * slope.std, decimals=2, signed=True) for sign in (-1, 1))
    words = _("{slope}{unit} a week ({low} to {high}) by a straight line through the sessions that count: shown, it does not judge.")
    return words.format(slope=format_value(slope.value, decimals=2, signed=True), unit=write_unit(unit), low=low, high=high)


def describe_next_test(following: NextTest) -> str:
    """Say when the next test is due, or why none is."""
    if following.pain is not None:
        words = _("No next test for now: the pain that was said last is {pain} of 10, and above {most} the test is left. Reminders are paused.")
        return words.format(pain=following.pain, most=PAIN_TO_STOP_AT)
    if following.due is None:
        return _("No test yet: the first one can be on any day. After that, once a week.")
    return _("The next test is due on {day}, a week after the last one.").format(day=write_day(following.due))


def describe_events(session: Session, *, begins_baseline: bool) -> list[str]:
    """Say what is to be known about one session: why a new series begins, pain, that it was put right, that the baseline begins."""
    told = []
    if session.changes:
        told.append(_("New series: {reasons}").format(reasons="; ".join(map(describe_change, session.changes))))
    if session.pain is not None and session.pain > PAIN_TO_STOP_AT:
        told.append(_("Pain {pain} of 10").format(pain=session.pain))
    if session.version > 1:
        told.append(_("Put right: version {version} of its report").format(version=session.version))
    if begins_baseline:
        told.append(_("The baseline begins here"))
    return told


def describe_change(change: Change) -> str:
    """Say what is not as in the session before."""
    named = {
        "footwear": _("other footwear"),
        "state": _("another state"),
        "protocol": _("another version of the protocol"),
        "definition": _("another definition of the numbers"),
        "scale": _("centimetres from elsewhere"),
        "model": _("another model"),
    }[change.what]
    now = change.now.removeprefix("scale ").removeprefix("model ").replace("_", " ")
    return f"{named} ({retell(now)})" if now else named
