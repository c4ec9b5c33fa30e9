"""A strip below the header: this program is older than another one, the last run
did not end well. It never takes the keyboard and hides nothing of the desk."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import EDGE, button, label, set_tone, spaced, surface


class CareStrip(QWidget):
    """``pressed(what)``: the button at its right (``restart``, ``crash`` …)."""

    pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._said: tuple[str, str, Mapping[str, object], str] | None = None
        self.words = label(theme, "", 14, bold=True, wrap=True)
        self.knob = button(theme, "", "quiet")
        self.knob.clicked.connect(self._pressed)
        surface(self, "panel")
        row = QHBoxLayout(self)
        spaced(row, 4, 12)
        row.setContentsMargins(EDGE, 4, EDGE, 4)
        row.addWidget(self.words, 1)
        row.addWidget(self.knob)
        self.hide()

    def say(self, tone: str, key: str, what: str = "", **facts: object) -> None:
        """Say it until :meth:`rest`; ``what`` names the button (``care.do.<what>``)."""
        said = (tone, key, facts, what)
        if said != self._said:
            self._said = said
            self.retranslate()
            self.show()

    def rest(self) -> None:
        """Nothing to say."""
        self._said = None
        self.hide()

    @property
    def key(self) -> str:
        """The text that is said; empty while it rests."""
        return self._said[1] if self._said is not None else ""

    @Slot()
    def _pressed(self) -> None:
        if self._said is not None and self._said[3]:
            self.pressed.emit(self._said[3])

    def retranslate(self) -> None:
        """Say it in the language now."""
        if self._said is None:
            return
        tone, key, facts, what = self._said
        self.words.setText(t(key, **facts))
        set_tone(self.words, tone)
        self.knob.setVisible(bool(what))
        if what:
            self.knob.setText(t(f"care.do.{what}"))
            self.knob.setAccessibleName(self.knob.text())
