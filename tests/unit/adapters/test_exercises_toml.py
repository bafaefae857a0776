"""The library as files: what a professional may edit, and what they are told when it does not hold."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from app.adapters.exercises_toml import LibraryError, read_library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the library, to be edited."""
    with resources.as_file(resources.files("app").joinpath("exercises")) as own:
        return Path(shutil.copytree(own, tmp_path / "exercises"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Change one place of a file."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def list_problems(folder: Path) -> list[str]:
    """Read what must be refused."""
    with pytest.raises(LibraryError) as refused:
        read_library(folder)
    assert refused.value.code == "library_malformed"
    assert all(problem in str(refused.value) for problem in refused.value.problems)
    return list(refused.value.problems)


def test_library_of_the_program_is_whole(folder: Path) -> None:
    """Every exercise has its drawing, easier forms follow from harder ones, and a copy reads the same."""
    library = read_library()
    assert read_library(folder) == library
    assert library.exercises["heel_drops_weight"].easier == "heel_drops_one_leg"
    assert library.exercises["heel_drops"].easier is None
    assert {path.stem for path in (folder / "drawings").iterdir()} == set(library.exercises)
    assert len({exercise.drawing for exercise in library.exercises.values()}) == len(library.exercises)


def test_edited_dose_and_words_are_read(folder: Path) -> None:
    """Without touching the program."""
    edit(folder, "mobility.toml", "dose = { hold_s = 60 }", "dose = { hold_s = 45, most_hold_s = 90 }")
    edit(folder, "mobility.toml", "Deep squat hold at the wall", "Deep squat")
    exercise = read_library(folder).exercises["deep_squat_hold"]
    assert (exercise.dose.hold_s, exercise.dose.most_hold_s, exercise.name.en) == (45, 90, "Deep squat")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("mobility.toml", 'de = "Tiefe Hocke an der Wand halten"', 'de = ""', "mobility.toml, exercise.deep_squat_hold.name.de: found ''"),
        ("mobility.toml", ', de = "Tiefe Hocke an der Wand halten"', "", "mobility.toml, exercise.deep_squat_hold.name.de: found nothing; field required"),
        ("mobility.toml", "hold_s = 60", "hold_s = -1", "mobility.toml, exercise.deep_squat_hold.dose.hold_s: found -1"),
        ("mobility.toml", "hold_s = 60", "hold_seconds = 60", "mobility.toml, exercise.deep_squat_hold.dose.hold_seconds: found 60"),
        ("mobility.toml", 'not_with = ["achilles_irritated"', 'not_with = ["sore_heel"', "mobility.toml, exercise.calf_stretch.not_with.0: found 'sore_heel'"),
        ("mobility.toml", "[exercise.deep_squat_hold]", "[exercise.deep_squat_hold", "mobility.toml: found no TOML"),
        ("mobility.toml", "most_sets = 3", "most_sets = 1", "exercise.calf_stretch: found a largest dose below the first"),
        ("mobility.toml", "dose = { hold_s = 60 }", "dose = { reps = 10, hold_s = 60 }", "exercise.deep_squat_hold: found 645 s for one set and leg"),
        ("mobility.toml", 'harder = "banded_lunge_weight"', 'harder = "lunges"', "exercise.banded_lunge: found harder = lunges; expected an exercise"),
        ("strength.toml", 'harder = "heel_drops_weight"', 'harder = "heel_drops"', "exercise.heel_drops_one_leg: found a harder form of stage 1"),
        (
            "strength.toml",
            'harder = "inversion_band"',
            'harder = "eversion_band"',
            "exercise.eversion_isometric: found harder = eversion_band; expected one that is not",
        ),
        (
            "mobility.toml",
            'not_with = ["pinch", "achilles_irritated", "pain_above_3"]\nequipment = ["band", "weight"]',
            'equipment = ["band", "weight"]',
            "exercise.banded_lunge_weight: found it allowed with achilles_irritated, pain_above_3, pinch",
        ),
        ("strength.toml", "[exercise.toe_taps]", "[exercise.deep_squat_hold]", "strength.toml, exercise.deep_squat_hold: found it in another file too"),
        ("strength.toml", "[exercise.toe_taps]", "[exercise.toe_dance]", "exercise.toe_dance: found no drawing; expected drawings/toe_dance.svg"),
        ("red_flags.toml", "[rule.red_flag.fever]", "[rule.red_flag.feverish]", "rule.red_flag.fever: found nothing; expected its words"),
        ("red_flags.toml", "[rule.red_flag.fever]", "[rule.red_flag.feverish]", "rule.red_flag.feverish: found a rule that the program does not know"),
        ("red_flags.toml", 'urgency = "emergency"', "", "rule.red_flag.calf_and_breath: found no question or urgency"),
        ("red_flags.toml", 'urgency = "emergency"', 'urgency = "never"', "red_flags.toml, rule.red_flag.calf_and_breath.urgency: found 'never'"),
        (
            "guidance.toml",
            "[rule.note.older]",
            '[rule.note.older]\nurgency = "soon"\nasked = { en = "Old?", de = "Alt?" }',
            "rule.note.older: found a question",
        ),
        ("drawings/traction.svg", "<circle", '<script href="x"/><circle', "drawings/traction.svg: found the element script"),
        ("drawings/traction.svg", "<circle", '<circle onclick="x"', "drawings/traction.svg: found the attribute onclick of circle"),
        ("drawings/traction.svg", "<circle", '<circle style="x"', "drawings/traction.svg: found the attribute style of circle"),
        ("drawings/traction.svg", 'stroke="currentColor"', 'stroke="#000"', "drawings/traction.svg: found stroke #000; expected none or currentColor"),
        ("drawings/traction.svg", ' aria-hidden="true"', "", "drawings/traction.svg: found no plain svg element"),
        ("drawings/traction.svg", "</svg>", "pull</svg>", "drawings/traction.svg: found text in"),
        ("drawings/traction.svg", "</svg>", "", "drawings/traction.svg: found no SVG"),
    ],
)
def test_mistake_is_named_with_its_place(folder: Path, name: str, old: str, new: str, said: str) -> None:
    """File, exercise, what was found and what was expected."""
    edit(folder, name, old, new)
    assert any(problem.startswith(said) for problem in list_problems(folder)), list_problems(folder)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    """Of several files, so that nobody mends one after the other."""
    edit(folder, "mobility.toml", "hold_s = 60", "hold_s = -1")
    edit(folder, "strength.toml", 'kind = "strength"', 'kind = "power"')
    edit(folder, "drawings/traction.svg", "</svg>", "")
    told = list_problems(folder)
    assert len({problem.split(":")[0].split(",")[0] for problem in told} & {"mobility.toml", "strength.toml", "drawings/traction.svg"}) == 3
