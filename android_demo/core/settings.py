"""The reader's choice of theme, kept in a small file beside the databases."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "app-settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the reader can set in the app itself."""

    dark: bool = False


def load_settings(data_dir: Path) -> Settings:
    """The kept settings; the defaults where there are none that can be read."""
    try:
        kept = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
        return Settings(dark=bool(kept["dark"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Settings()


def save_settings(data_dir: Path, settings: Settings) -> None:
    """Keep the settings; the old file stays whole until the new one is."""
    data_dir.mkdir(parents=True, exist_ok=True)
    fresh = data_dir / (FILE_NAME + ".new")
    fresh.write_text(json.dumps(asdict(settings)), encoding="utf-8")
    fresh.replace(data_dir / FILE_NAME)
