"""What the composition root expects of a part of the console."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.widgets.wall_pane import WallPane

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.windows.desk_base import DeskBase


class Part(QObject):
    """One feature. Every method is called on the GUI thread; the defaults do
    nothing. A part that owns threads or processes ends them in :meth:`stop`."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.console = console
        self.engine = console.engine

    def started(self) -> None:
        """The windows stand; nobody has signed in yet."""

    def wire(self, name: str, pane: WallPane) -> None:
        """A new wall: ``name`` is its place (``page``, ``wall-1`` …). Connect
        its signals here; called once a pane, before it is shown."""

    def desk(self, window: DeskBase) -> None:
        """A new desk (the wide one, or the page of a single display): add pages
        (``window.add_page``), keys (``window.add_key``) and connect signals of
        ``window.parts`` here; called once a window, before anyone signs in."""

    def entered(self) -> None:
        """Somebody signed in or left (``console.actor`` is ``None`` then)."""

    def tick(self, now: datetime) -> None:
        """Each full second; must cost next to nothing."""

    def posted(self, what: object) -> None:
        """Something came over the bridge."""

    def stop(self) -> None:
        """The console ends; the engine still runs."""
