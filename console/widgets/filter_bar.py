"""What the board shows and in which order: its head, and the strip that says
that not everything is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models.card_filter import Sieved
from console.theme import Theme
from console.widgets.parts import DataLabel, button, label, spaced, surface


class FilterStrip(QWidget):
    """Seen only while a filter is on. ``cleared()`` when all is to be shown
    again; ``ringing_wanted()`` to see the hidden cases that have an alarm."""

    cleared = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        surface(self, "accent")
        self._name = DataLabel(theme, 14, bold=True)
        self._count = label(theme, "", 14)
        self._ringing = label(theme, "", 14, bold=True, tone="red")
        self._clear = button(theme, "", px=14)
        self._clear.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        spaced(row, 4, 12)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(self._name, 1)
        row.addWidget(self._count)
        row.addWidget(self._ringing)
        row.addWidget(self._clear)
        self._sieved: Sieved | None = None
        self._words = ""
        self.hide()

    def show_filter(self, words: str, sieved: Sieved) -> None:
        """Say which filter is on, how many of how many cases it shows, and how
        many of the others have an alarm."""
        self._words, self._sieved = words, sieved
        self.retranslate()
        self.show()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._clear.setText(t("board.filter.clear"))
        if self._sieved is None:
            return
        shown, total, ringing = self._sieved.shown, self._sieved.total, len(self._sieved.ringing)
        self._name.setText(t("board.filter.on", name=self._words))
        self._count.setText(t("board.filter.count", shown=shown, total=total))
        self._ringing.setText(t("board.filter.ringing", n=ringing))
        self._ringing.setVisible(ringing > 0)
        first = ", ".join(card.number for card in self._sieved.ringing[:12])
        self._ringing.setToolTip(first)
        said = " ".join((self._name.text(), self._count.text(), self._ringing.text() if ringing else ""))
        self.setAccessibleName(said.strip())

    def words(self) -> str:
        """All that is said, for screen readers and tests."""
        return self.accessibleName() if not self.isHidden() else ""


class BoardHead(QWidget):
    """Title, what is typed, and the ways to look at the board."""

    sort_wanted = Signal()
    filter_wanted = Signal()
    switch_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._title = label(theme, "", 16, bold=True)
        self.typed = label(theme, "", 14, bold=True, tone="accent")
        self._sort = button(theme, "", "quiet")
        self._filter = button(theme, "", "quiet")
        self._filter.setCheckable(True)
        self._switch = button(theme, "", "quiet")
        self._sort.clicked.connect(self.sort_wanted)
        self._filter.clicked.connect(self.filter_wanted)
        self._switch.clicked.connect(self.switch_wanted)
        self.strip = FilterStrip(theme)
        self._order, self._listing = "slack", False
        row = QHBoxLayout()
        spaced(row, 0, 4)
        row.addWidget(self._title)
        row.addWidget(self.typed)
        row.addStretch(1)
        for one in (self._sort, self._filter, self._switch):
            row.addWidget(one)
        column = QVBoxLayout(self)
        spaced(column, 0, 4)
        column.addLayout(row)
        column.addWidget(self.strip)

    def say(self, *, order: str, listing: bool, panel: bool) -> None:
        """Which order, which mode, and whether the filter's panel is open."""
        self._order, self._listing = order, listing
        self._filter.setChecked(panel)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.board.title"))
        self._sort.setText(t(f"board.sort.{self._order}"))
        self._sort.setToolTip(t(f"board.sort.{self._order}_tip"))
        self._sort.setAccessibleDescription(t("board.sort.name"))
        self._filter.setText(t("board.filter.button"))
        self._switch.setText(t("desk.board.as_columns" if self._listing else "desk.board.as_list"))
