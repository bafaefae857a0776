"""One correction, whether it came from a page or over the API."""

from __future__ import annotations

from app.ports.screenings import Screening
from app.usecases import corrections
from app.usecases.access import Actor
from app.usecases.said import correct_said
from app.usecases.services import Services
from app.web.correction_schemas import CorrectionBody


def correct(body: CorrectionBody, screening: Screening, actor: Actor, services: Services) -> None:
    """Do what is asked for."""
    if body.what == "again":
        corrections.analyse_again(actor, screening, body.reason, services)
    elif body.what == "other_legs":
        corrections.move_legs(actor, screening, body.reason, services)
    elif body.what == "erase_leg" and body.side is not None:
        corrections.erase_leg(actor, screening, body.side, body.reason, services)
    elif body.what == "said":
        correct_said(actor, screening, body.build_said(screening), body.reason, services)
    elif body.athlete_id is not None:
        corrections.move_to_athlete(actor, screening, body.athlete_id, services)
