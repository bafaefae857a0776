"""`python -m tests.fuzz files` or `python -m tests.fuzz api`: what strangers may send."""

from __future__ import annotations

import sys

from tests.fuzz import api, files

_PARTS = {"files": files.main, "api": api.main}

if __name__ == "__main__":
    if sys.argv[1:2] not in [[part] for part in _PARTS]:
        sys.exit("found no part of the service; expected `python -m tests.fuzz files` or `python -m tests.fuzz api`, with --help for more")
    sys.exit(_PARTS[sys.argv[1]](sys.argv[2:]))
