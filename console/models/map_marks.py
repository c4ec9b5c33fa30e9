"""Cameras, cases and teams as marks on a map: how each stands, what stands
together where there is no room for one by one. No Qt.

Everything is kept in arrays, so that ten thousand cases cost a millisecond and
not a second; a mark's place never changes while it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from console.domain import deadlines
from console.domain.geo import MOST_LAT, valid
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
        degrees = np.array(places, np.float64).reshape(-1, 2)
        self.xs, self.ys = _plane(degrees[:, 0], degrees[:, 1])

    def spots(self, window: tuple[float, float, float, float], wide: float, high: float) -> list[Spot]:
        """What is to be drawn within ``window`` (left, top, right, bottom on
        the plane). Marks nearer than ``wide`` and ``high`` units stand together:
        first by cells that hang on the ground, so that panning moves nothing
        against another, then across the cells' edges."""
        left, top, right, bottom = window
        seen = (self.xs >= left) & (self.xs <= right) & (self.ys >= top) & (self.ys <= bottom)
        at = np.flatnonzero(seen)
        if not len(at):
            return []
        columns = np.floor(self.xs[at] / wide).astype(np.int64)
        rows = np.floor(self.ys[at] / high).astype(np.int64)
        # By cell, and in a cell the worst first.
        order = np.lexsort((at, -self.ranks[at], rows, columns))
        at, columns, rows = at[order], columns[order], rows[order]
        new = np.flatnonzero((np.diff(columns) != 0) | (np.diff(rows) != 0)) + 1
        starts = [0, *new.tolist()]
        ends = [*new.tolist(), len(at)]
        xs = np.add.reduceat(self.xs[at], starts) / np.subtract(ends, starts)
        ys = np.add.reduceat(self.ys[at], starts) / np.subtract(ends, starts)
        cells = list(zip(starts, ends, xs.tolist(), ys.tolist(), strict=True))
        return [self._spot(at, group) for group in _joined(cells, wide, high)]

    def _spot(self, at: npt.NDArray[np.int64], group: Sequence[_Cell]) -> Spot:
        if len(group) == 1 and group[0][1] - group[0][0] == 1:
            member = int(at[group[0][0]])
            counts = [0, 0, 0, 0]
            counts[int(self.ranks[member])] = 1
            # Not the mean: alone it stands where it stands, to the last digit.
            return Spot(self.kind, float(self.xs[member]), float(self.ys[member]), (member,), _four(counts))
        total = sum(end - start for start, end, _, _ in group)
        x = sum((end - start) * x for start, end, x, _ in group) / total
        y = sum((end - start) * y for start, end, _, y in group) / total
        members = np.concatenate([at[start:end] for start, end, _, _ in group])
        if len(group) > 1:
            members = members[np.lexsort((members, -self.ranks[members]))]
        counts = np.bincount(self.ranks[members], minlength=4).tolist()
        return Spot(self.kind, x, y, tuple(members.tolist()), _four(counts))


#: First and last + 1 among the sorted marks, and their mean place.
_Cell = tuple[int, int, float, float]


def _joined(cells: Sequence[_Cell], wide: float, high: float) -> list[list[_Cell]]:
    """Cells whose means stand too near to each other, together: the fullest
    first, each later one to the first that is near enough."""
    groups: list[list[_Cell]] = []
    buckets: dict[tuple[int, int], list[int]] = {}
    for cell in sorted(cells, key=_fullest):
        _, _, x, y = cell
        column, row = int(x // wide), int(y // high)
        home = None
        for key in ((column + dx, row + dy) for dx in (0, -1, 1) for dy in (0, -1, 1)):
            for at in buckets.get(key, ()):
                first = groups[at][0]
                if abs(first[2] - x) < wide and abs(first[3] - y) < high:
                    home = at
                    break
            if home is not None:
                break
        if home is None:
            buckets.setdefault((column, row), []).append(len(groups))
            groups.append([cell])
        else:
            groups[home].append(cell)
    return groups


def _fullest(cell: _Cell) -> tuple[int, float, float]:
    return cell[0] - cell[1], cell[2], cell[3]


def _four(counts: Sequence[int]) -> tuple[int, int, int, int]:
    none, green, yellow, red = counts
    return none, green, yellow, red


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
        self._known: dict[str, _Row] = {}
        self._next = _NEVER

    def take(self, cards: Sequence[CaseCard], now: datetime) -> bool:
        """The cases of a board; False when nothing of the map changed. Costs
        what has changed: a card that is the very same is not looked into."""
        rows: list[_Row] = []
        known, fresh = self._known, False
        for card in cards:
            row = known.get(card.id)
            if row is None or row.card is not card:
                row = _row(card)
                fresh = fresh or row is not None or card.id in known
            if row is not None:
                rows.append(row)
        self.unplaced = len(cards) - len(rows)
        if not fresh and len(rows) == len(self.cards):
            return False
        self._known = {row.card.id: row for row in rows}
        self.cards = tuple(row.card for row in rows)
        self._rows = {row.card.id: at for at, row in enumerate(rows)}
        table = np.array([row.numbers for row in rows], np.float64).reshape(-1, 5)
        self.xs, self.ys = _plane(table[:, 0], table[:, 1])
        self._warn, self._due, self._base = table[:, 2], table[:, 3], table[:, 4].astype(np.int8)
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
    """Where a team was last: degrees, ``at`` as HH:MM:SS, ``busy`` with a case."""

    id: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    at: str = ""
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


class _Row(NamedTuple):
    """A card on the map; ``numbers``: degrees, instants of yellow and red, rank."""

    card: CaseCard
    numbers: tuple[float, float, float, float, float]


def _row(card: CaseCard) -> _Row | None:
    if card.lon is None or card.lat is None or not valid(card.lon, card.lat):
        return None
    base, warn, due = _clock(card)
    return _Row(card, (card.lon, card.lat, warn, due, float(base)))


def _plane(lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
    """:func:`console.domain.geo.to_plane` for many at once."""
    held = np.radians(np.clip(lats, -MOST_LAT, MOST_LAT))
    return (lons + 180.0) / 360.0, 0.5 - np.arcsinh(np.tan(held)) / (2 * np.pi)


def _clock(card: CaseCard) -> tuple[int, float, float]:
    """Rank now, and the instants at which it grows by one."""
    head = card.headline
    if head is None:
        return NO_CLOCK, _NEVER, _NEVER
    if head.paused_since is not None:
        return 1 + list(LAMPS[1:]).index(deadlines.lamp(head, head.paused_since)), _NEVER, _NEVER
    return GREEN, head.warn_at.timestamp(), head.due_at.timestamp()
