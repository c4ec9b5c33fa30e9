"""The last seconds of every camera, still encoded.

A ring is bounded by seconds; all rings of a worker together are bounded by
bytes and shared fairly: when there is not room for all, the largest give way
first (max-min), so that one camera with a high bit rate cannot eat the minute
of the others. A ring always starts at a key frame and says its true length.
"""

from __future__ import annotations

from collections import deque

from console.feeds.rtp import Unit
from console.feeds.sources import RING_SECONDS


class Ring:
    """Access units of one stream, oldest first."""

    def __init__(self, store: RingStore, seconds: float | None = None) -> None:
        self.units: deque[Unit] = deque()
        self.bytes = 0
        self._seconds = store.seconds if seconds is None else seconds
        self._store = store
        self._keys: deque[float] = deque()
        store.rings.add(self)

    def append(self, unit: Unit) -> None:
        """Take the newest access unit; a ring begins with a key frame."""
        if unit.key:
            self._keys.append(unit.at)
        elif not self._keys:
            return
        self.units.append(unit)
        size = len(unit.data)
        self.bytes += size
        self._store.used += size
        # The group of pictures that holds the instant 60 s ago must stay.
        while len(self._keys) > 1 and unit.at - self._keys[1] >= self._seconds:
            self.drop_group()
        if self._store.used > self._store.limit:
            self._store.level()

    def drop_group(self) -> None:
        """Forget the oldest group of pictures."""
        if not self._keys:
            return
        self._keys.popleft()
        first = True
        while self.units and (first or not self.units[0].key):
            size = len(self.units.popleft().data)
            self.bytes -= size
            self._store.used -= size
            first = False

    @property
    def groups(self) -> int:
        """Key frames held."""
        return len(self._keys)

    @property
    def length_s(self) -> float:
        """Seconds between the first and the last picture held."""
        return self.units[-1].at - self.units[0].at if self.units else 0.0

    def since(self, at: float) -> list[Unit]:
        """Units from the last key frame at or before the monotonic instant
        ``at`` on (from the first one when the ring is shorter)."""
        start = self._keys[0] if self._keys else 0.0
        for key_at in self._keys:
            if key_at > at:
                break
            start = key_at
        return [unit for unit in self.units if unit.at >= start]

    def latest_group(self) -> list[Unit]:
        """Units from the newest key frame on: what the present picture needs."""
        group: list[Unit] = []
        for unit in reversed(self.units):
            group.append(unit)
            if unit.key:
                break
        group.reverse()
        return group

    def clear(self) -> None:
        """Forget everything."""
        self._store.used -= self.bytes
        self.units.clear()
        self._keys.clear()
        self.bytes = 0

    def close(self) -> None:
        """Give the memory back."""
        self._store.used -= self.bytes
        self._store.rings.discard(self)
        self.units.clear()
        self._keys.clear()
        self.bytes = 0


class RingStore:
    """The bytes all rings of one worker may hold together, and the seconds
    each of them keeps."""

    def __init__(self, limit: int, seconds: float = RING_SECONDS) -> None:
        self.limit = limit
        self.seconds = seconds
        self.used = 0
        self.rings: set[Ring] = set()

    def level(self) -> None:
        """Cut the largest rings to one common height so that all fit again
        with 3 % to spare; a ring keeps its newest group whatever it costs."""
        height = self._height(int(self.limit * 0.97))
        for ring in sorted(self.rings, key=_bytes_of, reverse=True):
            if ring.bytes <= height:
                break
            while ring.bytes > height and ring.groups > 1:
                ring.drop_group()

    def _height(self, room: int) -> int:
        sizes = sorted(ring.bytes for ring in self.rings)
        for index, size in enumerate(sizes):
            share = room // (len(sizes) - index)
            if size > share:
                return share
            room -= size
        return sizes[-1] if sizes else 0


def _bytes_of(ring: Ring) -> int:
    return ring.bytes
