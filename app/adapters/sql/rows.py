"""Rows of screenings and attempts as what the use cases know, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from app.adapters.sql.tables import attempts, screenings
from app.assessment.by_hand import HandMarks
from app.ports.screenings import Attempt, AttemptSummary, Circumstances, Failure, Gravity, LegNumbers, LegResult, Reading, Screening, ScreeningSummary

_RESULT = tuple(screenings.c[name] for name in ("screening_id", "athlete_id", "created_at", "footwear", "state", "protocol_version"))
_NUMBERS = (
    *("toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting"),
    *("seen_foot_cm", "seen_foot_std_cm", "seen_foot_print_std_cm", "set_by_hand"),
)
RESULTS = (
    sa.select(*_RESULT, screenings.c.analysis, screenings.c.circumstances, *(attempts.c[name] for name in ("side", "sha256", "limit_found", *_NUMBERS)))
    .join(attempts, attempts.c.screening_id == screenings.c.screening_id)
    .where(screenings.c.repeat_of.is_(None))
    .order_by(screenings.c.created_at, screenings.c.screening_id, attempts.c.side)
)


_SUMMARY = tuple(screenings.c[name] for name in ("screening_id", "created_at", "state", "athlete_id", "repeat_of", "protocol_version"))
_ATTEMPT_SUMMARY = ("side", "clip_name", "share_done", "activity", "status")
SUMMARIES = (
    sa.select(*_SUMMARY, screenings.c.analysis, *(screenings.c[name] for name in ("failure_code", "failure_message", "failure_advice")))
    .add_columns(*(attempts.c[name] for name in (*_ATTEMPT_SUMMARY, "limit_found", *_NUMBERS)))
    .join(attempts, attempts.c.screening_id == screenings.c.screening_id)
    .order_by(screenings.c.created_at.desc(), screenings.c.screening_id.desc(), attempts.c.side)
)


def build_summaries(rows: Iterable[sa.RowMapping]) -> list[ScreeningSummary]:
    """Return summaries of screenings whose legs follow each other."""
    grouped = [list(own) for _, own in groupby(rows, key=lambda row: row["screening_id"])]
    return [
        ScreeningSummary(
            version=own[0]["analysis"],
            failure=_build_failure(own[0]),
            attempts=tuple(AttemptSummary(numbers=_build_numbers(row), **{name: row[name] for name in _ATTEMPT_SUMMARY}) for row in own),
            **{column.name: own[0][column.name] for column in _SUMMARY},
        )
        for own in grouped
    ]


def build_result(row: sa.RowMapping) -> LegResult:
    """Return what became of one leg."""
    day = row["circumstances"] or {}
    said: dict[str, Any] = {name: day.get(name) for name in ("pain", "warmed_up")}
    plain = {name: row[name] for name in ("side", "sha256", *(column.name for column in _RESULT))}
    return LegResult(numbers=_build_numbers(row), version=row["analysis"], **said, **plain)


def _build_numbers(row: sa.RowMapping) -> LegNumbers | None:
    if row["setting"] is None:
        return None
    return LegNumbers(limit=row["limit_found"], **{name: row[name] for name in _NUMBERS} | {"set_by_hand": bool(row["set_by_hand"])})


def _build_failure(row: sa.RowMapping) -> Failure | None:
    return Failure(row["failure_code"], row["failure_message"], row["failure_advice"]) if row["failure_code"] else None


def build_screening(row: sa.RowMapping, own: Sequence[Attempt]) -> Screening:
    """Return a screening with its attempts."""
    said = ("footwear", "foot_length_cm", "height_cm", "skirting_cm", "scale", "sheet_ruler_mm", "sheet_margin_mm", "foot_length_std_cm")
    plain = (
        "screening_id",
        "created_at",
        "state",
        "analysis",
        "repeat_of",
        "athlete_id",
        "idempotency_key",
        "handed_in_by",
        "foot_length_origin",
        "protocol_version",
        "language",
        *said,
    )
    day = None if row["circumstances"] is None else Circumstances(**row["circumstances"] | {"felt": tuple(row["circumstances"]["felt"])})
    return Screening(attempts=tuple(own), failure=_build_failure(row), circumstances=day, **{name: row[name] for name in plain})


def build_attempt(row: sa.RowMapping, typed: Sequence[sa.RowMapping]) -> Attempt:
    """Return an attempt with what was read by hand."""
    own = tuple(build_reading(reading) for reading in typed)
    beside = {"screening_id", "by_hand", "gravity", "status", "folder", "limit_found", *_NUMBERS}
    plain = {name: value for name, value in row.items() if name not in beside}
    parsed: dict[str, Any] = {"by_hand": _read_hand(row["by_hand"]), "gravity": _read_gravity(row["gravity"]), "numbers": _build_numbers(row)}
    return Attempt(readings=own, folder=row["folder"] or "", **parsed, **plain)


def build_reading(row: sa.RowMapping) -> Reading:
    """Return what was read by hand."""
    return Reading(**{name: row[name] for name in ("kind", "value", "typed_at", "blind")})


def _read_hand(stored: Mapping[str, Any] | None) -> HandMarks | None:
    if stored is None:
        return None
    return HandMarks(key_frame_s=stored["key_frame_s"], points_px={name: (x, y) for name, (x, y) in stored["points_px"].items()})


def _read_gravity(stored: Mapping[str, Any] | None) -> Gravity | None:
    return None if stored is None else Gravity(**dict(stored) | {"down": tuple(stored["down"])})


def number_columns(numbers: LegNumbers | None) -> dict[str, Any]:
    """Return the columns of the headline numbers."""
    return {"limit_found": numbers and numbers.limit, **{name: numbers and getattr(numbers, name) for name in _NUMBERS}}


def attempt_columns(attempt: Attempt) -> dict[str, Any]:
    """Return the columns of an attempt."""
    return {
        "side": attempt.side,
        "clip_name": attempt.clip_name,
        "sha256": attempt.sha256,
        "size_bytes": attempt.size_bytes,
        "furthest": attempt.furthest,
        "clip_key": attempt.clip_key,
        "share_done": attempt.share_done,
        "activity": attempt.activity,
        "measurement": None if attempt.measurement is None else dict(attempt.measurement),
        "status": attempt.status,
        "folder": attempt.folder,
        "gravity": None if attempt.gravity is None else asdict(attempt.gravity),
        **number_columns(attempt.numbers),
        "by_hand": None if attempt.by_hand is None else asdict(attempt.by_hand),
    }


def failure_columns(failure: Failure | None) -> dict[str, Any]:
    """Return the columns of why an analysis broke off."""
    return {
        "failure_code": failure and failure.code,
        "failure_message": failure and failure.message,
        "failure_advice": failure and failure.advice,
    }
