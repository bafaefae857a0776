"""Holds measurements of drawn scenes against their truth, and says how all of them fared together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.assessment.agreement import compute_agreement
from app.assessment.measurement import Measurement, Repetition
from tests.drawn.motion import TrueLunge
from tests.drawn.spec import SceneSpec

GROSS_LIMITS = {"shin_angle_deg": 5.0, "axis_angle_deg": 5.0, "toe_to_wall_cm": 2.0}
"""Headline numbers, and how far off each may be before it is a gross error."""
_ONE_PLACE_CM = 0.5


@dataclass(frozen=True, slots=True)
class Deviation:
    """One number: what it is, what was measured, and the standard uncertainty that was given."""

    true: float
    error: float
    std: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one scene fared.

    Attributes
    ----------
    tags : tuple of str
        What is special about the scene.
    headline : dict of key to Deviation
        Numbers of the score that were given and have a truth.
    lunges : list of dict of key to Deviation
        The same for each repetition that was found.
    verdicts : list of (true, seen)
        Of repetitions whose truth is beyond doubt.
    expected : bool
        Whether there is a valid repetition beyond doubt, of a leg that may be measured.
    """

    name: str
    seconds: float
    status: str
    code: str | None
    scale: str
    tags: tuple[str, ...]
    headline: dict[str, Deviation]
    lunges: list[dict[str, Deviation]]
    verdicts: list[tuple[str, str]]
    true_count: int
    found: int
    extra: int
    false_valid: int
    gross: tuple[str, ...]
    expected: bool
    findings: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def scene_tags(scene: SceneSpec) -> tuple[str, ...]:
    """Say what is special about a scene."""
    person, room, picture = scene.person, scene.room, scene.picture
    sheet = room.sheet
    tags = {
        "far_leg": person.far_leg,
        "trousers": person.legwear == "trousers",
        "shod": person.shod,
        "skirting_untyped": room.skirting_cm > 0 and not scene.typed_skirting_cm,
        "sheet": sheet is not None,
        "sheet_careless": sheet is not None and (abs(sheet.skew_deg) > 1 or sheet.off_wall_cm > 0.3 or abs(sheet.print_scale - 1) > 0.012),
        "unscaled": sheet is None and scene.typed_foot_cm is None,
        "dim": picture.exposure < 0.55,
        "handheld": scene.camera.sway_deg > 0,
        "before_wall": scene.camera.x_cm < 3.0,
        "wall_like_skin": float(np.hypot(*(np.array(room.back_colour) - person.skin)[:2])) < 25,
    }
    return tuple(name for name, is_so in tags.items() if is_so)


def compare(scene: SceneSpec, truth: Sequence[TrueLunge], m: Measurement, seconds: float) -> Row:
    """Hold one measurement against its truth."""
    best, headline, gross = _best_targets(truth), {}, []
    for key, limit in GROSS_LIMITS.items():
        quantity = getattr(m, key)
        if quantity is None:
            continue
        if not best:
            gross.append(f"{key} {quantity.value:.1f} although no repetition is valid")
            continue
        targets = [float(np.mean([getattr(lunge, key) for lunge in group])) for group in best]
        true = min(targets, key=lambda t: abs(t - quantity.value))
        headline[key] = Deviation(true, quantity.value - true, quantity.std)
        if abs(headline[key].error) > limit:
            gross.append(f"{key} {quantity.value:.1f} is {true:.1f}")
    pairs = _pair(truth, m.repetitions)
    clear = [(t, s) for t, s in pairs if not t.ambiguous]
    spare = [s for s in m.repetitions if all(s is not seen for _, seen in pairs)]
    return Row(
        name=scene.name,
        seconds=seconds,
        status=m.status,
        code=m.code,
        scale=m.scale.source,
        tags=scene_tags(scene),
        headline=headline,
        lunges=[_deviations(t, s) for t, s in pairs],
        verdicts=[(t.verdict, s.verdict) for t, s in clear],
        true_count=len(truth),
        found=len(pairs),
        extra=len(spare),
        false_valid=sum(s.verdict == "valid" and t.verdict != "valid" for t, s in clear) + sum(s.verdict == "valid" for s in spare),
        gross=tuple(gross),
        expected=not scene.person.far_leg and any(t.verdict == "valid" and not t.ambiguous for t in truth),
        findings=tuple(f.code for f in m.findings),
        notes=[
            f"{s.verdict} at {s.peak_s:.1f} s is {t.verdict} (gap {t.knee_gap_cm:.1f}, lift {t.heel_lift_cm:.1f}; {s.reason})"
            for t, s in clear
            if t.verdict != s.verdict
        ],
    )


def _best_targets(truth: Sequence[TrueLunge]) -> list[list[TrueLunge]]:
    """Return the groups of repetitions that a score may rest on: the greatest stance with a valid one, without and with those that only may be valid."""
    sure = [t for t in truth if t.verdict == "valid" and not t.ambiguous]
    maybe = [t for t in truth if t.ambiguous]
    out = []
    for group in (sure, sure + maybe):
        if group:
            reach = max(t.toe_to_wall_cm for t in group)
            out.append([t for t in group if reach - t.toe_to_wall_cm <= _ONE_PLACE_CM])
    out += [[t] for t in maybe if not sure or t.toe_to_wall_cm > max(s.toe_to_wall_cm for s in sure) - _ONE_PLACE_CM]
    return out


def _deviations(true: TrueLunge, seen: Repetition) -> dict[str, Deviation]:
    out = {}
    for key in (*GROSS_LIMITS, "knee_gap_cm", "heel_lift_cm"):
        quantity = getattr(seen, key)
        if quantity is not None:
            out[key] = Deviation(getattr(true, key), quantity.value - getattr(true, key), quantity.std)
    return out


def _pair(truth: Iterable[TrueLunge], seen: Iterable[Repetition]) -> list[tuple[TrueLunge, Repetition]]:
    """Pair each true repetition with the one that shares most time with it and holds its peak, or half of what both span."""
    left, pairs = list(seen), []
    for t in truth:
        shared = [(min(t.end_s, s.end_s) - max(t.start_s, s.start_s), s) for s in left]
        mates = [
            (time, k)
            for k, (time, s) in enumerate(shared)
            if time > 0 and (s.start_s <= t.peak_s < s.end_s or time >= 0.5 * (max(t.end_s, s.end_s) - min(t.start_s, s.start_s)))
        ]
        if mates:
            k = max(mates)[1]
            pairs.append((t, left.pop(k)))
    return pairs


def format_row(row: Row) -> str:
    """One line a scene."""
    parts = [f"{row.name:12}", f"{row.scale:11}"]
    for key in GROSS_LIMITS:
        d = row.headline.get(key)
        parts.append(f"{'-' if d is None else f'{d.error:+6.2f} ({d.std:.2f}, {d.error / d.std:+.1f})':>20}")
    right = sum(true == seen for true, seen in row.verdicts)
    parts.append(f"{right}/{len(row.verdicts)}/{row.true_count}{f'+{row.extra}' if row.extra else ''}")
    parts.append(f"{row.seconds:5.1f} s")
    says = [f"GROSS {text}" for text in row.gross] + ([row.code or ""] if row.status != "measured" else []) + row.notes
    return "  ".join(parts) + "  " + "; ".join(says) + f"  [{' '.join(row.tags)}]"


def format_summary(rows: Sequence[Row]) -> str:
    """Say how all scenes fared together."""
    codes = Counter(row.code for row in rows if row.status != "measured")
    measured = [row for row in rows if row.status == "measured"]
    able = [row for row in rows if row.expected]
    far = [row for row in rows if "far_leg" in row.tags]
    lines = [
        f"{len(rows)} scenes, {len(measured)} measured; refused: {dict(codes) or 'none'}",
        f"{len(able)} with a valid repetition beyond doubt; of these got shin {_given(able, 'shin_angle_deg')}, distance {_given(able, 'toe_to_wall_cm')}",
        f"far legs refused: {sum(row.code == 'far_leg' for row in far)} of {len(far)}",
        f"numbers without any valid repetition: {sum(any('although' in g for g in row.gross) for row in rows)} scenes",
        f"gross errors: {sum(len(row.gross) for row in rows)} in {sum(bool(row.gross) for row in rows)} scenes",
        "headline",
        *(f"  {key:15} {_spread([r.headline[key] for r in rows if key in r.headline])}" for key in GROSS_LIMITS),
        "each repetition",
    ]
    keys = (*GROSS_LIMITS, "knee_gap_cm", "heel_lift_cm")
    lines += [f"  {key:15} {_spread([lunge[key] for r in rows for lunge in r.lunges if key in lunge])}" for key in keys]
    lines += ["toe_to_wall by kind of scene"]
    lines += [f"  {name:17} {_spread(found)}" for name, found in _by_kind(rows, "toe_to_wall_cm")]
    lines += ["shin by kind of scene"]
    lines += [f"  {name:17} {_spread(found)}" for name, found in _by_kind(rows, "shin_angle_deg")]
    return "\n".join(
        [*lines, *_verdict_lines(measured), f"seconds a scene: median {np.median([r.seconds for r in rows]):.1f}, max {max(r.seconds for r in rows):.1f}"]
    )


def _given(rows: Sequence[Row], key: str) -> int:
    return sum(key in row.headline for row in rows)


def _by_kind(rows: Sequence[Row], key: str) -> list[tuple[str, list[Deviation]]]:
    kinds = sorted({f"scale {row.scale}" for row in rows} | {tag for row in rows for tag in row.tags})
    out = [("no special", [r.headline[key] for r in rows if key in r.headline and not {"skirting_untyped", "sheet_careless", "trousers"} & set(r.tags)])]
    out += [(kind, [r.headline[key] for r in rows if key in r.headline and kind in (*r.tags, f"scale {r.scale}")]) for kind in kinds]
    return out


def summarise(rows: Sequence[Row]) -> dict[str, dict[str, float | int | None]]:
    """Return what a table of the proof needs: for each headline number, how far it was off and what its plus-minus was worth."""
    found = {key: [r.headline[key] for r in rows if key in r.headline] for key in GROSS_LIMITS}
    told = {key: _statistics(deviations) for key, deviations in found.items() if deviations}
    return {key: {name: None if np.isnan(value) else value for name, value in statistics.items()} for key, statistics in told.items()}


def _statistics(found: Sequence[Deviation]) -> dict[str, float | int]:
    """Bias, scatter, coverage, and the line of measured on true; NaN where there are too few for it."""
    error, std, true = (np.array([getattr(d, name) for d in found]) for name in ("error", "std", "true"))
    a = compute_agreement(true, true + error, std)
    return {
        "n": a.n,
        "bias": a.bias,
        "SD": a.sd,
        "median": a.median,
        "p90": a.p90,
        "max": a.worst,
        "std": float(np.median(std)),
        "in 95 %": a.coverage,
        "mean z": float(np.mean(error / std)),
        "SD z": a.z_sd,
        "slope": a.slope,
        "intercept": a.intercept,
    }


def _spread(found: Sequence[Deviation]) -> str:
    """Write the statistics in one line."""
    if not found:
        return "n 0"
    s = _statistics(found)
    text = f"n {s['n']:4d}  bias {s['bias']:+.2f}  SD {s['SD']:.2f}  median {s['median']:.2f}  p90 {s['p90']:.2f}  max {s['max']:.2f}"
    text += f"  std {s['std']:.2f}  in 95 % {s['in 95 %']:.3f}  mean z {s['mean z']:+.2f}  SD z {s['SD z']:.2f}"
    return f"{text}  = {s['slope']:.3f} true {s['intercept']:+.2f}"


def _verdict_lines(rows: Sequence[Row]) -> list[str]:
    counts = Counter(pair for row in rows for pair in row.verdicts)
    true, seen = sorted({t for t, _ in counts}), sorted({s for _, s in counts})
    lines = [f"verdicts beyond doubt, true across to seen: right {sum(n for (t, s), n in counts.items() if t == s)} of {sum(counts.values())}"]
    lines.append("  " + " " * 12 + "".join(f"{s:>12}" for s in seen))
    lines += ["  " + f"{t:12}" + "".join(f"{counts[(t, s)]:12d}" for s in seen) for t in true]
    found, of = sum(r.found for r in rows), sum(r.true_count for r in rows)
    return [*lines, f"repetitions found {found} of {of}, extra {sum(r.extra for r in rows)}, called valid wrongly {sum(r.false_valid for r in rows)}"]
