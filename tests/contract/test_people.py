"""Every AthleteRecords, and what is read of athletes' screenings and reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.ports.people import Consent, Look
from app.ports.reports import DatedDifference, Difference
from app.ports.screenings import Circumstances, LegNumbers, Reading
from tests.contract.people import filled as filled  # noqa: PLC0414 - the fixture
from tests.contract.records import ANNA, AT, BEN, Open, add, do_meanwhile, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

NUMBERS = LegNumbers(toe_to_wall_cm=9.5, toe_to_wall_std_cm=0.2, shin_angle_deg=None, shin_angle_std_deg=None, limit="bracketed", setting="x")


def test_details_are_kept_and_changed(filled: Open) -> None:
    """Every field of an athlete survives; what is left out afterwards is gone."""
    said = replace(ANNA, height_cm=170.5, dominant_leg="left", injuries="sprain", under_18=True, year_of_birth=2010, sex="female")
    with filled() as records:
        records.athletes.change(said)
        records.commit()
        assert records.athletes.find("x") == said
        records.athletes.change(ANNA)
        assert records.athletes.find("x") == ANNA


def test_an_erased_athlete_takes_everything_of_theirs(filled: Open) -> None:
    """Screenings, links, consent, looks, memberships and their own account; Ben's stay. Every id is remembered as erased."""
    add(filled, replace(make_screening("a"), athlete_id="x"), replace(make_screening("b"), athlete_id="w"))
    with filled() as records:
        records.athletes.put_consent(Consent(athlete_id="x", given_by="guardian", given_at=AT))
        records.athletes.note_looks([Look(athlete_id="x", looker="c", what="athlete", day=date(2026, 3, 4))])
        records.athletes.note_looks([Look(athlete_id="w", looker="o", what="athlete", day=date(2026, 3, 4))])
        assert records.athletes.erase("x")
        records.commit()
    with filled() as records:
        assert records.screening_ids() == {"b"}
        assert records.accounts.find("o") is None
        assert records.accounts.find_grant("2" * 64) is None
        assert records.athletes.find_consent("x") is None
        assert list(records.athletes.looks_at("x")) == []
        assert list(records.athletes.looks_at("w")) == []
        assert list(records.squads.athletes_of("s")) == [BEN]
        assert set(records.erased_ids()) == {"x", "a", "o"}


def test_consent_is_replaced_and_withdrawn(filled: Open) -> None:
    """The latest one counts."""
    guardian = Consent(athlete_id="x", given_by="guardian", given_at=AT, recorded_by="c")
    with filled() as records:
        records.athletes.put_consent(Consent(athlete_id="x", given_by="athlete", given_at=AT))
        records.athletes.put_consent(guardian)
        assert records.athletes.find_consent("x") == guardian
        records.athletes.withdraw_consent("x")
        assert records.athletes.find_consent("x") is None


def test_a_look_is_kept_once_a_day(filled: Open) -> None:
    """The same looker at the same thing; newest day first."""
    first, second = (Look(athlete_id="x", looker="c", what="athlete", day=date(2026, 3, day)) for day in (4, 5))
    with filled() as records:
        for look in (first, first, second):
            records.athletes.note_looks([look])
        assert list(records.athletes.looks_at("x")) == [second, first]


def test_numbers_are_read_without_the_documents(filled: Open) -> None:
    """Of each athlete and leg, oldest first, repeats left out; the newest finished screening of a squad's athletes, with its difference."""
    old, new, unfinished = (replace(make_screening(name, minutes=minutes), athlete_id="x") for name, minutes in (("a", 1), ("b", 2), ("c", 3)))
    repeat = replace(make_screening("r", minutes=4), athlete_id="x", repeat_of="a", state="done")
    add(filled, new, old, unfinished, repeat, replace(make_screening("d", minutes=9), athlete_id="w"))
    difference = Difference(value_cm=1.5, std_cm=0.3, scope="side_difference")
    with filled() as records:
        records.set_measurement("b", "left", {"status": "measured"}, numbers=NUMBERS)
        records.reports.put("b", {}, difference=difference, created_at=AT)
        records.reports.put("a", {}, difference=None, created_at=AT)
        for name in ("a", "b"):
            records.set_state(name, "done")
        records.commit()
    with filled() as records:
        assert [(result.screening_id, result.side) for result in records.results_of(["x"])] == [(n, s) for n in "abc" for s in ("left", "right")]
        assert [result.screening_id for result in records.results_of(["x", "w"], since=unfinished.created_at)] == ["c", "c", "d", "d"]
        newest = records.latest_results("f")
        assert [(result.screening_id, result.athlete_id, result.side, result.numbers) for result in newest] == [
            ("b", "x", "left", NUMBERS),
            ("b", "x", "right", None),
        ]
        assert records.reports.differences_of(["a", "b", "c"]) == {"b": difference}
        assert list(records.latest_results("nothing")) == []


def test_what_is_said_about_the_day_comes_back(filled: Open) -> None:
    """Every word of it."""
    day = Circumstances(pain=2, felt=("front", "calf"), minutes_since_exercise=30, warmed_up=True, limited_by="calf", notes="n", time_zone="Europe/Berlin")
    add(filled, replace(make_screening("a"), circumstances=day))
    with filled() as records:
        found = records.find_screening("a")
    assert found is not None
    assert found.circumstances == day


def test_erased_twice_at_once_is_erased(filled: Open) -> None:
    """Whoever comes second finds nobody; the note of it is there once, and what was being noted about the athlete is dropped."""
    look = Look(athlete_id="x", looker="c", what="athlete", day=date(2026, 3, 4))
    with filled() as records:
        assert records.athletes.erase("x")
        again = do_meanwhile(lambda other: other.athletes.erase("x"), filled)
        noted = do_meanwhile(lambda other: other.athletes.note_looks([look]), filled)
        records.commit()
    again.result(30)
    noted.result(30)
    with filled() as records:
        assert records.athletes.find("x") is None
        assert list(records.erased_ids()).count("x") == 1
        assert list(records.athletes.looks_at("x")) == []


def test_a_later_analysis_makes_a_version(filled: Open) -> None:
    """The one before is kept with its number; a repeated step makes none; forgetting takes all."""
    add(filled, make_screening("a"))
    with filled() as records:
        records.reports.put("a", {"n": 1}, difference=None, created_at=AT)
        assert records.reports.begin_version("a", changed_by="c", reason="why") == 2
        for _ in range(2):
            records.reports.put("a", {"n": 2}, difference=None, created_at=AT + timedelta(days=1))
        records.commit()
    with filled() as records:
        first, second = records.reports.list_versions("a")
        assert (first.number, first.document, first.changed_by, first.reason, first.made_at) == (1, {"n": 1}, None, None, AT)
        assert (second.number, second.document, second.changed_by, second.reason) == (2, {"n": 2}, "c", "why")
        assert records.reports.find("a") == {"n": 2}
        records.reports.forget("a")
        assert list(records.reports.list_versions("a")) == []
        assert records.reports.find("a") is None


def test_attempts_are_replaced_and_screenings_moved(filled: Open) -> None:
    """With their readings; repeats go along to the other athlete."""
    tape = Reading(kind="tape_cm", value=9.0, typed_at=AT, blind=True)
    add(filled, make_screening("a"), replace(make_screening("r"), repeat_of="a"))
    turned = replace(make_screening("a").attempts[0], side="right", readings=(tape,))
    with filled() as records:
        records.replace_attempts("a", (turned,))
        records.set_athlete("a", "w")
        records.commit()
    with filled() as records:
        found, repeat = records.find_screening("a"), records.find_screening("r")
    assert found is not None
    assert repeat is not None
    assert (found.attempts, found.athlete_id, repeat.athlete_id) == ((turned,), "w", "w")


def test_what_was_said_is_put_right(filled: Open) -> None:
    """The length of the foot and the sheet as printed, of that screening alone and nothing else of it."""
    add(filled, make_screening("a"), make_screening("b"))
    with filled() as records:
        before = records.find_screening("a")
        assert before is not None
        said = {"foot_length_cm": 25.5, "foot_length_std_cm": None, "foot_length_origin": "typed", "sheet_ruler_mm": 99.0, "sheet_margin_mm": None}
        records.set_said(replace(before, footwear="shod", **said))  # type: ignore[arg-type] # of several types
        records.commit()
    with filled() as records:
        assert records.find_screening("a") == replace(before, **said)  # type: ignore[arg-type] # of several types
        assert records.find_screening("b") == make_screening("b")


def test_differences_of_the_last_weeks(filled: Open) -> None:
    """Of a squad's athletes, oldest first; repeats, lower bounds, older ones and those of others are left out."""
    names = {"a": "x", "b": "x", "c": "w", "d": "x", "r": "x", "o": "x"}
    made = {name: replace(make_screening(name, minutes=number), athlete_id=athlete) for number, (name, athlete) in enumerate(names.items())}
    made["r"] = replace(made["r"], repeat_of="a")
    made["o"] = replace(made["o"], created_at=AT - timedelta(days=1))
    add(filled, *made.values())
    with filled() as records:
        for name in names:
            scope = "reached_today" if name == "d" else "side_difference"
            records.reports.put(name, {}, difference=Difference(value_cm=ord(name) - 100.0, std_cm=0.3, scope=scope), created_at=AT)
        records.commit()
    with filled() as records:
        first, second = (DatedDifference(athlete_id="x", at=made[name].created_at, value_cm=ord(name) - 100.0) for name in "ab")
        assert list(records.reports.differences_since("f", AT)) == [first, second]
        assert [each.athlete_id for each in records.reports.differences_since("s", AT)] == ["x", "x", "w"]


def test_what_was_found_on_legs_without_a_distance(filled: Open) -> None:
    """Refused, or measured without one; not those that have one, and not those that nobody has looked at yet."""
    add(filled, make_screening("a"), make_screening("b"), make_screening("c"))
    with filled() as records:
        records.set_measurement("a", "left", {"status": "measured"}, numbers=NUMBERS)
        records.set_measurement("a", "right", {"status": "rejected"}, numbers=None)
        records.set_measurement("b", "left", {"status": "measured", "n": 2}, numbers=replace(NUMBERS, toe_to_wall_cm=None, toe_to_wall_std_cm=None))
        records.set_measurement("c", "left", {"status": "rejected"}, numbers=None)
        assert records.documents_without_distance(["a", "b"]) == {("a", "right"): {"status": "rejected"}, ("b", "left"): {"status": "measured", "n": 2}}
        assert records.documents_without_distance([]) == {}
