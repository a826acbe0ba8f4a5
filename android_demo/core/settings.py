"""What a reader sets in the app itself, kept in a small file beside the databases."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

FILE_NAME = "app-settings.json"
THEMES = ("system", "light", "dark", "black")
LANGUAGES = ("system", "en", "zh")
FETCH_AFTER_MIN = (0, 15, 60, 360)  # 0 = not by itself
SCALES = (0.8, 2.0)  # least and most of a text size


@dataclass(frozen=True, slots=True)
class Settings:
    """One field a setting; what a file does not have, or has wrong, is as here."""

    theme: str = "system"  # of THEMES
    language: str = "system"  # of LANGUAGES
    text_scale: float = 1.0  # of the whole app, times that of the system; SCALES
    reading_scale: float = 1.0  # of articles, beside; SCALES
    serif: bool = False  # of articles
    images: bool = False  # fetch thumbnails
    read_on_scroll: bool = False  # what is scrolled past is marked as read
    fetch_after_min: int = 60  # of FETCH_AFTER_MIN: feeds are fetched as the app is opened, if that is so long ago
    background: bool = False  # fetch while the app is closed
    is_started: bool = False  # the first start was gone through or skipped
    recent_searches: tuple[str, ...] = ()  # newest first

    @classmethod
    def of(cls, kept: object) -> Settings:
        """From what a file holds; every field by itself, so that one that is wrong takes no other with it."""
        if not isinstance(kept, dict):
            return cls()
        values = {
            field.name: value
            for field in fields(cls)
            if (value := _fitting(field.name, kept.get(field.name), getattr(cls(), field.name))) is not None
        }
        return cls(**values)


def load_settings(data_dir: Path) -> Settings:
    """The kept settings; the defaults where there are none that can be read."""
    try:
        return Settings.of(json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return Settings()


def save_settings(data_dir: Path, settings: Settings) -> None:
    """Keep the settings; the old file stays whole until the new one is.

    Raises:
        OSError: They cannot be kept.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    fresh = data_dir / (FILE_NAME + ".new")
    fresh.write_text(json.dumps(asdict(settings)), encoding="utf-8")
    fresh.replace(data_dir / FILE_NAME)


def _fitting(name: str, value: Any, default: Any) -> Any:
    """The value where it is one that the field can have, else None."""
    if name == "theme":
        return value if value in THEMES else None
    if name == "language":
        return value if value in LANGUAGES else None
    if name == "fetch_after_min":
        return value if value in FETCH_AFTER_MIN and type(value) is int else None
    if isinstance(default, bool):
        return value if isinstance(value, bool) else None
    if isinstance(default, float):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if is_number and SCALES[0] <= value <= SCALES[1] else None
    is_texts = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    return tuple(value) if is_texts else None
