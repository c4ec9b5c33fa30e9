"""A line with what it may mean listed below it while one types.

The best match is taken by leaving the line (Tab) or by Enter; what matches
nothing stays as it was typed. Answers come from elsewhere and may be late: a
line that was left before its answer came takes it then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.models.typed import plain
from console.theme import Theme
from console.widgets.parts import spaced

_ROW: Final = 28
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing a line may mean: the words in the list, the words it leaves in
    the line, and what stands behind it."""

    words: str
    text: str
    value: object


class SuggestField(QWidget):
    """``asked(text)`` as it is typed; ``settled()`` when something was taken or
    the typing changed; ``entered()`` on Enter, once its answer is there."""

    asked = Signal(str)
    settled = Signal()
    entered = Signal()
    typed = Signal(str)

    def __init__(self, theme: Theme, rows: int = 5) -> None:
        super().__init__()
        self._rows = rows
        self._hits: tuple[Suggestion, ...] = ()
        self._answered = ""
        self._taken: Suggestion | None = None
        self._left = self._wants_enter = False
        self.line = QLineEdit()
        self.line.setFont(theme.font(14))
        self.found = QListWidget()
        self.found.setFont(theme.font(14))
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.hide()
        body = QVBoxLayout(self)
        spaced(body, 0, 4)
        body.addWidget(self.line)
        body.addWidget(self.found)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._edited)
        self.line.installEventFilter(self)
        self.found.itemClicked.connect(self._clicked)

    @property
    def text(self) -> str:
        """What stands in the line, trimmed."""
        return self.line.text().strip()

    @property
    def value(self) -> object | None:
        """What was taken, or ``None``."""
        return self._taken.value if self._taken is not None else None

    @property
    def waiting(self) -> bool:
        """True while the answer to what is typed has not come."""
        return bool(self.text) and self._taken is None and self._answered != plain(self.text)

    @property
    def best(self) -> Suggestion | None:
        """What would be taken now: the row that is marked."""
        row = self.found.currentRow()
        return self._hits[row] if self._taken is None and 0 <= row < len(self._hits) else self._taken

    def restore(self, text: str) -> None:
        """Put a draft back and ask what it means."""
        self.line.setText(text)
        self._taken, self._answered = None, ""
        if text.strip():
            self.asked.emit(plain(text))

    def put(self, chosen: Suggestion) -> None:
        """Take something that was not typed: a point of the map, a camera."""
        self.line.setText(chosen.text)
        self._take(chosen)

    def clear(self) -> None:
        """Empty, and nothing taken."""
        self.line.clear()
        self._hits, self._taken, self._answered = (), None, ""
        self._list()

    def answer(self, text: str, hits: Sequence[Suggestion]) -> None:
        """The answer to ``text``; one for an older text is dropped."""
        if self._taken is not None or text != plain(self.text):
            return
        self._answered, self._hits = text, tuple(hits)
        self._list()
        if self._left or self._wants_enter:
            self.take_best()
        self.settled.emit()
        if self._wants_enter:
            self._wants_enter = False
            self.entered.emit()

    def show_hits(self, hits: Sequence[Suggestion]) -> None:
        """The same rows in other words, after a change of language."""
        if len(hits) == len(self._hits):
            self._hits = tuple(hits)
            row = self.found.currentRow()
            self._list()
            self.found.setCurrentRow(row)

    def take_best(self) -> None:
        """Take the row that is marked, if one is."""
        best = self.best
        if best is not None and self._taken is None:
            self.line.setText(best.text)
            self._take(best)

    def wait_enter(self) -> None:
        """Go on (``entered``) as soon as the answer is there."""
        self._wants_enter = True

    def give_up(self) -> None:
        """No answer will come: Enter goes on with what is typed."""
        self._answered = plain(self.text)
        if self._wants_enter:
            self._wants_enter = False
            self.entered.emit()

    def _take(self, chosen: Suggestion) -> None:
        self._taken, self._hits = chosen, ()
        self._list()
        self.settled.emit()

    def _list(self) -> None:
        self.found.clear()
        for hit in self._hits:
            item = QListWidgetItem(hit.words)
            item.setToolTip(hit.words)
            item.setSizeHint(QSize(0, _ROW))
            self.found.addItem(item)
        self.found.setFixedHeight(max(1, min(self._rows, len(self._hits))) * _ROW + 4)
        self.found.setVisible(bool(self._hits) and not self._left)
        self.found.setCurrentRow(0 if self._hits and self._sure() else -1)

    def _sure(self) -> bool:
        """The first row is what is meant when only letters or digits were typed,
        or when it begins with the Chinese that was typed; else a person who
        writes an address means just that."""
        text = plain(self.text)
        return not _HAN.search(text) or self._hits[0].text.startswith(text)

    @Slot(str)
    def _edited(self, text: str) -> None:
        self._taken, self._left, self._wants_enter = None, False, False
        self.typed.emit(text)
        if text.strip():
            self.asked.emit(plain(text))
        else:
            self._hits, self._answered = (), ""
            self._list()
        self.settled.emit()

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.found.setCurrentItem(item)
        self.take_best()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down choose, Enter and Tab take, Esc closes the list."""
        if watched is not self.line:
            return False
        if event.type() == QEvent.Type.FocusIn:
            self._left = False
        elif event.type() == QEvent.Type.FocusOut:
            self._left = True
            self.take_best()
            self.found.hide()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step and self._hits:
            self.found.setCurrentRow(max(-1, min(len(self._hits) - 1, self.found.currentRow() + step)))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            plain_enter = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if self.waiting:
                self._wants_enter = True
                return plain_enter
            self.take_best()
            if plain_enter:
                self.entered.emit()
            return plain_enter
        if event.key() == Qt.Key.Key_Escape and self.found.isVisible():
            self._hits = ()
            self._list()
            return True
        return False
