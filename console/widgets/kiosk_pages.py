"""Pages of the large display: painted whole, in lines as large as the distance
asks for, without anything that could be pressed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.domain.kiosk import masked
from console.domain.vocabulary import Lamp
from console.i18n import either, t
from console.models.names import NOBODY, NameBook
from console.models.stages import STAGES
from console.models.wording import percent, span
from console.services.card_order import arranged
from console.services.views import BoardView, CaseCard
from console.theme import Theme
from console.widgets.ring import Reading, lamp_color, read

LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MIDDLE: Final = Qt.AlignmentFlag.AlignCenter
#: Sizes as shares of the em: what is read first, lines, what explains.
HUGE: Final = 2.2
LINE: Final = 1.0
SMALL: Final = 0.62
#: Words of a row are not smaller than this.
LEAST: Final = 0.68


class KioskPage(QWidget):
    """A page that paints itself from the last board. ``em`` is set by the
    window; :attr:`now` is told each second."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.em = 48
        self.now: datetime | None = None
        self.board: BoardView | None = None
        self.names: NameBook = NOBODY
        #: What did not fit when it was painted last.
        self.cut: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def tell(self, board: BoardView | None, now: datetime, names: NameBook) -> None:
        """The board and the second."""
        self.board, self.now, self.names = board, now, names
        if self.isVisible():
            self.update()

    def font_of(self, share: float, bold: bool = False) -> QFont:
        """The family at this share of the em."""
        return self.theme.font(max(12, round(self.em * share)), bold)

    def say(
        self,
        p: QPainter,
        box: QRect,
        text: str,
        share: float = LINE,
        *,
        flags: Qt.AlignmentFlag = LEFT,
        bold: bool = False,
        color: str | QColor = "text",
    ) -> int:
        """Write ``text``, shortened where it does not fit; its width in px."""
        font = self.font_of(share, bold)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        if shown != text:
            self.cut.append(text)
        p.setFont(font)
        p.setPen(self.theme.color(color) if isinstance(color, str) else color)
        # The line is higher than its letters; a foot must not be cut off.
        p.drawText(box, int(flags | Qt.TextFlag.TextDontClip), shown)
        return metrics.horizontalAdvance(shown)

    def fitting(self, text: str, share: float, width: int, bold: bool = False) -> float:
        """The largest share up to ``share`` at which ``text`` is not cut."""
        while share > 0.5 and self.wide(text, share, bold) > width:
            share *= 0.92
        return share

    def wide(self, text: str, share: float, bold: bool = False) -> int:
        """How wide ``text`` is, px."""
        return QFontMetrics(self.font_of(share, bold)).horizontalAdvance(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, then what the page is about."""
        p = QPainter(self)
        self.cut.clear()
        p.fillRect(self.rect(), self.theme.color("bg"))
        if self.board is None or self.now is None:
            self.say(p, self.rect(), t("kiosk.reading"), flags=MIDDLE, color="muted")
            return
        gap = self.em // 2
        self.draw(p, self.rect().adjusted(gap, gap // 2, -gap, -gap // 2), self.board, self.now)

    def draw(self, p: QPainter, room: QRect, board: BoardView, now: datetime) -> None:
        """Paint the page into ``room``."""
        raise NotImplementedError

    def reading(self, card: CaseCard) -> Reading | None:
        """What the clock that counts says now."""
        if card.headline is None or self.board is None or self.now is None:
            return None
        return read(card.headline, self.now, self.board.calendar)

    def place_of(self, card: CaseCard) -> str:
        """Where it is, without what somebody typed of persons."""
        return masked(self.names.where(card.community, card.place))


class BoardPage(KioskPage):
    """The open cases, those first that have the least time."""

    def draw(self, p: QPainter, room: QRect, board: BoardView, now: datetime) -> None:
        """As many rows as fit; how many more there are."""
        cards = arranged(board.cards)
        if not cards:
            self.say(p, room, t("kiosk.board.empty"), flags=MIDDLE, color="muted")
            return
        step = round(self.em * 1.42)
        fits = max(1, room.height() // step)
        shown = cards if len(cards) <= fits else cards[: fits - 1]
        step = min(round(step * 1.15), room.height() // fits)
        for at, card in enumerate(shown):
            self._row(p, QRect(room.x(), room.y() + at * step, room.width(), step), card)
        if len(cards) > len(shown):
            box = QRect(room.x(), room.y() + len(shown) * step, room.width(), step)
            self.say(p, box, t("kiosk.board.more", n=len(cards) - len(shown)), SMALL, color="muted")

    def _row(self, p: QPainter, box: QRect, card: CaseCard) -> None:
        em, reading = self.em, self.reading(card)
        late = reading is not None and reading.running and not reading.paused
        if late and reading is not None and reading.lamp is not Lamp.GREEN:
            mark = QRect(box.x(), box.y() + em // 8, round(em * 0.9), box.height() - em // 4)
            p.fillRect(mark, lamp_color(self.theme, reading))
            letter = t(f"states.lamp_letter.{reading.lamp.value}")
            self.say(p, mark, letter, SMALL, flags=MIDDLE, bold=True, color="bg")
        left = box.x() + round(em * 1.15)
        digits = t("common.time.none") if reading is None else reading.text
        wide = max(self.wide("+00:00 ", LINE, True), self.wide(f"{digits} ", LINE, True))
        clock = QRect(box.right() - wide, box.y(), wide, box.height())
        self.say(p, clock, digits, bold=True, flags=RIGHT)
        number = QRect(left, box.y(), round(em * 2.9), box.height())
        self.say(p, number, card.number, 0.9, bold=True)
        state = QRect(number.right(), box.y(), round(em * 2.9), box.height())
        words = t(f"states.case.{card.state.value}")
        self.say(p, state, words, self.fitting(words, 0.8, state.width()), color="muted")
        room = QRect(state.right() + em // 4, box.y(), clock.x() - state.right() - em // 2, box.height())
        said, share = self._said(card, room.width())
        self.say(p, room, said, share)

    def _said(self, card: CaseCard, width: int) -> tuple[str, float]:
        """What it is and where, in fewer words rather than in small ones; a
        little smaller rather than cut."""
        what = either(card.name_zh, card.name_en) or t("kiosk.unnamed")
        place, area = masked(self.names.place(card.place)), self.names.community(card.community)
        said = what
        for where in (self.place_of(card), place, area):
            said = " · ".join(word for word in (what, where) if word)
            share = self.fitting(said, 0.9, width)
            if share >= LEAST:
                return said, share
        return what, self.fitting(what, 0.9, width)


class FiguresPage(KioskPage):
    """Six figures, and how many cases stand at each stage."""

    def draw(self, p: QPainter, room: QRect, board: BoardView, now: datetime) -> None:
        """Three by two; the stages below."""
        kpi = board.kpi
        none = t("common.time.none")
        arrival = span(kpi.arrival_p90_s) if kpi.arrival_p90_s is not None else none
        minutes = 15 if board.arrival_origin == "filed" else 16
        cells = (
            ("open", str(kpi.open), ""),
            ("due_soon", str(kpi.due_soon), "lamp.yellow" if kpi.due_soon else ""),
            ("overdue", str(kpi.overdue), "lamp.red" if kpi.overdue else ""),
            ("met", percent(kpi.total_met), ""),
            ("arrival_p90", arrival, ""),
            ("alarms", str(kpi.alarms_10min), ""),
        )
        low = round(self.em * 2.3)
        wide, high = room.width() // 3, (room.height() - low) // 2
        for at, (key, value, tone) in enumerate(cells):
            box = QRect(room.x() + at % 3 * wide, room.y() + at // 3 * high, wide, high)
            words = t(f"kiosk.kpi.{key}", minutes=minutes, n=kpi.total_n)
            self._cell(p, box, value, words, tone)
        self._stages(p, QRect(room.x(), room.bottom() - low, room.width(), low), board)

    def _cell(self, p: QPainter, box: QRect, value: str, words: str, tone: str) -> None:
        below = round(self.em * 0.9)
        upper = box.adjusted(0, 0, -self.em // 3, -below)
        share = self.fitting(value, min(HUGE * 1.25, upper.height() / self.em * 0.8), upper.width(), True)
        self.say(p, upper, value, share, bold=True)
        if tone:
            # Beside the figure, which stays as bright as the others.
            p.fillRect(QRect(box.x() - self.em // 4, upper.y(), self.em // 8, upper.height()),
                       self.theme.color(tone))  # fmt: skip
        room = QRect(box.x(), upper.bottom(), box.width() - self.em // 3, below)
        self.say(p, room, words, self.fitting(words, SMALL, room.width()), color="muted")

    def _stages(self, p: QPainter, box: QRect, board: BoardView) -> None:
        p.fillRect(QRect(box.x(), box.y(), box.width(), 2), self.theme.color("line"))
        wide = box.width() // len(STAGES)
        for at, (stage, states) in enumerate(STAGES.items()):
            count = sum(board.counts.get(state, 0) for state in states)
            cell = QRect(box.x() + at * wide, box.y() + self.em // 6, wide - self.em // 4, box.height() // 2)
            self.say(p, cell, str(count), 1.1, bold=True)
            words = t(f"states.stage.{stage}")
            below = cell.translated(0, cell.height())
            self.say(p, below, words, self.fitting(words, SMALL, below.width()), color="muted")


class NoticePage(KioskPage):
    """What the shift leader wants everybody to read."""

    text = ""

    def draw(self, p: QPainter, room: QRect, board: BoardView, now: datetime) -> None:
        """As large as it fits."""
        share = HUGE
        flags = int(MIDDLE | Qt.TextFlag.TextWordWrap)
        while share > SMALL:
            metrics = QFontMetrics(self.font_of(share, True))
            if room.contains(metrics.boundingRect(room, flags, self.text)):
                break
            share *= 0.92
        p.setFont(self.font_of(share, True))
        p.setPen(self.theme.color("text"))
        p.drawText(room, flags, self.text)
