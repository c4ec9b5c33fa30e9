"""One list of decoding wishes out of several walls. No Qt.

Each wall, page or focus view offers what it shows; the feeds are told the sum:
per camera the strongest mode and the largest box anybody needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from console.services.ports import Budget

MOVING: Final = "moving"
SLOW: Final = "slow"
IDLE: Final = "idle"
_RANK: Final = {IDLE: 0, SLOW: 1, MOVING: 2}


def merge(offers: Mapping[str, Mapping[str, Budget]]) -> dict[str, Budget]:
    """Per camera the strongest mode and, of that mode, the largest box."""
    out: dict[str, Budget] = {}
    for wishes in offers.values():
        for camera, budget in wishes.items():
            best = out.get(camera)
            key = (_RANK[budget.mode], budget.width * budget.height)
            if best is None or key > (_RANK[best.mode], best.width * best.height):
                out[camera] = budget
    return out


class BudgetDesk:
    """Collects the wishes of all views; ``tell`` is called only when their
    sum has changed."""

    def __init__(self, tell: Callable[[Mapping[str, Budget]], None]) -> None:
        self._tell = tell
        self._offers: dict[str, dict[str, Budget]] = {}
        self._told: dict[str, Budget] | None = None

    def offer(self, view: str, wishes: Mapping[str, Budget]) -> None:
        """What ``view`` needs from now on; empty when it shows nothing."""
        if wishes:
            self._offers[view] = dict(wishes)
        else:
            self._offers.pop(view, None)
        total = merge(self._offers)
        if total != self._told:
            self._told = total
            self._tell(dict(total))
