"""Who reported it: masked until somebody with the right looks, and that look
is on the record. A wish to be called back stays in sight until it is done."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock, number
from console.services.persons import CallerView
from console.services.views import CaseView, IntakeView
from console.theme import Theme
from console.widgets.ask_row import AskRow
from console.widgets.parts import DataLabel, button, label, set_tone, spaced

#: A clear name is covered again after this long, ms.
COVERED_AFTER_MS: Final = 60_000


class CallerLine(QWidget):
    """``look(case id)``; ``called(case id, "reached" or "missed")``;
    ``erase(case id, reason)`` once the reason was given and said again."""

    look = Signal(str)
    called = Signal(str, str)
    erase = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._case_id = ""
        self._view = IntakeView()
        self._clear: CallerView | None = None
        self._names = NOBODY
        self._who = DataLabel(theme, 14)
        self._others = DataLabel(theme, 12, tone="muted")
        self._wish = label(theme, "", 14, wrap=True)
        self.show_button = button(theme, "", "quiet", px=12)
        self.reached = button(theme, "", "quiet", px=12)
        self.missed = button(theme, "", "quiet", px=12)
        self.erase_button = button(theme, "", "quiet", px=12)
        self.why = AskRow(theme, narrow=True)
        self._sure = ""
        self._warning = label(theme, "", 14, tone="red", wrap=True)
        self._cover = QTimer(self)
        self._cover.setSingleShot(True)
        self._cover.setInterval(COVERED_AFTER_MS)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            spaced(row, 0, 8)
        first.addWidget(self._who, 1)
        first.addWidget(self.show_button)
        second.addWidget(self._wish, 1)
        second.addWidget(self.reached)
        second.addWidget(self.missed)
        body = QVBoxLayout(self)
        spaced(body, 0, 2)
        body.addLayout(first)
        body.addWidget(self._others)
        body.addLayout(second)
        body.addWidget(self.erase_button, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.why)
        body.addWidget(self._warning)
        self.show_button.clicked.connect(self.toggle)
        self.reached.clicked.connect(self.call_reached)
        self.missed.clicked.connect(self.call_missed)
        self.erase_button.clicked.connect(self.ask_erase)
        self.why.answered.connect(self._reasoned)
        self.why.left.connect(self._kept)
        self._cover.timeout.connect(self.cover)

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.retranslate()

    def apply(self, view: CaseView) -> None:
        """Take a case; another one covers what was shown."""
        if view.case.id != self._case_id:
            self._clear = None
            self._put_away()
        elif view.intake.caller != "there":
            self._put_away()
        self._case_id, self._view = view.case.id, view.intake
        self.retranslate()

    def show_caller(self, view: CallerView) -> None:
        """The answer to ``look``; covered again after a minute."""
        if view.case == self._case_id:
            self._clear = view
            self._cover.start()
            self.retranslate()

    @Slot()
    def toggle(self) -> None:
        """Look, or cover again."""
        if self._clear is not None:
            self.cover()
        elif self._view.caller == "there" and self._view.may_read:
            self.look.emit(self._case_id)

    @Slot()
    def cover(self) -> None:
        """Nobody stands before it any more."""
        self._clear = None
        self._cover.stop()
        self.retranslate()

    @Slot()
    def call_reached(self) -> None:
        """The reporter was told."""
        if self._can_call():
            self.called.emit(self._case_id, "reached")

    @Slot()
    def call_missed(self) -> None:
        """Nobody answered."""
        if self._can_call():
            self.called.emit(self._case_id, "missed")

    @Slot()
    def ask_erase(self) -> None:
        """Ask why name and telephone go; nothing is erased by one key."""
        if self._can_erase():
            self._sure = ""
            self.why.ask("erase", "intake.caller.why_erase", "")
            self._say_warning()

    @Slot(str, str)
    def _reasoned(self, _what: str, reason: str) -> None:
        """The first Enter asks back, the second one erases."""
        if not self._can_erase():
            return
        if self._sure != reason:
            self._sure = reason
            self.why.ask("erase", "intake.caller.why_erase", reason)
            self.why.field.deselect()
        else:
            self._sure = ""
            self.erase.emit(self._case_id, reason)
        self._say_warning()

    @Slot()
    def _kept(self) -> None:
        """Esc: it stays."""
        self._warning.setVisible(False)

    def _put_away(self) -> None:
        self._sure = ""
        self.why.hide()
        self.why.field.clear()
        self._warning.setVisible(False)

    def _say_warning(self) -> None:
        self._warning.setText(t("intake.caller.erase_sure"))
        self._warning.setVisible(bool(self._sure))

    def _can_erase(self) -> bool:
        return bool(self._case_id) and self._view.may_erase and self._view.caller == "there"

    def _can_call(self) -> bool:
        return bool(self._case_id) and self._view.may_read and self._view.caller == "there"

    def retranslate(self) -> None:
        """Say everything in the language now."""
        view = self._view
        self.setVisible(bool(view.caller or view.external or view.callback))
        self._who.setText(self._who_words())
        word = "look" if self._clear is None else "cover"
        self.show_button.setText(t(f"intake.caller.{word}"))
        self.show_button.setVisible(view.caller == "there" and view.may_read)
        self.erase_button.setText(t("intake.caller.erase"))
        self.erase_button.setVisible(self._can_erase())
        self.why.retranslate()
        self._warning.setText(t("intake.caller.erase_sure"))
        others = self._clear.others if self._clear is not None else ()
        self._others.setText(t("intake.caller.others", cases=" ".join(number(one) for one in others[:5])))
        self._others.setVisible(bool(others))
        facts = {"who": self._names.person(view.called_by), "at": clock(view.called_at)}
        self._wish.setText(t(f"intake.caller.{view.callback}", **facts) if view.callback else "")
        set_tone(self._wish, "accent" if view.callback in ("wanted", "missed") else "muted")
        self._wish.setVisible(bool(view.callback))
        calls = self._can_call() and view.callback in ("wanted", "missed")
        for made, word in ((self.reached, "reached"), (self.missed, "missed")):
            made.setText(t(f"intake.caller.mark_{word}"))
            made.setVisible(calls)

    def _who_words(self) -> str:
        view, seen = self._view, self._clear
        if seen is not None:
            words = t("intake.caller.clear", name=seen.name or "—", phone=seen.phone or "—")
        elif view.caller:
            words = t(f"intake.caller.{view.caller}")
        else:
            words = ""
        outside = t("intake.caller.external", number=view.external) if view.external else ""
        return " · ".join(part for part in (words, outside) if part)
