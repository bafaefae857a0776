"""Words that come from below the pages as values of sentences, and sentences that a library writes: the catalogue has them from here."""

from __future__ import annotations

from app.rendering.language import mark, retell

WORDS = (
    mark("left"),
    mark("right"),
    mark("left and right"),
    mark("left and no right"),
    mark("barefoot"),
    mark("shod"),
    mark("lateral"),
    mark("medial"),
    mark("shoe"),
    mark("foot"),
    mark("typed"),
    mark("learnt before"),
    mark("short of"),
    mark("behind"),
    mark("its edge lies {offset} cm {where} the line where floor and wall meet and it is turned by {turn} degrees against that line"),
)
"""Sides, footwear, views, and what findings put into their sentences."""
ROLES = (mark("admin"), mark("coach"), mark("athlete"))
ACTIVITIES = (
    mark("waiting"),
    mark("finding the person"),
    mark("reading the room"),
    mark("following the leg"),
    mark("measuring"),
    mark("drawing what was measured"),
    mark("done"),
    mark("cannot be measured"),
)
"""What is being done with a clip."""
SCREENING_STATES = (mark("queued"), mark("running"), mark("failed"))
FOUND = (
    mark("no clip"),
    mark("nothing"),
    mark("both"),
    mark("neither"),
    mark("a photo"),
    mark("a text"),
    mark("a picture"),
    mark("none yet"),
    mark("a broken header"),
    mark("{kind} picture"),
)
"""What was found in place of a clip."""
TOOLS = (
    mark("a tape"),
    mark("an inclinometer"),
    mark("inches"),
    mark("degrees"),
    mark("centimetres"),
    mark("centimetres or inches"),
)
"""What was read by hand, and in what."""
SCALES = (mark("sheet"), mark("foot length"), mark("height"), mark("none"))
STATES = (mark("warm"), mark("cold"), mark("warmed up"), mark("not warmed up"), mark("after exercise"))
CHECKED = (
    mark("found {value}; expected at most {most}"),
    mark("found {value}; expected at least {least}"),
    mark("found {value}; expected less than {most}"),
    mark("found {value}; expected more than {least}"),
    mark("found {value}; expected at most {most} characters"),
    mark("found {value}; expected at least {least} characters"),
    mark("found {value}; expected a number"),
    mark("found {value}; expected a whole number"),
    mark("found {value}; expected yes or no"),
    mark("found {value}; expected a day, as 2026-03-04"),
    mark("found {value}; expected {choices}"),
    mark("found {value}; string should match pattern {pattern}"),
    mark("found nothing; expected a value"),
    mark("found a field of that name; expected one of those that the description names"),
)
"""What checking a body finds, in the words that the edge has for it; a pattern is told as the library says it."""


def list_activities() -> dict[str, str]:
    """Return what is being done with a clip, each in the language of whoever reads, for the script that follows it."""
    return {activity: retell(activity) for activity in ACTIVITIES}
