"""Every page in German: no English sentence is left on it, numbers have a decimal comma, and what programs are answered stays English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.pofile import read_po
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from scripts.messages import LOCALE
from tests.web.people import World, measure, people
from tests.web.test_access import fill
from tests.web.test_uploads import make_clip

GERMAN = {"Accept-Language": "de"}
ENGLISH_WORDS = re.compile(r"\b(?:the|and|of|is|are|with|this|that|from|which|your|their|there|been|toes|clip|clips)\b", re.IGNORECASE)
"""Words that no German sentence of ours has: they find what was never given to the catalogue."""
SHOWN_IN = frozenset({"alt", "title", "placeholder", "aria-label", "content"})
UNSAID = frozenset({"script", "style", "code", "textarea"})
VOID = frozenset({"meta", "link", "input", "img", "br", "source", "path", "line", "rect", "circle", "polyline", "polygon", "use"})


def _is_shown(attribute: str) -> bool:
    return attribute in SHOWN_IN or attribute.startswith("data-")


class Words(HTMLParser):
    """Everything that a page says to a person: its text, and the words in its attributes; what is marked as English is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._left_out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the words in attributes, and note where English begins."""
        known = {name: value or "" for name, value in attrs}
        if self._left_out or (tag in UNSAID or known.get("lang") == "en"):
            if tag not in VOID:
                self._left_out.append(tag)
            return
        self.said += [text for name, text in known.items() if _is_shown(name) and " " in text and not text.startswith(("{", "["))]

    def handle_endtag(self, tag: str) -> None:
        """Note where English ends."""
        if self._left_out and tag == self._left_out[-1]:
            self._left_out.pop()

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._left_out and data.strip():
            self.said.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Fill a service with weeks of screenings, a board, readings, values of earlier days, a token, a note, and a clip that waits."""
    with people(tmp_path_factory.mktemp("german")) as filled:
        _live_in(filled)
        yield filled


def _live_in(world: World) -> None:
    ids, coach = world.ids, world.coach
    for week in range(2):
        measure(world, coach, ids["anna"], f"week {week}")
    coach.post(f"/api/squads/{ids['squad']}/roster", content=b"name\nCleo Marchetti\nDora\n")
    coach.post(f"/api/screenings/{ids['anna_screening']}/readings", json={"side": "left", "kind": "tape_cm", "value": 9.5})
    values = [{"measured_on": f"2026-0{month}-01", "side": "left", "kind": "tape_cm", "value": 9 + month / 10} for month in range(1, 6)]
    coach.post(f"/api/athletes/{ids['anna']}/typed", json={"values": values})
    coach.post("/api/tokens", json={"label": "Auswertung"})
    coach.post(f"/squads/{ids['squad']}/notes/{ids['anna']}", data={"text": "Tape am rechten Fuß"})
    coach.post(f"/squads/{ids['squad']}/upload", files=[("clips", ("film.mp4", make_clip("waits")))])
    _plan(world)
    ids["queued"] = coach.post("/api/screenings", files={"left": ("l.mp4", make_clip("q"))}, data={"athlete_id": ids["anna"]}).json()["id"]


def _plan(world: World) -> None:
    """Make a plan with something in it that a coach asked for and must not be, a day with a log, and a template."""
    programme = f"/api/athletes/{world.ids['anna']}/programme"
    legs = {side: {"felt": ["front", "calf"], "traits": ["pinch", "old_sprain", "arch_collapses"]} for side in ("left", "right")}
    said = {"red_flags": [], "pain": 1, "age_group": "adult", "legs": legs, "equipment": ["band", "roller", "ball", "step"]}
    item = world.anna.put(f"{programme}/answers", json=said).json()["plan"]["items"][0]["exercise"]
    log = {"day": world.services.clock.now().date().isoformat(), "items": [{"exercise": item, "mark": "too_easy", "pain": 1}], "swelling": "more"}
    assert world.anna.post(f"{programme}/logs", json=log, headers={"Idempotency-Key": "german-entry"}).status_code == 201
    changed = {"version": 1, "locked": True, "added": [{"exercise": "banded_lunge"}]}
    assert world.coach.put(f"{programme}/overrides", json=changed).status_code == 200
    template = {"name": "Vorbereitung", "sport": "running", "overrides": {"locked": True}}
    assert world.coach.post(f"/api/squads/{world.ids['squad']}/plans", json=template).status_code == 201


def list_pages(world: World) -> list[str]:
    """Return the address of every page."""
    contexts = [context for context in iter_route_contexts(world.app.routes) if context.methods and "GET" in context.methods]
    paths = {context.path for context in contexts if not context.path.startswith(("/api", "/static", "/health", "/openapi", "/docs", "/redoc"))}
    return sorted(paths)


def read_words(client: TestClient, address: str) -> list[str]:
    """Return what a page says."""
    answer = client.get(address, headers=GERMAN)
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    assert 'lang="de"' in answer.text[:200], address
    words = Words()
    words.feed(answer.text)
    return words.said


def list_english() -> set[str]:
    """Return every English sentence that is another in German, and the long pieces of those with places in them."""
    with (LOCALE / "de.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    found: set[str] = set()
    for message in catalogue:
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        german = message.string if isinstance(message.string, tuple) else (message.string,)
        for one, other in zip(english, german, strict=True) if message.id else ():
            pieces = re.split(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>", one.replace("%%", "%"))
            whole = len(pieces) == 1 and one != other
            found |= {" ".join(piece.split()) for piece in pieces if (whole or piece.count(" ") > 3) and piece.strip() and piece not in other}
    return found


def find_english(said: list[str], english: set[str]) -> list[str]:
    """Return what of it is English."""
    long = [sentence for sentence in english if sentence.count(" ") > 1]
    return [text for text in said if text in english or ENGLISH_WORDS.search(text) or any(sentence in text for sentence in long)]


def test_no_page_has_an_english_sentence_left(world: World) -> None:
    """Each page as whoever may see it, and those that refuse as well."""
    english = list_english()
    left: dict[str, list[str]] = {}
    shown = 0
    for who in ("coach", "admin", "anna", "link", "nobody"):
        client: TestClient = getattr(world, who)
        for path in list_pages(world):
            said = read_words(client, fill(path, world.ids))
            shown += bool(said)
            if found := find_english(said, english):
                left[f"{who} {path}"] = found
    more = [f"/screenings/{world.ids['queued']}", f"/?athlete={world.ids['anna']}", f"/squads/{world.ids['squad']}?above=1.5", "/screenings/" + "0" * 32]
    for address in more:
        if found := find_english(read_words(world.coach, address), english):
            left[address] = found
    assert not left, "\n".join(f"{address}: {found}" for address, found in left.items())
    assert shown > 60


def test_errors_on_forms_are_german(world: World) -> None:
    """What was found, expected and to do, also where several things are wrong at once."""
    answer = world.coach.post(f"/athletes/{world.ids['anna']}/edit", data={"name": "", "foot_length_cm": "99"}, headers=GERMAN)
    assert '<a href="#foot_length_cm">Fußlänge in cm:</a> ' in answer.text
    assert "erwartet höchstens" in answer.text
    assert "Berichtige, was genannt ist" in answer.text
    refused = world.nobody.post("/signin", data={"email": "nobody@example.org", "password": "wrong"}, headers=GERMAN)
    assert "gibt es kein Konto" in refused.text


def test_numbers_of_the_report_have_a_decimal_comma(world: World) -> None:
    """On the page, in its drawings and in the table."""
    page = world.coach.get(f"/screenings/{world.ids['anna_screening']}", headers=GERMAN).text
    assert re.search(r"\d,\d ±|<b>\d+,\d</b>", page)
    assert not re.search(r">\s*\d+\.\d\s*<", page)
    assert "Zehen-Wand-Abstand" in page


@pytest.mark.parametrize(
    "path", ["/api/screenings/{screening_id}", "/api/screenings/{screening_id}/report", "/api/athletes/{athlete_id}/trend", "/api/squads/{squad_id}/table"]
)
def test_programs_are_answered_in_english(world: World, path: str) -> None:
    """Whatever language the caller's browser likes, and whatever it chose before."""
    address = fill(path, world.ids)
    english: Any = world.coach.get(address, headers={"Accept": "application/json"}).json()
    assert world.coach.get(address, headers={"Accept": "application/json"} | GERMAN).json() == english


def test_report_on_paper_follows_the_reader(world: World) -> None:
    """The PDF is another one in German, and the page of the report under the API's address too."""
    address = f"/api/screenings/{world.ids['anna_screening']}/report"
    assert "Was die Zahlen bedeuten" in world.coach.get(f"{address}?format=html", headers=GERMAN).text
    assert world.coach.get(f"{address}?format=pdf", headers=GERMAN).content != world.coach.get(f"{address}?format=pdf").content
