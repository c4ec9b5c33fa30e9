"""The second hand of something that is looked back at: it stands where it is put.

What is drawn from it is drawn as of that instant, by the same widgets that draw
the present. Nothing of the past blinks: nobody is called by it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QObject

from console.ticker import Ticker

#: Before anything is looked back at.
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class PastClock:
    """A clock somebody sets; implements ``Clock``."""

    def __init__(self) -> None:
        self.at = _NEVER

    def now(self) -> datetime:
        """Where it was put."""
        return self.at

    def monotonic(self) -> float:
        """Seconds of the time it shows."""
        return self.at.timestamp()


class PastTicker(Ticker):
    """Ticks when it is put somewhere else, and never by itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        self._hand = PastClock()
        super().__init__(self._hand, parent)

    def put(self, at: datetime) -> None:
        """Show ``at`` from now on."""
        self._hand.at = at
        self.tick.emit(at)

    def start(self) -> None:
        """The past does not run."""

    def want_blink(self, who: QObject, wanted: bool) -> None:
        """Nothing of it calls anybody."""
