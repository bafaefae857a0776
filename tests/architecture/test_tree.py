"""What holds for every committed file."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Spelled in two halves, so that this file does not name them either.
INDEX_HOSTS = tuple(name + end for name, end in (("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmjs", ".com"), ("yarnpkg", ".com")))
INDEX_OPTIONS = re.compile(r"^\s*(--(extra-)?index-url|--find-links|--trusted-host|-i |-f )", re.MULTILINE)
LARGEST_BYTES = 3_000_000


def committed_files() -> list[Path]:
    """Return what git tracks here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 - git is wherever it is
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_index() -> None:
    """Where packages come from is the business of the machine that installs them."""
    named = {
        f"{path.relative_to(ROOT)}: {host}"
        for path in committed_files()
        for host in INDEX_HOSTS
        if host.encode() in path.read_bytes() and path.suffix not in {".mp4", ".png", ".jpg", ".webp"}
    }
    assert not named


def test_python_lock_pins_every_package_with_hashes_and_no_index() -> None:
    """Each requirement is exact, and each has at least one hash."""
    lock = (ROOT / "requirements.lock").read_text()
    entries = re.findall(r"^([a-z0-9._-]+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))
    assert not INDEX_OPTIONS.search(lock)


def test_python_lock_covers_every_declared_dependency() -> None:
    """A dependency added to pyproject.toml without `make lock` would install unpinned, or not at all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {
        re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0].lower().replace("_", "-")
        for need in (*project["dependencies"], *project["optional-dependencies"]["dev"])
    }
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert declared - locked == set()


def test_npm_lock_pins_every_package_by_integrity_and_names_no_address() -> None:
    """The lock is good at any registry that has the same bytes."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


@pytest.mark.parametrize("suffix", [".task", ".tflite", ".whl", ".so", ".wasm", ".onnx"])
def test_no_binary_of_others_is_committed(suffix: str) -> None:
    """Weights and libraries come from their packages."""
    assert not [path for path in committed_files() if path.suffix == suffix]


def test_no_committed_file_is_large() -> None:
    """A clone stays quick."""
    assert not [path for path in committed_files() if path.stat().st_size > LARGEST_BYTES]


@pytest.mark.parametrize("tool", ["ruff check .", "ruff format --check .", "mypy", "lint-imports"])
def test_make_check_runs_every_tool(tool: str) -> None:
    """A contract that nobody runs is a wish."""
    recipe = (ROOT / "Makefile").read_text().split("\ncheck:", 1)[1].split("\n\n", 1)[0]
    assert f"$(BIN)/{tool}" in recipe


def test_ci_runs_the_tests_and_the_checks() -> None:
    """The same two commands as a person types."""
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert re.search(r"^make check$", script, re.MULTILINE)


def test_layers_name_every_module_of_app() -> None:
    """The layer contract is exhaustive, and stays so."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["name"] == "layers of app")
    assert layers["exhaustive"] is True
