"""What may stand in a drawing of an exercise: lines in the colour of the text, and nothing that loads, runs or looks different in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

ELEMENTS = frozenset({"svg", "g", "path", "line", "polyline", "circle", "ellipse", "rect"})
SHAPE = frozenset({"viewBox", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "transform"})
LOOK = frozenset({"class", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "opacity", "aria-hidden", "focusable"})
COLOURS = frozenset({"none", "currentColor"})
_NAMESPACE = "{http://www.w3.org/2000/svg}"


def list_mistakes(drawing: str) -> Iterator[str]:
    """Yield what is wrong with a drawing."""
    try:
        root = fromstring(drawing)  # noqa: S314 - a file that comes with the program, or that whoever runs it has edited
    except ParseError as error:
        yield f"found no SVG, {error}; expected one svg element"
        return
    if root.tag != f"{_NAMESPACE}svg" or "viewBox" not in root.attrib or root.get("aria-hidden") != "true":
        yield 'found no plain svg element; expected one with a viewBox and aria-hidden="true", since the steps say what it shows'
    for element in root.iter():
        yield from _list_of_element(element)


def _list_of_element(element: Element) -> Iterator[str]:
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in ELEMENTS:
        yield f"found the element {name}; expected {', '.join(sorted(ELEMENTS))}"
    if (element.text or "").strip() or (element.tail or "").strip():
        yield f"found text in {name}; expected lines alone, because words would need both languages"
    for attribute, value in element.attrib.items():
        if attribute not in SHAPE | LOOK:
            yield f"found the attribute {attribute} of {name}; expected those of shape and line"
        elif attribute in ("fill", "stroke") and value not in COLOURS:
            yield f"found {attribute} {value}; expected none or currentColor, which is seen in light and dark"
