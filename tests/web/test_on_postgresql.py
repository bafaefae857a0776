"""The whole service on PostgreSQL: every page and answer that only reads, and what writes most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.people import measure, people
from tests.web.test_access import fill, routes
from tests.web.test_uploads import make_clip

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


def test_every_page_and_answer_is_given(postgres: PostgresServer, tmp_path: Path) -> None:
    """Whoever sees everything asks for all there is to ask for, after weeks of a squad: nothing fails in a way that nobody expected."""
    with postgres.database("service") as url, people(tmp_path, url) as world:
        squad, anna = world.ids["squad"], world.ids["anna"]
        roster = "name,foot_length_cm\nCleo,25\nDora,24.5\n"
        assert world.coach.post(f"/api/squads/{squad}/roster", content=roster.encode()).status_code == 201
        assert world.coach.put(f"/api/squads/{squad}/athletes/{anna}/note", json={"text": "again in May"}).status_code == 204
        for week in range(3):
            measure(world, world.coach, anna, f"week {week}")
        held = world.coach.post(f"/api/squads/{squad}/screenings", files={"clips": ("whoever.mp4", make_clip("waits"))}).json()
        assert held[0]["waiting"]
        table = world.coach.get(f"/api/squads/{squad}/table").json()
        assert {row["name"] for row in table["athletes"]} == {"Anna", "Cleo", "Dora"}
        asked = {fill(route.path, world.ids) for route in routes(world) if "GET" in (route.methods or ())}
        # Events do not end by themselves, and the engine here leaves no sighting on which points could be set by hand.
        answers = {path: world.admin.get(path).status_code for path in sorted(asked) if not path.endswith("/events") and "/by-hand/" not in path}
        assert {path: status for path, status in answers.items() if status == 500} == {}
        assert len(asked) > 60
        assert world.admin.delete(f"/api/athletes/{anna}").status_code == 204
        assert world.coach.get(f"/api/athletes/{anna}").status_code == 404
