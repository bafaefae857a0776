"""Settings of the service for commands that work on its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings


def settings_for(data_dir: Path | None) -> Settings:
    """Return the settings, with the data folder where one was named."""
    from app.settings import read_settings  # noqa: PLC0415

    return read_settings(**({} if data_dir is None else {"data_dir": data_dir}))
