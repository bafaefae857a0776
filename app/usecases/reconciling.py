"""Making good what a crash left half done: remembered but not queued, queued but broken off, stored but not remembered."""

from __future__ import annotations

from app.ports.screenings import Screening
from app.usecases.processing import fail_analysis
from app.usecases.services import AnalysisServices, Services
from app.usecases.turns import enqueue


def reconcile(analyst: AnalysisServices) -> None:
    """Enqueue what nobody works at, and close what can no longer be finished."""
    with analyst.services.open_records() as records:
        screenings = records.unfinished_screenings()
    for screening in screenings:
        _reconcile_screening(screening, analyst)


def _reconcile_screening(screening: Screening, analyst: AnalysisServices) -> None:
    jobs = analyst.services.jobs
    status = jobs.status(screening.screening_id, screening.analysis)
    if status == "unknown":
        enqueue(screening.screening_id, screening.analysis, analyst.services)
    elif status == "stranded":
        _begin_anew(screening, analyst.services)
    elif status == "failed":
        fail_analysis(screening.screening_id, None, analyst)


def _begin_anew(screening: Screening, services: Services) -> None:
    services.jobs.cancel(screening.screening_id, screening.analysis)
    with services.open_records() as records:
        records.set_state(screening.screening_id, "queued", analysis=screening.analysis + 1)
        records.commit()
    enqueue(screening.screening_id, screening.analysis + 1, services)


def sweep_jobs(services: Services) -> None:
    """Have the queue forget what has ended: of screenings that were erased meanwhile at once, of others when nobody enqueues it again any more."""
    idle = services.jobs.list_idle()  # before the records: a screening is remembered before it is enqueued
    if not idle:
        return
    with services.open_records() as records:
        known = records.screening_ids()
        unfinished = {screening.screening_id for screening in records.unfinished_screenings()}
    now, kept_s = services.clock.now(), services.limits.ended_jobs_kept_s
    ended = {job.screening_id for job in idle if job.screening_id not in known or (now - job.since).total_seconds() > kept_s}
    services.jobs.forget(sorted(ended - unfinished))


def sweep_orphans(services: Services) -> int:
    """Erase files that belong to no leg of a screening and to no upload, wait for none and are too old to be on their way in; say how many folders went."""
    now = services.clock.now()
    old = [group for group in services.clips.groups() if (now - group.written_at).total_seconds() > services.limits.orphan_after_s]
    with services.open_records() as records:
        folders = records.list_folders()
        known = records.uploads.upload_ids() | {clip.clip_id for clip in records.waiting.list_all()}
    count = 0
    for group in old:
        if group.name in folders:
            stray = group.folders - folders[group.name]
            for folder in stray:
                services.clips.erase_folder(group.name, folder)
            count += len(stray)
        elif group.name not in known:
            services.clips.erase_group(group.name)
            count += 1
    return count
