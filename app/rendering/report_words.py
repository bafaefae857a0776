"""Words of the report that stay the same whatever was measured: page and PDF read them from here."""

from __future__ import annotations

HEADINGS = {
    "report": "Knee-to-wall report",
    "differences": "Side by side",
    "both": "About both sides",
    "frames": "What was measured",
    "curves": "Shin angle over time",
    "repetitions": "Every repetition",
    "findings": "What to know about each clip",
    "assumed": "What was assumed",
    "meanings": "What the numbers mean",
}
DIFFERENCE_COLUMNS = ("Measure", "Left", "Right", "Left minus right")
REPETITION_COLUMNS = {
    "number": "No.",
    "label": "Verdict",
    "distance": "Toe to wall",
    "shin": "Shin angle",
    "gap": "Knee gap",
    "heel": "Heel lift",
    "time": "Time",
}
INTERVAL_CAPTION = "Toe tip to wall. The bar is the 95\N{NO-BREAK SPACE}% interval of the camera's error."
CURVE_CAPTION = "0° is upright, more is further over the toes"
NO_CURVE = "There is no curve for this clip."
NO_PICTURE = "No picture of this frame."
NO_REPETITION = "no repetition was found."
ABSENT = {"rejected": "Not measured", "missing": "No clip", "measured": "No distance"}
"""Shown in place of the number."""
NO_ANGLE = "No angle"
NOT_A_DIAGNOSIS = "A measurement, not a diagnosis. What it means for a person is for that person and their clinician to say."
MEANINGS = (
    ("Toe to wall", "Tip of the longest toe (shod: front of the shoe) to the surface that the knee touches, square to the wall."),
    (
        "Shin angle",
        (
            "Lean of the visible front edge of the shin from vertical. A device held against the shin, or a line between joints, reads other degrees: "
            "hold a number only against one taken the same way."
        ),
    ),
    (
        "Knee\N{EN DASH}ankle line",
        "Lean of the line from knee joint to ankle joint from vertical. It is a few degrees less than the front edge, because the calf and shin bulge.",
    ),
    ("Knee over toe", "How far the front of the knee passes the toe tip. It needs no wall."),
    ("Heel lift", "Lowest point of the heel above where it stood. Above 0.8\N{NO-BREAK SPACE}cm a repetition does not count."),
)
