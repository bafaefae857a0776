"""In which language a page is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rendering.language import choose_language
from tests.web.people import new_client, people


@pytest.mark.parametrize(
    ("kept", "accepted", "expected"),
    [
        (None, "", "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr,en;q=0.5,de;q=0.7", "de"),
        (None, "fr", "en"),
        (None, "de;q=0", "en"),
        (None, "de;q=none,en", "en"),
        ("en", "de", "en"),
        ("tlh", "de", "de"),
    ],
)
def test_language_is_the_kept_one_then_the_most_liked(kept: str | None, accepted: str, expected: str) -> None:
    """What somebody chose goes before what their browser says, and what is not ours is English."""
    assert choose_language(kept, accepted) == expected


def test_page_says_in_which_language_it_is(tmp_path: Path) -> None:
    """Screen readers pronounce a page by its lang attribute."""
    with people(tmp_path) as world:
        client = new_client(world.app)
        assert '<html lang="en">' in client.get("/signin").text
        assert '<html lang="de">' in client.get("/signin", headers={"Accept-Language": "de-DE"}).text


def test_choice_is_remembered_and_leads_back(tmp_path: Path) -> None:
    """The buttons at the foot of a page show the same page again; a page of somebody else is not led to."""
    with people(tmp_path) as world:
        client = new_client(world.app)
        chosen = client.post("/language", data={"language": "de"}, headers={"Referer": f"{client.base_url}/signin?x=1"}, follow_redirects=False)
        assert chosen.headers["location"] == "/signin?x=1"
        assert '<html lang="de">' in client.get("/signin").text
        away = client.post("/language", data={"language": "en"}, headers={"Referer": "https://example.org//evil"}, follow_redirects=False)
        assert away.headers["location"] == "/"
        assert client.post("/language", data={"language": "tlh"}).status_code == 422
