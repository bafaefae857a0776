"""Webhooks over the real application: registering them, and a real receiver on this machine that is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from app.adapters.webhooks_http import HttpWebhookSender
from app.doors import build_documents
from app.settings import Settings
from app.usecases import accounts
from app.usecases.delivering import PAUSES_S, deliver_due
from app.usecases.processing import fail_analysis, write_report
from app.usecases.services import AnalysisServices, Services
from app.web.factory import create_app
from app.wiring import prepare_data
from tests.fakes.clock import FakeClock
from tests.fakes.receiver import Message, Receiver, receiving
from tests.web.conftest import Service
from tests.web.people import World, join, measure, new_client
from tests.web.test_uploads import make_clip

ROOT = Path(__file__).parents[2]
URL = "https://example.org/told"
Verify = Callable[[dict[str, str], bytes, str], bool]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a program that listens."""
    with receiving() as listening:
        yield listening


@pytest.fixture
def clock(service: Service) -> FakeClock:
    """Return the clock by which the worker tells what is due."""
    clock = FakeClock()
    clock.advance((service.services.clock.now() - clock.now()).total_seconds())
    service.services = replace(service.services, clock=clock)
    service.client.app.state.services = service.services  # type: ignore[attr-defined] # the application behind the client
    return clock


def hand_in(service: Service, word: str = "") -> str:
    """Hand in a clip and work it off; return the screening's id."""
    screening_id = str(service.client.post("/api/screenings", files={"left": ("Anna.mp4", make_clip(word))}).json()["id"])
    service.work(screening_id)
    return screening_id


def deliver(services: Services) -> int:
    """Do what the worker would do, with the sender that it has."""
    return deliver_due(services, HttpWebhookSender(allow_here=services.access == "open", timeout_s=5.0))


def is_signed(message: Message, secret: str) -> bool:
    """Whether a message is from who knows the secret, by the words of the standard."""
    said = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + message.body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), said, hashlib.sha256).digest()
    return message.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_a_receiver_is_told_once_and_can_tell_from_whom(service: Service, receiver: Receiver) -> None:
    """Registered, finished, told: over HTTP, signed, with an address under which the report is."""
    made = service.client.post("/api/webhooks", json={"url": receiver.url})
    assert made.status_code == 201
    screening_id = hand_in(service)
    assert deliver(service.services) == 1
    assert deliver(service.services) == 0
    (message,) = receiver.messages
    assert is_signed(message, made.json()["secret"])
    said = json.loads(message.body)
    assert (said["type"], said["screening"]["id"]) == ("report.finished", screening_id)
    assert service.client.get(said["screening"]["links"]["report"]).status_code == 200
    (shown,) = service.client.get("/api/webhooks").json()
    assert (shown["last_status"], shown["last_answer"], shown["url"]) == ("delivered", "204", receiver.url)


def test_a_message_holds_nothing_about_anybody(service: Service, receiver: Receiver) -> None:
    """No name of a person or a clip and no measurement: words and numbers are ids, times and addresses."""
    service.client.post("/api/webhooks", json={"url": receiver.url})
    screening_id = hand_in(service)
    deliver(service.services)
    told = json.loads(receiver.messages[0].body)
    assert set(told) == {"id", "type", "created_at", "screening"}
    assert set(told["screening"]) == {"id", "state", "links"}
    told.pop("created_at")  # its seconds may read like a number of the report
    report = service.client.get(f"/api/screenings/{screening_id}/report").json()
    known = [f"{report['left']['toe_to_wall_cm']['value']:.1f}", "Anna", "mp4", "left", "cm", "deg"]
    assert [word for word in known if word in json.dumps(told).replace(screening_id, "")] == []


def test_a_receiver_is_told_again_after_an_error_and_after_being_away(service: Service, clock: FakeClock) -> None:
    """A 500, then nobody at the port, then a 200: three tries of one message, each when its time has come."""
    with receiving() as first:
        port = first.port
        secret = service.client.post("/api/webhooks", json={"url": first.url}).json()["secret"]
        hand_in(service)
        first.answers = [(500, b"\r\nsorry")]
        assert deliver(service.services) == 0
        assert deliver(service.services) == 0
    assert service.client.get("/api/webhooks").json()[0]["last_answer"] == "500"
    clock.advance(PAUSES_S[0])
    assert deliver(service.services) == 0
    shown = service.client.get("/api/webhooks").json()[0]
    assert (shown["last_status"], shown["last_answer"]) == ("failing", "no_connection")
    clock.advance(PAUSES_S[1])
    with receiving(port=port) as second:
        assert deliver(service.services) == 1
    (one,), (two,) = first.messages, second.messages
    assert is_signed(one, secret)
    assert is_signed(two, secret)
    assert (one.body, one.headers["webhook-id"]) == (two.body, two.headers["webhook-id"])
    assert int(two.headers["webhook-timestamp"]) - int(one.headers["webhook-timestamp"]) == PAUSES_S[0] + PAUSES_S[1]


def test_a_message_that_is_never_taken_is_given_up_and_shown_as_such(service: Service, clock: FakeClock) -> None:
    """In the list and on the page, with when it was last tried."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        service.client.post("/api/webhooks", json={"url": f"http://127.0.0.1:{nobody.getsockname()[1]}/"})
        hand_in(service)
        for pause_s in (*PAUSES_S, 0):
            assert deliver(service.services) == 0
            clock.advance(pause_s)
    shown = service.client.get("/api/webhooks").json()[0]
    assert (shown["last_status"], shown["last_answer"]) == ("given_up", "no_connection")
    assert shown["last_tried_at"].startswith(clock.now().date().isoformat())
    assert "given up: no_connection" in service.client.get("/account").text


def test_a_failure_is_told(service: Service, receiver: Receiver) -> None:
    """An analysis that broke off, too."""
    service.client.post("/api/webhooks", json={"url": receiver.url})
    screening_id = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip())}).json()["id"]
    fail_analysis(screening_id, None, AnalysisServices(services=service.services, engine=service.engine, documents=build_documents()))
    deliver(service.services)
    assert json.loads(receiver.messages[0].body)["type"] == "analysis.failed"


def test_the_lines_of_the_documentation_verify_a_message(service: Service, receiver: Receiver) -> None:
    """As they are printed; another body, another secret and an old message are refused."""
    section = (ROOT / "docs" / "api.md").read_text().split("## Webhooks", 1)[1]
    names: dict[str, Verify] = {}
    exec(re.search(r"```python\n(.*?)```", section, re.DOTALL)[1], names)  # type: ignore[index]  # noqa: S102 - our own lines
    verify = names["is_from_kneewall"]
    secret = service.client.post("/api/webhooks", json={"url": receiver.url}).json()["secret"]
    hand_in(service)
    deliver(service.services)
    (message,) = receiver.messages
    assert verify(message.headers, message.body, secret)
    assert not verify(message.headers, message.body + b" ", secret)
    assert not verify(message.headers, message.body, "whsec_" + base64.b64encode(b"another secret").decode())
    assert not verify(message.headers | {"webhook-timestamp": str(int(time.time()) - 3600)}, message.body, secret)


def test_a_secret_is_shown_once_and_never_logged(world: World) -> None:
    """Neither list nor page nor log has it; the address is in no log either."""
    with structlog.testing.capture_logs() as lines:
        made = world.coach.post("/api/webhooks", json={"url": URL}).json()
        page = world.coach.post("/account/webhooks", data={"url": f"{URL}/page"})
        own = world.coach.get("/api/webhooks")
        shown = world.coach.get("/account").text
    secret = re.search(r'value="(whsec_[^"]+)"', page.text)
    assert secret is not None
    assert [webhook["url"] for webhook in own.json()] == [URL, f"{URL}/page"]
    assert f"{URL}/page" in shown
    for hidden in (made["secret"], secret[1].replace("&#43;", "+")):
        assert hidden not in own.text + shown + str(lines)
    assert "example.org" not in str(lines)


def test_a_webhook_of_another_account_does_not_exist(world: World) -> None:
    """For reading, taking back, over the API and on the page, for the admin too; a link has none at all."""
    made = world.coach.post("/api/webhooks", json={"url": URL}).json()["id"]
    for client in (world.other_coach, world.anna, world.admin):
        assert client.get("/api/webhooks").json() == []
        for unknown in (made, "0" * 32):
            refused = client.delete(f"/api/webhooks/{unknown}")
            assert (refused.status_code, refused.json()["code"]) == (404, "unknown_webhook")
            assert client.post(f"/account/webhooks/{unknown}/erase").status_code == 404
        assert "example.org/told" not in client.get("/account").text
    assert world.link.post("/api/webhooks", json={"url": URL}).status_code == 403
    assert world.nobody.post("/api/webhooks", json={"url": URL}).status_code == 401
    assert world.coach.delete("/api/webhooks/x").json()["code"] == "unknown_webhook"
    assert world.coach.delete(f"/api/webhooks/{made}").status_code == 204
    assert world.coach.get("/api/webhooks").json() == []


def test_a_webhook_is_taken_back_on_the_page(world: World) -> None:
    """A form for each, without scripts."""
    made = world.anna.post("/api/webhooks", json={"url": URL}).json()["id"]
    assert f'action="/account/webhooks/{made}/erase"' in world.anna.get("/account").text
    assert world.anna.post(f"/account/webhooks/{made}/erase").headers["location"] == "/account"
    assert world.anna.get("/api/webhooks").json() == []


@pytest.mark.parametrize("url", ["http://example.org/", "https://10.0.0.1/", "https://localhost/", "http://127.0.0.1:9000/", "https://a@example.org/", ""])
def test_an_address_that_may_not_be_called_is_refused(world: World, url: str) -> None:
    """Over the API with everything wrong, on the page in words; nothing is remembered."""
    refused = world.coach.post("/api/webhooks", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")
    assert world.coach.post("/account/webhooks", data={"url": url}).status_code == 422
    assert world.coach.get("/api/webhooks").json() == []


def test_devices_in_the_room_do_not_make_the_laptop_call_itself(service: Service) -> None:
    """They are the owner's, but this machine is not theirs."""
    paired = replace(service.services, access="paired")
    phone = new_client(create_app(paired))
    assert phone.get(f"/pair/{accounts.offer_pairing(paired)}").status_code == 303
    assert phone.post("/api/webhooks", json={"url": "http://127.0.0.1:9000/"}).status_code == 422
    assert phone.post("/api/webhooks", json={"url": URL}).status_code == 201
    assert [webhook["url"] for webhook in service.client.get("/api/webhooks").json()] == [URL]


def test_who_may_no_longer_see_the_athlete_is_not_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both were told in vain; before the next try the athlete leaves the squad of one of them. The receiver is this machine's for the test's sake."""
    with receiving() as receiver:
        open_to_here = HttpWebhookSender(allow_here=True, timeout_s=5.0)
        with monkeypatch.context() as patched:
            patched.setattr("app.usecases.webhooks.parse_receiver", lambda *_, **__: None)
            secrets = {
                name: getattr(world, name).post("/api/webhooks", json={"url": receiver.url}).json()["secret"]
                for name in ("admin", "coach", "other_coach", "anna")
            }
        measure(world, world.coach, world.ids["anna"], "new")
        receiver.answers = [(503, b"\r\n")] * 3
        deliver_due(world.services, open_to_here)
        assert {name for name in secrets for message in receiver.messages if is_signed(message, secrets[name])} == {"admin", "coach", "anna"}
        receiver.messages.clear()
        assert world.coach.delete(f"/api/squads/{world.ids['squad']}/athletes/{world.ids['anna']}").status_code == 204
        later = FakeClock()
        later.advance((world.services.clock.now() - later.now()).total_seconds() + PAUSES_S[0])
        assert deliver_due(replace(world.services, clock=later), open_to_here) == 2
        assert {name for name in secrets for message in receiver.messages if is_signed(message, secrets[name])} == {"admin", "anna"}
    assert world.coach.get("/api/webhooks").json()[0]["last_answer"] == "503"


def test_a_registered_receiver_inside_is_not_called_once_there_are_accounts(world: World) -> None:
    """What was registered before, or by whatever way, is checked when it is sent to."""
    with receiving() as receiver:
        own = world.coach.post("/api/webhooks", json={"url": URL}).json()["id"]
        with world.services.open_records() as records:
            kept = records.webhooks.find(own)
            assert kept is not None
            records.webhooks.erase(own)
            records.webhooks.add(replace(kept, url=receiver.url))
            records.commit()
        measure(world, world.coach, world.ids["anna"], "new")
        assert deliver(world.services) == 0
    assert receiver.messages == []
    assert world.coach.get("/api/webhooks").json()[0]["last_answer"] == "no_address"


def test_an_erased_account_takes_its_webhooks_along(world: World) -> None:
    """And what they were still to be told; the secret is in the database no more."""
    secret = world.anna.post("/api/webhooks", json={"url": URL}).json()["secret"]
    measure(world, world.coach, world.ids["anna"], "new")
    assert secret.encode() in _database(world)
    assert world.admin.delete(f"/api/accounts/{world.ids['anna_account']}").status_code == 204
    assert secret.encode() not in _database(world)
    with world.services.open_records() as records:
        assert list(records.webhooks.due(world.services.clock.now())) == []


def test_a_webhook_that_was_taken_back_stays_so_after_a_restore(world: World) -> None:
    """An older copy of the records still has it; the next start erases it again."""
    own = world.coach.post("/api/webhooks", json={"url": URL}).json()["id"]
    with world.services.open_records() as records:
        kept = records.webhooks.find(own)
    assert kept is not None
    assert world.coach.delete(f"/api/webhooks/{own}").status_code == 204
    with world.services.open_records() as records:
        records.webhooks.add(kept)
        records.commit()
    prepare_data(Settings(data_dir=world.folder, auth="on"))
    assert world.coach.get("/api/webhooks").json() == []


def test_a_new_coach_is_told_of_what_they_see(world: World) -> None:
    """Who joins by an invitation to the squad."""
    join(world.nobody, world.admin.post("/api/invites", json={"role": "coach", "squad_id": world.ids["squad"]}).json()["path"], "new@example.org")
    world.nobody.post("/api/webhooks", json={"url": URL})
    measure(world, world.coach, world.ids["anna"], "new")
    sender = HttpWebhookSender(allow_here=False, resolve=lambda *_: [])
    deliver_due(world.services, sender)
    assert world.nobody.get("/api/webhooks").json()[0]["last_status"] == "failing"


def test_a_report_written_again_is_told_under_the_same_id(service: Service, receiver: Receiver) -> None:
    """A worker that was killed after its step and before it said so does the step again."""
    service.client.post("/api/webhooks", json={"url": receiver.url})
    screening_id = hand_in(service)
    deliver(service.services)
    write_report(screening_id, AnalysisServices(services=service.services, engine=service.engine, documents=build_documents()))
    deliver(service.services)
    assert len(receiver.messages) == 2
    assert len({message.headers["webhook-id"] for message in receiver.messages}) == 1


def _database(world: World) -> bytes:
    return b"".join(path.read_bytes() for path in world.folder.glob("kneewall.sqlite3*"))
