"""The district on the large display: the ground, and each open case as a mark
that is read from afar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent

from console.domain.vocabulary import Lamp
from console.i18n import t
from console.services.views import BoardView, CaseCard
from console.theme import Theme
from console.widgets.map_backdrop import MapBackdrop
from console.widgets.map_ground import Ground
from console.widgets.map_tiles import TileStore
from console.widgets.ring import Reading, lamp_color, read

#: Size of a mark's words, as a share of the em.
MARK: Final = 0.55
#: What is worse lies above.
_WORSE: Final = {Lamp.GREEN: 0, Lamp.YELLOW: 1, Lamp.RED: 2}


class KioskMap(MapBackdrop):
    """All of the district, always; nothing to hold on to."""

    def __init__(self, theme: Theme, tiles: TileStore) -> None:
        super().__init__(theme, tiles)
        self.em = 48
        self._board: BoardView | None = None
        self._marks: list[tuple[CaseCard, Reading | None]] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_layers_of_kiosk()

    def show_layers_of_kiosk(self) -> None:
        """The ground without what a desk has above it."""
        self._layers -= {"cameras", "teams", "cases"}

    def set_ground(self, ground: Ground | None) -> None:
        """The map of the district."""
        self.ground = ground
        self._fit()
        self._ground_changed()

    def tell(self, board: BoardView | None, now: object, names: object) -> None:
        """The open cases and the second."""
        self._board = board
        if board is None or not self.isVisible():
            return
        marks: list[tuple[CaseCard, Reading | None]] = []
        for card in board.cards:
            if card.lon is not None and card.lat is not None:
                head = card.headline
                marks.append((card, None if head is None else read(head, now, board.calendar)))  # type: ignore[arg-type]
        marks.sort(key=_urgency)
        self._marks = marks
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The district fills the page."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.view = self.view.resized(self.width(), self.height())
        if self.ground is not None and self.ground.box is not None:
            self.view = self.view.fitted(self.ground.box, margin=round(self.em * 1.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, marks, and how many have no place."""
        self._want_ground()
        p = QPainter(self)
        self._paint_ground(p)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for card, reading in self._marks:
            x, y = self.view.place_on_screen(card.lon or 0.0, card.lat or 0.0)
            self._mark(p, QPointF(round(x), round(y)), card, reading)
        if self._board is not None:
            self._count(p, self._board.cards)

    def _mark(self, p: QPainter, at: QPointF, card: CaseCard, reading: Reading | None) -> None:
        font = self._theme.font(max(12, round(self.em * MARK)), True)
        metrics = QFontMetrics(font)
        urgent = reading is not None and not reading.paused and reading.lamp is not Lamp.GREEN
        words = card.number
        if urgent and reading is not None:
            words = f"{t(f'states.lamp_letter.{reading.lamp.value}')} {words} {reading.text}"
        wide, high = metrics.horizontalAdvance(words) + metrics.height() * 0.7, metrics.height() * 1.2
        point = self.em * 0.3
        box = QRectF(at.x() - wide / 2, at.y() - point - high, wide, high)
        # Wholly on the display, wherever its place is.
        box.moveLeft(max(4.0, min(box.left(), self.width() - wide - 4)))
        if box.top() < 4:
            box.moveTop(at.y() + point)
        color = lamp_color(self._theme, reading) if reading is not None else self._theme.color("muted")
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(color)
        p.drawEllipse(at, point * 0.6, point * 0.6)
        p.setPen(QPen(self._theme.color("bg") if urgent else color, max(1.0, self.em / 32)))
        p.setBrush(color if urgent else self._theme.color("panel"))
        p.drawRoundedRect(box, 6, 6)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setFont(font)
        p.setPen(self._theme.color("bg" if urgent else "text"))
        p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    def _count(self, p: QPainter, cards: Sequence[CaseCard]) -> None:
        unplaced = len(cards) - len(self._marks)
        text = t("kiosk.map.count", n=len(cards), unplaced=unplaced)
        font = self._theme.font(max(12, round(self.em * 0.62)), True)
        metrics = QFontMetrics(font)
        box = QRectF(self.em / 2, self.height() - metrics.height() * 1.55,
                     metrics.horizontalAdvance(text) + self.em, metrics.height() * 1.4)  # fmt: skip
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._theme.color("bg", 0.85))
        p.drawRoundedRect(box, 6, 6)
        p.setFont(font)
        p.setPen(self._theme.color("text"))
        p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _urgency(mark: tuple[CaseCard, Reading | None]) -> tuple[int, float]:
    reading = mark[1]
    if reading is None or reading.paused:
        return -1, 0.0
    return _WORSE[reading.lamp], -reading.remaining_s
