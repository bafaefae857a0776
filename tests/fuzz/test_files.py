"""A short run of the fuzzed files; `make fuzz` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.files import Corpus, describe, make_corpus, run_files
from tests.fuzz.mutate import list_boxes


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return the clips that mutations begin from."""
    return make_corpus(tmp_path_factory.mktemp("seeds"), seed=7)


class Untouched(Corpus):
    """The same clips, none of them changed."""

    def build(self, number: int) -> tuple[str, bytes]:
        """Return the clip as it is."""
        return self.names[number], self.contents[number]


def test_forty_mutated_clips_lose_nobody(corpus: Corpus) -> None:
    """Each is decoded or refused by code; no child hangs, no fault is ours, and the nursery that made the children is the same to the end."""
    tally = run_files(range(40), corpus, jobs=1)
    said = describe(tally)
    assert tally.files == 40
    assert tally.workers_lost == 0
    assert not tally.hangs, said
    assert not tally.faults, said
    assert tally.decoded + sum(tally.refused.values()) + len(tally.too_much) + len(tally.crashes) == 40
    assert tally.posed == tally.decoded > 0
    assert tally.refused


def test_clips_that_nobody_touched_decode(corpus: Corpus) -> None:
    """What is mutated is a clip to begin with: all of them decode, are shown to the network, and are copied."""
    tally = run_files(range(len(corpus.names)), Untouched(corpus.names, corpus.contents, corpus.seed), jobs=1)
    assert (tally.decoded, tally.posed, tally.stripped) == (len(corpus.names),) * 3, describe(tally)


def test_files_follow_from_their_numbers(corpus: Corpus, tmp_path: Path) -> None:
    """A file that went wrong can be made again; others differ from it and from what they were made of."""
    again = make_corpus(tmp_path, seed=7)
    made = [corpus.build(number) for number in range(60)]
    assert made[:5] == [again.build(number) for number in range(5)] or again.contents != corpus.contents
    assert len({content for _, content in made}) > 50
    assert sum(content in corpus.contents for _, content in made) < 6
    assert corpus.build(3) == corpus.build(3)


def test_boxes_are_found(corpus: Corpus) -> None:
    """Down to the tables of an index; a WebM file has none."""
    kinds = {kind for _, _, kind in list_boxes(corpus.contents[corpus.names.index("plain.mp4")])}
    assert {b"ftyp", b"moov", b"trak", b"stsz", b"stts", b"stsd", b"avc1", b"avcC", b"mdat"} <= kinds
    assert list_boxes(corpus.contents[corpus.names.index("vp9.webm")]) == []
