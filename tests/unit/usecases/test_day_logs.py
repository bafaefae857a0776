"""A day is folded from entries, of which each says only a part."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.assessment.programme.logs import ItemLog
from app.ports.programmes import LogEntry
from app.usecases.day_logs import fold_days
from app.web.programme_schemas import LogBody

DAY = date(2026, 3, 2)


def fold(*bodies: dict[str, object]) -> tuple[object, ...]:
    """Return what a day says after some entries: exercises, swelling, pinched legs, warning signs, and whether pain was back to usual."""
    said = [LogBody.model_validate({"day": DAY.isoformat()} | body).build_said() for body in bodies]
    entries = [
        LogEntry(programme_id="p", entry_key=str(number), day=DAY, said_at=datetime(2026, 3, 2, 8, number, tzinfo=UTC), said=each)
        for number, each in enumerate(said)
    ]
    (log,) = fold_days(entries)
    return log.items, log.swelling, log.pinched, log.red_flags, log.usual_before


def test_what_is_left_out_or_null_stays_as_it_was() -> None:
    """Neither is an answer: a warning sign is withdrawn by an empty list alone."""
    mark = {"exercise": "calf_stretch", "mark": "done", "pain": 2}
    whole: dict[str, object] = {"items": [mark], "swelling": "usual", "pinched": ["left"], "red_flags": ["calf_and_breath"], "usual_before": False}
    null: dict[str, object] = dict.fromkeys(("usual_before", "balance", "hop", "pinched", "red_flags"))
    item = ItemLog(exercise_id="calf_stretch", mark="done", pain=2)
    kept = ((item,), "more", frozenset({"left"}), frozenset({"calf_and_breath"}), False)
    assert fold(whole, {"swelling": "more"}) == kept
    assert fold(whole, null | {"swelling": "more"}) == kept
    assert fold(whole, {"swelling": "more"}, null | {"swelling": None}) == kept
    assert fold(whole, {"red_flags": [], "pinched": []})[2:4] == (frozenset(), frozenset())


def test_exercises_are_told_one_by_one() -> None:
    """One that is said again takes its own place; the others stay."""
    first, second = ({"items": [{"exercise": name, "mark": "done", "pain": 1}]} for name in ("calf_stretch", "calf_raise"))
    again = {"items": [{"exercise": "calf_stretch", "mark": "too_easy"}]}
    items = fold(first, second, again)[0]
    assert items == (ItemLog(exercise_id="calf_stretch", mark="too_easy"), ItemLog(exercise_id="calf_raise", mark="done", pain=1))
