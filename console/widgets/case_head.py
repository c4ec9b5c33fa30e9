"""What case this is: number, class, state, place, who, from where."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.model import Case
from console.i18n import either, t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock, number, state
from console.theme import Theme
from console.widgets.parts import DataLabel, button, label, spaced


class CaseHead(QWidget):
    """Three lines at the top of the detail. ``camera_wanted(camera id)``."""

    camera_wanted = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._case: Case | None = None
        self._names = NOBODY
        self.number = label(theme, "", 20, bold=True)
        self._name = DataLabel(theme, 20, bold=True)
        self._state = label(theme, "", 14, bold=True, tone="muted")
        self._close = button(theme, "×", "quiet", px=16)
        self._place = DataLabel(theme, 14)
        self._facts = DataLabel(theme, 14, tone="muted")
        first = QHBoxLayout()
        spaced(first, 0, 8)
        first.addWidget(self.number)
        first.addWidget(self._name, 1)
        first.addWidget(self._state)
        first.addWidget(self._close)
        body = QVBoxLayout(self)
        spaced(body, 0, 4)
        body.addLayout(first)
        body.addWidget(self._place)
        body.addWidget(self._facts)
        self._close.clicked.connect(self.closed)

    def apply(self, case: Case) -> None:
        """Take a case."""
        self._case = case
        self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What places are called."""
        self._names = names
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._close.setAccessibleName(t("desk.case.close_pane"))
        self._close.setToolTip(t("desk.case.close_pane"))
        case = self._case
        if case is None:
            return
        self.number.setText(number(case.id))
        self._name.setText(either(case.name_zh, case.name_en) or t("desk.case.unnamed"))
        self._state.setText(state(case.state))
        words = (self._names.where(case.community, case.place), case.grid)
        self._place.setText(" · ".join(word for word in words if word))
        parts = [
            t(f"states.source.{case.source.value}"),
            case.camera,
            clock(case.found_at or case.reported_at),
        ]
        if case.manual_time:
            parts.append(t("desk.case.manual_time"))
        if case.rework:
            parts.append(t("desk.case.rework", n=case.rework))
        if case.extensions:
            parts.append(t("desk.case.extensions", n=case.extensions))
        self._facts.setText(" · ".join(part for part in parts if part))
