"""Everything that is kept of an athlete, as one zip file of open formats; made while it is sent, so that no video is held and nothing is left behind."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.ports.accounts import Grant
from app.ports.people import Athlete
from app.ports.reports import ReportVersion
from app.ports.screenings import Attempt, Screening
from app.usecases.access import Actor, require_athlete
from app.usecases.athletes import list_looks
from app.usecases.keys import overlay_key, plain_still_key, sighting_key, still_key
from app.usecases.services import Services
from app.usecases.squads import squads_of_athlete

_CHUNK_BYTES = 1 << 18
_DAY = "pain", "felt", "minutes_since_exercise", "warmed_up", "limited_by", "notes", "time_zone"
_SAID = (
    *("protocol_version", "footwear", "foot_length_cm", "foot_length_std_cm", "foot_length_origin", "height_cm"),
    *("skirting_cm", "sheet_ruler_mm", "sheet_margin_mm", "scale"),
)
_NUMBERS = "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "limit", "set_by_hand"
COLUMNS = (
    *("date", "screening", "side", "state", "status", "code", *_NUMBERS),
    *(*_SAID, "furthest", "tape_cm", "inclinometer_deg", "repeat_of", "clip_name", *_DAY),
)
README = """What Kneewall keeps of you

athlete.json        Name and details, who agreed to the filming, values that were read by hand, squads, what their coaches noted
                    about you, who looked at your results on which day, links that were made for you (without their secrets), and your account with its
                    webhooks and passkeys, where the export is your own.
screenings.csv      One line for each leg of each screening, for a spreadsheet: distance in centimetres and shin angle in degrees, each with its standard
                    uncertainty (95 % of the time the truth is within 1.96 of it), what limited the lunge (limit: bracketed or declared means that farther
                    back was tried or said to be impossible; lower_bound means that the ankle may go farther), whether points in the picture were set by
                    hand, and all that was typed beside the clips, by which version of the protocol. A foot length is typed or learnt from earlier clips
                    with the sheet (foot_length_origin).
programme.json      Your home programme, where there is one: what you answered, every version of the plan, and what you logged of each day.
screenings/DAY-ID/  One folder for each screening:
  screening.json          all that was typed, readings by hand, and how the analysis ended
  measurement_left.json   everything that was measured on the left clip (docs/measurement.schema.json)
  report.json             both legs beside each other (docs/report.schema.json)
  report_version_1.json   an earlier version of it, where it was put right later, and why
  left.jpg                the frame that shows the score, with what was measured drawn on it
  left_plain.jpg          the same frame without it
  left_overlay.mp4        the clip with what was measured drawn on it
  left_clip.mp4           the clip itself, where it is kept and the export is your own
  left_sighting.npz       where leg, foot and room were in each frame: arrays that numpy.load opens
                    The same for the right leg. What is not there is not kept.

All times are in UTC. Text is UTF-8.
"""


@dataclass(frozen=True, slots=True)
class _Sink:
    """Takes what the zip writer writes, until it is sent on; there is no way back in a stream, and the zip format needs none."""

    waiting: list[bytes]

    def write(self, content: bytes) -> int:
        self.waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is to be let go."""

    def take(self) -> bytes:
        content = b"".join(self.waiting)
        self.waiting.clear()
        return content


def export_athlete(actor: Actor, athlete_id: str, services: Services) -> Iterator[bytes]:
    """Return the zip file in pieces; raise `UnknownAthleteError` before the first where the actor may not see the athlete."""
    with services.open_records() as records:
        athlete = require_athlete(actor, athlete_id, records)
        screenings = records.screenings_of(athlete_id)
    texts = {"README.txt": README, "athlete.json": _dump(_describe_athlete(actor, athlete, services)), "screenings.csv": _write_table(screenings)}
    programme = _describe_programme(athlete_id, services)
    texts |= {} if programme is None else {"programme.json": _dump(programme)}
    return _pack(texts, screenings, services, with_clips=_is_own(actor, athlete_id))


def _is_own(actor: Actor, athlete_id: str) -> bool:
    """Whether the export is the athlete's own, or asked for by who sees everything: clips show faces, and accounts are nobody else's business."""
    return actor.sees_all or actor.athlete_id == athlete_id


def _pack(texts: Mapping[str, str], screenings: Sequence[Screening], services: Services, *, with_clips: bool) -> Iterator[bytes]:
    sink = _Sink([])
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in texts.items():
            packed.writestr(name, text)
            yield sink.take()
        for screening in screenings:
            folder = f"screenings/{screening.created_at.date()}-{screening.screening_id}"
            with services.open_records() as records:
                versions = records.reports.list_versions(screening.screening_id)
            for name, document in _list_documents(screening, versions):
                packed.writestr(f"{folder}/{name}", _dump(document))
                yield sink.take()
            for name, key in _list_files(screening, with_clips=with_clips):
                yield from _pack_file(packed, f"{folder}/{name}", key, sink, services)
    yield sink.take()


def _pack_file(packed: zipfile.ZipFile, name: str, key: str, sink: _Sink, services: Services) -> Iterator[bytes]:
    """Pass a stored file on, a piece at a time, as it is: videos do not get smaller. What is not kept, or erased in this moment, is left out."""
    with ExitStack() as held:
        try:
            file = held.enter_context(held.enter_context(services.clips.lend(key)).open("rb"))
        except (KeyError, FileNotFoundError):
            return
        out = held.enter_context(packed.open(zipfile.ZipInfo(name), "w", force_zip64=True))
        while chunk := file.read(_CHUNK_BYTES):
            out.write(chunk)
            yield sink.take()


def _list_documents(screening: Screening, versions: Sequence[ReportVersion]) -> Iterator[tuple[str, object]]:
    said = asdict(screening)
    for attempt in said["attempts"]:
        for kept_elsewhere in ("measurement", "numbers", "clip_key", "folder", "share_done", "activity"):
            del attempt[kept_elsewhere]
    yield "screening.json", said
    for attempt in screening.attempts:
        if attempt.measurement is not None:
            yield f"measurement_{attempt.side}.json", attempt.measurement
    for version in versions[:-1]:
        yield f"report_version_{version.number}.json", {"made_at": version.made_at, "reason": version.reason, "report": version.document}
    for version in versions[-1:]:
        yield "report.json", version.document


def _list_files(screening: Screening, *, with_clips: bool) -> Iterator[tuple[str, str]]:
    for attempt in screening.attempts:
        side = attempt.side
        yield f"{side}.jpg", still_key(screening.screening_id, attempt)
        yield f"{side}_overlay.mp4", overlay_key(screening.screening_id, attempt)
        yield f"{side}_plain.jpg", plain_still_key(screening.screening_id, attempt)
        yield f"{side}_sighting.npz", sighting_key(screening.screening_id, attempt)
        if with_clips and attempt.clip_key is not None:
            ending = Path(attempt.clip_name).suffix.lower()
            yield f"{side}_clip{ending if re.fullmatch(r'[.][a-z0-9]{1,5}', ending) else '.mp4'}", attempt.clip_key


def _describe_athlete(actor: Actor, athlete: Athlete, services: Services) -> dict[str, Any]:
    """Return what is known of the athlete; of their account only to themselves and to who sees all accounts."""
    athlete_id = athlete.athlete_id
    with services.open_records() as records:
        consent = records.athletes.find_consent(athlete_id)
        links = records.accounts.grants_for_athlete(athlete_id)
        typed = records.athletes.typed_of(athlete_id)
        notes = records.squads.notes_about(athlete_id)
        account = records.accounts.find_of_athlete(athlete_id) if _is_own(actor, athlete_id) else None
        grants = [] if account is None else records.accounts.grants_of_account(account.account_id)
        webhooks = [] if account is None else records.webhooks.list_of(account.account_id)
        passkeys = [] if account is None else records.passkeys.list_of(account.account_id)
        identities = [] if account is None else records.identities.list_of(account.account_id)
    squads = {squad.squad_id: squad.name for squad in squads_of_athlete(actor, athlete_id, services)}
    return {
        "schema": "kneewall.export/1",
        "exported_at": services.clock.now(),
        "athlete": asdict(athlete),
        "consent": None if consent is None else {"given_by": consent.given_by, "given_at": consent.given_at},
        "typed_values": [{"measured_on": each.measured_on, "side": each.side, "kind": each.kind, "value": each.value} for each in typed],
        "squads": list(squads.values()),
        "notes": [{"squad": squads[note.squad_id], "text": note.text, "written_at": note.written_at} for note in notes if note.squad_id in squads],
        "looks": [{"day": named.look.day, "what": named.look.what, "by": named.by} for named in list_looks(actor, athlete_id, services)],
        "links": [_describe_grant(link) for link in links],
        "account": None
        if account is None
        else {
            "email": account.email,
            "created_at": account.created_at,
            "sessions_and_tokens": [_describe_grant(grant) for grant in grants],
            "webhooks": [{"url": webhook.url, "created_at": webhook.created_at} for webhook in webhooks],
            "passkeys": [{"name": each.name, "created_at": each.created_at, "last_used_at": each.last_used_at} for each in passkeys],
            "linked_sign_ins": [{"issuer": each.issuer, "subject": each.subject, "created_at": each.created_at} for each in identities],
        },
    }


def _describe_programme(athlete_id: str, services: Services) -> dict[str, Any] | None:
    """Return the home programme: answers, every version of the plan, and every entry of the log; who made a version is an account's business."""
    with services.open_records() as records:
        programme = records.programmes.find(athlete_id)
        if programme is None:
            return None
        versions, entries = records.programmes.versions_of(programme.programme_id), records.programmes.entries_of(programme.programme_id)
    made = [{name: value for name, value in asdict(version).items() if name not in {"programme_id", "made_by"}} for version in versions]
    logged = [{"day": entry.day, "said_at": entry.said_at, **asdict(entry.said)} for entry in entries]
    return {"began": programme.began, "letters": programme.letters, "versions": made, "log": logged}


def _describe_grant(grant: Grant) -> dict[str, Any]:
    return {"kind": grant.kind, "label": grant.label, "created_at": grant.created_at, "expires_at": grant.expires_at}


def _write_table(screenings: Sequence[Screening]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for screening in screenings:
        for attempt in screening.attempts:
            writer.writerow({name: _guard(value) for name, value in _describe_leg(screening, attempt).items()})
    return text.getvalue()


def _describe_leg(screening: Screening, attempt: Attempt) -> dict[str, object]:
    day = screening.circumstances
    numbers, measurement = attempt.numbers, attempt.measurement or {}
    return {
        "date": screening.created_at.isoformat(timespec="seconds"),
        "screening": screening.screening_id,
        "side": attempt.side,
        "state": screening.state,
        "status": measurement.get("status"),
        "code": measurement.get("code"),
        **{name: numbers and getattr(numbers, name) for name in _NUMBERS},
        **{name: getattr(screening, name) for name in _SAID},
        "furthest": attempt.furthest,
        **{reading.kind: reading.value for reading in attempt.readings},
        "repeat_of": screening.repeat_of,
        "clip_name": attempt.clip_name,
        **{name: day and getattr(day, name) for name in _DAY if name != "felt"},
        "felt": " ".join(day.felt) if day else None,
    }


def _guard(value: object) -> object:
    """Keep a spreadsheet from taking words that begin like a formula for one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _dump(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, default=_write_other) + "\n"


def _write_other(value: object) -> str | list[str]:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"found {type(value).__name__}; expected what JSON can hold")
