"""One row a team: state, name, cases with their clocks, place and telephone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.domain.calendars import WorkingCalendar
from console.domain.vocabulary import Lamp
from console.i18n import t
from console.models.team_words import doing, letter, spot_words, team_name
from console.models.teams import STANDING_ROLE, TeamModel
from console.models.wording import clock, clock_name
from console.services.team_state import Doing, Standing, TeamCase
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.ring import lamp_color, paint_ring, read

ROW: Final = 60
_NAME: Final = 184
_NAME_MOST: Final = 280
_WHERE: Final = 232
_CHIP: Final = 176
_PAD: Final = 12
_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)
#: Letters that belong to the list while it has the keyboard, and what they ask.
KEYS: Final = {
    Qt.Key.Key_D: "dispatch",
    Qt.Key.Key_O: "duty",
    Qt.Key.Key_Slash: "find",
    Qt.Key.Key_Return: "details",
    Qt.Key.Key_Enter: "details",
}


class TeamDelegate(QStyledItemDelegate):
    """Paints one team; a second costs the visible rows only."""

    def __init__(self, theme: Theme, ticker: Ticker, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._theme, self._ticker = theme, ticker
        self.calendar: WorkingCalendar | None = None
        self.painted = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are of one height."""
        return QSize(480, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        row = index.data(STANDING_ROLE)
        if not isinstance(row, Standing):
            return
        self.painted += 1
        painter.save()
        box = option.rect.adjusted(0, 0, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if selected:
            painter.fillRect(box, self._theme.color("raised"))
            painter.fillRect(
                QRect(box.left(), box.top(), 3, box.height()),
                self._theme.color("accent" if focused else "muted"),
            )
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawLine(box.left(), option.rect.bottom(), box.right(), option.rect.bottom())
        self._state(painter, QRect(box.left() + _PAD, box.top() + 14, 32, 32), row)
        left = box.left() + _PAD + 44
        name = min(_NAME_MOST, max(_NAME, box.width() // 4))
        self._name(painter, QRect(left, box.top() + 8, name, 44), row)
        where = QRect(box.right() - _WHERE - _PAD, box.top() + 8, _WHERE, 44)
        self._where(painter, where, row)
        middle = QRect(left + name + _PAD, box.top(), 0, box.height())
        middle.setRight(where.left() - _PAD)
        self._cases(painter, middle, row)
        painter.restore()

    def _state(self, painter: QPainter, box: QRect, row: Standing) -> None:
        active = row.doing in (Doing.TOLD, Doing.ENROUTE, Doing.SCENE)
        tone = "accent" if active and row.on else "text" if row.on else "muted"
        painter.setPen(QPen(self._theme.color(tone), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.setFont(self._theme.font(16, True))
        painter.drawText(box, _CENTER, letter(row.doing))

    def _name(self, painter: QPainter, box: QRect, row: Standing) -> None:
        theme = self._theme
        tone = theme.color("text" if row.on else "muted")
        _words(painter, box.adjusted(0, 0, 0, -22), team_name(row.team), theme.font(16, True), tone)
        parts = [doing(row.doing)]
        if not row.on and row.doing is not Doing.OFF:
            parts.append(doing(Doing.OFF))
        if row.load:
            parts.append(t("teams.page.load", n=row.load))
        if row.on_from == "hand" and row.on_at is not None:
            parts.append(t("teams.page.by_hand", at=clock(row.on_at)[:5], who=row.on_by))
        elif row.on_from == "rota":
            parts.append(t("teams.page.by_rota"))
        if not row.team.own:
            parts.append(t("teams.page.external"))
        _words(painter, box.adjusted(0, 24, 0, 0), " · ".join(parts), theme.font(12), theme.color("muted"))

    def _where(self, painter: QPainter, box: QRect, row: Standing) -> None:
        theme, now = self._theme, self._ticker.now()
        place = theme.color("text" if row.spot is not None else "muted")
        _words(painter, box.adjusted(0, 0, 0, -22), spot_words(row.spot, now), theme.font(14), place)
        name, phone = row.contacts[0] if row.contacts else ("", "")
        words = f"{name} {phone}".strip() or t("teams.page.no_phone")
        _words(painter, box.adjusted(0, 24, 0, 0), words, theme.font(14), theme.color("muted"))

    def _cases(self, painter: QPainter, box: QRect, row: Standing) -> None:
        if self.calendar is None or box.width() < _CHIP:
            return
        fit = max(1, box.width() // _CHIP)
        shown = row.cases if len(row.cases) <= fit else row.cases[: max(1, fit - 1)]
        for at, one in enumerate(shown):
            self._case(painter, QRect(box.left() + at * _CHIP, box.top() + 8, _CHIP - 8, 44), one)
        rest = len(row.cases) - len(shown)
        if rest:
            spare = QRect(box.left() + len(shown) * _CHIP, box.top(), _CHIP, box.height())
            _words(painter, spare, f"+{rest}", self._theme.font(16, True), self._theme.color("muted"))

    def _case(self, painter: QPainter, box: QRect, one: TeamCase) -> None:
        theme = self._theme
        first = f"{one.number} {doing(one.doing)}"
        _words(painter, box.adjusted(24, 0, 0, -22), first, theme.font(12), theme.color("muted"))
        if one.headline is None or self.calendar is None:
            return
        reading = read(one.headline, self._ticker.now(), self.calendar)
        paint_ring(painter, QRectF(box.left(), box.top() + 24, 18, 18), theme, reading)
        second = box.adjusted(24, 22, 0, 0)
        painter.setFont(theme.font(16, True))
        painter.setPen(theme.color("muted" if reading.paused else "text"))
        painter.drawText(second, _LEFT_V, reading.text)
        used = painter.fontMetrics().horizontalAdvance(reading.text) + 8
        words, tone = clock_name(one.headline.kind), theme.color("muted")
        if reading.lamp is not Lamp.GREEN and not reading.paused:
            words = f"{words} {t(f'states.lamp_letter.{reading.lamp.value}')}"
            tone = lamp_color(theme, reading)
        _words(painter, second.adjusted(used, 0, 0, 0), words, theme.font(12), tone)


class TeamList(QListView):
    """``asked(what)`` for ``dispatch``, ``duty``, ``find``, ``details`` by key
    or double click; ``walked(team id)`` when another row is current."""

    asked = Signal(str)
    walked = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self.source = TeamModel(self)
        self.painter = TeamDelegate(theme, ticker, self)
        self.setModel(self.source)
        self.setItemDelegate(self.painter)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._details)
        self.selectionModel().currentChanged.connect(self._moved)
        theme.changed.connect(self.viewport().update)
        ticker.tick.connect(self._on_tick)

    @property
    def current(self) -> Standing | None:
        """The team the keyboard is at."""
        return self.source.standing(self.currentIndex().row())

    def go_to(self, team: str) -> None:
        """Make a team's row current (the first when it is not shown)."""
        row = max(0, self.source.row_of(team))
        if self.source.rowCount():
            self.setCurrentIndex(self.source.index(row))

    def event(self, event: QEvent) -> bool:
        """The list's letters are its own while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and _asks(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters ask, arrows walk."""
        what = _asks(event)
        if what:
            self.asked.emit(what)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys."""

    @Slot(QModelIndex)
    def _details(self, _index: QModelIndex) -> None:
        self.asked.emit("details")

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = self.source.standing(current.row())
        self.walked.emit(row.team.id if row is not None else "")

    @Slot(object)
    def _on_tick(self, _now: object) -> None:
        if self.isVisible():
            self.viewport().update()


def _asks(event: QEvent) -> str:
    if not isinstance(event, QKeyEvent):
        return ""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return KEYS.get(Qt.Key(event.key()), "") if plain else ""


def _words(painter: QPainter, box: QRect, text: str, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT_V, shown)
