"""The constants that the engine stands on, read from its source: what was decided by a person and could have been decided otherwise."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("vision", "calibration", "app/assessment")
"""Where numbers are made. The rest moves bytes."""
WITHOUT_A_SAY = {f"vision.{name}" for name in ("clip_faults", "containers", "decode", "drawing", "mediapipe_pose", "overlay", "upright", "weights")} | {
    "app.assessment.evidence",
    "app.assessment.asymmetry",
    "vision.tracks.PROFILE_POINTS",
    "calibration.camera.N_PARAMS",
    "calibration.camera.CAMERA_X",
}
"""Modules that read files or draw, the one that compares two numbers that are made already, and sizes and places in arrays."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One number, or a few in a tuple, under a name."""

    module: str
    name: str
    value: str


def list_constants(root: Path = ROOT) -> list[Constant]:
    """Return the module constants and the fields of `*Params` classes that are plain numbers, in order of module."""
    modules = {".".join(path.relative_to(root).with_suffix("").parts): path for place in PLACES for path in sorted((root / place).glob("*.py"))}
    constants = [c for name, path in modules.items() if name not in WITHOUT_A_SAY for c in read_constants(path.read_text(encoding="utf-8"), name)]
    return [c for c in constants if f"{c.module}.{c.name}" not in WITHOUT_A_SAY]


def read_constants(source: str, module: str) -> list[Constant]:
    """Read the constants of one module from its text."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name.endswith("Params"):
            found += [Constant(module, f"{node.name}.{name}", value) for field in node.body for name, value in _read_numbers(field)]
        else:
            found += [Constant(module, name, value) for name, value in _read_numbers(node)]
    return found


def _read_numbers(node: ast.stmt) -> list[tuple[str, str]]:
    """Names and values that one assignment gives to plain numbers; nothing where something else is assigned."""
    match node:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value) if _has_number(value):
            return [(ast.unparse(target), ast.unparse(value))]
        case _:
            return []


def _has_number(value: ast.expr) -> bool:
    """Whether an expression is made of numbers alone, such as 0.21, (0.13, 0.80), 5.0 / 1.96 or np.deg2rad(0.3)."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "np.deg2rad":
        value = value.args[0]
    allowed = (ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context)
    nodes = list(ast.walk(value))
    numbers = [n for n in nodes if isinstance(n, ast.Constant)]
    return all(isinstance(n, allowed) for n in nodes) and bool(numbers) and all(type(n.value) in (int, float) for n in numbers)
