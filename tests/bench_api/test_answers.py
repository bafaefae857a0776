from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.assessment.trend import DISTANCE_TREND, compute_trend
from app.settings import Settings
from app.web.factory import create_app
from app.wiring import build_web
from tests.bench_api.__main__ import EMAIL, PASSWORD, fill_service, list_paths
from tests.bench_api.filling import SIDES, Filled, Member, Size
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


@dataclass(frozen=True, slots=True)
class Small:
    """The coach's client, what was put in, and the clock by which the last week is today."""

    client: TestClient
    filled: Filled
    clock: FakeClock


@contextmanager
def serve_filled(folder: Path, size: Size, url: str | None = None) -> Iterator[Small]:
    """Fill a service as the benchmark does and sign its coach in."""
    clock = FakeClock()
    settings = Settings(data_dir=folder, auth="on", database_url=url)
    filled = fill_service(settings, size, now=clock.now())
    with TestClient(create_app(replace(build_web(settings), clock=clock)), base_url="http://127.0.0.1") as client:
        assert client.post("/api/session", json={"email": EMAIL, "password": PASSWORD}).status_code == 204
        yield Small(client, filled, clock)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Return ten athletes of six weeks on a database of each kind; the tests only read."""
    folder, size = tmp_path_factory.mktemp("small"), Size(athletes=10, weeks=6, other_squads=1, others=2)
    if request.param == "sqlite":
        with serve_filled(folder, size) as made:
            yield made
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database("small") as url, serve_filled(folder, size, url) as made:
        yield made


def newest(member: Member) -> int:
    """Return the place of the newest week that is measured."""
    return -2 if member.unfinished else -1


def test_table_shows_everybody_as_their_newest_finished_week_says(small: Small) -> None:
    """Numbers of both legs and the difference are those that were drawn; nobody of another squad is in it."""
    table = small.client.get(list_paths(small.filled)["/api/squads/ID/table"][0]).json()
    shown = {standing["id"]: standing for standing in table["athletes"]}
    assert set(shown) == {member.athlete_id for member in small.filled.members}
    for member in small.filled.members:
        standing, points = shown[member.athlete_id], {side: member.weeks[side][newest(member)] for side in SIDES}
        assert standing["screening"] == member.screenings[newest(member)]
        for side, point in points.items():
            assert standing[side]["toe_to_wall_cm"]["value"] == pytest.approx(point.value.value, abs=1e-3)
            assert standing[side]["limit"] == ("lower_bound" if point.lower_bound else "bracketed")
        assert standing["difference"]["value"] == pytest.approx(points["left"].value.value - points["right"].value.value, abs=1e-3)
        assert (standing["beyond_1_5_cm"] is None) == any(point.lower_bound for point in points.values())
    likely = [standing["beyond_1_5_cm"] for standing in table["athletes"] if standing["beyond_1_5_cm"] is not None]
    assert likely == sorted(likely, reverse=True)


def test_board_knows_of_today_only(small: Small) -> None:
    """Everybody's clips of today are in, those that are not worked at yet among them; on the next day nobody is filmed yet."""
    path = list_paths(small.filled)["/squads/ID/board"][0]
    board = {line["id"]: line for line in small.client.get(f"/api{path}").json()["athletes"]}
    for member in small.filled.members:
        line = board[member.athlete_id]
        assert (line["screening"], line["state"], line["missing"]) == (member.screenings[-1], "queued" if member.unfinished else "done", [])
    small.clock.advance(24 * 3600)
    later = small.client.get(f"/api{path}").json()["athletes"]
    small.clock.advance(-24 * 3600)
    assert [(line["screening"], line["missing"]) for line in later] == [(None, ["left", "right"])] * len(board)


def test_trend_is_that_of_the_weeks_put_in(small: Small) -> None:
    """Every measured week in order, and the verdict that the method gives of them."""
    for member in small.filled.members:
        trend = small.client.get(f"/api/athletes/{member.athlete_id}/trend").json()
        for side in SIDES:
            points = list(member.weeks[side])[: -1 if member.unfinished else None]
            course = trend[side]["toe_to_wall_cm"]
            assert [session["screening"] for session in course["sessions"]] == member.screenings[: len(points)]
            assert [session["value"]["value"] for session in course["sessions"]] == pytest.approx([point.value.value for point in points], abs=1e-3)
            assert course["verdict"] == compute_trend(points, DISTANCE_TREND).verdict


def test_pages_show_everybody(small: Small) -> None:
    """The squad's pages name each athlete, and each athlete's page has a picture of every course."""
    paths = list_paths(small.filled)
    for path in (paths["/squads/ID"][0], paths["/squads/ID/board"][0]):
        page = small.client.get(path).text
        assert all(member.name in page for member in small.filled.members)
    for member, path in zip(small.filled.members, paths["/athletes/ID"], strict=True):
        page = small.client.get(path).text
        assert member.name in page
        assert page.count("<svg") == 5


def test_numbers_are_read_without_the_documents(tmp_path: Path) -> None:
    """SQLite finds them in an index, not behind the pages of a document; a column that the index lacks would undo it in silence."""
    steps: list[str] = []

    def explain(connection: sa.Connection, _cursor: object, statement: str, parameters: tuple[object, ...], *_rest: object) -> None:
        rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters) if statement.startswith("SELECT") else ()
        steps.extend(str(row[3]) for row in rows)

    with serve_filled(tmp_path, Size(athletes=2, weeks=2, other_squads=1, others=1)) as small:
        sa.event.listen(sa.Engine, "before_cursor_execute", explain)
        for paths in list_paths(small.filled).values():
            assert small.client.get(paths[0]).status_code == 200
        sa.event.remove(sa.Engine, "before_cursor_execute", explain)
    heavy = [step for step in steps if step.split()[1] in {"attempts", "reports"}]
    assert len(heavy) == 10
    assert [step for step in heavy if "USING COVERING INDEX ix_" not in step] == []


def test_statements_do_not_grow_with_athletes_or_weeks(tmp_path: Path) -> None:
    """However many people and weeks there are, an answer asks the database the same number of times."""
    sizes = (Size(athletes=athletes, weeks=weeks, other_squads=1, others=athletes) for athletes, weeks in ((2, 2), (7, 9)))
    few, many = (count_statements(tmp_path / str(size.weeks), size) for size in sizes)
    assert few == many
    assert max(many.values()) <= 23  # of an athlete's page, which also says how far the home programme is and what was read by hand


def count_statements(folder: Path, size: Size) -> dict[str, int]:
    """Ask each path twice, because the first look of a day is written down, and count what the second one asks."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    counted = {}
    with serve_filled(folder, size) as small:
        for name, paths in list_paths(small.filled).items():
            assert small.client.get(paths[0]).status_code == 200
            sa.event.listen(sa.Engine, "before_cursor_execute", note)
            assert small.client.get(paths[0]).status_code == 200
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
            counted[name] = len(seen)
            seen.clear()
    return counted
