"""Runs the real pipeline on a film; only the network is scripted, and the reader where no file is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2

from app.assessment.measurement import AttemptOptions, Measurement
from app.usecases.attempts import measure_clip
from app.usecases.measuring import Doors
from tests.drawn.estimator import ScriptedPose
from tests.drawn.film import Film, FilmReader, thinned, write_clip
from tests.drawn.spec import SceneSpec
from vision.decode import PyAvReader
from vision.edges import EdgeLegFinder
from vision.overlay import DrawnOverlay
from vision.protocols import ClipReader
from vision.scene import ArucoFinder, SteadyRoom


def build_options(scene: SceneSpec) -> AttemptOptions:
    """Return what an honest person declares about the clip."""
    near = "left" if scene.camera.facing_left else "right"
    other = "right" if near == "left" else "left"
    return AttemptOptions(
        side=other if scene.person.far_leg else near,  # type: ignore[arg-type]
        foot_length_cm=scene.typed_foot_cm,
        skirting_cm=scene.typed_skirting_cm,
        footwear="shod" if scene.person.shod else "barefoot",
    )


def build_doors(film: Film, reader: ClipReader) -> Doors:
    """Open the real doors, but for the network."""
    return Doors(
        reader=reader,
        new_pose=lambda: ScriptedPose(film),
        markers=ArucoFinder(),
        legs=EdgeLegFinder(),
        new_room=SteadyRoom,
        overlay=DrawnOverlay(PyAvReader()),
        code_version="drawn",
    )


def measure_film(film: Film, options: AttemptOptions | None = None) -> Measurement:
    """Measure a film as it is drawn, without a file."""
    return _measure(film, FilmReader(film), Path(f"{film.scene.name}.mp4"), options)  # type: ignore[arg-type]


def measure_scene(scene: SceneSpec) -> tuple[Film, Measurement]:
    """Film a scene, through a real H.264 file where it asks for one, and measure it."""
    if not scene.picture.x264:
        film = Film(scene)
        return film, measure_film(film)
    film = Film(thinned(scene))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{scene.name}.mp4"
        write_clip(film, path)
        return film, _measure(film, PyAvReader(), path, None)


def _measure(film: Film, reader: ClipReader, path: Path, options: AttemptOptions | None) -> Measurement:
    cv2.setNumThreads(1)
    outcome = measure_clip(path, options or build_options(film.scene), build_doors(film, reader), progress=lambda _share, _what: None)
    return outcome.measurements[0]
