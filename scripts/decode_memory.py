"""Peak memory of reading a 60 s 4K clip, H.264 and 10-bit HEVC: made here from two seconds of noise, read in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

WIDTH_PX, HEIGHT_PX, RATE_HZ = 3840, 2160, 30
LOOP_S, LENGTH_S = 2, 60
LIMIT_MIB = 1024
CODECS = (("libx264", "yuv420p", {"preset": "ultrafast", "bf": "2"}), ("libx265", "yuv420p10le", {"preset": "ultrafast", "x265-params": "log-level=none"}))


def write_clip(path: Path, codec: str, pixel_format: str, options: dict[str, str]) -> None:
    """Encode two seconds and repeat their packets: an encoder would need minutes for the whole."""
    import av  # noqa: PLC0415 - the parent of the measured process stays small
    import numpy as np  # noqa: PLC0415

    loop = path.with_suffix(".loop.mp4")
    blocks = np.random.default_rng(0).integers(0, 255, (HEIGHT_PX // 8, WIDTH_PX // 8, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    with av.open(loop, "w") as container:
        stream = container.add_stream(codec, rate=RATE_HZ, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, pixel_format
        for index in range(LOOP_S * RATE_HZ):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.roll(blocks, 6 * index, axis=1), format="rgb24")))
        container.mux(stream.encode())
    with av.open(loop) as source, av.open(path, "w") as container:
        track = source.streams.video[0]
        stream = container.add_stream_from_template(track)
        packets = [
            (packet.pts, packet.dts, bytes(packet), packet.is_keyframe, packet.duration, packet.time_base) for packet in source.demux(track) if packet.size
        ]
        for turn in range(LENGTH_S // LOOP_S):
            shift = turn * round(LOOP_S / track.time_base)
            for pts, dts, content, is_keyframe, duration, time_base in packets:
                packet = av.Packet(content)
                packet.stream, packet.time_base, packet.is_keyframe, packet.duration = stream, time_base, is_keyframe, duration
                packet.pts, packet.dts = pts + shift, dts + shift
                container.mux(packet)
    loop.unlink()


def read_clip(path: Path) -> None:
    """Read every frame and print how many there were and the peak resident memory of this process, MiB."""
    import resource  # noqa: PLC0415 - Unix only

    from vision.decode import PyAvReader  # noqa: PLC0415

    count, last_s = 0, 0.0
    for frame in PyAvReader().frames(path):
        count, last_s = count + 1, frame.t_s
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{count} {last_s:.3f} {peak_mib:.0f}\n")


def main() -> int:
    """Print the peak for each codec; return 1 when one passes the limit."""
    # A process inherits the peak of the one that started it, so this one neither encodes nor decodes.
    if sys.argv[1:2] == ["--write"]:
        write_clip(Path(sys.argv[2]), *CODECS[int(sys.argv[3])])
        return 0
    if sys.argv[1:2] == ["--read"]:
        read_clip(Path(sys.argv[2]))
        return 0
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for index, (codec, pixel_format, _) in enumerate(CODECS):
            path = Path(folder) / f"{codec}.mp4"
            subprocess.run([sys.executable, __file__, "--write", str(path), str(index)], check=True)  # noqa: S603 - our own file
            done = subprocess.run([sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True)  # noqa: S603 - our own file
            count, last_s, peak_mib = done.stdout.split()
            worst = max(worst, float(peak_mib))
            sys.stdout.write(f"{codec} {pixel_format} {WIDTH_PX}x{HEIGHT_PX}: {count} frames, last at {last_s} s, peak {peak_mib} MiB (limit {LIMIT_MIB})\n")
    return 1 if worst >= LIMIT_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
