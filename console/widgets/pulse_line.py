"""The red words when nobody watches the deadlines: silence is not calm."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.i18n import t
from console.models import wording
from console.services.views import Pulse
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import EDGE, label, spaced, surface

#: A heartbeat older than this means the alarms stand still, seconds.
TOO_OLD_S: Final = 3.0
#: A clock this far from the database server's is said, seconds.
CLOCK_OFF_S: Final = 0.5


class PulseLine(QWidget):
    """Hidden while pulses come; belongs into every window."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._pulse: Pulse | None = None
        self._age = 0.0
        self._words = label(theme, "", 16, bold=True, tone="red")
        surface(self, "panel")
        row = QHBoxLayout(self)
        spaced(row, 0, 8)
        row.setContentsMargins(EDGE, 4, EDGE, 4)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignCenter)
        self.hide()
        ticker.tick.connect(self._on_tick)

    @Slot(object)
    def take(self, pulse: Pulse) -> None:
        """A proof of life."""
        self._pulse = pulse
        self._show(pulse.age_s)

    def retranslate(self) -> None:
        """Say it in the language now."""
        self._show(self._age)

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        # Pulses may stay away altogether: then the age grows by our own clock.
        if self._pulse is not None:
            self._show(self._pulse.age_s + max(0.0, (now - self._pulse.at).total_seconds()))

    def _show(self, age_s: float) -> None:
        self._age = age_s
        stopped = age_s > TOO_OLD_S
        offset = self._pulse.clock_offset_s if self._pulse is not None else 0.0
        away = self._pulse.database_away if self._pulse is not None else None
        if away is not None:
            # Why it has stopped is worth more than for how long.
            self._words.setText(t("desk.pulse.away", at=wording.clock(away)))
        elif stopped:
            self._words.setText(t("desk.pulse.stopped", n=int(age_s)))
        elif abs(offset) > CLOCK_OFF_S:
            self._words.setText(t("desk.pulse.clock", seconds=f"{-offset:+.1f}"))
        self.setVisible(away is not None or stopped or abs(offset) > CLOCK_OFF_S)
