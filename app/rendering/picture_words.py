"""What is written into pictures, in a language."""

from __future__ import annotations

from app.assessment.picture_words import PictureWords
from app.rendering.curve_svg import VERDICT_NAMES
from app.rendering.language import LANGUAGES, use_language, write_number
from app.rendering.language import gettext as _


def build_picture_words(language: str) -> PictureWords:
    """Return the words in a language, in English where it is none of ours."""
    with use_language(next((each for each in LANGUAGES if each == language), "en")):
        return PictureWords(
            names={"toe": _("toe"), "heel": _("heel"), "knee": _("knee"), "wall": _("wall"), "floor": _("floor")},
            verdicts={verdict: _(name) for verdict, name in VERDICT_NAMES.items()},
            between=_("between lunges"),
            shin=_("Shin {angle}"),
            shin_not_seen=_("Shin not seen"),
            toe_to_wall=_("Toe to wall {distance}"),
            lunge=_("Lunge {number}"),
            decimal_mark=write_number("0.0")[1],
        )
