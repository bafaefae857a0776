"""The steps of an analysis: each may be repeated after a crash and leaves the same behind."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from app.assessment.asymmetry import Comparison
from app.assessment.measurement import AttemptOptions, Measurement, Side
from app.assessment.picture_words import PictureWords
from app.assessment.report import build_report
from app.ports.clips import StorageFullError
from app.ports.reports import Difference
from app.ports.screenings import Attempt, Failure, LegNumbers, Screening, State
from app.usecases.errors import UnknownScreeningError
from app.usecases.keys import overlay_key, plain_still_key, sighting_key, still_key, window_key
from app.usecases.retention import forget_clip, is_rejected, settle_clips
from app.usecases.services import AnalysisServices
from vision.errors import ClipError, WeightsError
from vision.marks import PictureWindow

SIDES: tuple[Side, ...] = ("left", "right")
Outcome = Literal["located", "rejected", "missing"]
_LOCATE_SHARE = 0.85
"""Watching the clip is most of the work; the rest is measuring and drawing."""
_PROGRESS_EVERY_S = 0.4
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def locate_side(screening_id: str, side: Side, analyst: AnalysisServices) -> Outcome:
    """Watch one clip and keep where everything is; a clip that cannot be measured becomes a rejected measurement, and what is measured stays."""
    screening = _require(screening_id, analyst)
    _set_state(screening_id, "running", analyst)
    attempt = screening.attempt(side)
    if attempt is not None and is_rejected(attempt):
        # once more: the worker may have died after saying so
        forget_clip(screening_id, attempt, analyst.services, with_everything=True)
        return "rejected"
    if attempt is not None and attempt.measurement is not None:
        return "located"  # another leg was put right: this one keeps what was measured
    if attempt is not None and attempt.by_hand is not None and _find_sighting(screening_id, attempt, analyst) is not None:
        return "located"  # points were set on what was seen: it is not looked for anew
    if attempt is None or attempt.clip_key is None:
        return "missing"
    progress = _ProgressWriter(screening_id, side, analyst)
    options = build_options(screening, attempt)
    earlier = _find_sighting(screening_id, attempt, analyst)
    try:
        with analyst.services.clips.lend(attempt.clip_key) as clip:
            sighting = analyst.engine.locate(clip, options, progress=progress.report, earlier=earlier)
    except WeightsError:
        raise
    except ClipError as error:
        _keep(screening, attempt, analyst.engine.reject(attempt.clip_name, error, options), analyst)
        return "rejected"
    analyst.services.clips.put(sighting_key(screening_id, attempt), sighting)
    _forget_if_erased(screening_id, analyst)
    progress.note(_LOCATE_SHARE, "measuring")
    return "located"


def measure_sides(screening_id: str, analyst: AnalysisServices) -> None:
    """Turn every sighting into a measurement, where there is none: whatever is to be measured anew has had its measurement taken away."""
    screening = _require(screening_id, analyst)
    for attempt in screening.attempts:
        if attempt.measurement is None:
            _keep(screening, attempt, _measure(screening, attempt, analyst), analyst)


def draw_evidence(screening_id: str, analyst: AnalysisServices) -> None:
    """Draw the key frame and the overlay clip of every measured side, both at the same time."""
    screening = _require(screening_id, analyst)
    with ThreadPoolExecutor(max_workers=len(SIDES), thread_name_prefix="draw") as pool:
        # reading every result raises what went wrong on a side
        list(pool.map(lambda attempt: _draw_side(screening, attempt, analyst), screening.attempts))


def write_report(screening_id: str, analyst: AnalysisServices) -> None:
    """Put both sides next to each other and keep the report; then nobody needs the clips any more."""
    screening = _require(screening_id, analyst)
    sides = {attempt.side: _read(attempt, analyst) for attempt in screening.attempts}
    report = build_report(sides.get("left"), sides.get("right"))
    with analyst.services.open_records() as records:
        difference = _read_difference(report.comparison)
        records.reports.put(screening_id, analyst.documents.write_report(report), difference=difference, created_at=analyst.services.clock.now())
        for side in sides:
            records.set_progress(screening_id, side, share_done=1.0, activity="done")
        records.set_state(screening_id, "done")
        records.webhooks.put_event(screening_id, "report.finished", at=analyst.services.clock.now())
        records.commit()
    with suppress(OSError):  # the report stands; the sweep tries again
        settle_clips(screening_id, analyst)


def fail_analysis(screening_id: str, error: Exception | None, analyst: AnalysisServices) -> None:
    """Say that the analysis broke off through no fault of the clips."""
    failure = Failure(
        code="analysis_failed",
        message="The analysis broke off unexpectedly; this is a fault of the program, not of the clips.",
        advice="Send the clips again; if it happens again, report it with the log of the service.",
    )
    if isinstance(error, StorageFullError) or getattr(error, "errno", None) in _NO_ROOM:
        failure = Failure(
            code="no_room",
            message="The analysis broke off because the disk is full; this is not the fault of the clips.",
            advice="Make room where the service keeps its data, then send the clips again.",
        )
    if isinstance(error, WeightsError):
        failure = Failure(code=error.code, message=error.message, advice=error.advice)
    with analyst.services.open_records() as records:
        records.set_state(screening_id, "failed", failure=failure)
        records.webhooks.put_event(screening_id, "analysis.failed", at=analyst.services.clock.now())
        records.commit()


def forget_remains(screening_id: str, analyst: AnalysisServices) -> None:
    """Erase what a step may have stored after the screening was erased."""
    analyst.services.clips.erase_group(screening_id)


@dataclass(slots=True)
class _ProgressWriter:
    """Remembers how far a side is, but not more often than anyone would look; raises when the screening was erased meanwhile."""

    screening_id: str
    side: Side
    analyst: AnalysisServices
    _last_s: float = field(default=float("-inf"))

    def report(self, share: float, activity: str) -> None:
        now_s = self.analyst.services.clock.monotonic_s()
        if now_s - self._last_s >= _PROGRESS_EVERY_S:
            self._last_s = now_s
            self.note(_LOCATE_SHARE * min(max(share, 0.0), 1.0), activity)

    def note(self, share: float, activity: str) -> None:
        with self.analyst.services.open_records() as records:
            if records.find_screening(self.screening_id) is None:
                raise UnknownScreeningError(self.screening_id)
            records.set_progress(self.screening_id, self.side, share_done=share, activity=activity)
            records.commit()


def _find_sighting(screening_id: str, attempt: Attempt, analyst: AnalysisServices) -> bytes | None:
    """Return what an earlier analysis has seen of the same clip."""
    try:
        return analyst.services.clips.get(sighting_key(screening_id, attempt))
    except KeyError:
        return None


def _measure(screening: Screening, attempt: Attempt, analyst: AnalysisServices) -> Measurement:
    options = build_options(screening, attempt)
    sighting = analyst.services.clips.get(sighting_key(screening.screening_id, attempt))
    try:
        measurements = analyst.engine.measure(attempt.clip_name, sighting, options)
    except WeightsError:
        raise
    except ClipError as error:
        return analyst.engine.reject(attempt.clip_name, error, options)
    return measurements[0]


def _draw_side(screening: Screening, attempt: Attempt, analyst: AnalysisServices) -> None:
    try:
        _draw_evidence_of(screening, attempt, analyst)
    except ClipError as error:
        if isinstance(error, WeightsError) or attempt.clip_key is None:
            raise
        # whatever read it was lost on it, after all
        _keep(screening, attempt, analyst.engine.reject(attempt.clip_name, error, build_options(screening, attempt)), analyst)


def _draw_evidence_of(screening: Screening, attempt: Attempt, analyst: AnalysisServices) -> None:
    clips, screening_id = analyst.services.clips, screening.screening_id
    measurement = _read(attempt, analyst)
    if measurement is None or measurement.status == "rejected":
        return
    if measurement.evidence is None:
        clips.erase(still_key(screening_id, attempt))  # one of an earlier version shows numbers that no longer hold
        return
    words = analyst.documents.write_picture_words(screening.language)
    if attempt.clip_key is None:
        _draw_again(screening_id, attempt, measurement, words, analyst)
        return
    _ProgressWriter(screening_id, attempt.side, analyst).note(0.9, "drawing what was measured")
    sighting = clips.get(sighting_key(screening_id, attempt))
    with clips.scratch() as folder, clips.lend(attempt.clip_key) as clip:
        still, overlay, plain = folder / "still.jpg", folder / "overlay.mp4", folder / "plain.jpg"
        window = analyst.engine.draw(clip, sighting, measurement, words=words, still=still, overlay=overlay, plain=plain)
        clips.put_file(still_key(screening_id, attempt), still)
        if window is not None:
            clips.put_file(plain_still_key(screening_id, attempt), plain)
            clips.put(window_key(screening_id, attempt), json.dumps(asdict(window)).encode())
        clips.put_file(overlay_key(screening_id, attempt), overlay)
    _forget_if_erased(screening_id, analyst)


def _draw_again(screening_id: str, attempt: Attempt, measurement: Measurement, words: PictureWords, analyst: AnalysisServices) -> None:
    """Draw what is measured now on the key frame that was kept; pictures of earlier versions of the service have none and stay as they are."""
    clips = analyst.services.clips
    with suppress(KeyError), clips.scratch() as folder, clips.lend(plain_still_key(screening_id, attempt)) as plain:
        window = PictureWindow(**json.loads(clips.get(window_key(screening_id, attempt))))
        analyst.engine.draw_again(plain, window, clips.get(sighting_key(screening_id, attempt)), measurement, words=words, still=folder / "still.jpg")
        clips.put_file(still_key(screening_id, attempt), folder / "still.jpg")
    _forget_if_erased(screening_id, analyst)


def build_options(screening: Screening, attempt: Attempt) -> AttemptOptions:
    """Return what the person said about a clip."""
    return AttemptOptions(
        side=attempt.side,
        scale=screening.scale,
        foot_length_cm=screening.foot_length_cm,
        foot_length_std_cm=screening.foot_length_std_cm,
        height_cm=screening.height_cm,
        skirting_cm=screening.skirting_cm,
        sheet_ruler_mm=screening.sheet_ruler_mm,
        sheet_margin_mm=screening.sheet_margin_mm,
        furthest=attempt.furthest,
        footwear=screening.footwear,
        by_hand=attempt.by_hand,
    )


def _keep(screening: Screening, attempt: Attempt, measurement: Measurement, analyst: AnalysisServices) -> None:
    """Keep a measurement; of a clip that cannot be measured the row stays and the bytes go."""
    rejected = measurement.status == "rejected"
    with analyst.services.open_records() as records:
        document = analyst.documents.write_measurement(measurement)
        numbers = None if rejected else read_numbers(document)
        records.set_measurement(screening.screening_id, attempt.side, document, numbers=numbers)
        if rejected:
            records.set_progress(screening.screening_id, attempt.side, share_done=1.0, activity="cannot be measured")
        records.commit()
    if rejected:
        analyst.services.watcher.note_refusal("analysis", str(document["code"]))
        forget_clip(screening.screening_id, attempt, analyst.services, with_everything=True)


def read_numbers(document: Mapping[str, Any]) -> LegNumbers:
    """Return the headline numbers of a measurement; the setting says definition, where centimetres come from, and model."""
    toe, shin, foot = document["toe_to_wall_cm"], document["shin_angle_deg"], document.get("learnt_foot_length_cm")
    hand = document["provenance"]["by_hand"]
    return LegNumbers(
        toe_to_wall_cm=toe and toe["value"],
        toe_to_wall_std_cm=toe and toe["std"],
        shin_angle_deg=shin and shin["value"],
        shin_angle_std_deg=shin and shin["std"],
        limit=document["limit"],
        setting=f"{document['schema']}, scale {document['scale']['source']}, model {document['provenance']['model']}",
        seen_foot_cm=foot and foot["value"],
        seen_foot_std_cm=foot and foot["std"],
        seen_foot_print_std_cm=foot and round(foot["value"] * (document["scale"]["relative_std"] or 0.0), 4),
        set_by_hand=hand is not None and bool(hand["points_px"]),
    )


def _read_difference(comparison: Comparison) -> Difference | None:
    found = comparison.differences.get("toe_to_wall_cm")
    return None if found is None or comparison.scope is None else Difference(value_cm=found.value, std_cm=found.std, scope=comparison.scope)


def _read(attempt: Attempt, analyst: AnalysisServices) -> Measurement | None:
    return None if attempt.measurement is None else analyst.documents.read_measurement(attempt.measurement)


def _set_state(screening_id: str, state: State, analyst: AnalysisServices) -> None:
    with analyst.services.open_records() as records:
        records.set_state(screening_id, state)
        records.commit()


def _require(screening_id: str, analyst: AnalysisServices) -> Screening:
    with analyst.services.open_records() as records:
        screening = records.find_screening(screening_id)
    if screening is None:
        raise UnknownScreeningError(screening_id)
    return screening


def _forget_if_erased(screening_id: str, analyst: AnalysisServices) -> None:
    """Erase what was just stored for a screening that was erased meanwhile; raise so that nothing more is done for it."""
    try:
        _require(screening_id, analyst)
    except UnknownScreeningError:
        analyst.services.clips.erase_group(screening_id)
        raise
