"""When the next test is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from app.assessment.programme.logs import DayLog, ItemLog
from app.ports.accounts import Account
from app.ports.mail import Letter, MailFailedError
from app.ports.people import Athlete
from app.ports.programmes import Programme
from app.ports.records import UnitOfWork
from app.usecases.reminding import NextTest, find_next_test, send_letters
from tests.contract.test_people import NUMBERS
from tests.contract.test_records import make_screening
from tests.fakes.bundle import FakeBundle
from tests.unit.usecases.test_following import START, make_result


def test_the_next_test_is_a_week_after_the_last() -> None:
    """That was measured: what was refused or waits is none, and before the first there is no day."""
    first = make_result(0, "left", 9.0)
    waiting = replace(make_result(1, "left", 9.0), numbers=None, state="queued")
    assert find_next_test([first, waiting]) == NextTest(START.date() + timedelta(days=7)) == NextTest(date(2026, 1, 12))
    assert find_next_test([]) == find_next_test([waiting]) == NextTest(None)


def test_pain_above_three_pauses_it() -> None:
    """Until less is said: saying nothing is no word that it is gone."""
    hurt, silent, well = (make_result(week, "left", 9.0, pain=pain) for week, pain in enumerate((4, None, 3)))
    assert find_next_test([hurt]) == find_next_test([hurt, silent]) == NextTest(None, 4)
    assert find_next_test([hurt, silent, well]).due == START.date() + timedelta(days=21)


def test_pain_in_the_log_pauses_it_too() -> None:
    """Whichever was said last, at a test or on a day of the home programme."""
    well = make_result(0, "left", 9.0, pain=1)
    sore = DayLog(day=(START.date() + timedelta(days=3)).toordinal(), items=(ItemLog(exercise_id="x", mark="done", pain=5),))
    calm = replace(sore, day=sore.day + 1, items=(ItemLog(exercise_id="x", mark="done", pain=3),))
    assert find_next_test([well], [sore]) == NextTest(None, 5)
    assert find_next_test([well], [sore, calm]).due == START.date() + timedelta(days=7)
    assert find_next_test([well, make_result(1, "left", 9.0, pain=2)], [sore]).due == START.date() + timedelta(days=14)


def write(address: str, language: str) -> Letter:
    """Write a letter that tells its language."""
    return Letter(address, language, "")


@dataclass
class Post:
    """A mailer that keeps what it is handed, or fails."""

    fails: bool = False
    letters: list[Letter] = field(default_factory=list)
    while_sending: Callable[[], None] = lambda: None

    def send(self, letter: Letter) -> None:
        """Hand it over."""
        self.while_sending()
        if self.fails:
            raise MailFailedError
        self.letters.append(letter)


def test_letters_are_sent_once_a_week_to_who_asked(tmp_path: Path) -> None:
    """To the athlete's own account, in the language that they chose; not before the test is due, and again when the post failed."""
    made = FakeBundle(tmp_path)
    open_now: list[UnitOfWork] = []
    held: list[int] = []

    @contextmanager
    def open_records() -> Iterator[UnitOfWork]:
        with made.records.open() as records:
            open_now.append(records)
            yield records
            open_now.remove(records)

    post = Post(fails=True, while_sending=lambda: held.append(len(open_now)))
    services = replace(made.services, mailer=post, access="accounts", open_records=open_records)
    now = services.clock.now()
    with services.open_records() as records:
        for name in ("a", "b"):
            records.athletes.add(Athlete(athlete_id=name, name=name, created_at=now))
            records.accounts.add(Account(account_id=name, email=f"{name}@example.org", role="athlete", password_hash="h", created_at=now, athlete_id=name))
            records.programmes.add(Programme(programme_id=name, athlete_id=name, began=now.date(), letters="de" if name == "a" else None))
        records.commit()
    assert send_letters(services, write) == 0
    with services.open_records() as records:
        screening = replace(make_screening("s"), athlete_id="a", created_at=now - timedelta(days=8))
        records.add_screening(screening)
        records.set_measurement("s", "left", {}, numbers=NUMBERS)
        records.commit()
    assert send_letters(services, write) == 1
    post.fails = False
    assert [send_letters(services, write) for _ in range(2)] == [0, 0]
    assert [(letter.to, letter.subject) for letter in post.letters] == [("a@example.org", "de")]
    made.clock.advance(timedelta(days=8).total_seconds())
    send_letters(services, write)
    assert len(post.letters) == 2
    assert held == [0, 0, 0]  # no unit of work, and so no connection, waits for the mail server
