import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.stream import Disposition

from tests.video import clips
from tests.video.reading import read, reason_of
from vision.decode import PyAvReader

CONTAINER_CLOCK_S = 0.0006
"""WebM and MKV count milliseconds."""


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("h264.mp4", "libx264", "yuv420p"),
        ("h264.mov", "libx264", "yuv420p"),
        ("hevc_8bit.mp4", "libx265", "yuv420p"),
        ("hevc_10bit.mp4", "libx265", "yuv420p10le"),
        ("vp8.webm", "libvpx", "yuv420p"),
        ("vp9.webm", "libvpx-vp9", "yuv420p"),
        ("av1.mp4", "libsvtav1", "yuv420p"),
        ("av1_10bit.mkv", "libsvtav1", "yuv420p10le"),
        ("mpeg4.mp4", "mpeg4", "yuv420p"),
        ("h263.3gp", "h263", "yuv420p"),
    ],
)
def test_every_codec_gives_every_frame_at_its_time(tmp_path: Path, name: str, codec: str, pixel_format: str) -> None:
    """Twelve frames go in, twelve come out, in order, upright and on time."""
    path = clips.write_clip(tmp_path / name, codec=codec, pixel_format=pixel_format, clock_hz=30000)
    found = read(path)
    assert [index for _, index in found] == list(range(clips.COUNT))
    assert [t_s for t_s, _ in found] == pytest.approx([index / clips.RATE_HZ for index in range(clips.COUNT)], abs=CONTAINER_CLOCK_S)


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_declared_rotation_is_undone(tmp_path: Path, turn_deg: int) -> None:
    """A phone stores the picture as the sensor lies and says how far to turn it."""
    stored = [np.ascontiguousarray(np.rot90(clips.draw_scene(index), turn_deg // 90)) for index in range(3)]
    path = clips.write_clip(tmp_path / f"rotated_{turn_deg}.mp4", pictures=stored, rotation_deg=turn_deg)
    assert [index for _, index in read(path)] == [0, 1, 2]
    info = PyAvReader().probe(path)
    assert (info.width_px, info.height_px, info.rotation_deg) == (clips.WIDTH_PX, clips.HEIGHT_PX, turn_deg)


ONE = 65536


@pytest.mark.parametrize(
    ("matrix", "store"),
    [
        ([-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30], lambda rgb: rgb[:, ::-1]),
        ([ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30], lambda rgb: rgb[::-1]),
        ([0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30], lambda rgb: rgb.swapaxes(0, 1)),
        ([0, -ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30], lambda rgb: rgb[::-1, ::-1].swapaxes(0, 1)),
    ],
    ids=["left_right", "upside_down", "transposed", "other_diagonal"],
)
def test_declared_reflection_is_applied_as_players_apply_it(
    tmp_path: Path, matrix: list[int], store: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]
) -> None:
    """The frames are what every player shows, reflection included."""
    stored = [np.ascontiguousarray(store(clips.draw_scene(index))) for index in range(3)]
    assert [index for _, index in read(clips.write_clip(tmp_path / "reflected.mp4", pictures=stored, matrix=matrix))] == [0, 1, 2]


@pytest.mark.parametrize("aspect", [Fraction(4, 3), Fraction(3, 4)])
def test_pixels_of_an_anamorphic_clip_become_square(tmp_path: Path, aspect: Fraction) -> None:
    """A square of the scene is square again, and nothing is scaled down."""
    path = clips.write_clip(tmp_path / "anamorphic.mp4", aspect=aspect)
    rgb = next(PyAvReader().frames(path)).rgb
    red = (rgb[..., 0].astype(int) - rgb[..., 1]) > 60
    assert red.any(axis=0).sum() / red.any(axis=1).sum() == pytest.approx(float(aspect), abs=0.05)
    assert rgb.shape[0] >= clips.HEIGHT_PX
    assert rgb.shape[1] >= clips.WIDTH_PX
    info = PyAvReader().probe(path)
    assert (info.height_px, info.width_px) == rgb.shape[:2]


def test_aspect_belongs_to_the_stored_picture_not_to_the_upright_one(tmp_path: Path) -> None:
    """Turned by 90 degrees, wide pixels are high."""
    stored = [np.ascontiguousarray(np.rot90(clips.draw_scene(index))) for index in range(2)]
    info = PyAvReader().probe(clips.write_clip(tmp_path / "anamorphic_rotated.mp4", pictures=stored, rotation_deg=90, aspect=Fraction(2, 1)))
    assert (info.width_px, info.height_px) == (clips.WIDTH_PX, 2 * clips.HEIGHT_PX)


@pytest.mark.parametrize("rate_hz", [24, 60, 120, 240])
def test_constant_rates_keep_their_times(tmp_path: Path, rate_hz: int) -> None:
    """24 to 240 frames a second."""
    times_s = [index / rate_hz for index in range(clips.COUNT)]
    assert [t_s for t_s, _ in read(clips.write_clip(tmp_path / "rate.mp4", times_s=times_s))] == pytest.approx(times_s, abs=1e-4)


def test_variable_rate_keeps_its_times(tmp_path: Path) -> None:
    """A phone in poor light lengthens single frames; frame number over rate would be wrong by seconds."""
    times_s = [0, 0.033, 0.066, 0.2, 0.233, 0.9, 0.933, 1.5, 1.51, 1.52, 3.0, 3.033]
    assert [t_s for t_s, _ in read(clips.write_clip(tmp_path / "vfr.mp4", times_s=times_s))] == pytest.approx(times_s, abs=1e-4)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_clip_that_starts_at_5_s_starts_at_0(tmp_path: Path, suffix: str) -> None:
    """Seconds are counted from the first displayed frame."""
    found = read(clips.write_clip(tmp_path / f"starts_at_5s.{suffix}", times_s=[5 + index / 30 for index in range(clips.COUNT)]))
    assert found[0] == (0.0, 0)
    assert found[-1][0] == pytest.approx(11 / 30, abs=2 * CONTAINER_CLOCK_S)


def test_frames_before_the_edit_list_are_not_shown(tmp_path: Path) -> None:
    """What lies before 0 is only there to decode the rest; what is shown begins at 0."""
    found = read(clips.write_clip(tmp_path / "edit_list.mp4", times_s=[(index - 4) / 30 for index in range(clips.COUNT)]))
    assert [index for _, index in found] == [4, 5, 6, 7, 8, 9, 10, 11]
    assert found[0][0] == 0.0


def test_clip_cut_on_the_phone_shows_the_cut_and_is_not_called_truncated(tmp_path: Path) -> None:
    """A cut without re-encoding keeps all frames in the file and shows some."""
    path = clips.set_edit(clips.write_clip(tmp_path / "edit_list_cut.mp4", codec_options={"bf": "2"}), start_s=(4 + 2) / 30, length_s=4.5 / 30)
    assert [index for _, index in read(path)] == [4, 5, 6, 7, 8]


def test_frames_out_of_order_in_the_file_come_in_order(tmp_path: Path) -> None:
    """B-frames are stored after what they depend on."""
    found = read(clips.write_clip(tmp_path / "b_frames.mp4", codec_options={"bf": "3", "g": "12"}))
    assert [index for _, index in found] == list(range(clips.COUNT))


def test_repeated_time_is_dropped_with_its_reason(tmp_path: Path) -> None:
    """Two frames cannot be seen at one time; one in many is a hiccup, more is damage."""
    source = clips.write_clip(tmp_path / "source.mkv", pictures=[clips.draw_scene(index % 20) for index in range(30)])
    path = tmp_path / "repeated_time.mkv"
    with av.open(source) as read_from, av.open(path, "w") as write_to:
        track = read_from.streams.video[0]
        stream = write_to.add_stream_from_template(track)
        for number, packet in enumerate(packet for packet in read_from.demux(track) if packet.size):
            packet.dts = packet.pts - 100
            if number == 10:
                packet.pts = packet.pts - 33
            packet.stream = stream
            write_to.mux(packet)
    drops: list[tuple[str, float]] = []
    times_s = [frame.t_s for frame in PyAvReader(on_drop=lambda reason, t_s: drops.append((reason, t_s))).frames(path)]
    assert len(times_s) == 29
    assert all(earlier < later for earlier, later in itertools.pairwise(times_s))
    assert [reason for reason, _ in drops] == ["time_not_increasing"]
    assert drops[0][1] == pytest.approx(0.3, abs=2 * CONTAINER_CLOCK_S)


def test_clip_without_a_clock_is_damaged(tmp_path: Path) -> None:
    """All time steps are 0: nothing can be measured over time."""
    path = clips.write_clip(tmp_path / "no_clock.mp4")
    content = bytearray(path.read_bytes())
    entry = content.index(b"stts") + 12
    content[entry + 4 : entry + 8] = bytes(4)
    path.write_bytes(content)
    assert reason_of(path) == "damaged"


@pytest.mark.parametrize(("matrix", "rgb"), [(1, (255, 0, 0)), (5, (255, 0, 0)), (9, (255, 0, 0)), (1, (0, 0, 255)), (5, (0, 0, 255))])
@pytest.mark.parametrize("colour_range", [1, 2])
def test_colour_matrix_and_range_are_honoured(tmp_path: Path, matrix: int, rgb: tuple[int, int, int], colour_range: int) -> None:
    """Pure colours come back pure, to the 12 levels that 4:2:0 and quantisation cost; the wrong matrix costs 20 and more."""
    picture = np.full((clips.HEIGHT_PX, clips.WIDTH_PX, 3), rgb, np.uint8)
    path = clips.write_clip(
        tmp_path / "colour.mp4", pictures=[picture] * 2, codec_options={"qp": "4"}, colour={"colorspace": matrix, "color_range": colour_range}
    )
    seen = next(PyAvReader().frames(path)).rgb[70, 80].astype(int)
    assert np.abs(seen - rgb).max() <= 12


def test_pq_picture_is_brought_to_ordinary_brightness(tmp_path: Path) -> None:
    """Reference white in PQ is code 148 of 255; shown as it is, it would be grey."""
    picture = np.full((clips.HEIGHT_PX, clips.WIDTH_PX, 3), 148, np.uint8)
    path = clips.write_clip(
        tmp_path / "hdr_pq.mp4",
        codec="libx265",
        pixel_format="yuv420p10le",
        pictures=[picture] * 2,
        colour={"colorspace": 9, "color_range": 1, "color_trc": 16, "color_primaries": 9},
    )
    assert 220 <= next(PyAvReader().frames(path)).rgb.mean() <= 245


def test_focal_length_is_read_from_the_tags(tmp_path: Path) -> None:
    """Phones write the 35 mm equivalent."""
    tags = {"com.apple.quicktime.camera.focal_length.35mm_equivalent": "26"}
    path = clips.write_clip(tmp_path / "focal.mov", container_options={"movflags": "use_metadata_tags"}, tags=tags)
    assert PyAvReader().probe(path).focal_35mm_mm == 26.0
    assert PyAvReader().probe(clips.write_clip(tmp_path / "no_focal.mp4")).focal_35mm_mm is None


def test_broken_text_in_a_tag_is_no_obstacle(tmp_path: Path) -> None:
    """Tags in some old encoding are common."""
    path = clips.write_clip(tmp_path / "tag.mp4", tags={"title": "Knoechel"})
    path.write_bytes(path.read_bytes().replace(b"Knoechel", b"Kn\xf6che\xff\xfe"))
    assert len(read(path)) == clips.COUNT


def test_headers_are_told(tmp_path: Path) -> None:
    """Size, length, rate and codec."""
    info = PyAvReader().probe(clips.write_clip(tmp_path / "plain.mp4"))
    assert (info.width_px, info.height_px, info.codec, info.rotation_deg) == (clips.WIDTH_PX, clips.HEIGHT_PX, "h264", 0)
    assert info.duration_s == pytest.approx(clips.COUNT / clips.RATE_HZ, abs=0.001)
    assert info.rate_hz == pytest.approx(clips.RATE_HZ)


def test_largest_enabled_track_is_taken_and_sound_does_not_disturb(tmp_path: Path) -> None:
    """A preview track before the film, both enabled, and sound that lasts longer than the picture."""
    path = tmp_path / "two_tracks.mp4"
    with av.open(path, "w") as container:
        sound = container.add_stream("aac", rate=48000)
        small, large = container.add_stream("libx264", rate=30), container.add_stream("libx264", rate=30)
        for stream, scale in ((small, 2), (large, 1)):
            stream.width, stream.height, stream.pix_fmt = clips.WIDTH_PX // scale, clips.HEIGHT_PX // scale, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 30)
            stream.disposition = Disposition.default
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 96000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 48000
        container.mux(sound.encode(silence))
        for index in range(clips.COUNT):
            for stream in (small, large):
                frame = av.VideoFrame.from_ndarray(clips.draw_scene(index, width=stream.width, height=stream.height), format="rgb24")
                frame.pts = index
                container.mux(stream.encode(frame))
        for stream in (sound, small, large):
            container.mux(stream.encode())
    assert [index for _, index in read(path)] == list(range(clips.COUNT))
    assert PyAvReader().probe(path).width_px == clips.WIDTH_PX


def test_two_readings_agree(tmp_path: Path) -> None:
    """Same clip, same times, same pixels."""
    path = clips.write_clip(tmp_path / "twice.mp4", codec="libx265", pixel_format="yuv420p10le")
    first, second = list(PyAvReader().frames(path)), list(PyAvReader().frames(path))
    assert [frame.t_s for frame in first] == [frame.t_s for frame in second]
    assert all(np.array_equal(one.rgb, other.rgb) for one, other in zip(first, second, strict=True))
