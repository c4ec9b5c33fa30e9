"""Between what a wall shows and what is stored under a name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from console.services.wall_layouts import Hung, hung_from
from console.widgets.layouts import PRESETS, Cell, Layout
from console.widgets.wall_plan import WallPlan


def hung_of(plan: WallPlan) -> Hung:
    """What is stored of a plan."""
    shape = plan.shape
    if shape is None:
        return Hung(plan.layout, plan.slots, plan.locked, pins=plan.pins, alarm_tiles=plan.alarm_tiles)
    cells = tuple((c.x, c.y, c.w, c.h) for c in shape.cells)
    spans = shape.columns, shape.rows, cells
    return Hung(shape.name, plan.slots, plan.locked, *spans, plan.pins, plan.alarm_tiles)


def shape_of(hung: Hung) -> Layout | None:
    """Its free spans, ``None`` for a preset. Raises ``ValueError`` for spans
    that overlap, leave a hole or stick out, and for an unknown preset."""
    if hung.cells:
        return Layout(hung.layout, hung.columns, hung.rows, tuple(Cell(*cell) for cell in hung.cells))
    if hung.layout not in PRESETS:
        raise ValueError(f"no layout {hung.layout}")
    return None


def plan_of(hung: Hung, known: Collection[str]) -> WallPlan:
    """The plan to hang: cameras that are gone leave a gap, and none that the
    layout leaves out comes along. Raises ``ValueError`` as :func:`shape_of`."""
    shape = shape_of(hung)
    plan = WallPlan(
        hung.layout, hung.slots, 0, hung.locked, frozenset(known), shape, _pins(hung), _lent(hung)
    )
    return plan.repinned().following(tuple(known))


def same(plan: WallPlan, hung: Hung) -> bool:
    """The wall shows just this layout, whatever the page and the lock."""
    return replace(hung_of(plan), locked=hung.locked) == hung


def kept(plan: WallPlan) -> dict[str, Any]:
    """A plan with its page, for the file that outlives a restart."""
    hung = hung_of(plan)
    return {
        "layout": hung.layout,
        "slots": list(hung.slots),
        "locked": hung.locked,
        "columns": hung.columns,
        "rows": hung.rows,
        "cells": [list(cell) for cell in hung.cells],
        "pins": [list(pin) for pin in hung.pins],
        "alarm_tiles": None if plan.alarm_tiles is None else list(plan.alarm_tiles),
        "page": plan.page,
        "seen": sorted(plan.seen),
    }


def restored(row: Mapping[str, Any], known: Collection[str]) -> WallPlan:
    """What :func:`kept` wrote; cameras added since hang at the end. Raises
    ``KeyError``, ``TypeError`` or ``ValueError`` for what is no such plan."""
    hung = hung_from(row)
    seen = frozenset(str(one) for one in row["seen"])
    page = max(0, int(row["page"]))
    plan = WallPlan(
        hung.layout, hung.slots, page, hung.locked, seen, shape_of(hung), _pins(hung), _lent(hung)
    )
    return plan.repinned().following(tuple(known))


def _pins(hung: Hung) -> tuple[tuple[int, str], ...]:
    """Pins as a plan may have them: no camera twice, none on no tile."""
    kept = {token: tile for tile, token in hung.pins if tile >= 0 and token and token not in hung.slots}
    return tuple(sorted((tile, token) for token, tile in kept.items()))


def _lent(hung: Hung) -> tuple[int, ...] | None:
    """Alarm tiles as a plan may have them: none before the first tile."""
    marked = hung.alarm_tiles
    return None if marked is None else tuple(tile for tile in marked if tile >= 0)
