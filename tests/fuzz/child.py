"""The nursery of the fuzzed files: the service's own decoder, pose network and copier; run as `python -m tests.fuzz.child`."""

from __future__ import annotations

import resource
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.doors import build_clip_jobs, build_local
from app.sandbox import Nursery, Progress
from vision.errors import ClipError

_MODEL = "lite"
_POSED = 3
"""Frames of a clip that still decodes which the pose network sees."""
_DOORS = build_local(_MODEL)
_, _PREPARE = build_clip_jobs(_MODEL, 1)


def _read(told: Mapping[str, Any], _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    """Decode a file to its end as measuring does; what decodes is shown to the network and copied without its metadata."""
    clip, out = Path(told["clip"]), Path(told["out"])
    done: dict[str, Any] = {"outcome": "decoded", "shown": 0, "posed": 0, "stripped": False}
    try:
        _DOORS.locate.reader.probe(clip)
        first = []
        for frame in _DOORS.locate.reader.frames(clip):
            done["shown"] += 1
            if len(first) < _POSED:
                first.append(frame)
        pose = _DOORS.locate.new_pose()
        for frame in first:
            pose.estimate(frame.rgb, frame.t_s)
            done["posed"] += 1
        pose.close()
    except ClipError as error:
        done["outcome"] = getattr(error, "reason", "") or error.code
    else:
        try:
            _DOORS.stripper.strip(clip, out)
            done["stripped"] = True
        except ClipError:
            pass
    used = resource.getrusage(resource.RUSAGE_SELF)
    return done | {"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1000}, b""


if __name__ == "__main__":
    with socket.socket(fileno=0) as control:
        Nursery(control, {"read": _read}, _PREPARE).serve()
