"""Which high alarm has which alarm tiles of the walls: its own camera and the
nearest three, the worst alarm first, the rest in a queue. Pure, no Qt.

What is shown stays while its alarm lives: another one of the same weight waits.
Only an alarm somebody has acknowledged (or that has returned) gives way to one
nobody has. A tile in the officer's hand never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.domain.geo import Point
from console.domain.model import Alarm, Camera
from console.domain.vocabulary import AlarmState, Severity, SourceKind
from console.models.alarms import worst_first
from console.models.nearest import nearest
from console.services.ports import FeedHealth
from console.services.views import AlarmRow, BoardView

#: The camera of the alarm and the nearest three.
GROUP: Final = 4
#: With so many places in a row that no camera sees, the search ends for now.
BLIND: Final = 8
_LIVING: Final = frozenset({AlarmState.RAISED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """High alarms at one camera, or one at a place without any: ``rows`` worst
    first. ``firm``: somebody must still acknowledge."""

    key: str
    rows: tuple[AlarmRow, ...]
    camera: str
    place: Point | None
    firm: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A wall that can be seen: alarm tiles that may be taken, in reading order
    (with those an alarm has now), and tiles that must not change now."""

    wall: str
    tiles: tuple[int, ...]
    in_hand: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shot:
    """A camera for a tile; ``metres`` from the place, ``None`` for the alarm's own."""

    camera: str
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """What a tile shows for an alarm, and what is said on it. ``letter`` of the
    severity on the alarm's own camera, ``""`` nearby; ``more``: ``+2`` wait."""

    camera: str
    words: str
    letter: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """What an alarm has: tiles of one wall with what they show, its own camera
    first. ``over``: it has ended, only what is in the hand is left."""

    wall: str
    cells: tuple[tuple[int, Shot], ...]
    over: bool = False

    @property
    def lead(self) -> int:
        """The tile of the alarm itself."""
        return self.cells[0][0]


#: How the cameras of an alarm are found: how many, and which are shown already.
Near = Callable[[Wanted, int, frozenset[str]], tuple[Shot, ...]]
Mark = tuple[object, int]


def mark_of(alarm: Alarm) -> Mark:
    """What changes when an alarm rings anew: released once, it comes back then."""
    return alarm.raised_at, alarm.louder


def wanted(view: BoardView, cameras: Iterable[Camera], released: Mapping[int, Mark]) -> tuple[Wanted, ...]:
    """The high alarms that can be looked at, worst first, those of one camera
    together; without those the officer released."""
    rows = [row for row in view.alarms if _rings(row.alarm, released)]
    if not rows:
        return ()
    about = {row.alarm.source_id for row in rows}
    cards = {card.id: card for card in view.cards if card.id in about}
    known = {camera.id: camera for camera in cameras}
    groups: dict[str, Wanted] = {}
    for row in sorted(rows, key=worst_first):
        alarm = row.alarm
        card = cards.get(alarm.source_id)
        seen_by = card.camera if card is not None else ""
        camera = known.get(alarm.source_id if alarm.source_kind is SourceKind.CAMERA else seen_by)
        place = _place(card.lon, card.lat) if card is not None else None
        if place is None and camera is not None:
            place = _place(camera.lon, camera.lat)
        if camera is None and place is None:
            continue
        key = camera.id if camera is not None else f"#{alarm.id}"
        firm = alarm.state is AlarmState.RAISED
        before = groups.get(key)
        if before is None:
            groups[key] = Wanted(key, (row,), camera.id if camera else "", place, firm)
        else:
            groups[key] = replace(before, rows=(*before.rows, row), firm=before.firm or firm)
    return tuple(groups.values())


def _rings(alarm: Alarm, released: Mapping[int, Mark]) -> bool:
    high = alarm.severity is Severity.HIGH and alarm.state in _LIVING
    return high and released.get(alarm.id) != mark_of(alarm)


def _place(lon: float | None, lat: float | None) -> Point | None:
    return (lon, lat) if lon is not None and lat is not None else None


def shots(
    one: Wanted,
    count: int,
    shown: frozenset[str],
    cameras: Sequence[Camera],
    health: Mapping[str, FeedHealth],
) -> tuple[Shot, ...]:
    """The alarm's own camera, whatever its state, then the nearest that have a
    picture and are not ``shown`` for another alarm."""
    found = [Shot(one.camera)] if one.camera else []
    if one.place is not None:
        near = nearest(cameras, health, one.place, count + 1 + len(shown), showing=True)
        fit = (Shot(n.camera.id, n.metres) for n in near)
        found += [shot for shot in fit if shot.camera != one.camera and shot.camera not in shown]
    return tuple(found[:count])


class AlarmTiles:
    """Who holds what. :meth:`settle` may be called as often as one likes."""

    def __init__(self) -> None:
        self.held: dict[str, Holding] = {}
        self.waiting: tuple[Wanted, ...] = ()

    def settle(self, asked: Sequence[Wanted], rooms: Sequence[Room], near: Near) -> tuple[str, ...]:
        """Give back what is over, place what can be placed; keys of those newly shown."""
        by_key = {one.key: one for one in asked}
        self._end(by_key, {room.wall: room for room in rooms})
        fresh: list[str] = []
        blind: set[str] = set()
        # Whoever gives way to the firm ones stands in line behind them.
        for one in (*(x for x in asked if x.firm), *(x for x in asked if not x.firm)):
            if one.key in self.held:
                continue
            room, tiles = self._free(rooms)
            if room is None and one.firm and self._give_way(asked, rooms):
                room, tiles = self._free(rooms)
            if room is None or len(blind) >= BLIND:
                break  # whoever comes after this one finds no tile either
            got = near(one, len(tiles), self.shown(room.wall))
            if not got:
                blind.add(one.key)  # no camera near its place has a picture
                continue
            self.held[one.key] = Holding(room.wall, tuple(zip(tiles, got, strict=False)))
            fresh.append(one.key)
        self.waiting = tuple(x for x in asked if x.key not in self.held and x.key not in blind)
        return tuple(fresh)

    def shown(self, wall: str) -> frozenset[str]:
        """Cameras lent on a wall."""
        return frozenset(shot.camera for held in self._on(wall) for _, shot in held.cells)

    def _on(self, wall: str) -> list[Holding]:
        return [held for held in self.held.values() if held.wall == wall]

    def _end(self, by_key: Mapping[str, Wanted], walls: Mapping[str, Room]) -> None:
        for key, held in list(self.held.items()):
            room, alive = walls.get(held.wall), key in by_key
            cells = tuple(
                (tile, shot)
                for tile, shot in held.cells
                if room is not None and tile in room.tiles and (alive or tile in room.in_hand)
            )
            if not cells or (alive and not held.over and cells[0] != held.cells[0]):
                del self.held[key]  # without its own tile it is shown anew
            else:
                self.held[key] = replace(held, cells=cells, over=not alive)

    def _free(self, rooms: Sequence[Room]) -> tuple[Room | None, tuple[int, ...]]:
        """The first wall with room for all four, else the one with the most."""
        best: tuple[Room | None, tuple[int, ...]] = (None, ())
        for room in rooms:
            taken = {tile for held in self._on(room.wall) for tile, _ in held.cells}
            free = tuple(tile for tile in room.tiles if tile not in taken)[:GROUP]
            if len(free) > len(best[1]):
                best = room, free
        return best

    def _give_way(self, asked: Sequence[Wanted], rooms: Sequence[Room]) -> bool:
        """Take the tiles of the least alarm that is in hands already."""
        hands = {room.wall: room.in_hand for room in rooms}
        for one in reversed(asked):
            held = self.held.get(one.key)
            if one.firm or held is None:
                continue
            if not any(tile in hands.get(held.wall, frozenset()) for tile, _ in held.cells):
                del self.held[one.key]
                return True
        return False
