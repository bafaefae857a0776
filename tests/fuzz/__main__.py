"""`python -m tests.fuzz files` or `python -m tests.fuzz api`: what strangers may send."""

from __future__ import annotations

import importlib
import sys

if __name__ == "__main__":
    if sys.argv[1:2] not in (["files"], ["api"]):
        sys.exit("found no part of the service; expected `python -m tests.fuzz files` or `python -m tests.fuzz api`, with --help for more")
    sys.exit(importlib.import_module(f"tests.fuzz.{sys.argv[1]}").main(sys.argv[2:]))
