"""The proof: the engine against clips whose truth is known."""

from tests.accuracy.compare import Row, compare
from tests.accuracy.truth import Truth, read_truth

__all__ = ["Row", "Truth", "compare", "read_truth"]
