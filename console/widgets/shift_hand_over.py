"""The hand-over: every open item, the officer who goes, the officer who comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.shift_log import Stage
from console.i18n import explain, t
from console.models import shift_words
from console.models.names import NOBODY, NameBook
from console.services.shift_items import Item
from console.services.shift_reading import ShiftView
from console.theme import Theme
from console.widgets.note_field import NoteField
from console.widgets.parts import button, label, line, set_tone, spaced, surface
from console.widgets.shift_table import Line, ShiftTable

#: Mark, kind, what, how it stands, due, who; px.
WIDTHS: Final = (56, 84, 0, 168, 108, 112)
SIDE_PX: Final = 300
NOTE_PX: Final = 48


class ShiftHandOver(QWidget):
    """``item_opened(key, case id)``, ``off_wanted(cautions, keys)``,
    ``take_wanted(name, password)``, ``on_wanted(name, password, objection)``."""

    item_opened = Signal(str, str)
    off_wanted = Signal(str, str)
    take_wanted = Signal(str, str)
    on_wanted = Signal(str, str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: ShiftView | None = None
        self._actor: Actor | None = None
        self._names: NameBook = NOBODY
        self._teams: Mapping[str, str] = {}
        self._rule = label(theme, "", 14, tone="muted", wrap=True)
        self._count = label(theme, "", 14, bold=True, wrap=True)
        self.table = ShiftTable(theme, WIDTHS)
        self._empty = label(theme, "", 14, tone="muted", wrap=True)
        self._heads = {key: label(theme, "", 16, bold=True) for key in ("off", "on")}
        self._signed = {key: label(theme, "", 14, tone="muted", wrap=True) for key in ("off", "on")}
        self._told = label(theme, "", 14, wrap=True)
        self.cautions, self.keys, self.objection = NoteField(NOTE_PX), QLineEdit(), QLineEdit()
        self.off = button(theme, "", "primary")
        self.name, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.take, self.on = button(theme, ""), button(theme, "", "primary")
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self._said.hide()
        for field in (self.cautions, self.keys, self.objection, self.name, self.password):
            field.setFont(theme.font(14))
        self._build()
        self.setFocusProxy(self.table)
        self.table.opened.connect(self._opened)
        self.off.clicked.connect(self._off)
        self.take.clicked.connect(self._take)
        self.on.clicked.connect(self._on)
        self.password.returnPressed.connect(self._password)
        self.retranslate()

    def _build(self) -> None:
        left = QVBoxLayout()
        spaced(left, 0, 8)
        left.addWidget(self._rule)
        left.addWidget(self._count)
        left.addWidget(self._empty)
        left.addWidget(self.table, 1)
        side = QWidget()
        surface(side)
        side.setFixedWidth(SIDE_PX)
        column = QVBoxLayout(side)
        spaced(column, 12, 8)
        off: tuple[QWidget, ...] = (
            self._heads["off"],
            self._signed["off"],
            self._told,
            self.cautions,
            self.keys,
        )
        for widget in (*off, self.off, line(), self._heads["on"], self._signed["on"], self.name):
            column.addWidget(widget)
        for widget in (self.password, self.take, self.objection, self.on, self._said):
            column.addWidget(widget)
        column.addStretch(1)
        row = QHBoxLayout(self)
        spaced(row, 0, 12)
        row.addLayout(left, 1)
        row.addWidget(side)

    # -- what it is given --------------------------------------------------------

    def apply(self, view: ShiftView) -> None:
        """Take a shift as it stands now; what is typed stays."""
        if self._view is not None and self._view.log.id != view.log.id:
            self.clear()
        self._view = view
        self._say()

    def set_actor(self, actor: Actor | None) -> None:
        """Who sits here; what another one typed is forgotten."""
        if actor != self._actor:
            self.clear()
        self._actor = actor
        self._say()

    def set_names(self, names: NameBook, teams: Mapping[str, str]) -> None:
        """What people and teams are called."""
        self._names, self._teams = names, teams
        self._say()

    def clear(self) -> None:
        """Forget what was typed."""
        for field in (self.cautions, self.keys, self.objection, self.name, self.password):
            field.clear()
        self.refuse(None)

    def refuse(self, refusal: Refusal | None) -> None:
        """A rule said no; ``None``: no more."""
        self._said.setText(" ".join(explain(refusal)) if refusal is not None else "")
        self._said.setVisible(refusal is not None)
        if refusal is not None and refusal.code == "auth_failed":
            self.password.clear()
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        columns = ("mark", "kind", "about", "detail", "due", "who")
        self.table.set_titles([t(f"shifts.hand.column_{name}") for name in columns])
        self.table.setAccessibleName(t("shifts.hand.title"))
        self._rule.setText(t("shifts.hand.rule"))
        for key, one in self._heads.items():
            one.setText(t(f"shifts.hand.{key}"))
        for name, field in (
            ("cautions", self.cautions), ("keys", self.keys), ("objection", self.objection),
            ("name", self.name), ("password", self.password),
        ):  # fmt: skip
            field.setPlaceholderText(t(f"shifts.hand.{name}"))
            field.setAccessibleName(t(f"shifts.hand.{name}"))
        self.off.setText(t("shifts.hand.sign_off"))
        self.take.setText(t("shifts.hand.take"))
        self.on.setText(t("shifts.hand.sign_on"))
        self._say()

    def _say(self) -> None:
        view = self._view
        if view is None:
            return
        log, handed = view.log, view.log.stage is Stage.HANDED
        self.table.fill(
            [
                Line(one.key, shift_words.item_cells(one, log, self._names, self._teams), self._tone(one))
                for one in view.items
            ]
        )
        self._empty.setText(t("shifts.hand.none"))
        self._empty.setVisible(not view.items)
        self._signed["off"].setText(shift_words.signature("off", log.off, self._names))
        objection = t("shifts.hand.objected", words=log.on.objection) if log.on and log.on.objection else ""
        signed = shift_words.signature("on", log.on, self._names)
        self._signed["on"].setText("\n".join(part for part in (signed, objection) if part))
        told = [f"{t(f'shifts.hand.{key}')}: {text}" for key, text in self._left(view) if text]
        self._told.setText("\n".join(told))
        self._told.setVisible(bool(told))
        self._offer(log.off is None and not handed, not handed)
        mine = self._actor is not None and log.off is not None and log.off.who != self._actor.name
        if mine:
            self.name.setPlaceholderText(t("shifts.hand.or_name"))
        self.on.setEnabled(log.off is not None and bool(log.taking) and not view.unseen)
        self._count.setText(self._progress(view))
        set_tone(self._count, "red" if view.unseen and log.taking else "")

    def _offer(self, off: bool, on: bool) -> None:
        """What may still be signed. The keyboard does not leave the page with a
        field that goes: it stands where one goes on."""
        going, coming = (
            (self.cautions, self.keys, self.off),
            (self.name, self.password, self.take, self.objection, self.on),
        )
        left = any(one.hasFocus() for one in going) and not off
        if left or (not on and any(one.hasFocus() for one in coming)):
            (self.name if on else self.table).setFocus(Qt.FocusReason.OtherFocusReason)
        for widget in going:
            widget.setVisible(off)
        for widget in coming:
            widget.setVisible(on)

    def _left(self, view: ShiftView) -> list[tuple[str, str]]:
        """What who goes leaves to mind."""
        off = view.log.off
        return [("cautions", off.cautions), ("keys", off.keys)] if off is not None else []

    def _progress(self, view: ShiftView) -> str:
        log = view.log
        if log.stage is Stage.HANDED:
            return t("shifts.hand.was", n=len(view.items))
        if not log.taking:
            return t("shifts.hand.waits", n=len(view.items), red=len(view.unseen))
        who = self._names.person(log.taking)
        if view.unseen:
            return t("shifts.hand.unseen", who=who, red=len(view.unseen))
        return t("shifts.hand.all_seen", who=who)

    def _tone(self, item: Item) -> str:
        seen = self._view is not None and item.key in self._view.log.seen
        return "red" if item.red and not seen else ""

    # -- what is done ------------------------------------------------------------

    @Slot(str)
    def _opened(self, key: str) -> None:
        item = next((one for one in (self._view.items if self._view else ()) if one.key == key), None)
        if item is not None:
            self.item_opened.emit(key, item.case)

    @Slot()
    def _off(self) -> None:
        self.off_wanted.emit(self.cautions.toPlainText(), self.keys.text())

    @Slot()
    def _take(self) -> None:
        self.take_wanted.emit(self.name.text().strip(), self.password.text())

    @Slot()
    def _on(self) -> None:
        self.on_wanted.emit(self.name.text().strip(), self.password.text(), self.objection.text())

    @Slot()
    def _password(self) -> None:
        """Enter goes on with what comes next."""
        (self.on if self.on.isEnabled() else self.take).click()
