"""A report's figures on the screen: the large ones, then one table at a time;
every number opens the cases behind it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.i18n import t
from console.reports.report_doc import Cell, Column, Facts, Report, Table, Tile, Tiles, shown
from console.theme import Theme
from console.widgets.doc_table import DocTable
from console.widgets.parts import label, set_tone, spaced

#: Keys of the table, and what they ask.
KEYS: Final = {
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_T: "table",
    Qt.Key.Key_Comma: "earlier",
    Qt.Key.Key_Period: "later",
    Qt.Key.Key_K: "kind",
    Qt.Key.Key_O: "key",
    Qt.Key.Key_E: "write",
    Qt.Key.Key_V: "section",
}
_TONES: Final = {"muted": "muted", "bad": "red"}
_MOST_TILES: Final = 5


class _Value(QLabel):
    """A large number that is pressed like a button. ``pressed()``."""

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(28, True))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """So do Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)


class _TileView(QWidget):
    """A large figure; a click or Enter opens its cases: ``opened(Tile)``."""

    opened = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._tile: Tile | None = None
        self.name = label(theme, "", 12, tone="muted")
        self.value = _Value(theme)
        self.below = label(theme, "", 12, tone="muted")
        column = QVBoxLayout(self)
        spaced(column, 0, 2)
        for one in (self.name, self.value, self.below):
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignLeft)
        self.value.pressed.connect(self._pressed)

    def apply(self, tile: Tile) -> None:
        """Take a figure."""
        self._tile = tile
        self.name.setText(tile.name)
        self.value.setText(shown(tile.cell))
        self.value.setAccessibleName(f"{tile.name} {shown(tile.cell)}")
        set_tone(self.value, _TONES.get(tile.cell.tone, ""))
        self.below.setText(tile.below)

    @Slot()
    def _pressed(self) -> None:
        if self._tile is not None:
            self.opened.emit(self._tile)


class ReportFigures(QWidget):
    """``cases_wanted(title, Cell)`` when a number is opened, ``asked(what)``
    for the other keys of :data:`KEYS`."""

    cases_wanted = Signal(str, object)
    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._report: Report | None = None
        self._tables: tuple[Table, ...] = ()
        self.tiles = tuple(_TileView(theme) for _ in range(_MOST_TILES))
        self.choice = QComboBox()
        self.choice.setFont(theme.font(14))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table = DocTable(theme, KEYS, cells=True)
        self.note = label(theme, "", 12, tone="muted", wrap=True)
        self._rules = label(theme, "", 12, tone="muted", wrap=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        row = QHBoxLayout()
        spaced(row, 0, 24)
        for one in self.tiles:
            one.opened.connect(self._tile)
            row.addWidget(one)
        row.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(row)
        column.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.table, 1)
        for under in (self.note, self._rules, self._help):
            column.addWidget(under)
        self.choice.currentIndexChanged.connect(self._chosen)
        self.table.asked.connect(self._asked)
        self.table.clicked.connect(self._pressed)
        self.table.viewport().installEventFilter(self)
        self.setFocusProxy(self.table)
        self.retranslate()

    def apply(self, report: Report) -> None:
        """Show a report; the table that was chosen stays chosen."""
        self._report = report
        found = [one for one in report.blocks if isinstance(one, Tiles)]
        tiles = found[0].tiles if found else ()
        for place, made in enumerate(self.tiles):
            made.setVisible(place < len(tiles))
            if place < len(tiles):
                made.apply(tiles[place])
        self._tables = tuple(_as_tables(report))
        kept = max(0, self.choice.currentIndex())
        self.choice.blockSignals(True)
        self.choice.clear()
        for number, table in enumerate(self._tables, start=1):
            self.choice.addItem(f"{number}. {table.title}")
        self.choice.setCurrentIndex(min(kept, len(self._tables) - 1))
        self.choice.blockSignals(False)
        self._rules.setText(" · ".join((report.cut, *report.rules)))
        self._show()

    def next_table(self) -> None:
        """The table after this one."""
        if self._tables:
            self.choice.setCurrentIndex((self.choice.currentIndex() + 1) % len(self._tables))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.choice.setAccessibleName(t("reports.page.table"))
        self.table.setAccessibleName(t("reports.page.table"))
        self._help.setText(t("reports.page.help"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click opens the cell that is under the hand only once."""
        if event.type() == QEvent.Type.MouseButtonDblClick and watched is self.table.viewport():
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc and what the table did not take go up."""
        event.ignore()

    def _show(self) -> None:
        at = self.choice.currentIndex()
        if not 0 <= at < len(self._tables):
            return
        table = self._tables[at]
        self.table.apply(table)
        self.note.setText(table.note or (table.empty if not table.rows else ""))
        self.note.setVisible(bool(self.note.text()))

    @Slot(int)
    def _chosen(self, _at: int) -> None:
        self._show()

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "table":
            self.next_table()
        elif what == "open":
            self._open()
        else:
            self.asked.emit(what)

    @Slot(object)
    def _pressed(self, _index: object) -> None:
        self._open()

    @Slot(object)
    def _tile(self, tile: Tile) -> None:
        self.cases_wanted.emit(self._title(tile.name), tile.cell)

    def _open(self) -> None:
        """The cases behind the chosen cell, named by its row and its column."""
        index = self.table.currentIndex()
        cell = self.table.source.cell(index)
        if cell is None or not cell.drill:
            return
        first = self.table.source.cell(self.table.source.index(index.row(), 0))
        column = self.table.source.columns[index.column()].title
        row = shown(first) if first is not None and index.column() else ""
        self.cases_wanted.emit(self._title(" · ".join(one for one in (row, column) if one)), cell)

    def _title(self, words: str) -> str:
        return f"{words} · {self._report.period}" if self._report is not None else words


def _as_tables(report: Report) -> list[Table]:
    """Tables, and named facts as tables of two columns."""
    found = []
    for block in report.blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, Facts):
            columns = (Column(block.title, 1.4), Column(t("reports.col.value"), 2.0))
            rows = tuple((Cell(name), cell) for name, cell in block.rows)
            found.append(Table(block.title, columns, rows))
    return found
