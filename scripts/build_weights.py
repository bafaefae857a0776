"""Build the pose weights into the cache, so that the first measurement does not wait for it."""

from __future__ import annotations

import sys

from vision.errors import WeightsError
from vision.weights import MODELS, default_cache, weights_path


def main() -> int:
    """Build every model that is not there; name what is wrong and return 1 where that fails."""
    try:
        for model in MODELS:
            weights_path(model, source=None, cache=default_cache())
    except WeightsError as error:
        sys.stderr.write(f"{error.message} {error.advice}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
