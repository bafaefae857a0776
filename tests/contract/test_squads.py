"""Every SquadRecords, AccountRecords and WaitingRecords."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.ports.people import Consent, Look, SquadNote
from app.ports.records import UnitOfWork
from app.ports.waiting import WaitingClip
from tests.contract.people import COACH, FIRST, LINK, OWN, SECOND, SESSION
from tests.contract.people import filled as filled  # noqa: PLC0414 - the fixture
from tests.contract.records import ANNA, AT, BEN, Open, do_meanwhile, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

NOTE = SquadNote(squad_id="s", athlete_id="x", text="Ärmel; ask again", written_at=AT, written_by="c")
CLIP = WaitingClip(
    clip_id="k",
    squad_id="s",
    clip_name="who.mp4",
    sha256="0" * 64,
    size_bytes=10,
    received_at=AT,
    problem="no side",
    said={"footwear": "shod", "skirting_cm": 1.5, "sheet_ruler_mm": None},
    handed_in_by="c",
)


def test_squads_know_their_athletes_and_coaches(filled: Open) -> None:
    """By name, each once; who leaves is out, and a forgotten squad leaves its athletes."""
    with filled() as records:
        assert list(records.squads.list_all()) == [FIRST, SECOND]
        assert list(records.squads.athletes_of("s")) == [ANNA, BEN]
        assert list(records.squads.squads_of("x")) == [FIRST, SECOND]
        assert list(records.squads.coached_by("c")) == [FIRST]
        assert records.squads.coaches_of("f") == {"c"}
        records.squads.leave("s", "x")
        records.squads.drop_coach("f", "c")
        assert list(records.squads.athletes_of("s")) == [BEN]
        assert list(records.squads.coached_by("c")) == []
        assert records.squads.erase("s")
        assert not records.squads.erase("s")
        assert records.squads.find("s") is None
        assert list(records.athletes.list_all()) == [ANNA, BEN]


def test_accounts_are_found_by_address_and_athlete(filled: Open) -> None:
    """Whatever the case of the letters; passwords change alone."""
    with filled() as records:
        assert records.accounts.find_by_email("Coach@Example.org") == COACH
        assert records.accounts.find_of_athlete("x") == OWN
        assert list(records.accounts.list_all()) == [OWN, COACH]
        records.accounts.set_password("c", "other")
        assert records.accounts.find("c") == replace(COACH, password_hash="other")


def test_grants_are_found_by_their_hash_until_revoked_or_expired(filled: Open) -> None:
    """Each belongs to its account or athlete."""
    with filled() as records:
        assert records.accounts.find_grant("1" * 64) == SESSION
        assert list(records.accounts.grants_of_account("c")) == [SESSION]
        assert list(records.accounts.grants_for_athlete("x")) == [LINK]
        records.accounts.forget_expired(AT + timedelta(days=1))
        assert records.accounts.find_grant("1" * 64) is None
        assert records.accounts.revoke("l")
        assert not records.accounts.revoke("l")
        records.accounts.add_grant(SESSION)
        records.accounts.revoke_all("c", ("token",))
        assert records.accounts.find_grant("1" * 64) == SESSION
        records.accounts.revoke_all("c", ("token", "session"))
        assert records.accounts.find_grant("1" * 64) is None
        records.accounts.add_grant(SESSION)
        records.accounts.revoke_everything()
        assert records.accounts.find_grant("1" * 64) is None


def test_an_erased_account_takes_what_is_its_own(filled: Open) -> None:
    """Grants, squads coached, looks and its id in consents that it wrote down; the id is remembered as erased."""
    with filled() as records:
        records.athletes.note_looks([Look(athlete_id="w", looker="c", what="athlete", day=date(2026, 3, 4))])
        records.athletes.put_consent(Consent(athlete_id="w", given_by="athlete", given_at=AT, recorded_by="c"))
        records.add_screening(make_screening("b"))
        records.reports.begin_version("b", changed_by="c", reason="a second look")
        records.reports.put("b", {"schema": "x"}, difference=None, created_at=AT)
        assert records.accounts.erase("c")
        assert not records.accounts.erase("c")
        assert [version.changed_by for version in records.reports.list_versions("b")] == [None]
        assert records.squads.coaches_of("f") == frozenset()
        assert records.accounts.find_grant("1" * 64) is None
        assert list(records.athletes.looks_at("w")) == []
        assert records.athletes.find_consent("w") == Consent(athlete_id="w", given_by="athlete", given_at=AT)
        assert list(records.erased_ids()) == ["c"]


def test_what_is_noted_twice_at_once_is_there_once(filled: Open) -> None:
    """Two pages that load together, two coaches with the same list: one of the two stays, and neither fails."""
    look, consent = Look(athlete_id="w", looker="c", what="athlete", day=date(2026, 3, 4)), Consent(athlete_id="w", given_by="self", given_at=AT)

    def note(records: UnitOfWork) -> None:
        records.athletes.note_looks([look])
        records.athletes.put_consent(consent)
        records.squads.join("f", "w")
        records.squads.put_coach("s", "c")

    with filled() as records:
        note(records)
        other = do_meanwhile(note, filled)
        records.commit()
    other.result(30)
    with filled() as records:
        assert list(records.athletes.looks_at("w")) == [look]
        assert records.athletes.find_consent("w") == consent
        assert list(records.squads.athletes_of("f")) == [ANNA, BEN]
        assert records.squads.coaches_of("s") == {"c"}


def test_a_note_belongs_to_a_membership(filled: Open) -> None:
    """The latest is kept, of each squad its own; it goes when the athlete leaves, and does not come back with them."""
    later = replace(NOTE, text="again", written_at=AT + timedelta(days=1), written_by=None)
    other = replace(NOTE, squad_id="f")
    with filled() as records:
        for note in (NOTE, later, other, replace(NOTE, squad_id="f", athlete_id="w")):
            records.squads.put_note(note)
        records.commit()
    with filled() as records:
        assert list(records.squads.notes_of("s")) == [later]
        assert list(records.squads.notes_about("x")) == [other, later]
        assert list(records.squads.notes_about("w")) == []
        records.squads.erase_note("f", "x")
        records.squads.leave("s", "x")
        records.squads.join("s", "x")
        assert list(records.squads.notes_about("x")) == []


def test_an_erased_account_has_written_no_note_and_handed_in_no_clip(filled: Open) -> None:
    """Both stay, without its id."""
    with filled() as records:
        records.squads.put_note(NOTE)
        records.waiting.add(CLIP)
        records.accounts.erase("c")
        assert list(records.squads.notes_of("s")) == [replace(NOTE, written_by=None)]
        assert records.waiting.find("k") == replace(CLIP, handed_in_by=None)


def test_clips_wait_until_they_are_told(filled: Open) -> None:
    """Each once, by name; a forgotten squad takes its own along, and without a squad there is none."""
    first, elsewhere = replace(CLIP, clip_id="j", clip_name="a.mp4"), replace(CLIP, clip_id="l", squad_id="f")
    with filled() as records:
        for clip in (CLIP, first, elsewhere, replace(CLIP, clip_id="n", squad_id="nowhere")):
            records.waiting.add(clip)
        records.commit()
    with filled() as records:
        assert list(records.waiting.list_of("s")) == [first, CLIP]
        assert list(records.waiting.list_all()) == [first, CLIP, elsewhere]
        assert records.waiting.erase("k")
        assert not records.waiting.erase("k")
        assert records.waiting.find("k") is None
        records.squads.erase("s")
        assert list(records.waiting.list_all()) == [elsewhere]


def test_a_clip_is_told_once_by_two_at_once(filled: Open) -> None:
    """Who comes second finds it gone, and does not fail."""
    with filled() as records:
        records.waiting.add(CLIP)
        records.commit()
    with filled() as records:
        assert records.waiting.erase("k")
        other = do_meanwhile(lambda again: again.waiting.erase("k"), filled)
        records.commit()
    other.result(30)
    with filled() as records:
        assert records.waiting.find("k") is None
