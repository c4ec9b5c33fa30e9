"""Says that nothing here is real: demonstration, drill or test."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface


class DemoBar(QWidget):
    """Hidden on a site's own database. ``leave_wanted()``: from the demonstration
    to a real site."""

    leave_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._purpose = "site"
        self._words = label(theme, "", 12, bold=True, tone="demo")
        self.leave = button(theme, "", "quiet", px=12)
        self.leave.setProperty("flat", True)
        self.leave.setFixedHeight(22)
        self.leave.hide()
        self.leave.clicked.connect(self.leave_wanted)
        surface(self, "bg")
        row = QHBoxLayout(self)
        spaced(row, 0, 8)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self.leave)
        self.setFixedHeight(24)
        self.hide()

    def set_purpose(self, purpose: str) -> None:
        """``site`` hides the bar; ``demo``, ``drill`` and ``test`` show it."""
        self._purpose = purpose
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language now."""
        self.setVisible(self._purpose != "site")
        self.leave.setText(t("setup.bar"))
        self.leave.setVisible(self._purpose == "demo")
        if self._purpose != "site":
            self._words.setText(t(f"desk.demo.{self._purpose}"))
