"""Small pieces shared by the drawings: numbers and elements as text, every text escaped."""

from __future__ import annotations

import re
from html import escape, unescape

_LABEL = re.compile(r"<(title|desc)\b[^>]*>([^<]*)</")


def format_coordinate(value: float) -> str:
    """Write a coordinate with at most one decimal."""
    return f"{value + 0.0:.1f}".removesuffix(".0")


def draw_text(x: float, y: float, text: str, css_class: str, *, anchor: str = "start") -> str:
    """One line of text."""
    return f'<text x="{format_coordinate(x)}" y="{format_coordinate(y)}" class="{css_class}" text-anchor="{anchor}">{escape(text)}</text>'


def draw_line(x1: float, y1: float, x2: float, y2: float, css_class: str) -> str:
    """One straight line."""
    points = f'x1="{format_coordinate(x1)}" y1="{format_coordinate(y1)}" x2="{format_coordinate(x2)}" y2="{format_coordinate(y2)}"'
    return f'<line {points} class="{css_class}"/>'


def draw_rectangle(x: float, y: float, width: float, height: float, css_class: str, *, radius: float = 0.0) -> str:
    """One rectangle, its corners rounded by `radius`."""
    size = f'width="{format_coordinate(max(width, 0.0))}" height="{format_coordinate(max(height, 0.0))}"'
    return f'<rect x="{format_coordinate(x)}" y="{format_coordinate(y)}" {size} rx="{format_coordinate(radius)}" class="{css_class}"/>'


def draw_circle(x: float, y: float, radius: float, css_class: str) -> str:
    """One disc."""
    return f'<circle cx="{format_coordinate(x)}" cy="{format_coordinate(y)}" r="{format_coordinate(radius)}" class="{css_class}"/>'


def draw_picture(width: float, height: float, title: str, description: str, parts: list[str], *, name: str) -> str:
    """Frame the parts as one picture that a screen reader reads as its title and description."""
    box = f"0 0 {format_coordinate(width)} {format_coordinate(height)}"
    labels = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    head = f'<svg class="drawing {name}" viewBox="{box}" role="img" aria-labelledby="{name}-title {name}-desc" xmlns="http://www.w3.org/2000/svg">'
    return f"{head}{labels}{''.join(parts)}</svg>"


def read_labels(drawing: str) -> str:
    """Return title and description of a drawing of ours as one text."""
    return ". ".join(unescape(text) for _, text in _LABEL.findall(drawing))


def put_style(drawing: str, style: str) -> str:
    """Return the drawing with a style sheet of its own, for where no page brings one along."""
    head, tag, rest = drawing.partition("><title")
    return f"{head}><style>{style}</style{tag}{rest}"
