"""The "why" sheet: bars that add up to the score."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from android_demo.core.pages.why import WhySheet
from android_demo.ui.sheet import Sheet


class PartRow(BoxLayout):
    """One named part of the score."""

    label = StringProperty()
    value = StringProperty()
    bar = NumericProperty(0)


class SimilarReadRow(BoxLayout):
    """One past read and its share."""

    title = StringProperty()
    share = StringProperty()
    bar = NumericProperty(0)


class Why(Sheet):
    """Why one article stands where it stands."""

    title = StringProperty()
    total = StringProperty()
    standing = StringProperty()
    has_reads = BooleanProperty(False)

    def show(self, sheet: WhySheet) -> None:
        """Fill the sheet."""
        self.title, self.total, self.has_reads = sheet.title, sheet.total, bool(sheet.reads)
        self.standing = sheet.standing
        for part in sheet.rows:
            self.ids.parts.add_widget(PartRow(label=part.label, value=part.value, bar=part.bar))
        for read in sheet.reads:
            self.ids.reads.add_widget(SimilarReadRow(title=read.title, share=read.share, bar=read.bar))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
