"""Who sets a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A template, and the texts that it reads under their names; `at_full_size` asks print dialogs not to fit the page to the paper."""

    template: str
    inputs: Mapping[str, str]
    at_full_size: bool = False


class DocumentRenderer(Protocol):
    """Turns a source into a PDF; the same source gives the same bytes."""

    def render_pdf(self, source: DocumentSource) -> bytes:
        """Return the bytes of the PDF."""
