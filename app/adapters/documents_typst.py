"""Documents set by typst, with its own fonts only, so that every machine gives the same bytes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from app.ports.documents import DocumentSource

_PREFERENCES = b"/ViewerPreferences<</Direction/L2R>>"
_FULL_SIZE = b"/ViewerPreferences<</PrintScaling/None>>"
_MAIN = "document.typ"
_ARCHIVAL: Sequence[Literal["a-2a", "ua-1"]] = ("a-2a", "ua-1")
"""PDF/A-2a (ISO 19005-2): everything needed to show it is inside; PDF/UA-1 (ISO 14289-1): it can be read aloud in order."""
_START = re.compile(rb"startxref\n(\d+)\n%%EOF\s*\Z")


class TypstRenderer:
    """DocumentRenderer on the typst wheel; the library is loaded with the first document."""

    def render_pdf(self, source: DocumentSource) -> bytes:
        """Compile the template."""
        import typst  # noqa: PLC0415 - tens of megabytes that a process without documents need not map

        with tempfile.TemporaryDirectory(prefix="kneewall-") as folder:
            root = Path(folder)
            for name, content in {**source.files, _MAIN: source.template.encode()}.items():
                (root / name).write_bytes(content)
            pdf = bytes(
                typst.compile(
                    root / _MAIN,
                    root=root,  # the template reads what it was handed and nothing else of this machine
                    sys_inputs=dict(source.inputs),
                    ignore_system_fonts=True,
                    timestamp=0,
                    pdf_standards=list(_ARCHIVAL) if source.archival else [],
                )
            )
        return _print_at_full_size(pdf) if source.at_full_size else pdf


def _print_at_full_size(pdf: bytes) -> bytes:
    """Write the preference that typst has no word for (ISO 32000-1, 12.2: PrintScaling) into the catalogue.

    The catalogue is the last object before the table of offsets, so that only the table's own offset moves.
    """
    start = _START.search(pdf)
    if pdf.count(_PREFERENCES) != 1 or start is None or pdf.rfind(b" 0 obj", 0, int(start[1])) > pdf.index(_PREFERENCES):
        raise ValueError("found a PDF whose catalogue is not its last object; expected the layout of typst 0.15: hold typst to that version")
    moved = int(start[1]) + len(_FULL_SIZE) - len(_PREFERENCES)
    return pdf[: start.start()].replace(_PREFERENCES, _FULL_SIZE) + b"startxref\n%d\n%%%%EOF" % moved
