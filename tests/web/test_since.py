"""What a report says about the time before."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.assessment.trend import DISTANCE_TREND, TrendPoint
from app.usecases.screenings import find_screening
from app.usecases.since import _judge, find_since
from calibration.quantity import Quantity
from tests.web.conftest import Service
from tests.web.people import measure as measure_for
from tests.web.people import people
from tests.web.test_athletes import add, measure
from tests.web.test_uploads import make_clip

SECTION = re.compile(r'<section aria-labelledby="since">.*?</section>', re.DOTALL)


def read_since(service: Service, screening_id: str) -> str:
    """Return what the report says of the time before, as text; empty where it says nothing."""
    found = SECTION.search(service.client.get(f"/screenings/{screening_id}").text)
    return "" if found is None else " ".join(re.sub("<[^>]+>", " ", found[0]).split())


def point(value: float, *, std: float = 0.3, lower_bound: bool = False, setting: str = "") -> TrendPoint:
    """One session."""
    return TrendPoint(week=0.0, value=Quantity(value, std, "cm"), lower_bound=lower_bound, setting=setting)


@pytest.mark.parametrize(
    ("now", "practised", "verdict"),
    [
        (point(12.0), True, "improved"),
        (point(11.7), True, "improved"),
        (point(11.5), True, "no_change"),
        (point(12.0), False, "no_change"),
        (point(12.3), False, "improved"),
        (point(8.0), False, "worse"),
        (point(12.0, std=1.0), True, "no_change"),
        (point(12.0, lower_bound=True), True, "at_least"),
        (point(12.0, setting="shod"), True, "other_setting"),
    ],
)
def test_one_session_is_held_against_one(now: TrendPoint, *, practised: bool, verdict: str) -> None:
    """Beyond 1.96 sqrt(0.3^2 + 0.3^2 + 2 0.5^2) = 1.62 cm, and half a centimetre more while practice counts; bounds and other settings are not compared."""
    assert _judge(point(10.0), now, DISTANCE_TREND, practised=practised)[0] == verdict
    bound = _judge(point(10.0, lower_bound=True), replace(now, setting=""), DISTANCE_TREND, practised=practised)
    assert bound == ("at_least", None)


def test_a_report_says_what_changed_since_last_time(service: Service) -> None:
    """The first says nothing; the third holds each leg against the second, leads there, and says what the weeks say."""
    anna = add(service)
    first, second, third = (measure(service, anna, f"week {n}") for n in range(3))
    assert read_since(service, first) == ""
    said = read_since(service, third)
    assert said.count("No change beyond measurement error") == 2
    assert said.count("0.0 ± 1.8 cm since then") == 2
    assert "Too few sessions to tell a change: 1 more session" in said
    page = service.client.get(f"/screenings/{third}").text
    assert f'href="/screenings/{second}"' in page
    assert f'href="/athletes/{anna}"' in page
    assert f'href="/screenings/{first}"' not in page


def test_a_clip_that_is_sent_again_counts_once_and_says_where(service: Service) -> None:
    """In the answer to sending, while it is measured and on its report, not for one leg's new clip; the first report and the trend know of one session."""
    anna = add(service)
    first = measure(service, anna, "week 0")
    files = {"left": ("l.mp4", make_clip("week 0 left")), "right": ("r.mp4", make_clip("new right"))}
    answer = service.client.post("/api/screenings", files=files, data={"athlete_id": anna}).json()
    again, words = answer["id"], "Left leg: this clip was already sent on"
    assert answer["sent_before"] == {"left": first}
    assert words in service.client.get(f"/screenings/{again}").text
    service.work(again)
    page = service.client.get(f"/screenings/{again}").text
    assert words in page
    assert f'<a href="/screenings/{first}">See it there</a>' in page
    assert "Right leg: this clip" not in page
    assert "already sent" not in service.client.get(f"/screenings/{first}").text
    trend = service.client.get(f"/api/athletes/{anna}/trend").json()
    sessions = {side: [session["screening"] for session in trend[side]["toe_to_wall_cm"]["sessions"]] for side in ("left", "right")}
    assert sessions == {"left": [first], "right": [first, again]}
    service.client.delete(f"/api/screenings/{first}")
    assert service.client.get(f"/api/screenings/{again}").json()["sent_before"] == {}


def test_an_older_report_knows_nothing_of_later_ones(service: Service) -> None:
    """What was said of the second session is the same after the third."""
    anna = add(service)
    _, second = (measure(service, anna, f"week {n}") for n in range(2))
    before = read_since(service, second)
    measure(service, anna, "week 2")
    assert read_since(service, second) == before != ""


def test_what_cannot_be_compared_is_not(service: Service) -> None:
    """A lower bound and other shoes, each with its reason."""
    anna = add(service)
    measure(service, anna, "week 0")
    bounded = read_since(service, measure(service, anna, "week 1", right="AT LEAST"))
    assert "Right Not compared" in bounded
    assert "lower bound" in bounded
    shod = read_since(service, measure(service, anna, "week 2", footwear="shod"))
    assert shod.count("Not compared") == 2
    assert "other footwear" in shod


def test_nobodys_clips_and_repeats_have_no_time_before(service: Service) -> None:
    """Without an athlete there are no weeks, and a repeat is no session."""
    anna = add(service)
    original = measure(service, anna, "week 0")
    measure(service, anna, "week 1")
    sent = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("again"))}, data={"repeat_of": original}).json()["id"]
    service.work(sent)
    alone = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("alone"))}).json()["id"]
    service.work(alone)
    for screening_id in (sent, alone):
        assert find_since(find_screening(screening_id, service.services), service.services) == ()
        assert read_since(service, screening_id) == ""


def test_a_link_sees_nothing_of_other_days(tmp_path: Path) -> None:
    """What came over the link is shown without the days before, without a way to change it, and with the foot of every page; its athlete sees the days."""
    with people(tmp_path) as world:
        third = measure_for(world, world.link, world.ids["anna"], "third")
        page = world.link.get(f"/screenings/{third}").text
        assert SECTION.search(page) is None
        assert world.ids["anna"] not in page
        assert "by-hand" not in page
        assert 'action="/language"' in page
        assert 'href="/athletes"' not in page
        own = world.anna.get(f"/screenings/{third}").text
        assert SECTION.search(own) is not None
        assert f'href="/screenings/{third}/by-hand/left"' in own
        assert 'href="/athletes"' in own
