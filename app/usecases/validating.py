"""Agreement of the camera with tape, inclinometer or board, and repeatability, from rows of clips and readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.assessment.agreement import Agreement, compute_agreement
from app.assessment.measurement import Measurement, Side
from app.assessment.readings import REFERENCES, HeadlineKey, ReferenceKind
from app.assessment.repeatability import Repeatability, compute_repeatability
from app.ports.screenings import Attempt, Screening
from app.usecases.checks import HEADLINE_UNITS, is_measured, list_takes, read_number
from app.usecases.validation_rows import CAMERA_COLUMNS, COLUMNS, CameraNumbers, Column, Row


@dataclass(frozen=True, slots=True)
class KindReport:
    """Agreement with one kind of reference; `without_number` are readings whose clip gave no number."""

    agreement: Agreement
    without_number: int


@dataclass(frozen=True, slots=True)
class Validation:
    """What the rows say: agreement by kind of reference, scatter by headline number, takes that do not count, and each row with its numbers."""

    kinds: Mapping[ReferenceKind, KindReport]
    repeatability: Mapping[HeadlineKey, Repeatability]
    uncounted: int
    rows: tuple[tuple[Row, CameraNumbers], ...]


def read_camera(measurement: Measurement) -> CameraNumbers:
    """Take from a measurement what is held against references; a board touches no wall, so its angle is the mean over all its swings."""
    if measurement.status == "rejected":
        return CameraNumbers(refused=measurement.code)
    numbers = {key: (q.value, q.std) for key in HEADLINE_UNITS if (q := getattr(measurement, key)) is not None}
    swings = [repetition.shin_angle_deg for repetition in measurement.repetitions if repetition.shin_angle_deg is not None]
    board = (float(np.mean([s.value for s in swings])), float(np.mean([s.std for s in swings]))) if swings else None
    lacking = next((finding.code for finding in measurement.findings if finding.severity == "error"), "no_number")
    refused = None if numbers or board else lacking
    return CameraNumbers(numbers=numbers, board=board, counts=measurement.limit in {"bracketed", "declared"}, refused=refused)


def build_validation(rows: Sequence[tuple[Row, CameraNumbers]]) -> Validation:
    """Compute agreement and repeatability from rows and their numbers."""
    legs: dict[str, list[CameraNumbers]] = defaultdict(list)
    roots = _find_roots([row for row, _ in rows])
    for row, camera in rows:
        legs[roots[row.clip]].append(camera)
    repeated = [takes for takes in legs.values() if len(takes) > 1]
    return Validation(
        kinds={kind: report for kind in REFERENCES if (report := _build_kind(kind, rows, roots)) is not None},
        repeatability={
            key: compute_repeatability([[take.numbers[key][0] for take in takes if take.counts and key in take.numbers] for takes in repeated])
            for key in HEADLINE_UNITS
        }
        if repeated
        else {},
        uncounted=sum(not take.counts for takes in repeated for take in takes),
        rows=tuple(rows),
    )


def collect_rows(screenings: Iterable[Screening]) -> list[dict[Column, str]]:
    """Write down what a service has collected: attempts with a blind reading, and takes of legs measured more than once, without names; each clip once."""
    known = {screening.screening_id: screening for screening in screenings}
    families: dict[str, list[Screening]] = defaultdict(list)
    for screening in known.values():
        families[screening.repeat_of if screening.repeat_of in known else screening.screening_id].append(screening)
    rows = []
    first_takes: dict[str, str] = {}  # of each clip that is written down the row that it repeats, or its own
    for root, family in families.items():
        takes = {(side, take.screening_id) for side, own in list_takes(family).items() for take in own}
        for screening in family:
            for attempt in screening.attempts:
                blind = any(reading.blind for reading in attempt.readings)
                wanted = attempt.measurement is not None and (blind or (attempt.side, screening.screening_id) in takes)
                if wanted and attempt.sha256 not in first_takes:
                    original = known[root].attempt(attempt.side) if _repeats(root, screening, attempt.side, takes) else None
                    row = _collect_row(screening, attempt, repeat_of="" if original is None else first_takes[original.sha256])
                    first_takes[attempt.sha256] = row["repeat_of"] or row["clip"]
                    rows.append(row)
    return rows


def _find_roots(rows: Sequence[Row]) -> dict[str, str]:
    return {row.clip: row.repeat_of or row.clip for row in rows}


def _build_kind(kind: ReferenceKind, rows: Sequence[tuple[Row, CameraNumbers]], roots: Mapping[str, str]) -> KindReport | None:
    held = [(row, camera) for row, camera in rows if kind in row.references]
    if not held:
        return None
    params = REFERENCES[kind]
    pairs, people = [], set()
    persons = {row.clip: row.person for row, _ in rows}
    for row, camera in held:
        number = camera.board if kind == "board_deg" else camera.numbers.get(params.key)
        if number is not None:
            pairs.append((row.references[kind], *number))
            people.add(row.person or persons[roots[row.clip]] or roots[row.clip])
    columns = np.array(pairs, np.float64).reshape(-1, 3)
    independent = len(pairs) if kind == "board_deg" else len(people)
    agreement = compute_agreement(columns[:, 0], columns[:, 1], columns[:, 2], reference_std=params.sem, independent=independent)
    return KindReport(agreement, len(held) - len(pairs))


def _repeats(root: str, screening: Screening, side: Side, takes: set[tuple[Side, str]]) -> bool:
    return screening.screening_id != root and {(side, root), (side, screening.screening_id)} <= takes


def _collect_row(screening: Screening, attempt: Attempt, *, repeat_of: str) -> dict[Column, str]:
    row: dict[Column, str] = dict.fromkeys(COLUMNS, "")
    row |= {"clip": f"{screening.screening_id}/{attempt.side}", "side": attempt.side, "repeat_of": repeat_of}
    row["person"] = repeat_of.partition("/")[0] or screening.screening_id
    for reading in attempt.readings:
        if reading.blind:
            row[reading.kind] = f"{reading.value:g}"
    measurement = attempt.measurement or {}
    row["furthest"] = "yes" if measurement.get("limit") in {"bracketed", "declared"} else "no"
    for key, (value, std) in CAMERA_COLUMNS.items():
        number = read_number(attempt, key)
        if number is not None:
            row |= {value: f"{number.value:g}", std: f"{number.std:g}"}
    if not row["camera_cm"] and not row["camera_deg"]:
        row["refused"] = "no_number" if is_measured(attempt) else str(measurement.get("code") or "rejected")
    return row
