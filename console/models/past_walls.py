"""What hung on a wall, written down and read again. Pure, no Qt.

Of a wall's plan only what could be seen is kept: the tiles of the page shown,
the shape, what was lent to alarms, and a tour with what it walked through. A
tour is written down when it begins, is paused or ends, not at each stop: which
stop was shown at an instant follows from its dwell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from console.models.tours import CAMERAS, GROUP, LAYOUTS, PAGES
from console.services.history_records import WallChange

Hung = Mapping[str, Any]
#: Tours that walk through what is written down with them.
_WALKS: Final = frozenset({PAGES, GROUP, CAMERAS})


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: left, top, width, height in units of the grid; what hangs on it
    (``""`` for nothing) and whether it was lent to an alarm."""

    x: int
    y: int
    w: int
    h: int
    token: str
    lent: bool = False


@dataclass(frozen=True, slots=True)
class PastWall:
    """A wall at an instant: its grid, its tiles, and the tour that walked on it
    (``kind``, ``name``, stop and number of stops from 1; ``at`` 0 for none)."""

    seat: str
    name: str
    layout: str
    columns: int
    rows: int
    tiles: tuple[Tile, ...]
    page: int = 1
    pages: int = 1
    tour: str = ""
    tour_name: str = ""
    stop: int = 0
    stops: int = 0
    paused: bool = False


def written(
    shape: tuple[str, int, int, Sequence[tuple[int, int, int, int]]],
    tiles: Sequence[str],
    page: tuple[int, int],
    tour: Mapping[str, Any] | None,
    lent: Mapping[int, str],
) -> dict[str, Any]:
    """What is kept of a wall. ``shape``: name, columns, rows and cells of its
    layout; ``page``: the page shown and how many there are, from 0; ``tour``:
    kind, name, stops (cameras), dwell_s, at, tile, paused."""
    name, columns, rows, cells = shape
    kept: dict[str, Any] = {
        "layout": name,
        "columns": columns,
        "rows": rows,
        "cells": [list(cell) for cell in cells],
        "tiles": list(tiles),
        "page": page[0],
        "pages": page[1],
    }
    if tour is not None:
        kept["tour"] = dict(tour)
    if lent:
        kept["lent"] = [[tile, camera] for tile, camera in sorted(lent.items())]
    return kept


def shown(change: WallChange, at: datetime) -> PastWall | None:
    """The wall as it hung at ``at`` (at or after the change); ``None`` where
    what was written down cannot be read."""
    try:
        return _shown(change, at)
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def _shown(change: WallChange, at: datetime) -> PastWall:
    hung = change.hung
    cells = [tuple(int(part) for part in cell) for cell in hung["cells"]]
    tokens = [str(one) for one in hung["tiles"]]
    tokens += [""] * (len(cells) - len(tokens))
    tour = hung.get("tour")
    wall = PastWall(
        change.seat,
        change.wall,
        str(hung["layout"]),
        int(hung["columns"]),
        int(hung["rows"]),
        (),
        int(hung.get("page", 0)) + 1,
        int(hung.get("pages", 1)),
    )
    if tour is not None:
        wall, tokens = _walked(wall, tokens, tour, (at - change.at).total_seconds())
    lent = {int(tile): str(camera) for tile, camera in hung.get("lent", ())}
    tiles = tuple(
        Tile(x, y, w, h, lent.get(index, tokens[index]), index in lent)
        for index, (x, y, w, h) in enumerate(cells)
    )
    return replace(wall, tiles=tiles)


def _walked(
    wall: PastWall, tokens: list[str], tour: Mapping[str, Any], passed_s: float
) -> tuple[PastWall, list[str]]:
    """Where a tour had come to, and what it showed there."""
    kind, many = str(tour["kind"]), max(1, int(tour["count"]))
    gone = 0 if tour["paused"] or kind == LAYOUTS else int(passed_s // float(tour["dwell_s"]))
    stop = (int(tour["at"]) + gone) % many
    cameras = [str(one) for one in tour.get("stops", ())]
    if gone and kind in _WALKS:
        if kind == CAMERAS:
            tokens = list(tokens)
            tokens[int(tour["tile"])] = cameras[stop]
        else:
            tokens = _page(tokens, cameras, [int(one) for one in tour["free"]], stop)
    page = stop + 1 if kind == PAGES else wall.page
    told = replace(
        wall,
        page=page,
        tour=kind,
        tour_name=str(tour.get("name", "")),
        stop=stop + 1,
        stops=many,
        paused=bool(tour["paused"]),
    )
    return told, tokens


def _page(tokens: Sequence[str], cameras: Sequence[str], free: Sequence[int], page: int) -> list[str]:
    """The tiles of a page: what is pinned stays."""
    made = list(tokens)
    part = cameras[page * len(free) : (page + 1) * len(free)]
    for place, tile in enumerate(free):
        made[tile] = part[place] if place < len(part) else ""
    return made
