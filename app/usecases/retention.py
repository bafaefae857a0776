"""How long clips are kept: no longer than their analysis needs them, unless the service is told to keep them."""

from __future__ import annotations

from collections.abc import Sequence

from app.ports.screenings import Attempt, Screening
from app.usecases.keys import clip_key, kept_clip_key
from app.usecases.services import AnalysisServices, Services

_DAY_S = 86_400.0


def is_rejected(attempt: Attempt) -> bool:
    """Whether the clip was found to be one that cannot be measured."""
    return attempt.status == "rejected"


def forget_clip(screening_id: str, attempt: Attempt, services: Services, *, with_everything: bool = False) -> None:
    """Erase the bytes of a clip, then say that they are gone: in this order a crash in between leaves a row that tells the sweep to do it again.

    Of a clip that was refused nothing stays, `with_everything`: neither what was seen in it nor pictures of an earlier analysis.
    """
    if with_everything:
        services.clips.erase_folder(screening_id, attempt.folder)
    else:
        for key in (clip_key(screening_id, attempt.folder), kept_clip_key(screening_id, attempt)):
            services.clips.erase(key)
    with services.open_records() as records:
        records.set_clip_key(screening_id, attempt.side, None, before=attempt.clip_key)
        records.commit()


def settle_clips(screening_id: str, analyst: AnalysisServices) -> None:
    """Erase the clips of an analysis that is done, or put copies without metadata in their place where the service keeps clips; may be repeated."""
    services = analyst.services
    with services.open_records() as records:
        screening = records.find_screening(screening_id)
    if screening is None:
        return
    for attempt in screening.attempts:
        if attempt.clip_key is None:
            continue
        rejected = is_rejected(attempt)
        if rejected or services.limits.keep_clips_days == 0 or not _keep_stripped(screening_id, attempt, attempt.clip_key, analyst):
            forget_clip(screening_id, attempt, services, with_everything=rejected)


def sweep_clips(analyst: AnalysisServices) -> None:
    """Erase clips whose time is over, and finish what a killed worker left half done."""
    services = analyst.services
    with services.open_records() as records:
        screenings = records.finished_with_clips()
        all_screenings = records.list_screenings() if any(screening.state == "failed" for screening in screenings) else ()
    for screening in screenings:
        for attempt in screening.attempts:
            if _is_over(attempt, screening, services) or _was_sent_again(attempt, screening, all_screenings):
                forget_clip(screening.screening_id, attempt, services, with_everything=is_rejected(attempt))
        if screening.state == "done":
            settle_clips(screening.screening_id, analyst)


def _is_over(attempt: Attempt, screening: Screening, services: Services) -> bool:
    """Whether a clip has been kept long enough; one that still has its metadata is kept only for an analysis that failed."""
    stripped = attempt.clip_key == kept_clip_key(screening.screening_id, attempt)
    kept_s = services.limits.failed_clips_kept_s if screening.state == "failed" and not stripped else services.limits.keep_clips_days * _DAY_S
    return (services.clock.now() - screening.created_at).total_seconds() >= kept_s


def _keep_stripped(screening_id: str, attempt: Attempt, stored_key: str, analyst: AnalysisServices) -> bool:
    """Put a copy without metadata in the place of a clip; False when there is none to be had."""
    clips, kept = analyst.services.clips, kept_clip_key(screening_id, attempt)
    if stored_key == kept:
        return True
    if not clips.holds(stored_key):  # a worker was killed between erasing it and saying so
        if not clips.holds(kept):
            return False
    else:
        with clips.scratch() as folder, clips.lend(stored_key) as original:
            try:
                analyst.engine.strip(original, folder / "clip")
            except Exception:  # noqa: BLE001 - whatever it was: what is not surely without metadata is not kept
                return False
            clips.put_file(kept, folder / "clip")
        clips.erase(stored_key)
    with analyst.services.open_records() as records:
        records.set_clip_key(screening_id, attempt.side, kept, before=stored_key)
        records.commit()
        erased_meanwhile = records.find_screening(screening_id) is None
    if erased_meanwhile:
        clips.erase_group(screening_id)
    return True


def _was_sent_again(attempt: Attempt, screening: Screening, screenings: Sequence[Screening]) -> bool:
    """Whether the clip of a failed analysis came in with a later screening, which has its own copy."""
    if screening.state != "failed" or attempt.clip_key != clip_key(screening.screening_id, attempt.folder):
        return False
    later = (other for other in screenings if other.created_at > screening.created_at)
    return any(again.sha256 == attempt.sha256 for other in later for again in other.attempts)
