"""Who sets a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A template, and what it reads under a name: texts as `inputs`, pictures as `files`.

    `at_full_size` asks print dialogs not to fit the page to the paper; `archival` asks for a file that is still legible in decades and to a
    screen reader, which needs a title, a language, a text for every picture, and no character that its fonts lack.
    """

    template: str
    inputs: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    at_full_size: bool = False
    archival: bool = False


class DocumentRenderer(Protocol):
    """Turns a source into a PDF; the same source gives the same bytes."""

    def render_pdf(self, source: DocumentSource) -> bytes:
        """Return the bytes of the PDF."""
