"""Every form of the site: what was typed is there again after a refusal, and each problem names its field as the page does and leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.web.people import World
from tests.web.test_german import _plan

LONG = "so lang " * 70 + "x"
"""Longer than any field takes, and no number."""
CODE = re.compile(r"\b(?!so_lang)[a-z]+(?:[_.][a-z0-9]+)+\b")
NO_CODES = frozenset({"tape_cm", "tape_in", "inclinometer_deg", "marchetti_left.mp4", "example.org"})
"""Columns that whoever pastes a list writes themselves, and examples."""
UNDER_LEG = re.compile("^(?:tape|inclinometer)_")
"""What stands on the page under the name of a leg, and is named with it."""


@dataclass
class Form:
    """A form as a page shows it: where it is sent, what is fixed in it, what a person says in it, and what is chosen now."""

    action: str
    multipart: bool
    fixed: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    choices: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells a form from the others of its page."""
        return (self.action, *sorted(self.typed), *sorted(self.ticks), self.fixed.get("what", ""), self.fixed.get("side", ""))

    def fill(self) -> dict[str, str]:
        """Say something in every field: nonsense where words are typed, else the last of what can be chosen; no warning sign, and exercises are added."""
        return (
            self.fixed
            | dict.fromkeys(self.typed, LONG)
            | {name: boxes[-1][0] for name, boxes in self.ticks.items() if not name.startswith(("flag_", "no_flags"))}
            | {name: "add" if name.startswith("do_") else options[-1][0] for name, options in self.choices.items()}
        )

    def read(self) -> dict[str, str]:
        """Return what is said in it now."""
        chosen = {name: value for own in (self.ticks, self.choices) for name, options in own.items() for value, is_on in options if is_on}
        return self.fixed | self.typed | chosen


class Page(HTMLParser):
    """The forms of a page, the names that its labels give the fields, its ids, and what its problem box says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.ids: set[str] = set()
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""
        self.feed(text)
        box = re.search(r'<b id="problem-message">(.*?)</b>', text, re.DOTALL)
        self.problem = "" if box is None else " ".join(unescape(re.sub("<[^>]+>", "", box[1])).split())
        self.links = {} if box is None else dict(re.findall(r'<a href="#([^"]+)">(.*?):?</a>', unescape(box[1])))
        self.labels = dict(re.findall(r'<label for="([^"]+)">(.*?)</label>', text))

    def find(self, form: Form) -> Form:
        """Return the same form."""
        return next(each for each in self.forms if each.key == form.key)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms and fields."""
        known = {name: value or "" for name, value in attrs}
        self.ids.add(known.get("id", ""))
        if tag == "form":
            self._form = Form(known["action"].partition("#")[0] if "action" in known else "", known.get("enctype") == "multipart/form-data")
            if known.get("method") == "post":
                self.forms.append(self._form)
        name = known.get("name", "")
        if self._form is None or not name:
            if tag == "option" and self._form is not None and self._select:
                self._form.choices.setdefault(self._select, []).append((known.get("value", ""), "selected" in known))
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            self._form.typed[name] = ""
        elif tag == "input":
            self._take(self._form, name, known)

    def _take(self, form: Form, name: str, known: dict[str, str]) -> None:
        kind = known.get("type", "text")
        if kind == "hidden":
            form.fixed[name] = known["value"]
        elif kind in {"radio", "checkbox"}:
            form.ticks.setdefault(name, []).append((known.get("value", "on"), "checked" in known))
        elif kind not in {"file", "password"}:
            form.typed[name] = known.get("value", "")

    def handle_data(self, data: str) -> None:
        """Collect what stands in a larger field."""
        if self._textarea and self._form is not None:
            self._form.typed[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        """Note where a form or a choice ends."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""


def send(client: TestClient, form: Form, said: dict[str, str], language: str) -> tuple[int, Page]:
    """Send a form as a browser does."""
    headers = {"Accept-Language": language}
    if form.multipart:
        answer = client.post(form.action, files=[(name, (None, value)) for name, value in said.items()], headers=headers)
    else:
        answer = client.post(form.action, data=said, headers=headers)
    return answer.status_code, Page(answer.text)


PAGES = (
    ("coach", "/athletes"),
    ("coach", "/athletes/{anna}/edit"),
    ("coach", "/athletes/{anna}/typed"),
    ("coach", "/athletes/{anna}/plan/change"),
    ("anna", "/athletes/{anna}/plan/answers"),
    ("coach", "/squads"),
    ("coach", "/squads/{squad}/notes/{anna}"),
    ("coach", "/squads/{squad}/plans"),
    ("coach", "/squads/{squad}/upload"),
    ("coach", "/account"),
    ("nobody", "/signin"),
    ("nobody", "{invite}"),
    ("coach", "/?athlete={anna}"),
    ("coach", "/screenings/{anna_screening}"),
    ("coach", "/screenings/{anna_screening}/repeat/left"),
    ("coach", "/screenings/{anna_screening}/legs/left"),
    ("coach", "/screenings/{anna_screening}/correct"),
)
"""Every page with a form in which something is typed or chosen that can be refused."""
CHECKED = {
    *("/athletes", "/athletes/{}/edit", "/athletes/{}/typed", "/athletes/{}/plan/change", "/athletes/{}/plan/answers", "/squads"),
    *("/squads/{}/notes/{}", "/squads/{}/plans", "/squads/{}/upload", "/account/tokens", "/account/webhooks", "/signin", "/join/{}"),
    *("/screenings", "/screenings/{}/readings", "/screenings/{}/repeat/{}", "/screenings/{}/legs/{}", "/screenings/{}/correct"),
}
"""The addresses to which their forms are sent."""
ELSEWHERE = {
    "/squads/{squad_id}/roster": "tests/web/test_overview.py",
    "/squads/{squad_id}/waiting": "tests/web/test_waiting.py",
    "/screenings/{screening_id}/by-hand/{side}": "tests/web/test_refused_pages.py",
    "/athletes/{athlete_id}/consent": "below",
    "/squads/{squad_id}/plans/{template_id}/apply": "below",
    "/squads/{squad_id}/kiosk": "below",
    "/athletes/{athlete_id}/plan": "tests/web/test_programmes.py",
    "/forgot": "one address: refused only for the number of tries",
    "/reset/{secret}": "a password is never shown again",
}
BUTTONS = re.compile(r"/(?:erase|leave|revoke|withdraw|share|invite|reset|foot-length|baseline|step|letters|language|signout)$|/leave/|/account/password$")
"""Forms of a button alone, and the one in which there are only passwords."""


def prepare(world: World) -> dict[str, str]:
    """Add what some pages need: a plan, a template, an invitation, clips that are kept."""
    _plan(world)
    made = world.coach.post(f"/squads/{world.ids['squad']}/invite").text
    return world.ids | {"invite": re.search(r"/join/[\w-]+", made)[0]}  # type: ignore[index] # it is there


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """Return the ids of a service in which every page has its forms."""
    return prepare(world)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_was_typed_is_there_again_and_problems_name_fields_as_the_page_does(world: World, ids: dict[str, str], language: str) -> None:
    """No field is empty that was not, none is told by its code, and what a problem leads to is on the page."""
    checked: dict[tuple[str, ...], dict[str, bool]] = {}
    for who, path in PAGES:
        client: TestClient = getattr(world, who)
        for form in Page(client.get(path.format(**ids), headers={"Accept-Language": language}).text).forms:
            if not (form.typed or form.ticks or form.choices) or form.action.endswith("/apply"):
                continue
            said = form.fill()
            status, page = send(client, form, said, language)
            checked[form.key] = {
                "refused": 400 <= status < 500,
                "filled in": page.find(form).read().items() >= said.items(),
                "told": ("gefunden; " if language == "de" else "found ") in page.problem,
                "without codes": not set(CODE.findall(page.problem)) - NO_CODES,
                "leads there": page.ids >= set(page.links),
                "named as there": all(label == page.labels.get(place, label) or UNDER_LEG.search(place) for place, label in page.links.items()),
            }
    assert {key: [name for name, is_so in found.items() if not is_so] for key, found in checked.items() if not all(found.values())} == {}
    assert {re.sub(r"/(?:[0-9a-f]{32}|left|(?<=join/)[\w-]+)$|/[0-9a-f]{32}(?=/)", "/{}", key[0].partition("?")[0]) for key in checked} == CHECKED


def test_every_form_is_among_them(world: World) -> None:
    """Each address that takes a form is checked above, elsewhere, or a button alone."""
    contexts = [context for context in iter_route_contexts(world.app.routes) if context.methods and "POST" in context.methods]
    paths = {context.path for context in contexts if not context.path.startswith("/api")}
    shown = {re.sub(r"\{(\w+)\}", "{}", path) for path in paths if path not in ELSEWHERE and not BUTTONS.search(path)}
    assert {re.sub(r"\{(\w+)\}", "{}", path) for path in ELSEWHERE} <= {re.sub(r"\{(\w+)\}", "{}", path) for path in paths}
    assert shown == CHECKED


def test_who_is_ticked_for_a_template_stays_ticked(world: World, ids: dict[str, str]) -> None:
    """Also where the squad has nobody of that id."""
    page = Page(world.coach.get("/squads/{squad}/plans".format(**ids)).text)
    form = next(each for each in page.forms if each.action.endswith("/apply"))
    refused = world.coach.post(form.action, data={f"athlete_{ids['anna']}": "on", f"athlete_{'0' * 32}": "on"})
    assert (refused.status_code, Page(refused.text).find(form).read()) == (404, {f"athlete_{ids['anna']}": "on"})
    nobody = Page(world.coach.post(form.action, data={}).text)
    assert (list(nobody.links), nobody.ids >= {"athlete"}) == (["athlete"], True)


def test_consent_of_a_child_is_asked_again(world: World, ids: dict[str, str]) -> None:
    """With what was chosen, and why it is not enough."""
    child = world.coach.post("/api/athletes", json={"name": "Kim", "squad_id": ids["squad"], "year_of_birth": 2018}).json()["id"]
    refused = world.coach.post(f"/athletes/{child}/consent", data={"given_by": "athlete"})
    page = Page(refused.text)
    assert (refused.status_code, page.forms[0].read(), list(page.links)) == (422, {"given_by": "athlete"}, ["given_by"])


def test_a_limit_that_was_ticked_on_the_tablet_stays_ticked(world: World, ids: dict[str, str]) -> None:
    """When the clip is none."""
    files = [("athlete_id", (None, ids["anna"])), ("left", ("l.txt", b"no video" * 200)), ("furthest_left", (None, "true"))]
    refused = world.coach.post("/squads/{squad}/kiosk".format(**ids), files=files)
    assert refused.status_code == 415
    turn = [form for form in Page(refused.text).forms if "/kiosk" in form.action]
    assert all(form.read()["furthest_left"] == "true" for form in turn)


def test_what_was_typed_behind_a_clip_that_is_none_is_there_again(world: World, ids: dict[str, str]) -> None:
    """A browser sends the clips first; decimal commas stay commas."""
    typed = {"foot_length_cm": "24,5", "notes": "after the match", "felt": "calf", "pain": "2", "warmed_up": "true"}
    files = [("athlete_id", (None, ids["anna"])), ("left", ("l.txt", b"no video" * 20_000)), *((name, (None, value)) for name, value in typed.items())]
    refused = world.coach.post(f"/screenings?athlete={ids['anna']}", files=files)
    form = next(form for form in Page(refused.text).forms if form.action.startswith("/screenings"))
    assert (refused.status_code, form.read().items() >= typed.items()) == (415, True)


def test_a_filter_that_cannot_be_read_comes_back(world: World, ids: dict[str, str]) -> None:
    """With everybody, what was typed, and what is wrong with it."""
    answer = world.coach.get("/squads/{squad}?untested_days=soon&name=An".format(**ids))
    assert answer.status_code == 422
    for part in ('value="soon"', 'value="An"', '<a href="#untested_days">Not tested for so many days:</a>', ">Anna</a>"):
        assert part in answer.text
