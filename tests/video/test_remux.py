"""Clips that are kept: the same pictures, and nothing said about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.video.clips import COUNT, set_edit, write_clip
from vision.decode import PyAvReader
from vision.errors import UnreadableClipError
from vision.remux import RemuxStripper
from vision.tracks import Frame

TAGS = {
    "location": "+48.2082+016.3738/",
    "com.apple.quicktime.location.ISO6709": "+48.2082+016.3738+171/",
    "com.apple.quicktime.make": "Apfel",
    "com.apple.quicktime.model": "Telefon 15",
    "com.apple.quicktime.camera.focal_length.35mm_equivalent": "26",
    "creation_time": "2026-03-04T05:06:07.000000Z",
    "title": "Anna at home",
    "comment": "second floor",
}
TOLD = (b"48.2082", b"Apfel", b"Telefon", b"Anna", b"second floor")


def write_tagged(path: Path, **options: object) -> Path:
    """Write a clip that says where it was filmed, when, and with what."""
    known = {"movflags": "use_metadata_tags"} if path.suffix in {".mp4", ".mov"} else {}
    return write_clip(path, tags=TAGS, container_options=known, **options)  # type: ignore[arg-type]


def add_sound(clip: Path, out: Path) -> Path:
    """Write the clip once more, with half a second of sound."""
    with av.open(clip) as source, av.open(out, "w") as target:
        picture = target.add_stream_from_template(source.streams.video[0])
        sound = target.add_stream("aac", rate=48000)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = picture
                target.mux(packet)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 24000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        target.mux(sound.encode(frame))
        target.mux(sound.encode())
    return out


def strip(clip: Path) -> Path:
    """Return the stripped copy."""
    out = clip.with_name("kept")
    RemuxStripper(PyAvReader()).strip(clip, out)
    return out


def assert_same_pictures(clip: Path, copy: Path) -> None:
    """Every frame, at its time, upright as before."""
    before, after = list(PyAvReader().frames(clip)), list(PyAvReader().frames(copy))
    assert [frame.t_s for frame in after] == pytest.approx([frame.t_s for frame in before], abs=1e-6)
    assert len(before) > 1
    assert all(np.array_equal(a.rgb, b.rgb) for a, b in zip(before, after, strict=True))
    assert PyAvReader().probe(copy).rotation_deg == PyAvReader().probe(clip).rotation_deg


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("phone.mp4", {}),
        ("turned.mov", {"rotation_deg": 90}),
        ("upside_down.mp4", {"rotation_deg": 180}),
        ("mirrored.mp4", {"matrix": (-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)}),
        ("b_frames.mp4", {"codec_options": {"bf": "2", "g": "12"}}),
        ("uneven.mp4", {"times_s": [0.0, 0.03, 0.1, 0.13, 0.3, 0.33, 0.4, 0.5, 0.7, 0.71, 0.8, 1.0]}),
        ("hevc.mov", {"codec": "libx265"}),
        ("av1.mp4", {"codec": "libsvtav1"}),
        ("browser.webm", {"codec": "libvpx", "clock_hz": 1000}),
        ("browser9.webm", {"codec": "libvpx-vp9", "clock_hz": 1000}),
        ("old.avi", {"codec": "mpeg4", "clock_hz": 30}),
        ("any.mkv", {"clock_hz": 1000}),
        ("stream.ts", {}),
    ],
)
def test_kept_clip_shows_the_same_and_says_nothing(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    """Container, rotation and codec of all kinds: frame by frame identical, and place, device, time and names are gone."""
    clip = write_tagged(tmp_path / name, **options)
    copy = strip(clip)
    assert_same_pictures(clip, copy)
    content = copy.read_bytes()
    assert [word for word in TOLD if word in content] == []
    with av.open(copy) as container:
        said = {**container.metadata, **container.streams[0].metadata}
    assert said.pop("encoder", "Lavf") == "Lavf"
    assert set(said) <= {"major_brand", "minor_version", "compatible_brands", "handler_name", "language", "vendor_id", "DURATION"}


@pytest.mark.parametrize("frames", [{}, {"bf": "2", "g": "12"}])
def test_trimmed_clip_stays_trimmed(tmp_path: Path, frames: dict[str, str]) -> None:
    """What an edit list hides at the beginning and at the end is hidden in the copy too, or not in it."""
    clip = set_edit(write_clip(tmp_path / "trimmed.mp4", codec_options=frames), start_s=0.1, length_s=0.2)
    assert len(list(PyAvReader().frames(clip))) < COUNT - 3
    assert_same_pictures(clip, strip(clip))


def test_nobody_is_heard_in_a_kept_clip(tmp_path: Path) -> None:
    """Voices are personal and measure nothing: only the picture's track is copied."""
    clip = add_sound(write_tagged(tmp_path / "silent.mp4"), tmp_path / "loud.mp4")
    copy = strip(clip)
    assert_same_pictures(clip, copy)
    with av.open(clip) as before, av.open(copy) as after:
        assert [stream.type for stream in before.streams] == ["video", "audio"]
        assert [stream.type for stream in after.streams] == ["video"]


def test_focal_length_is_gone_too(tmp_path: Path) -> None:
    """It names the device; the measurement has read it before."""
    clip = write_tagged(tmp_path / "phone.mp4")
    assert PyAvReader().probe(clip).focal_35mm_mm == 26
    assert PyAvReader().probe(strip(clip)).focal_35mm_mm is None


class ForgetfulReader(PyAvReader):
    """Loses a frame of every file that is a copy."""

    def frames(self, path: Path) -> Iterator[Frame]:
        """Drop the first frame of the copy."""
        frames = super().frames(path)
        if path.name == "kept":
            next(frames)
        yield from frames


def test_copy_that_shows_anything_else_is_not_kept(tmp_path: Path) -> None:
    """A copy is compared with its clip frame by frame; one that differs is removed, and told."""
    clip, out = write_tagged(tmp_path / "phone.mp4"), tmp_path / "kept"
    with pytest.raises(UnreadableClipError, match="tried mp4, mov, matroska"):
        RemuxStripper(ForgetfulReader()).strip(clip, out)
    assert not out.exists()


def test_what_is_no_clip_leaves_nothing(tmp_path: Path) -> None:
    """Whatever the file is, the answer is one clear error."""
    clip, out = tmp_path / "notes.mp4", tmp_path / "kept"
    clip.write_bytes(b"no film at all" * 100)
    with pytest.raises(UnreadableClipError):
        RemuxStripper(PyAvReader()).strip(clip, out)
    assert not out.exists()
