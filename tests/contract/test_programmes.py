"""Every ProgrammeRecords."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.assessment.programme.intake import Intake, LegAnswers, Reach
from app.assessment.programme.library import Dose
from app.assessment.programme.logs import ItemLog
from app.assessment.programme.plan import Addition, LeftOut, Overrides, Plan, PlanItem, Progress, Target
from app.ports.programmes import LogEntry, PlanTemplate, PlanVersion, Programme, Said
from tests.contract.conftest import DATABASES
from tests.contract.people import COACH, FIRST
from tests.contract.records import ANNA, AT, BEN, Open, do_meanwhile
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

DAY = date(2026, 3, 4)
ANNAS = Programme(programme_id="p", athlete_id="x", began=DAY)
BENS = Programme(programme_id="q", athlete_id="w", began=DAY)
INTAKE = Intake(
    legs={"left": LegAnswers(felt=("calf", "front"), traits=frozenset({"old_sprain"}), reach=Reach(7.5, "bracketed"))},
    red_flags=frozenset({"fever"}),
    equipment=frozenset({"band", "step"}),
    pain=2,
    minutes_a_day=12,
    hop=False,
)
DOSE = Dose(sets=2, reps=3, hold_s=30, most_sets=3, most_reps=3, most_hold_s=30)
ITEM = PlanItem(exercise_id="calf_stretch", legs=("left",), dose=DOSE, days=(0, 3), seconds=255, reasons=("calf", "range"), shortened=True)
PLAN = Plan(
    stage=2,
    minutes_a_day=12,
    items=(ITEM,),
    targets=(Target(side="left", kind="reach", aim_cm=10.0),),
    notes=("keep_going",),
    be_seen=False,
    left_out=(LeftOut(exercise_id="low_jumps", why="barred", bars=("no_hop",), by_clinician=True),),
)
OVERRIDES = Overrides(locked=True, added=(Addition(exercise_id="toe_taps", dose=DOSE, legs=("right",)),), removed=frozenset({"calf_roll"}), doses={"x": DOSE})
FIRST_VERSION = PlanVersion(
    programme_id="p",
    number=1,
    made_at=AT,
    cause="answers",
    since=DAY,
    answered_at=AT,
    intake=INTAKE,
    progress=Progress(stage=2, steps={"calf_roll": -1}),
    overrides=OVERRIDES,
    plan=PLAN,
    made_by="c",
)
ENTRY = LogEntry(
    programme_id="p",
    entry_key="k1",
    day=DAY,
    said_at=AT,
    said=Said(
        items=(ItemLog(exercise_id="calf_stretch", mark="too_easy", pain=1),),
        usual_before=False,
        swelling="usual",
        pinched=frozenset({"left"}),
        red_flags=frozenset(),
        hop=True,
    ),
)
TEMPLATE = PlanTemplate(
    template_id="t", squad_id="f", name="Pre-season", made_at=AT, minutes_a_day=10, sport="running", goal="sport", equipment=frozenset({"band"})
)


@pytest.fixture
def filled(open_records: Open) -> Open:
    """Anna and Ben with a programme each, a squad with a template."""
    with open_records() as records:
        for athlete in (ANNA, BEN):
            records.athletes.add(athlete)
        records.accounts.add(COACH)
        records.squads.add(FIRST)
        assert records.programmes.add(ANNAS)
        assert records.programmes.add(BENS)
        assert records.programmes.add_version(FIRST_VERSION)
        assert records.programmes.add_entry(ENTRY)
        assert records.programmes.add_template(TEMPLATE)
        records.commit()
    return open_records


def test_everything_comes_back_as_it_was(filled: Open) -> None:
    """Answers, progress, changes, plan and log, word for word; advice in place of a plan is none."""
    with filled() as records:
        assert records.programmes.find("x") == ANNAS
        assert records.programmes.newest_version("p") == FIRST_VERSION
        assert records.programmes.entries_of("p") == [ENTRY]
        assert (records.programmes.find_template("t"), records.programmes.templates_of("f")) == (TEMPLATE, [TEMPLATE])
        assert records.programmes.add_version(replace(FIRST_VERSION, number=2, plan=None, made_by=None, cause="step"))
        records.commit()
        newest = records.programmes.newest_version("p")
        assert newest is not None
        assert (newest.number, newest.plan, newest.made_by) == (2, None, None)
        assert [each.number for each in records.programmes.versions_of("p")] == [1, 2]
        assert records.programmes.versions_of("q") == []


def test_an_athlete_has_one_programme(filled: Open) -> None:
    """A second one, and one of nobody, are refused."""
    with filled() as records:
        assert not records.programmes.add(replace(ANNAS, programme_id="r"))
        assert not records.programmes.add(replace(ANNAS, programme_id="r", athlete_id="gone"))
        assert [each.programme_id for each in records.programmes.list_all()] == ["p", "q"]


def test_a_number_is_given_once(filled: Open) -> None:
    """Whoever saw an older version comes too late."""
    with filled() as records:
        assert not records.programmes.add_version(FIRST_VERSION)
        assert not records.programmes.add_version(replace(FIRST_VERSION, number=3))
        assert not records.programmes.add_version(replace(FIRST_VERSION, programme_id="gone"))
        assert len(records.programmes.versions_of("p")) == 1


def test_an_entry_sent_again_is_the_same(filled: Open) -> None:
    """Under its key it is there once; the same key of another programme is another."""
    with filled() as records:
        assert not records.programmes.add_entry(replace(ENTRY, day=DAY + timedelta(days=1)))
        assert records.programmes.add_entry(replace(ENTRY, programme_id="q"))
        assert not records.programmes.add_entry(replace(ENTRY, programme_id="gone"))
        records.commit()
        assert records.programmes.entries_of("p") == [ENTRY]
        assert len(records.programmes.entries_of("q")) == 1


def test_entries_are_in_the_order_in_which_they_were_said(filled: Open) -> None:
    """Whatever order they came in."""
    later = replace(ENTRY, entry_key="a", said_at=AT + timedelta(minutes=5))
    earlier = replace(ENTRY, entry_key="z", day=DAY - timedelta(days=1), said_at=AT + timedelta(hours=1))
    with filled() as records:
        assert records.programmes.add_entry(later)
        assert records.programmes.add_entry(earlier)
        assert records.programmes.entries_of("p") == [earlier, ENTRY, later]


def test_letters_are_changed(filled: Open) -> None:
    """The language and the day of the last one; nothing else."""
    with filled() as records:
        records.programmes.change(replace(ANNAS, letters="de", lettered_on=DAY, began=date(2020, 1, 1)))
        records.commit()
        assert records.programmes.find("x") == replace(ANNAS, letters="de", lettered_on=DAY)


def test_erasing_takes_everything(filled: Open) -> None:
    """Versions and entries go with the programme, the programme with the athlete, a template with its squad; each programme is on the list of the erased."""
    with filled() as records:
        assert records.programmes.erase("p")
        assert not records.programmes.erase("p")
        assert records.athletes.erase("w")
        assert records.squads.erase("f")
        records.commit()
        assert records.programmes.list_all() == []
        assert (records.programmes.versions_of("p"), records.programmes.entries_of("p"), records.programmes.find_template("t")) == ([], [], None)
        assert {"p", "q"} <= set(records.erased_ids())


def test_an_erased_account_made_no_plan(filled: Open) -> None:
    """The version stays and does not say who made it."""
    with filled() as records:
        records.accounts.erase("c")
        records.commit()
        newest = records.programmes.newest_version("p")
        assert newest is not None
        assert newest.made_by is None


def test_a_template_is_forgotten_alone(filled: Open) -> None:
    """Of no squad there is none."""
    with filled() as records:
        assert not records.programmes.add_template(replace(TEMPLATE, template_id="u", squad_id="gone"))
        assert records.programmes.erase_template("t")
        assert not records.programmes.erase_template("t")
        assert records.programmes.templates_of("f") == []


@pytest.mark.parametrize("open_records", DATABASES[1:], indirect=True)
def test_the_same_entry_twice_at_once_is_one(filled: Open) -> None:
    """The second waits for the first and finds it there."""
    twice, told = replace(ENTRY, entry_key="twice"), list[bool]()
    with filled() as records:
        assert records.programmes.add_entry(twice)

        later = do_meanwhile(lambda others: told.append(others.programmes.add_entry(twice)), filled)
        records.commit()
    later.result(20)
    assert told == [False]
    with filled() as records:
        assert len(records.programmes.entries_of("p")) == 2
