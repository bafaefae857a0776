from __future__ import annotations

import io
from dataclasses import fields, replace
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest

from app.assessment.measurement import AttemptOptions
from app.usecases import measuring
from app.usecases.sightings import pack_sighting, unpack_sighting
from tests.synthetic import ClipSpec, LungeSpec, build_clip
from vision.tracks import ClipFacts, LegTrack, RoomMarks


@pytest.mark.parametrize("focal_mm", [None, 26.0])
@pytest.mark.parametrize(("sheet", "wall", "flipped"), [(True, True, False), (False, False, True)])
def test_a_packed_sighting_comes_back_bit_by_bit(focal_mm: float | None, sheet: bool, wall: bool, flipped: bool) -> None:  # noqa: FBT001 - parameters of the clip
    """Every array, every NaN, every fact and its type: measuring again gives the same numbers."""
    seen, _ = build_clip(ClipSpec(lunges=(LungeSpec(),), sheet=sheet, wall=wall, flipped=flipped))
    toe = seen.leg.toe.copy()
    toe[3] = np.nan
    seen = replace(seen, leg=replace(seen.leg, toe=toe), facts=replace(seen.facts, focal_35mm_mm=focal_mm), heads=np.arange(10.0).reshape(2, 5))
    back = unpack_sighting(pack_sighting(seen))
    for field in fields(LegTrack):
        np.testing.assert_array_equal(getattr(back.leg, field.name), getattr(seen.leg, field.name))
    for field in fields(RoomMarks):
        if field.name == "markers":
            assert list(back.room.markers) == list(seen.room.markers)
            for marker, corners in seen.room.markers.items():
                np.testing.assert_array_equal(back.room.markers[marker], corners)
        else:
            np.testing.assert_array_equal(getattr(back.room, field.name), getattr(seen.room, field.name))
    assert back.facts == seen.facts
    np.testing.assert_array_equal(back.heads, seen.heads)
    for field in fields(ClipFacts):
        assert type(getattr(back.facts, field.name)) is type(getattr(seen.facts, field.name))


def test_packing_is_deterministic() -> None:
    """The same sighting packs to the same bytes."""
    seen, _ = build_clip(ClipSpec(lunges=(LungeSpec(),)))
    assert pack_sighting(seen) == pack_sighting(unpack_sighting(pack_sighting(seen)))


def test_sighting_of_an_earlier_version_knows_no_heads() -> None:
    """It can be measured as before; its pictures are blurred all over."""
    seen, _ = build_clip(ClipSpec(lunges=(LungeSpec(),)))
    with np.load(io.BytesIO(pack_sighting(seen))) as stored:
        arrays = {name: array for name, array in stored.items() if name != "heads"}
    earlier = io.BytesIO()
    np.savez_compressed(earlier, **arrays)
    assert unpack_sighting(earlier.getvalue()).heads.shape == (0, 5)


@pytest.mark.parametrize(("known_mm", "read_mm", "expected_mm"), [(26.0, None, 26.0), (26.0, 24.0, 24.0), (None, None, None)])
def test_lens_outlives_the_metadata(monkeypatch: pytest.MonkeyPatch, known_mm: float | None, read_mm: float | None, expected_mm: float | None) -> None:
    """A kept clip no longer names its focal length; watched again, it is measured with what was read before, and what it does name wins."""
    seen, _ = build_clip(ClipSpec(lunges=(LungeSpec(),)))
    earlier = pack_sighting(replace(seen, facts=replace(seen.facts, focal_35mm_mm=known_mm)))
    monkeypatch.setattr(measuring, "locate_leg", lambda *_, **__: replace(seen, facts=replace(seen.facts, focal_35mm_mm=read_mm)))
    again = measuring.locate_attempt(Path("clip"), AttemptOptions(), MagicMock(), progress=lambda _share, _what: None, earlier=earlier)
    assert unpack_sighting(again).facts.focal_35mm_mm == expected_mm
