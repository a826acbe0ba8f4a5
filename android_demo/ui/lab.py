"""The model lab."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.core.pages.lab import LabPage, lab_page
from android_demo.core.pages.size_front import SizeFront
from android_demo.core.session import Session
from android_demo.platform.storage import documents_dir
from android_demo.ui import charts, listed
from android_demo.ui.page import Page
from android_demo.ui.sheet import Question

__all__ = ["LabScreen", "charts", "listed"]


def ask_page(session: Session, now: datetime, *, ranks: bool = False, compares: bool = False) -> LabPage:
    """The page, with the files of this device's folder."""
    return lab_page(session, now, documents_dir(), ranks=ranks, compares=compares)


class LabScreen(Page):
    """What ranks here, and another model in its place."""

    ask = staticmethod(ask_page)
    is_detail = True

    engine = StringProperty()
    why_engine = StringProperty()
    folder = StringProperty()
    about_front = StringProperty()
    smallest = StringProperty()  # ends of its chart
    largest = StringProperty()
    has_compared = BooleanProperty(False)
    has_sent = BooleanProperty(False)
    has_quality = BooleanProperty(False)
    can_bring_back = BooleanProperty(False)
    is_busy = BooleanProperty(False)

    def show(self, page: LabPage) -> None:
        """Show what there is now."""
        app = App.get_running_app()
        self.is_busy = False
        self.engine, self.why_engine, self.folder = page.engine, page.why_engine, page.folder
        self.can_bring_back, self.has_compared = page.can_bring_back, bool(page.comparison)
        self.has_sent, self.has_quality = bool(page.sent), bool(page.quality)
        for name in ("facts", "speed", "quality", "comparison"):
            self.ids[name].put([{"words": fact.words, "value": fact.value} for fact in getattr(page, name)])
        self.ids.sent.put([{"words": fact.words, "about": fact.value} for fact in page.sent])
        self._show_front(page.front)
        self.ids.parts.put([{"words": row.words, "share": row.size, "bar": row.bar} for row in page.parts])
        self.ids.files.put(
            [
                {
                    "words": file.words,
                    "about": app.tr("{number} bytes", number=file.about),
                    "sign": "import",
                    "name": app.tr("Install"),
                    "do": partial(self.install, str(file.path)),
                }
                for file in page.files
            ]
        )

    def _show_front(self, front: SizeFront | None) -> None:
        points = front.points if front else ()
        self.about_front = front.about if front else ""
        self.smallest, self.largest = (front.smallest, front.largest) if front else ("", "")
        self.ids.front.points = points
        self.ids.sizes.put([{"words": point.words, "value": point.value} for point in points])

    def leave(self) -> None:
        """What is not there yet is asked for anew."""
        self.is_busy = False

    def again(self, *, ranks: bool = False, compares: bool = False) -> None:
        """Make the page anew, with more of it."""
        app = App.get_running_app()
        self.is_busy = compares
        now = app.now()
        ask = partial(ask_page, now=now, ranks=ranks, compares=compares)
        app.commands.do(ask, self.show, once="lab")

    def install(self, path: str) -> None:
        """Ask, and rank with another model."""
        app = App.get_running_app()
        if path.strip():
            file = Path(path.strip()).expanduser()
            app.open_sheet(
                Question(
                    app.tr("Rank with another model?"),
                    app.tr(
                        "{file} is proved on this device first. Your profile stays. The model before can be "
                        "brought back.",
                        file=file.name,
                    ),
                    app.tr("Install"),
                    app.tr("Keep this one"),
                    partial(app.commands.profile.install, file),
                )
            )


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
