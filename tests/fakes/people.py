"""The fake AthleteRecords, SquadRecords and AccountRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.ports.accounts import Account, AccountTakenError, Grant, GrantKind
from app.ports.people import Athlete, Consent, Look, Squad, SquadNote, TypedValue
from tests.fakes.programmes import FakeProgrammes
from tests.fakes.webhooks import FakeWebhooks

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeAthletes:
    """AthleteRecords over dicts."""

    def __init__(self, own: FakeRecords, erase_screening: Callable[[str], bool]) -> None:
        self._own = own
        self._erase_screening = erase_screening

    def add(self, athlete: Athlete) -> None:
        self._own.athletes[athlete.athlete_id] = athlete

    def change(self, athlete: Athlete) -> None:
        if athlete.athlete_id in self._own.athletes:
            self._own.athletes[athlete.athlete_id] = athlete

    def find(self, athlete_id: str) -> Athlete | None:
        return self._own.athletes.get(athlete_id)

    def list_all(self) -> Sequence[Athlete]:
        return sorted(self._own.athletes.values(), key=lambda athlete: (athlete.name, athlete.athlete_id))

    def erase(self, athlete_id: str) -> bool:
        for screening in list(self._own.screenings.values()):
            if screening.athlete_id == athlete_id:
                self._erase_screening(screening.screening_id)
        accounts = FakeAccounts(self._own)
        for account in list(self._own.accounts.values()):
            if account.athlete_id == athlete_id:
                accounts.erase(account.account_id)
        self._own.erased.add(athlete_id)
        programmes = FakeProgrammes(self._own)
        for programme in list(self._own.programmes.values()):
            if programme.athlete_id == athlete_id:
                programmes.erase(programme.programme_id)
        self._own.consents.pop(athlete_id, None)
        self._own.typed = [each for each in self._own.typed if each.athlete_id != athlete_id]
        self._own.looks = {look for look in self._own.looks if look.athlete_id != athlete_id}
        self._own.members = {pair for pair in self._own.members if pair[1] != athlete_id}
        self._own.notes = {pair: note for pair, note in self._own.notes.items() if pair[1] != athlete_id}
        self._own.grants = {name: grant for name, grant in self._own.grants.items() if grant.athlete_id != athlete_id}
        return self._own.athletes.pop(athlete_id, None) is not None

    def put_consent(self, consent: Consent) -> None:
        self._own.consents[consent.athlete_id] = consent

    def find_consent(self, athlete_id: str) -> Consent | None:
        return self._own.consents.get(athlete_id)

    def withdraw_consent(self, athlete_id: str) -> None:
        self._own.consents.pop(athlete_id, None)

    def note_looks(self, seen: Sequence[Look]) -> None:
        self._own.looks |= {look for look in seen if look.athlete_id in self._own.athletes}

    def add_typed(self, typed: TypedValue) -> None:
        key = (typed.athlete_id, typed.measured_on, typed.side, typed.kind)
        self._own.typed = [each for each in self._own.typed if (each.athlete_id, each.measured_on, each.side, each.kind) != key] + [typed]

    def typed_of(self, athlete_id: str) -> Sequence[TypedValue]:
        return sorted((each for each in self._own.typed if each.athlete_id == athlete_id), key=lambda each: (each.measured_on, each.side, each.kind))

    def erase_typed(self, athlete_id: str, value_id: str) -> bool:
        kept = [each for each in self._own.typed if (each.athlete_id, each.value_id) != (athlete_id, value_id)]
        found = len(kept) < len(self._own.typed)
        self._own.typed = kept
        return found

    def looks_at(self, athlete_id: str) -> Sequence[Look]:
        own = sorted((look for look in self._own.looks if look.athlete_id == athlete_id), key=lambda look: (look.looker, look.what))
        return sorted(own, key=lambda look: look.day, reverse=True)


class FakeSquads:
    """SquadRecords over sets."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, squad: Squad) -> None:
        self._own.squads[squad.squad_id] = squad

    def find(self, squad_id: str) -> Squad | None:
        return self._own.squads.get(squad_id)

    def list_all(self) -> Sequence[Squad]:
        return sorted(self._own.squads.values(), key=lambda squad: (squad.name, squad.squad_id))

    def coached_by(self, account_id: str) -> Sequence[Squad]:
        return [squad for squad in self.list_all() if (squad.squad_id, account_id) in self._own.coaches]

    def squads_of(self, athlete_id: str) -> Sequence[Squad]:
        return [squad for squad in self.list_all() if (squad.squad_id, athlete_id) in self._own.members]

    def athletes_of(self, squad_id: str) -> Sequence[Athlete]:
        own = [athlete for athlete in self._own.athletes.values() if (squad_id, athlete.athlete_id) in self._own.members]
        return sorted(own, key=lambda athlete: (athlete.name, athlete.athlete_id))

    def coaches_of(self, squad_id: str) -> frozenset[str]:
        return frozenset(account_id for squad, account_id in self._own.coaches if squad == squad_id)

    def join(self, squad_id: str, athlete_id: str) -> None:
        self._own.members.add((squad_id, athlete_id))

    def leave(self, squad_id: str, athlete_id: str) -> None:
        self._own.members.discard((squad_id, athlete_id))
        self.erase_note(squad_id, athlete_id)

    def put_note(self, note: SquadNote) -> None:
        if (note.squad_id, note.athlete_id) in self._own.members:
            self._own.notes[note.squad_id, note.athlete_id] = note

    def erase_note(self, squad_id: str, athlete_id: str) -> None:
        self._own.notes.pop((squad_id, athlete_id), None)

    def notes_of(self, squad_id: str) -> Sequence[SquadNote]:
        return [note for pair, note in sorted(self._own.notes.items()) if pair[0] == squad_id]

    def notes_about(self, athlete_id: str) -> Sequence[SquadNote]:
        return [note for pair, note in sorted(self._own.notes.items()) if pair[1] == athlete_id]

    def put_coach(self, squad_id: str, account_id: str) -> None:
        self._own.coaches.add((squad_id, account_id))

    def drop_coach(self, squad_id: str, account_id: str) -> None:
        self._own.coaches.discard((squad_id, account_id))

    def erase(self, squad_id: str) -> bool:
        self._own.members = {pair for pair in self._own.members if pair[0] != squad_id}
        self._own.notes = {pair: note for pair, note in self._own.notes.items() if pair[0] != squad_id}
        self._own.waiting = {name: clip for name, clip in self._own.waiting.items() if clip.squad_id != squad_id}
        self._own.plan_templates = {name: each for name, each in self._own.plan_templates.items() if each.squad_id != squad_id}
        self._own.coaches = {pair for pair in self._own.coaches if pair[0] != squad_id}
        self._own.grants = {name: grant for name, grant in self._own.grants.items() if grant.squad_id != squad_id}
        return self._own.squads.pop(squad_id, None) is not None


class FakeAccounts:
    """AccountRecords over dicts."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, account: Account) -> None:
        if any(account.email == each.email or (each.athlete_id and account.athlete_id == each.athlete_id) for each in self._own.accounts.values()):
            raise AccountTakenError
        self._own.accounts[account.account_id] = account

    def find(self, account_id: str) -> Account | None:
        return self._own.accounts.get(account_id)

    def hold_admins(self) -> int:
        return sum(account.role == "admin" for account in self._own.accounts.values())

    def find_by_email(self, email: str) -> Account | None:
        return next((account for account in self._own.accounts.values() if account.email == email.lower()), None)

    def find_of_athlete(self, athlete_id: str) -> Account | None:
        return next((account for account in self._own.accounts.values() if account.athlete_id == athlete_id), None)

    def list_all(self) -> Sequence[Account]:
        return sorted(self._own.accounts.values(), key=lambda account: account.email)

    def set_password(self, account_id: str, password_hash: str) -> None:
        if account_id in self._own.accounts:
            self._own.accounts[account_id] = replace(self._own.accounts[account_id], password_hash=password_hash)

    def erase(self, account_id: str) -> bool:
        self._own.erased.add(account_id)
        self._own.looks = {look for look in self._own.looks if look.looker != account_id}
        for athlete_id, consent in self._own.consents.items():
            if consent.recorded_by == account_id:
                self._own.consents[athlete_id] = replace(consent, recorded_by=None)
        for screening in list(self._own.screenings.values()):
            if screening.handed_in_by == account_id:
                self._own.screenings[screening.screening_id] = replace(screening, handed_in_by=None)
        for pair, note in self._own.notes.items():
            if note.written_by == account_id:
                self._own.notes[pair] = replace(note, written_by=None)
        for clip in list(self._own.waiting.values()):
            if clip.handed_in_by == account_id:
                self._own.waiting[clip.clip_id] = replace(clip, handed_in_by=None)
        for screening_id, versions in self._own.reports.items():
            self._own.reports[screening_id] = [replace(each, changed_by=None) if each.changed_by == account_id else each for each in versions]
        self._own.plan_versions = [replace(each, made_by=None) if each.made_by == account_id else each for each in self._own.plan_versions]
        self._own.coaches = {pair for pair in self._own.coaches if pair[1] != account_id}
        FakeWebhooks(self._own).forget_of(account_id)
        self._own.passkeys = {name: passkey for name, passkey in self._own.passkeys.items() if passkey.account_id != account_id}
        self._own.identities = {name: each for name, each in self._own.identities.items() if each.account_id != account_id}
        self._own.grants = {name: grant for name, grant in self._own.grants.items() if account_id not in {grant.account_id, grant.made_by}}
        return self._own.accounts.pop(account_id, None) is not None

    def add_grant(self, grant: Grant) -> None:
        self._own.grants[grant.grant_id] = grant

    def find_grant(self, secret_sha256: str) -> Grant | None:
        return next((grant for grant in self._own.grants.values() if grant.secret_sha256 == secret_sha256), None)

    def grants_of_account(self, account_id: str | None) -> Sequence[Grant]:
        return self._newest([grant for grant in self._own.grants.values() if grant.account_id == account_id])

    def grants_for_athlete(self, athlete_id: str) -> Sequence[Grant]:
        return self._newest([grant for grant in self._own.grants.values() if grant.athlete_id == athlete_id])

    def revoke(self, grant_id: str) -> bool:
        return self._own.grants.pop(grant_id, None) is not None

    def revoke_all(self, account_id: str, kinds: Sequence[GrantKind]) -> None:
        self._own.grants = {name: grant for name, grant in self._own.grants.items() if grant.account_id != account_id or grant.kind not in kinds}

    def revoke_everything(self) -> None:
        self._own.grants = {}

    def forget_expired(self, now: datetime) -> None:
        self._own.grants = {name: grant for name, grant in self._own.grants.items() if grant.expires_at > now}

    @staticmethod
    def _newest(grants: Sequence[Grant]) -> list[Grant]:
        return sorted(sorted(grants, key=lambda grant: grant.grant_id), key=lambda grant: grant.created_at, reverse=True)
