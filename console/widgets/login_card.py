"""The card one signs in at: name and password, another password, the recovery code.

It stands on the sign-in page of a console nobody works at, and over the locked
desk, whose board and alarms go on behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import LANGUAGES, explain, language, t
from console.theme import Theme
from console.widgets.code_once import CodeOnce
from console.widgets.parts import button, clear, label, spaced, surface
from console.widgets.password_pair import PasswordPair

#: What the card asks for.
SIGN: Final = "sign"
CHANGE: Final = "change"
RECOVER: Final = "recover"
CODE: Final = "code"
_WIDE: Final = 400
#: So many people are offered by a button each.
MOST_OFFERED: Final = 6


class LoginCard(QWidget):
    """``sign_in(name, password)``; ``change(name, old, new)`` for a password that
    has to be another one; ``recover(name, code, new)``; ``noted()`` when the new
    recovery code was written down; ``left()`` when the way back was chosen;
    ``language_wanted(lang)``. ``suggested``: people as ``(name, words)`` to choose
    from by one click."""

    sign_in = Signal(str, str)
    change = Signal(str, str, str)
    recover = Signal(str, str, str)
    noted = Signal()
    left = Signal()
    language_wanted = Signal(str)

    def __init__(self, theme: Theme, suggested: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._theme = theme
        self._refusal: Refusal | None = None
        self._broke = self._busy = self._over = False
        self._asks = SIGN
        self._told: tuple[str, Mapping[str, object]] | None = None
        self._waiting = 0
        self._title = label(theme, "", 28, bold=True)
        self._sub = label(theme, "", 14, tone="muted", wrap=True)
        self._alarms = label(theme, "", 16, bold=True, tone="red", wrap=True)
        self._words = {one: label(theme, "", 12, tone="muted") for one in ("name", "password", "code")}
        self.name, self.password, self.code = QLineEdit(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.name, self.password, self.code):
            field.setFont(theme.font(16))
            field.setMinimumHeight(36)
            field.setMaxLength(256)
        self.pair = PasswordPair(theme)
        self.once = CodeOnce(theme)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._go.setMinimumHeight(40)
        self._back = button(theme, "", "quiet")
        self._recover = button(theme, "", "quiet")
        self._language = button(theme, "", "quiet")
        self._users_words = label(theme, "", 12, tone="muted")
        self._users = QVBoxLayout()
        self._fixed = tuple(suggested)
        self._offered: tuple[tuple[str, str], ...] = self._fixed
        self._build()
        self._connect()
        self._offer()
        self.retranslate()

    def _build(self) -> None:
        surface(self, "panel")
        self.setFixedWidth(_WIDE)
        form = QVBoxLayout(self)
        spaced(form, 32, 8)
        form.addWidget(self._title)
        form.addWidget(self._sub)
        form.addWidget(self._alarms)
        form.addSpacing(8)
        for name, field in (("name", self.name), ("password", self.password), ("code", self.code)):
            form.addWidget(self._words[name])
            form.addWidget(field)
        form.addWidget(self.pair)
        form.addWidget(self.once)
        form.addWidget(self._error)
        form.addSpacing(8)
        form.addWidget(self._go)
        form.addWidget(self._users_words)
        spaced(self._users, 0, 8)
        form.addLayout(self._users)
        last = QHBoxLayout()
        spaced(last, 0, 0)
        last.addWidget(self._back)
        last.addWidget(self._recover)
        last.addStretch(1)
        last.addWidget(self._language)
        form.addLayout(last)

    def _connect(self) -> None:
        self._go.clicked.connect(self._submit)
        self.name.returnPressed.connect(self._onward)
        self.code.returnPressed.connect(self._onward)
        self.password.returnPressed.connect(self._submit)
        self.pair.entered.connect(self._submit)
        self.once.confirmed.connect(self._written)
        self._back.clicked.connect(self.leave)
        self._recover.clicked.connect(self.ask_code)
        self._language.clicked.connect(self._switch)
        fields = (self.name, self.password, self.code, self.pair.first, self.pair.again)
        for field in fields:
            field.installEventFilter(self)

    # -- what it asks ---------------------------------------------------------

    @property
    def asks(self) -> str:
        """``sign``, ``change``, ``recover`` or ``code`` (the new one is shown)."""
        return self._asks

    def stand_over(self, over: bool) -> None:
        """Whether it stands over a locked desk: Esc puts it away there."""
        self._over = over
        self.retranslate()

    def set_offered(self, people: Sequence[tuple[str, str]]) -> None:
        """People who sat here of late, as ``(name, words)``; those the
        demonstration suggests stay."""
        known = {name for name, _ in self._fixed}
        self._offered = (*self._fixed, *(one for one in people if one[0] not in known))[:MOST_OFFERED]
        self._offer()
        self.retranslate()

    @Slot()
    def ask_code(self) -> None:
        """The way back in for an administrator who lost the password."""
        self._turn(RECOVER)

    def demand_change(self, key: str, facts: Mapping[str, object]) -> None:
        """The password was right and has to be another one from now on; the text
        of ``key`` says why."""
        self._told = (key, facts)
        kept = self.password.text()
        self._turn(CHANGE)
        self.password.setText(kept)
        self.pair.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_code(self, code: str) -> None:
        """The recovery code that replaces the one just used: shown this once."""
        self._turn(CODE)
        self.once.show_code(code)

    def _turn(self, asks: str) -> None:
        self._asks = asks
        self.pair.clear()
        self.code.clear()
        if asks != CODE:
            self.once.show_code("")
        self._end(None, broke=False)
        self.take_focus()

    @Slot()
    def leave(self) -> None:
        """Back to name and password; from there the card is put away."""
        if self._asks in (CHANGE, RECOVER):
            self._told = None
            self._turn(SIGN)
        elif self._asks == SIGN:
            self.password.clear()
            self.left.emit()

    # -- what came of it ------------------------------------------------------

    def set_waiting(self, alarms: int) -> None:
        """How many alarms nobody has acknowledged: a locked desk says so."""
        if alarms != self._waiting:
            self._waiting = alarms
            self.retranslate()

    def refused(self, refusal: Refusal) -> None:
        """Show why not; the name stays, the password is cleared."""
        self._end(refusal, broke=False)
        self.take_focus()

    def broke(self) -> None:
        """Show that it was our fault."""
        self._end(None, broke=True)

    def reset(self, name: str | None = None) -> None:
        """A clean card with the keyboard in the right field; ``name`` stands in
        it where it is known who comes."""
        if name is not None:
            self.name.setText(name)
        self._told = None
        self._turn(SIGN)

    def take_focus(self) -> None:
        """The first field that is still empty has the keyboard."""
        fields = [one for one in (self.name, self.code, self.password) if not one.isHidden()]
        fields += [] if self.pair.isHidden() else [self.pair.first]
        chosen = next((one for one in fields if not one.text()), fields[-1] if fields else None)
        if chosen is not None:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self, refusal: Refusal | None, *, broke: bool) -> None:
        self._refusal, self._broke, self._busy = refusal, broke, False
        self._go.setEnabled(True)
        if self._asks != CHANGE:
            self.password.clear()
        self.retranslate()

    # -- words ----------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the language now."""
        asks = self._asks
        self._title.setText(t("desk.login.title") if asks == SIGN else t(f"people.card.{asks}"))
        if asks == CHANGE and self._told is not None:
            self._sub.setText(t(self._told[0], **self._told[1]))
        else:
            self._sub.setText(t("desk.login.sub") if asks == SIGN else t(f"people.card.{asks}_sub"))
        self._alarms.setText(t("desk.login.alarms", n=self._waiting))
        self._alarms.setVisible(self._waiting > 0 and asks == SIGN)
        for name, field in (("name", self.name), ("password", self.password), ("code", self.code)):
            words = t("people.card.code_word") if name == "code" else t(f"desk.login.{name}")
            self._words[name].setText(words)
            field.setAccessibleName(words)
            there = name in {SIGN: ("name", "password"), RECOVER: ("name", "code")}.get(asks, ())
            field.setVisible(there)
            self._words[name].setVisible(there)
        self.pair.setVisible(asks in (CHANGE, RECOVER))
        self.pair.retranslate()
        self.once.setVisible(asks == CODE)
        self.once.retranslate()
        self._go.setVisible(asks != CODE)
        self._go.setText(t("desk.login.busy" if self._busy else _GO[asks]))
        self._back.setText(t("people.card.back"))
        self._back.setVisible(asks in (CHANGE, RECOVER) or (asks == SIGN and self._over))
        self._recover.setText(t("people.card.lost"))
        self._recover.setVisible(asks == SIGN)
        self._language.setText(t("desk.header.language"))
        self._language.setAccessibleName(t("desk.header.language_name"))
        key = "desk.login.demo_users" if self._fixed else "people.card.recent"
        self._users_words.setText(t(key))
        self._show_offered(asks == SIGN)
        words = " ".join(explain(self._refusal)) if self._refusal is not None else ""
        self._error.setText(t("desk.say.broke") if self._broke else words)
        self._error.setVisible(bool(self._error.text()))

    def _offer(self) -> None:
        clear(self._users)
        self._choices: list[QPushButton] = []
        for name, words in self._offered:
            one = button(self._theme, words or name)
            one.setProperty("user", name)
            one.clicked.connect(self._took_user)
            self._users.addWidget(one)
            self._choices.append(one)

    def _show_offered(self, seen: bool) -> None:
        self._users_words.setVisible(seen and bool(self._offered))
        # Not by itemAt: what that gives outlives the layout's item, and is then
        # taken for whatever stands in its place.
        for one in self._choices:
            one.setVisible(seen)

    # -- what is pressed ------------------------------------------------------

    @Slot()
    def _submit(self) -> None:
        if self._busy:
            return
        name = self.name.text().strip()
        if not name or not self._complete():
            self.take_focus()
            return
        self._busy = True
        self._go.setEnabled(False)
        self._refusal, self._broke = None, False
        self.retranslate()
        if self._asks == SIGN:
            self.sign_in.emit(name, self.password.text())
        elif self._asks == CHANGE:
            self.change.emit(name, self.password.text(), self.pair.first.text())
        else:
            self.recover.emit(name, self.code.text().strip(), self.pair.first.text())

    def _complete(self) -> bool:
        if self._asks == SIGN:
            return True
        if self._asks == RECOVER and not self.code.text().strip():
            return False
        return self.pair.complete()

    @Slot()
    def _written(self) -> None:
        self.reset()
        self.noted.emit()

    @Slot()
    def _onward(self) -> None:
        self.focusNextChild()

    @Slot()
    def _took_user(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.name.setText(str(sender.property("user")))
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _switch(self) -> None:
        self.language_wanted.emit(next(one for one in LANGUAGES if one != language()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc goes back."""
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.leave()
            return True
        return False


_GO: Final = {
    SIGN: "desk.login.go",
    CHANGE: "people.card.change_go",
    RECOVER: "people.card.recover_go",
    CODE: "people.code.written",
}
