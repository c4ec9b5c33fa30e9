"""How late the GUI thread is: the lateness of a 20 ms precise timer.

A stall is what a hand feels: a key that does nothing for that long. The meter
keeps the last two minutes and costs a subtraction per beat.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Slot

#: Interval of the timer, in milliseconds.
BEAT_MS: Final = 20
_KEPT: Final = 120_000 // BEAT_MS


class StallMeter(QObject):
    """Measures from :meth:`start` on; figures are seconds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._since = QElapsedTimer()
        self._left_out = False
        self._late: deque[float] = deque(maxlen=_KEPT)

    def start(self) -> None:
        """Forget what was and begin."""
        self._late.clear()
        self._since.start()
        self._timer.start()

    def stop(self) -> None:
        """Measure no more; the figures stay."""
        self._timer.stop()

    @Slot()
    def leave_out(self) -> None:
        """What happens until the next beat is nobody's work and not counted: a
        picture of the whole window being taken, say."""
        self._left_out = True

    def figures(self) -> dict[str, float]:
        """``stall_p99_s`` and ``stall_max_s`` (0 when nothing was measured)."""
        late = sorted(self._late)
        if not late:
            return {"stall_p99_s": 0.0, "stall_max_s": 0.0}
        p99 = late[min(len(late) - 1, -(-99 * len(late) // 100) - 1)]
        return {"stall_p99_s": round(p99, 4), "stall_max_s": round(late[-1], 4)}

    @Slot()
    def _beat(self) -> None:
        passed_ms = self._since.nsecsElapsed() / 1e6
        self._since.restart()
        if self._left_out:
            self._left_out = False
            return
        self._late.append(max(0.0, passed_ms - BEAT_MS) / 1000.0)
