"""Ctrl+K: everything by typing its name, its pinyin initials or a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.i18n import t
from console.models.drafts import Drafts
from console.theme import Theme
from console.widgets.parts import label, spaced, surface


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do: an id for the window, words now, the key it has.
    ``also`` are other words it is found by, such as those of the other language."""

    id: str
    words: str
    keys: str = ""
    also: str = ""


@lru_cache(maxsize=8192)
def initials(words: str) -> str:
    """Pinyin initials of the Chinese in ``words``: 到场 → dc."""
    # Half a second of dictionaries: read in once the board stands.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).casefold()


def match(entries: Sequence[Entry], typed: str, recent: Sequence[str] = ()) -> list[Entry]:
    """Entries whose words, initials or other language contain each word that was
    typed. Those that begin with it come first, then what was done lately (ids in
    ``recent``, newest first), then their own order; nothing typed brings them all,
    the recent ones first."""
    wanted = typed.casefold().split()
    lately = {entry_id: at for at, entry_id in enumerate(recent)}
    found = []
    for at, one in enumerate(entries):
        rank = max((_rank(one, word) for word in wanted), default=0)
        if rank < _NOT:
            found.append((rank, lately.get(one.id, len(lately)), at, one))
    return [one for _rank_, _lately, _at, one in sorted(found, key=_first_three)]


#: Rank of what does not match.
_NOT = 9


def _rank(entry: Entry, wanted: str) -> int:
    words, also = entry.words.casefold(), entry.also.casefold()
    short = initials(entry.words)
    if words.startswith(wanted) or short.startswith(wanted) or also.startswith(wanted):
        return 0
    if wanted in words or wanted in short or f" {wanted}" in also:
        return 1
    # Behind a colon stands the name of the thing: a camera, a team.
    return 2 if wanted in also else _NOT


def _first_three(row: tuple[int, int, int, Entry]) -> tuple[int, int, int]:
    return row[:3]


#: What was done lately and is offered first.
MOST_RECENT = 8
#: Rows that are worth reading.
_MOST_ROWS = 60
_DRAFT = "command/recent"
_CASE = re.compile(r"#?(\d{1,6}|\d{8}-\d{4,6})")


class CommandBar(QWidget):
    """``run(entry id)`` on Enter. A number offers to go to that case, any other
    text to search for it."""

    run = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget, drafts: Drafts | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._drafts = drafts
        self._recent: list[str] = []
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
        if drafts is not None:
            self._turned()
            drafts.turned.connect(self._turned)
        self.hide()
        self.retranslate()

    @Slot()
    def _turned(self) -> None:
        """What this person did of late."""
        kept = self._drafts.get(_DRAFT) if self._drafts is not None else ""
        self._recent = [one for one in kept.split("\n") if one]

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
        rows = match(self._entries, text, self._recent)[:_MOST_ROWS]
        plain = text.strip()
        number = _CASE.fullmatch(plain)
        if number is not None:
            rows = [Entry(f"go:{number[1]}", t("desk.command.go", number=number[1])), *rows]
        if plain:
            rows.append(Entry(f"find:{plain}", t("desk.command.find", text=plain)))
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
            what = str(item.data(Qt.ItemDataRole.UserRole))
            self._remember(what)
            self.run.emit(what)

    def _remember(self, what: str) -> None:
        """What was done is offered first the next time; a line of search has a
        page that remembers it."""
        if what.startswith(("find:", "go:")):
            return
        self._recent = [what, *(one for one in self._recent if one != what)][:MOST_RECENT]
        if self._drafts is not None:
            self._drafts.put(_DRAFT, "\n".join(self._recent))

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
