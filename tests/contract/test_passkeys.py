"""Every PasskeyRecords and IdentityRecords."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.ports.passkeys import Passkey, PasskeyTakenError
from app.ports.provider import Identity, IdentityTakenError
from tests.contract.people import COACH, OWN
from tests.contract.records import ANNA, AT, Open
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

PHONE = Passkey(
    passkey_id="p", account_id="c", credential_id=b"\x00\xff" * 500, public_key=b"\x01\x00", sign_count=2**32 - 2, name="Phone", created_at=AT, last_used_at=AT
)
LAPTOP = replace(PHONE, passkey_id="l", credential_id=b"l", sign_count=0, name="Läptop", created_at=AT - timedelta(days=1), last_used_at=None)
ANNAS = replace(LAPTOP, passkey_id="a", account_id="o", credential_id=b"a")
HELD = Identity(identity_id="i", issuer="https://id.example.org", subject="1", account_id="c", created_at=AT)
ELSEWHERE = replace(HELD, identity_id="e", issuer="https://other.example.org/", created_at=AT - timedelta(days=1))
LATER = AT + timedelta(hours=1)


@pytest.fixture
def filled(open_records: Open) -> Open:
    """Fill in a coach with two passkeys and two identities, and an athlete with a passkey."""
    with open_records() as records:
        records.athletes.add(ANNA)
        for account in (COACH, OWN):
            records.accounts.add(account)
        for passkey in (PHONE, LAPTOP, ANNAS):
            records.passkeys.add(passkey)
        for identity in (HELD, ELSEWHERE):
            records.identities.add(identity)
        records.commit()
    return open_records


def test_passkeys_are_found_by_their_credential_and_account(filled: Open) -> None:
    """Oldest first, with every field; one without its account is dropped."""
    with filled() as records:
        assert records.passkeys.find_by_credential(PHONE.credential_id) == PHONE
        assert records.passkeys.find_by_credential(b"nothing") is None
        assert list(records.passkeys.list_of("c")) == [LAPTOP, PHONE]
        assert list(records.passkeys.list_all()) == [ANNAS, LAPTOP, PHONE]
        records.passkeys.add(replace(PHONE, passkey_id="n", credential_id=b"n", account_id="nobody"))
        assert records.passkeys.find_by_credential(b"n") is None


def test_a_credential_is_one_passkey(filled: Open) -> None:
    """Whoever's it is; what was there stays."""
    with filled() as records, pytest.raises(PasskeyTakenError):
        records.passkeys.add(replace(ANNAS, passkey_id="x", credential_id=b"l"))
    with filled() as records:
        assert records.passkeys.find_by_credential(b"l") == LAPTOP
        assert list(records.passkeys.list_of("o")) == [ANNAS]


def test_a_use_counts_when_it_is_a_new_one(filled: Open) -> None:
    """A counter that stands still or runs back is somebody else's; a device that does not count stays at nought."""
    with filled() as records:
        assert not records.passkeys.note_use("p", sign_count=2**32 - 2, at=LATER)
        assert not records.passkeys.note_use("p", sign_count=0, at=LATER)
        assert records.passkeys.find_by_credential(PHONE.credential_id) == PHONE
        assert records.passkeys.note_use("p", sign_count=2**32 - 1, at=LATER)
        assert records.passkeys.find_by_credential(PHONE.credential_id) == replace(PHONE, sign_count=2**32 - 1, last_used_at=LATER)
        assert records.passkeys.note_use("l", sign_count=0, at=LATER)
        assert records.passkeys.note_use("l", sign_count=0, at=LATER)
        assert records.passkeys.find_by_credential(b"l") == replace(LAPTOP, last_used_at=LATER)
        assert not records.passkeys.note_use("nothing", sign_count=9, at=LATER)


def test_identities_are_found_by_person_and_account(filled: Open) -> None:
    """A subject means something together with its issuer only; one without its account is dropped."""
    with filled() as records:
        assert records.identities.find("https://id.example.org", "1") == HELD
        assert records.identities.find("https://id.example.org", "2") is None
        assert records.identities.find("https://third.example.org", "1") is None
        assert list(records.identities.list_of("c")) == [ELSEWHERE, HELD]
        assert list(records.identities.list_all()) == [ELSEWHERE, HELD]
        records.identities.add(replace(HELD, identity_id="n", subject="3", account_id="nobody"))
        assert records.identities.find("https://id.example.org", "3") is None


@pytest.mark.parametrize("other", [replace(HELD, identity_id="x", account_id="o"), replace(HELD, identity_id="x", subject="2")])
def test_a_person_holds_one_account_and_an_account_is_one_persons(filled: Open, other: Identity) -> None:
    """Of each provider; what was there stays."""
    with filled() as records, pytest.raises(IdentityTakenError):
        records.identities.add(other)
    with filled() as records:
        assert list(records.identities.list_all()) == [ELSEWHERE, HELD]


def test_what_is_taken_back_is_remembered_as_erased(filled: Open) -> None:
    """So that an older copy of the records that is put back loses it again."""
    with filled() as records:
        assert records.passkeys.erase("p")
        assert not records.passkeys.erase("p")
        assert records.identities.erase("i")
        assert not records.identities.erase("i")
        records.commit()
    with filled() as records:
        assert list(records.erased_ids()) == ["i", "p"]
        assert [each.passkey_id for each in records.passkeys.list_all()] == ["a", "l"]
        assert list(records.identities.list_all()) == [ELSEWHERE]


def test_they_go_with_their_account(filled: Open) -> None:
    """The coach's; Anna's go with Anna."""
    with filled() as records:
        records.accounts.erase("c")
        assert list(records.passkeys.list_all()) == [ANNAS]
        assert list(records.identities.list_all()) == []
        records.athletes.erase("x")
        assert list(records.passkeys.list_all()) == []
