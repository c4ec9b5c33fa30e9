"""What hangs on a wall: an ordered list of cameras and the layout that pages
through it. Pure and frozen, so that undo is keeping the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.widgets.hangings import camera_of
from console.widgets.layouts import PRESETS, Layout, preset

#: Steps of undo that are kept.
DEPTH = 50


@dataclass(frozen=True, slots=True)
class WallPlan:
    """``slots`` holds a camera id or ``""`` for a tile left empty; ``page``
    counts from 0. ``locked`` guards against an accidental change; paging is
    looking, not changing, and stays possible. ``seen`` are the cameras that
    were hung once: one taken off on purpose does not come back by itself.
    ``shape`` is set for free spans, whose name ``layout`` then is."""

    layout: str = "16"
    slots: tuple[str, ...] = ()
    page: int = 0
    locked: bool = False
    seen: frozenset[str] = frozenset()
    shape: Layout | None = None

    @property
    def per_page(self) -> int:
        """Tiles of the layout."""
        return (self.shape or PRESETS[self.layout][0]).size

    def arranged(self, width: int, height: int) -> Layout:
        """The cells on an area of ``width`` × ``height`` px."""
        return self.shape or preset(self.layout, width, height)

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-len(self.slots) // self.per_page))

    def shown(self) -> tuple[str, ...]:
        """Camera per tile of the current page, ``""`` where there is none."""
        n = self.per_page
        part = self.slots[self.page * n : (self.page + 1) * n]
        return part + ("",) * (n - len(part))

    def turn(self, step: int) -> WallPlan:
        """Next or previous page, round and round."""
        return replace(self, page=(self.page + step) % self.pages)

    def with_layout(self, name: str, keep: str = "") -> WallPlan:
        """Another preset; the page that shows ``keep`` (or else the first
        camera shown now) comes up. Raises ``KeyError`` for no such preset."""
        PRESETS[name]  # raises
        return self._laid(replace(self, layout=name, shape=None, page=0), keep)

    def with_shape(self, shape: Layout, keep: str = "") -> WallPlan:
        """Free spans; the cameras stay in view as in :meth:`with_layout`."""
        return self._laid(replace(self, layout=shape.name, shape=shape, page=0), keep)

    def _laid(self, after: WallPlan, keep: str) -> WallPlan:
        first = next((c for c in self.shown() if c), "")
        for camera in (keep, first):
            if camera and camera in self.slots:
                return replace(after, page=self.slots.index(camera) // after.per_page)
        return after

    def swapped(self, a: int, b: int) -> WallPlan:
        """The cameras of two tiles of this page change places."""
        ia, ib = self.page * self.per_page + a, self.page * self.per_page + b
        slots = list(self.slots) + [""] * (max(ia, ib) + 1 - len(self.slots))
        slots[ia], slots[ib] = slots[ib], slots[ia]
        return replace(self, slots=_trim(slots))

    def placed(self, tile: int, camera: str) -> WallPlan:
        """``camera`` onto a tile. If it already hangs elsewhere the two change
        places, so that no camera is lost and none is shown twice."""
        at = self.page * self.per_page + tile
        slots = list(self.slots) + [""] * (at + 1 - len(self.slots))
        if camera and camera in slots:
            old = slots.index(camera)
            slots[old], slots[at] = slots[at], camera
        else:
            slots[at] = camera
        return replace(self, slots=_trim(slots))

    def with_lock(self, locked: bool) -> WallPlan:
        """Locked against accident, or free."""
        return replace(self, locked=locked)

    def bring(self, camera: str) -> WallPlan:
        """The page that shows ``camera``; this one when it hangs nowhere."""
        whole = camera in self.slots
        at = next((i for i, c in enumerate(self.slots) if (c if whole else camera_of(c)) == camera), None)
        return self if not camera or at is None else replace(self, page=at // self.per_page)

    def following(self, known: Sequence[str]) -> WallPlan:
        """Cameras that no longer exist leave a gap, new ones go to the end."""
        exist = set(known)
        kept = [c if camera_of(c) in exist else "" for c in self.slots]
        hung = {camera_of(c) for c in kept}
        new = [c for c in known if c not in self.seen and c not in hung]
        after = replace(self, slots=_trim([*_trim(kept), *new]), seen=self.seen | exist)
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
