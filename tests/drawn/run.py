"""One scene from its number to its row; what a worker of the runner does."""

from __future__ import annotations

import json
import time
import traceback
import warnings
from pathlib import Path

import cv2

from tests.drawn.film import Film, thinned, write_clip
from tests.drawn.measure import measure_scene
from tests.drawn.sampler import build_scene
from tests.drawn.score import Row, compare, scene_tags
from tests.drawn.spec import SceneSpec
from tests.drawn.truth import build_truth


def run_scene(seed: int, index: int, *, keep: Path | None = None) -> Row:
    """Draw, film, measure and score one scene; a crash is a row too."""
    cv2.setNumThreads(1)
    scene = build_scene(seed, index)
    began = time.process_time()
    try:
        with warnings.catch_warnings():
            # Medians of frames in which nothing was seen; the numbers are what is tested here.
            warnings.simplefilter("ignore", RuntimeWarning)
            film, measurement = measure_scene(scene)
        row = compare(scene, film.truth(), measurement, time.process_time() - began)
    except Exception:  # noqa: BLE001 - whatever it is, the scene and its number are what finds it again
        row = _crashed(scene, time.process_time() - began)
    if keep is not None:
        keep_scene(scene, keep)
    return row


def _crashed(scene: SceneSpec, seconds: float) -> Row:
    return Row(
        name=scene.name,
        seconds=seconds,
        status="crashed",
        code="crashed",
        scale="none",
        tags=scene_tags(scene),
        headline={},
        lunges=[],
        verdicts=[],
        true_count=len(scene.lunges),
        found=0,
        extra=0,
        false_valid=0,
        gross=("crashed",),
        expected=False,
        notes=[traceback.format_exc(limit=-3)],
    )


def keep_scene(scene: SceneSpec, folder: Path) -> None:
    """Write NAME.mp4 and NAME.truth.json, for looking at."""
    folder.mkdir(parents=True, exist_ok=True)
    film = Film(thinned(scene))
    write_clip(film, folder / f"{scene.name}.mp4")
    (folder / f"{scene.name}.truth.json").write_text(json.dumps(build_truth(film), indent=1), encoding="utf-8")
