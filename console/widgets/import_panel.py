"""A table from a file (cases, cameras …): what would happen first, then the deed."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.services.reference import ImportReport, ImportRow
from console.theme import Theme
from console.widgets.parts import GROUP, button, label, spaced, surface

_COLUMNS = ("row", "id", "action", "why")
_Index = QModelIndex | QPersistentModelIndex


class _Rows(QAbstractTableModel):
    """The rows of a report, the refused ones first, then those with a hint."""

    def __init__(self, texts: str, hints: str) -> None:
        super().__init__()
        self._texts, self._hints = texts, hints
        self._rows: tuple[ImportRow, ...] = ()

    def take(self, report: ImportReport | None) -> None:
        self.beginResetModel()
        rows = report.rows if report is not None else ()
        self._rows = tuple(sorted(rows, key=_refused_first))
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = 0) -> object:
        if role == Qt.ItemDataRole.DisplayRole and way == Qt.Orientation.Horizontal:
            return t(f"{self._texts}.{_COLUMNS[section]}")
        return None

    def data(self, index: _Index, role: int = 0) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._rows[index.row()]
        words = (
            str(row.row),
            row.id,
            t(f"{self._texts}.{row.action}"),
            self._why(row),
        )
        return words[index.column()]

    def _why(self, row: ImportRow) -> str:
        if row.error is not None:
            return " ".join(explain(row.error))
        return " ".join(t(f"{self._hints}.{hint.code}", **hint.facts) for hint in row.hints)


def _refused_first(row: ImportRow) -> tuple[bool, bool, bool, int]:
    return row.ok, not row.hints, row.action == "unchanged", row.row


class ImportPanel(QWidget):
    """``wanted(path, dry run)``; ``left()`` on Esc."""

    wanted = Signal(str, bool)
    left = Signal()

    def __init__(
        self,
        theme: Theme,
        texts: str = "intake.list",
        hints: str = "",
        kinds: str = "CSV, XLSX (*.csv *.xlsx *.txt)",
    ) -> None:
        """``texts`` is where its words stand, ``hints`` where those of odd rows do;
        ``kinds`` of files are offered."""
        super().__init__()
        self._kinds = kinds
        self._texts = texts
        self._report: ImportReport | None = None
        self._refusal: Refusal | None = None
        self._busy = False
        self._title = label(theme, "", 20, bold=True)
        self._hint = label(theme, "", 12, tone="muted", wrap=True)
        self.path = QLineEdit()
        self.path.setFont(theme.font(14))
        self._browse = button(theme, "", "quiet")
        self._said = label(theme, "", 14, wrap=True)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self.rows = _Rows(texts, hints)
        self._table = QTableView()
        self._table.setFont(theme.font(12))
        self._table.setModel(self.rows)
        self._table.verticalHeader().hide()
        self._table.setWordWrap(True)
        head = self._table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(True)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._cancel = button(theme, "")
        self._build()
        self.path.returnPressed.connect(self._next)
        self.path.textChanged.connect(self._other_file)
        self._browse.clicked.connect(self._choose)
        self._go.clicked.connect(self._next)
        self._cancel.clicked.connect(self.left)
        self.setAcceptDrops(True)
        self.retranslate()

    def _build(self) -> None:
        surface(self, "panel")
        body = QVBoxLayout(self)
        spaced(body, GROUP, 8)
        row, foot = QHBoxLayout(), QHBoxLayout()
        for line in (row, foot):
            spaced(line, 0, 8)
        row.addWidget(self.path, 1)
        row.addWidget(self._browse)
        foot.addWidget(self._go)
        foot.addWidget(self._cancel)
        foot.addStretch(1)
        body.addWidget(self._title)
        body.addWidget(self._hint)
        body.addLayout(row)
        body.addWidget(self._said)
        body.addWidget(self._error)
        body.addWidget(self._table, 100)
        body.addLayout(foot)
        # Without a table the lines stay together, at the top.
        body.addStretch(1)

    def take_focus(self) -> None:
        """The keyboard to the file's name."""
        self.path.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def take(self, report: ImportReport) -> None:
        """What a dry run found, or what was done."""
        self._busy, self._refusal, self._report = False, None, report
        self.rows.take(report)
        # Rows grow with their words once the columns have their widths.
        QTimer.singleShot(0, self._table.resizeRowsToContents)
        self.retranslate()

    def refuse(self, refusal: Refusal) -> None:
        """The file is no list; nothing was taken in."""
        self._busy, self._refusal, self._report = False, refusal, None
        self.rows.take(None)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t(f"{self._texts}.title"))
        self._hint.setText(t(f"{self._texts}.hint"))
        self.path.setPlaceholderText(t(f"{self._texts}.path"))
        self.path.setAccessibleName(t(f"{self._texts}.path"))
        self._browse.setText(t("desk.form.browse"))
        self._cancel.setText(t("desk.form.cancel"))
        self._go.setText(t(f"{self._texts}.go" if self._ready() else f"{self._texts}.try"))
        self._go.setEnabled(not self._busy)
        self._said.setText(self._summary())
        self._said.setVisible(bool(self._said.text()))
        self._error.setText(" ".join(explain(self._refusal)) if self._refusal is not None else "")
        self._error.setVisible(self._refusal is not None)
        self._table.setVisible(self._report is not None)

    def _ready(self) -> bool:
        """A dry run found something to take in."""
        report = self._report
        changes = {row.action for row in report.rows} if report is not None else set()
        return report is not None and report.dry_run and bool(changes & {"added", "updated"})

    def _summary(self) -> str:
        if self._busy:
            return t(f"{self._texts}.busy")
        report = self._report
        if report is None:
            return ""
        counts = dict.fromkeys(("added", "updated", "unchanged", "refused"), 0)
        for row in report.rows:
            counts[row.action] += 1
        words = t(f"{self._texts}.would" if report.dry_run else f"{self._texts}.did", **counts)
        if report.unknown_columns:
            words += " " + t(f"{self._texts}.unknown", columns=", ".join(report.unknown_columns))
        return words

    @Slot()
    def _next(self) -> None:
        path = self.path.text().strip().strip('"').removeprefix("file://")
        if not path or self._busy:
            return
        dry = not self._ready()
        self._busy = True
        self.retranslate()
        self.wanted.emit(path, dry)

    @Slot()
    def _other_file(self) -> None:
        if self._report is not None or self._refusal is not None:
            self._report = self._refusal = None
            self.rows.take(None)
            self.retranslate()

    @Slot()
    def _choose(self) -> None:
        chooser = QFileDialog(self, t(f"{self._texts}.path"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setNameFilter(self._kinds)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(self.path.setText)
        chooser.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Its name goes into the field."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.path.setText(paths[0])
