"""What several screens ask of the same snapshot: cards by id and by camera.

A snapshot of ten thousand cards reaches a dozen listeners. Each used to walk
through all of them; here one comparison with the snapshot before
(:mod:`console.services.identity_diff`) finds what changed, and only the
cameras it touched are looked at again. For the GUI thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.domain.model import Deadline
from console.domain.vocabulary import Severity
from console.services.identity_diff import IdentityDiff
from console.services.views import BoardView, CaseCard


@dataclass(frozen=True, slots=True)
class Badge:
    """The most pressing case of a camera; ``more`` counts its other cases."""

    case_id: str
    number: str
    deadline: Deadline
    more: int = 0


class BoardIndex:
    """One snapshot, looked up. All of it changes with the next snapshot."""

    def __init__(self) -> None:
        self._diff: IdentityDiff[CaseCard] = IdentityDiff()
        self._cards: dict[str, CaseCard] = {}
        self._at: dict[str, dict[str, CaseCard]] = {}
        self._badges: dict[str, Badge] = {}
        self._cased: set[str] = set()
        self._high: set[str] = set()

    def take(self, view: BoardView) -> None:
        """Follow a snapshot; costs what changed since the one before."""
        fresh, gone = self._diff.look(view.cards)
        self._diff.take(view.cards)
        touched: set[str] = set()
        for card in gone:
            self._cards.pop(card.id, None)
            if card.camera:
                self._at.get(card.camera, {}).pop(card.id, None)
                touched.add(card.camera)
        for card in fresh:
            self._cards[card.id] = card
            if card.camera:
                self._at.setdefault(card.camera, {})[card.id] = card
                touched.add(card.camera)
        for camera in touched:
            self._look(camera)

    @property
    def cards(self) -> Mapping[str, CaseCard]:
        """Every card by its case."""
        return self._cards

    @property
    def badges(self) -> Mapping[str, Badge]:
        """Of each camera's open cases the one that is due first."""
        return self._badges

    @property
    def cased(self) -> frozenset[str]:
        """Cameras with a case whose clock runs or that rings."""
        return frozenset(self._cased)

    @property
    def high(self) -> frozenset[str]:
        """Cameras with a case that rings high."""
        return frozenset(self._high)

    def _look(self, camera: str) -> None:
        cards = self._at.get(camera, {}).values()
        ticking = [card for card in cards if card.headline is not None]
        self._badges.pop(camera, None)
        if ticking:
            first = min(ticking, key=_pressing)
            assert first.headline is not None
            self._badges[camera] = Badge(first.id, first.number, first.headline, len(ticking) - 1)
        _keep(self._cased, camera, bool(ticking) or any(card.severity is not None for card in cards))
        _keep(self._high, camera, any(card.severity is Severity.HIGH for card in cards))
        if not cards:
            self._at.pop(camera, None)


def of(view: BoardView) -> BoardIndex:
    """The index of the newest snapshot; whoever asks first brings it up."""
    _INDEX.take(view)
    return _INDEX


_INDEX = BoardIndex()


def _keep(cameras: set[str], camera: str, wanted: bool) -> None:
    if wanted:
        cameras.add(camera)
    else:
        cameras.discard(camera)


def _pressing(card: CaseCard) -> tuple[bool, datetime]:
    head = card.headline
    assert head is not None
    return head.paused_since is not None, head.due_at
