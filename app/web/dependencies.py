"""What routes ask for, and the rules of who may use them: every route has one of `RULES` among its dependencies.

A secret comes as a cookie or as `Authorization: Bearer`; what it opens is decided in `app.usecases.access`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from app.ports.people import Athlete, Squad
from app.ports.screenings import Screening
from app.ports.uploads import Upload
from app.usecases.access import Actor, identify, note_looks, require_accounts, require_athlete, require_filmed, require_screening, require_squad
from app.usecases.account_errors import NotAllowedError, NotSignedInError
from app.usecases.services import Services
from app.usecases.uploads import find_upload
from app.web.cookies import read_session

_ID = "^[0-9a-f]+$"


def get_services(request: Request) -> Services:
    """Return the bundle that the application was built with."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]
ScreeningId = Annotated[str, Path(description="Id of a screening, as the answer to the upload gives it.", max_length=64, pattern=_ID)]
AthleteId = Annotated[str, Path(description="Id of an athlete, as the answer to adding them gives it.", max_length=64, pattern=_ID)]
SquadId = Annotated[str, Path(description="Id of a squad, as the answer to making it gives it.", max_length=64, pattern=_ID)]
UploadId = Annotated[str, Path(description="Id of an upload, as its Location has it.", max_length=64, pattern=_ID)]
OtherId = Annotated[str, Path(max_length=64, pattern=_ID)]
Secret = Annotated[str, Path(max_length=100, pattern="^[A-Za-z0-9_-]+$")]


def find_actor(request: Request, services: ServicesDep) -> Actor | None:
    """Return who calls, None when nobody is signed in."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return identify(token.strip() if kind.lower() == "bearer" else read_session(request), services)


def everyone(actor: Annotated[Actor | None, Depends(find_actor)]) -> Actor | None:
    """Rule: anybody may."""
    return actor


def uploading(actor: Annotated[Actor | None, Depends(find_actor)]) -> Actor:
    """Rule: whoever may hand in clips: everybody who is signed in, and who holds a link."""
    if actor is None:
        raise NotSignedInError
    return actor


def signed_in(actor: Annotated[Actor, Depends(uploading)]) -> Actor:
    """Rule: everybody who is signed in; a link is not enough."""
    if actor.kind == "link":
        raise NotAllowedError("do this: it is a link for handing in clips", advice="Sign in.")
    return actor


def coaching(actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
    """Rule: who looks after others."""
    if not actor.coaches:
        raise NotAllowedError("look after others", advice="Sign in as a coach.")
    return actor


def administering(actor: Annotated[Actor, Depends(signed_in)], services: ServicesDep) -> Actor:
    """Rule: who looks after accounts, where there are any."""
    require_accounts(services)
    if not actor.sees_all:
        raise NotAllowedError("look after accounts", advice="Sign in as an admin.")
    return actor


def see_athlete(athlete_id: AthleteId, actor: Annotated[Actor, Depends(signed_in)], services: ServicesDep) -> Athlete:
    """Rule: who may see this athlete; that they did is remembered."""
    with services.open_records() as records:
        athlete = require_athlete(actor, athlete_id, records)
        note_looks(actor, [athlete_id], "athlete", records, services)
        records.commit()
    return athlete


def film_athlete(athlete_id: AthleteId, actor: Annotated[Actor, Depends(uploading)], services: ServicesDep) -> Athlete:
    """Rule: who may hand in clips of this athlete."""
    with services.open_records() as records:
        return require_filmed(actor, athlete_id, records)


def see_screening(screening_id: ScreeningId, actor: Annotated[Actor, Depends(uploading)], services: ServicesDep) -> Screening:
    """Rule: who may see this screening; that they did is remembered."""
    with services.open_records() as records:
        screening = require_screening(actor, screening_id, records)
        note_looks(actor, [] if screening.athlete_id is None else [screening.athlete_id], "screening", records, services)
        records.commit()
    return screening


def change_screening(screening: Annotated[Screening, Depends(see_screening)], actor: Annotated[Actor, Depends(signed_in)]) -> Screening:
    """Rule: who may add to this screening or erase it: who sees it and is signed in."""
    del actor
    return screening


def see_squad(squad_id: SquadId, actor: Annotated[Actor, Depends(coaching)], services: ServicesDep) -> Squad:
    """Rule: who coaches this squad."""
    with services.open_records() as records:
        return require_squad(actor, squad_id, records)


def own_upload(upload_id: UploadId, actor: Annotated[Actor, Depends(uploading)], services: ServicesDep) -> Upload:
    """Rule: who began this upload, and nobody else."""
    return find_upload(actor, upload_id, services)


RULES = frozenset({everyone, uploading, signed_in, coaching, administering, see_athlete, film_athlete, see_screening, change_screening, see_squad, own_upload})

Caller = Annotated[Actor | None, Depends(everyone)]
Uploader = Annotated[Actor, Depends(uploading)]
SignedIn = Annotated[Actor, Depends(signed_in)]
Coach = Annotated[Actor, Depends(coaching)]
Admin = Annotated[Actor, Depends(administering)]
SeenAthlete = Annotated[Athlete, Depends(see_athlete)]
FilmedAthlete = Annotated[Athlete, Depends(film_athlete)]
SeenScreening = Annotated[Screening, Depends(see_screening)]
ChangedScreening = Annotated[Screening, Depends(change_screening)]
OwnUpload = Annotated[Upload, Depends(own_upload)]
SeenSquad = Annotated[Squad, Depends(see_squad)]
