"""A screening in a faked service, and the steps of its analysis by hand."""

from __future__ import annotations

from app.ports.screenings import Attempt, Screening
from app.usecases.processing import draw_evidence, locate_side, measure_sides, write_report
from tests.fakes.bundle import FakeBundle, make_clip

ID = "ab12"


def store(bundle: FakeBundle, screening_id: str = ID, **words: str) -> None:
    """Remember a screening with a clip for each side named."""
    attempts = []
    for side in ("left", "right"):
        if side in words:
            content = make_clip(side + words[side])
            bundle.clips.put(f"{screening_id}/{side}/clip", content)
            attempts.append(Attempt(side=side, clip_name=f"{side}.mp4", sha256=side, size_bytes=len(content), clip_key=f"{screening_id}/{side}/clip"))
    bundle.records.screenings[screening_id] = Screening(
        screening_id=screening_id,
        created_at=bundle.clock.now(),
        footwear="barefoot",
        foot_length_cm=26.0,
        height_cm=None,
        skirting_cm=0.0,
        scale="auto",
        attempts=tuple(attempts),
    )


def run_all(bundle: FakeBundle) -> None:
    """Every step once."""
    locate_side(ID, "left", bundle.analyst)
    locate_side(ID, "right", bundle.analyst)
    measure_sides(ID, bundle.analyst)
    draw_evidence(ID, bundle.analyst)
    write_report(ID, bundle.analyst)
