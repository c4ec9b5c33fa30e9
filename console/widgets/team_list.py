"""One row a team: state, name, cases with their clocks, place and telephone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from console.domain.calendars import WorkingCalendar
from console.domain.vocabulary import Lamp
from console.i18n import t
from console.models.team_words import doing, letter, spot_words, team_name
from console.models.teams import TeamModel
from console.models.wording import clock, clock_name
from console.services.team_state import Doing, Standing, TeamCase
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.asking_list import CENTER, LEFT_V, PAD, AskingList, RowDelegate
from console.widgets.asking_list import words as put
from console.widgets.ring import lamp_color, paint_ring, read

_NAME: Final = 184
_NAME_MOST: Final = 280
_WHERE: Final = 232
_CHIP: Final = 176
#: Letters that belong to the list while it has the keyboard, and what they ask.
KEYS: Final = {
    Qt.Key.Key_D: "dispatch",
    Qt.Key.Key_O: "duty",
    Qt.Key.Key_Slash: "find",
    Qt.Key.Key_Return: "details",
    Qt.Key.Key_Enter: "details",
}


class TeamDelegate(RowDelegate):
    """Paints one team."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__(theme, ticker)
        self.calendar: WorkingCalendar | None = None
        self.painted = 0

    def paint_row(self, painter: QPainter, box: QRect, row: Standing) -> None:
        """State, name, cases with their clocks, where it is."""
        self.painted += 1
        self._state(painter, QRect(box.left() + PAD, box.top() + 14, 32, 32), row)
        left = box.left() + PAD + 44
        name = min(_NAME_MOST, max(_NAME, box.width() // 4))
        self._name(painter, QRect(left, box.top() + 8, name, 44), row)
        where = QRect(box.right() - _WHERE - PAD, box.top() + 8, _WHERE, 44)
        self._where(painter, where, row)
        middle = QRect(left + name + PAD, box.top(), 0, box.height())
        middle.setRight(where.left() - PAD)
        self._cases(painter, middle, row)

    def _state(self, painter: QPainter, box: QRect, row: Standing) -> None:
        active = row.doing in (Doing.TOLD, Doing.ENROUTE, Doing.SCENE)
        tone = "accent" if active and row.on else "text" if row.on else "muted"
        painter.setPen(QPen(self._theme.color(tone), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.setFont(self._theme.font(16, True))
        painter.drawText(box, CENTER, letter(row.doing))

    def _name(self, painter: QPainter, box: QRect, row: Standing) -> None:
        theme = self._theme
        tone = theme.color("text" if row.on else "muted")
        put(painter, box.adjusted(0, 0, 0, -22), team_name(row.team), theme.font(16, True), tone)
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
        put(painter, box.adjusted(0, 24, 0, 0), " · ".join(parts), theme.font(12), theme.color("muted"))

    def _where(self, painter: QPainter, box: QRect, row: Standing) -> None:
        theme, now = self._theme, self._ticker.now()
        place = theme.color("text" if row.spot is not None else "muted")
        put(painter, box.adjusted(0, 0, 0, -22), spot_words(row.spot, now), theme.font(14), place)
        name, phone = row.contacts[0] if row.contacts else ("", "")
        words = f"{name} {phone}".strip() or t("teams.page.no_phone")
        put(painter, box.adjusted(0, 24, 0, 0), words, theme.font(14), theme.color("muted"))

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
            put(painter, spare, f"+{rest}", self._theme.font(16, True), self._theme.color("muted"))

    def _case(self, painter: QPainter, box: QRect, one: TeamCase) -> None:
        theme = self._theme
        first = f"{one.number} {doing(one.doing)}"
        put(painter, box.adjusted(24, 0, 0, -22), first, theme.font(12), theme.color("muted"))
        if one.headline is None or self.calendar is None:
            return
        reading = read(one.headline, self._ticker.now(), self.calendar)
        paint_ring(painter, QRectF(box.left(), box.top() + 24, 18, 18), theme, reading)
        second = box.adjusted(24, 22, 0, 0)
        painter.setFont(theme.font(16, True))
        painter.setPen(theme.color("muted" if reading.paused else "text"))
        painter.drawText(second, LEFT_V, reading.text)
        used = painter.fontMetrics().horizontalAdvance(reading.text) + 8
        words, tone = clock_name(one.headline.kind), theme.color("muted")
        if reading.lamp is not Lamp.GREEN and not reading.paused:
            words = f"{words} {t(f'states.lamp_letter.{reading.lamp.value}')}"
            tone = lamp_color(theme, reading)
        put(painter, second.adjusted(used, 0, 0, 0), words, theme.font(12), tone)


class TeamList(AskingList):
    """The teams, by their ids; asks for ``dispatch``, ``duty``, ``find``, ``details``."""

    walked = Signal(str)
    keys = KEYS
    opens = "details"
    none = ""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        self.source = TeamModel()
        self.painter = TeamDelegate(theme, ticker)
        super().__init__(self.source, self.painter, theme, ticker)

    @property
    def current(self) -> Standing | None:
        """The team the keyboard is at."""
        return self.source.standing(self.currentIndex().row())
