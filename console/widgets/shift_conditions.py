"""Weather, warning signal and response level: one row, set for the whole house."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain import shift_log
from console.domain.errors import Refusal
from console.domain.shift_log import Conditions
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.parts import button, label, spaced

_LISTS: Final = {
    "signal": shift_log.SIGNALS,
    "colour": shift_log.COLOURS,
    "level": shift_log.LEVELS,
}


class ConditionsForm(QWidget):
    """``wanted(Conditions)``."""

    wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.weather, self.order = QLineEdit(), QLineEdit()
        self.lists = {name: QComboBox() for name in _LISTS}
        self.go = button(theme, "")
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self._said.hide()
        row = QHBoxLayout()
        spaced(row, 0, 8)
        row.addWidget(self.weather, 2)
        for one in self.lists.values():
            row.addWidget(one, 1)
        row.addWidget(self.order, 2)
        row.addWidget(self.go)
        column = QVBoxLayout(self)
        spaced(column, 0, 4)
        column.addLayout(row)
        column.addWidget(self._said)
        for field in (self.weather, self.order, *self.lists.values()):
            field.setFont(theme.font(14))
        for line in (self.weather, self.order):
            line.returnPressed.connect(self._set)
        self.go.clicked.connect(self._set)
        self.retranslate()

    def show_conditions(self, one: Conditions) -> None:
        """Begin with what is in force."""
        self.weather.setText(one.weather)
        self.order.setText(one.order)
        for name, box in self.lists.items():
            box.setCurrentIndex(max(0, box.findData(getattr(one, name))))
        self.refuse(None)

    def refuse(self, refusal: Refusal | None) -> None:
        """A rule said no; ``None``: no more."""
        self._said.setText(" ".join(explain(refusal)) if refusal is not None else "")
        self._said.setVisible(refusal is not None)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, box in self.lists.items():
            kept = box.currentData()
            box.clear()
            box.addItem(t(f"shifts.conditions.no_{name}"), "")
            for word in _LISTS[name]:
                said = t(f"shifts.{name}.{word}")
                box.addItem(t("shifts.level_line", level=said) if name == "level" else said, word)
            box.setCurrentIndex(max(0, box.findData(kept)))
            box.setAccessibleName(t(f"shifts.conditions.{name}"))
        for name, line in (("weather", self.weather), ("order", self.order)):
            line.setPlaceholderText(t(f"shifts.conditions.{name}"))
            line.setAccessibleName(t(f"shifts.conditions.{name}"))
        self.go.setText(t("shifts.conditions.set"))

    @Slot()
    def _set(self) -> None:
        chosen = {name: str(box.currentData() or "") for name, box in self.lists.items()}
        signal, colour, level = chosen["signal"], chosen["colour"], chosen["level"]
        self.wanted.emit(Conditions(self.weather.text(), signal, colour, level, self.order.text()))
