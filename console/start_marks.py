"""When the window, the board and the first picture were there, for ``bench
startup``: seconds since the process began, written to a file, then the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import psutil
from PySide6.QtCore import QObject, QTimer, Slot

from console.app import ConsoleApp
from console.clock import machine_now
from console.services.views import BoardView

#: How often to look whether something has been painted, in ms.
LOOK_MS: Final = 10


class StartMarks(QObject):
    """Watches a console start. ``with_cameras`` False: no picture is waited
    for. The file gets ``{to_window_s, to_board_s, to_first_picture_s, rows}``."""

    def __init__(self, console: ConsoleApp, target: Path) -> None:
        super().__init__(console)
        self._console, self._target = console, target
        self._begun = psutil.Process().create_time()
        self._marks: dict[str, float | int | None] = {"to_first_picture_s": None}
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        console.boarded.connect(self._board)
        self._timer.start()

    def _passed(self) -> float:
        passed: float = machine_now().timestamp() - self._begun
        return round(passed, 3)

    @Slot(object)
    def _board(self, view: BoardView) -> None:
        if "to_board_s" not in self._marks:
            # The columns are filled in the slots that ran before this one; the
            # paint follows in the same turn of the event loop.
            self._marks["rows"] = len(view.cards)
            QTimer.singleShot(0, self, self._painted_board)

    @Slot()
    def _painted_board(self) -> None:
        self._marks.setdefault("to_board_s", self._passed())

    @Slot()
    def _look(self) -> None:
        if "to_window_s" not in self._marks and self._console.windows:
            self._marks["to_window_s"] = self._passed()
        if self._marks["to_first_picture_s"] is None and self._console.cameras:
            if not any(pane.wall.painted for pane in self._console.panes):
                return
            self._marks["to_first_picture_s"] = self._passed()
        if "to_board_s" in self._marks:
            self._timer.stop()
            self._target.write_text(json.dumps(self._marks), encoding="utf-8")
            self._console.closed.emit()
