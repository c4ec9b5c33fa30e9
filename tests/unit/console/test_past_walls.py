"""What hung on a wall at an instant, out of what was written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.models.past_walls import PastWall, shown, written
from console.services.history_records import WallChange

NOW = datetime(2026, 8, 5, 1, 0, tzinfo=UTC)
SHAPE = ("4", 2, 2, [(0, 0, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (1, 1, 1, 1)])


def wall(after_s: float, tour: dict[str, Any] | None = None, lent: dict[int, str] | None = None) -> PastWall:
    """Four tiles, the first pinned, as they were ``after_s`` seconds later."""
    tiles = ["gate", "a", "b", "c"]
    change = WallChange(
        NOW, "li.na", "desk-1", "wall-1", hung=written(SHAPE, tiles, (0, 3), tour, lent or {})
    )
    found = shown(change, NOW + timedelta(seconds=after_s))
    assert found is not None
    return found


def tokens(found: PastWall) -> list[str]:
    return [tile.token for tile in found.tiles]


def walk(kind: str, stops: list[str], count: int, **more: Any) -> dict[str, Any]:
    base = {"kind": kind, "name": "", "stops": stops, "count": count, "dwell_s": 10, "at": 0}
    return {**base, "tile": 2, "free": [1, 2, 3], "paused": False, **more}


def test_without_a_tour_it_hangs_as_it_was_written() -> None:
    found = wall(3600)
    assert tokens(found) == ["gate", "a", "b", "c"]
    assert (found.page, found.pages, found.tour) == (1, 3, "")
    assert [(tile.x, tile.y) for tile in found.tiles] == [(0, 0), (1, 0), (0, 1), (1, 1)]


def test_a_tour_of_pages_walks_by_its_dwell_and_leaves_what_is_pinned() -> None:
    tour = walk("pages", list("abcdefg"), 3)
    assert tokens(wall(9.9, tour)) == ["gate", "a", "b", "c"]
    assert tokens(wall(10, tour)) == ["gate", "d", "e", "f"]
    late = wall(25, tour)
    assert tokens(late) == ["gate", "g", "", ""]
    assert (late.stop, late.stops, late.page) == (3, 3, 3)
    assert wall(31, tour).stop == 1
    assert tokens(wall(3600, walk("pages", list("abcdefg"), 3, paused=True))) == ["gate", "a", "b", "c"]


def test_a_tour_of_one_tile_changes_that_tile_alone() -> None:
    tour = walk("cameras", ["b", "x", "y"], 3, at=1)
    assert tokens(wall(10, tour)) == ["gate", "a", "y", "c"]
    assert tokens(wall(20, tour)) == ["gate", "a", "b", "c"]


def test_what_was_lent_to_an_alarm_is_marked() -> None:
    found = wall(0, lent={3: "near"})
    assert tokens(found) == ["gate", "a", "b", "near"]
    assert [tile.lent for tile in found.tiles] == [False, False, False, True]


@pytest.mark.parametrize("hung", [{}, {"cells": [[0]]}, {"cells": 4}, {"layout": "4", "cells": "xx"}])
def test_what_cannot_be_read_is_left_out(hung: dict[str, Any]) -> None:
    assert shown(WallChange(NOW, "", "desk-1", "wall-1", hung=hung), NOW) is None
