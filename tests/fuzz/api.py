"""What the API does with requests that nobody meant to send: python -m tests.fuzz api --seconds 600 --seed 1.

Every operation of /openapi.json is asked by a coach and by nobody in particular, with what its description allows and with what it does not, with ids that
are theirs, that are somebody else's, and that are none. Nothing may fail inside, nothing may hang, no answer may differ from its description, and nothing of
another coach's may show, or be another afterwards.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import SkipTest

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from app.adapters.passwords_argon2 import Argon2Hasher
from tests.fakes.bundle import make_clip
from tests.web.analytic import AnalyticEngine
from tests.web.people import World, measure, people
from tests.web.sending import begin
from tests.web.serving import Served, serving

EXAMPLES = 6
"""Of one operation, in one mode, for one caller, in one round; after each round everything begins anew, so that what was erased is there again."""
TIMEOUT_S = 30.0
_TOKENS = 60
_TOLD = frozenset({"no_room", "service_busy", "service_stopping", "provider_failed"})
"""Codes of answers from 500 on that are no faults."""
_HIDDEN = ("quillfeather", "nightingale", "other_coach@example.org")
"""Words that only the other coach has, and that nobody sends."""
_HIDDEN_FROM_NOBODY = (*_HIDDEN, "anna@example.org", "coach@example.org", '"anna"')
Ids = dict[str, str]
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@dataclass
class Stage:
    """A served world: whose ids are whose, and what shows who calls."""

    served: Served
    own: Ids
    foreign: Ids
    tokens: list[str]
    other: str

    @property
    def base_url(self) -> str:
        """Where it is served."""
        return str(self.served.client.base_url).rstrip("/")

    def headers_of(self, caller: str) -> dict[str, str]:
        """Return what a caller shows."""
        return {} if caller == "nobody" else {"Authorization": f"Bearer {self.tokens[-1]}"}

    def renew(self) -> None:
        """Take another token where the coach has taken back the one in hand."""
        while len(self.tokens) > 1 and self._ask("/api/account", self.tokens[-1]).status_code != requests.codes.ok:
            self.tokens.pop()

    def read_foreign(self) -> dict[str, str]:
        """Return everything of the other coach's, as they see it."""
        athlete, screening, squad = (self.foreign[name] for name in ("athlete_id", "screening_id", "squad_id"))
        paths = (
            *(f"/api/athletes/{athlete}{end}" for end in ("", "/trend", "/links", "/typed", "/foot-length")),
            *(f"/api/screenings/{screening}{end}" for end in ("", "/report", "/versions", "/checks")),
            *(f"/api/squads/{squad}{end}" for end in ("", "/athletes", "/coaches", "/table", "/board")),
        )
        answers = {path: self._ask(path, self.other) for path in paths}
        assert {answer.status_code for answer in answers.values()} == {200}, {path: answer.status_code for path, answer in answers.items()}
        return {path: answer.text for path, answer in answers.items()}

    def _ask(self, path: str, token: str) -> requests.Response:
        return requests.get(self.base_url + path, headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    content: bytes
    content_type: str
    headers: str


@dataclass
class Outcome:
    """What has been asked, and what was wrong."""

    statuses: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    rounds: int = 0

    def note(self, label: str, kind: str, words: str) -> None:
        """Keep the first fault of a kind at an address."""
        self.faults.setdefault((label, kind), words)


def fuzz(seed_number: int, *, seconds: float = math.inf, rounds: int | None = None, examples: int = EXAMPLES) -> Outcome:
    """Ask for a while, or some rounds; the same seed asks the same, as far as time goes."""
    outcome, rng, ends_s = Outcome(), random.Random(seed_number), time.monotonic() + seconds  # noqa: S311 - repeatable, not secret
    while time.monotonic() < ends_s and outcome.rounds != rounds:
        outcome.rounds += 1
        with tempfile.TemporaryDirectory() as folder, _staging(Path(folder)) as stage:
            before = stage.read_foreign()
            _fuzz_round(stage, ends_s, rng, outcome, examples)
            for path, text in stage.read_foreign().items():
                if text != before[path]:
                    outcome.note(f"GET {path}", "changed", "what belongs to another coach is not what it was")
            failed = [line for line in stage.served.log.read_text(encoding="utf-8").splitlines() if "request.failed" in line]
            if failed:
                outcome.note("log", "request.failed", failed[0][:2000])
    return outcome


def _fuzz_round(stage: Stage, ends_s: float, rng: random.Random, outcome: Outcome, examples: int) -> None:
    schema = schemathesis.openapi.from_url(f"{stage.base_url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    turns = [(operation, caller, mode) for operation in operations for caller in ("coach", "nobody") for mode in modes]
    rng.shuffle(turns)
    turns.sort(key=lambda turn: turn[0].method.lower() == "delete")  # what is erased can be asked for no more
    for operation, caller, mode in turns:
        if time.monotonic() >= ends_s:
            return
        stage.renew()
        _fuzz_operation(stage, operation, caller, mode, rng, outcome, examples)


def _fuzz_operation(
    stage: Stage, operation: APIOperation[Any, Any, Any, Any], caller: str, mode: GenerationMode, rng: random.Random, outcome: Outcome, examples: int
) -> None:
    quiet = settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    try:
        strategy = operation.as_strategy(generation_mode=mode)

        @seed(rng.randrange(2**32))
        @quiet
        @given(case=strategy)
        def ask(case: Case) -> None:
            _ask(stage, case, caller, rng, outcome)

        ask()
    except (schemathesis.errors.InvalidSchema, Unsatisfiable, SkipTest) as error:  # no wrong way to ask what takes nothing
        outcome.statuses[f"not generated ({type(error).__name__})"] += 1
    except ValueError as error:  # schemathesis 4.32: its validator does not know its own wrapper of bytes; what else it meant to ask here is not asked
        if "'Binary'" not in str(error):
            raise
        outcome.statuses["not generated (Binary)"] += 1


def _ask(stage: Stage, case: Case, caller: str, rng: random.Random, outcome: Outcome) -> None:
    label = f"{case.method} {case.path}"
    is_foreign = _put_ids(stage, case, caller, rng)
    outcome.asked.add(label)
    try:
        answer = _call(stage, case, caller)
    except requests.Timeout:
        outcome.note(label, "hang", f"no answer in {TIMEOUT_S:.0f} s to {case.as_curl_command()}")
        return
    except (requests.exceptions.InvalidHeader, UnicodeError, ValueError):  # what no client can send
        outcome.statuses["not sent"] += 1
        return
    except requests.RequestException as error:
        outcome.note(label, "cut off", f"{type(error).__name__} at {case.as_curl_command()}")
        return
    outcome.statuses[f"{caller} {answer.status_code}"] += 1
    if answer.status_code < requests.codes.multiple_choices:
        outcome.reached.add(label)
    for kind, words in _find_faults(case, answer, caller, is_foreign=is_foreign):
        outcome.note(label, kind, f"{words}\n  {case.as_curl_command()[:1500]}\n  answered {answer.status_code}: {answer.content[:600]!r}")


def _call(stage: Stage, case: Case, caller: str) -> Answer:
    """Send it; of events only the first are waited for: those of a screening in the queue have no end."""
    if not case.path.endswith("/events"):
        answer = case.call(base_url=stage.base_url, headers=stage.headers_of(caller), timeout=TIMEOUT_S)
        return Answer(answer.status_code, answer.content, ", ".join(answer.headers.get("content-type", [])), repr(answer.headers))
    with requests.get(stage.base_url + case.formatted_path, headers=stage.headers_of(caller), timeout=TIMEOUT_S, stream=True) as events:
        return Answer(events.status_code, next(events.iter_content(10_000), b""), events.headers["content-type"], repr(events.headers))


def _find_faults(case: Case, answer: Answer, caller: str, *, is_foreign: bool) -> Iterator[tuple[str, str]]:
    if answer.status_code >= requests.codes.internal_server_error and not _is_told(case, answer):
        yield f"status {answer.status_code}", "failed inside"
    text = answer.content.lower() + answer.headers.lower().encode()
    for word in _HIDDEN if caller == "coach" else _HIDDEN_FROM_NOBODY:
        if word.encode() in text:
            yield "shown", f"shows {word!r}"
    if is_foreign and answer.status_code < requests.codes.multiple_choices:
        yield "opened", "an id that is somebody else's was good for something"
    difference = _find_difference(case, answer)
    if difference is not None:
        yield f"schema of {answer.status_code}", f"differs from its description: {difference}"


def _find_difference(case: Case, answer: Answer) -> str | None:
    """Hold an answer in JSON against what is described for its status, where that is described; in which dialect, OpenAPI 3.1 leaves no doubt."""
    described = case.operation.schema.raw_schema
    kinds = described["paths"][case.path][case.method.lower()]["responses"].get(str(answer.status_code), {}).get("content", {})
    if case.method == "HEAD" or "application/json" not in kinds or answer.content_type != "application/json":
        return None
    schema = kinds["application/json"].get("schema", {}) | {"components": described["components"]}
    try:
        found = json.loads(answer.content)
    except ValueError:
        return "is no JSON"
    problem = best_match(Draft202012Validator(schema).iter_errors(found))
    return None if problem is None else f"{problem.json_path}: {problem.message[:500]}"


def _is_told(case: Case, answer: Answer) -> bool:
    """Whether an answer from 500 on says in its code that it is no fault; of readiness its status alone does."""
    if case.path == "/health/ready":
        return answer.status_code == requests.codes.service_unavailable
    with suppress(ValueError, AttributeError):
        return json.loads(answer.content).get("code") in _TOLD
    return False


def _put_ids(stage: Stage, case: Case, caller: str, rng: random.Random) -> bool:
    """Put ids that there are in the places of generated ones; say whether one in the address is somebody else's. Clips are put where they belong, too."""
    is_foreign = False
    for name in list(case.path_parameters or {}):
        choice = rng.choice(("own", "own", "foreign", "generated"))
        pool = stage.own if choice == "own" else stage.foreign
        if choice != "generated" and name in pool:
            case.path_parameters[name] = pool[name]
            is_foreign = is_foreign or choice == "foreign" or caller == "nobody"
    for said in (case.query, case.body):
        if isinstance(said, dict):
            _put_said(said, stage, rng)
    if isinstance(case.body, dict) and case.media_type == "multipart/form-data":
        for name in ("left", "right", "clip", "clips"):
            if name in case.body and rng.random() < 0.6:
                case.body[name] = make_clip(f"{rng.random()}")
    return is_foreign


def _put_said(said: dict[str, Any], stage: Stage, rng: random.Random) -> None:
    for name in list(said):
        pool = rng.choice((stage.own, stage.foreign))
        if name in pool and rng.random() < 0.7:
            said[name] = pool[name]


@contextmanager
def _staging(folder: Path) -> Iterator[Stage]:
    """Fill a world, leave it, and serve what it left."""
    with people(folder / "data", passwords=Argon2Hasher()) as world:
        own, foreign = _list_own(world), _add_foreign(world)
        tokens = [_make_token(world.coach) for _ in range(_TOKENS)]
        other = _make_token(world.other_coach)
    with serving(folder, auth="on", worker_process="false", max_clip_bytes="1000000", otlp_endpoint="http://127.0.0.1:9") as served:
        yield Stage(served, own, foreign, tokens, other)


def _make_token(client: Any) -> str:  # noqa: ANN401 - starlette's client
    return str(client.post("/api/account/tokens", json={"label": "fuzz"}).json()["secret"])


def _list_own(world: World) -> Ids:
    ids = world.ids
    screening = measure(world, world.coach, ids["anna"], "seen", AnalyticEngine())
    upload = begin(world.coach, 1000, athlete_id=ids["anna"]).rsplit("/", 1)[1]
    webhook = world.coach.post("/api/webhooks", json={"url": "https://example.org/kneewall"}).json()["id"]
    return {
        "athlete_id": ids["anna"],
        "screening_id": screening,
        "squad_id": ids["squad"],
        "group_id": ids["squad"],
        "grant_id": ids["link"],
        "upload_id": upload,
        "webhook_id": webhook,
        "repeat_of": screening,
        "left_upload": upload,
    }


def _add_foreign(world: World) -> Ids:
    """Have the other coach own what nobody else may see, under words that occur nowhere else."""
    coach = world.other_coach
    squad = coach.post("/api/squads", json={"name": "Nightingale"}).json()["id"]
    athlete = coach.post("/api/athletes", json={"name": "Balthasar Quillfeather", "squad_id": squad, "injuries": "nightingale"}).json()["id"]
    assert coach.put(f"/api/athletes/{athlete}/consent", json={"given_by": "athlete"}).status_code == 200
    assert coach.put(f"/api/squads/{squad}/athletes/{athlete}/note", json={"text": "nightingale"}).status_code == 204
    screening = measure(world, coach, athlete, "quillfeather", AnalyticEngine())
    link = coach.post(f"/api/athletes/{athlete}/links", json={}).json()["id"]
    upload = begin(coach, 1000, athlete_id=athlete).rsplit("/", 1)[1]
    webhook = coach.post("/api/webhooks", json={"url": "https://example.org/nightingale"}).json()["id"]
    account = next(each["id"] for each in world.admin.get("/api/accounts").json() if each["email"] == "other_coach@example.org")
    named = {
        "athlete": athlete,
        "screening": screening,
        "squad": squad,
        "group": squad,
        "grant": link,
        "upload": upload,
        "webhook": webhook,
        "account": account,
    }
    ids = {f"{name}_id": value for name, value in named.items()}
    return ids | {"coach_id": account, "repeat_of": screening, "left_upload": upload, "right_upload": upload}


def main(arguments: Sequence[str]) -> int:
    """Ask, and print figures; return 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz api", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    given_ = parser.parse_args(arguments)
    outcome = fuzz(given_.seed, seconds=given_.seconds)
    requests_sent = sum(count for status, count in outcome.statuses.items() if not status.startswith("not "))
    sys.stdout.write(f"{requests_sent} requests to {len(outcome.asked)} operations in {given_.seconds:.0f} s, {outcome.rounds} rounds\n")
    sys.stdout.write(f"answered with what was asked for at least once: {len(outcome.reached)} operations\n")
    for status, count in sorted(outcome.statuses.items()):
        sys.stdout.write(f"  {status}: {count}\n")
    never = sorted(outcome.asked - outcome.reached)
    sys.stdout.write(f"never so: {', '.join(never) or 'none'}\n")
    for (label, kind), words in sorted(outcome.faults.items()):
        sys.stdout.write(f"FAULT {label}: {kind}: {words}\n")
    sys.stdout.write(f"faults: {len(outcome.faults)}\n")
    return 1 if outcome.faults else 0
