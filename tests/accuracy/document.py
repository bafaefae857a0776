"""Writes docs/accuracy.md from one run: what is said there with a number was computed in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from tests.accuracy.agreement import Reading
from tests.accuracy.compare import GROSS_LIMITS, TITLES
from tests.accuracy.judgement import ROOT, Constant, list_constants
from tests.accuracy.plots import draw_all
from tests.accuracy.proof import Proven, read_all
from tests.accuracy.sections import (
    UNITS,
    Table,
    list_product,
    tabulate_bodies,
    tabulate_clips,
    tabulate_found,
    tabulate_methods,
    tabulate_outcomes,
    tabulate_refusal,
    tabulate_scales,
)

DOCUMENT = ROOT / "docs" / "accuracy.md"


@dataclass(frozen=True, slots=True)
class Result:
    """One run, put in order."""

    proven: Sequence[Proven]
    everything: Mapping[str, Mapping[str, Sequence[Reading]]]
    outcomes: Table
    clips: Table
    methods: Sequence[Table]
    found: Table
    scales: Table
    refusal: Table
    bodies: Table
    drawn: Table | None

    def list_tables(self) -> list[Table]:
        """Tables that say something, in order."""
        tables = [self.outcomes, *self.methods, self.found, self.scales, self.refusal, self.bodies, *([self.drawn] if self.drawn else [])]
        return [t for t in tables if t.rows]


def build_result(proven: Sequence[Proven], drawn: Table | None) -> Result:
    """Compute every table."""
    everything = read_all(proven)
    product = list_product(everything)
    return Result(
        proven=proven,
        everything=everything,
        outcomes=tabulate_outcomes([p.row for p in proven]),
        clips=tabulate_clips(proven),
        methods=tabulate_methods(everything),
        found=tabulate_found(proven),
        scales=tabulate_scales(proven),
        refusal=tabulate_refusal(product),
        bodies=tabulate_bodies(product),
        drawn=drawn,
    )


def write_document(result: Result, *, command: str, document: Path = DOCUMENT) -> None:
    """Write the document and, in the folder of its name, its pictures."""
    pictures = document.with_suffix("")
    truths = {p.truth.name: p.truth for p in result.proven}
    lightness = {p.truth.name: p.raw.lightness for p in result.proven}
    drawn = draw_all(list_product(result.everything), truths, lightness, pictures)
    document.write_text(format_document(result, [p.relative_to(document.parent).as_posix() for p in drawn], command=command), encoding="utf-8")


def format_document(result: Result, pictures: Sequence[str], *, command: str) -> str:
    """Return the document as Markdown."""
    agreement = [p for p in pictures if "bland_altman" in p]
    conditions = [p for p in pictures if "error_against" in p]
    parts = [
        "# Accuracy",
        _introduce(result, command),
        "## What became of the clips",
        result.outcomes.format_markdown(),
        result.clips.format_markdown(),
        _EXPLAIN_CLIPS,
        "## Agreement with the truth, and with less effort",
        _EXPLAIN_METHODS,
        *(text for table in result.methods for text in (f"**{table.title}**", table.format_markdown())),
        _say_signs(list_product(result.everything)),
        *_show(agreement),
        _EXPLAIN_AGREEMENT,
        "## Landmarks alone",
        "Median over the frames of the true hold, against the joint axis; how often the network found anybody in them.",
        result.found.format_markdown(),
        "## By scale",
        "The same sightings, once with the sheet alone and once with the typed foot length alone. A clip without a sheet gets no distance in the first.",
        result.scales.format_markdown(),
        "## Error against refusal",
        "The numbers of widest stated uncertainty are refused first. Where the plus-minus means something, what is kept is nearer the truth.",
        result.refusal.format_markdown(),
        "## Error against the conditions",
        "Bars are the product's 95 % intervals.",
        *_show(conditions),
        *_tell_drawn(result.drawn),
        "## What was fitted, and bodies left out",
        _EXPLAIN_BODIES,
        result.bodies.format_markdown(),
        _tell_constants(list_constants()),
        "## How to read this",
        _tell_reading(result.proven),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def read_changelog_heading(changelog: str) -> str:
    """Return the newest heading of the changelog."""
    found = re.search(r"^## (.+)$", changelog, re.MULTILINE)
    if found is None:
        raise ValueError("Found no heading `## ...` in CHANGELOG.md, expected the version that is measured. Add one.")
    return found[1]


def _introduce(result: Result, command: str) -> str:
    heading = read_changelog_heading((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    people = len({p.truth.body for p in result.proven})
    return f"""\
Version {version("kneewall")}, as under "{heading}" in the [changelog](../CHANGELOG.md). Everything with a number on this page was written by `{command}`.

It is about **{len(result.proven)} rendered clips of {people} bodies, which were at hand while the product was made**. Side, footwear and foot length were
declared as they are, and each result was held against the truth file. The clips say that the arithmetic from picture to number is right on such pictures.
How well people are measured they do not say."""


_EXPLAIN_CLIPS = (
    """\
Each cell is the error, product minus truth, and in brackets the half width of the 95 % interval that the product gave. The truth of a headline is the
valid lunge at the greatest distance; distances within 0.5 cm count as one, and then the greatest shin angle is taken. A **gross error** is a headline
number off by more than """
    + ", ".join(f"{limit:g} {UNITS[key]} ({TITLES[key]})" for key, limit in GROSS_LIMITS.items())
    + """, or any headline
number where no lunge was valid; with one of them the command ends with 1."""
)

_EXPLAIN_METHODS = """\
Beside the product stand the pose network alone (`landmarks`: MediaPipe full and heavy, video mode, the picture as filmed, knee to ankle of the declared
leg in pixels), the same with one constant taken off (`+ constant`: the mean error of all other bodies, so that no body corrects itself), and a `constant`
(the mean truth of all other bodies: what can be said without looking). The landmarks are held against the joint axis, which is what they mean to show."""

_EXPLAIN_AGREEMENT = """\
Bias and limits of agreement (bias ∓ 1.96 SD) after Bland and Altman (1999, doi 10.1177/096228029900800204); "each ±" is how uncertain each limit itself is
with so few clips, half of its 95 % interval. The horizontal axis is the truth and not the mean of both, because it is known (Krouwer 2008, doi
10.1002/sim.3086). Slope and intercept are of measured on true by least squares. "Within 95 %" is the share of intervals that hold the truth, z the error over
the stated uncertainty: an SD of z under 1 says that the intervals are too wide for these clips, over 1 that they are too narrow. Several clips of one body are
not independent, and the figures do not know it."""

_EXPLAIN_BODIES = """\
Nothing in the repository takes the truth of a clip and returns a number that the engine uses. The knee joint lies 0.123 of the
knee-ankle length behind the knee's front by anatomy, and 0.121 in rendered bodies (SD 0.008): that it is measured square to the shank was found on them.
The ankle's place, 0.24 of the foot ahead of the heel, was held against them (0.238 to 0.242). The probability from which a stop is a touch, 0.85, was
lowered from 0.9 in sight of `b_left`, which with 0.9 would have no number; the reason is the gap's own 95 % interval. The other
constants are definitions, published values and judgement, and judgement was formed with these clips in sight. What one body does to the figures shows when
it is left out of them:"""


def _tell_reading(proven: Sequence[Proven]) -> str:
    offsets = [r.shin_angle_deg - r.axis_angle_deg for p in proven for r in p.truth.repetitions]
    return f"""\
- The truth is the model's geometry: no person with a tape is in it. Rendered skin is smooth, holds are frozen, rooms are tidy, prints lie flush, and
  lenses do not bend. The outline lies {min(offsets):.1f} to {max(offsets):.1f} degrees in front of the axis in these bodies, 0 to 6 in people.
- The product was made with these clips at hand: what failed here was mended, what fails elsewhere was not seen. Expect larger errors on clips of people,
  and most of all on loose clothing, bad light and cameras to one side.
- Intervals that hold the truth more often than they say are a little too wide for such clips. They are meant for people.
- The seconds are of whatever machine made this page, with whatever else it had to do.
- `make robust` changes the files and not the legs (mirrored, fewer bits, smaller, other frame rates, rolled) and says how far the answers move.
- `make drawn SCENES=300 SEED=1` measures scenes that the project draws itself, and says how often the plus-minus held their truth."""


def _say_signs(product: Mapping[str, Sequence[Reading]]) -> str:
    parts = []
    for key, readings in product.items():
        above = sum(r.error > 0 for r in readings)
        if readings:
            parts.append(f"{TITLES[key]} in {above} of {len(readings)} (two-sided sign test p = {compute_sign_p(above, len(readings)):.2f})")
    return (
        f"The product's number is greater than the truth for {', '.join(parts)}; where nearly all errors have one sign, something common is left."
        if parts
        else ""
    )


def compute_sign_p(above: int, n: int) -> float:
    """Two-sided p of so many signs or a rarer split if both signs are equally likely."""
    fewer = min(above, n - above)
    return min(1.0, 2.0 * math.fsum(math.comb(n, k) * 0.5**n for k in range(fewer + 1)))


def _show(pictures: Iterable[str]) -> list[str]:
    return [f"![{Path(p).stem.replace('_', ' ')}]({p})" for p in pictures]


def _tell_drawn(drawn: Table | None) -> list[str]:
    return (
        []
        if drawn is None
        else [f"## {drawn.title}", "Scenes that the project draws itself, with other bodies, timings and cameras than the clips.", drawn.format_markdown()]
    )


def _tell_constants(constants: Sequence[Constant]) -> str:
    lines = [f"The {len(constants)} constants that have a say in a number, as they stand in the source; numbers inside formulas are not in the list:", ""]
    for module, own in groupby(constants, key=lambda c: c.module):
        lines.append(f"- `{module}`: " + ", ".join(f"`{c.name} = {c.value}`" for c in own))
    return "\n".join(lines)
