"""Which cause an invented officer codes for a broken promise."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

#: Of so many late cases one is closed without a cause, as people do.
UNCODED: Final = 0.12
#: Causes by the clock that was broken first, with their weights.
_OF: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "decision": (("verify_slow", 5), ("rush", 4), ("place_unclear", 2), ("no_reason", 1)),
    "dispatch": (("rush", 5), ("no_unit", 4), ("wrong_team", 2), ("system_down", 1)),
    "arrival": (("no_unit", 8), ("far", 6), ("place_unclear", 2), ("weather", 1), ("refused", 1)),
    "handling": (("needs_others", 5), ("resisted", 4), ("no_unit", 2), ("weather", 1), ("late_entry", 2)),
    "check": (("check_slow", 6), ("rush", 2), ("late_entry", 2)),
}
_ANY: Final = (("rush", 3), ("no_unit", 3), ("late_entry", 2), ("no_reason", 1))


def cause(dice: random.Random, broken: Sequence[str] = ()) -> str:
    """A code of ``console.domain.causes`` for the clocks that were ``broken``,
    in their order; sometimes none."""
    if dice.random() < UNCODED:
        return ""
    first = next((kind for kind in broken if kind in _OF), "")
    codes, weights = zip(*_OF.get(first, _ANY), strict=True)
    return str(dice.choices(codes, weights)[0])
