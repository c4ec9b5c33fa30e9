"""The list of the section of cameras: all cameras in one table, as they are
configured or as they are; what is chosen can be changed, tested, put aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import t
from console.models.camera_table import (
    COLUMNS,
    HEALTH,
    ID_ROLE,
    SETUP,
    SHOWN,
    CameraAdminModel,
)
from console.models.names import NameBook
from console.models.typed import plain
from console.models.why import Why, why_words
from console.services.camera_cards import CameraTable
from console.services.ports import FeedHealth
from console.theme import Theme
from console.widgets.camera_cells import PAD, CameraCells
from console.widgets.camera_peek import CameraPeek
from console.widgets.keyed_table import KeyedTable
from console.widgets.parts import button, label, set_tone, spaced
from console.widgets.sight import Sight

#: What the letters ask, in the order of the buttons: about what is chosen …
CHOSEN: Final = {
    "edit": "Enter", "bulk": "E", "test": "T", "masks": "P", "aside": "M", "replace": "R", "switch": "D",
}  # fmt: skip
#: … and about all of it.
WHOLE: Final = {"new": "N", "import": "I", "export": "X", "discover": "F", "groups": "G", "undo": "U"}
KEYS: Final = {
    Qt.Key.Key_Return: "edit", Qt.Key.Key_Enter: "edit", Qt.Key.Key_E: "bulk", Qt.Key.Key_T: "test",
    Qt.Key.Key_P: "masks", Qt.Key.Key_M: "aside", Qt.Key.Key_R: "replace", Qt.Key.Key_D: "switch",
    Qt.Key.Key_N: "new", Qt.Key.Key_I: "import", Qt.Key.Key_X: "export", Qt.Key.Key_F: "discover",
    Qt.Key.Key_G: "groups", Qt.Key.Key_U: "undo", Qt.Key.Key_H: "view", Qt.Key.Key_W: "worst",
    Qt.Key.Key_Slash: "find",
}  # fmt: skip
#: What takes exactly one camera.
_SINGLE: Final = frozenset({"edit", "masks", "replace"})
#: The least a unit of a column's width is given, px.
_UNIT: Final = 56
#: Below this the picture beside the table gives its room to the table, px.
_ROOM_FOR_PEEK: Final = 1040
_PREPARE_MS: Final = 30


class CameraAdminList(QWidget):
    """``asked(what, camera ids)``: one of :data:`CHOSEN` or :data:`WHOLE`."""

    asked = Signal(str, object)

    def __init__(self, theme: Theme, sight: Sight) -> None:
        super().__init__()
        # Its own: it goes with the list, and never finds half of it gone.
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(0)
        self._fitting.timeout.connect(self._fit)
        self._theme = theme
        self._table: CameraTable | None = None
        self._notice: tuple[str, dict[str, Any], str] | None = None
        self._said: Why = ""
        self.model = CameraAdminModel(self)
        self.table = KeyedTable(theme, KEYS, several=True)
        self.table.setModel(self.model)
        self.table.setItemDelegate(CameraCells(theme, self.table))
        self.peek = CameraPeek(theme, sight)
        self.search = QLineEdit()
        self.show_only = QComboBox()
        for one in SHOWN:
            self.show_only.addItem("", one)
        self.views: dict[str, QPushButton] = {one: button(theme, "", "quiet") for one in (SETUP, HEALTH)}
        self.worst = button(theme, "", "quiet")
        self.buttons: dict[str, QPushButton] = {one: button(theme, "") for one in (*CHOSEN, *WHOLE)}
        self.counts = label(theme, "", 14, tone="muted")
        self.notice = label(theme, "", 14, wrap=True)
        self.empty = label(theme, "", 16, tone="muted", wrap=True)
        self.chosen = label(theme, "", 14, tone="muted")
        for field in (self.search, self.show_only):
            field.setFont(theme.font(14))
        self._initials = QTimer(self)
        self._initials.setInterval(_PREPARE_MS)
        self._build()
        self._connect()
        self.setFocusProxy(self.table)
        self.retranslate()

    def _build(self) -> None:
        head, deeds, more, body = (QHBoxLayout() for _ in range(4))
        for row in (head, deeds, more):
            spaced(row, 0, 8)
        spaced(body, 0, 12)
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(200)
        self.search.setMaximumWidth(460)
        head.addWidget(self.search, 3)
        head.addWidget(self.show_only)
        for one in (*self.views.values(), self.worst):
            one.setCheckable(True)
            head.addWidget(one)
        head.addStretch(1)
        head.addWidget(self.counts)
        for name in CHOSEN:
            deeds.addWidget(self.buttons[name])
        deeds.addStretch(1)
        for name in WHOLE:
            more.addWidget(self.buttons[name])
        more.addStretch(1)
        more.addWidget(self.chosen)
        body.addWidget(self.table, 1)
        body.addWidget(self.peek)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for line in (head, deeds, more):
            column.addLayout(line)
        column.addWidget(self.notice)
        column.addWidget(self.empty)
        column.addLayout(body, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.show_only.currentIndexChanged.connect(self._filter)
        for one in self.views.values():
            one.clicked.connect(self._view_clicked)
        self.worst.clicked.connect(self._turn_order)
        for one in self.buttons.values():
            one.clicked.connect(self._clicked)
        self.table.asked.connect(self._asked)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.selectionModel().currentChanged.connect(self._walked)
        self._initials.timeout.connect(self._prepare)

    # -- what it is given ----------------------------------------------------------
    def show_table(self, table: CameraTable) -> None:
        """The cameras as configured; what is chosen stays chosen."""
        kept, here = self.ids(), self.current
        self._table = table
        self.model.set_cards(table.rows)
        self._choose_again(kept, here)
        self._initials.start()
        self._tell()

    def set_health(self, health: Mapping[str, FeedHealth], now: datetime) -> None:
        """The streams, once a second."""
        self.model.set_health(health, now)
        self.peek.set_health(health)
        self._tell_counts()

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self.model.set_names(names)
        self.peek.set_names(names)

    def say(self, key: str, *, tone: str = "", **facts: Any) -> None:
        """A sentence (``camadmin.said.<key>``) above the table, in the language now."""
        self._notice, self._said = (key, facts, tone), ""
        self._tell()

    def refuse(self, why: Why) -> None:
        """Why something was not done."""
        self._notice, self._said = None, why
        self._tell()

    def go_to(self, camera: str) -> None:
        """Stand on a camera."""
        row = self.model.row_of(camera)
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))

    # -- what is chosen ------------------------------------------------------------
    @property
    def current(self) -> str:
        """The camera the table stands on; empty for none."""
        return str(self.table.currentIndex().data(ID_ROLE) or "")

    def ids(self) -> tuple[str, ...]:
        """The cameras that are chosen, in the order of the table."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(self.model.ids[row] for row in rows)

    def _choose_again(self, kept: tuple[str, ...], here: str) -> None:
        """After the rows were laid anew."""
        model, way = self.table.selectionModel(), QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        last = self.model.columnCount() - 1
        for camera in kept:
            row = self.model.row_of(camera)
            if row >= 0:
                chosen.select(self.model.index(row, 0), self.model.index(row, last))
        row = max(0, self.model.row_of(here))
        if self.model.rowCount():
            model.setCurrentIndex(self.model.index(row, 0), way.NoUpdate)
            if chosen.isEmpty():
                chosen.select(self.model.index(row, 0), self.model.index(row, last))
            model.select(chosen, way.ClearAndSelect)
        self._walked()
        self._fit()

    # -- asking --------------------------------------------------------------------
    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif what == "view":
            self.use_view(HEALTH if self.model.view == SETUP else SETUP)
        elif what == "worst":
            self.worst.setChecked(not self.worst.isChecked())
            self._turn_order()
        elif what in WHOLE:
            self.asked.emit(what, ())
        elif what:
            ids = self.ids()
            if what in _SINGLE:
                # Of several chosen, the one the keyboard stands on.
                ids = (self.current,) if self.current else ()
            if ids:
                self.asked.emit(what, ids)
            else:
                self.say("choose", tone="red")

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        self._asked(next((name for name, made in self.buttons.items() if made is sender), ""))

    @Slot()
    def _view_clicked(self) -> None:
        sender = self.sender()
        self.use_view(next(name for name, made in self.views.items() if made is sender))

    def use_view(self, view: str) -> None:
        """As configured, or as they are: then the worst come first."""
        kept, here = self.ids(), self.current
        self.model.worst_first = view == HEALTH
        self.worst.setChecked(self.model.worst_first)
        self.model.use_view(view)
        self._choose_again(kept, here)
        self._tell()
        if self.model.worst_first:
            self._to_worst()

    @Slot()
    def _turn_order(self) -> None:
        kept, here = self.ids(), self.current
        self.model.worst_first = self.worst.isChecked()
        self.model.arrange()
        self._choose_again(kept, here)
        if self.model.worst_first:
            self._to_worst()

    def _to_worst(self) -> None:
        """Whoever asks for the worst stands on it."""
        self.table.selectRow(0)
        self.table.scrollToTop()

    @Slot()
    def _filter(self) -> None:
        kept, here = self.ids(), self.current
        self.model.text, self.model.show = plain(self.search.text()), str(self.show_only.currentData())
        self.model.arrange()
        self._choose_again(kept, here)
        self._tell()

    @Slot()
    def _prepare(self) -> None:
        if not self.isVisible() or not self.model.prepare():
            self._initials.stop()

    @Slot()
    def _selected(self) -> None:
        self._tell_counts()

    @Slot()
    def _walked(self) -> None:
        self.peek.show_card(self.model.card(self.current))
        self.peek.setVisible(bool(self.current) and self.width() >= _ROOM_FOR_PEEK)

    # -- words ---------------------------------------------------------------------
    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, key in (CHOSEN | WHOLE).items():
            self.buttons[name].setText(f"{t(f'camadmin.do.{name}')} {key}")
        for name, made in self.views.items():
            made.setText(t(f"camadmin.view.{name}"))
            made.setToolTip("H")
        self.worst.setText(f"{t('camadmin.view.worst')} W")
        for at, one in enumerate(SHOWN):
            self.show_only.setItemText(at, t(f"camadmin.show.{one}"))
        self.show_only.setAccessibleName(t("camadmin.show.title"))
        self.search.setPlaceholderText(t("camadmin.search"))
        self.search.setAccessibleName(t("camadmin.search"))
        self.table.setAccessibleName(t("camadmin.title"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
        self.table.viewport().update()
        self._walked()
        self._fit()
        self._tell()

    def _tell(self) -> None:
        for name, made in self.views.items():
            made.setChecked(name == self.model.view)
        said = why_words(self._said)
        tone = "red" if said else ""
        if self._notice is not None:
            key, facts, tone = self._notice
            said = t(f"camadmin.said.{key}", **facts)
        self.notice.setText(said)
        set_tone(self.notice, tone)
        self.notice.setVisible(bool(said))
        without = self._table is not None and not self._table.rows
        nothing = self._table is not None and bool(self._table.rows) and not self.model.rowCount()
        self.empty.setText(t("camadmin.empty.none") if without else t("camadmin.empty.filtered"))
        self.empty.setVisible(without or nothing)
        self.table.setVisible(not without)
        undoable = self._table is not None and any(one.undone_at is None for one in self._table.changes)
        self.buttons["undo"].setEnabled(undoable)
        self._tell_counts()

    def _tell_counts(self) -> None:
        if self._table is None:
            return
        counts = self.model.counts()
        self.counts.setText(t("camadmin.counts", **counts))
        chosen = len(self.table.selectionModel().selectedRows())
        self.chosen.setText(t("camadmin.chosen", n=chosen, shown=self.model.rowCount()))
        for name in CHOSEN:
            self.buttons[name].setEnabled(chosen > 0)

    @Slot()
    def _fit(self) -> None:
        """Columns from the left as long as there is room."""
        columns = COLUMNS[self.model.view]
        room = self.table.viewport().width()
        metrics = QFontMetrics(self.table.horizontalHeader().font())
        needs = [
            max(round(_UNIT * width), metrics.horizontalAdvance(t(f"camadmin.column.{name}")) + 2 * PAD + 8)
            for name, width in columns
        ]
        kept = len(needs)
        while kept > 3 and sum(needs[:kept]) > room:
            kept -= 1
        spare = max(0, room - sum(needs[:kept]))
        whole = sum(width for _, width in columns[:kept])
        for at, (_, width) in enumerate(columns):
            self.table.setColumnHidden(at, at >= kept)
            if at < kept:
                self.table.setColumnWidth(at, needs[at] + int(spare * width / whole))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow page has the table alone."""
        super().resizeEvent(event)
        self.peek.setVisible(bool(self.current) and self.width() >= _ROOM_FOR_PEEK)
        self._fitting.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search down into the table; Esc empties it first."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self.table.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self.table.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False
