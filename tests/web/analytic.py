"""An engine that sees the leg of known geometry in every clip and measures it for real: what is set by hand has something to be set on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.pipeline import compute_measurement
from app.usecases.sightings import pack_sighting, unpack_sighting
from tests.fakes.engine import FakeEngine
from tests.synthetic import ClipSpec, LungeSpec, build_clip

SPEC = ClipSpec(lunges=(LungeSpec(), LungeSpec()))


class AnalyticEngine(FakeEngine):
    """A left leg faces left, so that it is the near one."""

    def locate(self, clip: Path, options: AttemptOptions, *, progress: Callable[[float, str], None], earlier: bytes | None = None) -> bytes:
        """See the leg of the declared side."""
        super().locate(clip, options, progress=progress, earlier=earlier)
        return pack_sighting(build_clip(replace(SPEC, flipped=options.side == "left"))[0])

    def measure(self, clip_name: str, sighting: bytes, options: AttemptOptions) -> tuple[Measurement, ...]:
        """Measure as the real engine does."""
        self.options.append(options)
        return (compute_measurement(clip_name, unpack_sighting(sighting), options, code_version="test"),)
