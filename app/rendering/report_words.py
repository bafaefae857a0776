"""Words of the report that stay the same whatever was measured: page and PDF read them from here."""

from __future__ import annotations

from app.rendering.language import mark

HEADINGS = {
    "report": mark("Knee-to-wall report"),
    "differences": mark("Side by side"),
    "both": mark("About both sides"),
    "frames": mark("What was measured"),
    "curves": mark("Shin angle over time"),
    "repetitions": mark("Every repetition"),
    "findings": mark("What to know about each clip"),
    "assumed": mark("What was assumed"),
    "meanings": mark("What the numbers mean"),
}
DIFFERENCE_COLUMNS = (mark("Number"), mark("Left"), mark("Right"), mark("Left minus right"))
REPETITION_COLUMNS = {
    "number": mark("No."),
    "label": mark("Verdict"),
    "distance": mark("Toe to wall"),
    "shin": mark("Shin angle"),
    "gap": mark("Knee gap"),
    "heel": mark("Heel lift"),
    "time": mark("Time"),
}
INTERVAL_CAPTION = mark("Toe tip to wall. The bar is the 95\N{NO-BREAK SPACE}% interval of the camera's error.")
CURVE_CAPTION = mark("0° is upright, more is further over the toes")
NO_CURVE = mark("There is no curve for this clip.")
NO_PICTURE = mark("No picture of this frame.")
NO_REPETITION = mark("no repetition was found.")
ABSENT = {"rejected": mark("Not measured"), "missing": mark("No clip"), "measured": mark("No distance")}
"""Shown in place of the number."""
NO_ANGLE = mark("No angle")
NOT_A_DIAGNOSIS = mark("A measurement, not a diagnosis. What it means for a person is for that person and their clinician to say.")
MEANINGS = (
    (mark("Toe to wall"), mark("Tip of the longest toe (shod: front of the shoe) to the surface that the knee touches, square to the wall.")),
    (
        mark("Shin angle"),
        mark(
            "Lean of the visible front edge of the shin from vertical. A device held against the shin, or a line between joints, reads other degrees: "
            "hold a number only against one taken the same way."
        ),
    ),
    (
        mark("Knee\N{EN DASH}ankle line"),
        mark("Lean of the line from knee joint to ankle joint from vertical. It is a few degrees less than the front edge, because the calf and shin bulge."),
    ),
    (mark("Knee over toe"), mark("How far the front of the knee passes the toe tip. It needs no wall.")),
    (mark("Heel lift"), mark("Lowest point of the heel above where it stood. Above 0.8\N{NO-BREAK SPACE}cm a repetition does not count.")),
)
