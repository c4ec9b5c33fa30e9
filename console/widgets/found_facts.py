"""What is known of the case under the hand, beside the results."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from console.domain import deadlines
from console.domain.model import Case
from console.i18n import either, t
from console.models.found_table import FoundTableModel, when
from console.models.wording import SITE_ZONE, clock_name, state
from console.theme import Theme
from console.widgets.parts import label, spaced, surface

_ROWS: Final = (
    "state", "condition", "place", "camera", "source", "teams", "officer", "opened", "filed", "closed",
    "late", "evidence", "reason", "note",
)  # fmt: skip


class FoundFacts(QWidget):
    """A card of words; it never takes the keyboard."""

    def __init__(self, theme: Theme, model: FoundTableModel) -> None:
        super().__init__()
        self._model = model
        self._case: Case | None = None
        surface(self, "panel")
        self._title = label(theme, "", 20, bold=True, wrap=True)
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for row in _ROWS:
            self._names[row] = label(theme, "", 12, tone="muted")
            value = label(theme, "", 14, wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._values[row] = value
            self._form.addRow(self._names[row], value)
        self._foot = label(theme, "", 12, tone="muted", wrap=True)
        body = QVBoxLayout(self)
        spaced(body, 16, 12)
        body.addWidget(self._title)
        body.addLayout(self._form)
        body.addStretch(1)
        body.addWidget(self._foot)
        self.retranslate()

    def show_case(self, case: Case | None) -> None:
        """Take a case; ``None`` empties the card."""
        self._case = case
        told = self._told(case) if case is not None else {}
        self._title.setText(f"{case.id}  {either(case.name_zh, case.name_en)}" if case is not None else "")
        for row in _ROWS:
            text = told.get(row, "")
            self._values[row].setText(text)
            self._form.setRowVisible(self._names[row], bool(text))
        self._foot.setVisible(case is not None)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for row, name in self._names.items():
            name.setText(t(f"search.fact.{row}"))
        self._foot.setText(t("search.fact.foot"))
        self.show_case(self._case)

    def _told(self, case: Case) -> dict[str, str]:
        names = self._model.names
        officers = (case.owner, case.filed_by, case.dispatched_by, case.closed_by)
        late = [clock_name(d.kind) for d in case.deadlines if d.missed_before or deadlines.ended_late(d)]
        return {
            "state": state(case.state),
            "condition": " ".join(
                word for word in (case.condition_id, either(case.condition_zh, case.condition_en)) if word
            ),
            "place": names.where(case.community, case.place),
            "camera": case.camera,
            "source": t(f"states.source.{case.source.value}"),
            "teams": self._model.teams_of(case),
            "officer": " ".join(dict.fromkeys(names.person(one) for one in officers if one)),
            "opened": when(case),
            "filed": _at(case.filed_at),
            "closed": _at(case.closed_at or case.ended_at),
            "late": " ".join(late),
            "evidence": str(len(case.evidence)) if case.evidence else "",
            "reason": case.end_reason,
            "note": case.note[:300],
        }


def _at(at: datetime | None) -> str:
    return at.astimezone(SITE_ZONE).strftime("%Y-%m-%d %H:%M") if at is not None else ""
