from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from tests.video import clips
from tests.video.reading import read, reason_of
from vision.containers import compute_matroska_shortfall, read_head
from vision.decode import DecodeLimits, PyAvReader
from vision.errors import RejectedClipError, UnreadableClipError


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


def test_picture_that_grows_beyond_the_largest_is_refused(tmp_path: Path) -> None:
    """The decoder does not set memory aside for it; the header told of a small one."""
    small = clips.write_clip(tmp_path / "small.webm", codec="libvpx")
    large = clips.write_clip(tmp_path / "large.webm", codec="libvpx", pictures=[clips.draw_scene(index, width=2048, height=1676) for index in range(3)])
    path = tmp_path / "grows.webm"
    with av.open(path, "w") as container:
        stream = None
        for number, source in enumerate((small, large)):
            with av.open(source) as read_from:
                track = read_from.streams.video[0]
                stream = stream or container.add_stream_from_template(track)
                for packet in read_from.demux(track):
                    if packet.size:
                        packet.pts = packet.dts = packet.pts + 1000 * number
                        packet.stream = stream
                        container.mux(packet)
    drops: list[str] = []
    with pytest.raises(UnreadableClipError) as caught:
        list(PyAvReader(DecodeLimits(max_pixels=clips.WIDTH_PX * clips.HEIGHT_PX), on_drop=lambda reason, _: drops.append(reason)).frames(path))
    assert caught.value.reason == "damaged"
    assert set(drops) == {"undecodable"}


@pytest.mark.parametrize(("name", "codec"), [("ffv1.mkv", "ffv1"), ("huffyuv.avi", "huffyuv"), ("mpeg2.ts", "mpeg2video")])
def test_codec_that_no_phone_films_with_is_not_decoded(tmp_path: Path, name: str, codec: str) -> None:
    """There are decoders for hundreds of them, and each is a way in."""
    assert (
        reason_of(clips.write_clip(tmp_path / name, codec=codec, pixel_format="yuv422p" if codec == "huffyuv" else "yuv420p", clock_hz=30))
        == "unsupported_codec"
    )


@pytest.mark.parametrize(("name", "codec"), [("film.flv", "flv"), ("film.asf", "mpeg4"), ("film.nut", "mpeg4")])
def test_container_that_no_phone_writes_is_not_opened(tmp_path: Path, name: str, codec: str) -> None:
    """As with codecs."""
    assert reason_of(clips.write_clip(tmp_path / name, codec=codec, clock_hz=30000)) == "not_a_video"


def test_heap_of_tracks_is_refused(tmp_path: Path) -> None:
    """Each would cost memory before the first picture."""
    path = tmp_path / "heap.mkv"
    with av.open(path, "w") as container:
        streams = [container.add_stream("mpeg4", rate=30) for _ in range(4)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = clips.WIDTH_PX, clips.HEIGHT_PX, "yuv420p"
        for stream in streams:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(clips.draw_scene(0), format="rgb24")))
            container.mux(stream.encode())
    assert PyAvReader(DecodeLimits(max_tracks=4)).probe(path).codec == "mpeg4"
    with pytest.raises(UnreadableClipError, match="4 tracks"):
        PyAvReader(DecodeLimits(max_tracks=3)).probe(path)


def test_clip_of_frames_that_cannot_be_shown_has_an_end(tmp_path: Path) -> None:
    """Frames without a time of their own are given up before all of them are decoded."""
    source, path = clips.write_clip(tmp_path / "source.mkv", pictures=LONG), tmp_path / "one_time.mkv"
    with av.open(source) as read_from, av.open(path, "w") as container:
        track = read_from.streams.video[0]
        stream = container.add_stream_from_template(track)
        for packet in read_from.demux(track):
            if packet.size:
                packet.dts, packet.pts, packet.stream = packet.pts - 5000, 0, stream
                container.mux(packet)
    drops: list[str] = []
    with pytest.raises(UnreadableClipError, match="more than 10 frames"):
        list(PyAvReader(DecodeLimits(max_unshown=10), on_drop=lambda reason, _: drops.append(reason)).frames(path))
    assert drops == ["time_not_increasing"] * 10
