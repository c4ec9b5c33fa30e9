"""The editor of a stored tour: what it walks through, its stops in their
order, how long it stays at each. By mouse or by keys alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from console.i18n import t
from console.services.wall_layouts import DWELL_S, MOST_STOPS, NAME_CHARS, TOUR_KINDS, TourPlan
from console.theme import Theme
from console.widgets import parts
from console.widgets.command_bar import initials

#: Stops of one kind that can be chosen: (what is stored, what is read).
Choice = tuple[str, str]
_TOKEN: Final = int(Qt.ItemDataRole.UserRole)
_ALT = Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class Choices:
    """What a tour may walk through, by kind of tour."""

    of: Mapping[str, tuple[Choice, ...]]

    def words(self, kind: str, token: str) -> str:
        """What a stop is called; that it is gone when nothing has that name."""
        for known, words in self.of.get(kind, ()):
            if known == token:
                return words
        return t("layouts.stops.gone", name=token)


class StopList(QListWidget):
    """The stops. Del takes one off, Alt+Up and Alt+Down move it, so does a drag."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.model().rowsMoved.connect(self.changed)

    @property
    def stops(self) -> tuple[str, ...]:
        """What is stored of them, in order."""
        return tuple(str(self.item(row).data(_TOKEN)) for row in range(self.count()))

    def move(self, step: int) -> None:  # type: ignore[override]
        """The chosen stop further up (-1) or down (1)."""
        row = self.currentRow()
        if row < 0 or not 0 <= row + step < self.count():
            return
        item = self.takeItem(row)
        self.insertItem(row + step, item)
        self.setCurrentRow(row + step)
        self.changed.emit()

    def drop(self) -> None:
        """The chosen stop is none any more."""
        row = self.currentRow()
        if row >= 0:
            self.takeItem(row)
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All of it without a mouse."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & _ALT:
            self.move(step)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.drop()
        else:
            super().keyPressEvent(event)


class TourEditor(QDialog):
    """``finishedWith(TourPlan)`` when it is to be stored; it stays open until
    whoever stores it calls ``accept`` or :meth:`tell`."""

    finishedWith = Signal(object)

    def __init__(
        self, theme: Theme, choices: Choices, start: TourPlan, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(t("layouts.stops.title"))
        self._choices, self.start = choices, start
        self._kept: dict[str, tuple[str, ...]] = {start.kind: start.stops}
        self.name = QLineEdit(start.name)
        self.name.setMaxLength(NAME_CHARS)
        self.kind = QComboBox()
        for kind in TOUR_KINDS:
            self.kind.addItem(t(f"layouts.stops.kind_{kind}"), kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(start.kind)))
        self.dwell = QSpinBox()
        self.dwell.setRange(*DWELL_S)
        self.dwell.setValue(start.dwell_s)
        self.dwell.setSuffix(f" {t('layouts.stops.unit')}")
        self.search, self.offered, self.stops = QLineEdit(), QListWidget(), StopList()
        self.search.setClearButtonEnabled(True)
        self._count = parts.label(theme, "", 14, bold=True)
        self.problem = parts.label(theme, "", 14, bold=True, wrap=True)
        self.add, self.remove, self.up, self.down = (parts.button(theme) for _ in range(4))
        self.ok = parts.button(theme, t("layouts.stops.ok"), "primary")
        self.cancel = parts.button(theme, t("layouts.ask.cancel"))
        self._dress(theme)
        self._lay(theme)
        self._wire()
        self._shown_kind = start.kind
        self._fill_stops()
        self._fill_offered()
        self.resize(760, 520)

    def _dress(self, theme: Theme) -> None:
        for name, widget in (
            ("name", self.name), ("kind", self.kind), ("dwell", self.dwell), ("search", self.search),
            ("offered", self.offered), ("list", self.stops),
        ):  # fmt: skip
            widget.setFont(theme.font(14))
            widget.setAccessibleName(t(f"layouts.stops.{name}"))
        for listed in (self.offered, self.stops):
            parts.surface(listed, "panel")
        self.name.setPlaceholderText(t("layouts.stops.name"))
        self.search.setPlaceholderText(t("layouts.stops.search"))
        for name, knob in (("add", self.add), ("remove", self.remove), ("up", self.up), ("down", self.down)):
            knob.setText(t(f"layouts.stops.{name}"))
        for knob in (self.add, self.remove, self.up, self.down, self.ok, self.cancel):
            knob.setAutoDefault(False)

    def _lay(self, theme: Theme) -> None:
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.kind)
        top.addWidget(parts.label(theme, t("layouts.stops.dwell"), 14))
        top.addWidget(self.dwell)
        grid = QGridLayout()
        grid.addWidget(self.search, 0, 0)
        grid.addWidget(self._count, 0, 2)
        grid.addWidget(self.offered, 1, 0)
        grid.addWidget(self.stops, 1, 2)
        knobs = QVBoxLayout()
        knobs.addStretch(1)
        for knob in (self.add, self.remove, self.up, self.down):
            knobs.addWidget(knob)
        knobs.addStretch(1)
        grid.addLayout(knobs, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.ok)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(grid, 1)
        column.addWidget(parts.label(theme, t("layouts.stops.hint"), 12, tone="muted", wrap=True))
        column.addLayout(foot)

    def _wire(self) -> None:
        self.kind.currentIndexChanged.connect(self._other_kind)
        self.search.textChanged.connect(self._fill_offered)
        self.search.returnPressed.connect(self.take)
        self.offered.itemActivated.connect(self.take)
        self.stops.changed.connect(self._tell_count)
        self.add.clicked.connect(self.take)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(self._up)
        self.down.clicked.connect(self._down)
        self.ok.clicked.connect(self.finish)
        self.cancel.clicked.connect(self.reject)

    # Stops ----------------------------------------------------------------

    @property
    def _kind(self) -> str:
        return str(self.kind.currentData())

    @Slot()
    def _other_kind(self) -> None:
        """Another kind has other stops; those chosen before come back with it."""
        self._kept[self._shown_kind] = self.stops.stops
        self._shown_kind = self._kind
        self._fill_stops()
        self._fill_offered()

    def _fill_stops(self) -> None:
        self.stops.clear()
        for token in self._kept.get(self._kind, ()):
            self._append(token)
        self._tell_count()

    def _append(self, token: str) -> None:
        item = QListWidgetItem(self._choices.words(self._kind, token))
        item.setData(_TOKEN, token)
        self.stops.addItem(item)

    @Slot()
    def _fill_offered(self) -> None:
        wanted = self.search.text().strip().casefold()
        self.offered.clear()
        for token, words in self._choices.of.get(self._kind, ()):
            if wanted in f"{token} {words}".casefold() or wanted in initials(words):
                item = QListWidgetItem(words)
                item.setData(_TOKEN, token)
                self.offered.addItem(item)
        self.offered.setCurrentRow(0)

    @Slot()
    def take(self) -> None:
        """What is chosen on the left becomes a stop, after the chosen one."""
        item = self.offered.currentItem()
        if item is None:
            return
        if self.stops.count() >= MOST_STOPS:
            self.problem.setText(t("layouts.stops.many", most=MOST_STOPS))
            return
        self._append(str(item.data(_TOKEN)))
        at, last = self.stops.currentRow(), self.stops.count() - 1
        if 0 <= at < last - 1:
            self.stops.insertItem(at + 1, self.stops.takeItem(last))
            last = at + 1
        self.stops.setCurrentRow(last)
        self.offered.setCurrentRow(min(self.offered.currentRow() + 1, self.offered.count() - 1))
        self._tell_count()

    @Slot()
    def _remove(self) -> None:
        self.stops.drop()

    @Slot()
    def _up(self) -> None:
        self.stops.move(-1)

    @Slot()
    def _down(self) -> None:
        self.stops.move(1)

    @Slot()
    def _tell_count(self) -> None:
        self._count.setText(t("layouts.stops.count", count=self.stops.count()))

    # The end --------------------------------------------------------------

    @Slot()
    def finish(self) -> None:
        """Hand the tour over, or say what is missing."""
        name, stops = " ".join(self.name.text().split()), self.stops.stops
        if not name:
            self.tell(t("layouts.stops.name_it"))
            self.name.setFocus()
        elif len(stops) < (1 if self._kind == "group" else 2):
            self.tell(t("layouts.stops.few" if self._kind != "group" else "layouts.stops.no_group"))
            self.offered.setFocus()
        else:
            self.tell("")
            self.finishedWith.emit(TourPlan(name, self._kind, stops, self.dwell.value()))

    def tell(self, sentence: str) -> None:
        """Why it is not stored; everything typed stays."""
        self.problem.setText(sentence)
        self.problem.setAccessibleName(sentence)
