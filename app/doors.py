"""The only place where the doors of vision are opened: what measuring a clip needs, without settings and without any database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from vision.errors import WeightsError

if TYPE_CHECKING:
    from app.adapters.engine_sandbox import Job
    from app.usecases.measuring import Doors
    from app.usecases.services import Documents


_WATCHED_LONG_SIDE_PX = 1920
"""Edges are found to a tenth of a pixel; more pixels than this add memory and time, not accuracy."""

_GLANCE_MODEL = "full"
"""The coarse look asks where somebody is and which way they face, which the middle network knows as well as the large one."""


def build_local(model: str = "heavy", *, threads: int = 2) -> Doors:
    """Return the doors of vision, without any database: what the command line needs."""
    from app.usecases.measuring import Doors  # noqa: PLC0415
    from vision.align import mirror  # noqa: PLC0415
    from vision.decode import PyAvReader  # noqa: PLC0415
    from vision.edges import EdgeLegFinder  # noqa: PLC0415
    from vision.locate import LocateDoors  # noqa: PLC0415
    from vision.mediapipe_pose import MediapipePerson, MediapipePose  # noqa: PLC0415
    from vision.overlay import DrawnOverlay, OverlayParams  # noqa: PLC0415
    from vision.remux import RemuxStripper  # noqa: PLC0415
    from vision.scene import ArucoFinder, SteadyRoom  # noqa: PLC0415
    from vision.weights import default_cache, weights_path  # noqa: PLC0415

    drawn = OverlayParams()
    locate = LocateDoors(
        reader=PyAvReader(long_side_px=_WATCHED_LONG_SIDE_PX, threads=threads),
        new_person=lambda: MediapipePerson(weights_path(_GLANCE_MODEL, source=None, cache=default_cache())),
        new_pose=lambda: MediapipePose(weights_path(model, source=None, cache=default_cache()), model),
        markers=ArucoFinder(),
        legs=EdgeLegFinder(),
        new_room=SteadyRoom,
        mirror=mirror,
    )
    return Doors(
        locate=locate,
        overlay=DrawnOverlay(PyAvReader(threads=threads), shrinking=PyAvReader(long_side_px=drawn.clip_long_side_px, threads=threads), overlap=threads > 1),
        stripper=RemuxStripper(PyAvReader()),
        overlap=threads > 1,
        code_version=version("kneewall"),
    )


def build_clip_jobs(model: str, threads: int) -> tuple[dict[str, Job], Callable[[], Sequence[Path]]]:
    """Return what the children of the sandbox do, all libraries loaded, and what brings the weights, which they read besides their clip."""
    import cv2  # noqa: PLC0415
    import mediapipe.tasks.python.vision  # noqa: F401, PLC0415 - loaded once, for every clip

    from app.adapters.engine_sandbox import build_jobs  # noqa: PLC0415
    from app.usecases.engine import MeasuringEngine  # noqa: PLC0415
    from vision.weights import default_cache, weights_path  # noqa: PLC0415

    cv2.setNumThreads(threads)
    ready: list[Path] = []

    def prepare() -> Sequence[Path]:
        if not ready:
            ready.extend(weights_path(name, source=None, cache=default_cache()) for name in dict.fromkeys((_GLANCE_MODEL, model)))
        return ready

    with suppress(WeightsError, OSError):  # the first clip says so
        prepare()
    return build_jobs(MeasuringEngine(build_local(model, threads=threads)), build_documents()), prepare


def shut_network() -> None:
    """Let this process reach nobody, as far as the system offers that: the pose network's library would tell its maker that it is used."""
    from app.adapters.confinement import shut_network as shut  # noqa: PLC0415

    shut()


def build_documents() -> Documents:
    """How results are written down."""
    from app.rendering.measurement_dict import build_measurement_dict, parse_measurement  # noqa: PLC0415
    from app.rendering.picture_words import build_picture_words  # noqa: PLC0415
    from app.rendering.report_dict import build_report_dict  # noqa: PLC0415
    from app.usecases.services import Documents  # noqa: PLC0415

    return Documents(
        write_measurement=build_measurement_dict,
        read_measurement=parse_measurement,
        write_report=build_report_dict,
        write_picture_words=build_picture_words,
    )
