"""A bar on standard error for what takes minutes."""

from __future__ import annotations

import sys
from typing import Final

from console.services.ports import Clock

_WIDTH: Final = 32
#: Not more often than this, in seconds.
_EVERY_S: Final = 0.2


class Progress:
    """Draws a bar with the rate and the time that is left while standard error
    is a terminal, else a line every tenth part; what is done within the first second draws nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun = clock.monotonic()
        self._drawn = self._begun + 1.0 - _EVERY_S
        self._tenths = 0

    def tell(self, done: int, whole: int) -> None:
        """So many of so many are done."""
        now = self._clock.monotonic()
        ended = done >= whole
        if sys.stderr.isatty():
            if now - self._drawn >= _EVERY_S or (ended and now - self._begun > 1.0):
                self._drawn = now
                print(f"\r{self._bar(done, whole, now)}", end="\n" if ended else "", file=sys.stderr)
            return
        tenths = 10 * done // max(1, whole)
        if tenths > self._tenths and now - self._begun > 1.0:
            self._tenths = tenths
            print(self._bar(done, whole, now), file=sys.stderr)

    def _bar(self, done: int, whole: int, now: float) -> str:
        share = done / max(1, whole)
        full = round(share * _WIDTH)
        took = now - self._begun
        left = int(took / share - took) if share else 0
        rate = done / took if took > 0 else 0.0
        count = f"{done:,} / {whole:,}  {rate:,.0f}/s"
        bar = "█" * full + "·" * (_WIDTH - full)
        return f"{bar} {share:4.0%}  {count}  −{left // 60}:{left % 60:02d}"
