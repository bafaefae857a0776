"""What a person can do about each finding, in one sentence."""

from __future__ import annotations

from app.rendering.language import mark

ADVICE = {
    "no_wall": mark("Film with the wall in the picture down to the floor, or lay the printed sheet flush against it."),
    "no_scale": mark("Lay the printed sheet beside the foot, or type the length of the foot."),
    "no_valid_repetition": mark("Keep the heel down, touch the wall with the knee, hold for 2 seconds, and leave the foot where it is."),
    "angle_not_believed": mark(
        "Roll trousers up, and keep a door frame or another upright edge in the picture; `kneewall measure --explain` says what is missing."
    ),
    "distance_not_believed": mark("Lay the printed sheet flush against the wall, and put the camera straight beside the gap between the toes and the wall."),
    "several_people": mark("Ask others to step out of the picture, and film again where the wrong person is marked."),
    "low_frame_rate": mark("Film at 30 frames a second or more."),
    "hold_too_short": mark("Hold the knee at the wall for 2 seconds."),
    "foot_turned": mark("Point heel and second toe straight at the wall."),
    "skirting_suspected": mark("Use a door, a cupboard or a pillar without a skirting board, or type how thick the board is."),
    "sheet_not_flush": mark("Push the short edge of the sheet against the wall and tape it down flat."),
    "print_scale": mark(
        "Print the sheet at 100 %, hold a steel rule against its ruler and its margin, measure the foot (or shoe) again, and type in what they are."
    ),
    "mirrored_clip": mark("Switch off the mirrored selfie recording of the phone."),
    "medial_view": mark("Put the camera on the outer side of the test leg."),
    "wide_lens": mark("Use the 1x lens, 2 to 3 m away."),
    "stabilised_or_zoomed": mark("Lean the phone against something, switch off video stabilisation, and do not zoom while filming."),
    "knee_covered": mark("Roll trousers up above the knee."),
    "leg_lost": mark("Film in even light, before a wall of another colour than the leg, with nothing between the camera and the shin."),
    "heel_hidden": mark("Keep the rear leg and clothes out of the line between the camera and the heel."),
    "camera_not_abreast": mark("Put the camera straight beside the gap between the toes and the wall."),
    "line_is_no_wall": mark("Film the foot of the wall that the knee touches, or lay the printed sheet flush against it."),
    "lower_bound": mark("Move the foot back 1 cm at a time until the knee no longer reaches, in the same clip, or say that it was the furthest."),
    "cues_disagree": mark("Repeat the measurement with the printed sheet flush against the wall, and touch the wall with the knee."),
    "corrected_by_hand": mark("Look at the key frame: the points are where somebody set them. They can be put back on the page that puts it right."),
    "footwear_differs": mark("Measure both legs barefoot, or both in the same shoes."),
    "view_differs": mark("Film each leg from its own outer side."),
    "scale_differs": mark("Use the printed sheet for both legs, or the foot length for both."),
    "state_differs": mark("Measure both legs on one day, in the same state."),
    "same_leg_twice": mark("Choose one clip of the left leg and one of the right."),
    "one_leg_only": mark("To compare both legs, film the other one on the same day and in the same way."),
    "cannot_be_compared": mark("Film each leg that has no number, both legs the same way."),
}
GENERAL_ADVICE = mark("Film again as the instructions show.")
