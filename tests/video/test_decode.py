import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from tests.video import clips
from vision.containers import compute_matroska_shortfall, read_head
from vision.decode import DecodeLimits, PyAvReader
from vision.errors import RejectedClipError, UnreadableClipError

CONTAINER_CLOCK_S = 0.0006
"""WebM and MKV count milliseconds."""


def read(path: Path, **limits: float) -> list[tuple[float, int]]:
    """Return times and frame numbers of a clip, after checking that each frame is upright."""
    found = []
    for frame in PyAvReader(DecodeLimits(**limits)).frames(path):  # type: ignore[arg-type]
        assert clips.corner_colours(frame.rgb) == clips.UPRIGHT
        found.append((frame.t_s, clips.read_index(frame.rgb)))
    return found


def reason_of(path: Path) -> str:
    """Why a clip is refused; reading it to the end must raise."""
    with pytest.raises(UnreadableClipError) as caught:
        list(PyAvReader().frames(path))
    assert caught.value.message
    assert caught.value.advice
    return caught.value.reason


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
def test_declared_reflection_is_applied_as_players_apply_it(tmp_path: Path, matrix: list[int], store) -> None:  # noqa: ANN001 - a lambda
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


@pytest.mark.parametrize(
    ("name", "content"),
    [("text.mp4", b"Knee to wall, left, 12 cm\n" * 40), ("playlist.mp4", b"#EXTM3U\n#EXTINF:5,\n/etc/hostname\n"), ("noise.mp4", bytes(range(256)) * 30)],
)
def test_other_files_are_not_videos(tmp_path: Path, name: str, content: bytes) -> None:
    """Not even a playlist, which would open other files."""
    path = tmp_path / name
    path.write_bytes(content)
    assert reason_of(path) == "not_a_video"


def test_empty_file_is_called_empty(tmp_path: Path) -> None:
    """0 bytes: the copy failed."""
    path = tmp_path / "empty.mp4"
    path.touch()
    assert reason_of(path) == "empty"


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"), [("photo.jpg", "mjpeg", "yuvj420p"), ("photo.png", "png", "rgb24"), ("photo.webp", "libwebp", "yuv420p")]
)
def test_photo_is_called_a_photo(tmp_path: Path, name: str, codec: str, pixel_format: str) -> None:
    """Whatever its name says."""
    assert reason_of(clips.write_picture(tmp_path / name, codec=codec, pixel_format=pixel_format)) == "still_picture"


def test_heic_photo_is_called_a_photo(tmp_path: Path) -> None:
    """It begins like an MP4 file."""
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200))
    assert reason_of(path) == "still_picture"


def test_sound_alone_has_no_video(tmp_path: Path) -> None:
    """A voice memo."""
    assert reason_of(clips.write_audio(tmp_path / "audio_only.mp4")) == "no_video"


def test_song_with_a_cover_picture_has_no_video(tmp_path: Path) -> None:
    """The picture is a track of its own, but not a film."""
    path = tmp_path / "cover_picture.mp4"
    with av.open(clips.write_audio(tmp_path / "song.mp4")) as source, av.open(path, "w") as container:
        sound = container.add_stream_from_template(source.streams.audio[0])
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt, cover.disposition = clips.WIDTH_PX, clips.HEIGHT_PX, "yuvj420p", Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame.from_ndarray(clips.draw_scene(0), format="rgb24")))
        container.mux(cover.encode())
        for packet in source.demux(source.streams.audio[0]):
            if packet.size:
                packet.stream = sound
                container.mux(packet)
    assert reason_of(path) == "no_video"


def test_encrypted_clip_is_called_encrypted(tmp_path: Path) -> None:
    """Even where a decoder would make something of the bytes."""
    key = "00112233445566778899aabbccddeeff"
    locked = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": key, "encryption_kid": key}
    assert reason_of(clips.write_clip(tmp_path / "encrypted.mp4", container_options=locked)) == "encrypted"


LONG = [clips.draw_scene(index % 20) for index in range(90)]


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("truncated_faststart.mp4", "libx264", {"movflags": "faststart"}),
        ("truncated_index.mp4", "libx264", {}),
        ("truncated_fragments.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("truncated.mkv", "libx264", {}),
        ("truncated.webm", "libvpx-vp9", {}),
    ],
)
@pytest.mark.parametrize("share", [0.5, 0.85])
def test_half_a_clip_is_never_taken_for_the_whole(tmp_path: Path, name: str, codec: str, options: dict[str, str], share: float) -> None:
    """Whatever plays until the cut, the end of the reading says that it was cut."""
    assert reason_of(clips.keep_share(clips.write_clip(tmp_path / name, codec=codec, pictures=LONG, container_options=options), share)) == "truncated"


@pytest.mark.parametrize(("options", "expected"), [({}, 0.2), ({"live": "1"}, 0.0)], ids=["declared", "live"])
def test_matroska_file_knows_what_it_lacks(tmp_path: Path, options: dict[str, str], expected: float) -> None:
    """By bytes, since sound or subtitles may promise to last to the end; a live recording promises nothing."""
    path = clips.keep_share(clips.write_clip(tmp_path / "clip.webm", codec="libvpx", pictures=LONG, container_options=options), 0.8)
    assert compute_matroska_shortfall(read_head(path), path.stat().st_size) == pytest.approx(expected, abs=0.02)


def test_few_frames_missing_at_the_end_are_tolerated(tmp_path: Path) -> None:
    """A battery that dies costs the last frames, which no lunge is in."""
    path = clips.keep_share(clips.write_clip(tmp_path / "short_of_3_percent.mp4", pictures=LONG, container_options={"movflags": "faststart"}), 0.97)
    assert 85 <= len(list(PyAvReader().frames(path))) < 90


def test_hole_in_the_middle_is_damage(tmp_path: Path) -> None:
    """Four tenths of the film overwritten."""
    assert reason_of(clips.overwrite_media(clips.write_clip(tmp_path / "damaged_middle.mp4", pictures=LONG), start=0.3, stop=0.7)) == "damaged"


def test_single_broken_frame_is_dropped_with_its_reason(tmp_path: Path) -> None:
    """One bad sector must not cost the clip, and must not pass unseen."""
    path = clips.overwrite_media(clips.write_clip(tmp_path / "damaged_frame.mp4", pictures=LONG), start=0.5, stop=0.505)
    drops: list[str] = []
    shown = list(PyAvReader(on_drop=lambda reason, _t: drops.append(reason)).frames(path))
    assert drops
    assert set(drops) == {"undecodable"}
    assert len(shown) + len(drops) == 90


def test_broken_header_is_damage(tmp_path: Path) -> None:
    """The outer boxes are whole, the inner ones are not."""
    path = clips.write_clip(tmp_path / "damaged_header.mp4")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"stsd", b"xxxx").replace(b"stsz", b"xxxx").replace(b"stco", b"xxxx"))
    assert reason_of(path) in {"damaged", "no_video", "unsupported_codec"}


def test_codec_without_a_decoder_is_unsupported(tmp_path: Path) -> None:
    """A film in a format of tomorrow."""
    path = clips.write_clip(tmp_path / "unsupported_codec.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzz9"))
    assert reason_of(path) == "unsupported_codec"


def test_camera_turned_while_filming_is_refused(tmp_path: Path) -> None:
    """A browser's recorder changes the picture size in mid-clip; what was measured before no longer compares."""
    upright = clips.write_clip(tmp_path / "one.webm", codec="libvpx", pictures=[clips.draw_scene(index) for index in range(5)])
    turned = clips.write_clip(tmp_path / "two.webm", codec="libvpx", pictures=[np.ascontiguousarray(np.rot90(clips.draw_scene(index))) for index in range(5)])
    path = tmp_path / "size_changes.webm"
    with av.open(path, "w") as container:
        stream = None
        for number, part in enumerate((upright, turned)):
            with av.open(part) as source:
                track = source.streams.video[0]
                stream = stream or container.add_stream_from_template(track)
                for packet in source.demux(track):
                    if packet.size:
                        packet.pts, packet.dts = packet.pts + 200 * number, packet.dts + 200 * number
                        packet.stream = stream
                        container.mux(packet)
    assert reason_of(path) == "damaged"


def test_too_long_clip_is_rejected_before_it_is_read(tmp_path: Path) -> None:
    """By its own account, without decoding it."""
    path = clips.write_clip(tmp_path / "too_long.mp4")
    with pytest.raises(RejectedClipError) as caught:
        PyAvReader(DecodeLimits(max_duration_s=0.2)).probe(path)
    assert caught.value.code == "too_long"


def test_clip_longer_than_it_says_is_rejected_while_it_is_read(tmp_path: Path) -> None:
    """A live recording declares no length."""
    path = clips.write_clip(tmp_path / "live.webm", codec="libvpx", container_options={"live": "1"})
    assert PyAvReader().probe(path).duration_s is None
    with pytest.raises(RejectedClipError) as caught:
        read(path, max_duration_s=0.2)
    assert caught.value.code == "too_long"


def test_too_large_picture_is_refused(tmp_path: Path) -> None:
    """Also where only the pixel aspect makes it large."""
    limits = DecodeLimits(max_pixels=clips.WIDTH_PX * clips.HEIGHT_PX)
    plain, wide = clips.write_clip(tmp_path / "plain.mp4"), clips.write_clip(tmp_path / "wide.mp4", aspect=Fraction(3, 1))
    assert PyAvReader(limits).probe(plain).width_px == clips.WIDTH_PX
    with pytest.raises(UnreadableClipError) as caught:
        PyAvReader(limits).probe(wide)
    assert caught.value.reason == "too_large"


def test_too_many_frames_are_refused(tmp_path: Path) -> None:
    """A thousand frames a second are not a phone clip."""
    with pytest.raises(UnreadableClipError) as caught:
        read(clips.write_clip(tmp_path / "too_many_frames.mp4", times_s=[index / 1000 for index in range(clips.COUNT)]), max_rate_hz=10)
    assert caught.value.reason == "too_many_frames"


def test_two_readings_agree(tmp_path: Path) -> None:
    """Same clip, same times, same pixels."""
    path = clips.write_clip(tmp_path / "twice.mp4", codec="libx265", pixel_format="yuv420p10le")
    first, second = list(PyAvReader().frames(path)), list(PyAvReader().frames(path))
    assert [frame.t_s for frame in first] == [frame.t_s for frame in second]
    assert all(np.array_equal(one.rgb, other.rgb) for one, other in zip(first, second, strict=True))
