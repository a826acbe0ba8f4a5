"""The page of the reader's own data: out to a file, in from one, and erased with proof."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.core.own_data import Offer, Proof
from android_demo.core.pages.own_data import Fact, OwnDataPage, own_data_page, proof_facts
from android_demo.core.session import Session
from android_demo.platform.storage import documents_dir
from android_demo.ui import listed
from android_demo.ui.page import Page
from android_demo.ui.sheet import Question

__all__ = ["OwnDataScreen", "listed"]


def ask_page(session: Session, now: datetime) -> OwnDataPage:
    """The page, with the files of this device's folder."""
    return own_data_page(session, now, documents_dir())


class OwnDataScreen(Page):
    """What is kept, and what can be done with it."""

    ask = staticmethod(ask_page)
    is_detail = True

    folder = StringProperty()
    has_any = BooleanProperty(False)
    has_files = BooleanProperty(False)
    has_proof = BooleanProperty(False)

    def show(self, page: OwnDataPage) -> None:
        """Say what is kept now."""
        app = App.get_running_app()
        self.folder, self.has_any, self.has_files = page.folder, page.has_any, bool(page.files)
        self._list("facts", page.facts)
        self.ids.files.put(
            [
                {
                    "words": file.words,
                    "about": file.about,
                    "sign": "import",
                    "name": app.tr("Bring in"),
                    "do": partial(self.bring_in, str(file.path)),
                }
                for file in page.files
            ]
        )

    def leave(self) -> None:
        """The proof is of the moment."""
        self.has_proof = False
        self.ids.proof.put([])

    def export(self) -> None:
        """Write all of it to a file."""
        App.get_running_app().commands.profile.export(documents_dir())

    def bring_in(self, path: str) -> None:
        """Look at a file, say what it would replace, and ask."""
        app = App.get_running_app()

        def offer(found: Offer) -> None:
            app.open_sheet(
                Question(
                    app.tr("Take this file in?"),
                    found.words,
                    app.tr("Replace"),
                    app.tr("Keep what is here"),
                    partial(app.commands.profile.take_in, found.path),
                )
            )

        if path.strip():
            app.commands.profile.look_at(Path(path.strip()).expanduser(), offer)

    def ask_to_erase(self, *, everything: bool) -> None:
        """Open the question that comes before forgetting."""
        app = App.get_running_app()
        words = (
            app.tr(
                "Every opened and liked story, every rule, all feeds, all stories and the count of requests are taken "
                "away. This cannot be undone."
            )
            if everything
            else app.tr(
                "Every opened and liked story is forgotten, and the feed starts anew. The count of requests goes too. "
                "The stories stay. This cannot be undone."
            )
        )
        do = partial(app.commands.profile.erase, self._erased, everything=everything)
        app.open_sheet(
            Question(app.tr("Erase what the app knows of you?"), words, app.tr("Erase"), app.tr("Keep it"), do)
        )

    def _erased(self, proof: Proof) -> None:
        app = App.get_running_app()
        app.set(recent_searches=())
        self.has_proof = True
        self._list("proof", proof_facts(proof, app.tr))

    def _list(self, name: str, facts: tuple[Fact, ...]) -> None:
        self.ids[name].put([{"words": fact.words, "value": fact.value} for fact in facts])


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
