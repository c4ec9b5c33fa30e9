"""A desk that is wanted while people work is made in turns of the event loop:
its window first, then what each part adds to it. The window that is there goes
on meanwhile."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: Keys, pictures and the clock have their turn between two parts, ms.
TURN_MS: Final = 2


class DeskMaking(QObject):
    """``ready()``: a desk that was begun stands, with everything on it."""

    ready = Signal()

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._console = console
        self._missing: dict[str, deque[Part]] = {}
        self._turn = QTimer(self)
        self._turn.setInterval(TURN_MS)
        self._turn.timeout.connect(self._go_on)

    def stands(self, name: str) -> bool:
        """Whether a desk is there, with everything on it."""
        return name in self._console.desks and name not in self._missing

    def begin(self, name: str) -> None:
        """Make a desk, a part a turn; one that is on its way already goes on."""
        if not self.stands(name):
            self._window(name)
            self._turn.start()

    def finish(self, name: str) -> None:
        """What is missing of a desk is made here and now."""
        if not self.stands(name):
            self._window(name)
            while self._missing[name]:
                self._add(name)
            del self._missing[name]

    def stop(self) -> None:
        """Nothing more is made."""
        self._turn.stop()
        self._missing.clear()

    def _window(self, name: str) -> None:
        if name not in self._missing:
            self._console.new_desk(name)
            self._missing[name] = deque(self._console.parts)

    def _add(self, name: str) -> None:
        self._missing[name].popleft().desk(self._console.desks[name])

    @Slot()
    def _go_on(self) -> None:
        name = next((name for name, parts in self._missing.items() if parts), "")
        if name:
            self._add(name)
            return
        self._missing.clear()
        self._turn.stop()
        self.ready.emit()
