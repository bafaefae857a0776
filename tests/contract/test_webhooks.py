"""Every WebhookRecords."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.ports.records import UnitOfWork
from app.ports.webhooks import Delivery, Webhook
from tests.contract.people import COACH, OWN
from tests.contract.records import ANNA, AT, Open, add, do_meanwhile, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

OWNERS = Webhook(webhook_id="w", url="http://127.0.0.1:9000/", secret="whsec_w", created_at=AT)
COACHS = Webhook(webhook_id="c1", url="https://example.org/", secret="whsec_c", created_at=AT, account_id="c")
LATER = replace(COACHS, webhook_id="c0", created_at=AT + timedelta(hours=1))
ANNAS = replace(COACHS, webhook_id="a1", account_id="o")
ALL = ["a1", "c0", "c1", "w"]


@pytest.fixture
def filled(open_records: Open) -> Open:
    """One webhook of nobody, two of a coach, one of an athlete; two screenings, of which one is the athlete's."""
    with open_records() as records:
        records.athletes.add(ANNA)
        for account in (COACH, OWN):
            records.accounts.add(account)
        for webhook in (OWNERS, LATER, COACHS, ANNAS):
            records.webhooks.add(webhook)
        records.commit()
    add(open_records, replace(make_screening("a"), athlete_id="x"), make_screening("b"))
    return open_records


def tell(open_records: Open, screening_id: str = "a") -> None:
    """Have everybody told of a report."""
    with open_records() as records:
        records.webhooks.put_event(screening_id, "report.finished", at=AT)
        records.commit()


def due(records: UnitOfWork, minutes: int = 0) -> list[Delivery]:
    """Return what is due some minutes later."""
    return list(records.webhooks.due(AT + timedelta(minutes=minutes)))


def test_webhooks_belong_to_an_account_or_to_the_owner(filled: Open) -> None:
    """Oldest first, with every field; one without its account is dropped."""
    with filled() as records:
        assert list(records.webhooks.list_of(None)) == [OWNERS]
        assert list(records.webhooks.list_of("c")) == [COACHS, LATER]
        assert list(records.webhooks.list_all()) == [ANNAS, COACHS, OWNERS, LATER]
        assert records.webhooks.find("a1") == ANNAS
        assert records.webhooks.find("nothing") is None
        records.webhooks.add(replace(COACHS, webhook_id="n", account_id="nobody"))
        assert records.webhooks.find("n") is None


def test_a_try_is_remembered_with_its_webhook(filled: Open) -> None:
    """The last one counts, and changes no other."""
    with filled() as records:
        records.webhooks.note_try("w", "failing", "500", at=AT)
        records.webhooks.note_try("w", "delivered", "204", at=AT + timedelta(minutes=1))
        records.webhooks.note_try("nothing", "delivered", "204", at=AT)
        records.commit()
    with filled() as records:
        tried = replace(OWNERS, last_outcome="delivered", last_answer="204", last_tried_at=AT + timedelta(minutes=1))
        assert records.webhooks.find("w") == tried
        assert records.webhooks.find("c1") == COACHS


def test_every_webhook_is_told_of_an_event_once(filled: Open) -> None:
    """Twice the same step is one event; another analysis or another event is another; of what is not there nobody is told."""
    for _ in range(2):
        tell(filled)
    tell(filled, "nothing")
    with filled() as records:
        assert [delivery.webhook_id for delivery in due(records)] == ALL
        first = due(records)[0]
        assert first == Delivery(webhook_id="a1", screening_id="a", analysis=1, event="report.finished", created_at=AT, due_at=AT)
        assert list(records.webhooks.due(AT - timedelta(seconds=1))) == []
        records.reports.begin_version("a", changed_by=None, reason="why")
        records.webhooks.put_event("a", "report.finished", at=AT)
        records.webhooks.put_event("a", "analysis.failed", at=AT)
        assert [(delivery.analysis, delivery.event) for delivery in due(records) if delivery.webhook_id == "w"] == [
            (1, "report.finished"),
            (2, "analysis.failed"),
            (2, "report.finished"),
        ]


def test_what_is_told_is_due_again_until_it_is_dropped(filled: Open) -> None:
    """Postponed it comes after what has waited longer; what was dropped meanwhile does not come back."""
    tell(filled)
    with filled() as records:
        first, *others = due(records)
        later = replace(first, due_at=AT + timedelta(minutes=5), tries=1)
        records.webhooks.postpone(later)
        records.commit()
        assert due(records) == others
        assert due(records, 5) == [*others, later]
        for delivery in due(records, 5):
            records.webhooks.drop(delivery)
        records.webhooks.postpone(later)
        records.commit()
        assert due(records, 5) == []


def test_an_event_that_was_told_is_told_again_by_a_step_done_again(filled: Open) -> None:
    """At least once: whoever is told knows it by its id."""
    tell(filled)
    with filled() as records:
        told = due(records)
        for delivery in told:
            records.webhooks.drop(delivery)
        records.commit()
    tell(filled)
    with filled() as records:
        assert due(records) == told


def test_an_event_that_is_not_committed_has_not_happened(filled: Open) -> None:
    """It goes with the report that it tells of."""
    with filled() as records:
        records.webhooks.put_event("a", "report.finished", at=AT)
    with filled() as records:
        assert due(records) == []


def test_an_erased_webhook_takes_what_it_was_to_be_told(filled: Open) -> None:
    """The others are still told; its id is remembered as erased."""
    tell(filled)
    with filled() as records:
        assert records.webhooks.erase("c1")
        assert not records.webhooks.erase("c1")
        records.commit()
        assert [delivery.webhook_id for delivery in due(records)] == ["a1", "c0", "w"]
        assert list(records.webhooks.list_of("c")) == [LATER]
        assert list(records.erased_ids()) == ["c1"]


def test_an_erased_account_or_athlete_takes_webhooks_and_events_along(filled: Open) -> None:
    """A coach their own webhooks; an athlete also every event of their screenings, whoever was to be told."""
    tell(filled, "a")
    tell(filled, "b")
    with filled() as records:
        assert records.accounts.erase("c")
        records.commit()
        assert [(delivery.webhook_id, delivery.screening_id) for delivery in due(records)] == [("a1", "a"), ("a1", "b"), ("w", "a"), ("w", "b")]
        assert records.athletes.erase("x")
        records.commit()
        assert [(delivery.webhook_id, delivery.screening_id) for delivery in due(records)] == [("w", "b")]
        assert list(records.webhooks.list_of("o")) == []


def test_an_erased_screening_is_told_of_to_nobody(filled: Open) -> None:
    """What was to be told of it is gone."""
    tell(filled)
    with filled() as records:
        assert records.erase_screening("a")
        records.commit()
        assert due(records) == []


def test_what_is_told_while_it_is_erased_is_dropped(filled: Open) -> None:
    """A screening, a webhook, accounts with theirs: whoever comes second finds nothing, and neither fails."""
    with filled() as records:
        records.erase_screening("a")
        records.webhooks.erase("w")
        for account in (COACH, OWN):
            records.accounts.erase(account.account_id)
        told = [do_meanwhile(lambda other, name=name: other.webhooks.put_event(name, "report.finished", at=AT), filled) for name in "ab"]
        added = do_meanwhile(lambda other: other.webhooks.add(replace(COACHS, webhook_id="n")), filled)
        records.commit()
    for other in (*told, added):
        other.result(30)
    with filled() as records:
        assert due(records) == []
        assert records.webhooks.find("n") is None


def test_an_event_told_twice_at_once_is_there_once(filled: Open) -> None:
    """The worker's step and the reconciler."""
    with filled() as records:
        records.webhooks.put_event("a", "analysis.failed", at=AT)
        other = do_meanwhile(lambda other: other.webhooks.put_event("a", "analysis.failed", at=AT), filled)
        records.commit()
    other.result(30)
    with filled() as records:
        assert [delivery.webhook_id for delivery in due(records)] == ALL
