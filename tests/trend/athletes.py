"""Athletes who test one leg every week, with everything that makes a series untidy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.assessment.trend import DISTANCE_TREND, TrendPoint, compute_trend
from calibration.quantity import Quantity

Course = Literal["slowly", "at_once"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteSpec:
    """How athletes are drawn; centimetres.

    Attributes
    ----------
    weeks : int
    change_cm : float
        True change: even over all weeks, or at once, in the middle of 8 weeks and in the twelfth of more.
    session_std_cm : (float, float)
        Least and greatest standard deviation of a person from week to week: one for each athlete, unknown to the method.
    camera_std_cm : float
        Error of the camera, stated with each number.
    correlation : float
        Of a person's weeks.
    learning_cm : float
        What the first two sessions lack.
    missed, bounded, stray : float
        Shares of weeks without a session, of lower bounds, and of sessions that are wrong by `stray_cm`.
    """

    weeks: int
    change_cm: float
    course: Course = "slowly"
    session_std_cm: tuple[float, float] = (0.3, 0.8)
    camera_std_cm: float = 0.35
    correlation: float = 0.3
    learning_cm: float = 0.5
    missed: float = 0.1
    bounded: float = 0.1
    stray: float = 0.02
    stray_cm: float = 1.5


def draw_athlete(spec: AthleteSpec, rng: np.random.Generator) -> list[TrendPoint]:
    """Draw one leg's sessions."""
    weeks, std = np.arange(spec.weeks), rng.uniform(*spec.session_std_cm)
    person = np.empty(spec.weeks)
    for week, fresh in enumerate(rng.normal(0, std, spec.weeks)):
        person[week] = fresh if week == 0 else spec.correlation * person[week - 1] + np.sqrt(1 - spec.correlation**2) * fresh
    course = weeks / max(1, spec.weeks - 1) if spec.course == "slowly" else (weeks >= min(_AT_ONCE, spec.weeks // 2)).astype(float)
    values = 10.0 + person + spec.change_cm * course + rng.normal(0, spec.camera_std_cm, spec.weeks)
    came = np.flatnonzero(rng.random(spec.weeks) >= spec.missed)
    values[came[:2]] -= spec.learning_cm * np.array([1.0, 0.5])[: len(came)]
    values += spec.stray_cm * rng.choice([-1, 1], spec.weeks) * (rng.random(spec.weeks) < spec.stray)
    bounds = rng.random(spec.weeks) < spec.bounded
    return [TrendPoint(week=float(w), value=Quantity(float(values[w]), spec.camera_std_cm, "cm"), lower_bound=bool(bounds[w])) for w in came]


_AT_ONCE = 12
"""Week of a sudden change in a long series: after practice and baseline, also of those who miss some."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one athlete: what was ever said, what was said last, and the week in which an improvement was first told; None where it never was."""

    ever_improved: bool
    ever_worse: bool
    last: str
    told_week: float | None

    @property
    def ever_changed(self) -> bool:
        """Whether any change was ever told: of an unchanged leg each is false."""
        return self.ever_improved or self.ever_worse


def follow(points: list[TrendPoint]) -> Outcome:
    """Look at the series after every session, as an athlete does."""
    verdicts = [compute_trend(points[: n + 1], DISTANCE_TREND).verdict for n in range(len(points))]
    told = next((points[n].week + 1 for n, verdict in enumerate(verdicts) if verdict == "improved"), None)
    return Outcome("improved" in verdicts, "worse" in verdicts, verdicts[-1], told)


def follow_many(spec: AthleteSpec, athletes: int, seed: int) -> list[Outcome]:
    """Draw and follow athletes of one kind."""
    rng = np.random.default_rng(seed)
    return [follow(draw_athlete(spec, rng)) for _ in range(athletes)]
