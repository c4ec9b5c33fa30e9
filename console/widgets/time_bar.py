"""A shift as a bar: its hours, what rang, what was late, what was logged, and
where one looks at it. Keys and mouse move the hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from console.i18n import t
from console.models.wording import clock, local
from console.services.past_shift import Mark
from console.theme import Theme
from console.widgets.hatching import hatch

TALL: Final = 88
_EDGE: Final = 12
_HEAD: Final = 20
_LANE: Final = 14
_LANES: Final = ("alarm", "breach", "log")
_BOTTOM: Final = _HEAD + _LANE * len(_LANES)
_HOUR: Final = timedelta(hours=1)
_CENTER: Final = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_S = Qt.KeyboardModifier.ShiftModifier
#: What keys ask; the page does it. By key and whether Shift is held.
KEYS: Final = {
    (Qt.Key.Key_Space, False): "play",
    (Qt.Key.Key_Left, False): "back_10",
    (Qt.Key.Key_Right, False): "on_10",
    (Qt.Key.Key_Left, True): "back_60",
    (Qt.Key.Key_Right, True): "on_60",
    (Qt.Key.Key_Comma, False): "deed_back",
    (Qt.Key.Key_Period, False): "deed_on",
    (Qt.Key.Key_Less, True): "mark_back",
    (Qt.Key.Key_Greater, True): "mark_on",
    (Qt.Key.Key_Comma, True): "mark_back",
    (Qt.Key.Key_Period, True): "mark_on",
    (Qt.Key.Key_BracketLeft, False): "slower",
    (Qt.Key.Key_BracketRight, False): "faster",
    (Qt.Key.Key_Home, False): "start",
    (Qt.Key.Key_End, False): "end",
    (Qt.Key.Key_PageUp, False): "earlier",
    (Qt.Key.Key_PageDown, False): "later",
    (Qt.Key.Key_Escape, False): "leave",
}


class TimeBar(QWidget):
    """``sought(instant)`` by the mouse, ``asked(what)`` by a key of :data:`KEYS`."""

    sought = Signal(object)
    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        never = datetime(1970, 1, 1, tzinfo=UTC)
        self._start = self._end = self._known = self.at = never
        self.marks: tuple[Mark, ...] = ()
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(TALL)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(600, TALL)

    def show_shift(self, start: datetime, end: datetime, known: datetime, marks: Sequence[Mark]) -> None:
        """Another shift; after ``known`` nothing has happened yet."""
        self._start, self._end, self._known, self.marks = start, end, known, tuple(marks)
        self.put(start)

    def put(self, at: datetime) -> None:
        """Where one looks now."""
        self.at = at
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        words = {"at": clock(self.at), "start": clock(self._start), "end": clock(self._end)}
        self.setAccessibleName(t("history.mark.spoken", **words))
        self.update()

    # -- places ----------------------------------------------------------------

    @property
    def _long(self) -> float:
        return (self._end - self._start).total_seconds()

    def x_of(self, at: datetime) -> float:
        """Where an instant stands, px."""
        room = max(1, self.width() - 2 * _EDGE)
        share = (at - self._start).total_seconds() / self._long if self._long else 0.0
        return _EDGE + room * min(1.0, max(0.0, share))

    def instant_at(self, x: float) -> datetime:
        """Which instant stands at ``x`` px."""
        room = max(1, self.width() - 2 * _EDGE)
        share = min(1.0, max(0.0, (x - _EDGE) / room))
        at = self._start + timedelta(seconds=round(share * self._long))
        return min(at, self._known)

    # -- painting --------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hours, lanes of marks, what is still ahead, and the hand."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRect(_EDGE, _HEAD, max(1, self.width() - 2 * _EDGE), _BOTTOM - _HEAD)
        p.fillRect(track, self._theme.color("panel"))
        if not self._long:
            return
        self._paint_hours(p)
        self._paint_ahead(p, track)
        for mark in self.marks:
            self._paint_mark(p, mark)
        self._paint_hand(p)
        self._paint_legend(p)
        if self.hasFocus():
            p.setPen(QPen(self._theme.color("accent"), 1))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(QRectF(track).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_hours(self, p: QPainter) -> None:
        p.setFont(self._theme.font(12))
        hour = local(self._start).replace(minute=0, second=0, microsecond=0)
        step = 1 if self.width() >= 560 else 2
        while hour <= local(self._end):
            x = round(self.x_of(hour))
            if hour >= local(self._start):
                p.setPen(self._theme.color("line"))
                p.drawLine(x, _HEAD, x, _BOTTOM)
                p.setPen(self._theme.color("muted"))
                room = QRect(min(max(x - 24, 0), self.width() - 48), 0, 48, _HEAD)
                p.drawText(room, _CENTER, f"{hour:%H:%M}")
            hour += step * _HOUR

    def _paint_mark(self, p: QPainter, mark: Mark) -> None:
        y = _HEAD + _LANE * _LANES.index(mark.kind) + _LANE / 2
        paint_mark(p, self._theme, mark, QPointF(self.x_of(mark.at), y))

    def _paint_ahead(self, p: QPainter, track: QRect) -> None:
        if self._known >= self._end:
            return
        ahead = QRect(track)
        ahead.setLeft(round(self.x_of(self._known)))
        p.fillRect(ahead, self._theme.color("bg"))
        hatch(p, ahead, self._theme.color("stale", 0.4))
        p.setPen(self._theme.color("muted"))
        p.setFont(self._theme.font(12))
        words = t("history.mark.ahead", at=clock(self._known))
        wide = p.fontMetrics().horizontalAdvance(words) + 16
        if wide < ahead.width():
            room = QRect(ahead.center().x() - wide // 2, ahead.center().y() - 10, wide, 20)
            p.fillRect(room, self._theme.color("bg"))
            p.drawText(room, _CENTER, words)

    def _paint_hand(self, p: QPainter) -> None:
        x = self.x_of(self.at)
        p.setPen(QPen(self._theme.color("text"), 2))
        p.drawLine(QPointF(x, _HEAD - 2), QPointF(x, _BOTTOM + 2))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._theme.color("text"))
        p.drawPolygon(QPolygonF([QPointF(x - 5, _HEAD - 8), QPointF(x + 5, _HEAD - 8), QPointF(x, _HEAD)]))

    def _paint_legend(self, p: QPainter) -> None:
        """Shape, word and number of each lane."""
        x, y = float(_EDGE), _BOTTOM + 16
        p.setFont(self._theme.font(12))
        for kind in _LANES:
            own = [mark for mark in self.marks if mark.kind == kind]
            paint_mark(p, self._theme, own[0] if own else Mark(self._start, kind), QPointF(x + 6, y))
            words = t(f"history.mark.{kind}", n=len(own))
            wide = p.fontMetrics().horizontalAdvance(words)
            p.setPen(self._theme.color("muted"))
            p.drawText(QRect(round(x) + 16, y - 10, wide + 4, 20), _LEFT_V, words)
            x += wide + 40

    # -- hands -----------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The bar's keys are its own while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and asks(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the hand, play, choose another shift."""
        what = asks(event)
        if what:
            self.asked.emit(what)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the hand there."""
        if event.button() == Qt.MouseButton.LeftButton and self._long:
            self._dragging = True
            self.sought.emit(self.instant_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the hand."""
        if self._dragging:
            self.sought.emit(self.instant_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag is over."""
        self._dragging = False


def asks(event: QKeyEvent) -> str:
    """What a key asks; empty for one that is not the bar's."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held not in (Qt.KeyboardModifier.NoModifier, _S):
        return ""
    return KEYS.get((Qt.Key(event.key()), held == _S), "")


def paint_mark(p: QPainter, theme: Theme, mark: Mark, at: QPointF) -> None:
    """A triangle for an alarm, a diamond for a limit passed, a square for the log."""
    color = QColor(theme.color("accent"))
    if mark.severity is not None:
        color = QColor(theme.severity(mark.severity))
    if mark.kind == "breach":
        color = QColor(theme.color("lamp.red"))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    x, y = at.x(), at.y()
    if mark.kind == "alarm":
        p.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 4.5, y + 4), QPointF(x - 4.5, y + 4)]))
    elif mark.kind == "breach":
        diamond = [QPointF(x, y - 5), QPointF(x + 5, y), QPointF(x, y + 5), QPointF(x - 5, y)]
        p.drawPolygon(QPolygonF(diamond))
    else:
        p.drawRect(QRectF(x - 4, y - 4, 8, 8))
