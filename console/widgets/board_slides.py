"""Cards that slide to their next column: what moved is seen to move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from console.models.board import BoardModels, Moved
from console.models.stages import STAGES
from console.services.views import CaseCard
from console.widgets.card_delegate import CARD_HEIGHT, CardDelegate, card_rect
from console.widgets.card_slide import CardSlide
from console.widgets.stage_column import StageColumn

#: More moves at once than this are a reload, not something to watch.
MOST: Final = 4
#: More changed cards at once are one as well.
_FRESH: Final = 100


class BoardSlides:
    """Knows where cards stand on ``board``, before and after a snapshot."""

    def __init__(
        self, board: QWidget, models: BoardModels, columns: Mapping[str, StageColumn], delegate: CardDelegate
    ) -> None:
        self._board, self._models, self._columns, self._delegate = board, models, columns, delegate

    def places(self, cards: Sequence[CaseCard]) -> dict[str, QRect]:
        """Where those of ``cards`` that are about to leave their column stand
        now; nothing when that is a reload."""
        found: dict[str, QRect] = {}
        for card in cards if len(cards) <= _FRESH else ():
            stage = self._models.where(card.id)
            if stage and card.state not in STAGES[stage]:
                place = self._place(stage, card.id)
                if place is not None:
                    found[card.id] = place
                if len(found) > MOST:
                    return {}
        return found

    def slide(self, moved: Sequence[Moved], before: Mapping[str, QRect]) -> None:
        """Let those that moved slide from where they stood."""
        if not 0 < len(moved) <= MOST:
            return
        for one in moved:
            start = before.get(one.case_id)
            card, end = self._models.card(one.case_id), self._place(one.target, one.case_id)
            if start is not None and end is not None and card is not None:
                CardSlide(self._picture(card, start.width()), start, end.topLeft(), self._board)

    def _place(self, stage: str, case_id: str) -> QRect | None:
        view, model = self._columns[stage].view, self._models.stages[stage]
        row = model.row_of(case_id)
        if row < 0:
            return None
        cell = view.visualRect(model.index(row))
        if not view.viewport().rect().intersects(cell):
            return None
        card = card_rect(cell)
        return QRect(view.viewport().mapTo(self._board, card.topLeft()), card.size())

    def _picture(self, card: CaseCard, width: int) -> QPixmap:
        ratio = self._board.devicePixelRatioF()
        picture = QPixmap(round(width * ratio), round(CARD_HEIGHT * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self._delegate.draw(painter, QRect(0, 0, width, CARD_HEIGHT), card, selected=True, focused=False)
        painter.end()
        return picture
