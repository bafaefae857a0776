"""Athletes and squads in an SQL database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from app.adapters.sql.accounts import forget_doings
from app.adapters.sql.ordering import by_code_point
from app.adapters.sql.tables import accounts, athletes, consents, looks, programmes, screenings, squad_athletes, squad_coaches, squads, typed_values
from app.adapters.sql.writing import hold_row, insert_once
from app.ports.people import Athlete, Consent, Look, Squad, SquadNote, TypedValue


class SqlAthletes:
    """AthleteRecords on the connection of a unit of work, which is told what was erased."""

    def __init__(self, connection: sa.Connection, note_erased: Callable[[Sequence[str]], None]) -> None:
        self._connection = connection
        self._note_erased = note_erased

    def add(self, athlete: Athlete) -> None:
        """Insert an athlete."""
        self._connection.execute(athletes.insert().values(**asdict(athlete)))

    def change(self, athlete: Athlete) -> None:
        """Update an athlete."""
        self._connection.execute(athletes.update().where(athletes.c.athlete_id == athlete.athlete_id).values(**asdict(athlete)))

    def find(self, athlete_id: str) -> Athlete | None:
        """Select one athlete."""
        row = self._connection.execute(sa.select(athletes).where(athletes.c.athlete_id == athlete_id)).mappings().one_or_none()
        return None if row is None else Athlete(**row)

    def list_all(self) -> Sequence[Athlete]:
        """Select all athletes."""
        rows = self._connection.execute(sa.select(athletes).order_by(by_code_point(athletes.c.name), athletes.c.athlete_id)).mappings().all()
        return [Athlete(**row) for row in rows]

    def erase(self, athlete_id: str) -> bool:
        """Delete the rows; what belongs to the athlete and to their screenings goes with them."""
        own = self._connection.execute(sa.select(screenings.c.screening_id).where(screenings.c.athlete_id == athlete_id)).scalars().all()
        held = self._connection.execute(sa.select(accounts.c.account_id).where(accounts.c.athlete_id == athlete_id)).scalars().all()
        followed = self._connection.execute(sa.select(programmes.c.programme_id).where(programmes.c.athlete_id == athlete_id)).scalars().all()
        self._note_erased([*own, *held, *followed, athlete_id])
        forget_doings(self._connection, held)
        self._connection.execute(screenings.delete().where(screenings.c.athlete_id == athlete_id))
        return self._connection.execute(athletes.delete().where(athletes.c.athlete_id == athlete_id)).rowcount > 0

    def put_consent(self, consent: Consent) -> None:
        """Insert a consent in place of an earlier one; without its athlete it is dropped."""
        if hold_row(self._connection, athletes, athletes.c.athlete_id == consent.athlete_id):
            self.withdraw_consent(consent.athlete_id)
            self._connection.execute(consents.insert().values(**asdict(consent)))

    def find_consent(self, athlete_id: str) -> Consent | None:
        """Select the consent."""
        row = self._connection.execute(sa.select(consents).where(consents.c.athlete_id == athlete_id)).mappings().one_or_none()
        return None if row is None else Consent(**row)

    def withdraw_consent(self, athlete_id: str) -> None:
        """Delete the consent."""
        self._connection.execute(consents.delete().where(consents.c.athlete_id == athlete_id))

    def note_looks(self, seen: Sequence[Look]) -> None:
        """Insert the looks that are not there yet; one without its athlete is dropped."""
        if not seen:
            return
        same = (looks.c.looker == seen[0].looker, looks.c.what == seen[0].what, looks.c.day == seen[0].day)
        query = sa.select(looks.c.athlete_id).where(*same, looks.c.athlete_id.in_([look.athlete_id for look in seen]))
        known = set(self._connection.execute(query).scalars())
        for look in seen:
            if look.athlete_id not in known and hold_row(self._connection, athletes, athletes.c.athlete_id == look.athlete_id):
                insert_once(self._connection, looks, **asdict(look))

    def add_typed(self, typed: TypedValue) -> None:
        """Insert a value in place of one of the same day, side and kind."""
        same = (typed_values.c[name] == getattr(typed, name) for name in ("athlete_id", "measured_on", "side", "kind"))
        self._connection.execute(typed_values.delete().where(*same))
        self._connection.execute(typed_values.insert().values(**asdict(typed)))

    def typed_of(self, athlete_id: str) -> Sequence[TypedValue]:
        """Select the values of an athlete."""
        order = (typed_values.c.measured_on, typed_values.c.side, typed_values.c.kind)
        query = sa.select(typed_values).where(typed_values.c.athlete_id == athlete_id).order_by(*order)
        return [TypedValue(**row) for row in self._connection.execute(query).mappings().all()]

    def erase_typed(self, athlete_id: str, value_id: str) -> bool:
        """Delete one value."""
        here = (typed_values.c.athlete_id == athlete_id, typed_values.c.value_id == value_id)
        return self._connection.execute(typed_values.delete().where(*here)).rowcount > 0

    def looks_at(self, athlete_id: str) -> Sequence[Look]:
        """Select the looks."""
        query = sa.select(looks).where(looks.c.athlete_id == athlete_id).order_by(looks.c.day.desc(), looks.c.looker, looks.c.what)
        return [Look(**row) for row in self._connection.execute(query).mappings().all()]


class SqlSquads:
    """SquadRecords on the connection of a unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, squad: Squad) -> None:
        """Insert a squad."""
        self._connection.execute(squads.insert().values(**asdict(squad)))

    def find(self, squad_id: str) -> Squad | None:
        """Select one squad."""
        row = self._connection.execute(sa.select(squads).where(squads.c.squad_id == squad_id)).mappings().one_or_none()
        return None if row is None else Squad(**row)

    def list_all(self) -> Sequence[Squad]:
        """Select all squads."""
        return self._select(sa.select(squads))

    def coached_by(self, account_id: str) -> Sequence[Squad]:
        """Select the squads of a coach."""
        return self._select(sa.select(squads).join(squad_coaches).where(squad_coaches.c.account_id == account_id))

    def squads_of(self, athlete_id: str) -> Sequence[Squad]:
        """Select the squads of an athlete."""
        return self._select(sa.select(squads).join(squad_athletes).where(squad_athletes.c.athlete_id == athlete_id))

    def athletes_of(self, squad_id: str) -> Sequence[Athlete]:
        """Select the athletes of a squad."""
        query = (
            sa.select(athletes)
            .join(squad_athletes)
            .where(squad_athletes.c.squad_id == squad_id)
            .order_by(by_code_point(athletes.c.name), athletes.c.athlete_id)
        )
        return [Athlete(**row) for row in self._connection.execute(query).mappings().all()]

    def coaches_of(self, squad_id: str) -> frozenset[str]:
        """Select the coaches of a squad."""
        return frozenset(self._connection.execute(sa.select(squad_coaches.c.account_id).where(squad_coaches.c.squad_id == squad_id)).scalars())

    def join(self, squad_id: str, athlete_id: str) -> None:
        """Insert a membership."""
        insert_once(self._connection, squad_athletes, squad_id=squad_id, athlete_id=athlete_id)

    def leave(self, squad_id: str, athlete_id: str) -> None:
        """Delete a membership."""
        self._connection.execute(squad_athletes.delete().where(squad_athletes.c.squad_id == squad_id, squad_athletes.c.athlete_id == athlete_id))

    def put_note(self, note: SquadNote) -> None:
        """Update the membership."""
        self._note(note.squad_id, note.athlete_id, note=note.text, noted_at=note.written_at, noted_by=note.written_by)

    def erase_note(self, squad_id: str, athlete_id: str) -> None:
        """Empty the note of the membership."""
        self._note(squad_id, athlete_id, note=None, noted_at=None, noted_by=None)

    def notes_of(self, squad_id: str) -> Sequence[SquadNote]:
        """Select the notes of the memberships of a squad."""
        return self._select_notes(squad_athletes.c.squad_id == squad_id)

    def notes_about(self, athlete_id: str) -> Sequence[SquadNote]:
        """Select the notes of the memberships of an athlete."""
        return self._select_notes(squad_athletes.c.athlete_id == athlete_id)

    def put_coach(self, squad_id: str, account_id: str) -> None:
        """Insert a coach."""
        insert_once(self._connection, squad_coaches, squad_id=squad_id, account_id=account_id)

    def drop_coach(self, squad_id: str, account_id: str) -> None:
        """Delete a coach."""
        self._connection.execute(squad_coaches.delete().where(squad_coaches.c.squad_id == squad_id, squad_coaches.c.account_id == account_id))

    def erase(self, squad_id: str) -> bool:
        """Delete the squad; memberships go with it."""
        return self._connection.execute(squads.delete().where(squads.c.squad_id == squad_id)).rowcount > 0

    def _note(self, squad_id: str, athlete_id: str, **values: object) -> None:
        here = (squad_athletes.c.squad_id == squad_id, squad_athletes.c.athlete_id == athlete_id)
        self._connection.execute(squad_athletes.update().where(*here).values(**values))

    def _select_notes(self, condition: sa.ColumnElement[bool]) -> list[SquadNote]:
        order = (squad_athletes.c.squad_id, squad_athletes.c.athlete_id)
        rows = self._connection.execute(sa.select(squad_athletes).where(condition, squad_athletes.c.note.is_not(None)).order_by(*order)).all()
        return [SquadNote(squad_id=row.squad_id, athlete_id=row.athlete_id, text=row.note, written_at=row.noted_at, written_by=row.noted_by) for row in rows]

    def _select(self, query: sa.Select[tuple[object, ...]]) -> list[Squad]:
        return [Squad(**row) for row in self._connection.execute(query.order_by(by_code_point(squads.c.name), squads.c.squad_id)).mappings().all()]
