"""Telling webhooks what is finished: whom, what, how often, and what a crash leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.ports.accounts import Account, Role
from app.ports.people import Athlete, Squad
from app.ports.webhooks import Answer, Webhook
from app.usecases.access import OWNER, Actor
from app.usecases.delivering import PAUSES_S, deliver_due, sign
from app.usecases.errors import TooManyWebhooksError, UnknownWebhookError
from app.usecases.processing import fail_analysis, write_report
from app.usecases.webhooks import MOST_WEBHOOKS, add_webhook, erase_webhook, list_webhooks
from tests.fakes.bundle import FakeBundle
from tests.fakes.webhooks import FakeSender
from tests.unit.usecases.stepping import ID, run_all, store

URL = "https://example.org/told"
ANNA = Actor(kind="athlete", account_id="an", athlete_id="x")
COACH = Actor(kind="coach", account_id="co")
OTHER = Actor(kind="coach", account_id="ot")
ADMIN = Actor(kind="admin", account_id="ad")


class KilledError(BaseException):
    """The end of the worker in the middle of something."""


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Return a service without accounts in which two clips wait."""
    made = FakeBundle(tmp_path)
    store(made, left="", right="")
    return made


@pytest.fixture
def sender() -> FakeSender:
    """Somebody who takes everything, until told otherwise."""
    return FakeSender()


def sent_to(sender: FakeSender) -> list[str]:
    """Return where something was sent, in order, and forget it."""
    urls = [url for url, _, _ in sender.sent]
    sender.sent.clear()
    return urls


def only_webhook(bundle: FakeBundle) -> Webhook:
    """Return the owner's webhook as it is now."""
    (webhook,) = list_webhooks(OWNER, bundle.services)
    return webhook


def with_people(bundle: FakeBundle) -> None:
    """Turn accounts on: the clips are Anna's, of whose squad the first coach looks after; each has a webhook under their name."""
    bundle.services = replace(bundle.services, access="accounts")
    bundle.analyst = replace(bundle.analyst, services=bundle.services)
    roles: dict[str, Role] = {"an": "athlete", "co": "coach", "ot": "coach", "ad": "admin"}
    with bundle.services.open_records() as records:
        records.athletes.add(Athlete(athlete_id="x", name="Anna", created_at=bundle.clock.now()))
        records.set_athlete(ID, "x")
        records.squads.add(Squad(squad_id="s", name="First", created_at=bundle.clock.now()))
        records.squads.join("s", "x")
        for name, role in roles.items():
            own = {"athlete_id": "x"} if name == "an" else {}
            records.accounts.add(Account(account_id=name, email=f"{name}@example.org", role=role, password_hash="", created_at=bundle.clock.now(), **own))
        records.squads.put_coach("s", "co")
        records.commit()
    for actor in (ANNA, COACH, OTHER, ADMIN):
        add_webhook(actor, f"https://example.org/{actor.account_id}", bundle.services)


def test_a_finished_report_is_told(bundle: FakeBundle, sender: FakeSender) -> None:
    """Once, with ids, a time and addresses, and nothing that anybody typed or that was measured."""
    add_webhook(OWNER, URL, bundle.services)
    run_all(bundle)
    assert deliver_due(bundle.services, sender) == 1
    assert deliver_due(bundle.services, sender) == 0
    ((url, headers, body),) = sender.sent
    assert url == URL
    links = {"self": f"/api/screenings/{ID}", "report": f"/api/screenings/{ID}/report", "page": f"/screenings/{ID}"}
    said = {"created_at": "2026-03-04T05:06:07+00:00", "screening": {"id": ID, "state": "done", "links": links}}
    assert json.loads(body) == {"id": headers["webhook-id"], "type": "report.finished", **said}
    assert headers["content-type"] == "application/json"


def test_a_failed_analysis_is_told(bundle: FakeBundle, sender: FakeSender) -> None:
    """As what it is."""
    add_webhook(OWNER, URL, bundle.services)
    fail_analysis(ID, None, bundle.analyst)
    deliver_due(bundle.services, sender)
    said = json.loads(sender.sent[0][2])
    assert (said["type"], said["screening"]["state"]) == ("analysis.failed", "failed")


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks' own documents, to the letter."""
    body = b'{"test": 2432232314}'
    secret, message_id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert sign(secret, message_id, "1614265330", body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_secret_is_its_own_and_shown_in_no_text_of_it(bundle: FakeBundle) -> None:
    """Two webhooks have two; what is logged of one by mistake holds neither secret nor address."""
    first, second = (add_webhook(OWNER, URL, bundle.services) for _ in range(2))
    assert first.secret != second.secret
    assert first.secret.startswith("whsec_")
    assert first.secret not in repr(first)
    assert "example.org" not in repr(first)


def test_what_is_not_taken_is_sent_again_with_growing_pauses(bundle: FakeBundle, sender: FakeSender) -> None:
    """The same words under the same id, signed with the time of the try; after the last pause it is given up."""
    add_webhook(OWNER, URL, bundle.services)
    run_all(bundle)
    sender.answer = Answer(taken=False, word="500")
    for pause_s in PAUSES_S:
        deliver_due(bundle.services, sender)
        assert (only_webhook(bundle).last_outcome, only_webhook(bundle).last_answer) == ("failing", "500")
        bundle.clock.advance(pause_s - 1)
        deliver_due(bundle.services, sender)
        bundle.clock.advance(1)
    assert len(sender.sent) == len(PAUSES_S)
    sender.answer = Answer(taken=False, word="timed_out")
    deliver_due(bundle.services, sender)
    tried = only_webhook(bundle)
    assert (tried.last_outcome, tried.last_answer, tried.last_tried_at) == ("given_up", "timed_out", bundle.clock.now())
    bundle.clock.advance(10 * PAUSES_S[-1])
    deliver_due(bundle.services, sender)
    assert len(sender.sent) == len(PAUSES_S) + 1
    assert len({(headers["webhook-id"], body) for _, headers, body in sender.sent}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in sender.sent}) == len(sender.sent)
    assert len({headers["webhook-signature"] for _, headers, _ in sender.sent}) == len(sender.sent)
    assert bundle.records.deliveries == {}


def test_what_is_taken_late_is_delivered(bundle: FakeBundle, sender: FakeSender) -> None:
    """One good answer ends it."""
    add_webhook(OWNER, URL, bundle.services)
    run_all(bundle)
    sender.answer = Answer(taken=False, word="no_connection")
    deliver_due(bundle.services, sender)
    bundle.clock.advance(PAUSES_S[0])
    sender.answer = Answer(taken=True, word="200")
    assert deliver_due(bundle.services, sender) == 1
    assert (only_webhook(bundle).last_outcome, only_webhook(bundle).last_answer) == ("delivered", "200")


def test_a_worker_killed_after_sending_sends_again_under_the_same_id(bundle: FakeBundle) -> None:
    """Twice is once for who looks at the id; lost it is not."""
    add_webhook(OWNER, URL, bundle.services)
    run_all(bundle)

    class DyingSender(FakeSender):
        def send(self, *args: object) -> Answer:
            self.sent.append(args)  # type: ignore[arg-type] # as the port has it
            raise KilledError

    dying, next_one = DyingSender(), FakeSender()
    with pytest.raises(KilledError):
        deliver_due(bundle.services, dying)
    assert deliver_due(bundle.services, next_one) == 1
    assert [headers["webhook-id"] for _, headers, _ in dying.sent] == [headers["webhook-id"] for _, headers, _ in next_one.sent]


def test_a_worker_killed_between_report_and_sending_loses_nothing(bundle: FakeBundle, sender: FakeSender, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is in the transaction of the report: both are there, or neither; the step that is done again tells it under the same id."""
    add_webhook(OWNER, URL, bundle.services)

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("tests.fakes.webhooks.FakeWebhooks.put_event", die)
        with pytest.raises(KilledError):
            run_all(bundle)
    assert (bundle.records.reports, bundle.records.deliveries) == ({}, {})
    with monkeypatch.context() as patched:
        patched.setattr("app.usecases.processing.settle_clips", die)
        with pytest.raises(KilledError):
            write_report(ID, bundle.analyst)
    assert deliver_due(bundle.services, sender) == 1
    write_report(ID, bundle.analyst)
    deliver_due(bundle.services, sender)
    assert len({headers["webhook-id"] for _, headers, _ in sender.sent}) == 1


def test_another_version_is_another_message(bundle: FakeBundle, sender: FakeSender) -> None:
    """A report that was made anew is told, too."""
    add_webhook(OWNER, URL, bundle.services)
    run_all(bundle)
    with bundle.services.open_records() as records:
        records.reports.begin_version(ID, changed_by=None, reason="why")
        records.commit()
    write_report(ID, bundle.analyst)
    assert deliver_due(bundle.services, sender) == 2
    assert len({headers["webhook-id"] for _, headers, _ in sender.sent}) == 2


def test_who_may_see_the_screening_is_told(bundle: FakeBundle, sender: FakeSender) -> None:
    """The athlete, the coach of the squad and the admin; not the other coach, whose message is forgotten."""
    with_people(bundle)
    run_all(bundle)
    assert deliver_due(bundle.services, sender) == 3
    assert sorted(sent_to(sender)) == [f"https://example.org/{name}" for name in ("ad", "an", "co")]
    assert bundle.records.deliveries == {}


def test_who_may_no_longer_see_it_is_not_told(bundle: FakeBundle, sender: FakeSender) -> None:
    """What counts is the moment of sending: the athlete left the squad after the report, and after a try in vain."""
    with_people(bundle)
    run_all(bundle)
    sender.answer = Answer(taken=False, word="500")
    deliver_due(bundle.services, sender)
    assert "https://example.org/co" in sent_to(sender)
    with bundle.services.open_records() as records:
        records.squads.leave("s", "x")
        records.commit()
    bundle.clock.advance(PAUSES_S[0])
    deliver_due(bundle.services, sender)
    assert sorted(sent_to(sender)) == ["https://example.org/ad", "https://example.org/an"]


def test_who_may_see_it_by_the_time_is_told(bundle: FakeBundle, sender: FakeSender) -> None:
    """Put into the squad between report and sending, as they then see it on the page."""
    with_people(bundle)
    run_all(bundle)
    with bundle.services.open_records() as records:
        records.squads.put_coach("s", "ot")
        records.commit()
    deliver_due(bundle.services, sender)
    assert "https://example.org/ot" in sent_to(sender)


def test_a_webhook_is_told_only_in_the_service_that_it_was_registered_in(bundle: FakeBundle, sender: FakeSender) -> None:
    """The owner's not once everybody signs in, and an account's not where nobody does."""
    add_webhook(OWNER, URL, bundle.services)
    alone = bundle.services
    with_people(bundle)
    run_all(bundle)
    deliver_due(bundle.services, sender)
    assert URL not in sent_to(sender)
    add_webhook(OWNER, URL, alone)
    write_report(ID, bundle.analyst)
    deliver_due(alone, sender)
    assert sent_to(sender) == [URL, URL]


@pytest.mark.parametrize("gone", ["webhook", "account", "athlete", "screening"])
def test_what_is_erased_is_told_to_nobody(bundle: FakeBundle, gone: str) -> None:
    """Between report and sending, and even between looking up what is due and sending it."""
    with_people(bundle)
    run_all(bundle)

    def erase() -> None:
        with bundle.services.open_records() as records:
            if gone == "webhook":
                records.webhooks.erase(list_webhooks(COACH, bundle.services)[0].webhook_id)
            elif gone == "account":
                records.accounts.erase("co")
            elif gone == "athlete":
                records.athletes.erase("x")
            else:
                records.erase_screening(ID)
            records.commit()

    class ErasingSender(FakeSender):
        def send(self, url: str, *args: object) -> Answer:
            if not self.sent:
                erase()
            return super().send(url, *args)  # type: ignore[arg-type] # as the port has it

    erasing = ErasingSender()
    deliver_due(bundle.services, erasing)
    assert "https://example.org/co" not in sent_to(erasing)
    assert bundle.records.deliveries == {}


def test_who_does_not_answer_delays_only_themselves(bundle: FakeBundle) -> None:
    """One try a round to a silent receiver, whatever waits for it; the others get theirs."""
    store(bundle, "cd34", left="")
    silent, quick = (add_webhook(OWNER, f"https://{name}.example.org/", bundle.services) for name in ("silent", "quick"))
    fail_analysis(ID, None, bundle.analyst)
    fail_analysis("cd34", None, bundle.analyst)

    class ChoosySender(FakeSender):
        def send(self, url: str, *args: object) -> Answer:
            super().send(url, *args)  # type: ignore[arg-type] # as the port has it
            return Answer(taken=url == quick.url, word="timed_out" if url == silent.url else "204")

    sender = ChoosySender()
    assert deliver_due(bundle.services, sender) == 2
    assert sorted(sent_to(sender)) == [quick.url, quick.url, silent.url]
    deliver_due(bundle.services, sender)
    assert sent_to(sender) == [silent.url]
    deliver_due(bundle.services, sender)
    assert sent_to(sender) == []


def test_an_account_has_a_few_webhooks(bundle: FakeBundle) -> None:
    """And its own ones only; another's is like one that was never there."""
    with_people(bundle)
    for _ in range(MOST_WEBHOOKS - 1):
        add_webhook(COACH, URL, bundle.services)
    with pytest.raises(TooManyWebhooksError):
        add_webhook(COACH, URL, bundle.services)
    own, *_ = list_webhooks(COACH, bundle.services)
    for other in (OTHER, ADMIN, ANNA, OWNER):
        with pytest.raises(UnknownWebhookError):
            erase_webhook(other, own.webhook_id, bundle.services)
    erase_webhook(COACH, own.webhook_id, bundle.services)
    assert len(list_webhooks(COACH, bundle.services)) == MOST_WEBHOOKS - 1


def test_pauses_grow_to_a_day() -> None:
    """Seconds at first, for who restarts; in the end long enough for a weekend's outage to be noticed."""
    assert list(PAUSES_S) == sorted(PAUSES_S)
    assert timedelta(days=1) <= timedelta(seconds=sum(PAUSES_S)) <= timedelta(days=2)
