"""The cards of the board: one list model a stage, fed by snapshots.

The models hold what the last ``BoardView`` said and nothing else. A running
time is not in here: the delegate paints it from the ticker's time, so that a
second costs no ``data()`` call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from console.models.card_filter import Sieved
from console.models.stage_model import CARD_ROLE, MANY, Key, StageModel
from console.models.stages import STAGE_OF, STAGES
from console.services.card_order import KEYS, SORTS, held
from console.services.identity_diff import IdentityDiff
from console.services.views import BoardView, CaseCard

__all__ = ["CARD_ROLE", "BoardModels", "Moved", "StageModel"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that changed its column."""

    case_id: str
    origin: str
    target: str


class BoardModels(QObject):
    """All columns together: which cards, in which order.

    A snapshot hands the same objects out again while nothing changed, so only
    cards that are other objects than before are looked at; ten thousand cases
    cost what changed among them. A filter (:meth:`sift`) takes cards out of the
    columns; numbers are found among all."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stages = {stage: StageModel(stage, self) for stage in STAGES}
        self.sort = SORTS[0]
        self._passes: Callable[[CaseCard], bool] | None = None
        self._diff: IdentityDiff[CaseCard] = IdentityDiff()
        self._cards: dict[str, CaseCard] = {}
        self._where: dict[str, str] = {}
        self._in: dict[str, dict[str, CaseCard]] = {stage: {} for stage in STAGES}
        # A card's place is worked out once; sorting then only compares.
        self._keys: dict[str, dict[str, Key]] = {stage: {} for stage in STAGES}
        self._ringing: dict[str, CaseCard] = {}
        #: Columns that have to be put in order as a whole.
        self._stale: set[str] = set()
        self._looked: tuple[BoardView, list[CaseCard], list[CaseCard]] | None = None

    def where(self, case_id: str) -> str:
        """The column of a case, or an empty string."""
        return self._where.get(case_id, "")

    def card(self, case_id: str) -> CaseCard | None:
        """The card of an open case, shown or not."""
        return self._cards.get(case_id)

    def shown(self) -> list[CaseCard]:
        """The cards that came through the filter, column by column."""
        return [card for cards in self._in.values() for card in cards.values()]

    @property
    def sieved(self) -> Sieved:
        """How many came through, of how many; which of the others ring."""
        return Sieved(len(self._where), len(self._cards), tuple(self._ringing.values()))

    def by_digits(self, digits: str) -> CaseCard | None:
        """The newest case whose number is, or ends with, these digits."""
        number = digits.zfill(4)
        exact = [card for card in self._cards.values() if card.number == f"#{number}"]
        loose = [card for card in self._cards.values() if card.number.endswith(digits)]
        found = exact or loose
        return max(found, key=_id_of) if found else None

    def sift(self, passes: Callable[[CaseCard], bool] | None) -> None:
        """From the next snapshot on show only cards that pass; ``None``: all."""
        self._passes = passes
        self._diff.forget()
        self._looked = None

    def sort_by(self, sort: str) -> None:
        """From the next snapshot on stand in this order."""
        self.sort = sort
        key = KEYS[sort]
        self._keys = {
            stage: {card.id: key(card) for card in cards.values()} for stage, cards in self._in.items()
        }
        self._stale = set(STAGES)

    def fresh(self, view: BoardView) -> list[CaseCard]:
        """The cards of a snapshot that are others than before; :meth:`apply`
        takes it from there."""
        fresh, gone = self._diff.look(view.cards)
        if len(fresh) == len(view.cards):
            # The first snapshot, or everything is to be looked at anew.
            gone = list(self._cards.values())
        self._looked = (view, fresh, gone)
        return fresh

    def apply(self, view: BoardView, hold: bool = False) -> tuple[Moved, ...] | None:
        """Take a snapshot; tells which cases changed their column, ``None``
        when nothing changed at all. With ``hold`` cards keep their order."""
        if self._looked is None or self._looked[0] is not view:
            self.fresh(view)
        assert self._looked is not None
        _, fresh, gone = self._looked
        self._diff.take(view.cards)
        self._looked = None
        moved, left, came = self._change(fresh, gone)
        whole, self._stale = self._stale, set()
        touched = whole.union(left, came)
        for stage in touched:
            few = len(left.get(stage, ())) + len(came.get(stage, ())) <= MANY
            if few and not hold and stage not in whole and self.stages[stage].straight:
                self.stages[stage].patch(left.get(stage, ()), came.get(stage, ()))
            else:
                self._put_in_order(stage, hold)
        if hold:
            self._stale = set(touched)
        return moved if fresh or gone or touched else None

    def _put_in_order(self, stage: str, hold: bool) -> None:
        model, held_in, keys = self.stages[stage], self._in[stage], self._keys[stage]
        cards = [held_in[case_id] for case_id in sorted(keys, key=keys.__getitem__)]
        if hold:
            model.apply(held(model.ids(), cards))
        else:
            model.apply(cards, keys)

    def _change(
        self, fresh: Sequence[CaseCard], gone: Sequence[CaseCard]
    ) -> tuple[tuple[Moved, ...], dict[str, list[str]], dict[str, list[tuple[Key, CaseCard]]]]:
        """Which cases changed their column, and by column which cases left it
        and which cards came, one that only changed in both."""
        left: dict[str, list[str]] = {}
        came: dict[str, list[tuple[Key, CaseCard]]] = {}
        origins: dict[str, str] = {}
        for card in gone:
            self._cards.pop(card.id, None)
            self._ringing.pop(card.id, None)
            stage = self._where.pop(card.id, "")
            if stage:
                origins[card.id] = stage
                left.setdefault(stage, []).append(card.id)
                del self._in[stage][card.id], self._keys[stage][card.id]
        moved: list[Moved] = []
        key_of = KEYS[self.sort]
        for card in fresh:
            stage = STAGE_OF.get(card.state, "")
            if not stage:
                continue
            self._cards[card.id] = card
            if self._passes is None or self._passes(card):
                key = key_of(card)
                self._where[card.id] = stage
                self._in[stage][card.id] = card
                self._keys[stage][card.id] = key
                came.setdefault(stage, []).append((key, card))
                origin = origins.get(card.id, stage)
                if origin != stage:
                    moved.append(Moved(card.id, origin, stage))
            elif card.severity is not None:
                self._ringing[card.id] = card
        return tuple(moved), left, came


def _id_of(card: CaseCard) -> str:
    return card.id
