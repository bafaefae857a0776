"""Faults of the installation, each told in one sentence instead of a trace: what was found, what was expected, what to do next."""

from __future__ import annotations

import os
import sqlite3
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from app.cli.output import give_up

_LOOK = "Look at the KNEEWALL_ variables that name databases and buckets, or try again later."


class OneSentence(TyperGroup):
    """Commands whose faults of the installation end with exit code 1; KNEEWALL_DEBUG=1 shows the trace before the sentence."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the vendor's context, and whatever the command returns
        """Carry the command out."""
        try:
            return super().invoke(ctx)
        except typer.Exit:  # how every command ends: nothing is loaded for it
            raise
        except Exception as error:
            sentence = describe_fault(error)
            if sentence is None:
                raise
            if os.environ.get("KNEEWALL_DEBUG") == "1":
                traceback.print_exc()
            give_up(sentence)


def describe_fault(error: Exception) -> str | None:
    """Return the sentence for a fault of the installation; None for everything else, such as a fault of the program."""
    from app.ports.clips import StorageFullError  # noqa: PLC0415 - loaded only when something went wrong
    from app.ports.jobs import QueueUnavailableError  # noqa: PLC0415
    from app.ports.outage import OutageError  # noqa: PLC0415
    from app.settings import UnusableSettingsError  # noqa: PLC0415
    from vision.errors import WeightsError  # noqa: PLC0415

    if isinstance(error, WeightsError):
        return f"{error.message} {error.advice}"
    if isinstance(error, UnusableSettingsError):
        return str(error)
    if isinstance(error, OutageError | QueueUnavailableError):
        return f"{error}. {_LOOK}"
    if isinstance(error, StorageFullError):
        return "found no room on the disk; expected some for what is to be kept. Make room and try again."
    if isinstance(error, OSError):
        return _describe_file_fault(error)
    return _describe_database_fault(error)


def _describe_file_fault(error: OSError) -> str | None:
    if isinstance(error, BrokenPipeError):  # whoever read the output has gone, and is told nothing
        return None
    what = f"cannot write or read {error.filename or 'a file'}: {error.strerror or error}"
    return f"{what}; expected a place that this user may use. Name another, or make this one usable."


def _describe_database_fault(error: Exception) -> str | None:
    """Only what lies with the file or the server: a row that breaks a rule is a fault of the program."""
    told = getattr(error, "orig", None) or error  # SQLAlchemy wraps what the driver says
    if isinstance(told, sqlite3.OperationalError) or type(told) is sqlite3.DatabaseError:
        return f"found a database that cannot be used ({told}); expected one of Kneewall, in a folder that this user may write to. {_LOOK}"
    if type(error).__name__ == "OperationalError":
        return f"found a database server that does not do what it is asked; expected it to be there, and open to this user. {_LOOK}"
    return None
