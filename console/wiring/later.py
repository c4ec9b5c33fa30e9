"""What is read in once the first board is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Slot

from console.widgets.later import LATER
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


#: So long after the first board has come it is painted, ms.
PAINTED_MS: Final = 300


class LaterPart(Part):
    """Waits for the board, then lets the rest be read in."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._begun = False

    def started(self) -> None:
        """The board tells when it has come."""
        LATER.expect()
        self.console.boarded.connect(self._boarded)

    @Slot(object)
    def _boarded(self, _view: object) -> None:
        if not self._begun:
            self._begun = True
            QTimer.singleShot(PAINTED_MS, LATER.begin)

    def stop(self) -> None:
        """No thread is left behind."""
        LATER.stop()
