"""The plain text that a run prints, clip by clip and in sum."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from tests.accuracy.compare import GROSS_LIMITS, TITLES, Deviation, Row

_COLUMNS = " ".join(f"{f'{title}: error (std, z)':>25}" for title in ("shin deg", "axis deg", "toe cm"))
HEADER = f"{'clip':24} {'scale':11} {_COLUMNS}  verdicts  limit        seconds  notes"


def format_row(row: Row) -> str:
    """One line a clip; verdicts are right/found/true."""
    m = row.measurement
    numbers = []
    for key in GROSS_LIMITS:
        d = row.deviations.get(key)
        numbers.append(f"{'-' if d is None else f'{d.error:+6.2f} ({d.std:.2f}, {d.z:+.1f})':>25}")
    verdicts = f"{row.right}/{row.found}/{len(row.truth.repetitions)}" + (f"+{row.extra}" if row.extra else "")
    return f"{row.truth.name:24} {m.scale.source:11} {' '.join(numbers)}  {verdicts:8}  {m.limit or '-':11}  {row.seconds:6.1f}  {_notes(row)}"


def _notes(row: Row) -> str:
    m = row.measurement
    if m.status == "rejected":
        return f"rejected: {m.code}" + ("" if m.code in row.truth.acceptable_codes else " (not a reason that the truth names)")
    errors = [f.code for f in m.findings if f.severity == "error"]
    return "; ".join([*(f"GROSS {text}" for text in row.gross), *errors, *row.wrong]) or "measured"


def format_summary(rows: Sequence[Row]) -> str:
    """Say how all clips fared together."""
    measurable = [r for r in rows if r.truth.best is not None]
    angles, distances = (sum(key in r.deviations for r in measurable) for key in ("shin_angle_deg", "toe_to_wall_cm"))
    rejected = sum(r.measurement.status == "rejected" for r in rows)
    lines = [f"{len(rows)} clips, {len(measurable)} with a valid repetition; of these {angles} got an angle, {distances} a distance; {rejected} clips rejected"]
    for key, title in TITLES.items():
        found = [r.deviations[key] for r in rows if key in r.deviations]
        if found:
            lines.append(f"{title:5} {_spread(found)} {'cm' if key.endswith('_cm') else 'deg'}")
    everything = [d for r in rows for d in r.deviations.values()]
    if everything:
        rms = math.sqrt(statistics.fmean(d.z**2 for d in everything))
        lines.append(f"95 % intervals hold the truth in {sum(d.covered for d in everything)} of {len(everything)}; root mean square z {rms:.2f}")
    judged = [r for r in rows if r.measurement.status == "measured"]
    counts = [sum(getattr(r, name) for r in judged) for name in ("right", "found", "extra")]
    lines.append(f"verdicts right {counts[0]}, repetitions found {counts[1]} of {sum(len(r.truth.repetitions) for r in judged)}, extra {counts[2]}")
    lines.append(f"gross errors: {sum(len(r.gross) for r in rows)}")
    return "\n".join(lines)


def _spread(deviations: Sequence[Deviation]) -> str:
    sizes = [abs(d.error) for d in deviations]
    mean, std = statistics.fmean(d.error for d in deviations), statistics.median(d.std for d in deviations)
    return f"abs error median {statistics.median(sizes):.2f}, max {max(sizes):.2f}, mean error {mean:+.2f}, median std {std:.2f}"
