from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from app.assessment.measurement import Finding
from app.assessment.report import build_report
from app.rendering.curve_svg import compute_angle_range, draw_curve
from app.rendering.interval_svg import draw_intervals
from app.rendering.measurement_dict import build_measurement_dict
from app.rendering.report_dict import build_report_dict
from app.rendering.report_html import read_report_css, render_report_html
from app.rendering.report_view import build_sides
from calibration.quantity import Quantity
from tests.synthetic_measurements import make_measurement, make_provenance, make_rejected, make_repetition, make_series
from tests.unit.rendering.test_report_dict import CASES

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost tag is the one that closes."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note visible text."""
        if self.open and self.open[-1] != "style":
            self.text += data


def render(case: str, **options: str) -> str:
    """Page of one case."""
    report = build_report_dict(build_report(*CASES[case]))
    return render_report_html(report, stills={"left": "data:image/jpeg;base64,AAAA"}, overlays={"left": "left.mp4"}, **options)


@pytest.mark.parametrize("case", CASES)
def test_page_is_well_formed_and_needs_nothing_from_outside(case: str) -> None:
    """Every kind of report closes its tags, runs no script, and loads nothing but what it was given."""
    html = render(case)
    page = Page(html)
    assert page.open == []
    assert not {"script", "iframe", "link"} & {tag for tag, _ in page.tags}
    assert not re.search(r"\son\w+=", html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    assert "None" not in page.text
    assert "nan" not in page.text.lower().split()


def test_inside_a_page_it_brings_no_frame_and_no_style() -> None:
    """What a page with a strict content security policy takes in: neither head nor main, no style element, no style attribute; curves say where they lie."""
    report = build_report_dict(build_report(*CASES["real"]))
    html = render_report_html(report, stills={}, overlays={"left": "left.mp4"}, inside=True)
    page = Page(html)
    assert page.open == []
    assert not {"html", "head", "body", "main", "header", "style", "script"} & {tag for tag, _ in page.tags}
    assert all("style" not in attributes for _, attributes in page.tags)
    axes = [json.loads(attributes["data-axes"] or "") for tag, attributes in page.tags if "data-axes" in attributes]
    assert len(axes) == 1  # of the side that has a clip to watch
    series = report["left"]["series"]
    assert axes[0]["end_s"] == max(series["t_s"])
    assert "data-axes" not in render("real")


def test_the_weightiest_finding_stands_first() -> None:
    """Problems before warnings before notes, whatever order they were found in."""
    found = tuple(Finding("x", severity, severity) for severity in ("info", "warning", "error", "info"))
    (side,) = [side for side in build_sides(build_report_dict(build_report(make_measurement("left", findings=found), None)), {}, {}) if side["name"] == "left"]
    assert [finding["severity"] for finding in side["findings"]] == ["error", "warning", "info", "info"]


def test_style_sheet_loads_nothing() -> None:
    """The style sheet works offline."""
    assert "url(" not in read_report_css()
    assert "@import" not in read_report_css()


def test_answer_stands_first() -> None:
    """Both numbers with their plus-minus, the difference and the verdict come before anything else."""
    text = Page(render("real")).text
    answer = text[text.index("Knee-to-wall report\n") : text.index("What was measured")]
    for expected in ("Left reaches 2.8 cm farther", "12.4", "9.6", "± 0.8 cm", "more than the camera's error"):
        assert expected in answer.replace("\N{NO-BREAK SPACE}", " ")


def test_points_set_by_hand_are_told_beside_each_number() -> None:
    """In the headline, on the card of that side and no other, on the ruler, over the column and over the repetitions."""
    html = render("by hand")
    cards = re.findall(r'<div class="card side-(left|right).*?</div>', html, re.DOTALL)
    assert cards == ["left", "right"]
    left, right = re.findall(r'<div class="card side-.*?</div>', html, re.DOTALL)
    assert "points set by hand" in left
    assert "by hand" not in right
    assert "(points of the left leg set by hand)</h1>" in html
    for place in ('<th scope="col">Left (points set by hand)</th>', "<caption>Left (points set by hand)</caption>", ">Left (points set by hand)</text>"):
        assert place in html
    assert "set by hand" not in render("real")


def test_lower_bound_is_shown_as_at_least() -> None:
    """A lower bound carries its sign in the card and in the table, and the page explains it."""
    text = Page(render("lower bound")).text
    assert text.count("≥") >= 4
    assert "means at least" in text


def test_rejected_side_shows_its_advice() -> None:
    """A refused clip tells what to do, beside the numbers of the other leg."""
    text = Page(render("rejected")).text
    assert "Nobody was found" in text
    assert "12.4" in text


def test_every_picture_has_a_text() -> None:
    """Images carry an alternative text, drawings a title, tables a caption and headers."""
    page = Page(render("real"))
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    assert all(attributes.get("aria-labelledby") for tag, attributes in page.tags if tag == "svg")
    assert [tag for tag, _ in page.tags].count("caption") == [tag for tag, _ in page.tags].count("table")
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")


def test_text_from_outside_is_escaped() -> None:
    """A file name or a message cannot put markup into the page."""
    hostile = "<img src=x onerror=alert(1)>"
    left = make_measurement("left", clip=hostile, findings=(Finding("x", "warning", hostile),))
    right = replace(make_rejected("right"), clip=hostile, advice=hostile)
    html = render_report_html(build_report_dict(build_report(left, right)), stills={}, overlays={})
    assert "<img src=x" not in html


def test_repetitions_are_marked_by_word_and_number() -> None:
    """The curve tells verdicts in text, not by colour alone."""
    repetitions = (make_repetition(1), make_repetition(2, verdict="heel_lift"), make_repetition(3, verdict="no_contact"))
    d = build_measurement_dict(make_measurement(repetitions=repetitions, series=make_series(repetitions)))
    svg = draw_curve(d, angle_range=compute_angle_range([d]), name="curve-left")
    assert svg is not None
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    told = " ".join("".join(element.itertext()) for element in root)
    for expected in ("1 valid", "2 heel lift", "3 no contact"):
        assert expected in told


def test_a_foot_seen_beside_the_sheet_is_shown_with_its_use() -> None:
    """A length with its plus-minus, of the shoe when shod; a side without the sheet, or stored by an earlier version, shows none."""
    left = make_measurement("left", learnt_foot_length_cm=Quantity(26.4, 0.41, "cm"))
    shod = make_measurement("right", learnt_foot_length_cm=Quantity(28.9, 0.41, "cm"), provenance=make_provenance(footwear="shod", sheet_ruler_mm=97.2))
    document = build_report_dict(build_report(left, shod))
    text = Page(render_report_html(document, stills={}, overlays={})).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "26.4 ± 0.8 cm; can be used for clips without the sheet" in text
    assert (text.count("Foot length seen"), text.count("Shoe length seen")) == (1, 1)
    assert "97.2 mm" in text
    for side in ("left", "right"):
        del document[side]["learnt_foot_length_cm"]
    assert "length seen" not in render_report_html(document, stills={}, overlays={})


def test_curve_stays_in_its_frame_and_is_thinned() -> None:
    """A long clip at 240 Hz becomes a drawing of modest size, every coordinate inside the view box."""
    m = build_measurement_dict(make_measurement())
    m["series"] = {"t_s": [i / 240 for i in range(14_400)], "shin_angle_deg": [20 + 15 * ((i // 240) % 2) for i in range(14_400)]}
    svg = draw_curve(m, angle_range=compute_angle_range([m]), name="c")
    assert svg is not None
    assert len(svg) < 30_000
    numbers = [float(v) for path in re.findall(r'd="([^"]+)"', svg) for v in re.findall(r"-?\d+\.?\d*", path)]
    assert min(numbers) >= 0
    assert max(numbers) <= 360


def test_curve_without_samples_is_left_out() -> None:
    """A curve of nothing is no drawing."""
    m = build_measurement_dict(make_measurement(series=None))
    assert draw_curve(m, angle_range=(0, 50), name="c") is None
    m["series"] = {"t_s": [0.0, 1.0], "shin_angle_deg": [None, None]}
    assert draw_curve(m, angle_range=(0, 50), name="c") is None


def test_ruler_holds_both_intervals() -> None:
    """The ruler names both sides with their numbers."""
    left, right = (build_measurement_dict(make_measurement(side, toe_cm=value)) for side, value in (("left", 12.4), ("right", 9.9)))
    svg = draw_intervals(left, right, basis="toe_to_wall_cm")
    assert svg is not None
    assert "Left: 12.4 ± 0.8" in svg.replace("\N{NO-BREAK SPACE}", " ")
    assert draw_intervals(None, None, basis=None) is None


def test_nothing_is_said_twice() -> None:
    """What the verdict tells is not repeated among the findings; what to do about it stands beside it."""
    text = Page(render("same leg")).text
    assert text.count("Both clips show the left leg") == 1
    assert "Choose one clip of the left leg and one of the right." in text


def compute_contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it."""
    lights = []
    for colour in (one, other):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
    return max(lights) / min(lights)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_is_legible(scheme: int) -> None:
    """Text stands out from card and page at 4.5 to 1 or more, in light and in dark."""
    block = re.findall(r":root \{(.*?)\}", read_report_css(), flags=re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for name in ("ink", "soft", "left", "right", "accent", "valid", "no_contact", "heel_lift", "foot_moved", "uncertain", "warn", "bad"):
        assert compute_contrast(colours[name], colours["card"]) >= 4.5, name
    assert compute_contrast(colours["soft"], colours["page"]) >= 4.5
