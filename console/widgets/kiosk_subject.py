"""What came by itself or was put there: one alarm, one case, one camera, with
the picture beside the words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.domain import kiosk
from console.domain.kiosk import Shown, masked
from console.domain.vocabulary import Severity
from console.i18n import either, t
from console.models.names import NameBook
from console.models.wording import alarm_text, clock_name, letter
from console.services.views import AlarmRow, BoardView, CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.kiosk_pages import HUGE, LINE, SMALL, KioskPage
from console.widgets.kiosk_wall import KioskWall
from console.widgets.ring import lamp_color
from console.widgets.sight import Sight

#: A time that runs out is this large, as a share of the em.
DIGITS: Final = 2.9


class SubjectWords(KioskPage):
    """The words of one alarm or case."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__(theme)
        self._ticker = ticker
        self.shown = Shown("")
        ticker.blink.connect(self._blink)

    @Slot(bool)
    def _blink(self, _on: bool) -> None:
        if self.isVisible() and self.shown.page == kiosk.ALARM:
            self.update(QRect(0, 0, self.width(), self.em * 2))

    def draw(self, p: QPainter, room: QRect, board: BoardView, now: datetime) -> None:
        """An alarm has a frame and the one mark that blinks."""
        row = alarm_of(board, self.shown.subject) if self.shown.page == kiosk.ALARM else None
        card = card_of(board, self.shown, row)
        if row is not None:
            self._frame(p)
        top = QRect(room.x(), room.y(), room.width(), round(self.em * 1.5))
        self._head(p, top, row, card)
        below = round(self.em * 1.1) if self.shown.more else 0
        rest = room.adjusted(0, top.height(), 0, -below)
        if card is not None:
            self._case(p, rest, card)
        elif row is not None:
            self._other(p, rest, row)
        else:
            self.say(p, rest, t("kiosk.subject.gone"), color="muted")
        if self.shown.more:
            box = QRect(room.x(), room.bottom() - self.em, room.width(), self.em)
            self.say(p, box, t("kiosk.subject.more", n=self.shown.more), SMALL, color="muted")

    def _frame(self, p: QPainter) -> None:
        wide = max(6, self.em // 5)
        color = self.theme.severity(Severity.HIGH)
        for edge in (
            QRect(0, 0, self.width(), wide),
            QRect(0, self.height() - wide, self.width(), wide),
            QRect(0, 0, wide, self.height()),
            QRect(self.width() - wide, 0, wide, self.height()),
        ):
            p.fillRect(edge, color)

    def _head(self, p: QPainter, box: QRect, row: AlarmRow | None, card: CaseCard | None) -> None:
        left = box.x()
        if row is not None:
            chip = QRect(box.x(), box.y() + self.em // 6, round(self.em * 1.3), round(self.em * 1.2))
            color = self.theme.color(f"alarm.{row.alarm.severity.value}", max(0.45, self._ticker.opacity))
            p.fillRect(chip, color)
            self.say(p, chip, letter(row.alarm.severity), LINE, flags=Qt.AlignmentFlag.AlignCenter,
                     bold=True, color="text" if self._ticker.opacity < 1 else "on_accent")  # fmt: skip
            left = chip.right() + self.em // 3
        number = card.number if card is not None else (row.number if row is not None else "")
        words = QRect(left, box.y(), box.right() - left, box.height())
        used = self.say(p, words, number, 1.4, bold=True)
        if card is not None:
            state = words.adjusted(used + self.em // 2, 0, 0, 0)
            said = t(f"states.case.{card.state.value}")
            share = self.fitting(said, LINE, state.width())
            if self.wide(said, share) <= state.width():
                self.say(p, state, said, share, color="muted")

    def _case(self, p: QPainter, room: QRect, card: CaseCard) -> None:
        reading = self.reading(card)
        y = room.y()
        if card.headline is not None and reading is not None:
            label = QRect(room.x(), y, room.width(), round(self.em * 1.1))
            over = reading.remaining_s <= 0
            words = t("kiosk.subject.over" if over else "kiosk.subject.left",
                      clock=clock_name(card.headline.kind))  # fmt: skip
            self.say(p, label, words, 0.8, color="muted")
            y += label.height()
            # On a small display the digits give way to what the case is and where.
            left = room.bottom() - y - round(self.em * 2.7)
            high = max(round(self.em * 1.5), min(round(self.em * DIGITS * 1.12), left))
            digits = QRect(room.x(), y, room.width(), high)
            share = self.fitting(reading.text, high / 1.12 / self.em, room.width() - self.em, True)
            p.fillRect(QRect(room.x(), y + self.em // 3, self.em // 4, digits.height() - 2 * (self.em // 3)),
                       lamp_color(self.theme, reading))  # fmt: skip
            self.say(p, digits.adjusted(self.em // 2, 0, 0, 0), reading.text, share, bold=True)
            y += digits.height()
        lines = [(either(card.name_zh, card.name_en) or t("kiosk.unnamed"), LINE, "text")]
        lines.append((self.place_of(card), LINE, "text"))
        if card.teams and self.teams:
            lines.append(("、".join(self.teams.get(one, one) for one in card.teams), 0.85, "muted"))
        self._lines(p, room, y, lines)

    #: Names of teams by id, in the language now.
    teams: dict[str, str] = {}

    def _other(self, p: QPainter, room: QRect, row: AlarmRow) -> None:
        """What is wrong where no case stands behind it."""
        box = QRect(room.x(), room.y(), room.width(), room.height() - self.em)
        share = HUGE
        text = masked(alarm_text(row.alarm))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
        p.setPen(self.theme.color("text"))
        while share > SMALL:
            p.setFont(self.font_of(share, True))
            if p.boundingRect(box, flags, text).height() <= box.height():
                break
            share *= 0.92
        p.drawText(box, flags, text)

    def _lines(self, p: QPainter, room: QRect, y: int, lines: list[tuple[str, float, str]]) -> None:
        for text, share, color in lines:
            high = round(self.em * share * 1.35)
            if not text or y + high > room.bottom():
                continue
            box = QRect(room.x(), y, room.width(), high)
            self.say(p, box, text, self.fitting(text, share, box.width()), color=color)
            y += high


class SubjectPage(QWidget):
    """Words on the left, the camera's picture on the right where there is one;
    a camera alone has the whole page."""

    def __init__(self, sight: Sight) -> None:
        super().__init__()
        self.words = SubjectWords(sight.theme, sight.ticker)
        self.wall = KioskWall(sight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.words, 11)
        row.addWidget(self.wall, 9)

    def show_subject(self, shown: Shown, camera: str) -> None:
        """``camera``: whose picture stands beside it, empty for none."""
        self.words.shown = shown
        self.words.setVisible(shown.page != kiosk.CAMERA)
        self.wall.setVisible(bool(camera))
        self.wall.hang_one(camera)

    def tell(self, board: BoardView | None, now: datetime, names: NameBook) -> None:
        """The board and the second."""
        self.words.tell(board, now, names)


def alarm_of(board: BoardView, alarm_id: str) -> AlarmRow | None:
    """The alarm of that number, where it is still open."""
    return next((row for row in board.alarms if str(row.alarm.id) == alarm_id), None)


def card_of(board: BoardView, shown: Shown, row: AlarmRow | None = None) -> CaseCard | None:
    """The case an alarm or a push is about."""
    wanted = shown.subject if shown.page == kiosk.CASE else (row.alarm.source_id if row is not None else "")
    return next((card for card in board.cards if card.id == wanted), None) if wanted else None


def camera_of(board: BoardView, shown: Shown) -> str:
    """The camera whose picture belongs to what is shown."""
    if shown.page == kiosk.CAMERA:
        return shown.subject
    row = alarm_of(board, shown.subject) if shown.page == kiosk.ALARM else None
    card = card_of(board, shown, row)
    if card is not None:
        return card.camera
    if row is not None and row.alarm.source_kind.value == "camera":
        return row.alarm.source_id
    return ""
