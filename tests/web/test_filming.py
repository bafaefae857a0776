"""The filming page as it is served: for whom, under which policy, and what is kept of what a phone felt."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from app.ports.screenings import Gravity
from app.web.static_files import FOLDER
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_exporting import get_export, read_json
from tests.web.test_uploads import PAIR, make_clip

FELT = {"down": [0.02, 0.9998, 0.004], "spread_deg": 0.21, "samples": 540, "screen_deg": 90}


def test_only_the_coach_may_run_webassembly(service: Service) -> None:
    """The page plays back what it holds, its worker runs the network, and no other page may do either."""
    page, coach = service.client.get("/film"), service.client.get("/film/coach.js")
    assert coach.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self' 'wasm-unsafe-eval';" in coach.headers["content-security-policy"]
    assert "media-src 'self' blob:;" in page.headers["content-security-policy"]
    for answer in (page, service.client.get("/"), service.client.get("/offline"), service.client.get("/service-worker.js")):
        assert answer.status_code == 200
        assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "blob:" not in service.client.get("/").headers["content-security-policy"]
    assert not any(word in page.headers["content-security-policy"] for word in ("unsafe", "data:", "http"))


def test_page_asks_first_names_no_other_host_and_makes_no_diagnosis(service: Service) -> None:
    """The questions stand before everything else; scripts load nothing from elsewhere."""
    page = service.client.get("/film").text
    assert page.index("Were you told not to put weight on the leg?") < page.index("<svg") < page.index("<form id=")
    assert "It is no diagnosis" in page
    scripts = [*FOLDER.glob("film/*.js"), FOLDER / "install.js", FOLDER / "service-worker.js", FOLDER / "manifest.webmanifest"]
    texts = [page, *(path.read_text(encoding="utf-8") for path in scripts)]
    assert [re.findall(r"(?:https?:)?//[a-z0-9]+\.[a-z]", text) for text in texts] == [[]] * len(texts)


def test_side_and_athlete_are_chosen_by_the_address(world: World) -> None:
    """Other pages lead to a leg; a side that is none is refused."""
    page = world.coach.get(f"/film?athlete={world.ids['anna']}&side=right").text
    assert "For Anna." in page
    assert re.search(r'value="right"[^>]* checked', page)
    assert f'name="athlete_id" value="{world.ids["anna"]}"' in page
    assert world.coach.get(f"/film?athlete={world.ids['anna']}&side=middle").status_code == 422


def test_who_may_film_whom(world: World) -> None:
    """A coach must say of whom; an athlete and a link need not; nobody films who is not theirs."""
    assert world.coach.get("/film").headers["location"] == "/athletes"
    assert "For Anna." in world.anna.get("/film").text
    assert "For Anna." in world.link.get("/film").text
    assert world.nobody.get("/film").headers["location"] == "/signin?next=%2Ffilm"
    for client in (world.coach, world.anna, world.link):
        assert client.get(f"/film?athlete={world.ids['ben']}").status_code == 404


def test_nobody_is_filmed_who_has_not_agreed(world: World) -> None:
    """It is asked in place of the page."""
    cleo = world.coach.post("/api/athletes", json={"name": "Cleo", "squad_id": world.ids["squad"]}).json()["id"]
    page = world.coach.get(f"/film?athlete={cleo}").text
    assert "Who agrees?" in page
    assert "Start the camera" not in page


def test_files_of_others_are_kept_for_good_and_sent_compressed(service: Service) -> None:
    """To who understands it; our own files are not kept, since their names stay when they change."""
    address = "/static/vendor/mediapipe-1.1.0/wasm/vision_wasm_module_internal.wasm"
    file = FOLDER / address.removeprefix("/static/")
    assert file.is_file(), "found no files for the filming page; expected them built: make setup"
    squeezed = service.client.get(address)
    plain = service.client.get(address, headers={"Accept-Encoding": "identity"})
    assert squeezed.content == plain.content == file.read_bytes()
    assert (squeezed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == plain.content
    for answer in (squeezed, plain):
        assert answer.headers["content-type"] == "application/wasm"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
    assert service.client.get("/static/film/page.js").headers["cache-control"] == "no-store"
    assert service.client.get("/static/vendor/nothing.js").status_code == 404
    assert service.client.get("/static/manifest.webmanifest").headers["content-type"] == "application/manifest+json"


def test_gravity_is_kept_beside_its_clip(service: Service) -> None:
    """As it was felt, for the leg that it belongs to."""
    answer = service.client.post("/api/screenings", files=PAIR, data={"gravity_right": json.dumps(FELT)})
    assert answer.status_code == 202, answer.text
    with service.services.open_records() as records:
        screening = records.find_screening(answer.json()["id"])
    assert screening is not None
    assert [attempt.gravity for attempt in screening.attempts] == [None, Gravity(down=(0.02, 0.9998, 0.004), spread_deg=0.21, samples=540, screen_deg=90)]


@pytest.mark.parametrize(
    "wrong", [{"down": [0, 0.5, 0]}, {"down": [0, -1, 0]}, {"down": [0, 1]}, {"spread_deg": -1}, {"samples": 0}, {"screen_deg": 400}, {"name": "Anna"}]
)
def test_gravity_that_is_none_is_refused(service: Service, wrong: dict[str, object]) -> None:
    """The field is named, and nothing is stored."""
    answer = service.client.post("/api/screenings", files=PAIR, data={"gravity_left": json.dumps(FELT | wrong)})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert "gravity_left" in answer.json()["message"]
    assert service.client.post("/api/screenings", files=PAIR, data={"gravity_left": "down"}).json()["code"] == "malformed"


def test_gravity_is_in_the_export(world: World) -> None:
    """With everything else that is kept of a screening."""
    files = {"left": ("l.mp4", make_clip("felt"))}
    made = world.anna.post("/api/screenings", files=files, data={"gravity_left": json.dumps(FELT)}).json()["id"]
    packed = get_export(world.anna, world.ids["anna"])
    name = next(name for name in packed.namelist() if made in name and name.endswith("screening.json"))
    assert read_json(packed, name)["attempts"][0]["gravity"] == FELT
