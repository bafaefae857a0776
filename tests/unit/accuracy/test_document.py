"""What the document is made of."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.accuracy.agreement import Reading
from tests.accuracy.document import compute_sign_p, read_changelog_heading
from tests.accuracy.drawn_summary import read_drawn
from tests.accuracy.judgement import Constant, list_constants, read_constants
from tests.accuracy.plots import draw_bland_altman, save
from tests.accuracy.proof import keep_common
from tests.accuracy.sections import Table


def read(clip: str, error: float, method: str = "product") -> Reading:
    """One distance."""
    return Reading(method=method, key="toe_to_wall_cm", clip=clip, body=clip, true=10.0, value=10.0 + error, std=0.5)


def test_table_is_the_same_in_text_and_in_markdown() -> None:
    """Two ways to write the same cells; only the document has typographic minus signs, and names keep their hyphens."""
    table = Table("T", ("clip", "low to high"), (("`b-left`", "-1.50 to -0.20"),))
    assert table.format_text().splitlines() == ["T", "clip         low to high", "`b-left`  -1.50 to -0.20"]
    assert table.format_markdown().splitlines() == ["| clip | low to high |", "|---|--:|", "| `b-left` | \N{MINUS SIGN}1.50 to \N{MINUS SIGN}0.20 |"]


def test_sign_test_is_exact() -> None:
    """Five of six of one sign: 2 (1 + 6) / 64; three of six: as likely as can be; all of ten: 2 / 1024."""
    assert compute_sign_p(5, 6) == compute_sign_p(1, 6) == pytest.approx(14 / 64)
    assert compute_sign_p(3, 6) == 1.0
    assert compute_sign_p(10, 10) == pytest.approx(2 / 1024)


def test_newest_heading_of_the_changelog_is_taken() -> None:
    """The version that is measured is the one on top."""
    assert read_changelog_heading("# Changelog\n\n## 1.1.0\n\n- x\n\n## 1.0.0\n") == "1.1.0"


def test_same_numbers_give_the_same_picture(tmp_path: Path) -> None:
    """No date and no chance in the file."""
    draw = partial(draw_bland_altman, "toe_to_wall_cm", [read("a", 0.3), read("b", -0.1)])
    first, again = (save(draw, tmp_path / f"{n}.svg").read_bytes() for n in (1, 2))
    assert first == again
    assert b"limits of agreement" in first


def test_methods_are_compared_on_the_same_clips() -> None:
    """A clip that one method refuses is left out of all."""
    common = keep_common({"product": [read("a", 1), read("b", 1)], "landmarks": [read("b", 2, "landmarks"), read("c", 2, "landmarks")]})
    assert {method: [r.clip for r in own] for method, own in common.items()} == {"product": ["b"], "landmarks": ["b"]}


def test_constants_are_read_from_the_source() -> None:
    """Plain numbers and the fields of Params count; words, calls and what is derived from others do not."""
    source = (
        "A = 0.5\nB, C = 1.0, -2\nNAME = 'x'\nD = 2 * A\nE = np.deg2rad(0.3)\nclass XParams:\n    '''Doc.'''\n    wide_cm: float = 5 / 2\n    name: str = 'x'\n"
    )
    expected = [("A", "0.5"), ("(B, C)", "(1.0, -2)"), ("E", "np.deg2rad(0.3)"), ("XParams.wide_cm", "5 / 2")]
    assert read_constants(source, "m") == [Constant("m", name, value) for name, value in expected]


def test_constants_of_the_engine_are_found() -> None:
    """The limits beyond which no number is given are among them."""
    assert {"WIDEST_ANGLE_STD_DEG", "WIDEST_DISTANCE_STD_CM"} <= {c.name for c in list_constants()}


def test_drawn_scenes_are_told_by_quantity(tmp_path: Path) -> None:
    """One row a quantity, one column a figure."""
    path = tmp_path / "drawn.json"
    path.write_text(json.dumps({"rows": [{}, {}], "summary": {"shin, deg": {"n": 2, "median": 0.412}, "toe, cm": {"n": 1}}}))
    table = read_drawn(path)
    assert (table.title, table.head) == ("Drawn scenes: 2", ("what", "n", "median"))
    assert table.rows == (("shin, deg", "2", "0.41"), ("toe, cm", "1", "-"))


def test_another_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """Not a traceback about a key."""
    path = tmp_path / "drawn.json"
    path.write_text("[]")
    with pytest.raises(ValueError, match=r"expected|Write it with `python -m tests\.drawn"):
        read_drawn(path)
