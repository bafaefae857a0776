"""Tables of the application's database; whoever imports one has them all, so that migrations and what empties a database see every table."""

from __future__ import annotations

from app.adapters.sql.tables.accounts import accounts, grants, identities, passkeys, tries
from app.adapters.sql.tables.arriving import uploads, waiting_clips
from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.tables.people import athletes, consents, looks, squad_athletes, squad_coaches, squads, typed_values
from app.adapters.sql.tables.programmes import plan_entries, plan_templates, plan_versions, programmes
from app.adapters.sql.tables.screenings import attempts, earlier_reports, readings, reports, screenings
from app.adapters.sql.tables.service import deliveries, erasures, webhooks, workers

__all__ = [
    "accounts",
    "athletes",
    "attempts",
    "consents",
    "deliveries",
    "earlier_reports",
    "erasures",
    "grants",
    "identities",
    "looks",
    "metadata",
    "passkeys",
    "plan_entries",
    "plan_templates",
    "plan_versions",
    "programmes",
    "readings",
    "reports",
    "screenings",
    "squad_athletes",
    "squad_coaches",
    "squads",
    "tries",
    "typed_values",
    "uploads",
    "waiting_clips",
    "webhooks",
    "workers",
]
