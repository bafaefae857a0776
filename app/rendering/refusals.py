"""Why a clip is refused and what to do then, in general words: the refusal itself says it of the clip at hand."""

from __future__ import annotations

from typing import NamedTuple

from app.rendering.advice import ADVICE
from app.rendering.language import gettext as _
from app.rendering.language import mark


class Row(NamedTuple):
    """A code, what it means, and what a person can do."""

    code: str
    meaning: str
    advice: str


def list_refusals() -> list[Row]:
    """Return every reason for which a clip is not measured at all."""
    return [
        Row("unreadable_file", _("The file does not play to its end as a video."), _("Send it again from the phone that filmed it, or film again.")),
        Row("reader_crashed", _("The program that reads clips ended on this one."), _("Film again, and send the clip as the phone saved it.")),
        Row("takes_too_long", _("The clip takes longer to read than any clip should."), _("Film at 1080p, no longer than the lunges last.")),
        Row("asks_too_much", _("The clip needs more memory or room than any clip should."), _("Film at 1080p with 30 or 60 frames a second.")),
        Row("too_short", _("The clip is too short to hold a lunge."), _("Film from standing upright through the whole lunge and back.")),
        Row("too_long", _("The clip is too long."), _("Film the lunges of one leg in one clip, or cut the clip to them.")),
        Row("no_person", _("Nobody was found in most of the clip."), _("Stand 2 to 3 m away, the whole body in the picture, in good light.")),
        Row("legs_only", _("Legs were seen, and no whole body above them."), _("Step back until the whole body is in the picture, head to foot.")),
        Row(
            "not_side_on",
            _("The toes point to the camera or away from it."),
            _("Put the phone on the outer side of the leg, square to the toes."),
        ),
        Row("camera_moves", _("The camera moved or zoomed."), _("Lean the phone against something, do not zoom, and keep some furniture in the picture.")),
        Row("foot_out_of_frame", _("The foot is at the edge of the picture or cut off."), _("Aim lower or step back until foot and wall are well inside.")),
        Row("too_dark", _("The picture is too dark about the leg."), _("Switch on the lights, or film towards a lit wall.")),
        Row("blurred", _("The front of the shin is blurred."), _("Wipe the lens, tap on the leg to focus, and film in brighter light.")),
        Row("no_lunge", _("No lunge was found."), _("Start upright, bring the knee to the wall, hold for two seconds, come back. One person only.")),
        Row("wrong_side_declared", _("The clip shows the other leg."), _("Send it as the other leg, or film the leg that was asked for.")),
        Row("far_leg", _("The leg in front is the one away from the camera."), _("Film each leg from its own outer side.")),
        Row(
            "no_wall",
            _("Floor and wall could not be made out."),
            _("Keep floor and wall in the picture, or lay the printed sheet at the wall."),
        ),
    ]


MEANINGS = {
    "no_wall": mark("No wall was found at the foot: no distance is given."),
    "no_scale": mark("Nothing in the clip has a known size: no centimetres are given."),
    "no_valid_repetition": mark("In no lunge the heel stayed down and the knee was seen to touch the wall."),
    "angle_not_believed": mark("The plus-minus of the angle is too large: no angle is given."),
    "distance_not_believed": mark("The plus-minus of the distance is too large: no distance is given."),
    "several_people": mark("More than one person is in the picture."),
    "low_frame_rate": mark("The clip has few pictures a second."),
    "hold_too_short": mark("The knee was held at the wall only briefly."),
    "foot_turned": mark("The foot does not point straight at the wall."),
    "skirting_suspected": mark("A skirting board seems to keep the toes from the wall."),
    "sheet_not_flush": mark("The printed sheet does not lie against the wall."),
    "print_scale": mark("The printed sheet and the typed length of the foot contradict each other."),
    "mirrored_clip": mark("The clip is mirrored, as by a selfie camera."),
    "medial_view": mark("The leg was filmed from its inner side."),
    "wide_lens": mark("The clip was filmed with the wide lens."),
    "stabilised_or_zoomed": mark("The picture moves or grows although the camera stands still."),
    "knee_covered": mark("Clothes cover the knee or the shin."),
    "leg_lost": mark("The leg was not seen in every picture of a lunge."),
    "heel_hidden": mark("The heel was not seen in every lunge."),
    "camera_not_abreast": mark("The camera did not stand beside the gap between toes and wall."),
    "line_is_no_wall": mark("The line that was taken for the wall is not where the knee stops."),
    "lower_bound": mark("Farther back was not tried: the ankle may bend more than this."),
    "cues_disagree": mark("Two ways to see the same thing contradict each other."),
    "corrected_by_hand": mark("Somebody set points of this clip by hand."),
    "footwear_differs": mark("One leg was measured barefoot, the other in a shoe."),
    "view_differs": mark("The legs were filmed from different sides."),
    "scale_differs": mark("The centimetres of the two legs come from different things."),
    "state_differs": mark("The legs were measured in different states, such as cold and warmed up."),
    "same_leg_twice": mark("Both clips show the same leg."),
    "one_leg_only": mark("One leg was filmed, so there is nothing to compare it with."),
    "cannot_be_compared": mark("A number of one leg is missing, or the two are of different kinds."),
}
"""What each finding beside a number means, in general words."""


def list_advice() -> list[Row]:
    """Return what can be said beside a number, with what to do about it."""
    return [Row(code, _(MEANINGS[code]), _(advice)) for code, advice in ADVICE.items()]
