"""Pulling a multipart body apart, however the network cuts it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.web.uploads import PartReader

BOUNDARY = "xyz"


def build_body(parts: list[tuple[str, str | None, bytes]]) -> bytes:
    """Write a form as a browser does."""
    body = b""
    for name, file_name, content in parts:
        label = f'Content-Disposition: form-data; name="{name}"' + ("" if file_name is None else f'; filename="{file_name}"')
        body += f"--{BOUNDARY}\r\n{label}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def read_body(body: bytes, cuts: list[int], *, skip: frozenset[str] = frozenset()) -> list[tuple[str, str | None, bytes]]:
    """Read it back from pieces; parts to be skipped are not read."""

    async def stream() -> AsyncIterator[bytes]:
        edges = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
        for start, end in pairwise(edges):
            yield body[start:end]

    async def run() -> list[tuple[str, str | None, bytes]]:
        reader = PartReader(f"multipart/form-data; boundary={BOUNDARY}", stream())
        return [(part.name, part.file_name, b"" if part.name in skip else b"".join([chunk async for chunk in part.chunks])) async for part in reader.parts()]

    return asyncio.run(run())


CONTENT = st.one_of(st.binary(max_size=200), st.sampled_from([b"\r\n--xyz", b"--xyz--", b"\r\n", b"\r\n--xy", b"-", b""])).filter(
    lambda content: b"\r\n--xyz" not in b"\r\n" + content,
)
PARTS = st.lists(st.tuples(st.sampled_from(["left", "right", "foot_length_cm"]), st.sampled_from([None, "", "clip.mp4"]), CONTENT), min_size=1, max_size=5)


@given(parts=PARTS, cuts=st.lists(st.integers(min_value=0, max_value=5000), max_size=40))
def test_parts_survive_any_cut(parts: list[tuple[str, str | None, bytes]], cuts: list[int]) -> None:
    """Names, file names and bytes are those that were sent."""
    assert read_body(build_body(parts), cuts) == parts


@given(cuts=st.lists(st.integers(min_value=0, max_value=5000), max_size=20))
def test_unread_part_is_skipped(cuts: list[int]) -> None:
    """Who asks for the next part without reading the last gets the next part."""
    parts: list[tuple[str, str | None, bytes]] = [("left", "", b"unread" * 20), ("right", "r.mp4", b"read")]
    assert read_body(build_body(parts), cuts, skip=frozenset({"left"})) == [("left", "", b""), parts[1]]
