"""Cameras, cases and teams as marks on a map: how each stands, what stands
together where there is no room for one by one. No Qt.

Everything is kept in arrays, so that ten thousand cases cost a millisecond and
not a second; a mark's place never changes while it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from console.domain import deadlines
from console.domain.geo import to_plane, valid
from console.domain.model import Camera
from console.domain.vocabulary import FeedState, Lamp
from console.services.ports import FeedHealth
from console.services.views import CaseCard

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int8]

#: How a case stands: no clock, green, yellow, red.
NO_CLOCK, GREEN, YELLOW, RED = range(4)
LAMPS: Final = (None, Lamp.GREEN, Lamp.YELLOW, Lamp.RED)
#: How a camera stands: live; nothing known yet; its picture is old; no picture.
LIVE, WAITING, OLD, DOWN = range(4)
_STANDS: Final[Mapping[FeedState, int]] = {
    FeedState.LIVE: LIVE,
    FeedState.CONNECTING: WAITING,
    FeedState.DISABLED: WAITING,
    FeedState.STALE: OLD,
    FeedState.FROZEN: OLD,
}
_NEVER: Final = float("inf")
#: Members share their cell's middle within this share of it, so that two
#: clusters never come nearer to each other than what is left.
_INNER: Final = 0.3
#: At the nearest zoom marks stand together only in one and the same spot, px.
SAME_SPOT: Final = 3.0


@dataclass(frozen=True, slots=True)
class Spot:
    """One mark or several together. ``x``, ``y`` on the plane; ``members`` are
    indices into the layer, the worst first; ``counts`` of each rank."""

    kind: str  # "case", "camera" or "team"
    x: float
    y: float
    members: tuple[int, ...]
    counts: tuple[int, int, int, int]

    @property
    def worst(self) -> int:
        """The highest rank among the members."""
        return max(rank for rank, count in enumerate(self.counts) if count)


class Layer:
    """Marks of one kind. ``xs``, ``ys`` on the plane, ``ranks`` 0–3."""

    kind = ""

    def __init__(self) -> None:
        self.xs: Floats = np.empty(0)
        self.ys: Floats = np.empty(0)
        self.ranks: Ranks = np.empty(0, np.int8)

    def __len__(self) -> int:
        return len(self.xs)

    def _put(self, places: Sequence[tuple[float, float]]) -> None:
        points = [to_plane(lon, lat) for lon, lat in places]
        self.xs = np.array([x for x, _ in points], np.float64)
        self.ys = np.array([y for _, y in points], np.float64)

    def spots(self, window: tuple[float, float, float, float], cell: float) -> list[Spot]:
        """What is to be drawn within ``window`` (left, top, right, bottom on
        the plane); marks in one cell of ``cell`` units stand together. The cells
        hang on the ground, so that panning moves nothing against another."""
        left, top, right, bottom = window
        seen = (self.xs >= left) & (self.xs <= right) & (self.ys >= top) & (self.ys <= bottom)
        at = np.flatnonzero(seen)
        if not len(at):
            return []
        columns = np.floor(self.xs[at] / cell).astype(np.int64)
        rows = np.floor(self.ys[at] / cell).astype(np.int64)
        # By cell, and in a cell the worst first.
        order = np.lexsort((at, -self.ranks[at], columns, rows))
        at, columns, rows = at[order], columns[order], rows[order]
        new = np.flatnonzero((np.diff(columns) != 0) | (np.diff(rows) != 0)) + 1
        starts = [0, *new.tolist(), len(at)]
        return [
            self._spot(at[begin:end], (columns[begin] + 0.5) * cell, (rows[begin] + 0.5) * cell, cell)
            for begin, end in pairwise(starts)
        ]

    def _spot(self, at: npt.NDArray[np.int64], x: float, y: float, cell: float) -> Spot:
        xs, ys = self.xs[at], self.ys[at]
        mean_x, mean_y = float(xs.mean()), float(ys.mean())
        if len(at) > 1 and float(np.ptp(xs) + np.ptp(ys)) > 0:
            room = cell * _INNER
            mean_x = min(max(mean_x, x - room), x + room)
            mean_y = min(max(mean_y, y - room), y + room)
        counts = np.bincount(self.ranks[at], minlength=4)
        return Spot(self.kind, mean_x, mean_y, tuple(at.tolist()), tuple(counts.tolist()))


class CaseLayer(Layer):
    """Open cases with a place. Lamps follow the clock: :meth:`tick` tells
    whether one has turned."""

    kind = "case"

    def __init__(self) -> None:
        super().__init__()
        self.cards: tuple[CaseCard, ...] = ()
        self.unplaced = 0
        self._warn: Floats = np.empty(0)
        self._due: Floats = np.empty(0)
        self._base: Ranks = np.empty(0, np.int8)
        self._rows: dict[str, int] = {}
        self._next = _NEVER

    def take(self, cards: Sequence[CaseCard], now: datetime) -> bool:
        """The cases of a board; False when nothing of the map changed."""
        placed = tuple(c for c in cards if c.lon is not None and c.lat is not None and valid(c.lon, c.lat))
        self.unplaced = len(cards) - len(placed)
        if len(placed) == len(self.cards) and all(map(_same, placed, self.cards)):
            self.cards = placed
            return False
        moved = [(c.id, c.lon, c.lat) for c in placed] != [(c.id, c.lon, c.lat) for c in self.cards]
        self.cards = placed
        if moved:
            self._put([(c.lon or 0.0, c.lat or 0.0) for c in placed])
            self._rows = {card.id: row for row, card in enumerate(placed)}
        clocks = [_clock(card) for card in placed]
        self._base = np.array([base for base, _, _ in clocks], np.int8)
        self._warn = np.array([warn for _, warn, _ in clocks], np.float64)
        self._due = np.array([due for _, _, due in clocks], np.float64)
        self._look(now.timestamp())
        return True

    def tick(self, now: datetime) -> bool:
        """True when a lamp has turned since the last look; until the next one
        turns this costs one comparison."""
        at = now.timestamp()
        if at < self._next:
            return False
        before = self.ranks
        self._look(at)
        return not np.array_equal(before, self.ranks)

    def _look(self, at: float) -> None:
        turns = (at >= self._warn).astype(np.int8) + (at >= self._due).astype(np.int8)
        self.ranks = (self._base + turns).astype(np.int8)
        ahead = np.concatenate((self._warn[self._warn > at], self._due[self._due > at]))
        self._next = float(ahead.min()) if len(ahead) else _NEVER

    def row_of(self, case_id: str) -> int | None:
        """Index of a case; ``None`` when it is not on the map."""
        return self._rows.get(case_id)


class CameraLayer(Layer):
    """Cameras with a place, and how their streams are."""

    kind = "camera"

    def __init__(self) -> None:
        super().__init__()
        self.cameras: tuple[Camera, ...] = ()
        self.states: list[FeedState | None] = []
        self._every: tuple[Camera, ...] = ()
        self._health: Mapping[str, FeedHealth] = {}
        self._rows: dict[str, int] = {}

    def take(self, cameras: Sequence[Camera]) -> bool:
        """The cameras as configured; False for the same as before."""
        if tuple(cameras) == self._every:
            return False
        self._every = tuple(cameras)
        self.cameras = tuple(
            c for c in cameras if c.lon is not None and c.lat is not None and valid(c.lon, c.lat)
        )
        self._put([(c.lon or 0.0, c.lat or 0.0) for c in self.cameras])
        self._rows = {camera.id: row for row, camera in enumerate(self.cameras)}
        self.states = []
        self.hear(self._health)
        return True

    def hear(self, health: Mapping[str, FeedHealth]) -> bool:
        """The feeds' latest word; True when a camera's state changed."""
        self._health = health
        states = [state_of(camera, health) for camera in self.cameras]
        if states == self.states:
            return False
        self.states = states
        self.ranks = np.array([stand_of(state) for state in states], np.int8)
        return True

    def row_of(self, camera: str) -> int | None:
        """Index of a camera; ``None`` when it is not on the map."""
        return self._rows.get(camera)


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """Where a team was last: degrees, ``when`` in words, ``busy`` with a case."""

    id: str
    name: str
    lon: float
    lat: float
    when: str = ""
    busy: bool = False


class TeamLayer(Layer):
    """Teams with a last known place."""

    kind = "team"

    def __init__(self) -> None:
        super().__init__()
        self.teams: tuple[TeamPlace, ...] = ()

    def take(self, teams: Sequence[TeamPlace]) -> bool:
        """The teams; False for the same as before."""
        if tuple(teams) == self.teams:
            return False
        self.teams = tuple(teams)
        self._put([(team.lon, team.lat) for team in teams])
        self.ranks = np.array([int(team.busy) for team in teams], np.int8)
        return True


def state_of(camera: Camera, health: Mapping[str, FeedHealth]) -> FeedState | None:
    """What is known of a camera's stream; ``None`` for nothing."""
    if not camera.enabled:
        return FeedState.DISABLED
    told = health.get(camera.id)
    return told.state if told is not None else None


def stand_of(state: FeedState | None) -> int:
    """The rank of a state: :data:`LIVE`, :data:`WAITING`, :data:`OLD`, :data:`DOWN`."""
    return WAITING if state is None else _STANDS.get(state, DOWN)


def _same(a: CaseCard, b: CaseCard) -> bool:
    return a is b or (a.id, a.version, a.lon, a.lat) == (b.id, b.version, b.lon, b.lat)


def _clock(card: CaseCard) -> tuple[int, float, float]:
    """Rank now, and the instants at which it grows by one."""
    head = card.headline
    if head is None:
        return NO_CLOCK, _NEVER, _NEVER
    if head.paused_since is not None:
        return 1 + list(LAMPS[1:]).index(deadlines.lamp(head, head.paused_since)), _NEVER, _NEVER
    return GREEN, head.warn_at.timestamp(), head.due_at.timestamp()
