"""Says at the desk what has no display now, and how to bring it back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import EDGE, button, label, spaced, surface


class ParkedBar(QWidget):
    """Hidden while everything has its display. ``opened()``: the button."""

    opened = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        surface(self, "panel")
        self._names: tuple[str, ...] = ()
        self._words = label(theme, "", 14)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._open = button(theme, "", "quiet", px=14)
        self._open.clicked.connect(self.opened)
        row = QHBoxLayout(self)
        spaced(row, 0, 16)
        row.setContentsMargins(EDGE, 2, EDGE, 2)
        row.addWidget(self._words, 1)
        row.addWidget(self._open)
        self.hide()

    @property
    def names(self) -> tuple[str, ...]:
        """What is listed."""
        return self._names

    def tell(self, names: Sequence[str]) -> None:
        """What is parked, each as it is to be read."""
        self._names = tuple(names)
        self.retranslate()
        self.setVisible(bool(names))

    def retranslate(self) -> None:
        """Say what is the bar's own in the language now."""
        separator = t("room.parked.separator")
        self._words.setText(t("room.parked.list", n=len(self._names), names=separator.join(self._names)))
        self._open.setText(t("room.parked.open"))
