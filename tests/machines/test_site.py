"""PostgreSQL, an S3-compatible store, two web servers and two workers, as on several machines."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import httpx2
import pytest
import sqlalchemy as sa

from tests.bucket import Bucket
from tests.machines.site import Site, running_site
from tests.postgres import PostgresServer
from tests.web.serving import SAMPLES, is_running, wait_for

_TAKEN_OVER_S = 60.0


@pytest.fixture(scope="module")
def site(postgres: PostgresServer, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a service that lasts as long as these tests."""
    with postgres.database("site") as url, running_site(tmp_path_factory.mktemp("site"), url, bucket, prefix="site", model="lite") as running:
        yield running


def hand_in(site: Site, *names: str) -> str:
    """Send sample clips to one of the web servers."""
    fields = {name.rpartition("_")[2]: (f"{name}.mp4", (SAMPLES / f"{name}.mp4").read_bytes()) for name in names}
    with site.client() as client:
        answer = client.post("/api/screenings", files=fields, data={"foot_length_cm": "26.9"})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])


def state(site: Site, screening_id: str) -> dict[str, object]:
    """Ask one of the web servers."""
    with site.client() as client:
        return dict(client.get(f"/api/screenings/{screening_id}").json())


def busy_worker(site: Site) -> int:
    """Return which worker has a screening in hand, as the queue names it."""
    pids = {name: int(pid) for name, pid in _read_names(site).items()}
    engine = sa.create_engine(site.settings["database_url"])
    try:
        with engine.connect() as connection:
            names = connection.exec_driver_sql("SELECT executor_id FROM dbos.workflow_status WHERE status = 'PENDING'").scalars().all()
    finally:
        engine.dispose()
    return next((pids[name] for name in names if name in pids), 0)


def _read_names(site: Site) -> dict[str, str]:
    """Return the process of each worker by its name, as they said when they began."""
    found = {}
    for kept in site.workers:
        for line in kept.log.read_text().splitlines():
            said = dict(part.split("=", 1) for part in line.split() if "=" in part)
            if said.get("event") == "worker.ready":
                found[said["name"]] = said["pid"]
    return found


def test_killed_worker_is_taken_over_by_the_other(site: Site, bucket: Bucket) -> None:
    """`kill -9` in mid-clip, and it does not come back: within a minute the other has the screening in hand, and finishes it once."""
    screening_id = hand_in(site, "a_left", "a_right")
    wait_for(lambda: float(str(state(site, screening_id)["progress"])) > 0.05, 60, "progress")
    victim = wait_for(lambda: busy_worker(site), 20, "who works")
    os.kill(victim, signal.SIGSTOP)  # what it has begun stays as it is while it dies: no step ends in between
    killed_at = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: not is_running(victim), 5, "its end")
    taken_by = wait_for(lambda: (found := busy_worker(site)) and found != victim and found, _TAKEN_OVER_S, "another worker")
    assert taken_by != victim
    assert time.monotonic() - killed_at < _TAKEN_OVER_S
    wait_for(lambda: state(site, screening_id)["state"] in {"done", "failed"}, 240, "the end")
    with site.client() as client:
        report = client.get(f"/api/screenings/{screening_id}/report").json()
        assert [report[side]["status"] for side in ("left", "right")] == ["measured", "measured"], site.logs()[-2000:]
        overlay = client.get(f"/api/screenings/{screening_id}/overlay/left.mp4", headers={"Range": "bytes=4-7"})
        assert (overlay.status_code, overlay.content) == (206, b"ftyp")
    wait_for(lambda: not [key for key in bucket.keys("site") if "/clip" in key.rpartition("clips/")[2]], 30, "the end of the clips")
    assert {key.split("/")[1] for key in bucket.keys("site") if key.startswith("clips/")} == {screening_id}


def test_erasing_reaches_the_store_that_machines_share(site: Site, bucket: Bucket) -> None:
    """What one web server erases is gone for all, pictures too, and on the list that outlives the records."""
    screening_id = _hand_in_one(site)
    wait_for(lambda: state(site, screening_id)["state"] == "done", 120, "the end")
    listed = len([key for key in bucket.keys("site") if key.startswith("erased/")])
    with site.client() as client:
        assert client.delete(f"/api/screenings/{screening_id}").status_code == 204
    for address in site.addresses:
        assert httpx2.get(f"{address}/api/screenings/{screening_id}").status_code == 404
    assert [key for key in bucket.keys("site") if screening_id in key] == []
    assert len([key for key in bucket.keys("site") if key.startswith("erased/")]) == listed + 1


def _hand_in_one(site: Site) -> str:
    with site.client() as client:
        clip = (SAMPLES / "no_contact_R.mp4").read_bytes()
        answer = client.post("/api/screenings", files={"right": ("right.mp4", clip)}, data={"foot_length_cm": "26.9"})
        return str(answer.json()["id"])


def test_rolling_restart_loses_nothing(site: Site) -> None:
    """Every process is asked to end and started again, one after the other, while clips are being worked at; each is reported once."""
    sent = [_hand_in_one(site) for _ in range(3)]
    for kept in (*site.workers, *site.webs):
        starts = kept.starts
        kept.kill(signal.SIGTERM)
        wait_for(lambda kept=kept, starts=starts: kept.starts > starts, 30, "a new process")  # type: ignore[misc] # bound at once
        site.wait_ready()
    for screening_id in sent:
        wait_for(lambda screening_id=screening_id: state(site, screening_id)["state"] in {"done", "failed"}, 180, "the end")  # type: ignore[misc] # bound at once
        assert state(site, screening_id)["state"] == "done"
    engine = sa.create_engine(site.settings["database_url"])
    with engine.connect() as connection:
        ids = connection.exec_driver_sql("SELECT screening_id FROM reports").scalars().all()
    engine.dispose()
    assert sorted(each for each in ids if each in sent) == sorted(sent)
