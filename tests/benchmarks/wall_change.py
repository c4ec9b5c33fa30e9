"""How soon a wall is alive again after the officer asks for other cameras.

The wall pages between two sets of cameras that were connected but not decoded.
A tile is live when its picture was captured after the key press and may be
shown as it is; the turn is over when every tile is.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Slot

from console.app import ConsoleApp, Options, make_application
from console.domain.errors import Refusal
from console.i18n import language
from console.settings import Places
from console.widgets.layouts import nearest
from console.widgets.wall import WallWidget
from tests.benchmarks.alarms import percentile
from tests.benchmarks.open_cases import ACTOR

#: Turns measured, and how long the console connects before the first.
TURNS: Final = 6
CONNECT_S: Final = 12.0
#: A page is looked at for so long before it is turned; ends a turn that never ends.
REST_S: Final = 3.0
PATIENCE_S: Final = 15.0


class Turns(QObject):
    """One console that turns its pages."""

    def __init__(self, places: Places, tiles: int) -> None:
        super().__init__()
        self._tiles = tiles
        self._app = make_application()
        self.console = ConsoleApp(
            self._app, Options(places, lang=language(), actor=ACTOR, layout=nearest(tiles)), self
        )
        self._clock = self.console.engine.clock
        self._next = self._asked = 0.0
        self._waiting: set[str] = set()
        self._live: list[float] = []
        self._whole: list[float] = []
        self._timer = QTimer(self)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._look)

    def run(self) -> dict[str, Any]:
        """``live_p95_s`` over all tiles and turns, ``all_s`` the slowest turn."""
        self.console.start()
        self._next = self._clock.monotonic() + CONNECT_S
        self._timer.start()
        try:
            self._app.exec()
        finally:
            self._timer.stop()
            self.console.stop()
            self.deleteLater()
        return {
            "turns": len(self._whole),
            "live_p95_s": percentile(self._live, 0.95),
            "all_s": percentile(self._whole, 1.0),
        }

    @property
    def _wall(self) -> WallWidget:
        for pane in self.console.panes:
            if pane.isVisible() and len(pane.wall.tiles) >= self._tiles:
                return pane.wall
        raise Refusal("no_display", "run")

    @Slot()
    def _look(self) -> None:
        now = self._clock.monotonic()
        if self._waiting:
            self._watch(now)
        elif now >= self._next:
            if len(self._whole) >= TURNS:
                self._app.quit()
                return
            self._asked = now
            self._wall.next_page()
            self._waiting = {tile.camera for tile in self._wall.tiles if tile.camera}

    def _watch(self, now: float) -> None:
        for tile in self._wall.tiles:
            since = tile.captured_monotonic
            alive = tile.truth.current and since is not None and since >= self._asked
            if tile.camera in self._waiting and (alive or now - self._asked > PATIENCE_S):
                self._waiting.discard(tile.camera)
                self._live.append(now - self._asked)
        if not self._waiting:
            self._whole.append(now - self._asked)
            self._next = now + REST_S
