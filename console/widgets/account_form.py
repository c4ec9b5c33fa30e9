"""One account: who, as what, with which first password. The role is told in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.model import User
from console.domain.vocabulary import Role
from console.i18n import either, t
from console.theme import Theme
from console.widgets.parts import button, label, spaced
from console.widgets.password_pair import PasswordPair

ADD: Final = "add"
EDIT: Final = "edit"
PASSWORD: Final = "password"
_WIDE: Final = 480
_ROLES: Final = tuple(role for role in Role if role is not Role.SYSTEM)
#: The five posts of a room where filing is separate stand last.
_POSTS: Final = frozenset({Role.CALLTAKER, Role.DISPATCHER, Role.INSPECTOR})


class AccountForm(QWidget):
    """``added(User, password, change first)``, ``edited(User)``,
    ``renewed(name, password, change first)``, ``left()``."""

    added = Signal(object, str, bool)
    edited = Signal(object)
    renewed = Signal(str, str, bool)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.asks, self._user = ADD, User("", "", "", Role.DUTY)
        self._teams: Mapping[str, str] = {}
        self._busy = False
        self.title = label(theme, "", 20, bold=True)
        self.name, self.zh, self.en = QLineEdit(), QLineEdit(), QLineEdit()
        self.role, self.team = QComboBox(), QComboBox()
        self._said = label(theme, "", 14, tone="muted", wrap=True)
        self.pair = PasswordPair(theme, 14)
        self.first = QCheckBox()
        self.notice = label(theme, "", 14, tone="red", wrap=True)
        self.save, self.cancel = button(theme, "", "primary"), button(theme, "", "quiet")
        self._words = {
            one: label(theme, "", 12, tone="muted") for one in ("name", "zh", "en", "role", "team")
        }
        for role in sorted(_ROLES, key=_last):
            self.role.addItem("", role.value)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addWidget(self.title)
        self._fields: dict[str, QLineEdit | QComboBox] = {
            "name": self.name,
            "zh": self.zh,
            "en": self.en,
            "role": self.role,
            "team": self.team,
        }
        for key, field in self._fields.items():
            field.setFont(theme.font(14))
            field.setMaximumWidth(_WIDE)
            if isinstance(field, QLineEdit):
                field.setMaxLength(32 if key == "name" else 60)
            column.addWidget(self._words[key])
            column.addWidget(field)
            if key == "role":
                column.addWidget(self._said)
        self.first.setFont(theme.font(14))
        for one in (self.pair, self.first, self.notice):
            one.setMaximumWidth(_WIDE)
            column.addWidget(one)
        self._said.setMaximumWidth(_WIDE)
        last = QHBoxLayout()
        spaced(last, 0, 8)
        last.addWidget(self.save)
        last.addWidget(self.cancel)
        last.addStretch(1)
        column.addLayout(last)
        column.addStretch(1)
        self.role.currentIndexChanged.connect(self._role_changed)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.left)
        self.pair.entered.connect(self._save)
        self.retranslate()

    def set_teams(self, teams: Mapping[str, str]) -> None:
        """Teams by id, for the people of a team."""
        self._teams = dict(teams)
        kept = self.team.currentData()
        self.team.clear()
        self.team.addItem(t("people.form.no_team"), "")
        for key, words in self._teams.items():
            self.team.addItem(words, key)
        self.team.setCurrentIndex(max(0, self.team.findData(kept)))

    def open(self, asks: str, user: User | None = None) -> None:
        """Ask for a new account, for changes of one, or for its new password."""
        self.asks = asks
        self._user = user if user is not None else User("", "", "", Role.DUTY)
        self.name.setText(self._user.name)
        self.zh.setText(self._user.display_zh)
        self.en.setText(self._user.display_en)
        self.role.setCurrentIndex(max(0, self.role.findData(self._user.role.value)))
        if self._user.team and self.team.findData(self._user.team) < 0:
            self.team.addItem(self._user.team, self._user.team)
        self.team.setCurrentIndex(max(0, self.team.findData(self._user.team)))
        self.first.setChecked(self._user.role is not Role.KIOSK)
        self.pair.clear()
        self._busy = False
        self.notice.clear()
        self.retranslate()
        fields = {ADD: self.name, EDIT: self.zh, PASSWORD: self.pair.first}
        fields[asks].setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, sentence: str) -> None:
        """What is wrong; everything typed stays."""
        self._busy = False
        self.notice.setText(sentence)
        self.retranslate()

    def clear(self) -> None:
        """No password stays in a form that is not seen."""
        self.pair.clear()

    def retranslate(self) -> None:
        """Say everything in the language now; what is chosen stays."""
        asks = self.asks
        shown = either(self._user.display_zh, self._user.display_en) or self._user.name
        self.title.setText(t(f"people.form.{asks}", name=shown))
        for key, words in self._words.items():
            words.setText(t(f"people.form.word.{key}"))
            self._fields[key].setAccessibleName(t(f"people.form.word.{key}"))
            seen = asks == ADD or (asks == EDIT and key != "name")
            seen = seen and (key != "team" or self.chosen is Role.FIELD)
            words.setVisible(seen)
            self._fields[key].setVisible(seen)
        for at in range(self.role.count()):
            self.role.setItemText(at, t(f"states.role.{self.role.itemData(at)}"))
        self.team.setItemText(0, t("people.form.no_team"))
        self._said.setText(t(f"people.role.{self.chosen.value}"))
        self._said.setVisible(asks in (ADD, EDIT))
        self.pair.setVisible(asks in (ADD, PASSWORD))
        self.pair.retranslate()
        self.first.setText(t("people.form.first"))
        self.first.setVisible(asks in (ADD, PASSWORD))
        self.notice.setVisible(bool(self.notice.text()))
        self.save.setText(t("people.form.busy" if self._busy else f"people.form.go_{asks}"))
        self.save.setEnabled(not self._busy)
        self.cancel.setText(t("people.card.back"))

    @property
    def chosen(self) -> Role:
        """The role that is chosen."""
        found = self.role.currentData()
        return Role(found) if found is not None else Role.DUTY

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, Enter goes on."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _role_changed(self, _at: int) -> None:
        self.first.setChecked(self.chosen is not Role.KIOSK)
        self.retranslate()

    @Slot()
    def _save(self) -> None:
        if self._busy:
            return
        if self.asks in (ADD, PASSWORD) and not self.pair.complete():
            return
        self._busy = True
        self.notice.clear()
        self.retranslate()
        if self.asks == PASSWORD:
            self.renewed.emit(self._user.name, self.pair.first.text(), self.first.isChecked())
            return
        name = self.name.text().strip()
        zh, en = self.zh.text().strip(), self.en.text().strip()
        team = str(self.team.currentData() or "") if self.chosen is Role.FIELD else ""
        user = User(name, zh or en or name, en or zh or name, self.chosen, team=team)
        if self.asks == ADD:
            self.added.emit(user, self.pair.first.text(), self.first.isChecked())
        else:
            self.edited.emit(user)


def _last(role: Role) -> bool:
    return role in _POSTS
