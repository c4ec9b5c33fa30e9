"""What lies over the pages of the large display: the strip at the top, the grey
of old data, the dark of the night, the field of the PIN."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.domain.vocabulary import AlarmState, Severity
from console.i18n import t
from console.models.wording import clock, letter
from console.services.views import BoardView
from console.theme import Theme
from console.widgets.hatching import hatch
from console.widgets.kiosk_pages import HUGE, MIDDLE, RIGHT, SMALL, KioskPage

#: Height of the strip, as a share of the em.
STRIP: Final = 1.15
#: Digits of a PIN that is being typed are marks, never shown.
MARK: Final = "●"


class Strip(KioskPage):
    """Whose display it is, how many alarms, what is wrong with the display
    itself, the time."""

    title = ""
    trouble = ""
    """Said in red: nobody watches."""

    def sizeHint(self) -> QSize:
        """As high as its line."""
        return QSize(200, round(self.em * STRIP))

    def paintEvent(self, event: QPaintEvent) -> None:
        """One line; drawn without a board too."""
        p = QPainter(self)
        p.fillRect(self.rect(), self.theme.color("panel"))
        room = self.rect().adjusted(self.em // 2, 0, -self.em // 2, 0)
        used = self.say(p, room, clock(self.now), 0.75, flags=RIGHT, bold=True)
        room.setRight(room.right() - used - self.em // 2)
        if self.board is not None:
            room.setRight(room.right() - self._alarms(p, room, self.board) - self.em // 2)
        if self.trouble:
            self.say(p, room, self.trouble, self.fitting(self.trouble, SMALL, room.width(), True),
                     bold=True, color="lamp.red")  # fmt: skip
            return
        words = self.title or t("kiosk.strip.title")
        self.say(p, room, words, self.fitting(words, SMALL, room.width()), color="muted")

    def _alarms(self, p: QPainter, room: QRect, board: BoardView) -> int:
        ringing = [row for row in board.alarms if row.alarm.state is AlarmState.RAISED]
        high = sum(row.alarm.severity is Severity.HIGH for row in ringing)
        if not high:
            words = t("kiosk.strip.calm") if not ringing else t("kiosk.strip.alarms", n=len(ringing))
            return self.say(p, room, words, SMALL, flags=RIGHT, color="muted")
        words = t("kiosk.strip.alarms_high", n=high)
        used = self.say(p, room, words, SMALL, flags=RIGHT, bold=True)
        side = round(self.em * 0.85)
        chip = QRect(room.right() - used - side - self.em // 4, (self.height() - side) // 2, side, side)
        p.fillRect(chip, self.theme.severity(Severity.HIGH))
        self.say(p, chip, letter(Severity.HIGH), SMALL, flags=MIDDLE, bold=True, color="on_accent")
        return used + side + self.em // 4


class StaleCover(KioskPage):
    """Over everything when the data is old: grey, hatched, in words. Nothing
    below it can be taken for the present."""

    since: datetime | None = None

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme)
        self.setParent(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_since(self, since: datetime | None, now: datetime) -> None:
        """The data is of ``since`` (``None``: there was none yet)."""
        self.since, self.now = since, now
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What lies below stays to be guessed, in grey."""
        p = QPainter(self)
        p.fillRect(self.rect(), QColor(96, 102, 110, 190))
        hatch(p, self.rect(), self.theme.color("stale", 0.55), max(24, self.em // 2))
        high = round(self.em * 6.3)
        band = QRect(0, (self.height() - high) // 2, self.width(), high)
        p.fillRect(band, self.theme.color("bg"))
        lines = [(t("kiosk.stale.title"), HUGE, True), (self._since(), 1.2, True)]
        lines.append((t("kiosk.stale.words"), 0.9, False))
        y = band.y() + self.em // 3
        for text, share, bold in lines:
            tall = round(self.em * share * 1.3)
            box = QRect(self.em, y, self.width() - 2 * self.em, tall)
            self.say(p, box, text, self.fitting(text, share, box.width(), bold), flags=MIDDLE, bold=bold)
            y += tall

    def _since(self) -> str:
        if self.since is None or self.now is None:
            return t("kiosk.stale.never")
        seconds = max(0, round((self.now - self.since).total_seconds()))
        return t("kiosk.stale.since", at=clock(self.since), seconds=seconds)


class NightCover(QWidget):
    """Darker, and nothing else."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.dark = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_dark(self, dark: float) -> None:
        """0 is full light, 1 black."""
        if dark != self.dark:
            self.dark = dark
            self.setVisible(dark > 0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil."""
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, round(255 * self.dark)))


class PinCover(KioskPage):
    """The field at the bottom while somebody types the PIN."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme)
        self.setParent(parent)
        self.digits = 0
        self.said = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_typed(self, digits: int, said: str) -> None:
        """How many digits stand there, and what is to be said of them."""
        self.digits, self.said = digits, said
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marks instead of digits."""
        p = QPainter(self)
        p.fillRect(self.rect(), self.theme.color("raised"))
        p.fillRect(QRect(0, 0, self.width(), max(3, self.em // 16)), self.theme.color("accent"))
        step = self.height() // 4
        room = QRect(self.em, 0, self.width() - 2 * self.em, step)
        self.say(p, room, t("kiosk.pin.title"), 0.8, flags=MIDDLE, bold=True)
        marks = " ".join([MARK] * self.digits) or "—"
        self.say(p, room.translated(0, step), marks, 0.9, flags=MIDDLE)
        words = self.said or f"{t('kiosk.pin.ask')} · {t('kiosk.pin.away')}"
        p.setFont(self.font_of(SMALL))
        p.setPen(self.theme.color("text" if self.said else "muted"))
        box = QRect(room.x(), 2 * step, room.width(), 2 * step)
        p.drawText(box, int(MIDDLE | Qt.TextFlag.TextWordWrap), words)
