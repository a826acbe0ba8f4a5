"""The page that shows the feed of an earlier day."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from android_demo.core.pages.travel import TravelPage, travel_page
from android_demo.ui import listed
from android_demo.ui.page import Page

__all__ = ["TravelScreen", "listed"]


class TravelScreen(Page):
    """A dial of days, and the feed of the day that it stands at. Nothing here is kept, and no story is opened."""

    ask = staticmethod(travel_page)
    is_detail = True

    day = StringProperty()
    about = StringProperty()
    most_days = NumericProperty(0)
    has_rows = BooleanProperty(False)

    def show(self, page: TravelPage) -> None:
        """Show the feed of a day; the newest day stands at the right."""
        self.day, self.about, self.most_days, self.has_rows = page.day, page.about, page.most_days, bool(page.rows)
        self.ids.dial.most = max(page.most_days, 1)
        self.ids.dial.value = page.most_days - page.days_back if page.most_days else 1
        self.ids.rows.put([{"words": f"{row.place}.  {row.words}", "about": row.about} for row in page.rows])

    def travel(self, value: float) -> None:
        """Go to the day that the dial stands at."""
        app = App.get_running_app()
        self.about = app.tr("Ranking that day…")
        app.navigation.go("travel", days_back=int(self.most_days - value))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
