"""A tour: one stop after the other, each for some seconds. Pure: time is
passed in, so that whoever drives it says how fast it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: What a tour walks through: pages of the wall, pages of one group's cameras,
#: named layouts, cameras on one tile.
PAGES: Final = "pages"
GROUP: Final = "group"
LAYOUTS: Final = "layouts"
CAMERAS: Final = "cameras"


@dataclass(slots=True)
class Tour:
    """``stops`` in order; ``dwell_s`` seconds at each. It moves on when
    :meth:`advance` is called late enough, by one stop at most: after a pause of
    the machine nobody wants to see ten stops fly by."""

    kind: str
    stops: tuple[str, ...]
    dwell_s: float
    begun: float
    name: str = ""
    tile: int = 0
    at: int = 0
    paused: bool = False
    halted: str = ""
    _left: float = 0.0

    def __post_init__(self) -> None:
        if not self.stops or self.dwell_s <= 0:
            raise ValueError("a tour needs stops and a time for each")

    @property
    def stop(self) -> str:
        """The stop shown now."""
        return self.stops[self.at]

    def left_s(self, now: float) -> float:
        """Seconds this stop is still shown; what was left when it paused."""
        if self.paused:
            return self._left
        return max(0.0, self.begun + self.dwell_s - now)

    def advance(self, now: float) -> bool:
        """True when it moved on to the next stop."""
        if self.paused or now < self.begun + self.dwell_s:
            return False
        self._go(1, now)
        return True

    def step(self, way: int, now: float) -> None:
        """One stop on or back by hand, paused or not."""
        self._go(way, now)
        if self.paused:
            self._left = self.dwell_s

    def _go(self, way: int, now: float) -> None:
        self.at = (self.at + way) % len(self.stops)
        self.begun = now

    def pause(self, now: float, why: str = "") -> None:
        """Stand still; ``why`` names what halted it (an alarm's camera)."""
        if not self.paused:
            self._left = self.left_s(now)
        self.paused, self.halted = True, why or self.halted

    def resume(self, now: float) -> None:
        """Go on with what was left of this stop."""
        if self.paused:
            self.begun = now - (self.dwell_s - self._left)
            self.paused, self.halted = False, ""
