"""A stop of the tour of pictures: one page, what is pressed to get there, and how
long it needs. What the guides to the pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.app import ConsoleApp
from console.domain.model import Actor
from console.windows.desk_base import DeskBase

#: How long a page may take to answer before its picture is taken, in ms.
ANSWER_MS: Final = 600
#: The player needs a key frame before it shows anything, in ms.
PLAYER_MS: Final = 3600
#: A case that was just filed comes back from the database, in ms.
FILED_MS: Final = 1500
#: Every thumbnail has had its key frame by then, in ms.
OVERVIEW_MS: Final = 3000


@dataclass(frozen=True, slots=True)
class Stop:
    """One page: what to press, how long to wait, which window to grab. Without
    a name no picture is taken there."""

    name: str
    prepare: Callable[[], None]
    window: str
    wait_ms: int = ANSWER_MS
    then: Callable[[], None] | None = None  # pressed once the page has answered


def press(widget: QWidget, key: Qt.Key) -> None:
    """A key, down and up, as if ``widget`` had the keyboard."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


class Guide:
    """Knows the way to some pages of a running console."""

    def __init__(self, console: ConsoleApp) -> None:
        self._console = console
        self._held: Actor | None = None

    @property
    def _desk(self) -> DeskBase:
        return self._console.desk

    def _sit(self, who: Actor) -> None:
        """Somebody else sits down for some pages; the officer's name is kept."""
        if self._held is None:
            self._held = self._console.actor
        self._console.enter(who)

    def _back(self) -> None:
        """The officer is back at the desk."""
        if self._held is not None:
            self._console.enter(self._held)
        self._held = None
