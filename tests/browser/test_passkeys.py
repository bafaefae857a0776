"""Passkeys in a real browser, with the device that Chromium keeps for testing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from app.settings import Settings
from app.usecases.accounts import create_account
from app.wiring import build_web, prepare_data
from tests.web.people import PASSWORD
from tests.web.serving import Served, serving

EMAIL = "coach@example.org"
PHONE = {"width": 360, "height": 740}
REFUSED = "Failed to load resource: the server responded with a status of 401"


@pytest.fixture(scope="module")
def with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service with an account; nothing is measured, so it has no worker."""
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(data_dir=folder / "data", auth="on")
    prepare_data(settings)
    create_account(EMAIL, PASSWORD, "coach", build_web(settings))
    with serving(folder, auth="on", worker_process="false") as running:
        yield running


@contextmanager
def visit(browser: Browser, base_url: str, complaints: list[str]) -> Iterator[Page]:
    """Open the page for signing in; what the console complains about is written down."""
    context = browser.new_context(base_url=base_url, viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/signin?next=%2Faccount")
    yield page
    context.close()


def named(served: Served) -> str:
    """Return the address of the service under a name."""
    return str(served.client.base_url).rstrip("/").replace("127.0.0.1", "localhost")


def give_device(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """Give the browser a device that keeps keys and verifies the person."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": verifies}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
    return session, str(made["authenticatorId"])


def sign_in(page: Page) -> None:
    """Sign in with the password, which leads to the account."""
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/account")


def fits(page: Page) -> bool:
    """No sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_passkey_is_added_signs_in_and_is_taken_back(browser: Browser, with_accounts: Served) -> None:
    """By hand on a phone's width: add, sign out, sign in with it to where one was going, take back, and it opens nothing any more."""
    complaints: list[str] = []
    with visit(browser, named(with_accounts), complaints) as page:
        session, device = give_device(page)
        sign_in(page)
        page.get_by_label("A new passkey, named").fill("My phone")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_text(re.compile("My phone added .*, not used yet"))).to_be_visible()
        assert fits(page)
        [made] = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        assert (made["isResidentCredential"], made["rpId"]) == (True, "localhost")
        page.get_by_role("button", name="Sign out").click()
        page.goto("/account")
        page.wait_for_url("**/signin?next=%2Faccount")
        assert fits(page)
        page.get_by_role("button", name="Sign in with a passkey").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        expect(page.get_by_text(re.compile("My phone added .*, last used"))).to_be_visible()
        assert complaints == []
        page.get_by_role("button", name="Take back My phone").click()
        expect(page.get_by_text("My phone")).to_have_count(0)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("#passkey-note")).to_contain_text("This passkey was not accepted")
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
        assert fits(page)
    assert [complaint for complaint in complaints if not complaint.startswith(REFUSED)] == []


def test_a_device_makes_one_passkey_for_an_account(browser: Browser, with_accounts: Served) -> None:
    """It says itself that it has one already; one of somebody whom it did not recognise is not offered."""
    complaints: list[str] = []
    with visit(browser, named(with_accounts), complaints) as page:
        session, device = give_device(page)
        sign_in(page)
        for _ in range(2):
            page.get_by_label("A new passkey, named").fill("Laptop")
            page.get_by_role("button", name="Add a passkey").click()
            page.wait_for_timeout(500)
        expect(page.locator("#passkey-note")).to_contain_text("already has a passkey")
        expect(page.get_by_text(re.compile("Laptop added"))).to_have_count(1)
        session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("#passkey-note")).to_contain_text("Nothing was chosen")
    assert complaints == []


def test_the_page_says_why_there_is_no_passkey(browser: Browser, with_accounts: Served) -> None:
    """Under the number of the machine: no button, and the address that helps."""
    complaints: list[str] = []
    with visit(browser, str(with_accounts.client.base_url), complaints) as page:
        expect(page.get_by_text("http://localhost:")).to_be_visible()
        assert page.get_by_role("button", name="passkey").count() == 0
        sign_in(page)
        expect(page.get_by_text("http://localhost:")).to_be_visible()
        assert page.get_by_role("button", name="Add a passkey").count() == 0
    assert complaints == []


def test_without_scripts_the_password_is_left(browser: Browser, with_accounts: Served) -> None:
    """It is said why there is no passkey; passkeys can be taken back without scripts as well."""
    context = browser.new_context(base_url=named(with_accounts), java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto("/signin?next=%2Faccount")
    expect(page.get_by_text("Passkeys need scripts")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page)
    expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()
    for button in page.get_by_role("button", name="Take back Laptop").all():
        button.click()
    expect(page.get_by_text("Laptop")).to_have_count(0)
    context.close()
