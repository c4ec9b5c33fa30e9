"""The titles of the desk's pages beside each other, however many there are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from console.theme import Theme
from console.widgets.parts import button

_GAP: Final = 4


class PageBar(QWidget):
    """``chosen(number)``. Where the titles with their keys have no room in one
    line the keys go (they are in the tool tip and on F1), and where the titles
    alone have none there are two lines: no page is out of sight."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        self._words: list[tuple[str, str]] = []
        self._hidden: set[int] = set()
        super().__init__()
        self._theme = theme
        self._buttons: list[QPushButton] = []
        self._choice = QButtonGroup(self)
        self._choice.idClicked.connect(self._clicked)

    def add(self) -> None:
        """A title more, at the end; its words come by :meth:`say`."""
        made = button(self._theme, "", "quiet")
        made.setParent(self)
        made.setCheckable(True)
        self._choice.addButton(made, len(self._buttons))
        self._buttons.append(made)
        self._words.append(("", ""))
        made.show()

    def say(self, at: int, title: str, keys: str) -> None:
        """Title and keys of a page."""
        self._words[at] = (title, keys)
        self._buttons[at].setAccessibleName(title)
        self._arrange()

    def offer(self, at: int, offered: bool) -> None:
        """Whether a title stands in the bar."""
        if offered == (at not in self._hidden):
            return
        (self._hidden.discard if offered else self._hidden.add)(at)
        self._buttons[at].setVisible(offered)
        self._arrange()

    def check(self, at: int) -> None:
        """The page that is shown."""
        self._buttons[at].setChecked(True)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest title."""
        widest = max((one.sizeHint().width() for one in self._buttons), default=0)
        return QSize(widest, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may have room for more or less."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Other fonts and margins need another room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self._words:
            self._arrange()

    def _arrange(self) -> None:
        self._write(with_keys=True)
        if not self._one_line():
            self._write(with_keys=False)
        x = y = 0
        for one in self._shown():
            size = one.sizeHint()
            if x and x + size.width() > self.width():
                x, y = 0, y + size.height() + _GAP
            one.setGeometry(x, y, size.width(), size.height())
            x += size.width() + _GAP
        high = max((one.sizeHint().height() for one in self._buttons), default=0)
        if self.minimumHeight() != y + high or self.maximumHeight() != y + high:
            self.setFixedHeight(y + high)

    def _shown(self) -> list[QPushButton]:
        return [one for at, one in enumerate(self._buttons) if at not in self._hidden]

    def _one_line(self) -> bool:
        wide = sum(one.sizeHint().width() + _GAP for one in self._shown()) - _GAP
        return wide <= self.width()

    def _write(self, *, with_keys: bool) -> None:
        for one, (title, keys) in zip(self._buttons, self._words, strict=True):
            whole = f"{title} {keys}".rstrip()
            one.setText(whole if with_keys else title)
            one.setToolTip("" if with_keys else whole)

    @Slot(int)
    def _clicked(self, at: int) -> None:
        self.chosen.emit(at)
