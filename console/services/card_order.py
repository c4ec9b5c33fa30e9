"""In which order cards stand: by slack, by due time, by number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from console.services.views import CaseCard

#: The ways to sort a board, the first one unless somebody chose another.
SORTS: Final = ("slack", "due", "number")
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
Key = Callable[[CaseCard], tuple[Any, ...]]


def by_slack(card: CaseCard) -> tuple[bool, datetime, str]:
    """Least slack first: the clock's time left less what cases of this kind
    usually still need, by the instant at which that is used up. Where nothing
    is known of the kind, the due time. Without a running clock last."""
    head = card.headline
    if head is None or head.paused_since is not None:
        return True, _NEVER, card.id
    pace = card.pace
    return False, head.due_at if pace is None else pace.latest_at, card.id


def by_due(card: CaseCard) -> tuple[bool, datetime, str]:
    """Earliest due time first; without a running clock last."""
    head = card.headline
    if head is None or head.paused_since is not None:
        return True, _NEVER, card.id
    return False, head.due_at, card.id


def by_number(card: CaseCard) -> tuple[str]:
    """Oldest first."""
    return (card.id,)


KEYS: Final[dict[str, Key]] = {"slack": by_slack, "due": by_due, "number": by_number}


def in_order(cards: Iterable[CaseCard], sort: str = SORTS[0]) -> bool:
    """True when ``cards`` already stand so; ten thousand need not be sorted
    again after each change."""
    keys = map(KEYS[sort], cards)
    return all(one <= other for one, other in pairwise(keys))


def arranged(cards: Sequence[CaseCard], sort: str = SORTS[0]) -> Sequence[CaseCard]:
    """``cards`` in this order; the same object when they stand so already."""
    return cards if in_order(cards, sort) else sorted(cards, key=KEYS[sort])


def held(before: Sequence[str], cards: Sequence[CaseCard]) -> Sequence[CaseCard]:
    """``cards`` (in order) with those of ``before`` left in the places they have
    towards each other: nothing moves under the hand of somebody who is
    choosing. What is new stands behind the one it follows."""
    place = {case_id: at for at, case_id in enumerate(before)}
    kept = sorted((card for card in cards if card.id in place), key=lambda card: place[card.id])
    if len(kept) == len(cards):
        return kept
    behind: dict[str, list[CaseCard]] = {}
    last = ""
    for card in cards:
        if card.id in place:
            last = card.id
        else:
            behind.setdefault(last, []).append(card)
    found = behind.get("", [])
    for card in kept:
        found.append(card)
        found.extend(behind.get(card.id, ()))
    return found
