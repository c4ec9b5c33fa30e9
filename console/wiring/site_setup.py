"""From the demonstration to a real site, in one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot

from console import site_setup
from console.i18n import LANGUAGES, catalogue, language, t
from console.services.site_wish import SiteMade, SiteWish
from console.settings import Places, locate
from console.widgets.command_bar import Entry
from console.windows.desk_base import DeskBase
from console.windows.setup_window import SetupWindow
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

_SETUP: Final = "site_setup"


class SiteSetup(Part):
    """Only a demonstration has it. ``leaving`` once it is to end and the real
    console is to begin."""

    def __init__(self, console: ConsoleApp, places: Places | None = None) -> None:
        """``places``: where the real site is to lie; the usual place by default."""
        super().__init__(console)
        self.leaving = False
        self.window: SetupWindow | None = None
        self.places = places

    def desk(self, window: DeskBase) -> None:
        """A button in the bar that says demonstration, and a command."""
        if self.engine.services.purpose != "demo":
            return
        window.parts.demo.leave_wanted.connect(self.open)
        window.keys.offer(self._offers)
        window.keys.wanted.connect(self._wanted)

    def stop(self) -> None:
        """The window goes with the console."""
        if self.window is not None:
            self.window.finished.disconnect(self._finished)
            self.window.close()
            self.window.deleteLater()
            self.window = None

    @Slot()
    def open(self) -> None:
        """The one screen."""
        if self.window is None:
            places = self.places or locate()

            def make(wish: SiteWish) -> SiteMade:
                return site_setup.make(wish, places)

            where = places.db_url.removeprefix("sqlite:///")
            self.window = SetupWindow(self.console.theme, where, self.engine.seat, make)
            self.window.finished.connect(self._finished)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self.window.page.take_focus()

    @Slot()
    def _finished(self) -> None:
        window, self.window = self.window, None
        if window is None:
            return
        confirmed = window.confirmed
        window.deleteLater()
        if confirmed:
            self._leave()

    def _leave(self) -> None:
        self.leaving = True
        self.console.closed.emit()

    def _offers(self) -> list[Entry]:
        other = next(one for one in LANGUAGES if one != language())
        return [Entry(_SETUP, t("setup.command"), "", catalogue(other)["setup.command"])]

    @Slot(str)
    def _wanted(self, what: str) -> None:
        if what == _SETUP:
            self.open()
