"""Which tiles move when the machine cannot decode them all. Pure policy.

The walls say what they would like; the governor passes it on, but for tiles it
holds at key frames (``slow``). A tile that can be seen never falls below key
frames: sixty-four of them cost less than two that move. What no wall shows is
``idle``. Timers, alarms and the desk are not its business: it touches budgets
and nothing else.

**Drop order** (fixed; the first is held back first):

1. a tile that is neither selected nor has an open case,
2. a tile with an open case or alarm,
3. a selected tile;

within each: the smallest picture first, then the one that has hung longest
(what was just put up is being looked at), then the last camera id. Nothing is
held back before what stands above it in this list, and one tile always moves.

Overload is what an eye notices: pictures that are late or missing, not a busy
processor; a machine at 95 % whose pictures come in time is well used. After a
change the list rests for :data:`HOLD_S`; several tiles are dropped at once,
raised is one at a time, and after a raise that failed the next try waits twice
as long. The limits are ours; the idea of a hold of 5 s between changes, of a
ceiling above which raising is held back and of retries that grow rarer up to
ten minutes is what Nx Witness publishes of its automatic resolution switch.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from console.feeds.sources import MOVING, SLOW
from console.services.ports import Budget

#: The list stays as it is for so long after a change made for the load, in seconds.
HOLD_S: Final = 5.0
#: After a drop it takes a key frame and three seconds of counting until the
#: figures speak of the new list alone.
CLEAR_S: Final = 8.0
#: New tiles connect and catch up first: not judged for so long, in seconds.
SETTLE_S: Final = 4.0
#: Overloaded: pictures older than this at publishing (95th percentile, s) …
LATE_S: Final = 0.15
#: … or a smaller share of the pictures sent than this decoded in time.
DELIVERED: Final = 0.93
#: In so many reviews in a row; one is enough when half is missing.
IN_A_ROW: Final = 3
HALF: Final = 0.5
#: Room for one more: younger and fuller. Where the machine is busier than this
#: one is tried all the same, but four times as seldom: others may be at work.
YOUNG_S: Final = 0.10
FULL: Final = 0.97
CPU_MOST: Final = 0.90
_BUSY_WAIT: Final = 4.0
#: A raise has held after so long; the wait before the next goes 5 s … 10 min.
PROVEN_S: Final = 15.0
RETRY_MAX_S: Final = 600.0
#: What is dropped at one time: at least a twentieth, at most four tenths.
_KEEP_MOST: Final = 0.95
_KEEP_LEAST: Final = 0.6
#: Points of a picture while no stream's size is known; afterwards their median.
USUAL_POINTS: Final = 640 * 360


@dataclass(frozen=True, slots=True)
class Load:
    """How decoding does. ``cpu`` is the machine's, 0–1; ``age_s`` the 95th
    percentile of pictures' ages at publishing; ``delivered`` how many of the
    pictures sent to moving tiles were decoded in time, 0–1. ``None``: nothing
    to measure."""

    cpu: float
    age_s: float | None = None
    delivered: float | None = None

    @property
    def over(self) -> bool:
        """Pictures are late or missing."""
        late = self.age_s is not None and self.age_s > LATE_S
        return late or (self.delivered is not None and self.delivered < DELIVERED)

    @property
    def easy(self) -> bool:
        """There may be room for one more tile."""
        young = self.age_s is None or self.age_s <= YOUNG_S
        full = self.delivered is None or self.delivered >= FULL
        return young and full


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is held at key frames, and what the machine was like then."""

    cameras: tuple[str, ...]
    cpu: float


class Governor:
    """Keeps the wishes and says what is granted. Instants are monotonic
    seconds. Not thread-safe; every call is O(n log n) for n tiles shown."""

    def __init__(self) -> None:
        self._wishes: dict[str, Budget] = {}
        self._since: dict[str, float] = {}
        self._points: dict[str, int] = {}
        self._selected: frozenset[str] = frozenset()
        self._cased: frozenset[str] = frozenset()
        self._usual = USUAL_POINTS
        self._limit: int | None = None
        self._granted: dict[str, Budget] = {}
        self._cpu = 0.0
        self._rest_until = float("-inf")
        self._over = 0
        self._easy_since: float | None = None
        #: When the last raise was made, while it is not proven, and the limit before.
        self._trial: tuple[float, int] | None = None
        self._wait = HOLD_S

    @property
    def granted(self) -> dict[str, Budget]:
        """Budgets for the feeds; a camera not named is idle."""
        return dict(self._granted)

    @property
    def dropped(self) -> Dropped:
        """Tiles that would move and may not, first dropped first."""
        held = [c for c in reversed(self._order()) if self._granted[c].mode != MOVING]
        return Dropped(tuple(held), self._cpu)

    # -- what it is told ---------------------------------------------------------
    def wish(self, wishes: Mapping[str, Budget], now: float) -> None:
        """What all walls together would like from now on."""
        fresh = wishes.keys() - self._wishes.keys()
        self._since = {camera: self._since.get(camera, now) for camera in wishes}
        self._wishes = dict(wishes)
        if fresh:
            self._rest(now + SETTLE_S)
        self._grant()

    def attend(self, selected: Collection[str], cased: Collection[str]) -> None:
        """Cameras of selected tiles, and those with an open case or alarm."""
        self._selected, self._cased = frozenset(selected), frozenset(cased)
        self._grant()

    def measure(self, points: Mapping[str, int]) -> None:
        """Points of one picture of each camera's stream, its share of the load."""
        self._points = {camera: count for camera, count in points.items() if count > 0}
        if self._points:
            self._usual = statistics.median_low(self._points.values())
        self._grant()

    def review(self, load: Load, now: float) -> None:
        """Judge the load, about once a second."""
        if now < self._rest_until:
            return
        self._over = self._over + 1 if load.over else 0
        if not load.easy:
            self._easy_since = None
        elif self._easy_since is None:
            self._easy_since = now
        half = load.delivered is not None and load.delivered < HALF
        if self._over >= IN_A_ROW or (self._over and half):
            self._lower(load, now)
            return
        if self._trial is not None and now - self._trial[0] >= PROVEN_S:
            self._trial, self._wait = None, HOLD_S
        wait = self._wait if load.cpu <= CPU_MOST else _BUSY_WAIT * self._wait
        patient = self._easy_since is not None and now - self._easy_since >= wait
        if self._limit is not None and patient:
            self._raise(self._limit, now)

    # -- the policy ----------------------------------------------------------------
    def _order(self) -> list[str]:
        """Cameras that would move, the one dropped last first."""
        return sorted((c for c, b in self._wishes.items() if b.mode == MOVING), key=self._rank)

    def _rank(self, camera: str) -> tuple[int, int, float, str]:
        budget = self._wishes[camera]
        stage = 0 if camera in self._selected else 1 if camera in self._cased else 2
        # Neighbours differ by a pixel: sizes count in steps of a fifth.
        size = round(4 * math.log2(max(1, budget.width * budget.height)))
        return stage, -size, -self._since[camera], camera

    def _weight(self, camera: str) -> int:
        return self._points.get(camera, self._usual)

    def _grant(self) -> None:
        granted = dict(self._wishes)
        if self._limit is not None:
            load, full = 0, False
            for number, camera in enumerate(self._order()):
                load += self._weight(camera)
                full = full or (number > 0 and load > self._limit)
                if full:
                    budget = self._wishes[camera]
                    granted[camera] = Budget(SLOW, budget.width, budget.height)
        self._granted = granted

    def _moving(self) -> list[str]:
        return [camera for camera in self._order() if self._granted[camera].mode == MOVING]

    def _lower(self, load: Load, now: float) -> None:
        moving = self._moving()
        if len(moving) <= 1:
            return
        share = 1.0 if load.delivered is None else load.delivered
        carried = sum(self._weight(camera) for camera in moving)
        if self._trial is not None:
            # What was carried before the raise is carried still.
            self._wait = min(RETRY_MAX_S, 2 * self._wait)
            self._limit, self._trial = min(self._trial[1], carried - 1), None
        else:
            least = carried - self._weight(moving[-1])
            self._limit = min(least, int(carried * max(_KEEP_LEAST, min(_KEEP_MOST, share))))
        self._cpu = load.cpu
        self._changed(now + CLEAR_S)

    def _raise(self, before: int, now: float) -> None:
        moving, order = self._moving(), self._order()
        if len(order) <= len(moving) + 1:
            self._limit = None
        else:
            self._limit = sum(self._weight(camera) for camera in order[: len(moving) + 1])
        self._trial = (now, before)
        self._changed(now + HOLD_S)

    def _changed(self, until: float) -> None:
        self._over, self._easy_since = 0, None
        self._rest(until)
        self._grant()

    def _rest(self, until: float) -> None:
        self._rest_until = max(self._rest_until, until)
