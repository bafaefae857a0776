"""The parts of the filming page that know no page: what they make of landmarks, in the browser that runs them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.web.serving import SAMPLES, Served
from vision.mediapipe_pose import MediapipePose
from vision.weights import default_cache, weights_path

CHECKS = ("body", "light", "far", "level", "side", "leg", "abreast", "sheet")


@pytest.fixture(scope="module")
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """Open a page of the service, from which its scripts can be imported."""
    context = browser.new_context(base_url=str(served.client.base_url))
    opened = context.new_page()
    opened.goto("/offline")
    yield opened
    context.close()


@cache
def read_landmarks(name: str) -> list[dict[str, Any]]:
    """Return what the page's network sees in a sample clip, ten times a second."""
    looks = []
    pose = MediapipePose(weights_path("lite", source=None, cache=default_cache()), "lite")
    with av.open(str(SAMPLES / f"{name}.mp4")) as clip:
        video = clip.streams.video[0]
        for number, frame in enumerate(clip.decode(video)):
            if number % 3:
                continue
            t_s = float(frame.pts * video.time_base)
            rgb = frame.to_ndarray(format="rgb24")
            height, width = rgb.shape[:2]
            found = pose.estimate(rgb, t_s)
            points = None if found is None else [dict(zip("xyz", (x / width, y / height, z / width), strict=True)) for x, y, z, _ in found[0]]
            looks.append({"tS": t_s, "points": points, "width": width, "height": height})
    pose.close()
    return looks


def lean_of(t_s: float, lunges: list[tuple[float, float]]) -> float:
    """Return sin of the shin's angle: 10 degrees upright, 38 degrees between begin and end of a hold, half a second each way."""
    share = max((np.clip(min(t_s - begin + 0.5, end + 0.5 - t_s) / 0.5, 0, 1) for begin, end in lunges), default=0.0)
    return float(np.sin(np.radians(10 + 28 * share)))


def count(page: Page, times_s: list[float], leans: list[float | None]) -> dict[str, Any]:
    """Hand a series of leans to the counter; return the count, the holds and everything it told."""
    script = """async ({times, leans}) => {
      const { LungeCounter } = await import("/static/film/lunges.js");
      const counter = new LungeCounter();
      const told = times.flatMap((tS, index) => counter.update(tS, leans[index] === null ? null : {lean: leans[index]}).map(({type}) => [type, tS]));
      return {count: counter.count, holds: counter.holds, told};
    }"""
    return dict(page.evaluate(script, {"times": times_s, "leans": leans}))


@pytest.mark.parametrize("rate_hz", [6.0, 8.0, 15.0, 30.0, 60.0])
def test_lunges_are_counted_at_any_frame_rate(page: Page, rate_hz: float) -> None:
    """Three lunges of two and a half seconds with a landmark's noise of one degree: three, held for about that long, and said in time."""
    noise = np.random.default_rng(7)
    lunges = [(2.0, 4.5), (6.5, 9.0), (11.0, 13.5)]
    times_s = list(np.arange(0, 16, 1 / rate_hz))
    leans = [lean_of(t_s, lunges) + float(noise.normal(0, 0.012)) for t_s in times_s]
    seen = count(page, times_s, leans)
    assert seen["count"] == 3
    assert seen["holds"] == pytest.approx([2.5] * 3, abs=0.5)
    assert [kind for kind, _ in seen["told"]] == ["hold", "back", "lunge"] * 3
    assert [t_s for kind, t_s in seen["told"] if kind == "hold"] == pytest.approx([2.4, 6.9, 11.4], abs=0.45)


def test_swaying_and_walking_up_are_no_lunges(page: Page) -> None:
    """Five degrees to and fro, whatever their number, and somebody who is not seen at all."""
    times_s = list(np.arange(0, 12, 0.1))
    swaying = [float(np.sin(np.radians(12 + 2.5 * np.sin(3 * t_s)))) for t_s in times_s]
    assert count(page, times_s, [*swaying])["count"] == 0
    assert count(page, times_s, [None] * len(times_s))["count"] == 0


def test_a_lunge_without_a_hold_counts_and_is_told_apart(page: Page) -> None:
    """It is counted, since it was filmed; nobody is told to go back who did not hold."""
    times_s = list(np.arange(0, 6, 0.1))
    seen = count(page, times_s, [lean_of(t_s, [(2.5, 2.6)]) for t_s in times_s])
    assert seen["count"] == 1
    assert seen["holds"][0] < 1
    assert "back" not in [kind for kind, _ in seen["told"]]


@pytest.mark.parametrize(("name", "expected"), [("a_left", 2), ("a_right", 2), ("b_left", 2), ("progressive_L", 3), ("no_contact_R", 2)])
def test_lunges_of_sample_clips_are_counted(page: Page, name: str, expected: int) -> None:
    """By the landmarks that the page's own network sees in them; the clips end before the last knee is quite back, so upright is added."""
    script = """async (looks) => {
      const { readBody } = await import("/static/film/body.js");
      const { LungeCounter } = await import("/static/film/lunges.js");
      const counter = new LungeCounter();
      for (const look of looks) counter.update(look.tS, readBody(look));
      const end = looks.at(-1).tS;
      for (const after of [0.1, 0.2, 0.3, 0.4, 0.5]) counter.update(end + after, readBody(looks[0]));
      return counter.count;
    }"""
    assert page.evaluate(script, read_landmarks(name)) == expected


def judge(page: Page, looks: list[dict[str, Any]], side: str, **around: Any) -> dict[str, Any]:  # noqa: ANN401 - what the page measures
    """Return what the last second of looks says, and whether a clip may begin."""
    said = {"light": {"mean": 120, "spread": 50}, "tilt": {"rollDeg": 1, "pitchDeg": 2}, "sheet": True} | around
    script = """async ({looks, side, around}) => {
      const { readBody } = await import("/static/film/body.js");
      const { Steady, firstHint, isReady, judgeLook } = await import("/static/film/checks.js");
      const steady = new Steady();
      for (const look of looks) steady.add(look.tS, judgeLook({body: readBody(look), ...around}, side));
      const read = steady.read();
      return {read, ready: isReady(read), hint: firstHint(read)};
    }"""
    return dict(page.evaluate(script, {"looks": looks, "side": side, "around": said}))


def change(looks: list[dict[str, Any]], *, stretch: float = 1.0, by_x: float = 0.0, by_y: float = 0.0) -> list[dict[str, Any]]:
    """Return the looks with the body made larger or smaller about the middle, and moved."""
    changed = []
    for look in looks:
        moved = [{"x": 0.5 + stretch * (at["x"] - 0.5) + by_x, "y": 0.5 + stretch * (at["y"] - 0.5) + by_y} for at in look["points"]]
        changed.append(look | {"points": [at | new for at, new in zip(look["points"], moved, strict=True)]})
    return changed


@pytest.mark.parametrize(("name", "side"), [("a_left", "left"), ("a_right", "right"), ("b_left", "left"), ("b_right", "right"), ("progressive_L", "left")])
def test_a_well_filmed_leg_passes_every_check(page: Page, name: str, side: str) -> None:
    """Sample clips that the service measures."""
    said = judge(page, read_landmarks(name), side)
    assert {check: each["state"] for check, each in said["read"].items()} == dict.fromkeys(CHECKS, "good")
    assert (said["ready"], said["hint"]) == (True, None)


@pytest.mark.parametrize(
    ("hint", "changed", "around"),
    [
        ("far.away", {"stretch": 0.4, "by_y": 0.1}, {}),
        ("body.head", {"by_y": -0.2}, {}),
        ("body.feet", {"by_y": 0.12}, {}),
        ("body.edge", {"by_x": -0.4}, {}),
        ("abreast.left", {"by_x": -0.18}, {}),
        ("abreast.right", {"by_x": 0.3}, {}),
        ("light.dark", {}, {"light": {"mean": 20, "spread": 30}}),
        ("light.glare", {}, {"light": {"mean": 240, "spread": 30}}),
        ("light.flat", {}, {"light": {"mean": 120, "spread": 5}}),
        ("level.roll", {}, {"tilt": {"rollDeg": -9, "pitchDeg": 0}}),
        ("level.pitch", {}, {"tilt": {"rollDeg": 0, "pitchDeg": 20}}),
    ],
)
def test_what_is_wrong_is_named(page: Page, hint: str, changed: dict[str, float], around: dict[str, Any]) -> None:
    """One thing changed in a good clip: that is what is said, and nothing begins."""
    said = judge(page, change(read_landmarks("a_left"), **changed), "left", **around)
    assert (said["hint"], said["ready"]) == (hint, False)


def test_which_leg_and_from_which_side_is_told(page: Page) -> None:
    """The other leg, the inner side, the leg behind: mirrored and renamed looks of the same clip."""
    looks = read_landmarks("a_left")
    mirrored = [look | {"points": [point | {"x": 1 - point["x"]} for point in look["points"]]} for look in looks]
    renamed = [look | {"points": [look["points"][index + (0 if index < 11 else 1 if index % 2 else -1)] for index in range(33)]} for look in looks]
    assert judge(page, looks, "right")["hint"] == "leg.other"
    assert judge(page, mirrored, "left")["hint"] == "leg.inside"
    assert judge(page, renamed, "left")["hint"] == "leg.far"


def test_from_the_front_is_not_from_the_side(page: Page) -> None:
    """Shoulders as far apart as a person who looks into the camera shows them."""
    looks = [look | {"points": [dict(point) for point in look["points"]]} for look in read_landmarks("a_left")]
    for look in looks:
        look["points"][11]["x"] -= 0.06
        look["points"][12]["x"] += 0.06
    assert judge(page, looks, "left")["hint"] == "side.turn"


def test_what_cannot_be_checked_is_said_and_does_not_stop(page: Page) -> None:
    """No motion sensor, and no sheet: both told, neither in the way; nobody in the picture is."""
    said = judge(page, read_landmarks("a_left"), "left", tilt=None, sheet=False)
    assert (said["read"]["level"]["state"], said["read"]["sheet"]["state"], said["ready"]) == ("unknown", "bad", True)
    empty = [look | {"points": None} for look in read_landmarks("a_left")]
    assert judge(page, empty, "left")["hint"] == "body.none"


def run_session(page: Page, steps: list[dict[str, Any]], plan: dict[str, int]) -> list[list[Any]]:
    """Hand steps {tS, ready, lean} to a session; return what it told, with times."""
    script = """async ({steps, plan}) => {
      const { Session } = await import("/static/film/session.js");
      const session = new Session(plan);
      const told = steps.flatMap(({tS, ready, lean}) => session.update(tS, {ready, body: lean === null ? null : {lean}})
        .map(({type, number, reason}) => [type, tS, number ?? reason ?? null]));
      return [...told, ["seen", session.seen / Math.max(1, session.looked), session.durationS]];
    }"""
    return list(page.evaluate(script, {"steps": steps, "plan": plan}))


def test_session_starts_counts_moves_the_foot_and_stops(page: Page) -> None:
    """Two lunges at each of two places: count-down after two steady seconds, "move" between the places, an end by itself after the last."""
    lunges = [(9.0, 11.5), (14.0, 16.5), (20.0, 22.5), (25.0, 27.5)]
    steps = [{"tS": t_s, "ready": t_s > 1, "lean": lean_of(t_s, lunges)} for t_s in np.arange(0, 35, 0.1).tolist()]
    told = run_session(page, steps, {"lunges": 2, "places": 2})
    kinds = [each[0] for each in told[:-1]]
    assert kinds == [*["count"] * 3, "start", *["hold", "back", "lunge"] * 2, "move", *["hold", "back", "lunge"] * 2, "last", "stop"]
    assert [number for kind, _, number in told if kind == "count"] == [3, 2, 1]
    start = next(t_s for kind, t_s, _ in told if kind == "start")
    assert start == pytest.approx(6.1, abs=0.2)
    assert told[-2][2] == "done"
    assert told[-1][1:] == pytest.approx([1.0, told[-2][1] - start], abs=0.01)


def test_session_waits_again_when_something_moves(page: Page) -> None:
    """A count-down that is no longer justified breaks off; a moment of doubt does not break it."""
    steps = [{"tS": t_s, "ready": not (3.0 < t_s < 3.5 or 4.2 < t_s < 6.0), "lean": 0.2} for t_s in np.arange(0, 14, 0.1).tolist()]
    kinds = [each[0] for each in run_session(page, steps, {"lunges": 1, "places": 1})[:-1]]
    assert kinds == ["count", "count", "count", "lost", "count", "count", "count", "start", *kinds[8:]]


def test_session_tells_when_nobody_is_seen_and_ends_at_last(page: Page) -> None:
    """Somebody walked out of the picture: said now and then, and after two minutes it is over."""
    steps = [{"tS": t_s, "ready": True, "lean": 0.2 if t_s < 8 else None} for t_s in np.arange(0, 130, 0.25).tolist()]
    told = run_session(page, steps, {"lunges": 3, "places": 3})
    assert sum(kind == "unseen" for kind, *_ in told) > 10
    assert told[-2][0::2] == ["stop", "long"]


def test_clip_is_judged_before_it_is_sent(page: Page) -> None:
    """What the service would refuse must not be sent; what it may refuse is said."""
    script = """async (said) => (await import("/static/film/clip_check.js")).judgeClip(said).map(({name, must}) => [name, must])"""
    good = {"sizeBytes": 4e6, "maxBytes": 5e8, "durationS": 20, "looked": 200, "seen": 199, "lunges": 3, "holds": [2.0, 2.1, 1.9]}
    assert page.evaluate(script, good) == []
    assert page.evaluate(script, good | {"sizeBytes": 0}) == [["empty", True]]
    assert page.evaluate(script, good | {"sizeBytes": 6e8}) == [["large", True]]
    assert page.evaluate(script, good | {"durationS": 1.5}) == [["short", True]]
    assert page.evaluate(script, good | {"seen": 100, "lunges": 0, "holds": []}) == [["unseen", False], ["no_lunge", False]]
    assert page.evaluate(script, good | {"holds": [0.4, 0.6]}) == [["hold", False]]


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("sign", [1, -1])
def test_down_is_down_however_the_phone_is_turned(page: Page, turn_deg: int, sign: int) -> None:
    """A picture that leans 3 degrees and looks 5 degrees down reads so in every turn of the screen, on phones of either sign."""
    roll, pitch, turn = np.radians(3), np.radians(5), np.radians(turn_deg)
    down = np.array([np.sin(roll) * np.cos(pitch), np.cos(roll) * np.cos(pitch), np.sin(pitch)])
    across, upright, away = -down[0], down[1], down[2]
    x, y = across * np.cos(turn) + upright * np.sin(turn), -across * np.sin(turn) + upright * np.cos(turn)
    felt = {"x": sign * 9.81 * x, "y": sign * 9.81 * y, "z": sign * 9.81 * away}
    script = """async ({felt, turn}) => {
      const { GravityLog, readTilt, toPicture } = await import("/static/film/gravity.js");
      const log = new GravityLog();
      for (let index = 0; index < 20; index += 1) log.add(toPicture(felt, turn), turn);
      return {tilt: readTilt(toPicture(felt, turn)), log: log.summarise()};
    }"""
    said = page.evaluate(script, {"felt": felt, "turn": turn_deg})
    assert said["tilt"] == pytest.approx({"rollDeg": 3, "pitchDeg": 5}, abs=1e-6)
    assert said["log"] == {"down": pytest.approx(list(down), abs=1e-5), "spread_deg": pytest.approx(0, abs=0.01), "samples": 20, "screen_deg": turn_deg}


def test_network_and_markers_are_the_pinned_ones() -> None:
    """What the page loads was built from the packages; a missing one is told with the command that builds it."""
    vendor = Path(__file__).parents[2] / "app" / "web" / "static" / "vendor"
    worker = (vendor.parent / "film" / "coach_worker.js").read_text(encoding="utf-8")
    for name in ("mediapipe-1.1.0/vision_bundle.mjs", "aruco-2.0.0/aruco.mjs", "pose-0.5.1675469404/pose_landmarker_lite.task"):
        assert name in worker
        assert (vendor / name).is_file(), "found no files for the filming page; expected them built: make setup"


def test_a_coach_that_breaks_in_the_middle_of_a_look_lets_go(page: Page) -> None:
    """Whoever waits for the look is told, at once, and the next picture goes to a new coach; the camera's own listener is back in its place."""
    script = """async () => {
      const { Coach } = await import("/static/film/coach.js");
      const started = [];
      window.Worker = class extends EventTarget {
        constructor() { super(); this.number = started.push(this); }
        say(data) { this.dispatchEvent(new MessageEvent("message", {data})); }
        postMessage({type}) {
          const answer = type === "start" ? {type: "ready"} : this.number === 1 ? {type: "broken", reason: "memory"} : {type: "look", number: this.number};
          setTimeout(() => this.say(answer));
        }
        terminate() {}
      };
      window.createImageBitmap = async () => new ArrayBuffer(1);
      const video = {readyState: 4, videoWidth: 640, videoHeight: 480};
      const late = new Promise((resolve) => setTimeout(() => resolve("waits for ever"), 2000));
      const look = (coach, signal) => Promise.race([coach.look(video, signal).then(({number}) => number, ({name}) => name), late]);
      const coach = new Coach();
      const own = coach.onLook;
      const { signal } = new AbortController();
      await coach.start();
      const first = await look(coach, signal);
      const after = await look(coach, signal);
      const kept = coach.onLook === own;
      await coach.start();
      return {first, after, kept, next: await look(coach, signal), stopped: await look(coach, AbortSignal.abort()), again: coach.onLook === own};
    }"""
    fresh = page.context.new_page()
    fresh.goto("/offline")
    told = fresh.evaluate(script)
    fresh.close()
    assert told == {"first": "AbortError", "after": "AbortError", "kept": True, "next": 2, "stopped": "AbortError", "again": True}
