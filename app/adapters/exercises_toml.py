"""The library of exercises, read from TOML files and drawings that a professional can edit."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

from app.assessment.programme.library import Library


class LibraryError(Exception):
    """The library cannot be used: all that is wrong in it, file by file."""

    code = "library_malformed"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("Found mistakes in the library of exercises; mend each of them and start again: " + "; ".join(problems) + ".")
        self.problems = problems


def read_library(folder: Traversable | None = None) -> Library:
    """Return the library of a folder, by default the one that comes with the program; raise `LibraryError` with everything that is wrong in it."""
    _ = folder or resources.files("app").joinpath("exercises")
    raise NotImplementedError
