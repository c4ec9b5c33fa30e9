"""Where tiles lie: pure geometry, no Qt.

A layout is a grid of cells; some span several units. Laid on an area, the
tiles cover it without gap or overlap (the seams are painted inside them), and
their edges fall on whole device pixels, so that a picture can be painted one
to one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: Street cameras deliver 16:9 unless their stream says otherwise.
ASPECT: Final = 16 / 9
#: Presets with at least so many tiles lend their lower row to alarms.
LENDING_FROM: Final = 6


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels; ``right`` and ``bottom`` are exclusive."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """First pixel column that is no longer inside."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """First pixel row that is no longer inside."""
        return self.y + self.h

    def contains(self, x: float, y: float) -> bool:
        """True when the point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Cell:
    """A tile in grid units."""

    x: int
    y: int
    w: int = 1
    h: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A named arrangement. Cells are in reading order, the big ones first;
    raises ``ValueError`` when they overlap, leave a hole or stick out."""

    name: str
    columns: int
    rows: int
    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[int, int]] = set()
        for cell in self.cells:
            for x in range(cell.x, cell.x + cell.w):
                for y in range(cell.y, cell.y + cell.h):
                    if (x, y) in seen or not (0 <= x < self.columns and 0 <= y < self.rows):
                        raise ValueError(f"layout {self.name}: cell {cell} does not fit")
                    seen.add((x, y))
        if len(seen) != self.columns * self.rows:
            raise ValueError(f"layout {self.name}: {self.columns * self.rows - len(seen)} units are empty")

    @property
    def size(self) -> int:
        """Number of tiles."""
        return len(self.cells)


def grid(name: str, columns: int, rows: int) -> Layout:
    """Equal tiles."""
    return Layout(name, columns, rows, tuple(Cell(x, y) for y in range(rows) for x in range(columns)))


def spans(name: str, columns: int, rows: int, big: Sequence[Cell]) -> Layout:
    """The cells of ``big`` first, single units around them in reading order."""
    taken = {(x, y) for c in big for x in range(c.x, c.x + c.w) for y in range(c.y, c.y + c.h)}
    small = [Cell(x, y) for y in range(rows) for x in range(columns) if (x, y) not in taken]
    return Layout(name, columns, rows, (*big, *small))


#: Every preset with the shapes it may take; the one whose tiles come nearest
#: to 16:9 on the given area is used.
PRESETS: Final[Mapping[str, tuple[Layout, ...]]] = {
    "1": (grid("1", 1, 1),),
    "4": (grid("4", 2, 2),),
    "6": (grid("6", 3, 2), grid("6", 2, 3)),
    "8": (grid("8", 4, 2), grid("8", 2, 4)),
    "9": (grid("9", 3, 3),),
    "16": (grid("16", 4, 4),),
    "25": (grid("25", 5, 5),),
    "36": (grid("36", 6, 6),),
    "64": (grid("64", 8, 8),),
    "1+5": (spans("1+5", 3, 3, (Cell(0, 0, 2, 2),)),),
    "1+7": (spans("1+7", 4, 4, (Cell(0, 0, 3, 3),)),),
    "2+8": (spans("2+8", 4, 4, (Cell(0, 0, 2, 2), Cell(2, 0, 2, 2))),),
}


def preset(name: str, width: int, height: int) -> Layout:
    """The preset ``name`` in the shape that suits the area. Raises
    ``KeyError`` for a name that is not in :data:`PRESETS`."""
    if width <= 0 or height <= 0:
        return PRESETS[name][0]

    def off(layout: Layout) -> float:
        aspect = (width / layout.columns) / (height / layout.rows)
        return max(aspect / ASPECT, ASPECT / aspect)

    return min(PRESETS[name], key=off)


def nearest(count: int) -> str:
    """The smallest equal-tile preset that shows ``count`` cameras at once."""
    for name in ("1", "4", "6", "9", "16", "25", "36", "64"):
        if count <= int(name):
            return name
    return "64"


def lower_row(layout: Layout) -> tuple[int, ...]:
    """Tiles at the lower edge, from the left; none of a layout with fewer than
    :data:`LENDING_FROM`, which is hung to see just these cameras large."""
    if layout.size < LENDING_FROM:
        return ()
    lowest = [i for i, c in enumerate(layout.cells) if c.y + c.h == layout.rows]
    return tuple(sorted(lowest, key=[c.x for c in layout.cells].__getitem__))


def tiles(layout: Layout, width: int, height: int) -> tuple[Rect, ...]:
    """The tiles on an area of ``width`` × ``height`` px, in cell order.

    Edges are rounded, not sizes, so that neighbours share them and a tile is
    at most one pixel larger than another of the same span.
    """
    xs = [width * i // layout.columns for i in range(layout.columns + 1)]
    ys = [height * i // layout.rows for i in range(layout.rows + 1)]
    return tuple(
        Rect(xs[c.x], ys[c.y], xs[c.x + c.w] - xs[c.x], ys[c.y + c.h] - ys[c.y]) for c in layout.cells
    )


def fit(aspect: float, box: Rect) -> Rect:
    """The largest rectangle of ``aspect`` (width/height) inside ``box``,
    centred; sides even, since that is what a scaler is quick with."""
    if box.w < 2 or box.h < 2:
        return Rect(box.x, box.y, 0, 0)
    w, h = float(box.w), float(box.h)
    if w / h > aspect:
        w = h * aspect
    else:
        h = w / aspect
    wi, hi = max(2, min(box.w, round(w)) & ~1), max(2, min(box.h, round(h)) & ~1)
    return Rect(box.x + (box.w - wi) // 2, box.y + (box.h - hi) // 2, wi, hi)


def neighbour(rects: Sequence[Rect], current: int, dx: int, dy: int) -> int:
    """Index of the tile next to ``current`` in a direction (one of ``dx``,
    ``dy`` is ±1), judged by centres; ``current`` itself at the rim."""
    here = rects[current]
    cx, cy = here.x + here.w / 2, here.y + here.h / 2
    best, best_cost = current, float("inf")
    for i, r in enumerate(rects):
        ahead = (r.x + r.w / 2 - cx) * dx + (r.y + r.h / 2 - cy) * dy
        touching = r.right > here.x and r.x < here.right if dy else r.bottom > here.y and r.y < here.bottom
        if i == current or ahead <= 0 or not touching:
            continue
        aside = abs(r.y + r.h / 2 - cy) if dx else abs(r.x + r.w / 2 - cx)
        cost = ahead + aside / 1000
        if cost < best_cost:
            best, best_cost = i, cost
    return best
