"""Getting one's data: everything that is kept of an athlete, in a file that other programs open."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from app import cli
from app.adapters.sql.tables import metadata
from app.ports.passkeys import Passkey
from app.ports.provider import Identity
from app.usecases.access import OWNER
from app.usecases.exporting import COLUMNS, export_athlete
from tests.web.people import World, people
from tests.web.test_uploads import make_clip

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everybody."""
    with people(tmp_path, keep_clips_days=30) as made:
        yield made


def get_export(client: TestClient, athlete_id: str) -> zipfile.ZipFile:
    """Fetch the file, and look at every checksum in it."""
    answer = client.get(f"/api/athletes/{athlete_id}/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert "attachment" in answer.headers["content-disposition"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.testzip() is None
    return packed


def read_json(packed: zipfile.ZipFile, name: str) -> Any:  # noqa: ANN401 - a document
    """Read one document."""
    return json.loads(packed.read(name))


def hand_in(world: World, **said: str) -> str:
    """Hand in a left clip of Anna's with everything that can be said, and work it off."""
    files = {"left": ("=anna.MOV", make_clip("said"))}
    answer = world.anna.post("/api/screenings", files=files, data=said)
    assert answer.status_code == 202, answer.text
    world.service(world.anna).work(answer.json()["id"])
    return str(answer.json()["id"])


def test_everything_is_in_it(world: World) -> None:
    """Details, consent, squads, looks, links, account; of each screening what was said, measured, drawn and filmed. No secret is."""
    said = {"pain": "3", "felt": "front,calf", "notes": "=1+1; tired", "tape_left_cm": "12.1", "limited_by": "knee", "furthest_left": "true"}
    screening = hand_in(world, **said)
    typed = {"measured_on": "2026-03-01", "side": "left", "kind": "tape_cm", "value": 11.5}
    assert world.anna.post(f"/api/athletes/{world.ids['anna']}/typed", json={"values": [typed]}).status_code == 201
    noted = world.coach.put(f"/api/squads/{world.ids['squad']}/athletes/{world.ids['anna']}/note", json={"text": "ask again in May"})
    assert noted.status_code == 204
    world.coach.get(f"/api/athletes/{world.ids['anna']}")
    webhook = world.anna.post("/api/webhooks", json={"url": "https://example.org/told"}).json()
    with world.services.open_records() as records:
        own = {"account_id": world.ids["anna_account"], "created_at": world.services.clock.now()}
        records.passkeys.add(Passkey(passkey_id="1", credential_id=b"1", public_key=b"2", sign_count=1, name="Phone", **own))
        records.identities.add(Identity(identity_id="1", issuer="https://id.example.org", subject="subject-1", **own))
        records.commit()
    packed = get_export(world.anna, world.ids["anna"])
    about = read_json(packed, "athlete.json")
    assert about["athlete"]["name"] == "Anna"
    assert about["consent"]["given_by"] == "athlete"
    assert about["squads"] == ["squad"]
    assert [(note["squad"], note["text"]) for note in about["notes"]] == [("squad", "ask again in May")]
    assert about["typed_values"] == [typed]
    assert about["account"]["email"] == "anna@example.org"
    assert [told["url"] for told in about["account"]["webhooks"]] == ["https://example.org/told"]
    assert [passkey["name"] for passkey in about["account"]["passkeys"]] == ["Phone"]
    assert [linked["subject"] for linked in about["account"]["linked_sign_ins"]] == ["subject-1"]
    assert "coach@example.org" in {look["by"] for look in about["looks"]}
    assert [link["kind"] for link in about["links"]] == ["share"]
    folder = next(name for name in packed.namelist() if screening in name).rpartition("/")[0]
    assert sorted(name.removeprefix(f"{folder}/") for name in packed.namelist() if name.startswith(folder)) == [
        "left.jpg",
        "left_clip.mov",
        "left_overlay.mp4",
        "left_plain.jpg",
        "left_sighting.npz",
        "measurement_left.json",
        "report.json",
        "screening.json",
    ]
    assert packed.read(f"{folder}/left_clip.mov") == world.services.clips.get(f"{screening}/left/clip.kept")
    assert packed.read(f"{folder}/left.jpg") == world.services.clips.get(f"{screening}/left/still.jpg")
    assert read_json(packed, f"{folder}/report.json") == world.anna.get(f"/api/screenings/{screening}/report").json()
    kept = read_json(packed, f"{folder}/screening.json")
    assert kept["attempts"][0]["readings"][0] | {"typed_at": ""} == {"kind": "tape_cm", "value": 12.1, "typed_at": "", "blind": True}
    assert kept["circumstances"]["notes"] == "=1+1; tired"
    everything = b"".join(packed.read(name) for name in packed.namelist())
    assert [secret for secret in (world.ids["link_secret"], webhook["secret"]) if secret.encode() in everything] == []
    assert b"secret_sha256" not in everything
    assert b"password" not in everything.lower()


def test_a_home_programme_is_in_it(world: World) -> None:
    """Answers, every version of the plan, what was logged; not by whom the coach's version was made, nor the key of an entry."""
    programme = f"/api/athletes/{world.ids['anna']}/programme"
    assert "programme.json" not in get_export(world.anna, world.ids["anna"]).namelist()
    said = {"red_flags": [], "pain": 2, "age_group": "adult", "equipment": ["band", "ball"], "legs": {"left": {"felt": ["calf"]}}}
    assert world.anna.put(f"{programme}/answers", json=said).status_code == 200
    log = {"day": world.services.clock.now().date().isoformat(), "items": [{"exercise": "calf_stretch", "mark": "done", "pain": 1}], "pinched": ["left"]}
    assert world.anna.post(f"{programme}/logs", json=log, headers={"Idempotency-Key": "key-of-entry"}).status_code == 201
    assert world.coach.put(f"{programme}/overrides", json={"version": 1, "locked": True}).status_code == 200
    packed = get_export(world.anna, world.ids["anna"])
    kept = read_json(packed, "programme.json")
    assert [version["cause"] for version in kept["versions"]] == ["answers", "change"]
    assert kept["versions"][0]["intake"]["equipment"] == ["ball", "band"]
    assert (kept["log"][0]["items"][0]["pain"], kept["log"][0]["pinched"]) == (1, ["left"])
    assert not {"made_by", "entry_key"} & {*kept["versions"][0], *kept["log"][0]}
    assert "programme.json" in packed.read("README.txt").decode()


def test_the_table_has_a_line_for_each_leg(world: World) -> None:
    """Numbers with their uncertainty and all that was said; words that begin like a formula are none in a spreadsheet."""
    hand_in(world, notes="=1+1; tired", pain="3", felt="front,calf", inclinometer_left_deg="40")
    packed = get_export(world.anna, world.ids["anna"])
    rows = list(csv.DictReader(io.StringIO(packed.read("screenings.csv").decode())))
    assert tuple(rows[0]) == COLUMNS
    assert [row["side"] for row in rows] == ["left", "right", "left", "right", "left"]
    last = rows[-1]
    assert (last["toe_to_wall_cm"], last["limit"], last["footwear"], last["pain"], last["felt"]) == ("12.4", "bracketed", "barefoot", "3", "front calf")
    assert float(last["toe_to_wall_std_cm"]) > 0
    assert (last["notes"], last["inclinometer_deg"], last["clip_name"]) == ("'=1+1; tired", "40.0", "_anna.MOV")


def test_every_file_is_explained(world: World) -> None:
    """The README names each kind of file that is there."""
    packed = get_export(world.anna, world.ids["anna"])
    words = packed.read("README.txt").decode()
    kinds = {name.rpartition("/")[2].replace("right", "left") for name in packed.namelist()} - {"README.txt"}
    assert [kind for kind in kinds if kind not in words] == []


def test_earlier_versions_of_a_report_are_in_it(world: World) -> None:
    """What a screening said before it was put right, and why it was."""
    screening = world.ids["anna_screening"]
    again = {"what": "again", "reason": "a second look"}
    assert world.anna.post(f"/api/screenings/{screening}/corrections", json=again).status_code == 202
    world.service(world.anna).work(screening)
    packed = get_export(world.anna, world.ids["anna"])
    folder = next(name for name in packed.namelist() if screening in name).rpartition("/")[0]
    assert read_json(packed, f"{folder}/report_version_1.json")["reason"] is None
    assert read_json(packed, f"{folder}/report.json") == world.anna.get(f"/api/screenings/{screening}/report").json()


def test_a_coach_gets_results_and_neither_account_nor_clips(world: World) -> None:
    """What the coach sees anyway; the address belongs to the athlete, and a clip shows their face. Others get nothing."""
    packed = get_export(world.coach, world.ids["anna"])
    about = read_json(packed, "athlete.json")
    assert "clip" not in " ".join(packed.namelist())
    assert "left_clip.mp4" in " ".join(get_export(world.anna, world.ids["anna"]).namelist())
    assert about["account"] is None
    assert "anna@example.org" not in json.dumps(about)
    assert read_json(get_export(world.admin, world.ids["anna"]), "athlete.json")["account"]["email"] == "anna@example.org"
    assert [client.get(f"/api/athletes/{world.ids['anna']}/export").status_code for client in (world.other_coach, world.link, world.nobody)] == [404, 403, 401]


def test_files_that_are_gone_are_left_out(world: World) -> None:
    """A clip that is no longer kept, or erased in this moment, does not break the file; screenings that are not measured are in it too."""
    world.services.clips.erase(f"{world.ids['anna_screening']}/left/clip.kept")
    waiting = world.anna.post("/api/screenings", files={"right": ("r.mp4", make_clip("waiting"))}).json()["id"]
    names = get_export(world.anna, world.ids["anna"]).namelist()
    own = {name.rpartition("/")[2] for name in names if world.ids["anna_screening"] in name}
    assert "left_overlay.mp4" in own
    assert "left_clip.mp4" not in own
    assert {name.rpartition("/")[2] for name in names if waiting in name} == {"screening.json", "right_clip.mp4"}


def test_a_video_is_never_held(world: World) -> None:
    """50 MB pass through in pieces, within a few MB of memory, and no file is left behind."""
    world.services.clips.put(f"{world.ids['anna_screening']}/left/overlay.mp4", bytes(50_000_000))
    before = sorted(world.folder.rglob("*"))
    tracemalloc.start()
    total = sum(len(piece) for piece in export_athlete(OWNER, world.ids["anna"], world.services))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 50_000_000
    assert peak < 8_000_000
    assert sorted(world.folder.rglob("*")) == before


def test_no_table_is_forgotten() -> None:
    """Whoever adds a table says whether it belongs into the export, and, since erasing is the same question, that erasing reaches it."""
    theirs = {
        "athletes",
        "screenings",
        "attempts",
        "readings",
        "reports",
        "earlier_reports",
        "typed_values",
        "consents",
        "looks",
        "grants",
        "accounts",
        "webhooks",
        "passkeys",
        "identities",
        "programmes",
        "plan_versions",
        "plan_entries",
    }
    through_squads = {"squads", "squad_athletes"}
    of_nobody_known_yet = {"waiting_clips"}  # gone with every athlete of the squad
    of_nobody_measured = {"squad_coaches", "workers", "erasures", "deliveries", "tries", "plan_templates"}
    until_used = {"uploads"}  # no names, and hardly a day; erased with the athlete
    assert set(metadata.tables) == theirs | through_squads | of_nobody_known_yet | of_nobody_measured | until_used


def test_the_page_offers_it(world: World) -> None:
    """A link on the athlete's page."""
    assert f'href="/api/athletes/{world.ids["anna"]}/export"' in world.anna.get(f"/athletes/{world.ids['anna']}").text


def test_an_admin_writes_it_without_the_service(world: World, tmp_path: Path) -> None:
    """The same file from the command line; an unknown id is said so, and no file is made."""
    out = tmp_path / "anna.zip"
    done = CliRunner().invoke(cli.app, ["admin", "export", world.ids["anna"], "--out", str(out), "--data-dir", str(world.folder)])
    assert done.exit_code == 0, done.output
    assert "athlete.json" in zipfile.ZipFile(out).namelist()
    nobody = CliRunner().invoke(cli.app, ["admin", "export", "0" * 32, "--out", str(tmp_path / "no.zip"), "--data-dir", str(world.folder)])
    assert (nobody.exit_code, "no such athlete" in nobody.output, (tmp_path / "no.zip").exists()) == (1, True, False)
