"""The library of exercises, read from TOML files and drawings that a professional can edit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.adapters.exercises_svg import list_mistakes
from app.assessment.programme import intake, logs, plan
from app.assessment.programme.library import STAGES, Bar, Dose, Exercise, Kind, Library, Need, Rule, RuleKind, SourceKind, Stage, Told, Urgency

KNOWN: Mapping[str, frozenset[str]] = {
    "red_flag": frozenset(get_args(intake.RedFlag)),
    "place": frozenset(get_args(intake.Place)),
    "trait": frozenset(get_args(intake.Trait)),
    "habit": frozenset(get_args(intake.Habit)),
    "equipment": frozenset(get_args(intake.Equipment)),
    "sport": frozenset(get_args(intake.Sport)),
    "goal": frozenset(get_args(intake.Goal)),
    "age_group": frozenset(get_args(intake.AgeGroup)),
    "target": frozenset(get_args(plan.TargetKind)),
    "reason": frozenset({*get_args(Need), *get_args(plan.Changed)}),
    "bar": frozenset(get_args(Bar)),
    "left_out": frozenset(get_args(plan.WhyLeftOut)),
    "note": frozenset(get_args(plan.NoteCode)),
    "criterion": frozenset(get_args(logs.CriterionCode)),
    "advice": frozenset({*get_args(logs.StepKind), *get_args(logs.AdviceCode), *get_args(plan.ClearanceNeeded)}),
    "urgency": frozenset(get_args(Urgency)),
    "stage": frozenset(map(str, STAGES)),
}
"""Codes that must have words, and no others may; of kind `rule` any may."""
_LEAST_S = intake.LEAST_MINUTES * 60


class LibraryError(Exception):
    """The library cannot be used: all that is wrong in it."""

    code = "library_malformed"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("Found mistakes in the library of exercises; mend each of them and start again: " + "; ".join(problems) + ".")
        self.problems = problems


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Sentence = Annotated[str, Field(min_length=2, max_length=300, pattern=r"^\S(.*\S)?$")]
Count = Annotated[int, Field(ge=1, le=60)]


class _Told(_Read):
    en: Sentence
    de: Sentence

    @cached_property
    def told(self) -> Told:
        return Told(self.en, self.de)


class _Dose(_Read):
    sets: Count = 1
    reps: Count = 1
    hold_s: int = Field(default=0, ge=0, le=300)
    rep_s: Count = 3
    each_way: bool = False
    most_sets: Count | None = None
    most_reps: Count | None = None
    most_hold_s: int | None = Field(default=None, ge=0, le=300)


class _Exercise(_Read):
    name: _Told
    purpose: _Told
    steps: tuple[_Told, ...] = Field(min_length=1, max_length=6)
    caution: _Told | None = None
    kind: Kind
    stage: Stage
    rank: int
    together: bool = False
    needs: frozenset[Need] = Field(alias="for", min_length=1)
    not_with: frozenset[Bar] = frozenset()
    equipment: frozenset[intake.Equipment] = frozenset()
    dose: _Dose
    harder: str | None = None
    source: SourceKind
    dose_source: SourceKind | None = None


class _Rule(_Read):
    told: _Told
    asked: _Told | None = None
    urgency: Urgency | None = None
    source: SourceKind


class _File(_Read):
    exercise: Mapping[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], _Exercise] = Field(default_factory=dict)
    rule: Mapping[RuleKind, Mapping[str, _Rule]] = Field(default_factory=dict)


@cache
def read_library(folder: Traversable | None = None) -> Library:
    """Return the library of a folder, read once, by default the one that comes with the program; raise `LibraryError` with everything that is wrong in it."""
    folder = folder or resources.files("app").joinpath("exercises")
    problems: list[str] = []
    exercises: dict[str, _Exercise] = {}
    rules: dict[tuple[RuleKind, str], Rule] = {}
    for file in sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name):
        read = _read_file(file, problems)
        problems += [f"{file.name}, exercise.{name}: found it in another file too; expected it once" for name in read.exercise if name in exercises]
        exercises |= read.exercise
        rules |= {(kind, code): _build_rule(kind, code, rule) for kind, of in read.rule.items() for code, rule in of.items()}
    drawings = dict(_read_drawings(folder, problems))
    if not problems:  # what is between files is told of files that can be read
        problems += [*_check_rules(rules), *_check_ladders(exercises)]
        problems += [f"exercise.{name}: found no drawing; expected drawings/{name}.svg" for name in exercises if name not in drawings]
    if problems:
        raise LibraryError(tuple(problems))
    easier = {exercise.harder: name for name, exercise in exercises.items() if exercise.harder is not None}
    library = Library(
        exercises={name: _build_exercise(name, exercise, easier.get(name), drawings[name]) for name, exercise in exercises.items()},
        rules=rules,
    )
    if found := tuple(_check_doses(library)):
        raise LibraryError(found)
    return library


def _read_file(file: Traversable, problems: list[str]) -> _File:
    try:
        return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{file.name}: found no TOML, {error}; expected a file as docs/exercises.md describes it")
    except ValidationError as error:
        problems += [f"{file.name}, {'.'.join(map(str, each['loc']))}: found {_show(each)}" for each in error.errors(include_url=False)]
    return _File()


def _show(problem: Any) -> str:  # noqa: ANN401 - pydantic's own
    found = "nothing" if problem["type"] == "missing" else repr(problem["input"])[:60]
    return f"{found}; {problem['msg'][0].lower()}{problem['msg'][1:]}"


def _read_drawings(folder: Traversable, problems: list[str]) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.joinpath("drawings").iterdir(), key=lambda each: each.name):
        drawing = file.read_text(encoding="utf-8").strip()
        problems += [f"drawings/{file.name}: {mistake}" for mistake in list_mistakes(drawing)]
        yield file.name.removesuffix(".svg"), drawing


def _check_rules(rules: Mapping[tuple[RuleKind, str], Rule]) -> Iterator[str]:
    for kind, codes in KNOWN.items():
        found = {code for of, code in rules if of == kind}
        yield from (f"rule.{kind}.{code}: found nothing; expected its words" for code in sorted(codes - found))
        yield from (f"rule.{kind}.{code}: found a rule that the program does not know; expected {', '.join(sorted(codes))}" for code in sorted(found - codes))
    for (kind, code), rule in rules.items():
        if (kind == "red_flag") != (rule.asked is not None and rule.urgency is not None):
            yield f"rule.{kind}.{code}: found {'no' if kind == 'red_flag' else 'a'} question or urgency; expected both of a red flag, and of nothing else"


def _check_ladders(exercises: Mapping[str, _Exercise]) -> Iterator[str]:
    taken: set[str] = set()
    for name, exercise in exercises.items():
        harder = exercises.get(exercise.harder or "")
        if exercise.harder is None:
            continue
        if harder is None:
            yield f"exercise.{name}: found harder = {exercise.harder}; expected an exercise of the library"
        elif exercise.harder in taken:
            yield f"exercise.{name}: found harder = {exercise.harder}; expected one that is not the harder form of another already"
        elif harder.stage <= exercise.stage:
            yield f"exercise.{name}: found a harder form of stage {harder.stage}; expected a later stage than {exercise.stage}"
        elif not exercise.not_with <= harder.not_with:
            missing = ", ".join(sorted(exercise.not_with - harder.not_with))
            yield f"exercise.{exercise.harder}: found it allowed with {missing}; expected all that stands against its easier form"
        taken.add(exercise.harder)


def _check_doses(library: Library) -> Iterator[str]:
    for exercise in library.exercises.values():
        dose = exercise.dose
        if dose.most_sets < dose.sets or dose.most_reps < dose.reps or dose.most_hold_s < dose.hold_s:
            yield f"exercise.{exercise.id}: found a largest dose below the first; expected most_ values no smaller"
        one_set = replace(dose, sets=1).seconds
        if one_set * (1 if exercise.together else 2) > _LEAST_S:
            yield f"exercise.{exercise.id}: found {one_set} s for one set and leg; expected it to fit into {intake.LEAST_MINUTES} minutes"


def _build_rule(kind: RuleKind, code: str, rule: _Rule) -> Rule:
    return Rule(kind=kind, code=code, told=rule.told.told, asked=None if rule.asked is None else rule.asked.told, urgency=rule.urgency, source=rule.source)


def _build_exercise(name: str, read: _Exercise, easier: str | None, drawing: str) -> Exercise:
    dose = read.dose
    return Exercise(
        id=name,
        name=read.name.told,
        purpose=read.purpose.told,
        steps=tuple(step.told for step in read.steps),
        caution=None if read.caution is None else read.caution.told,
        kind=read.kind,
        stage=read.stage,
        rank=read.rank,
        together=read.together,
        needs=read.needs,
        bars=read.not_with,
        equipment=read.equipment,
        dose=Dose(
            sets=dose.sets,
            reps=dose.reps,
            hold_s=dose.hold_s,
            rep_s=dose.rep_s,
            each_way=dose.each_way,
            most_sets=dose.most_sets or dose.sets,
            most_reps=dose.most_reps or dose.reps,
            most_hold_s=dose.most_hold_s or dose.hold_s,
        ),
        harder=read.harder,
        easier=easier,
        source=read.source,
        dose_source=read.dose_source or read.source,
        drawing=drawing,
    )
