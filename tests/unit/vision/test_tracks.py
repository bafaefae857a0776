from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from tests.synthetic import ClipSpec, LungeSpec, build_clip
from vision.tracks import LegTrack


def test_a_track_is_read_only() -> None:
    """What was seen is not changed by who reads it."""
    leg = build_clip(ClipSpec(lunges=(LungeSpec(),)))[0].leg
    with pytest.raises(ValueError, match="read-only"):
        leg.knee[0, 0] = 1.0


def test_arrays_of_different_length_are_refused() -> None:
    """One row for each time, checked at the door."""
    leg = build_clip(ClipSpec(lunges=(LungeSpec(),)))[0].leg
    arrays = {f.name: getattr(leg, f.name) for f in fields(LegTrack)} | {"toe": np.zeros((3, 2))}
    with pytest.raises(ValueError, match="toe with 3 rows"):
        LegTrack(**arrays)
