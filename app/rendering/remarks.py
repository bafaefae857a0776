"""What stands beside a report: what the person said about the day, and which version it is."""

from __future__ import annotations

from dataclasses import dataclass

from app.ports.screenings import Circumstances, Felt
from app.rendering.language import gettext as _
from app.rendering.language import mark, ngettext, retell, write_day
from app.usecases.corrections import VersionNote
from app.usecases.same_clips import SentBefore

_WHERE: dict[Felt, str] = {
    "front": mark("front of the ankle"),
    "back": mark("back of the ankle or Achilles tendon"),
    "calf": mark("calf"),
    "elsewhere": mark("elsewhere"),
}


def describe_day(day: Circumstances) -> list[str]:
    """Say what was said, a sentence each; what was not said is left out."""
    said = []
    if day.pain is not None:
        said.append(_("Pain at the end of the lunge: {pain} of 10.").format(pain=day.pain))
    if day.felt:
        said.append(_("Where it was felt: {places}.").format(places=", ".join(_(_WHERE[place]) for place in day.felt)))
    if day.limited_by:
        said.append(_("What ended the lunge: {reason}").format(reason=day.limited_by))
    if day.minutes_since_exercise is not None:
        said.append(
            ngettext("{minutes} minute after exercise.", "{minutes} minutes after exercise.", day.minutes_since_exercise).format(
                minutes=day.minutes_since_exercise
            )
        )
    if day.warmed_up is not None:
        said.append(_("Warmed up before.") if day.warmed_up else _("Not warmed up."))
    if day.notes:
        said.append(_("Notes: {notes}").format(notes=day.notes))
    return said


@dataclass(frozen=True, slots=True)
class Notice:
    """What has to be known before a report is read, and the address that it leads to, under the words of its link."""

    words: str
    address: str
    link: str


def notice_sent_before(sent: SentBefore) -> Notice:
    """Say that the clip of a leg was sent on another day too, and that it counts there."""
    words = (
        _("Left leg: this clip was already sent on {day}. It counts once, with that report.")
        if sent.side == "left"
        else _("Right leg: this clip was already sent on {day}. It counts once, with that report.")
    )
    return Notice(words.format(day=write_day(sent.at.date())), f"/screenings/{sent.screening_id}", _("See it there"))


def notice_earlier(version: VersionNote, newest: VersionNote, screening_id: str) -> Notice:
    """Say that a report is an earlier version, which it is, and since when another is in its place."""
    words = _("This is an earlier version of the report. Since {day} version {newest} is in its place, and pictures are kept of that one alone.")
    told = [words.format(day=write_day(newest.made_at.date()), newest=newest.number), describe_version(version)]
    return Notice(" ".join(told), f"/screenings/{screening_id}", _("The present report"))


def describe_version(version: VersionNote) -> str:
    """Say which version this is, by whom and why."""
    if version.reason is None:
        return _("Version {number} of {day}: as it was measured.").format(number=version.number, day=write_day(version.made_at))
    words = _("Version {number} of {day} by {whom}: {reason}") if version.by else _("Version {number} of {day}: {reason}")
    return words.format(number=version.number, day=write_day(version.made_at), whom=version.by, reason=retell(version.reason))
