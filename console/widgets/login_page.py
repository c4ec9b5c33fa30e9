"""Signing in, and the lock: the board goes on behind it, unseen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import LANGUAGES, explain, language, t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface


class LoginPage(QWidget):
    """``sign_in(name, password)``; ``language_wanted(lang)``. ``suggested``:
    demo users as ``(name, words)`` to choose from by one click."""

    sign_in = Signal(str, str)
    language_wanted = Signal(str)

    def __init__(self, theme: Theme, suggested: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._theme = theme
        self._refusal: Refusal | None = None
        self._broke = False
        self._busy = False
        self._title = label(theme, "", 28, bold=True)
        self._sub = label(theme, "", 14, tone="muted")
        self._name_words = label(theme, "", 12, tone="muted")
        self._pass_words = label(theme, "", 12, tone="muted")
        self.name = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.name, self.password):
            field.setFont(theme.font(16))
            field.setMinimumHeight(36)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._go.setMinimumHeight(40)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._waiting = 0
        self._alarms = label(theme, "", 16, bold=True, tone="red", wrap=True)
        self._language = button(theme, "", "quiet")
        self._users_words = label(theme, "", 12, tone="muted")
        self._users = [self._user(name, words) for name, words in suggested]
        self._build()
        self.retranslate()

    def _user(self, name: str, words: str) -> QWidget:
        one = button(self._theme, words or name)
        one.setProperty("user", name)
        one.clicked.connect(self._took_user)
        return one

    def _build(self) -> None:
        surface(self, "bg")
        card = surface(QWidget(), "panel")
        card.setFixedWidth(400)
        form = QVBoxLayout(card)
        spaced(form, 32, 8)
        form.addWidget(self._title)
        form.addWidget(self._sub)
        form.addWidget(self._alarms)
        form.addSpacing(16)
        for words, field in ((self._name_words, self.name), (self._pass_words, self.password)):
            form.addWidget(words)
            form.addWidget(field)
        form.addWidget(self._error)
        form.addSpacing(8)
        form.addWidget(self._go)
        if self._users:
            form.addSpacing(8)
            form.addWidget(self._users_words)
            for one in self._users:
                form.addWidget(one)
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self._language)
        form.addLayout(last)
        page = QVBoxLayout(self)
        page.addStretch(1)
        # No alignment: only so is the height asked for at the card's width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        page.addLayout(middle)
        page.addStretch(2)
        self._go.clicked.connect(self._submit)
        self.password.returnPressed.connect(self._submit)
        self.name.returnPressed.connect(self._to_password)
        self._language.clicked.connect(self._switch)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.login.title"))
        self._sub.setText(t("desk.login.sub"))
        self._alarms.setText(t("desk.login.alarms", n=self._waiting))
        self._alarms.setVisible(self._waiting > 0)
        self._name_words.setText(t("desk.login.name"))
        self._pass_words.setText(t("desk.login.password"))
        self.name.setAccessibleName(t("desk.login.name"))
        self.password.setAccessibleName(t("desk.login.password"))
        self._go.setText(t("desk.login.busy" if self._busy else "desk.login.go"))
        self._language.setText(t("desk.header.language"))
        self._language.setAccessibleName(t("desk.header.language_name"))
        self._users_words.setText(t("desk.login.demo_users"))
        words = " ".join(explain(self._refusal)) if self._refusal is not None else ""
        self._error.setText(t("desk.say.broke") if self._broke else words)
        self._error.setVisible(bool(self._error.text()))

    def set_waiting(self, alarms: int) -> None:
        """How many alarms nobody has acknowledged: a locked desk says so."""
        if alarms != self._waiting:
            self._waiting = alarms
            self.retranslate()

    def refused(self, refusal: Refusal) -> None:
        """Show why not; the name stays, the password is cleared."""
        self._end(refusal, broke=False)

    def broke(self) -> None:
        """Show that it was our fault."""
        self._end(None, broke=True)

    def reset(self) -> None:
        """A clean page with the keyboard in the right field."""
        self._end(None, broke=False)
        (self.password if self.name.text() else self.name).setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self, refusal: Refusal | None, *, broke: bool) -> None:
        self._refusal, self._broke, self._busy = refusal, broke, False
        self._go.setEnabled(True)
        self.password.clear()
        self.retranslate()

    @Slot()
    def _submit(self) -> None:
        if not self.name.text().strip() or self._busy:
            return
        self._busy = True
        self._go.setEnabled(False)
        self.retranslate()
        self.sign_in.emit(self.name.text().strip(), self.password.text())

    @Slot()
    def _to_password(self) -> None:
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _took_user(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.name.setText(str(sender.property("user")))
            self._to_password()

    @Slot()
    def _switch(self) -> None:
        self.language_wanted.emit(next(one for one in LANGUAGES if one != language()))
