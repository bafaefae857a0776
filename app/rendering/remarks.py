"""What stands beside a report: what the person said about the day, and which version it is."""

from __future__ import annotations

from app.ports.records import Circumstances, Felt
from app.rendering.language import gettext as _
from app.rendering.language import mark, ngettext, retell, write_day
from app.usecases.corrections import VersionNote

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


def describe_version(version: VersionNote) -> str:
    """Say which version this is, by whom and why."""
    words = _("Version {number} of {day} by {whom}: {reason}") if version.by else _("Version {number} of {day}: {reason}")
    return words.format(number=version.number, day=write_day(version.made_at), whom=version.by, reason=retell(version.reason or ""))
