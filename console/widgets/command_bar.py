"""Ctrl+K: everything by typing its name, its pinyin initials or a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import label, spaced, surface


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do: an id for the window, words now, the key it has."""

    id: str
    words: str
    keys: str = ""


@lru_cache(maxsize=2048)
def initials(words: str) -> str:
    """Pinyin initials of the Chinese in ``words``: 到场 → dc."""
    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).casefold()


def match(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Entries whose words, initials or English contain what was typed; those
    that begin with it come first."""
    wanted = typed.strip().casefold()
    if not wanted:
        return list(entries)
    found = [(_rank(one, wanted), at, one) for at, one in enumerate(entries)]
    return [one for rank, _at, one in sorted(found, key=_first_two) if rank < 9]


def _rank(entry: Entry, wanted: str) -> int:
    words, short = entry.words.casefold(), initials(entry.words)
    if words.startswith(wanted) or short.startswith(wanted):
        return 0
    if wanted in words or wanted in short:
        return 1
    return 9


def _first_two(row: tuple[int, int, Entry]) -> tuple[int, int]:
    return row[0], row[1]


class CommandBar(QWidget):
    """``run(entry id)`` on Enter. Digits alone offer to go to that case."""

    run = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._page = parent
        self._back: QWidget | None = None
        self.field = QLineEdit()
        self.field.setFont(theme.font(16))
        self.field.setMinimumHeight(32)
        self.found = QListWidget()
        self.found.setFont(theme.font(14))
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._foot = label(theme, "", 12, tone="muted")
        surface(self, "panel")
        self.setObjectName("toast")
        body = QVBoxLayout(self)
        spaced(body, 12, 8)
        body.addWidget(self.field)
        body.addWidget(self.found, 1)
        body.addWidget(self._foot)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._go)
        self.found.itemClicked.connect(self._clicked)
        self.field.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.field.setPlaceholderText(t("desk.command.placeholder"))
        self.field.setAccessibleName(t("desk.command.placeholder"))
        self.found.setAccessibleName(t("desk.command.placeholder"))
        self._foot.setText(t("desk.command.foot"))

    def open(self, entries: Sequence[Entry]) -> None:
        """Show the bar with what can be done now."""
        self._back = self.window().focusWidget()
        self._entries = tuple(entries)
        self.field.clear()
        self._typed("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def _typed(self, text: str) -> None:
        rows = match(self._entries, text)
        digits = text.strip().lstrip("#")
        if digits.isdecimal():
            rows = [Entry(f"go:{digits}", t("desk.command.go", number=digits)), *rows]
        self.found.clear()
        for row in rows:
            item = QListWidgetItem(f"{row.words}    {row.keys}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, row.id)
            self.found.addItem(item)
        self.found.setCurrentRow(0)

    @Slot()
    def _go(self) -> None:
        item = self.found.currentItem()
        self.leave()
        if item is not None:
            self.run.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.found.setCurrentItem(item)
        self._go()

    def leave(self) -> None:
        """Close and give the keyboard back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def _place(self) -> None:
        parent = self._page
        width = min(560, parent.width() - 32)
        self.setGeometry((parent.width() - width) // 2, 96, width, min(420, parent.height() - 128))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Esc while typing; stay in place on resize."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                row = self.found.currentRow() + step
                self.found.setCurrentRow(max(0, min(self.found.count() - 1, row)))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False
