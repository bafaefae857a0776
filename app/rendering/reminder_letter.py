"""The letter that reminds of the weekly test; it says nothing about anybody."""

from __future__ import annotations

from app.ports.mail import Letter
from app.ports.programmes import LetterLanguage
from app.rendering.language import gettext as _
from app.rendering.language import use_language


def write_letter(address: str, language: LetterLanguage) -> Letter:
    """Return the letter in a language."""
    with use_language(language):
        text = _(
            "A week has passed since the last knee-to-wall test: it is time for the next one. Test both legs, and stop when it hurts. "
            "Whoever does not want these letters turns them off on the page of the home programme."
        )
        return Letter(address, _("Time for the knee-to-wall test"), text + "\n")
