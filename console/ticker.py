"""One second hand for all windows.

Remaining times are computed, never counted down; this only says *when* to
look. One precise timer is armed anew for each full second of the console's
clock, so that all digits of all windows change together and a late tick does
not push the next one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.services.ports import Clock

#: 1.5 Hz: within the 1–3 Hz the eye catches without harm.
BLINK_HALF_MS: Final = 333
#: Opacity of the dark half of a blink; colour never changes.
BLINK_LOW: Final = 0.35


class Ticker(QObject):
    """``tick(now)`` at each full second; ``blink(on)`` at 1.5 Hz while wanted."""

    tick = Signal(object)
    blink = Signal(bool)

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._strike)
        self._blinker = QTimer(self)
        self._blinker.setInterval(BLINK_HALF_MS)
        self._blinker.timeout.connect(self._flip)
        self._blinking: set[int] = set()
        self._phase = True
        self._running = False

    def now(self) -> datetime:
        """Aware UTC time of the console's clock."""
        return self._clock.now()

    def start(self) -> None:
        """Begin to tick, the first time at the next full second."""
        self._running = True
        self._arm()

    def stop(self) -> None:
        """No tick and no blink after this."""
        self._running = False
        self._timer.stop()
        self._blinker.stop()

    @property
    def opacity(self) -> float:
        """What a blinking thing is painted with just now."""
        return 1.0 if self._phase else BLINK_LOW

    def want_blink(self, who: QObject, wanted: bool) -> None:
        """The shared phase runs only while somebody has something to blink."""
        if wanted:
            self._blinking.add(id(who))
        else:
            self._blinking.discard(id(who))
        if self._blinking and not self._blinker.isActive():
            self._blinker.start()
        elif not self._blinking and self._blinker.isActive():
            self._blinker.stop()
            self._phase = True
            self.blink.emit(True)

    def _arm(self) -> None:
        left = 1000 - self._clock.now().microsecond // 1000
        self._timer.start(max(1, left))

    @Slot()
    def _strike(self) -> None:
        if not self._running:
            return
        self._arm()
        self.tick.emit(self._clock.now())

    @Slot()
    def _flip(self) -> None:
        self._phase = not self._phase
        self.blink.emit(self._phase)
