"""The tables of a run, made once and shown twice: as text at the terminal and as Markdown in the document."""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.accuracy.agreement import Reading, compute_agreement, compute_refusal, group_by_body
from tests.accuracy.compare import TITLES, Row
from tests.accuracy.proof import PRODUCT, Proven, keep_common, read_rows

UNITS = {"shin_angle_deg": "deg", "axis_angle_deg": "deg", "toe_to_wall_cm": "cm"}
LABELS = {"shin_angle_deg": "shin angle", "axis_angle_deg": "axis angle", "toe_to_wall_cm": "toe to wall"}
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a header, rows of cells as text."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def format_text(self) -> str:
        """Columns of even width."""
        widths = [max(len(line[i]) for line in (self.head, *self.rows)) for i in range(len(self.head))]
        lines = [
            "  ".join(f"{cell:<{w}}" if i == 0 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(line, widths, strict=True))) for line in self._lines()
        ]
        return "\n".join([self.title, *(line.rstrip() for line in lines)])

    def format_markdown(self) -> str:
        """Write the table as Markdown without its title, with true minus signs before numbers."""
        rule = "|" + "|".join(["---"] + ["--:"] * (len(self.head) - 1)) + "|"
        head, *rows = ("| " + " | ".join(_typeset(cell) for cell in line) + " |" for line in self._lines())
        return "\n".join([head, rule, *rows])

    def _lines(self) -> list[tuple[str, ...]]:
        return [self.head, *self.rows]


def _typeset(cell: str) -> str:
    return re.sub(r"(?<![^\s(])-(?=\d)", _MINUS, cell)


def number(value: float, spec: str = ".2f") -> str:
    """Write a number, or a dash where there is none."""
    return format(value, spec) if math.isfinite(value) else "-"


def tabulate_clips(proven: Sequence[Proven]) -> Table:
    """One row a clip: error and half width of the 95 % interval of each headline number."""
    rows = []
    for p in proven:
        d = p.row.deviations
        cells = [f"{d[key].error:+.2f} (± {1.96 * d[key].std:.1f})" if key in d else "none" for key in TITLES]
        m = p.row.measurement
        outcome = f"refused: {m.code}" if m.status == "rejected" else m.limit or "no valid lunge"
        rows.append((f"`{p.truth.name}`", m.scale.source, *cells, f"{p.row.right} / {p.row.found} / {len(p.truth.repetitions)}", outcome))
    head = ("clip", "scale", "shin, deg", "axis, deg", "toe to wall, cm", "verdicts right / found / true", "outcome")
    return Table("Clip by clip: error and half width of the 95 % interval", head, tuple(rows))


AGREEMENT_HEAD = (
    *("method", "n", "bias", "SD", "limits of agreement", "each ±", "median", "90th percentile", "worst"),
    *("slope", "intercept", "within 95 %", "SD of z", "rms z"),
)


def tabulate_agreement(key: str, by_method: Mapping[str, Sequence[Reading]], what: str) -> Table:
    """One row a method: everything that `Agreement` says."""
    rows = []
    for method, readings in by_method.items():
        a = compute_agreement(readings)
        limits = f"{number(a.low, '+.2f')} to {number(a.high, '+.2f')}"
        spread = (number(a.median), number(a.p90), number(a.worst))
        stated = (number(a.coverage, ".0%"), number(a.z_sd), number(a.z_rms))
        rows.append(
            (
                method,
                str(a.n),
                number(a.bias, "+.2f"),
                number(a.sd),
                limits,
                number(a.limits_half_width),
                *spread,
                number(a.slope),
                number(a.intercept, "+.2f"),
                *stated,
            )
        )
    return Table(f"{LABELS[key].capitalize()}, {UNITS[key]}: {what}", AGREEMENT_HEAD, tuple(rows))


def tabulate_methods(everything: Mapping[str, Mapping[str, Sequence[Reading]]]) -> list[Table]:
    """Every method on every clip of which it has a number, and where that differs on the clips that all of them have."""
    tables = []
    for key, by_method in everything.items():
        tables.append(tabulate_agreement(key, by_method, "every number that was given"))
        common = keep_common(by_method)
        if any(len(common[m]) != len(by_method[m]) for m in by_method):
            tables.append(tabulate_agreement(key, common, "only clips of which every method has a number"))
    return tables


def tabulate_scales(proven: Sequence[Proven]) -> Table:
    """Show the product again with one scale only, from the same sightings."""
    rows = []
    for choice in dict.fromkeys(choice for p in proven for choice in p.by_scale):
        readings = read_rows(p.by_scale[choice] for p in proven if choice in p.by_scale)
        for key in TITLES:
            own = [r for r in readings if r.key == key]
            a = compute_agreement(own)
            stated = statistics.median(r.std for r in own) if own else math.nan
            cells = (number(a.bias, "+.2f"), number(a.sd), number(a.median), number(a.p90), number(a.worst), number(stated), number(a.coverage, ".0%"))
            rows.append((choice, f"{TITLES[key]}, {UNITS[key]}", str(a.n), *cells))
    head = ("scale", "quantity", "n", "bias", "SD", "median", "90th percentile", "worst", "median stated std", "within 95 %")
    return Table("By scale", head, tuple(rows))


def tabulate_refusal(readings: Mapping[str, Sequence[Reading]]) -> Table:
    """How the error of what is kept falls as the numbers of widest stated uncertainty are refused."""
    rows = [
        (f"{TITLES[key]}, {UNITS[key]}", f"{kept.share:.0%}", str(kept.n), number(kept.widest_std), number(kept.median), number(kept.worst))
        for key, own in readings.items()
        for kept in compute_refusal(own)
    ]
    return Table("Error against refusal (product)", ("quantity", "kept", "n", "widest std kept", "median", "worst"), tuple(rows))


def tabulate_bodies(readings: Mapping[str, Sequence[Reading]]) -> Table:
    """Mean error of each body, and the product's figures when that body is left out."""
    rows = []
    bodies = sorted({r.body for own in readings.values() for r in own})
    for body in bodies:
        cells: list[str] = []
        for own in readings.values():
            inside = compute_agreement(group_by_body(own).get(body, []))
            rest = compute_agreement([r for r in own if r.body != body])
            cells += [number(inside.bias, "+.2f"), f"{number(rest.bias, '+.2f')} ({number(rest.sd)})", number(rest.worst)]
        clips = {r.clip for own in readings.values() for r in own if r.body == body}
        rows.append((f"`{body}`", str(len(clips)), *cells))
    heads = [h for key in readings for h in (f"{TITLES[key]}: mean error", "without it: bias (SD)", "worst")]
    return Table("One body left out (product)", ("body", "clips", *heads), tuple(rows))


def tabulate_found(proven: Sequence[Proven]) -> Table:
    """How often each network alone found somebody, and how far off it was, clip by clip."""
    rows = []
    for p in proven:
        if p.truth.best is None:
            continue
        cells: list[str] = []
        for model, share in p.raw.found_share.items():
            angle = p.raw.axis_deg.get(model, math.nan)
            cells += [f"{share:.0%}", number(angle - p.truth.best.axis_angle_deg, "+.2f")]
        if cells:
            rows.append((f"`{p.truth.name}`", *cells))
    models = dict.fromkeys(model for p in proven for model in p.raw.found_share)
    heads = [h for model in models for h in (f"{model}: found", "error, deg")]
    return Table("Landmarks alone, over the true hold", ("clip", *heads), tuple(rows))


def count_outcomes(rows: Sequence[Row]) -> dict[str, str]:
    """Say what became of the clips, in a few plain counts."""
    measurable = [r for r in rows if r.truth.best is not None]
    judged = [r for r in rows if r.measurement.status == "measured"]
    refused = Counter(str(r.measurement.code) for r in rows if r.measurement.status == "rejected")
    seconds = sorted(r.seconds for r in rows)
    right, found, extra = (sum(getattr(r, name) for r in judged) for name in ("right", "found", "extra"))
    return {
        "clips": str(len(rows)),
        "people": str(len({r.truth.body for r in rows})),
        "with a valid lunge": str(len(measurable)),
        "of these with a shin angle": str(sum("shin_angle_deg" in r.deviations for r in measurable)),
        "of these with a distance": str(sum("toe_to_wall_cm" in r.deviations for r in measurable)),
        "refused": ", ".join(f"{code} {n}" for code, n in refused.items()) or "0",
        "lunges: verdict right / found / true": f"{right} / {found} / {sum(len(r.truth.repetitions) for r in rows)}",
        "lunges that are in no truth": str(extra),
        "gross errors": str(sum(len(r.gross) for r in rows)),
        "seconds a clip: median, longest": f"{statistics.median(seconds):.0f}, {seconds[-1]:.0f}",
    }


def tabulate_outcomes(rows: Sequence[Row]) -> Table:
    """Show the counts as a table."""
    return Table("What became of the clips", ("what", "count"), tuple(count_outcomes(rows).items()))


def list_product(everything: Mapping[str, Mapping[str, Sequence[Reading]]]) -> dict[str, Sequence[Reading]]:
    """Return the product's readings by quantity."""
    return {key: by_method.get(PRODUCT, []) for key, by_method in everything.items()}
