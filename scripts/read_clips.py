"""Read every file of a folder, each in a process of its own with a time limit, and print one line on each: `python scripts/read_clips.py DIR`."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

TIME_LIMIT_S = 120


def describe_clip(path: Path) -> str:
    """Read one clip to its end and say what came out."""
    from vision.decode import PyAvReader  # noqa: PLC0415 - the parent process needs no decoder
    from vision.errors import ClipError  # noqa: PLC0415

    drops: Counter[str] = Counter()
    reader = PyAvReader(on_drop=lambda reason, _t: drops.update([reason]))
    count, last_s, brightness = 0, 0.0, 0.0
    try:
        info = reader.probe(path)
        for frame in reader.frames(path):
            count, last_s = count + 1, frame.t_s
            brightness = float(frame.rgb.mean())
    except ClipError as error:
        reason = getattr(error, "reason", error.code)
        return f"{reason:18} {error.message} ({count} frames first)"
    duration = "-" if info.duration_s is None else f"{info.duration_s:.3f}"
    rate = "-" if info.rate_hz is None else f"{info.rate_hz:.2f}"
    facts = f"{count:5} frames, last {last_s:8.3f} s of {duration:>7}, {rate:>6} Hz, {info.width_px}x{info.height_px}, turn {info.rotation_deg}, {info.codec}"
    return f"{'ok':18} {facts}, mean {brightness:.0f}{f', dropped {dict(drops)}' if drops else ''}"


def main() -> int:
    """Print a line for each file; return 1 when one crashed or hung."""
    if sys.argv[1] == "--one":
        sys.stdout.write(describe_clip(Path(sys.argv[2])) + "\n")
        return 0
    failed = 0
    for path in sorted(Path(sys.argv[1]).iterdir()):
        try:
            done = subprocess.run([sys.executable, __file__, "--one", str(path)], capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False)  # noqa: S603 - our own file
            line = done.stdout.strip() if done.returncode == 0 else f"CRASH {done.returncode} {done.stderr.strip()[-300:]}"
        except subprocess.TimeoutExpired:
            line = "HANG"
        failed += line.startswith(("CRASH", "HANG"))
        sys.stdout.write(f"{path.name:52.52} {line}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
