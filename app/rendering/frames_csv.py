"""Every watched frame of a leg as a table (RFC 4180): one row a frame, units in the names, a decimal point, nothing where nothing was seen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.rendering.measurement_dict import DECIMALS

SEEN = ("shin_angle_deg", "axis_angle_deg", "knee_gap_cm", "heel_lift_cm")
"""Of the frame itself, as the curves of a measurement have them."""
KNOWN_TO = {
    "repetition_shin_angle_std_deg": "shin_angle_deg",
    "repetition_axis_angle_std_deg": "axis_angle_deg",
    "repetition_knee_gap_std_cm": "knee_gap_cm",
    "repetition_heel_lift_std_cm": "heel_lift_cm",
}
"""Standard uncertainty of the repetition's number. A single frame has none of its own: it also scatters from its neighbours, which the eye sees."""
COLUMNS = ("side", "time_s", *SEEN, "key_frame", "repetition", "phase", "verdict", *KNOWN_TO)


def write_frames_csv(measurements: Iterable[Mapping[str, Any]]) -> str:
    """Write the frames of measured legs (dicts of kneewall.measurement/1), one leg after the other; a rejected one has none."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for measurement in measurements:
        writer.writerows(_list_frames(measurement))
    return out.getvalue()


def _list_frames(m: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    series, repetitions = m["series"], m["repetitions"]
    if series is None:
        return
    key_frame_s = None if m["evidence"] is None else m["evidence"]["key_frame_s"]
    for frame, time_s in enumerate(series["t_s"]):
        inside = [(number, r) for number, r in enumerate(repetitions, start=1) if r["start_s"] <= time_s < r["end_s"]]
        seen = [_write_number(series[key][frame]) for key in SEEN]
        yield [m["side"], _write_number(time_s), *seen, "1" if time_s == key_frame_s else "0", *_list_repetition(time_s, inside)]


def _list_repetition(time_s: float, inside: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[str]:
    """Yield number, phase and verdict of the repetition that the frame lies in, and what its numbers are known to."""
    if not inside:
        yield from ("",) * (3 + len(KNOWN_TO))
        return
    number, repetition = inside[0]
    yield from (str(number), "forward" if time_s < repetition["peak_s"] else "back", repetition["verdict"])
    for key in KNOWN_TO.values():
        yield _write_number(None if repetition[key] is None else repetition[key]["std"])


def _write_number(value: float | None) -> str:
    return "" if value is None else f"{value:.{DECIMALS}f}"
