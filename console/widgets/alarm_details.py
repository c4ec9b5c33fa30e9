"""Beside the list: what to do about the chosen alarm, and its whole life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, SourceKind
from console.i18n import t
from console.models.alarm_rows import Row
from console.models.drafts import Drafts
from console.models.names import NOBODY, NameBook
from console.models.wording import alarm_text, guide
from console.services.alarm_log import AlarmLife, PastAlarm
from console.theme import Theme
from console.ticker import Ticker
from console.widgets import alarm_words as words
from console.widgets.alarm_shelf import ShelfForm
from console.widgets.parts import button, label, line, spaced

_BUTTONS: Final = ("ack1", "ack2", "ack3", "shelve", "unshelve", "jump")
_TAKEABLE: Final = frozenset({AlarmState.RAISED, AlarmState.RETURNED})
_SHELVABLE: Final = frozenset({AlarmState.RAISED, AlarmState.ACKNOWLEDGED})


def goes_to(alarm: Alarm) -> bool:
    """Whether what an alarm is about can be gone to: a case or a camera."""
    kinds = (SourceKind.CASE, SourceKind.EMERGENCY, SourceKind.SUPERVISION, SourceKind.CAMERA)
    return alarm.source_kind in kinds or bool(alarm.members)


class AlarmDetails(QWidget):
    """``asked(what)`` as the list's keys ask."""

    asked = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._ticker = ticker
        self._row: Row | None = None
        self._life: AlarmLife | None = None
        self._names = NOBODY
        self.title = label(theme, "", 16, bold=True, wrap=True)
        self.where = label(theme, "", 14, tone="muted", wrap=True)
        self.guidance = label(theme, "", 14, wrap=True)
        self._life_title = label(theme, "", 14, bold=True)
        self.events = label(theme, "", 14, wrap=True)
        self.shelf = ShelfForm(theme, drafts)
        self.shelf.hide()
        self.buttons: Mapping[str, QPushButton] = {one: button(theme, "") for one in _BUTTONS}
        self._build()
        self.retranslate()

    def _build(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for at, (name, made) in enumerate(self.buttons.items()):
            made.setProperty("asks", name)
            made.clicked.connect(self._clicked)
            (first if at < 3 else second).addWidget(made)
        inner = QWidget()
        column = QVBoxLayout(inner)
        spaced(column, 0, 8)
        for one in (self.title, self.where, self.guidance):
            column.addWidget(one)
        for row in (first, second):
            spaced(row, 0, 4)
            row.addStretch(1)
            column.addLayout(row)
        column.addWidget(self.shelf)
        column.addWidget(line())
        column.addWidget(self._life_title)
        column.addWidget(self.events)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        spaced(whole, 0, 0)
        whole.addWidget(scroll)

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self._show()

    def show_row(self, row: Row | None) -> None:
        """Another alarm, or the same one changed."""
        if row is None or self._life is None or self._life.alarm.id != row.alarm.id:
            self._life = None
        self._row = row
        self._show()

    def show_life(self, life: AlarmLife) -> None:
        """What happened to the alarm that is shown."""
        if self._row is not None and life.alarm.id == self._row.alarm.id:
            self._life = life
            self._show()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, made in self.buttons.items():
            made.setText(t(f"alarms.do.{name}"))
        self._life_title.setText(t("alarms.life.title"))
        self.shelf.retranslate()
        self._show()

    def _show(self) -> None:
        row, now = self._row, self._ticker.now()
        self._offer(row)
        if row is None:
            for one in (self.title, self.where, self.guidance, self.events):
                one.setText("")
            self._life_title.hide()
            return
        alarm = row.alarm
        self.title.setText(f"{row.number} {alarm_text(alarm)}".strip())
        where = words.member_words(alarm.members) if isinstance(row, PastAlarm) else words.place(row)
        self.where.setText(where)
        self.where.setVisible(bool(where))
        told = guide(alarm)
        self.guidance.setText(f"{t('alarms.page.guidance')} {told}" if told else "")
        self.guidance.setVisible(bool(told))
        self._life_title.setVisible(self._life is not None)
        self.events.setText(self._story(now))

    def _story(self, now: datetime) -> str:
        life = self._life
        if life is None:
            return ""
        kind = life.alarm.source_kind.value
        lines = [words.life_line(event, self._names, now, kind) for event in life.events]
        if life.acked_s is not None:
            lines.append(words.answer_time(life.acked_s))
        return "\n".join(lines)

    def _offer(self, row: Row | None) -> None:
        present = row is not None and not isinstance(row, PastAlarm)
        state = row.alarm.state if row is not None else None
        for name, made in self.buttons.items():
            if name.startswith("ack"):
                made.setVisible(present and state in _TAKEABLE)
            elif name == "shelve":
                made.setVisible(present and state in _SHELVABLE)
            elif name == "unshelve":
                made.setVisible(present and state is AlarmState.SHELVED)
            else:
                made.setVisible(row is not None and goes_to(row.alarm))

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.asked.emit(str(sender.property("asks")))
