"""Every UploadRecords."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.ports.accounts import Grant
from app.ports.uploads import Upload
from tests.contract.conftest import DATABASES
from tests.contract.people import COACH, OWN
from tests.contract.records import ANNA, AT, BEN, Open, do_meanwhile
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

LATER = AT + timedelta(hours=24)
OWNERS = Upload(upload_id="u", created_at=AT, expires_at=LATER, length_bytes=5_000_000_000)
COACHS = replace(OWNERS, upload_id="c2", account_id="c", athlete_id="w")
SECOND = replace(COACHS, upload_id="c1", created_at=AT + timedelta(minutes=1))
ANNAS = replace(OWNERS, upload_id="a", account_id="o")
LINKED = replace(OWNERS, upload_id="l", grant_id="g", athlete_id="x")
LINK = Grant(grant_id="g", kind="share", secret_sha256="0" * 64, created_at=AT, expires_at=LATER, athlete_id="x")


@pytest.fixture
def filled(open_records: Open) -> Open:
    """Fill in uploads of nobody in particular, of a coach about Ben, of Anna's account, and over a link of Anna's."""
    with open_records() as records:
        for athlete in (ANNA, BEN):
            records.athletes.add(athlete)
        for account in (COACH, OWN):
            records.accounts.add(account)
        records.accounts.add_grant(LINK)
        assert all(records.uploads.add(upload) for upload in (OWNERS, SECOND, COACHS, ANNAS, LINKED))
        records.commit()
    return open_records


def test_an_upload_comes_back_as_it_was(filled: Open) -> None:
    """Every field, lengths beyond 32 bits, and no other's."""
    with filled() as records:
        assert records.uploads.find("l") == LINKED
        assert records.uploads.find("nothing") is None
        assert list(records.uploads.list_of("c", None)) == [COACHS, SECOND]
        assert list(records.uploads.list_of(None, "g")) == [LINKED]
        assert list(records.uploads.list_of(None, None)) == [OWNERS]
        assert records.uploads.upload_ids() == {"u", "c1", "c2", "a", "l"}


def test_what_goes_with_an_athlete_is_found(filled: Open) -> None:
    """Said to be of them, from their account, over a link of theirs."""
    with filled() as records:
        assert [upload.upload_id for upload in records.uploads.list_about("x")] == ["a", "l"]
        assert [upload.upload_id for upload in records.uploads.list_about("w")] == ["c2", "c1"]


def test_it_grows_only_from_where_it_is(filled: Open) -> None:
    """Who comes second with the same offset changes nothing, and neither does who comes too late."""
    grown = replace(OWNERS, offset_bytes=10, parts=("p1",))
    with filled() as records:
        assert records.uploads.grow(grown, since_bytes=0)
        assert not records.uploads.grow(replace(OWNERS, offset_bytes=7, parts=("p2",)), since_bytes=0)
        assert not records.uploads.grow(replace(OWNERS, upload_id="nothing"), since_bytes=0)
        records.commit()
    with filled() as records:
        assert records.uploads.find("u") == grown
        assert records.uploads.find("a") == ANNAS


@pytest.mark.parametrize("open_records", DATABASES, indirect=True)
def test_two_who_grow_it_at_once_do_not_both(filled: Open) -> None:
    """The second waits for the first and finds another offset."""
    done: list[bool] = []
    with filled() as records:
        assert records.uploads.grow(replace(OWNERS, offset_bytes=10, parts=("p1",)), since_bytes=0)
        other = do_meanwhile(lambda other: done.append(other.uploads.grow(replace(OWNERS, offset_bytes=7, parts=("p2",)), since_bytes=0)), filled)
        records.commit()
    other.result(30)
    with filled() as records:
        found = records.uploads.find("u")
    assert found is not None
    assert (found.offset_bytes, found.parts, done) == (10, ("p1",), [False])


def test_it_is_used_once(filled: Open) -> None:
    """Whoever erases it second is told; what was not committed has not happened."""
    with filled() as records:
        assert records.uploads.erase("u")
        assert not records.uploads.erase("u")
    with filled() as records:
        assert records.uploads.erase("u")
        records.commit()
        assert records.uploads.find("u") is None


def test_what_is_too_old_is_found(filled: Open) -> None:
    """At its time and not before."""
    with filled() as records:
        assert list(records.uploads.list_expired(LATER - timedelta(seconds=1))) == []
        assert len(records.uploads.list_expired(LATER)) == 5


def test_it_goes_with_account_grant_and_athlete(filled: Open) -> None:
    """Whichever is erased or taken back."""
    with filled() as records:
        records.accounts.revoke("g")
        assert records.uploads.find("l") is None
        records.accounts.erase("c")
        assert records.uploads.upload_ids() == {"u", "a"}
        records.athletes.erase("x")
        assert records.uploads.upload_ids() == {"u"}


def test_without_account_grant_or_athlete_there_is_none(filled: Open) -> None:
    """Erased a moment before: nothing is written."""
    with filled() as records:
        for missing in ({"account_id": "nobody"}, {"grant_id": "nothing"}, {"athlete_id": "nobody"}):
            assert not records.uploads.add(replace(OWNERS, upload_id="n", **missing))
        assert records.uploads.find("n") is None


def test_one_that_is_begun_while_its_athlete_is_erased_is_not_there(filled: Open) -> None:
    """Neither fails, whoever comes first."""
    with filled() as records:
        records.athletes.erase("x")
        other = do_meanwhile(lambda other: other.uploads.add(replace(LINKED, upload_id="n")), filled)
        records.commit()
    other.result(30)
    with filled() as records:
        assert records.uploads.upload_ids() == {"u", "c1", "c2"}
