"""The check, large over the page: before beside after, pass or send back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.vocabulary import Action
from console.i18n import either, explain, t
from console.models.drafts import Drafts
from console.models.wording import number
from console.services.views import CaseView
from console.theme import Theme
from console.widgets.parts import EDGE, button, label, spaced, surface
from console.widgets.picture_pair import PicturePair

_TURNS: Final = {
    Qt.Key.Key_Left: (1, -1),
    Qt.Key.Key_Right: (1, 1),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CheckView(QWidget):
    """``passed()``; ``sent_back(reason)``. Not a dialog: nothing waits for it."""

    passed = Signal()
    sent_back = Signal(str)

    def __init__(self, theme: Theme, drafts: Drafts, parent: QWidget, below: QWidget) -> None:
        """Fills ``parent`` below ``below``: alarms stay in sight."""
        super().__init__(parent)
        self._page, self._below, self._drafts = parent, below, drafts
        self._view: CaseView | None = None
        self._back: QWidget | None = None
        surface(self, "bg")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pair = PicturePair(theme)
        self._title = label(theme, "", 20, bold=True)
        self._closing = label(theme, "", 14, tone="muted", wrap=True)
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self.reason = QLineEdit()
        self.reason.setFont(theme.font(14))
        self._pass = button(theme, "", "primary", px=16, bold=True)
        self._rework = button(theme, "", px=16)
        self._foot = label(theme, "", 12, tone="muted")
        self._build()
        self._pass.clicked.connect(self._on_pass)
        self._rework.clicked.connect(self._on_rework)
        self.reason.returnPressed.connect(self._on_rework)
        self.reason.textEdited.connect(self._keep)
        parent.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        row = QHBoxLayout()
        spaced(row, 0, 12)
        row.addWidget(self._pass)
        row.addWidget(self.reason, 1)
        row.addWidget(self._rework)
        body = QVBoxLayout(self)
        spaced(body, EDGE, 12)
        body.addWidget(self._title)
        body.addWidget(self._closing)
        body.addWidget(self.pair, 1)
        body.addWidget(self._said)
        body.addLayout(row)
        body.addWidget(self._foot)

    def open(self, view: CaseView) -> None:
        """Show the case's pictures; the keyboard comes here."""
        self._back = self.window().focusWidget()
        self._place()
        self.take(view)
        self.reason.setText(self._drafts.get(self._key()))
        self._say("")
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        top = self._below.mapTo(self._page, self._below.rect().bottomLeft()).y() + 1
        self.setGeometry(self._page.rect().adjusted(0, top, 0, 0))

    def take(self, view: CaseView) -> None:
        """A newer state of the case: fresh pictures; gone when the check is over."""
        before, self._view = self._view, view
        if not self.isHidden() and before is not None:
            other = before.case.id != view.case.id
            # Waiting for the close one may still send back, but not pass again.
            passed = before.next_action is Action.CHECK and view.next_action is not Action.CHECK
            if other or passed or Action.CHECK not in view.allowed:
                self.leave()
        self.pair.apply(view.case.evidence, view.evidence_paths)
        self.retranslate()

    def leave(self) -> None:
        """Back to where the keyboard was; the reason stays as a draft."""
        self.hide()
        back, self._back = self._back, None
        if back is not None and back.isVisible():
            back.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self._page.setFocus(Qt.FocusReason.PopupFocusReason)

    def refuse(self, refusal: Refusal) -> None:
        """Say why not; what was typed stays."""
        self._say(" ".join(explain(refusal)))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        view = self._view
        if view is None:
            return
        what = either(view.case.name_zh, view.case.name_en)
        self._title.setText(t("teams.check.title", number=number(view.case.id), what=what))
        self.setAccessibleName(self._title.text())
        condition = view.condition
        closing = either(condition.closing_zh, condition.closing_en) if condition is not None else ""
        self._closing.setText(t("teams.check.closing", words=closing) if closing else "")
        self._closing.setVisible(bool(closing))
        self._pass.setText(t("teams.check.pass"))
        self._pass.setVisible(view.next_action is Action.CHECK)
        self._rework.setText(t("teams.check.rework"))
        self.reason.setPlaceholderText(t("teams.check.reason"))
        self.reason.setAccessibleName(t("teams.check.reason"))
        self._foot.setText(t("teams.check.foot"))
        self.pair.retranslate()

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def _key(self) -> str:
        return f"{self._view.case.id if self._view is not None else ''}/check-reason"

    @Slot(str)
    def _keep(self, text: str) -> None:
        self._drafts.put(self._key(), text)

    @Slot()
    def _on_pass(self) -> None:
        self._say("")
        if not self._pass.isHidden():
            self.passed.emit()

    @Slot()
    def _on_rework(self) -> None:
        words = self.reason.text().strip()
        if not words:
            self._say(t("teams.check.reason_missing") if self.reason.hasFocus() else "")
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._say("")
        self._drafts.forget(self._key())
        self.sent_back.emit(words)

    def event(self, event: QEvent) -> bool:
        """Its keys are its own: no key of the desk is heard below it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() < Qt.Key.Key_F1:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A passes, W sends back, arrows turn the pictures, Esc leaves."""
        turn = _TURNS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            if self.reason.hasFocus():
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.leave()
        elif self.reason.hasFocus():
            super().keyPressEvent(event)
        elif turn is not None:
            self.pair.turn(*turn)
        elif event.key() == Qt.Key.Key_A:
            self._on_pass()
        elif event.key() == Qt.Key.Key_W:
            self._on_rework()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False
