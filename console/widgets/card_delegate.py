"""Paints a case as a card: number, category, place, countdown, who.

The countdown is computed here from the ticker's time; :func:`time_rect` is the
only part a second repaints.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPen, QPolygonF, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from console.domain.calendars import WorkingCalendar
from console.domain.vocabulary import Lamp, Severity
from console.i18n import either, t
from console.models import chance_words
from console.models.board import CARD_ROLE
from console.models.branch_words import card_marks, marks_told
from console.models.names import NOBODY
from console.models.pace_words import explained, short_words
from console.models.wording import clock_name, letter
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.ring import Reading, lamp_color, paint_ring, read

CARD_HEIGHT: Final = 104
GAP: Final = 8
_PAD: Final = 12
_EDGE: Final = 4
#: Narrower than this, a time with hours is drawn one step smaller.
_WIDE: Final = 120
_LONG: Final = 7
#: In less room than this a name is not worth beginning, px.
_NAME_LEAST: Final = 36
#: Cards of which it is known what was painted; more are never on a screen.
_KNOWN: Final = 2000
_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_V: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)


def card_rect(cell: QRect) -> QRect:
    """The card inside its cell; the gap below belongs to the cell."""
    return QRect(cell.left(), cell.top(), cell.width(), CARD_HEIGHT)


def time_rect(cell: QRect) -> QRect:
    """What changes once a second: lamp edge to the end of the digits."""
    card = card_rect(cell)
    return QRect(card.left(), card.top() + 48, card.width(), 28)


def who_rect(cell: QRect) -> QRect:
    """The last row: who, and whether the usual pace will do."""
    card = card_rect(cell)
    return QRect(card.left(), card.top() + 76, card.width(), 24)


class CardDelegate(QStyledItemDelegate):
    """One delegate for all columns; counts its paints for the tests."""

    def __init__(self, theme: Theme, ticker: Ticker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ticker = ticker
        self.calendar: WorkingCalendar | None = None
        self.teams: Mapping[str, str] = {}
        self.names = NOBODY
        self.history = 0
        self.painted = 0
        #: What of the viewport is being painted; the rest of a card is left.
        self.region: QRegion | None = None
        self._short: dict[str, str] = {}
        self._marked: dict[str, tuple[tuple[str, str], ...]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cards are of one height."""
        return QSize(132, CARD_HEIGHT + GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one card."""
        card = index.data(CARD_ROLE)
        if not isinstance(card, CaseCard):
            return
        self.painted += 1
        painter.save()
        state = option.state
        self.draw(
            painter,
            card_rect(option.rect),
            card,
            selected=bool(state & QStyle.StateFlag.State_Selected),
            focused=bool(state & QStyle.StateFlag.State_HasFocus),
            region=self.region,
        )
        painter.restore()

    def read(self, card: CaseCard) -> Reading | None:
        """The clock of a card now."""
        if card.headline is None or self.calendar is None:
            return None
        return read(card.headline, self._ticker.now(), self.calendar)

    def turned(self, card: CaseCard) -> bool:
        """True when a card's word about its pace or its chance, or about a reply
        that is due, is not what was painted."""
        if card.reply_by is not None and self._marked.get(card.id) != card_marks(card, self._ticker.now()):
            return True
        if card.pace is None and card.chance is None:
            return False
        return self._short.get(card.id, "") != _short(card, self.read(card), self._ticker.now())

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """All of the card, and why it stands where it stands."""
        card = index.data(CARD_ROLE)
        if not isinstance(card, CaseCard):
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), self.tip(card), view)
        return True

    def tip(self, card: CaseCard) -> str:
        """The words of a card's tool tip."""
        reading = self.read(card)
        where = self.names.where(card.community, card.place or card.camera)
        first = " · ".join(one for one in (card.number, either(card.name_zh, card.name_en), where) if one)
        now = self._ticker.now()
        pace = explained(card, reading.remaining_s, self.history) if reading is not None else ""
        foretold = card.chance is not None and now < card.chance.due_at
        chance = chance_words.explained(card.chance, now) if card.chance and foretold else ""
        return "\n".join(one for one in (first, pace, chance, *marks_told(card, now)) if one)

    def draw(
        self,
        painter: QPainter,
        box: QRect,
        card: CaseCard,
        *,
        selected: bool,
        focused: bool,
        region: QRegion | None = None,
    ) -> None:
        """Draw a card into ``box`` (also used for the one that slides), or only
        what of it lies in ``region``: a second changes one line of three."""
        reading = self.read(card)
        whole = region is None or not time_rect(box).contains(region.intersected(box).boundingRect())
        self._ground(painter, box, selected=selected, focused=focused, whole=whole)
        self._edge(painter, box, reading)
        inner = box.adjusted(_PAD, 8, -8, -8)
        if region is None or region.intersects(box.adjusted(0, 0, 0, 47 - box.height())):
            self._head(painter, inner, card)
        if region is None or region.intersects(time_rect(box)):
            self._time(painter, inner, card, reading)
        if region is None or region.intersects(who_rect(box)):
            self._who(painter, inner, card, _short(card, reading, self._ticker.now()))

    def _ground(self, painter: QPainter, box: QRect, *, selected: bool, focused: bool, whole: bool) -> None:
        theme = self._theme
        line = theme.color("accent" if focused else "muted" if selected else "line")
        ground = theme.color("raised" if selected else "panel")
        if not whole:  # between the corners a card is two straight lines
            row = time_rect(box)
            painter.fillRect(row, ground)
            painter.fillRect(QRect(row.left(), row.top(), 1, row.height()), line)
            painter.fillRect(QRect(row.right(), row.top(), 1, row.height()), line)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(line, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _edge(self, painter: QPainter, box: QRect, reading: Reading | None) -> None:
        # Green stays a thin ring only: a quiet board has no coloured edges.
        if reading is None or reading.paused or reading.lamp is Lamp.GREEN:
            return
        painter.fillRect(
            QRect(box.left(), box.top() + 4, _EDGE, box.height() - 8), lamp_color(self._theme, reading)
        )

    def _head(self, painter: QPainter, inner: QRect, card: CaseCard) -> None:
        theme = self._theme
        row = QRect(inner.left(), inner.top(), inner.width(), 20)
        if card.severity is not None:
            row.setRight(inner.right() - 24)
            self._letter(painter, QRect(inner.right() - 19, inner.top(), 20, 20), card.severity)
        name = either(card.name_zh, card.name_en) or "—"
        _words(painter, row, name, theme.font(14, True), theme.color("text"))
        where = self.names.where(card.community, card.place or card.camera)
        second = QRect(inner.left(), inner.top() + 20, inner.width(), 20)
        font = theme.font(12)
        number = QFontMetrics(font).horizontalAdvance(card.number) + 8
        _words(painter, second, card.number, font, theme.color("muted"))
        _words(painter, second.adjusted(number, 0, 0, 0), where, font, theme.color("muted"))

    def _letter(self, painter: QPainter, box: QRect, severity: Severity) -> None:
        color = self._theme.severity(severity)
        painter.setPen(QPen(color, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.setFont(self._theme.font(12, True))
        painter.drawText(box, _CENTER, letter(severity))

    def _time(self, painter: QPainter, inner: QRect, card: CaseCard, reading: Reading | None) -> None:
        theme = self._theme
        top = inner.top() + 42
        if reading is None or card.headline is None:
            row = QRect(inner.left(), top, inner.width(), 24)
            _words(painter, row, "—", theme.font(20, True), theme.color("muted"))
            return
        paint_ring(painter, QRectF(inner.left(), top, 23, 23), theme, reading, 2.5)
        self._lamp_letter(painter, QRect(inner.left(), top, 24, 23), reading)
        wide = inner.width() >= _WIDE
        font = theme.font(20 if wide or len(reading.text) < _LONG else 16, True)
        digits = QRect(inner.left() + 28, top, inner.width() - 28, 24)
        painter.setFont(font)
        painter.setPen(theme.color("muted" if reading.paused else "text"))
        painter.drawText(digits, _LEFT_V, reading.text)
        used = QFontMetrics(font).horizontalAdvance(reading.text) + 8
        kind, small = clock_name(card.headline.kind), theme.font(12)
        if digits.width() - used >= QFontMetrics(small).horizontalAdvance(kind):
            painter.setFont(small)
            painter.setPen(theme.color("muted"))
            painter.drawText(digits, _RIGHT_V, kind)

    def _lamp_letter(self, painter: QPainter, box: QRect, reading: Reading) -> None:
        """Yellow and red are said by a letter in the ring too."""
        if reading.paused or not reading.running or reading.lamp is Lamp.GREEN:
            return
        painter.setFont(self._theme.font(12, True))
        painter.setPen(lamp_color(self._theme, reading))
        painter.drawText(box, _CENTER, t(f"states.lamp_letter.{reading.lamp.value}"))

    def _who(self, painter: QPainter, inner: QRect, card: CaseCard, short: str) -> None:
        who = " ".join(self.teams.get(team, team) for team in card.teams) or self.names.person(card.owner)
        row = QRect(inner.left(), inner.bottom() - 17, inner.width(), 18)
        if len(self._short) > _KNOWN:
            self._short.clear()
        self._short[card.id] = short
        row.setLeft(self._marks(painter, row, card))
        if short:
            row.setLeft(paint_short(painter, row, self._theme, short) + 8)
        if row.width() >= _NAME_LEAST or not short:
            _words(painter, row, who, self._theme.font(12), self._theme.color("muted"))

    def _marks(self, painter: QPainter, row: QRect, card: CaseCard) -> int:
        """Rests until, reply due, urged: words before the team; returns where
        they end."""
        marks = self._marked[card.id] = card_marks(card, self._ticker.now())
        for words, tone in marks:
            font = self._theme.font(12, True)
            _words(painter, row, words, font, self._theme.color(tone))
            used = QFontMetrics(font).horizontalAdvance(words) + 8
            row = row.adjusted(min(used, row.width()), 0, 0, 0)
        return row.left()


def _short(card: CaseCard, reading: Reading | None, now: datetime) -> str:
    """What a card says while its clock is not over and will hardly do: the
    chance to be late where it is foretold, else what is usually still needed."""
    if reading is None or not reading.running or reading.paused:
        return ""
    if card.chance is not None:
        return chance_words.short_words(card.chance, now) if card.chance.warns(now) else ""
    late = card.pace is not None and card.pace.short(reading.remaining_s)
    return short_words(card.pace) if card.pace is not None and late else ""


def paint_short(painter: QPainter, row: QRect, theme: Theme, words: str) -> int:
    """A triangle that stands on its tip, and the words; returns where they
    end. The shape is nowhere else on the board."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    color = theme.color("lamp.yellow")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    left, middle = float(row.left()), row.center().y() + 0.5
    painter.drawPolygon(
        QPolygonF([QPointF(left, middle - 4), QPointF(left + 10, middle - 4), QPointF(left + 5, middle + 5)])
    )
    painter.restore()
    rest = row.adjusted(14, 0, 0, 0)
    _words(painter, rest, words, theme.font(12, True), color)
    used = QFontMetrics(theme.font(12, True)).horizontalAdvance(words)
    return rest.left() + min(used, rest.width())


def _words(painter: QPainter, box: QRect, text: str, font: object, color: QColor) -> None:
    """Names people gave may be longer than a card: shortened with an ellipsis."""
    painter.setFont(font)  # type: ignore[arg-type]
    painter.setPen(color)
    if box.width() < 12:
        return
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT_V, shown)
