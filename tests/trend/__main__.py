"""What the trend says of simulated athletes: false verdicts of unchanged legs, and how soon a true change is told (`make bench-trend`)."""

from __future__ import annotations

import argparse
import sys

import numpy as np

from tests.trend.athletes import AthleteSpec, Outcome, follow_many

_FALSE = 0.05
"""Share of unchanged athletes who may ever be called improved or worse."""


def main() -> int:
    """Print the table; 1 when too many unchanged athletes were called improved or worse."""
    parser = argparse.ArgumentParser(prog="python -m tests.trend", description=__doc__)
    parser.add_argument("--athletes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    _write("weeks  course    change cm   ever improved   ever worse   improved at the end   told in week (median)")
    worst = 0.0
    for weeks in (8, 52):
        for change in (0.0, 0.5, 1.0, 2.0, 3.0):
            for course in ("slowly", "at_once") if change else ("slowly",):
                spec = AthleteSpec(weeks=weeks, change_cm=change, course=course)  # type: ignore[arg-type]
                seen = follow_many(spec, args.athletes, args.seed)
                _write(f"{weeks:5d}  {course if change else '-':8}  {change:9.1f}   {_row(seen)}")
                worst = max(worst, _share_changed(seen)) if not change else worst
    seen = follow_many(AthleteSpec(weeks=52, change_cm=0.0, learning_cm=0.0), args.athletes, args.seed)
    worst = max(worst, _share_changed(seen))
    _write(f"   52  unchanged, who know the test already: ever improved or worse {_share_changed(seen):.1%}")
    for std in (0.3, 0.5, 0.8):
        seen = follow_many(AthleteSpec(weeks=52, change_cm=0.0, session_std_cm=(std, std)), args.athletes, args.seed)
        _write(f"   52  all of session SD {std} cm, unchanged: ever improved or worse {_share_changed(seen):.1%}")
    _write(f"unchanged athletes ever called improved or worse: {worst:.1%} at most, allowed {_FALSE:.0%}")
    return 1 if worst > _FALSE else 0


def _share(seen: list[Outcome]) -> float:
    return float(np.mean([o.ever_improved for o in seen]))


def _share_changed(seen: list[Outcome]) -> float:
    return float(np.mean([o.ever_changed for o in seen]))


def _row(seen: list[Outcome]) -> str:
    told = [o.told_week for o in seen if o.told_week is not None]
    worse, last = np.mean([o.ever_worse for o in seen]), np.mean([o.last == "improved" for o in seen])
    return f"{_share(seen):13.1%}   {worse:10.1%}   {last:19.1%}   {f'{np.median(told):.0f}' if told else '-':>21}"


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
