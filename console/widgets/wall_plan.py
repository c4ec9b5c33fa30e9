"""What hangs on a wall: an ordered list of cameras and the layout that pages
through it. Pure and frozen, so that undo is keeping the one before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from console.widgets.hangings import camera_of
from console.widgets.layouts import PRESETS, Layout, lower_row, preset

#: Steps of undo that are kept.
DEPTH = 50


@dataclass(frozen=True, slots=True)
class WallPlan:
    """``slots`` holds a camera id or ``""`` for a tile left empty; ``page``
    counts from 0. ``locked`` guards against an accidental change; paging is
    looking, not changing, and stays possible. ``seen`` are the cameras that
    were hung once: one taken off on purpose does not come back by itself.
    ``shape`` is set for free spans, whose name ``layout`` then is. ``pins`` are
    tiles that keep what hangs on them, whatever page, tour, salvo or alarm
    comes: (tile, token) in the order of the tiles; ``slots`` fill the others.
    ``alarm_tiles`` are lent to high alarms; ``None``: the lower row of a preset,
    none of free spans."""

    layout: str = "16"
    slots: tuple[str, ...] = ()
    page: int = 0
    locked: bool = False
    seen: frozenset[str] = frozenset()
    shape: Layout | None = None
    pins: tuple[tuple[int, str], ...] = ()
    alarm_tiles: tuple[int, ...] | None = None

    @property
    def per_page(self) -> int:
        """Tiles of the layout."""
        return (self.shape or PRESETS[self.layout][0]).size

    @property
    def free(self) -> tuple[int, ...]:
        """Tiles that are not pinned; none where all are."""
        held = dict(self.pins)
        return tuple(tile for tile in range(self.per_page) if tile not in held)

    @property
    def held(self) -> frozenset[str]:
        """What is pinned."""
        return frozenset(token for _, token in self.pins)

    @property
    def tokens(self) -> tuple[str, ...]:
        """All that hangs on any page."""
        return (*self.slots, *self.held)

    def arranged(self, width: int, height: int) -> Layout:
        """The cells on an area of ``width`` × ``height`` px."""
        return self.shape or preset(self.layout, width, height)

    def lending(self, layout: Layout) -> tuple[int, ...]:
        """Tiles that high alarms may show their cameras on, first to be taken
        first; ``layout`` as :meth:`arranged`. Never one that is pinned."""
        held = dict(self.pins)
        marked = self.alarm_tiles
        if marked is None:
            marked = () if self.shape is not None else lower_row(layout)
        return tuple(tile for tile in marked if tile < layout.size and tile not in held)

    def with_alarm_tiles(self, tiles: Sequence[int] | None) -> WallPlan:
        """Other tiles are lent to alarms; ``None``: those of the preset."""
        return replace(self, alarm_tiles=None if tiles is None else tuple(sorted(set(tiles))))

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-len(self.slots) // len(self.free))) if self.free else 1

    def shown(self) -> tuple[str, ...]:
        """Camera per tile of the current page, ``""`` where there is none."""
        free, tiles = self.free, [""] * self.per_page
        for tile, token in self.pins:
            tiles[tile] = token
        part = self.slots[self.page * len(free) : (self.page + 1) * len(free)]
        for tile, token in zip(free, part, strict=False):
            tiles[tile] = token
        return tuple(tiles)

    def turn(self, step: int) -> WallPlan:
        """Next or previous page, round and round."""
        return replace(self, page=(self.page + step) % self.pages)

    def with_layout(self, name: str, keep: str = "") -> WallPlan:
        """Another preset; the page that shows ``keep`` (or else the first
        camera shown now) comes up. Raises ``KeyError`` for no such preset."""
        PRESETS[name]  # raises
        return self._laid(replace(self, layout=name, shape=None, page=0, alarm_tiles=None), keep)

    def with_shape(self, shape: Layout, keep: str = "", alarm_tiles: tuple[int, ...] = ()) -> WallPlan:
        """Free spans; the cameras stay in view as in :meth:`with_layout`."""
        after = replace(self, layout=shape.name, shape=shape, page=0, alarm_tiles=alarm_tiles)
        return self._laid(after, keep)

    def _laid(self, after: WallPlan, keep: str) -> WallPlan:
        first = next((c for c in self.shown() if c and c not in self.held), "")
        after = after.repinned()
        for camera in (keep, first):
            if camera and camera in after.slots and after.free:
                return replace(after, page=after.slots.index(camera) // len(after.free))
        return after

    # -- pins ------------------------------------------------------------------

    def repinned(self) -> WallPlan:
        """The same with every pin on a tile that exists: what was pinned
        further back moves to the last free tile, what has no room any more
        hangs among the others, first."""
        kept: dict[int, str] = {}
        homeless: list[str] = []
        for tile, token in self.pins:
            if tile < self.per_page and tile not in kept:
                kept[tile] = token
            else:
                homeless.append(token)
        while homeless:
            free = [tile for tile in range(self.per_page) if tile not in kept]
            if not free:
                break
            kept[free[-1]] = homeless.pop()
        slots = (*homeless, *self.slots)
        return replace(self, slots=slots, pins=tuple(sorted(kept.items())))

    def pinned(self, tile: int) -> WallPlan:
        """Pin what hangs on a tile, or release it; an empty tile stays as it
        is. What is released stays where it is on this page."""
        held, n = dict(self.pins), len(self.free)
        if tile in held:
            token = held.pop(tile)
            pins = tuple(sorted(held.items()))
            rank = sum(one < tile for one in self.free)
            at = self.page * (n + 1) + rank
            slots = [*self.slots[:at], *[""] * (at - len(self.slots)), token, *self.slots[at:]]
            return replace(self, slots=_trim(slots), pins=pins)
        token = self.shown()[tile] if tile < self.per_page else ""
        if not token:
            return self
        at = self.page * n + self.free.index(tile)
        pins = tuple(sorted({**held, tile: token}.items()))
        after = replace(self, slots=_trim(self.slots[:at] + self.slots[at + 1 :]), pins=pins)
        return replace(after, page=min(after.page, after.pages - 1))

    def keeping(self, before: WallPlan) -> WallPlan:
        """This plan with the pins of ``before`` in place of its own: what is
        pinned stays when another plan is hung over it. A camera is shown once."""
        held = before.held
        slots = [one for one in (*self.slots, *self.held) if one not in held]
        after = replace(self, slots=_trim(slots), pins=before.pins).repinned()
        return replace(after, page=min(after.page, after.pages - 1))

    def _at(self, tile: int) -> int | None:
        """Where in ``slots`` a tile of this page is; ``None`` for a pinned one."""
        free = self.free
        return self.page * len(free) + free.index(tile) if tile in free else None

    # -- changes ---------------------------------------------------------------

    def swapped(self, a: int, b: int) -> WallPlan:
        """The cameras of two tiles of this page change places, unless one is pinned."""
        ia, ib = self._at(a), self._at(b)
        if ia is None or ib is None:
            return self
        slots = list(self.slots) + [""] * (max(ia, ib) + 1 - len(self.slots))
        slots[ia], slots[ib] = slots[ib], slots[ia]
        return replace(self, slots=_trim(slots))

    def placed(self, tile: int, camera: str) -> WallPlan:
        """``camera`` onto a tile. If it already hangs elsewhere the two change
        places, so that no camera is lost and none is shown twice. A pinned
        tile takes nothing, and what is pinned goes nowhere."""
        at = self._at(tile)
        if at is None or camera in self.held:
            return self
        slots = list(self.slots) + [""] * (at + 1 - len(self.slots))
        if camera and camera in slots:
            old = slots.index(camera)
            slots[old], slots[at] = slots[at], camera
        else:
            slots[at] = camera
        return replace(self, slots=_trim(slots))

    def filled(self, tile: int, cameras: Sequence[str], lent: Collection[int] = ()) -> tuple[WallPlan, int]:
        """Cameras from a tile onward, past what is pinned or ``lent`` to an
        alarm, and how many of them the page had room for."""
        free = [one for one in self.free if one not in lent]
        plan, room = self, [one for one in free if one >= tile] or free[-1:]
        wanted = [camera for camera in cameras if camera not in self.held]
        for place, camera in zip(room, wanted, strict=False):
            plan = plan.placed(place, camera)
        return plan, min(len(room), len(wanted)) + len(cameras) - len(wanted)

    def lent(self, tile: int, token: str) -> WallPlan:
        """``token`` on one tile, for looking only: elsewhere it is taken off.
        A pinned tile lends nothing: the next free one does."""
        if token in self.held or not self.free:
            return self
        place = next((one for one in self.free if one >= tile), self.free[-1])
        at = self.page * len(self.free) + self.free.index(place)
        slots = ["" if one == token else one for one in self.slots]
        slots += [""] * (at + 1 - len(slots))
        slots[at] = token
        return replace(self, slots=tuple(slots))

    def with_lock(self, locked: bool) -> WallPlan:
        """Locked against accident, or free."""
        return replace(self, locked=locked)

    def bring(self, camera: str) -> WallPlan:
        """The page that shows ``camera``; this one when it hangs nowhere, or is
        pinned and so on every page."""
        if not camera or not self.free or any(camera_of(one) == camera for one in self.held):
            return self
        whole = camera in self.slots
        at = next((i for i, c in enumerate(self.slots) if (c if whole else camera_of(c)) == camera), None)
        return self if at is None else replace(self, page=at // len(self.free))

    def following(self, known: Sequence[str]) -> WallPlan:
        """Cameras that no longer exist leave a gap, new ones go to the end."""
        exist = set(known)
        kept = [c if camera_of(c) in exist else "" for c in self.slots]
        pins = tuple((tile, token) for tile, token in self.pins if camera_of(token) in exist)
        hung = {camera_of(c) for c in (*kept, *(token for _, token in pins))}
        new = [c for c in known if c not in self.seen and c not in hung]
        after = replace(self, slots=_trim([*_trim(kept), *new]), seen=self.seen | exist, pins=pins)
        return replace(after, page=min(after.page, after.pages - 1))


def _trim(slots: Sequence[str]) -> tuple[str, ...]:
    end = len(slots)
    while end and not slots[end - 1]:
        end -= 1
    return tuple(slots[:end])


class History:
    """Undo and redo over plans."""

    def __init__(self) -> None:
        self._back: list[WallPlan] = []
        self._forth: list[WallPlan] = []

    def remember(self, before: WallPlan) -> None:
        """Call with the plan in force before a change."""
        self._back = [*self._back[-(DEPTH - 1) :], before]
        self._forth.clear()

    def undo(self, now: WallPlan) -> WallPlan | None:
        """The plan before the last change, or ``None``."""
        if not self._back:
            return None
        self._forth.append(now)
        return self._back.pop()

    def redo(self, now: WallPlan) -> WallPlan | None:
        """What :meth:`undo` took back, or ``None``."""
        if not self._forth:
            return None
        self._back.append(now)
        return self._forth.pop()
