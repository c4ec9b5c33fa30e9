"""The wall in the command bar: overview, tours, named layouts and salvos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication

from console.i18n import t
from console.models.tours import PAGES
from console.widgets.command_bar import Entry
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.windows.desk_base import DeskBase
    from console.wiring.layouts import Layouts

#: Ids of these entries: ``wall|verb|kind|name``, as the layout menu asks.
_MARK: Final = "wall"
_CUT: Final = "|"


class WallCommands(Part):
    """Everything the menu of a wall hangs, by typing its name."""

    def __init__(self, console: ConsoleApp, layouts: Layouts) -> None:
        super().__init__(console)
        self._layouts = layouts

    def desk(self, window: DeskBase) -> None:
        """Offered in each desk's command bar."""
        window.keys.offer(self._entries)
        window.keys.wanted.connect(self._run)

    def _entries(self) -> list[Entry]:
        if self.console.actor is None or self._pane() is None:
            return []
        library = self._layouts.library
        rows = [
            _entry("overview", "", "", t("overview.page.open"), "O"),
            _entry("run", PAGES, "", t("layouts.command.pages")),
            _entry("pause", "tours", "", t("layouts.action.tour"), "T"),
            _entry("stop", "tours", "", t("layouts.menu.stop")),
            _entry("compose", "tours", "", t("layouts.menu.new_tour")),
        ]
        for number, one in enumerate(library.layouts, 1):
            words = t("layouts.command.layout", name=one.name)
            rows.append(_entry("load", "layouts", one.name, words, f"Ctrl+{number}" if number < 10 else ""))
        for number, salvo in enumerate(library.salvos, 1):
            words = t("layouts.command.salvo", name=salvo.name)
            keys = f"Ctrl+Shift+{number}" if number < 10 else ""
            rows.append(_entry("load", "salvos", salvo.name, words, keys))
        for tour in library.tours:
            rows.append(_entry("run", "tours", tour.name, t("layouts.command.tour", name=tour.name)))
        return rows

    def _pane(self) -> WallPane | None:
        """The wall the officer was at, or the first that can be seen."""
        seen = [wall.pane for wall in self._layouts.walls.values() if wall.pane.isVisible()]
        held = QApplication.focusWidget()
        at = [pane for pane in seen if held is not None and pane.isAncestorOf(held)]
        return next(iter(at or seen), None)

    @Slot(str)
    def _run(self, what: str) -> None:
        mark, *rest = what.split(_CUT, 3)
        pane = self._pane()
        if mark != _MARK or len(rest) != 3 or pane is None:
            return
        verb, kind, name = rest
        if verb == "overview":
            pane.window().activateWindow()
            pane.wall.overviewRequested.emit()
        else:
            pane.bar.asked.emit(verb, kind, name)


def _entry(verb: str, kind: str, name: str, words: str, keys: str = "") -> Entry:
    return Entry(_CUT.join((_MARK, verb, kind, name)), words, keys)
