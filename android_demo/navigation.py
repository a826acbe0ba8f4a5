"""Where the reader is: a stack of places, and which screens of it are in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from android_demo.core.session import Session
from android_demo.ui.page import Page
from android_demo.ui.screens import OF_TABS, make_screen
from android_demo.ui.shell import Shell
from android_demo.ui.worker import Worker


@dataclass(frozen=True, slots=True)
class Place:
    """A screen and what it is about."""

    screen: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Navigation:
    """Goes to places and back; where there is room, a detail stands beside its list."""

    def __init__(self, shell: Shell, worker: Worker, session: Session, now: Callable[[], Any]) -> None:
        """Nothing is shown yet.

        Args:
            shell: Holds the screens.
            worker: Runs `Page.ask`.
            session: What pages are made from.
            now: The clock.
        """
        self._shell, self._worker, self._session, self._now = shell, worker, session, now
        self._screens: dict[str, Page] = {}
        self.stack: list[Place] = []
        self._shown: dict[str, Place] = {}  # by screen, what it was filled with last
        self._awaited: Place | None = None
        shell.bind(is_wide=lambda *_: self._lay_out())

    @property
    def place(self) -> Place | None:
        """Where the reader is."""
        return self.stack[-1] if self.stack else None

    def screen(self, name: str) -> Page:
        """The one screen of a name."""
        if name not in self._screens:
            self._screens[name] = make_screen(name)
        return self._screens[name]

    def screens(self) -> list[Page]:
        """Those that were made."""
        return list(self._screens.values())

    def in_sight(self) -> list[Page]:
        """What is shown, the list before the detail beside it."""
        return [self.screen(name) for name in self._names_in_sight()]

    def go(self, name: str, **arguments: Any) -> None:
        """Go to a screen once its page is made; a second wish for what is on its way is none."""
        place = Place(name, arguments)
        if place in (self._awaited, self.place):
            return
        screen = self.screen(name)
        if screen.tab or screen.ask is None:
            self._arrive(place)
            return
        self._awaited = place

        def made(page: Any) -> None:
            if self._awaited == place:  # else the reader went elsewhere meanwhile
                self._arrive(place, lambda: self._fill(place, page))

        self._worker.run(self._asking(place), made)

    def back(self) -> bool:
        """Go back to where the reader came from; False where that is out of the app."""
        self._awaited = None
        if len(self.stack) < 2:
            if self.stack and self.stack[0].screen != "feed" and not self.screen(self.stack[0].screen).is_alone:
                self._arrive(Place("feed"))
                return True
            return False
        self._leave()
        self.stack.pop()
        self._lay_out()
        return True

    def refresh(self, *names: str) -> None:
        """Make the pages in sight anew, or those of some screens that were shown before."""
        for name in names or self._names_in_sight():
            if name in self._shown:
                self._ask(self._shown[name])

    def say_anew(self) -> None:
        """Another language: make the pages in sight anew, and those that are not whenever they come in sight."""
        for screen in self.screens():
            screen.say_anew()
        in_sight = self._names_in_sight()
        self.refresh(*in_sight, *(n for n in self._shown if n not in in_sight and not self.screen(n).is_refreshed))

    def _arrive(self, place: Place, fill: Callable[[], None] | None = None) -> None:
        self._awaited = None
        self._leave()  # before it is filled anew: an article is left while it is still that article
        if fill is not None:
            fill()
        screen = self.screen(place.screen)
        if screen.tab or screen.is_alone:
            self.stack = [place]
        elif self.stack and self.stack[-1].screen == place.screen:
            self.stack[-1] = place  # the next article in the place of this one
        else:
            self.stack.append(place)
        self._lay_out(filled=place if fill is not None else None)

    def _lay_out(self, filled: Place | None = None) -> None:
        """Show what the stack says, and make its pages where they are not fresh."""
        places = self._places_in_sight()
        if not places:
            return  # a window is measured before anything is shown
        self._shell.put([self.screen(place.screen) for place in places], self._tab())
        for place in places:
            screen = self.screen(place.screen)
            is_there = self._shown.get(place.screen) == place
            if place != filled and screen.ask is not None and (screen.is_refreshed or not is_there):
                self._ask(place)

    def _tab(self) -> str:
        """The tab that the newest place belongs to; "" where there is none."""
        tabs = (self.screen(place.screen).tab or OF_TABS.get(place.screen, "") for place in reversed(self.stack))
        return next(filter(None, tabs), "")

    def _places_in_sight(self) -> list[Place]:
        if not self.stack:
            return []
        last = self.stack[-1]
        if not (self._shell.is_wide and self.screen(last.screen).is_detail):
            return [last]
        lists = [place for place in self.stack if not self.screen(place.screen).is_detail]
        return [*lists[-1:], last]

    def _names_in_sight(self) -> list[str]:
        return [place.screen for place in self._places_in_sight()]

    def _leave(self) -> None:
        for screen in self.in_sight():
            screen.leave()

    def _asking(self, place: Place) -> Callable[[], Any]:
        ask, now = self.screen(place.screen).ask, self._now()
        return lambda: ask(self._session, now, **place.arguments)

    def _ask(self, place: Place) -> None:
        self._worker.run(self._asking(place), lambda page: self._fill(place, page), key=("page", place.screen))

    def _fill(self, place: Place, page: Any) -> None:
        self._shown[place.screen] = place
        self.screen(place.screen).show(page)
