"""Six figures of the shift. A figure nobody counted yet is a dash, not a zero."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models.wording import percent, span
from console.services.views import KpiStrip as Figures
from console.theme import Theme
from console.widgets.parts import label, set_tone, spaced

KEYS: Final = ("open", "due_soon", "overdue", "met", "arrival_p90", "alarms")


class KpiStrip(QWidget):
    """Value over its words; only what is wrong leaves the grey."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._figures: Figures | None = None
        self._values = {key: label(theme, "", 28, bold=True) for key in KEYS}
        self._names = {key: label(theme, "", 12, tone="muted") for key in KEYS}
        row = QHBoxLayout(self)
        spaced(row, 0, 24)
        for key in KEYS:
            column = QVBoxLayout()
            spaced(column, 0, 0)
            column.addWidget(self._values[key])
            column.addWidget(self._names[key])
            column.addStretch(1)
            row.addLayout(column)
        self.retranslate()

    def apply(self, figures: Figures, arrival_origin: str = "filed") -> None:
        """Take the figures of a snapshot; ``arrival_origin`` is ``filed`` (15
        minutes in all) or ``dispatched`` (16)."""
        self._figures = figures
        self._total = 15 if arrival_origin == "filed" else 16
        self.retranslate()

    def forget(self) -> None:
        """Whoever sits here reads no figures: dashes."""
        self._figures = None
        set_tone(self._values["overdue"], "")
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        known = self._figures
        total = self._total if known is not None else 15
        count = known.total_n if known is not None else 0
        for key in KEYS:
            self._names[key].setText(t(f"desk.kpi.{key}", minutes=total, n=count))
        none = t("common.time.none")
        if known is None:
            for value in self._values.values():
                value.setText(none)
            return
        arrival = span(known.arrival_p90_s) if known.arrival_p90_s is not None else none
        texts = {
            "open": str(known.open),
            "due_soon": str(known.due_soon),
            "overdue": str(known.overdue),
            "met": percent(known.total_met),
            "arrival_p90": arrival,
            "alarms": str(known.alarms_10min),
        }
        for key, text in texts.items():
            self._values[key].setText(text)
        set_tone(self._values["overdue"], "red" if known.overdue else "")
