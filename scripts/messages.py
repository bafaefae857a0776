"""Bring the catalogues up to date with the sentences of the sources: what is new waits there for its translation, what is gone is taken out."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "app/rendering/locale"
METHODS = [("**.py", "python"), ("**/templates/*.html", "jinja2.ext:babel_extract"), ("**/templates/drawings/*.svg", "jinja2.ext:babel_extract")]
_JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false", "newstyle_gettext": "true", "extensions": "jinja2.ext.i18n"}
OPTIONS = {pattern: _JINJA for pattern, _ in METHODS[1:]}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
TOLD = (
    *(f"app/assessment/{name}.py" for name in ("asymmetry", "findings", "foot_length", "lunge_findings", "pipeline", "scene_solve", "sheet_place", "verdicts")),
    *(f"vision/{name}.py" for name in ("clip_faults", "decode", "frame_order", "locate", "look")),
    *(f"app/usecases/{path.name}" for path in sorted((ROOT / "app/usecases").glob("*.py")) if not path.name.startswith("validat")),  # the command line's
    *(f"app/web/{name}.py" for name in ("csv_rows", "dependencies", "errors", "people_schemas", "programme_forms", "roster", "sites", "typed_csv", "uploads")),
    *(f"app/web/pages/{name}.py" for name in ("by_hand", "squad_plans", "waiting")),
)
"""Modules below the catalogue, and those that check what is sent: English, told anew on pages by `app.rendering.language.retell`."""
UNTOLD = frozenset({"summary", "description", "examples", "title", "pattern", "what", "reason", "mode", "openapi_examples"})
"""Keywords whose texts are no sentences that a page shows."""
LEAST_SPACES = 2
_FIELD = re.compile(r"(?:(?:row|line) (?:\d+|\{\w+\})[:,] )?(?:[\w{}-]+: )?(?=found )")
"""What stands before a problem: a row, a field. Both are told apart from it, by `app.rendering.problems`."""


def list_told(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal sentence of a module; what an f-string puts in becomes a place with a name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
        elif isinstance(node, ast.Call) and _is_untold(node):
            passed.update(ast.walk(node))
        elif isinstance(node, ast.keyword) and node.arg in UNTOLD:
            passed.update(ast.walk(node.value))
        elif isinstance(node, ast.JoinedStr):
            passed.update(each for each in node.values if isinstance(each, ast.Constant))
            passed.update(each for value in node.values if isinstance(value, ast.FormattedValue) and value.format_spec for each in ast.walk(value.format_spec))
    for node in ast.walk(tree):
        text = None if node in passed else _write(node)
        if text is not None and _is_sentence(text):
            yield node.lineno, _FIELD.sub("", text, count=1)  # type: ignore[attr-defined] # every expression has a line


def _is_untold(node: ast.Call) -> bool:
    """Whether a call takes a text that nobody is told: a log line, a fault of the program, a field's description."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in {"TypeError", "RuntimeError", "compile", "fullmatch", "sub", "warning", "exception", "info", "Example"}


def _is_sentence(text: str) -> bool:
    letters = re.sub(r"\{\w+\}", "", text)
    return text.strip().count(" ") >= LEAST_SPACES and "\n" not in text and len(re.findall(r"[A-Za-z]{2,}", letters)) >= LEAST_SPACES


def _write(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    names: list[str] = []
    parts = []
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
        elif isinstance(piece, ast.FormattedValue):
            name = _name(piece.value) or "value"
            names.append(name)
            parts.append("{" + (name if names.count(name) == 1 else f"{name}_{names.count(name)}") + "}")
    return "".join(parts)


def _name(node: ast.AST) -> str | None:
    """Name a place by the last name of what is put in."""
    if isinstance(node, ast.Name):
        return node.id.lower().strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.lower().strip("_")
    if isinstance(node, ast.Call):
        return next((name for name in map(_name, node.args) if name), None) or _name(node.func)
    if isinstance(node, ast.BinOp):
        return _name(node.left) or _name(node.right)
    if isinstance(node, ast.UnaryOp):
        return _name(node.operand)
    return _name(node.value) if isinstance(node, ast.Subscript) else None


def build_template() -> Catalog:
    """Return every sentence of the sources."""
    template = Catalog(project="Kneewall", charset="utf-8", fuzzy=False)
    for file, _, message, _, _ in extract_from_dir(ROOT / "app", METHODS, OPTIONS, KEYWORDS):
        template.add(message, locations=[(f"app/{file}", 0)])
    for name in TOLD:
        for _, text in list_told(ROOT / name):
            template.add(text, locations=[(name, 0)])
    return template


def update(path: Path, template: Catalog) -> int:
    """Write a catalogue anew: translations stay, sentences that are gone go, and how many have none yet is returned."""
    with path.open("rb") as file:
        known = read_po(file, locale=path.stem)
    fresh = Catalog(
        locale=path.stem,
        project="Kneewall",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Kneewall in another language; the sentences come from the sources by `make messages`.",
    )
    missing = 0
    for message in sorted(template, key=lambda each: str(each.id)):
        if message.id:
            kept = known.get(message.id)
            string = kept.string if kept is not None and not kept.fuzzy else None
            fresh.add(message.id, string, locations=sorted({(file, 0) for file, _ in message.locations}))
            missing += not (string and all(string if isinstance(string, tuple) else (string,)))
    fresh.creation_date = fresh.revision_date = known.creation_date
    with path.open("wb") as file:
        write_po(file, fresh, width=0, include_lineno=False, omit_header=False)
    return missing


def main() -> int:
    """Update every catalogue, and fail while one lacks a translation."""
    template = build_template()
    lacking = {path.name: update(path, template) for path in sorted(LOCALE.glob("*.po"))}
    for name, missing in lacking.items():
        sys.stdout.write(f"{name}: {len(template)} sentences, {missing} without a translation\n")
    return 1 if any(lacking.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
