"""Clips whose names do not say whose leg they show: kept for a day, told by a person, and gone with whom they might be of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.usecases.reconciling import sweep_orphans
from app.usecases.waiting import sweep_waiting
from tests.fakes.clock import FakeClock
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_kiosk import set_clock
from tests.web.test_squads import bring_in, make_squad, send
from tests.web.test_uploads import make_clip


def stored(service: Service) -> int:
    """Return how many files there are."""
    return len([path for path in service.folder.joinpath("clips").rglob("*") if path.is_file()])


def fill(service: Service, *names: str) -> tuple[str, dict[str, str], list[str]]:
    """Make a squad of Anna and Ben, and hand in clips of these names; return squad, athletes by name, and the ids of the clips that wait."""
    squad = make_squad(service)
    bring_in(service, squad, "name,foot_length_cm\nAnna,24.5\nBen,\n")
    athletes = {each["name"]: each["id"] for each in service.client.get(f"/api/squads/{squad}/athletes").json()}
    lines = send(service, squad, *((name, make_clip(name)) for name in names), skirting_cm="1,5") if names else []
    return squad, athletes, [str(line["waiting"]) for line in lines]


def test_two_clips_told_by_the_page_are_one_screening(service: Service) -> None:
    """With what was said of all clips of the batch, and the foot length of the athlete; nothing waits any more."""
    squad, athletes, (first, second, third) = fill(service, "IMG_1.mp4", "IMG_2.mp4", "IMG_3.mp4")
    page = service.client.get(f"/squads/{squad}/waiting").text
    assert page.count("found no side in the name") == 3
    assert f'src="/squads/{squad}/waiting/{first}/clip#t=0.5"' in page
    said = {
        f"athlete-{first}": athletes["Anna"],
        f"side-{first}": "left",
        f"athlete-{second}": athletes["Anna"],
        f"side-{second}": "right",
        f"side-{third}": "left",
    }
    answer = service.client.post(f"/squads/{squad}/waiting", data=said)
    assert (answer.status_code, answer.text.count("Anna, left"), answer.text.count("Anna, right")) == (200, 1, 1)
    with service.services.open_records() as records:
        (screening,) = records.list_screenings()
        assert [clip.clip_id for clip in records.waiting.list_all()] == [third]
    assert (screening.athlete_id, screening.foot_length_cm, screening.skirting_cm) == (athletes["Anna"], 24.5, 1.5)
    assert [(attempt.side, attempt.clip_name) for attempt in screening.attempts] == [("left", "IMG_1.mp4"), ("right", "IMG_2.mp4")]
    assert service.services.clips.get(f"{screening.screening_id}/right/clip") == make_clip("IMG_2.mp4")
    assert stored(service) == 3
    service.work(screening.screening_id)
    assert service.client.get(f"/api/screenings/{screening.screening_id}").json()["state"] == "done"


def test_what_a_name_says_in_part_is_chosen_already(service: Service) -> None:
    """The athlete without a side, the side without an athlete."""
    squad, athletes, ids = fill(service, "anna.mp4", "left.mp4")
    waiting = {clip["id"]: clip for clip in service.client.get(f"/api/squads/{squad}/waiting").json()}
    assert [(waiting[name]["athlete"], waiting[name]["side"]) for name in ids] == [(athletes["Anna"], None), (None, "left")]
    page = service.client.get(f"/squads/{squad}/waiting").text
    assert f'<option value="{athletes["Anna"]}" selected>' in page
    assert '<option value="left" selected>' in page
    refused = service.client.post(f"/squads/{squad}/waiting", data={f"athlete-{ids[0]}": athletes["Anna"]})
    assert (refused.status_code, "found no clip with athlete and leg" in refused.text) == (422, True)


def test_half_a_choice_stays_and_says_what_is_missing(service: Service) -> None:
    """Beside clips that are handed in, and where there are none; also when another clip is erased by the same form."""
    squad, athletes, (first, second, third) = fill(service, "IMG_1.mp4", "IMG_2.mp4", "IMG_3.mp4")
    half = {f"athlete-{second}": athletes["Ben"], f"side-{third}": "right"}
    whole = {f"athlete-{first}": athletes["Anna"], f"side-{first}": "left"}
    refused = service.client.post(f"/squads/{squad}/waiting", data=half)
    taken = service.client.post(f"/squads/{squad}/waiting", data=half | whole)
    assert (refused.status_code, taken.status_code) == (422, 200)
    for page in (refused.text, taken.text):
        assert page.count("choose the leg, too") == page.count("choose the athlete, too") == 1
        assert f'<option value="{athletes["Ben"]}" selected>' in page
        assert '<option value="right" selected>' in page
    erased = service.client.post(f"/squads/{squad}/waiting/{third}/erase", data=half).text
    assert (f'<option value="{athletes["Ben"]}" selected>' in erased, "IMG_3" in erased) == (True, False)
    assert "choose the leg, too" not in service.client.get(f"/squads/{squad}/waiting").text


def test_a_clip_told_over_the_api_joins_the_other_leg_of_the_day(service: Service) -> None:
    """While that is being measured it waits on; afterwards both legs are compared in one report, the first one as it was measured."""
    squad, athletes, ids = fill(service, "anna_left.mp4", "second.mp4")
    with service.services.open_records() as records:
        (half,) = records.screening_ids()
    address, said = f"/api/squads/{squad}/waiting/{ids[1]}", {"athlete_id": athletes["Anna"], "side": "right"}
    early = service.client.post(address, json=said).json()
    assert (early["screening"], early["waiting"], "is being measured just now" in early["problem"]) == (None, ids[1], True)
    service.work(half)
    told = service.client.post(address, json=said)
    assert (told.status_code, told.json()["screening"], told.json()["waiting"]) == (202, half, None)
    service.work(half)
    report = service.client.get(f"/api/screenings/{half}/report").json()
    assert report["comparison"]["difference"]["toe_to_wall_cm"]["value"] == pytest.approx(3.3, abs=0.01)
    assert len(service.client.get(f"/api/screenings/{half}/versions").json()) == 2
    assert service.client.post(address, json=said).json()["code"] == "unknown_waiting_clip"
    assert service.client.get(f"/api/squads/{squad}/waiting").json() == []


def test_the_other_leg_of_a_session_over_midnight_utc_is_joined(service: Service) -> None:
    """In Los Angeles it is still the same afternoon; the page's browser says where it is."""
    set_clock(service, "2026-11-10T23:30")
    squad, athletes, ids = fill(service, "anna_left.mp4", "second.mp4")
    with service.services.open_records() as records:
        (half,) = records.screening_ids()
    service.work(half)
    set_clock(service, "2026-11-11T00:30")
    service.client.cookies.set("kneewall_time_zone", "America/Los_Angeles")
    told = service.client.post(f"/squads/{squad}/waiting", data={f"athlete-{ids[1]}": athletes["Anna"], f"side-{ids[1]}": "right"}).text
    assert f'href="/screenings/{half}">Anna, right' in told


def test_one_leg_twice_is_refused_and_both_wait_on(service: Service) -> None:
    """Two clips of the same leg of one athlete, or the same clip for both legs."""
    squad, athletes, _ = fill(service)
    lines = send(service, squad, ("a.mp4", make_clip("same")), ("b.mp4", make_clip("same")))
    first, second = (str(line["waiting"]) for line in lines)
    for side, part in (("left", "two clips of one leg"), ("right", "the same file")):
        said = {f"athlete-{first}": athletes["Anna"], f"side-{first}": "left", f"athlete-{second}": athletes["Anna"], f"side-{second}": side}
        answer = service.client.post(f"/squads/{squad}/waiting", data=said)
        assert (answer.status_code, part in answer.text) == (200, True)
    with service.services.open_records() as records:
        assert records.screening_ids() == frozenset()
        assert len(records.waiting.list_of(squad)) == 2
    assert stored(service) == 2


def test_a_pattern_is_tried_on_the_names(service: Service) -> None:
    """Before they are asked for one by one; what is built otherwise waits; a pattern that says too little or comes too late is refused."""
    squad, athletes, _ = fill(service)
    files = [("clips", ("27.11.2026~Ben~l.mp4", make_clip("1"))), ("clips", ("anna_left.mp4", make_clip("2")))]
    lines = service.client.post(f"/api/squads/{squad}/screenings", files=[("pattern", (None, "{date}~{name}~{side}")), *files]).json()
    assert [(line["athlete"], line["side"], line["waiting"] is None) for line in lines] == [(athletes["Ben"], "left", True), (None, None, False)]
    before = stored(service)
    late = service.client.post(f"/api/squads/{squad}/screenings", files=[*files, ("pattern", (None, "{name}~{side}"))])
    assert (late.status_code, "expected it before them" in late.json()["message"]) == (422, True)
    short = service.client.post(f"/squads/{squad}/upload", files=[("pattern", (None, "{name}")), *files])
    assert (short.status_code, "expected {side}" in short.text) == (422, True)
    assert stored(service) == before


def test_what_waits_is_erased_after_a_day(service: Service) -> None:
    """It is no longer shown, and the upkeep takes the bytes; before that neither upkeep touches it."""
    squad, athletes, (clip,) = fill(service, "who.mp4")
    clock = FakeClock(service.services.clock.now())
    services = replace(service.services, clock=clock)
    clock.advance(23 * 3600)
    assert (sweep_waiting(services), sweep_orphans(services), stored(service)) == (0, 0, 1)
    clock.advance(2 * 3600)
    service.client.app.state.services = services  # type: ignore[attr-defined] # the client's app is the service's
    assert service.client.get(f"/api/squads/{squad}/waiting").json() == []
    assert service.client.post(f"/api/squads/{squad}/waiting/{clip}", json={"athlete_id": athletes["Anna"], "side": "left"}).status_code == 404
    assert (sweep_waiting(services), stored(service)) == (1, 0)


def test_a_row_without_its_bytes_is_forgotten(service: Service) -> None:
    """An older copy of the records that was put back knows of clips that are gone."""
    squad, _, (clip,) = fill(service, "who.mp4")
    service.services.clips.erase_group(clip)
    assert sweep_waiting(service.services) == 1
    assert service.client.get(f"/api/squads/{squad}/waiting").json() == []


def test_what_waits_goes_with_its_squad_and_when_it_is_told_to(service: Service) -> None:
    """By the page or the API; a second time there is nothing."""
    squad, _, (first, second, _) = fill(service, "a.mp4", "b.mp4", "c.mp4")
    assert service.client.delete(f"/api/squads/{squad}/waiting/{first}").status_code == 204
    assert service.client.delete(f"/api/squads/{squad}/waiting/{first}").status_code == 404
    assert service.client.post(f"/squads/{squad}/waiting/{second}/erase", follow_redirects=False).status_code == 303
    assert stored(service) == 1
    assert service.client.delete(f"/api/squads/{squad}").status_code == 204
    assert stored(service) == 0


def test_a_clip_is_played_to_who_handed_it_in(world: World) -> None:
    """Not to another coach of the squad, not to the athlete, not over another squad; an admin sees everything."""
    squad, other = world.ids["squad"], world.ids["other_squad"]
    clip = world.coach.post(f"/api/squads/{squad}/screenings", files={"clips": ("who.mp4", make_clip("face"))}).json()[0]["waiting"]
    address = f"/squads/{squad}/waiting/{clip}/clip"
    assert world.coach.get(address).content == make_clip("face")
    assert world.coach.get(address, headers={"Range": "bytes=0-9"}).status_code == 206
    assert world.admin.get(address).status_code == 200
    assert [client.get(address).status_code for client in (world.other_coach, world.anna)] == [404, 403]
    assert world.other_coach.get(f"/squads/{other}/waiting/{clip}/clip").status_code == 404
    assert world.other_coach.post(f"/api/squads/{other}/waiting/{clip}", json={"athlete_id": world.ids["ben"], "side": "left"}).status_code == 404
    assert world.coach.post(f"/api/squads/{squad}/waiting/{clip}", json={"athlete_id": world.ids["ben"], "side": "left"}).status_code == 404
    with world.services.open_records() as records:
        account = next(each for each in records.accounts.list_all() if each.email == "other_coach@example.org")
        records.squads.put_coach(squad, account.account_id)
        records.commit()
    assert world.other_coach.get(address).status_code == 404
    shown = world.other_coach.get(f"/squads/{squad}/waiting").text
    assert ("who.mp4" in shown, "<video" in shown) == (True, False)


def test_without_consent_a_clip_waits_on(world: World) -> None:
    """It is not handed in for somebody who has not agreed."""
    squad = world.ids["squad"]
    cleo = world.coach.post("/api/athletes", json={"name": "Cleo", "squad_id": squad}).json()["id"]
    clip = world.coach.post(f"/api/squads/{squad}/screenings", files={"clips": ("who.mp4", make_clip("c"))}).json()[0]["waiting"]
    line = world.coach.post(f"/api/squads/{squad}/waiting/{clip}", json={"athlete_id": cleo, "side": "left"}).json()
    assert (line["screening"], line["waiting"], "agreed" in line["problem"]) == (None, clip, True)
    with world.services.open_records() as records:
        assert not records.screenings_of(cleo)
    assert [path for path in world.folder.joinpath("clips").rglob("left/clip") if path.read_bytes() == make_clip("c")] == []


def test_an_athlete_takes_along_what_might_be_theirs(world: World) -> None:
    """Every clip that waits in a squad of theirs, and elsewhere those that bear their name."""
    files = [("clips", (name, make_clip(name))) for name in ("IMG_1.mp4", "anna.mp4")]
    assert world.coach.post(f"/api/squads/{world.ids['squad']}/screenings", files=files).status_code == 202
    assert world.other_coach.post(f"/api/squads/{world.ids['other_squad']}/screenings", files=files).status_code == 202
    assert world.anna.delete(f"/api/athletes/{world.ids['anna']}").status_code == 204
    with world.services.open_records() as records:
        assert [clip.clip_name for clip in records.waiting.list_all()] == ["IMG_1.mp4"]
        assert records.waiting.list_all()[0].received_at - world.services.clock.now() < timedelta(minutes=5)
    assert len(list(world.folder.joinpath("clips").rglob("waiting/clip"))) == 1


def test_a_clip_of_which_something_else_was_said_joins_no_other_leg(service: Service) -> None:
    """Filmed in shoes before a skirting board, it is not measured as the barefoot leg of the morning is."""
    squad, athletes, _ = fill(service, "anna_left.mp4")
    with service.services.open_records() as records:
        (half,) = records.screening_ids()
    service.work(half)
    (line,) = send(service, squad, ("second.mp4", make_clip("second")), footwear="shod", skirting_cm="1.5")
    told = service.client.post(f"/api/squads/{squad}/waiting/{line['waiting']}", json={"athlete_id": athletes["Anna"], "side": "right"}).json()
    assert told["screening"] not in {None, half}
    with service.services.open_records() as records:
        apart = records.find_screening(str(told["screening"]))
    assert apart is not None
    assert (apart.footwear, apart.skirting_cm, [attempt.side for attempt in apart.attempts]) == ("shod", 1.5, ["right"])


def test_a_length_learnt_stays_a_learnt_one(service: Service) -> None:
    """Nobody typed it, and it is known less well: the same of a clip that waited as of any other."""
    squad, athletes, ids = fill(service, "second.mp4")
    with service.services.open_records() as records:
        athlete = records.athletes.find(athletes["Anna"])
        assert athlete is not None
        records.athletes.change(replace(athlete, foot_length_cm=26.8, foot_length_std_cm=0.62, foot_length_origin="learnt"))
        records.commit()
    told = service.client.post(f"/api/squads/{squad}/waiting/{ids[0]}", json={"athlete_id": athletes["Anna"], "side": "right"}).json()
    with service.services.open_records() as records:
        screening = records.find_screening(str(told["screening"]))
    assert screening is not None
    assert (screening.foot_length_cm, screening.foot_length_std_cm, screening.foot_length_origin) == (26.8, 0.62, "learnt")
