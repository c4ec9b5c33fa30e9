"""Smaller pages of the section of cameras: work at cameras with an end, groups,
and a table written into a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.models.typed import parse_time
from console.models.why import Why, why_words
from console.reports.report_doc import Cell, Column, Table
from console.services.camera_cards import CameraCard, Group
from console.services.ports import Clock
from console.theme import Theme
from console.widgets.doc_table import DocTable
from console.widgets.parts import button, label, spaced

_WIDE: Final = 460


class Panel(QWidget):
    """A heading, what it is about, fields, a sentence when something is wrong,
    buttons. ``left()`` on Esc."""

    left = Signal()
    room = ""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.facts: dict[str, Any] = {}
        self._why: Why = ""
        self.title = label(theme, "", 20, bold=True)
        self.hint = label(theme, "", 14, tone="muted", wrap=True)
        self.problem = label(theme, "", 14, tone="red", wrap=True)
        self.save = button(theme, "", "primary", px=16, bold=True)
        self.cancel = button(theme, "")
        self.form = QFormLayout()
        spaced(self.form, 0, 8)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._labels: dict[str, QLabel] = {}
        self._fields: dict[str, QLineEdit] = {}
        self.foot = QHBoxLayout()
        spaced(self.foot, 0, 8)
        self.foot.addWidget(self.save)
        self.foot.addWidget(self.cancel)
        self.foot.addStretch(1)
        self.column = QVBoxLayout(self)
        spaced(self.column, 0, 8)
        self.column.addWidget(self.title)
        self.column.addWidget(self.hint)
        self.column.addLayout(self.form)
        self.column.addWidget(self.problem)
        self.save.clicked.connect(self.finish)
        self.cancel.clicked.connect(self.left)

    def line(self, name: str) -> QLineEdit:
        """A field more."""
        made = QLineEdit()
        made.setFont(self._theme.font(14))
        made.setMaximumWidth(_WIDE)
        made.setMaxLength(1000)
        self._labels[name] = label(self._theme, "", 14, tone="muted")
        self._fields[name] = made
        self.form.addRow(self._labels[name], made)
        return made

    def refuse(self, why: Why) -> None:
        """What is wrong; all that was typed stays."""
        self._why = why
        self.problem.setText(why_words(why))
        self.problem.setVisible(bool(why))

    def finish(self) -> None:
        """Hand over what was filled in."""

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.title.setText(t(f"camadmin.{self.room}.title", **self.facts))
        self.hint.setText(t(f"camadmin.{self.room}.hint", **self.facts))
        self.save.setText(t(f"camadmin.{self.room}.save", **self.facts))
        self.cancel.setText(t("camadmin.form.cancel"))
        for name, made in self._labels.items():
            made.setText(t(f"camadmin.{self.room}.{name}"))
            self._fields[name].setAccessibleName(made.text())
        self.refuse(self._why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, Enter finishes."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        else:
            super().keyPressEvent(event)


class AsidePanel(Panel):
    """``saved(camera ids, reason, end, start or None)``; ``ended(camera ids)``: the
    work is over."""

    saved = Signal(object, str, object, object)
    ended = Signal(object)
    room = "aside"

    def __init__(self, theme: Theme, clock: Clock) -> None:
        super().__init__(theme)
        self._clock = clock
        self._ids: tuple[str, ...] = ()
        self.reason, self.end, self.start = self.line("reason"), self.line("end"), self.line("start")
        self.over = button(theme, "")
        self.foot.insertWidget(2, self.over)
        self.over.clicked.connect(self._over)
        self.column.addLayout(self.foot)
        self.column.addStretch(1)
        self.retranslate()

    def open(self, cards: Sequence[CameraCard]) -> None:
        """For these cameras."""
        self._ids = tuple(card.camera.id for card in cards)
        names = [card.camera.name for card in cards[:3]]
        self.facts = {"n": len(cards), "names": "、".join(names) + ("…" if len(cards) > 3 else "")}
        for field in (self.reason, self.end, self.start):
            field.clear()
        self.over.setVisible(any(card.aside for card in cards))
        self.refuse("")
        self.retranslate()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def finish(self) -> None:
        """Times are read here, the rest is the service's to judge."""
        now = self._clock.now()
        if not self.reason.text().strip():
            self.refuse("camadmin.aside.no_reason")
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        try:
            end = parse_time(self.end.text(), now)
            start = parse_time(self.start.text(), now) if self.start.text().strip() else None
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self.refuse("")
        self.saved.emit(self._ids, self.reason.text().strip(), end, start)

    @Slot()
    def _over(self) -> None:
        self.ended.emit(self._ids)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.facts = self.facts or {"n": 0, "names": ""}
        super().retranslate()
        self.over.setText(t("camadmin.aside.over"))
        self.end.setPlaceholderText(t("camadmin.aside.end_example"))
        self.start.setPlaceholderText(t("camadmin.aside.start_example"))
        self.reason.setPlaceholderText(t("camadmin.aside.reason_example"))


class GroupsPanel(Panel):
    """``renamed(kind, name, to)``; ``listed(name)``: show the cameras in it."""

    renamed = Signal(str, str, str)
    listed = Signal(str)
    room = "groups"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._groups: tuple[Group, ...] = ()
        self._names: NameBook = NOBODY
        self.to = self.line("to")
        keys = {Qt.Key.Key_Return: "list", Qt.Key.Key_Enter: "list", Qt.Key.Key_R: "rename"}
        self.table = DocTable(theme, keys, readable=True)
        self.column.insertWidget(2, self.table, 1)
        self.column.addLayout(self.foot)
        self.table.asked.connect(self._asked)
        self.table.walked.connect(self._walked)
        self.setFocusProxy(self.table)
        self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names

    def show_groups(self, groups: Sequence[Group]) -> None:
        """What puts cameras together now."""
        kept = self.table.place
        self._groups = tuple(groups)
        self._fill(kept)
        self._walked(self.table.place)

    def _fill(self, keep: int) -> None:
        columns = tuple(
            Column(t(f"camadmin.groups.{name}"), width, right)
            for name, width, right in (("kind", 1.0, False), ("name", 3.0, False), ("count", 1.0, True))
        )
        rows = tuple(
            (
                Cell(t(f"camadmin.field.{one.kind}"), tone="muted"),
                Cell(self._name(one), tone="main"),
                Cell(len(one.cameras), "count"),
            )
            for one in self._groups
        )
        self.table.apply(Table("", columns, rows), keep=keep)

    def _name(self, group: Group) -> str:
        return (self._names.community(group.name) or group.name) if group.kind == "community" else group.name

    @property
    def current(self) -> Group | None:
        """Where the keyboard stands."""
        at = self.table.place
        return self._groups[at] if 0 <= at < len(self._groups) else None

    @Slot(int)
    def _walked(self, _place: int) -> None:
        group = self.current
        self.to.setText(group.name if group is not None else "")
        self.save.setEnabled(group is not None)
        self.refuse("")

    @Slot(str)
    def _asked(self, what: str) -> None:
        group = self.current
        if group is None:
            return
        if what == "list":
            self.listed.emit(self._name(group))
        else:
            self.to.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.to.selectAll()

    @Slot()
    def finish(self) -> None:
        """Another name; an empty one dissolves it."""
        group = self.current
        if group is not None and self.to.text().strip() != group.name:
            self.renamed.emit(group.kind, group.name, self.to.text().strip())

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        self.table.setAccessibleName(self.title.text())
        self._fill(self.table.place)


class ExportPanel(Panel):
    """``wanted(file, with passwords)``."""

    wanted = Signal(str, bool)
    room = "export"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.file = self.line("file")
        self.passwords = QCheckBox()
        self.passwords.setFont(theme.font(14))
        self.warning = label(theme, "", 14, tone="yellow", wrap=True)
        self.form.addRow("", self.passwords)
        self.form.addRow("", self.warning)
        self.passwords.toggled.connect(self.warning.setVisible)
        self.column.addLayout(self.foot)
        self.column.addStretch(1)
        self.retranslate()

    def open(self, file: str, *, secrets: bool) -> None:
        """``secrets``: the person may write passwords into a file."""
        self.file.setText(file)
        self.passwords.setChecked(False)
        self.passwords.setVisible(secrets)
        self.warning.hide()
        self.refuse("")
        self.retranslate()
        self.file.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def finish(self) -> None:
        """The file says by its ending what it is."""
        file = self.file.text().strip().strip('"').removeprefix("file://")
        if not file.lower().endswith((".csv", ".xlsx")):
            self.refuse("camadmin.export.ending")
            return
        self.refuse("")
        self.wanted.emit(file, self.passwords.isChecked())

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        self.passwords.setText(t("camadmin.export.passwords"))
        self.warning.setText(t("camadmin.export.warning"))
