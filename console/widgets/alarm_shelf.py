"""Putting an alarm aside: until when, and why. Both or not at all."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models.drafts import Drafts
from console.models.wording import local
from console.theme import Theme
from console.widgets import alarm_words as words
from console.widgets.parts import button, label, set_tone, spaced

#: What the buttons offer, minutes.
PRESETS: Final = (15, 30, 60, 240, 720)
#: One shift, minutes: the longest shelf.
LONGEST: Final = 720


class ShelfForm(QWidget):
    """``wanted(alarm id, minutes, reason)``; ``left()`` on Esc. What is typed
    stays with its alarm until it is shelved."""

    wanted = Signal(int, int, str)
    left = Signal()

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._drafts = drafts
        self._alarm = 0
        self._what = ""
        self._now: datetime | None = None
        self.title = label(theme, "", 14, bold=True, wrap=True)
        self.until = QLineEdit()
        self.reason = QLineEdit()
        self.presets: dict[int, QPushButton] = {n: button(theme, "", px=12) for n in PRESETS}
        self.send = button(theme, "", "primary")
        self._problem = label(theme, "", 14, tone="muted", wrap=True)
        for field in (self.until, self.reason):
            field.setFont(theme.font(14))
        self._build()
        self.retranslate()

    def _build(self) -> None:
        presets = QHBoxLayout()
        spaced(presets, 0, 4)
        for minutes, made in self.presets.items():
            made.setProperty("minutes", minutes)
            made.clicked.connect(self._preset)
            presets.addWidget(made)
        presets.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addWidget(self.title)
        column.addWidget(self.until)
        column.addLayout(presets)
        column.addWidget(self.reason)
        column.addWidget(self._problem)
        column.addWidget(self.send, 0, Qt.AlignmentFlag.AlignLeft)
        self.until.returnPressed.connect(self._to_reason)
        self.reason.returnPressed.connect(self._send)
        self.reason.textChanged.connect(self._keep)
        self.send.clicked.connect(self._send)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.title.setText(t("alarms.shelf.title", what=self._what))
        self.until.setPlaceholderText(t("alarms.shelf.until"))
        self.until.setAccessibleName(t("alarms.shelf.until"))
        self.reason.setPlaceholderText(t("alarms.shelf.reason"))
        self.reason.setAccessibleName(t("alarms.shelf.reason"))
        self.send.setText(t("alarms.shelf.send"))
        for minutes, made in self.presets.items():
            made.setText(words.within(minutes))

    def open(self, alarm_id: int, what: str, now: datetime) -> None:
        """For one alarm, ``what`` it is called; the keyboard goes to the end.
        It stays with that alarm whatever happens to the list meanwhile."""
        self._alarm, self._what, self._now = alarm_id, what, now
        self.title.setText(t("alarms.shelf.title", what=what))
        self.until.setText("30")
        self.reason.setText(self._drafts.get(f"shelf/{alarm_id}"))
        self._say("")
        self.show()
        self.until.setFocus(Qt.FocusReason.OtherFocusReason)
        self.until.selectAll()

    def done(self, alarm_id: int) -> None:
        """Stored: what was typed is not needed any more."""
        self._drafts.forget(f"shelf/{alarm_id}")
        if alarm_id == self._alarm:
            self.hide()

    def refuse(self, refusal: Refusal) -> None:
        """A rule said no; what is typed stays."""
        self._say(" ".join(explain(refusal)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, and keeps what is typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        set_tone(self._problem, "red" if sentence else "muted")
        self._problem.setVisible(bool(sentence))

    @Slot()
    def _preset(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.until.setText(str(sender.property("minutes")))
            self._to_reason()

    @Slot()
    def _to_reason(self) -> None:
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _keep(self) -> None:
        self._drafts.put(f"shelf/{self._alarm}", self.reason.text())

    @Slot()
    def _send(self) -> None:
        minutes = minutes_until(self.until.text(), self._now)
        if minutes is None:
            self._say(t("alarms.shelf.no_end"))
            self.until.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not 0 < minutes <= LONGEST:
            self._say(t("alarms.shelf.too_long"))
            self.until.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.reason.text().strip():
            self._say(t("alarms.shelf.no_reason"))
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._say("")
            self.wanted.emit(self._alarm, minutes, self.reason.text().strip())


def minutes_until(text: str, now: datetime | None) -> int | None:
    """Minutes of ``45``, ``4h`` or a time of the site's day ``14:30`` (tomorrow's
    when it is past); full-width digits too. ``None`` for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    hours = plain.removesuffix("h").removesuffix("小时").strip()
    if hours != plain and hours.isdecimal() and len(hours) < 4:
        return int(hours) * 60
    plain = plain.removesuffix("min").removesuffix("分钟").strip()
    if plain.isdecimal() and len(plain) < 6:
        return int(plain)
    hour, colon, minute = plain.partition(":")
    if not colon or now is None or not (hour.isdecimal() and minute.isdecimal() and len(plain) <= 5):
        return None
    if int(hour) > 23 or int(minute) > 59:
        return None
    here = local(now)
    end = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    if end <= here:
        end += timedelta(days=1)
    return -int((here - end).total_seconds() // 60)
