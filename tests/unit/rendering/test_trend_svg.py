from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from app.assessment.trend import DISTANCE_TREND, TrendPoint, compute_trend
from app.rendering.trend_dict import build_trend_dict, describe_difference, describe_trend
from app.rendering.trend_svg import BOTTOM, LEFT, RIGHT, TOP, draw_trend
from app.usecases.following import Course, Courses, Session
from app.usecases.reminding import NextTest
from calibration.quantity import Quantity

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


def make_course(*values: float) -> Course:
    """One session a week; the third is a lower bound."""
    points = [TrendPoint(week=n, value=Quantity(value, 0.35, "cm"), lower_bound=n == 2) for n, value in enumerate(values)]
    sessions = tuple(Session(f"{n:x}", BEGIN + timedelta(weeks=n), point) for n, point in enumerate(points))
    return Course(sessions, compute_trend(points, DISTANCE_TREND))


def draw(course: Course) -> str | None:
    """As the page does."""
    courses = Courses({"left": {"toe_to_wall_cm": course}}, make_course(), NextTest(None))
    return draw_trend(build_trend_dict(courses)["left"]["toe_to_wall_cm"], title="Toe to wall", name="t")


def test_every_session_is_inside_the_frame() -> None:
    """A point and a whisker each, hollow where it does not count, within the axes; the description names the days and bounds."""
    picture = draw(make_course(9.5, 9.8, 7.0, 10.1, 10.0, 10.2, 13.0))
    assert picture is not None
    points = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)]
    assert len(points) == picture.count('class="whisker"') == 7
    assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in points)
    assert picture.count('class="point aside"') == 1
    assert "2026-03-16: ≥\N{NO-BREAK SPACE}7.0" in picture


def test_one_session_and_none() -> None:
    """One is drawn in the middle; without any there is no picture."""
    alone = draw(make_course(10.0))
    assert alone is not None
    assert f'cx="{(LEFT + RIGHT) / 2:g}"' in alone
    assert draw(make_course()) is None


def test_what_lacks_is_said() -> None:
    """How many sessions, in singular and plural; of a change the level and the change."""
    assert "4 more sessions" in describe_trend("toe_to_wall_cm", make_course().trend)
    assert "1 more session " in describe_trend("toe_to_wall_cm", make_course(10.0, 10.0, 10.0, 10.0).trend)
    words = describe_trend("toe_to_wall_cm", make_course(*[10.0] * 9, *[13.0] * 5).trend)
    assert words.startswith("Improved: now at 13.0")
    assert "+3.0" in words


def test_a_difference_is_neither_better_nor_worse() -> None:
    """Its verdict is that it has changed, its sentence says where it is now."""
    course = make_course(*[-1.0] * 9, *[2.0] * 6)
    built = build_trend_dict(Courses({}, course, NextTest(None)))["difference"]["toe_to_wall_cm"]
    assert built["verdict"] == "changed"
    assert built["words"].startswith("The difference between the legs has changed: left less right is now +2.0")
    assert "4 more sessions" in describe_difference(make_course().trend)
