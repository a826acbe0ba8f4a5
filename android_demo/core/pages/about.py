"""What the app is, what it cannot do, and the licences of what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from android_demo.core.session import Session
from edge_runtime import __version__, msgid

ROOT = Path(__file__).parents[3]  # of the repository, and of what `stage` lays out
# By name: what it is the licence of, and its text.
LICENCES = {
    "edge-news": (msgid("Edge News (Apache-2.0)"), Path("LICENSE")),
    "notice": (msgid("Texts and parts by others"), Path("NOTICE")),
    "cc-by": (msgid("Sample articles and signs (CC BY 4.0)"), Path("android_demo/assets/licences/CC-BY-4.0.txt")),
    "fonts": (msgid("Fonts (OFL 1.1)"), Path("android_demo/assets/fonts/OFL.txt")),
}


@dataclass(frozen=True, slots=True)
class AboutPage:
    """Sections of sentences."""

    version: str
    privacy: tuple[str, ...]
    limits: tuple[str, ...]
    licences: tuple[tuple[str, str], ...]  # name, and what it is the licence of


@dataclass(frozen=True, slots=True)
class LicencePage:
    """A licence, paragraph by paragraph as it was written."""

    heading: str
    paragraphs: tuple[str, ...]


def about_page(session: Session, now: datetime) -> AboutPage:
    """The page about the app."""
    tr, info = session.tr, session.reader.info()
    return AboutPage(
        version=tr.joined(
            tr("Version {version}", version=__version__), tr("model {version}", version=str(info["model_version"]))
        ),
        privacy=(
            tr("What you read, like and search for stays on this device."),
            tr("The stories are ranked here, by a model that came with the app."),
            tr("The app fetches the feeds that you add, and nothing else; their sites see that somebody asked."),
            tr("Pictures are fetched from the sites only if you allow it in the settings."),
            tr("There is no account, no advertising and no counting, and you can erase everything at any time."),
        ),
        limits=(
            tr("Screen readers cannot read this app aloud: its toolkit, Kivy, has no support for them."),
            tr("Stories are ranked by their titles and summaries; the model reads English alone."),
            tr("Text in Korean, Arabic, Hindi and some other scripts may be drawn as boxes."),
            tr("Your feeds and your reading are not carried to your other devices."),
        ),
        licences=tuple((name, tr(words)) for name, (words, _) in LICENCES.items()),
    )


def licence_page(session: Session, now: datetime, licence: str = "edge-news") -> LicencePage:
    """The text of a licence, from the file that comes with the app."""
    words, path = LICENCES[licence]
    try:
        text = (ROOT / path).read_text(encoding="utf-8")
    except OSError:
        text = session.tr("This text is missing here. It is in the source of the app, as {name}.", name=path.name)
    blocks = (" ".join(block.split()) for block in text.replace("\r\n", "\n").split("\n\n"))
    return LicencePage(session.tr(words), tuple(block for block in blocks if block.strip("=- ")))
