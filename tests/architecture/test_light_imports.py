import subprocess
import sys

import pytest

HEAVY = {"av", "cv2", "mediapipe", "matplotlib", "fastapi", "sqlalchemy", "dbos", "pydantic"}


def loaded_by(module: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after importing one module."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "module",
    ["calibration", "vision", "vision.tracks", "vision.protocols", "vision.errors", "vision.containers", "vision.clip_faults", "vision.weights", "app"],
)
def test_light_module_imports_light(module: str) -> None:
    """Naming a type or an error must not cost seconds: only doors load what stands behind them."""
    assert not loaded_by(module) & HEAVY


def test_packages_themselves_load_nothing_but_the_standard_library() -> None:
    """`import vision` is free; numpy comes with the modules that use it."""
    assert "numpy" not in loaded_by("vision, calibration")


def test_reader_does_not_load_the_pose_network() -> None:
    """Decoding needs PyAV and numpy alone."""
    assert not loaded_by("vision.decode") & (HEAVY - {"av"})
