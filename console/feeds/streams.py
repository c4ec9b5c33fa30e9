"""Which of a camera's streams a tile shows: the sub stream, or main when the
picture is high enough to be worth it. Pure policy.

After the automatic resolution switch of Nx Witness and its published values
(only the height is compared): low at or below 240 / 1.4 = 171 pixels for 1 s,
high again above 1.34 times that, a new tile is left alone for 1 s, 5 s between
switches, one at a time. With more than 16 tiles new ones start low and nothing
is raised. In wall operation nothing is raised above 70 % of the processor, and
above 90 % for 5 s the smallest high tile goes low. Ours: the limits go by the
lines the sub stream really has (usually 360, the original's 240). A tile no
higher than those shows nothing more of main, so it is low from there on, not
only from 1/1.4 of it: nine tiles on a 1080-line display would stay high for
ever. A single tile above the high limit is high at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from console.feeds.sources import MOVING
from console.services.ports import Budget

#: Lines of a sub stream while nothing is known of it.
USUAL_LINES: Final = 360
#: A tile of at most this share of the sub stream's lines is low …
LOW_SHARE: Final = 0.95
#: … and high when it is this much above that limit, and above the sub stream.
HIGH_FACTOR: Final = 1.34
#: A tile is judged when its height has held this long, in seconds.
DWELL_S: Final = 1.0
#: Between two switches, in seconds.
HOLD_S: Final = 5.0
#: With more tiles than this nothing is raised.
MANY: Final = 16
#: Processor shares above which nothing is raised, and one is lowered.
CPU_RAISE: Final = 0.70
CPU_LOWER: Final = 0.90


class StreamChooser:
    """Remembers what was chosen; instants are monotonic seconds. Not
    thread-safe; O(n) a call."""

    def __init__(self, lines: int = USUAL_LINES) -> None:
        self._low = lines * LOW_SHARE
        self._high = max(self._low * HIGH_FACTOR, lines * 1.0)
        self._chosen: dict[str, str] = {}
        self._seen: dict[str, float] = {}
        """Since when each tile has asked for the other stream."""
        self._switched_at = float("-inf")
        self._busy_since: float | None = None

    def apply(self, granted: Mapping[str, Budget], now: float, cpu: float) -> dict[str, Budget]:
        """The budgets with the stream each is for; a wall that asks for
        ``main`` itself (a zoomed tile) gets it while the tile moves."""
        heights = {c: b.height for c, b in granted.items() if b.mode == MOVING and b.stream != "main"}
        chosen = self.choose(heights, now, cpu)
        other = {c: stream for c, stream in chosen.items() if c in granted and stream != granted[c].stream}
        # Six hundred thumbnails ask for nothing else than they have.
        return {**granted, **{c: replace(granted[c], stream=stream) for c, stream in other.items()}}

    def choose(self, heights: Mapping[str, int], now: float, cpu: float) -> dict[str, str]:
        """``main`` or ``sub`` for every moving tile, by its height in device
        pixels. ``cpu`` is the machine's, 0–1."""
        for gone in self._chosen.keys() - heights.keys():
            del self._chosen[gone]
            self._seen.pop(gone, None)
        alone = len(heights) == 1
        for camera, height in heights.items():
            if camera not in self._chosen:
                self._chosen[camera] = "sub"
            if alone:
                self._chosen[camera] = "main" if height > self._high else self._by_low(camera, height)
                continue
            wishes_other = height > self._high if self._chosen[camera] == "sub" else height <= self._low
            if wishes_other:
                self._seen.setdefault(camera, now)
            else:
                self._seen.pop(camera, None)
        if not alone:
            self._switch(heights, now, cpu)
        return dict(self._chosen)

    def _by_low(self, camera: str, height: int) -> str:
        return "sub" if height <= self._low else self._chosen[camera]

    def _switch(self, heights: Mapping[str, int], now: float, cpu: float) -> None:
        high = [camera for camera, stream in self._chosen.items() if stream == "main"]
        ripe = [camera for camera, since in self._seen.items() if now - since >= DWELL_S]
        # What has become small is lowered at once: it costs and shows nothing.
        for camera in [c for c in ripe if self._chosen[c] == "main"]:
            self._set(camera, "sub", now)
        self._busy_since = (self._busy_since or now) if cpu > CPU_LOWER else None
        held = now - self._switched_at >= HOLD_S
        if self._busy_since is not None and now - self._busy_since >= HOLD_S and high and held:
            self._set(min(high, key=lambda c: (heights[c], c)), "sub", now)
            return
        raised = [c for c in ripe if self._chosen[c] == "sub"]
        if not raised or not held or cpu > CPU_RAISE or len(heights) > MANY:
            return
        self._set(max(raised, key=lambda c: (heights[c], c)), "main", now)

    def _set(self, camera: str, stream: str, now: float) -> None:
        self._chosen[camera] = stream
        self._switched_at = now
        self._seen.pop(camera, None)
