"""Choosing what the board shows, and keeping it under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
)

from console.domain.errors import Refusal
from console.domain.vocabulary import Severity, Source
from console.i18n import explain, t
from console.models.stages import STAGES
from console.services.board_filters import BoardFilter, FilterShelf
from console.theme import Theme
from console.widgets.choice_button import ChoiceButton
from console.widgets.parts import button, label, spaced

_PARTS: Final = ("stages", "severities", "sources", "communities", "teams")
#: So many saved filters have a key of their own.
QUICK: Final = 9
_ROW: Final = 28


class FilterPanel(QFrame):
    """``changed(BoardFilter)`` while choosing, ``kept(BoardFilter, was name,
    seen version)``, ``deleted(BoardFilter)``, ``left()``."""

    changed = Signal(object)
    kept = Signal(object, str, int)
    deleted = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self._shelf = FilterShelf()
        self._names: dict[str, tuple[tuple[str, str], ...]] = {"communities": (), "teams": ()}
        self._telling = False
        self._refusal: Refusal | None = None
        self.field = QLineEdit()
        self.choices = {part: ChoiceButton(theme) for part in _PARTS}
        self.mine = QCheckBox()
        self.saved = QListWidget()
        self.name = QLineEdit()
        self._mine_too = button(theme, "", px=14)
        self._site_too = button(theme, "", px=14)
        self._delete = button(theme, "", "quiet", px=14)
        self._error = label(theme, "", 12, tone="red", wrap=True)
        self._saved_title = label(theme, "", 12, tone="muted")
        for one in (self.field, self.name, self.mine, self.saved):
            one.setFont(theme.font(14))
        self._build()
        self._connect()
        self._error.hide()
        self.hide()
        self.retranslate()

    def _build(self) -> None:
        self.saved.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        parts = QGridLayout()
        spaced(parts, 0, 8)
        for at, choice in enumerate(self.choices.values()):
            parts.addWidget(choice, at // 3, at % 3)
        parts.addWidget(self.mine, 1, 2)
        keep = QHBoxLayout()
        spaced(keep, 0, 8)
        for one in (self.name, self._mine_too, self._site_too):
            keep.addWidget(one, 1 if one is self.name else 0)
        title = QHBoxLayout()
        spaced(title, 0, 8)
        title.addWidget(self._saved_title, 1)
        title.addWidget(self._delete)
        column = QVBoxLayout(self)
        spaced(column, 12, 8)
        column.addWidget(self.field)
        column.addLayout(parts)
        column.addLayout(title)
        column.addWidget(self.saved)
        column.addLayout(keep)
        column.addWidget(self._error)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._tell)
        for choice in self.choices.values():
            choice.changed.connect(self._tell)
        self.mine.toggled.connect(self._tell)
        self.field.returnPressed.connect(self.left)
        self.saved.itemActivated.connect(self._take_item)
        self.saved.itemClicked.connect(self._take_item)
        self.name.returnPressed.connect(self._keep_mine)
        self._mine_too.clicked.connect(self._keep_mine)
        self._site_too.clicked.connect(self._keep_site)
        self._delete.clicked.connect(self._drop)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.field.setPlaceholderText(t("board.filter.field"))
        self.field.setAccessibleName(t("board.filter.field"))
        self.mine.setText(t("board.filter.mine"))
        self.name.setPlaceholderText(t("board.filter.name"))
        self.name.setAccessibleName(t("board.filter.name"))
        self._mine_too.setText(t("board.filter.keep_mine"))
        self._site_too.setText(t("board.filter.keep_site"))
        self._delete.setText(t("board.filter.delete"))
        self._saved_title.setText(
            t("board.filter.saved" if self._shelf.filters else "board.filter.none_saved")
        )
        self.saved.setAccessibleName(t("board.filter.saved"))
        self._offer()
        self._fill()
        self._say()

    def _offer(self) -> None:
        rows: Mapping[str, Sequence[tuple[str, str]]] = {
            "stages": [(one, t(f"states.stage.{one}")) for one in STAGES],
            "severities": [(one.value, t(f"states.severity.{one.value}")) for one in reversed(Severity)],
            "sources": [(one.value, t(f"states.source.{one.value}")) for one in Source],
            **self._names,
        }
        for part, choice in self.choices.items():
            choice.offer(t(f"board.filter.{part}"), rows[part])

    def offer(self, communities: Sequence[tuple[str, str]], teams: Sequence[tuple[str, str]]) -> None:
        """``(id, name)`` of what cases now have."""
        self._names = {"communities": tuple(communities), "teams": tuple(teams)}
        self._offer()

    def set_shelf(self, shelf: FilterShelf) -> None:
        """The saved filters."""
        self._shelf, self._refusal = shelf, None
        self.retranslate()

    def show_filter(self, wanted: BoardFilter) -> None:
        """Show what is filtered now, without saying it was chosen here."""
        self._telling = True
        if self.field.text() != wanted.text:
            self.field.setText(wanted.text)
        for part, choice in self.choices.items():
            choice.choose(getattr(wanted, part))
        self.mine.setChecked(wanted.mine)
        if not self.name.hasFocus():
            self.name.setText(wanted.name)
        self._telling = False

    def refuse(self, refusal: Refusal) -> None:
        """A rule said no; what was chosen stays."""
        self._refusal = refusal
        self._say()

    def _say(self) -> None:
        self._error.setText(" ".join(explain(self._refusal)) if self._refusal is not None else "")
        self._error.setVisible(self._refusal is not None)

    def wanted(self) -> BoardFilter:
        """What is chosen now; with the name and version of the saved filter
        that shows the same."""
        lists = {part: choice.chosen for part, choice in self.choices.items()}
        made = BoardFilter(**lists, mine=self.mine.isChecked(), text=self.field.text().strip())  # type: ignore[arg-type]
        return next((one for one in self._shelf.filters if one.same_as(made)), made)

    def take_focus(self) -> None:
        """The keyboard to the text to look for."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    @Slot()
    def _tell(self) -> None:
        if not self._telling:
            self.changed.emit(self.wanted())

    def _fill(self) -> None:
        row = self.saved.currentRow()
        self.saved.clear()
        for at, one in enumerate(self._shelf.filters):
            key = f"Ctrl+Alt+{at + 1}" if at < QUICK else ""
            owner = t("board.filter.own" if one.personal else "board.filter.site")
            item = QListWidgetItem("   ".join(part for part in (one.name, owner, key) if part))
            item.setToolTip(one.name)
            self.saved.addItem(item)
        self.saved.setCurrentRow(min(row, self.saved.count() - 1))
        self.saved.setVisible(bool(self._shelf.filters))
        self.saved.setFixedHeight(_ROW * min(4, max(1, self.saved.count())) + 8)
        self._delete.setVisible(bool(self._shelf.filters))

    @Slot(QListWidgetItem)
    def _take_item(self, item: QListWidgetItem) -> None:
        self.changed.emit(self._shelf.filters[self.saved.row(item)])

    @Slot()
    def _drop(self) -> None:
        row = self.saved.currentRow()
        if 0 <= row < len(self._shelf.filters):
            self.deleted.emit(self._shelf.filters[row])

    @Slot()
    def _keep_mine(self) -> None:
        self._keep(personal=True)

    @Slot()
    def _keep_site(self) -> None:
        self._keep(personal=False)

    def _keep(self, *, personal: bool) -> None:
        name = " ".join(self.name.text().split())
        made = replace(self.wanted(), name=name, personal=personal, version=0)
        same = (one for one in self._shelf.filters if one.name == name and one.personal is personal)
        old = next(same, None)
        self._refusal = None
        self._say()
        self.kept.emit(made, old.name if old is not None else "", old.version if old is not None else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the panel away, Delete a saved filter."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        if event.key() == Qt.Key.Key_Delete and self.saved.hasFocus():
            self._drop()
            return
        super().keyPressEvent(event)
