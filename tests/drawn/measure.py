"""Runs the real pipeline on a film; only the network is scripted, and the reader where no file is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement
from app.usecases.attempts import measure_clip
from app.usecases.measuring import Doors, locate_attempt, measure_attempt
from tests.drawn.estimator import ScriptedPose
from tests.drawn.film import Film, FilmReader, thinned, write_clip
from tests.drawn.spec import SceneSpec
from vision.align import mirror
from vision.decode import PyAvReader
from vision.edges import EdgeLegFinder
from vision.locate import LocateDoors
from vision.overlay import DrawnOverlay
from vision.protocols import ClipReader
from vision.remux import RemuxStripper
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
    locate = LocateDoors(
        reader=reader,
        new_person=lambda: ScriptedPose(film),
        new_pose=lambda: ScriptedPose(film),
        markers=ArucoFinder(),
        legs=EdgeLegFinder(),
        new_room=SteadyRoom,
        mirror=mirror,
    )
    return Doors(
        locate=locate,
        overlay=DrawnOverlay(PyAvReader()),
        stripper=RemuxStripper(PyAvReader()),
        overlap=False,
        code_version="drawn",
    )


def sight_film(film: Film) -> bytes:
    """Watch a film as it is drawn, without a file: what `measure_sighting` can measure again and again."""
    reader = FilmReader(film)
    return locate_attempt(Path(f"{film.scene.name}.mp4"), build_options(film.scene), build_doors(film, reader), progress=_quietly)


def measure_sighting(film: Film, sighting: bytes, options: AttemptOptions | None = None) -> Measurement:
    """Measure what was seen, with what the person declares."""
    doors = build_doors(film, FilmReader(film))
    return measure_attempt(f"{film.scene.name}.mp4", sighting, options or build_options(film.scene), doors)[0]


def measure_film(film: Film) -> Measurement:
    """Watch and measure a film as it is drawn, without a file."""
    return _measure(film, FilmReader(film), Path(f"{film.scene.name}.mp4"))


def measure_scene(scene: SceneSpec) -> tuple[Film, Measurement]:
    """Film a scene, through a real H.264 file where it asks for one, and measure it."""
    if not scene.picture.x264:
        film = Film(scene)
        return film, measure_film(film)
    film = Film(thinned(scene))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{scene.name}.mp4"
        write_clip(film, path)
        return film, _measure(film, PyAvReader(), path)


def _measure(film: Film, reader: ClipReader, path: Path) -> Measurement:
    return measure_clip(path, build_options(film.scene), build_doors(film, reader), progress=_quietly).measurements[0]


def _quietly(share: float, activity: str) -> None:
    """Take no notice of progress."""
    del share, activity
