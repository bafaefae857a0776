"""Each picture with those shortly before and after it: what stands still is seen in all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from vision.tracks import SeenLeg

AROUND_S = 0.6
"""So long before and after a picture others are looked at: nine of 7.5 a second, which leave a third of the noise."""


def with_neighbours(legs: Iterable[SeenLeg], around_s: float = AROUND_S) -> Iterator[tuple[SeenLeg, Sequence[SeenLeg]]]:
    """Yield each with all at most `around_s` before and after it, itself among them, as soon as they are there; no more than those are kept."""
    kept: deque[SeenLeg] = deque()
    waiting: deque[SeenLeg] = deque()

    def hand_on(leg: SeenLeg) -> tuple[SeenLeg, Sequence[SeenLeg]]:
        while kept[0].t_s < leg.t_s - around_s:
            kept.popleft()
        return leg, [other for other in kept if other.t_s <= leg.t_s + around_s]

    for leg in legs:
        kept.append(leg)
        waiting.append(leg)
        while waiting[0].t_s + around_s < leg.t_s:
            yield hand_on(waiting.popleft())
    while waiting:
        yield hand_on(waiting.popleft())
