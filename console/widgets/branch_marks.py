"""What is out of the ordinary about a case, one line each, under its head:
rests until and why, reply due, urged, appealed, and what was corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.domain.model import Case, Event
from console.domain.vocabulary import Action, State
from console.i18n import t
from console.models import branch_words
from console.models.names import NOBODY, NameBook
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import DataLabel, clear, label, spaced


class _Struck(DataLabel):
    """One correction in one line: the old value struck through."""

    def __init__(self, theme: Theme, told: branch_words.Correction, rest: str) -> None:
        super().__init__(theme, 12)
        self._parts = (f"{told.field} ", told.old, f" → {told.new} · {rest}")
        self._quiet = theme.color("muted")
        words = t("branches.mark.corrected", field=told.field, old=told.old, new=told.new)
        self.setText(f"{words} · {rest}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the three parts, the last one shortened."""
        painter = QPainter(self)
        room = QRect(self.contentsRect())
        for text, struck in zip(self._parts, (False, True, False), strict=True):
            font = QFont(self.font())
            font.setStrikeOut(struck)
            painter.setFont(font)
            painter.setPen(self._quiet if struck else self.palette().color(self.foregroundRole()))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
            room.setLeft(min(room.right(), room.left() + painter.fontMetrics().horizontalAdvance(shown)))


class BranchMarks(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._case: Case | None = None
        self._events: tuple[Event, ...] = ()
        self._names = NOBODY
        self._reply_tone = ""
        self._made: list[QLabel] = []
        self._body = QVBoxLayout(self)
        spaced(self._body, 0, 4)
        self.hide()
        ticker.tick.connect(self._on_tick)

    def apply(self, case: Case, events: Sequence[Event]) -> None:
        """Take a case and what happened to it."""
        if case is self._case and tuple(events) == self._events:
            return
        self._case, self._events = case, tuple(events)
        self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What people and communities are called."""
        self._names = names
        self.retranslate()

    def words(self) -> tuple[str, ...]:
        """The lines as they stand."""
        # Not by itemAt: what that gives outlives the layout's item, and is then
        # taken for whatever stands in its place.
        return tuple(one.text() for one in self._made if not one.isHidden())

    def retranslate(self) -> None:
        """Say everything in the language now."""
        clear(self._body)
        self._made = []
        case = self._case
        if case is None:
            self.hide()
            return
        now = self._ticker.now()
        made: list[QLabel] = [*self._resting(case, now), *self._reply(case, now), *self._counts(case)]
        made += [self._corrected(event) for event in branch_words.granted(self._events)]
        self._made = made
        for one in made:
            self._body.addWidget(one)
            one.show()
        self.setVisible(bool(made))

    def _resting(self, case: Case, now: datetime) -> list[QLabel]:
        if case.state is not State.SUSPENDED:
            return []
        done = [e for e in self._events if e.action is Action.SUSPEND and not e.data.get("asked")]
        why = str(done[-1].data.get("reason") or "") if done else ""
        words = branch_words.resting(case.suspended_until, why, now)
        return [label(self._theme, words, 14, tone="accent", wrap=True)]

    def _reply(self, case: Case, now: datetime) -> list[QLabel]:
        if case.reply_by is None:
            return []
        self._reply_tone = branch_words.reply_tone(case.reply_by, now)
        words = branch_words.reply_due(case.reply_by, now)
        asked = [str(e.data.get("text") or "") for e in self._events if e.action is Action.SUPERVISE]
        if asked and asked[-1]:
            words = f"{words} · {asked[-1]}"
        tone = "red" if self._reply_tone == "red" else "accent"
        return [label(self._theme, words, 14, bold=True, tone=tone, wrap=True)]

    def _counts(self, case: Case) -> list[QLabel]:
        parts = []
        if case.urges:
            parts.append(t("branches.mark.urges", n=case.urges))
        if case.refusals:
            parts.append(t("branches.mark.refusals", n=case.refusals))
        if case.exempt:
            parts.append(t("branches.mark.exempt"))
        return [label(self._theme, " · ".join(parts), 14, tone="muted", wrap=True)] if parts else []

    def _corrected(self, event: Event) -> QLabel:
        """The old value struck through, the new one, who and why."""
        told = branch_words.correction(event, self._names)
        assert told is not None  # granted() brings corrections only
        who = self._names.person(str(event.data.get("asked_by") or event.actor))
        after = [t("branches.mark.corrected_by", who=who)]
        if event.data.get("reason"):
            after.append(t("branches.mark.reason", reason=event.data["reason"]))
        return _Struck(self._theme, told, " · ".join(after))

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        case = self._case
        if case is None or case.reply_by is None or not self.isVisible():
            return
        if branch_words.reply_tone(case.reply_by, now) != self._reply_tone:
            self.retranslate()
