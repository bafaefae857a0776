"""Every page that there is, in one table: walks, accessibility checks, screenshots and the bench read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

Who = Literal["open", "nobody", "link", "anna", "coach", "admin"]
"""Who looks: somebody of a service without accounts, or one of a service with them."""


@dataclass(frozen=True)
class Place:
    """Where pages are: the origins of the service without accounts and of the one with them, everybody's cookie, and the ids in addresses."""

    origins: Mapping[Who, str]
    cookies: Mapping[Who, str]
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """A page: its name, its address with ids to be filled in, and who looks at it."""

    name: str
    address: str
    who: Who
    ready: str = "main"
    missing: bool = False
    tick: str | None = None
    typed: tuple[str, str] | None = None
    press: str | None = None

    def open(self, page: Page, place: Place) -> None:
        """Go there; some pages are the answer to a form."""
        page.goto(place.origins[self.who] + self.address.format_map(place.ids))
        if self.tick is not None:
            page.get_by_label(self.tick).check()
        if self.typed is not None:
            page.get_by_label(self.typed[0]).fill(self.typed[1])
        if self.press is not None:
            page.get_by_role("button", name=self.press).click()
            page.wait_for_load_state()
        page.locator(self.ready).first.wait_for()


ROSTER = "name,foot_length_cm\nGustav,27\nDora,\nHelene von Wartenberg-Auersperg,a lot\n"
PAGES = (
    Shown("start", "/", "open"),
    Shown("report", "/screenings/{finished}", "open", "#verdict"),
    Shown("by_hand", "/screenings/{finished}/by-hand/left", "open", "#hand:not([aria-busy=true]) .handle.toe"),
    Shown("film_safety", "/film", "open"),
    Shown("film", "/film", "open", ".drawings", tick="No, none of them"),
    Shown("offline", "/offline", "open"),
    Shown("help", "/help", "open"),
    Shown("sheet", "/sheet", "open"),
    Shown("signin", "/signin", "nobody"),
    Shown("forgot", "/forgot", "nobody"),
    Shown("reset", "/reset/{reset}", "nobody"),
    Shown("join", "/join/{invite}", "nobody"),
    Shown("start_by_link", "/", "link"),
    Shown("own_results", "/athletes/{anna}", "anna", "figure .chart canvas"),
    Shown("account", "/account", "anna"),
    Shown("start_for_athlete", "/?athlete={anna}", "coach"),
    Shown("consent", "/?athlete={cleo}", "coach"),
    Shown("progress", "/screenings/{queued}", "coach", "#watch"),
    Shown("report_refused", "/screenings/{refused}", "coach", "#verdict"),
    Shown("measurements", "/screenings", "coach"),
    Shown("correct", "/screenings/{anna_screening}/correct", "coach"),
    Shown("repeat", "/screenings/{anna_screening}/repeat/left", "coach"),
    Shown("leg", "/screenings/{anna_screening}/legs/left", "coach"),
    Shown("erase_screening", "/screenings/{anna_screening}/erase", "coach"),
    Shown("athletes", "/athletes", "coach"),
    Shown("athlete", "/athletes/{anna}", "coach", "figure .chart canvas"),
    Shown("athlete_edit", "/athletes/{anna}/edit", "coach"),
    Shown("typed", "/athletes/{anna}/typed", "coach"),
    Shown("plan", "/athletes/{anna}/plan", "anna", ".timer:not([hidden])"),
    Shown("plan_of_athlete", "/athletes/{anna}/plan", "coach", ".timer:not([hidden])"),
    Shown("plan_advice", "/athletes/{dora}/plan", "coach"),
    Shown("plan_answers", "/athletes/{cleo}/plan/answers", "coach"),
    Shown("plan_change", "/athletes/{anna}/plan/change", "coach"),
    Shown("plan_history", "/athletes/{anna}/plan/history", "coach"),
    Shown("erase_plan", "/athletes/{anna}/plan/erase", "coach"),
    Shown("squad_plans", "/squads/{squad}/plans", "coach"),
    Shown("squad_plans_applied", "/squads/{squad}/plans", "coach", "[role=status]", tick="Anna", press="Make their plans anew"),
    Shown("exercises", "/exercises", "open"),
    Shown("erase_athlete", "/athletes/{anna}/erase", "coach"),
    Shown("squads", "/squads", "coach"),
    Shown("squad", "/squads/{squad}", "coach"),
    Shown("squad_narrowed", "/squads/{squad}?noted=true&name=o", "coach"),
    Shown("board", "/squads/{squad}/board", "coach"),
    Shown("kiosk", "/squads/{squad}/kiosk", "coach"),
    Shown("waiting", "/squads/{squad}/waiting", "coach"),
    Shown("roster", "/squads/{squad}/roster", "coach"),
    Shown("squad_upload", "/squads/{squad}/upload", "coach"),
    Shown("compare", "/squads/{squad}/compare?athlete={anna}&athlete={cleo}&athlete={dora}", "coach"),
    Shown("note", "/squads/{squad}/notes/{dora}", "coach"),
    Shown("erase_squad", "/squads/{squad}/erase", "coach"),
    Shown("missing", "/screenings/{nothing}", "coach", missing=True),
    Shown("link", "/athletes/{anna}", "coach", "#address", press="Make a link for clips"),
    Shown("roster_preview", "/squads/{squad}/roster", "coach", "table", typed=("Or paste", ROSTER), press="Look what it would do"),
    Shown("accounts", "/accounts", "admin"),
    Shown("account_of_admin", "/account", "admin"),
    Shown("token", "/account", "admin", typed=("A token for a program, named", "spreadsheet"), press="Make a token"),
    Shown("erase_account", "/accounts/{anna_account}/erase", "admin"),
)
