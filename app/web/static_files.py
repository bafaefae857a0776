"""Files that are the same for everybody; what lies in a folder with a version is large, compressed beforehand, and kept by browsers for good."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
_KEPT = re.compile(r"vendor/[a-z]+-[0-9.]+/")
_FOR_GOOD = "public, max-age=31536000, immutable"
_TYPES = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".task": "application/octet-stream",
    ".webmanifest": "application/manifest+json",
}
"""Said here, because what a machine knows of types differs, and a browser runs nothing of a wrong one."""


class OwnFiles(StaticFiles):
    """Our own files and, below `vendor/`, those of others: where the folder carries the version, a name never means other bytes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the compressed neighbour of a file where there is one and it is understood."""
        kept = _KEPT.match(path) is not None
        squeezed = kept and "gzip" in Headers(scope=scope).get("accept-encoding", "") and self._is_there(f"{path}.gz")
        response = await super().get_response(f"{path}.gz" if squeezed else path, scope)
        if kept:
            response.headers["Cache-Control"] = _FOR_GOOD
            response.headers["Vary"] = "Accept-Encoding"
        if squeezed:
            response.headers["Content-Encoding"] = "gzip"
        known = _TYPES.get(Path(path).suffix)
        if known is not None:
            response.headers["Content-Type"] = known
        return response

    def _is_there(self, path: str) -> bool:
        """Whether there is such a file; a name that no file can have is none, and is answered as any other that is not there."""
        try:
            return self.lookup_path(path)[1] is not None
        except (OSError, ValueError):
            return False
