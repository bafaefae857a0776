"""List everything that an installation is made of, as CycloneDX in out/sbom/kneewall.cdx.json; fails where a licence forbids what we do with it."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boolean import AND, OR, Expression
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out/sbom/kneewall.cdx.json"
ALLOWED = frozenset(
    {
        *("MIT", "MIT-0", "MIT-CMU", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "Zlib", "BlueOak-1.0.0", "CC0-1.0", "PSF-2.0", "Python-2.0"),
        "MPL-2.0",  # changed files stay open; we change none
        "LGPL-3.0-only",  # psycopg: a library beside ours that anybody can put another one in the place of
    }
)
ALLOWED_TOOLS = ALLOWED | {"GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-2.1-or-later", "MPL-1.1"}
"""What is run while developing, and never handed on, may be more: hadolint, for one, looks at the Dockerfile."""
_CLASSIFIED = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
}
"""Classifiers of packages that say no more."""
_READ = {"protobuf": "BSD-3-Clause", "pypdfium2": "BSD-3-Clause OR Apache-2.0", "combine-errors": "MIT"}
"""What was read in packages whose list says nothing, or nothing that a program reads: their licence file, or their readme."""
_SHIPPED = "kneewall:shipped"


def list_shipped() -> set[str]:
    """Return the Python packages without which the service does not run, of which an installation for developing has more."""
    waiting = [Requirement(each) for each in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]]
    found: set[str] = set()
    while waiting:
        need = waiting.pop()
        name = canonicalize_name(need.name)
        if name in found or (need.marker is not None and not any(need.marker.evaluate({"extra": extra}) for extra in (need.extras or {""}))):
            continue
        found.add(name)
        for each in importlib.metadata.requires(name) or ():
            inner = Requirement(each)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in {"", *need.extras}):
                inner.marker = None
                waiting.append(inner)
    return found


def build_bom() -> dict[str, Any]:
    """Return the list: what is in this environment, what the npm lock names, and which of it is shipped."""
    options = ("--no-validate", "--output-reproducible", "--pyproject", "pyproject.toml", "--output-file", "-")
    bom: dict[str, Any] = json.loads(_run(sys.executable, "-m", "cyclonedx_py", "environment", *options, sys.executable))
    shipped = list_shipped()
    for component in bom["components"]:
        component.setdefault("properties", []).append({"name": _SHIPPED, "value": str(canonicalize_name(component["name"]) in shipped).lower()})
    for component in json.loads(_run("npm", "sbom", "--package-lock-only", "--sbom-format", "cyclonedx"))["components"]:
        tool = {"name": "cdx:npm:package:development", "value": "true"} in component["properties"]
        component["properties"].append({"name": _SHIPPED, "value": str(not tool).lower()})
        bom["components"].append(component)
    return bom


def list_objections(bom: dict[str, Any]) -> list[str]:
    """Say of each component whose licence is not known, or not one of those that allow what we do with it."""
    return [objection for component in bom["components"] if (objection := _find_objection(component)) is not None]


def is_shipped(component: dict[str, Any]) -> bool:
    """Whether a component is part of what people install to run the service."""
    return {"name": _SHIPPED, "value": "true"} in component["properties"]


def read_licence(component: dict[str, Any]) -> str:
    """Return the licence of a component as one SPDX expression; empty when it says none."""
    said = list(_list_said(component))
    if component["name"] in _READ:
        return _READ[component["name"]]
    return " AND ".join(f"({each})" for each in said)


def _list_said(component: dict[str, Any]) -> Iterator[str]:
    given = component.get("licenses", [])
    exact = [each.get("expression") or each["license"].get("id") for each in given]
    if any(exact):
        yield from filter(None, exact)
        return
    for each in given:
        words = each["license"]["name"]
        yield _CLASSIFIED.get(re.sub(r"^License :: (OSI Approved :: )?", "", words), "LicenseRef-unknown")


def _find_objection(component: dict[str, Any]) -> str | None:
    licence, allowed = read_licence(component), ALLOWED if is_shipped(component) else ALLOWED_TOOLS
    if licence and _allows(get_spdx_licensing().parse(licence), allowed):
        return None
    return f"{component['name']} {component.get('version')}: found the licence {licence or 'nowhere'}; expected one of {', '.join(sorted(allowed))}"


def _allows(licence: Expression, allowed: frozenset[str]) -> bool:
    if isinstance(licence, OR):
        return any(_allows(each, allowed) for each in licence.args)
    if isinstance(licence, AND):
        return all(_allows(each, allowed) for each in licence.args)
    return str(licence) in allowed


def _run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own commands


def main() -> int:
    """Write the list; return 1 when there is an objection to it."""
    bom = build_bom()
    written = json.dumps(bom, indent=1, ensure_ascii=False)
    problem = JsonStrictValidator(SchemaVersion.from_version(bom["specVersion"])).validate_str(written)
    objections = [*list_objections(bom), *([] if problem is None else [str(problem)])]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(written + "\n", encoding="utf-8")
    shipped = sum(map(is_shipped, bom["components"]))
    sys.stdout.write(f"{OUT.relative_to(ROOT)}: {len(bom['components'])} components, {shipped} of them shipped\n")
    sys.stderr.writelines(f"{objection}\n" for objection in objections)
    return 1 if objections else 0


if __name__ == "__main__":
    sys.exit(main())
