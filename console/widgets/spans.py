"""Joining and splitting the units of a grid: what the editor of free spans
does. Pure; every result is a whole :class:`Layout`."""

from __future__ import annotations

from typing import Final

from console.widgets.layouts import Cell, Layout, grid

#: More units a side than this are too small to look at.
MOST: Final = 12


def resized(layout: Layout, columns: int, rows: int) -> Layout:
    """Another grid; spans that still fit stay, the rest are single units.
    Raises ``ValueError`` for a side that is not 1 … :data:`MOST`."""
    if not (1 <= columns <= MOST and 1 <= rows <= MOST):
        raise ValueError(f"a grid has 1 to {MOST} units a side")
    fit = [c for c in layout.cells if c.x + c.w <= columns and c.y + c.h <= rows]
    return _with(layout.name, columns, rows, fit)


def grown(layout: Layout, x0: int, y0: int, x1: int, y1: int) -> Cell:
    """The least rectangle with these two units in it that cuts no span."""
    left, right, top, bottom = min(x0, x1), max(x0, x1) + 1, min(y0, y1), max(y0, y1) + 1
    while True:
        hit = [
            c for c in layout.cells
            if c.x < right and c.x + c.w > left and c.y < bottom and c.y + c.h > top
        ]  # fmt: skip
        box = (
            min(left, *(c.x for c in hit), left), max(right, *(c.x + c.w for c in hit), right),
            min(top, *(c.y for c in hit), top), max(bottom, *(c.y + c.h for c in hit), bottom),
        )  # fmt: skip
        if box == (left, right, top, bottom):
            return Cell(left, top, right - left, bottom - top)
        left, right, top, bottom = box


def joined(layout: Layout, span: Cell) -> Layout:
    """``span`` becomes one tile; spans it touches must lie inside it
    (:func:`grown` sees to that), else ``ValueError``."""
    rest = [c for c in layout.cells if not _inside(c, span)]
    return _with(layout.name, layout.columns, layout.rows, [*rest, span])


def split(layout: Layout, x: int, y: int) -> Layout:
    """The span at a unit becomes single units again."""
    rest = [c for c in layout.cells if not _inside(Cell(x, y), c)]
    return _with(layout.name, layout.columns, layout.rows, rest)


def renamed(layout: Layout, name: str) -> Layout:
    """The same cells, big ones first, under another name."""
    return _with(name, layout.columns, layout.rows, list(layout.cells))


def plain(columns: int, rows: int) -> Layout:
    """Single units only."""
    return grid("", columns, rows)


def _inside(cell: Cell, span: Cell) -> bool:
    return (
        span.x <= cell.x
        and span.y <= cell.y
        and cell.x + cell.w <= span.x + span.w
        and cell.y + cell.h <= span.y + span.h
    )


def _with(name: str, columns: int, rows: int, cells: list[Cell]) -> Layout:
    taken = {(x, y) for c in cells for x in range(c.x, c.x + c.w) for y in range(c.y, c.y + c.h)}
    free = [Cell(x, y) for y in range(rows) for x in range(columns) if (x, y) not in taken]
    return Layout(name, columns, rows, tuple(sorted([*cells, *free], key=_order)))


def _order(cell: Cell) -> tuple[int, int, int]:
    return (-cell.w * cell.h, cell.y, cell.x)
