"""The last lines of this machine's log, and how former runs ended."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit

from console.i18n import t
from console.models import care_tables
from console.services.care_requests import LogView
from console.theme import Theme
from console.widgets.care_parts import CarePane

_LEVELS = ("INFO", "WARNING", "ERROR")


class LogPane(CarePane):
    """``wanted``: ``log`` (read again), ``crash`` (show the newest report)."""

    KEYS = {Qt.Key.Key_U: "log", Qt.Key.Key_C: "copy", Qt.Key.Key_X: "crash"}

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.view: LogView | None = None
        self.words, self.level = QLineEdit(), QComboBox()
        self.words.setMaxLength(200)
        for level in _LEVELS:
            self.level.addItem("", level)
        self.level.setCurrentIndex(0)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self.field("care.log.find", self.words), 1)
        row.addLayout(self.field("care.log.from", self.level, 160))
        self.whole = QPlainTextEdit()
        self.whole.setReadOnly(True)
        self.whole.setFont(theme.font(12))
        self.whole.setMaximumHeight(150)
        self.whole.setTabChangesFocus(True)
        self.words.textChanged.connect(self._filter)
        self.level.currentIndexChanged.connect(self._filter)
        self.table.walked.connect(self._walked)
        self.column.addWidget(self.headline)
        self.column.addLayout(row)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.whole)
        self.column.addLayout(self.buttons("log", "copy", "crash"))
        self.column.addWidget(self.outcome)
        self.retranslate()

    def show_log(self, view: LogView) -> None:
        """The newest entry on top."""
        self.view = view
        self._fill()

    def ask(self, what: str) -> None:
        """Copying needs nobody else."""
        if what != "copy":
            super().ask(what)
            return
        words = self.whole.textCursor().selectedText() or self.whole.toPlainText()
        QApplication.clipboard().setText(words)
        self.tell("good", "care.log.copied")

    @Slot(int)
    def _walked(self, place: int) -> None:
        if self.view is None or not 0 <= place < len(self.view.lines):
            self.whole.setPlainText("")
            return
        one = self.view.lines[place]
        self.whole.setPlainText(f"{one.at} {one.level} {one.name}\n{one.text}")

    @Slot()
    def _filter(self) -> None:
        if self.view is None:
            return
        level = str(self.level.currentData())
        chosen = care_tables.passing(self.view.lines, self.words.text(), level)
        self.table.apply(care_tables.log(self.view.lines), chosen, keep=self.table.place)
        crashes = sum(not one.seen for one in self.view.crashes)
        key = "crashed" if crashes else "count"
        self.headline.setText(t(f"care.log.{key}", n=len(chosen), all=len(self.view.lines), crashes=crashes))

    def _fill(self) -> None:
        self._filter()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        for at, level in enumerate(_LEVELS):
            self.level.setItemText(at, t(f"care.log.since.{level.lower()}"))
        self._fill()
