"""One screen that sets a real site up: what it is called, where its data lies, who
administers it; then the recovery code, and it begins."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.domain.errors import Refusal
from console.i18n import LANGUAGES, explain, language, t
from console.services.site_wish import SiteWish
from console.theme import Theme
from console.widgets.code_once import CodeOnce
from console.widgets.parts import DataLabel, button, label, spaced, surface
from console.widgets.password_pair import PasswordPair

_WIDE: Final = 560
#: The shortest password of a site without rules of its own.
_SHORTEST: Final = 8


class SetupPage(QWidget):
    """``wanted(SiteWish)``, ``begun()`` when the site stands and its code was written
    down, ``left()`` for later, ``language_wanted(lang)``."""

    wanted = Signal(object)
    begun = Signal()
    left = Signal()
    language_wanted = Signal(str)

    def __init__(self, theme: Theme, where: str) -> None:
        """``where``: the file the data lies in by default."""
        super().__init__()
        self._refusal: Refusal | None = None
        self._broke = self._busy = False
        self._title = label(theme, "", 28, bold=True)
        self._sub = label(theme, "", 14, tone="muted", wrap=True)
        named = ("site", "admin", "display", "url")
        self._words = {one: label(theme, "", 12, tone="muted") for one in named}
        self.site, self.admin, self.display, self.url = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        for field, most in ((self.site, 60), (self.admin, 32), (self.display, 60), (self.url, 500)):
            field.setFont(theme.font(16))
            field.setMinimumHeight(32)
            field.setMaxLength(most)
            field.returnPressed.connect(self._onward)
        self._data = label(theme, "", 12, tone="muted")
        self.here, self.server = QRadioButton(), QRadioButton()
        self._choice = QButtonGroup(self)
        for one in (self.here, self.server):
            one.setFont(theme.font(14))
            self._choice.addButton(one)
        self.here.setChecked(True)
        self._file = DataLabel(theme, 12, tone="muted")
        self._file.setText(where)
        self._hint = label(theme, "", 12, tone="muted", wrap=True)
        self.pair = PasswordPair(theme)
        self.pair.set_shortest(_SHORTEST)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self.go = button(theme, "", "primary", px=16, bold=True)
        self.go.setMinimumHeight(40)
        self._later, self._language = button(theme, "", "quiet"), button(theme, "", "quiet")
        self.once = CodeOnce(theme)
        self._next = label(theme, "", 14, tone="muted", wrap=True)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        surface(self, "bg")
        form, done = QWidget(), QWidget()
        column = QVBoxLayout(form)
        spaced(column, 0, 6)
        for name, field in (("site", self.site),):
            column.addWidget(self._words[name])
            column.addWidget(field)
        for one in (self._data, self.here, self._file, self.server, self._words["url"], self.url, self._hint):
            column.addWidget(one)
        for name, field in (("admin", self.admin), ("display", self.display)):
            column.addWidget(self._words[name])
            column.addWidget(field)
        for last_one in (self.pair, self._error, self.go):
            column.addWidget(last_one)
        column.addStretch(1)
        ended = QVBoxLayout(done)
        spaced(ended, 0, 12)
        ended.addWidget(self.once)
        ended.addWidget(self._next)
        ended.addStretch(1)
        self._stack.addWidget(form)
        self._stack.addWidget(done)
        card = surface(QWidget(), "panel")
        card.setFixedWidth(_WIDE)
        inner = QVBoxLayout(card)
        spaced(inner, 32, 8)
        inner.addWidget(self._title)
        inner.addWidget(self._sub)
        inner.addWidget(self._stack, 1)
        last = QHBoxLayout()
        spaced(last, 0, 8)
        last.addWidget(self._later)
        last.addStretch(1)
        last.addWidget(self._language)
        inner.addLayout(last)
        middle = QWidget()
        row = QHBoxLayout(middle)
        spaced(row, 16, 0)
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(middle)
        outer = QVBoxLayout(self)
        spaced(outer, 0, 0)
        outer.addWidget(scroll)

    def _connect(self) -> None:
        self._choice.buttonToggled.connect(self._chosen)
        self.go.clicked.connect(self._submit)
        self.pair.entered.connect(self._submit)
        self._later.clicked.connect(self.left)
        self._language.clicked.connect(self._switch)
        self.once.confirmed.connect(self.begun)

    def take_focus(self) -> None:
        """The first field has the keyboard."""
        self.site.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, refusal: Refusal | None) -> None:
        """Why not; ``None`` when it was our fault. What was typed stays."""
        self._refusal, self._broke, self._busy = refusal, refusal is None, False
        self.retranslate()

    def show_code(self, code: str) -> None:
        """The site stands; its code is shown this once."""
        self._busy = False
        self.pair.clear()
        self._stack.setCurrentIndex(1)
        self.once.show_code(code)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        made = self._stack.currentIndex() == 1
        self._title.setText(t("setup.made" if made else "setup.title"))
        self._sub.setText(t("setup.made_sub" if made else "setup.sub"))
        for name, words in self._words.items():
            words.setText(t(f"setup.word.{name}"))
            getattr(self, name).setAccessibleName(t(f"setup.word.{name}"))
        self._data.setText(t("setup.word.data"))
        self.here.setText(t("setup.here"))
        self.server.setText(t("setup.server"))
        self._hint.setText(t("setup.server_hint"))
        remote = self.server.isChecked()
        for one in (self._words["url"], self.url, self._hint):
            one.setVisible(remote)
        self._file.setVisible(not remote)
        self.pair.retranslate()
        self.once.retranslate()
        self.go.setText(t("setup.busy" if self._busy else "setup.go"))
        self.go.setEnabled(not self._busy)
        self._later.setText(t("setup.later"))
        self._later.setVisible(not made)
        self._language.setText(t("desk.header.language"))
        self._language.setAccessibleName(t("desk.header.language_name"))
        self._next.setText(t("setup.next"))
        why = " ".join(explain(self._refusal)) if self._refusal is not None else ""
        self._error.setText(t("desk.say.broke") if self._broke else why)
        self._error.setVisible(bool(self._error.text()))

    @Slot()
    def _chosen(self) -> None:
        self.retranslate()
        if self.server.isChecked():
            self.url.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _onward(self) -> None:
        """To the next field that is there."""
        fields = [one for one in (self.site, self.url, self.admin, self.display) if one.isVisible()]
        fields.append(self.pair.first)
        sender = self.sender()
        at = next((at for at, one in enumerate(fields) if one is sender), 0)
        fields[min(at + 1, len(fields) - 1)].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _submit(self) -> None:
        if self._busy or self._stack.currentIndex():
            return
        for field in (self.site, self.admin):
            if not field.text().strip():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if not self.pair.complete():
            return
        self._busy, self._refusal, self._broke = True, None, False
        self.retranslate()
        url = self.url.text().strip() if self.server.isChecked() else ""
        names = self.site.text(), self.admin.text().strip(), self.display.text()
        self.wanted.emit(SiteWish(*names, self.pair.first.text(), url))

    @Slot()
    def _switch(self) -> None:
        self.language_wanted.emit(next(one for one in LANGUAGES if one != language()))
