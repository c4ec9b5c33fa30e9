"""The doctor in the window: what this machine can and cannot do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot

from console.i18n import t
from console.models import care_tables
from console.services.care_requests import DoctorView
from console.theme import Theme
from console.widgets.care_parts import CarePane
from console.widgets.parts import label, set_tone


class DoctorPane(CarePane):
    """``wanted``: ``doctor``."""

    KEYS = {Qt.Key.Key_E: "doctor", Qt.Key.Key_Return: "doctor"}
    LONG = ("doctor",)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.view: DoctorView | None = None
        self.detail = label(theme, "", 14, wrap=True)
        self.detail.setMinimumHeight(44)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.table.walked.connect(self._walked)
        self.column.addWidget(self.headline)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.detail)
        self.column.addLayout(self.buttons("doctor", primary="doctor"))
        self.column.addWidget(self.outcome)
        self.retranslate()

    def show_doctor(self, view: DoctorView) -> None:
        """What was found; what is wrong stands first."""
        self.view = view
        self.tell("", "care.doctor.done")
        self._fill()

    @Slot(int)
    def _walked(self, _place: int) -> None:
        self.detail.setText("  ".join(words for _, words in self.table.facts()[1:]))

    def _fill(self) -> None:
        if self.view is None:
            self.headline.setText(t("care.doctor.not_yet"))
            return
        bad = sum(not one["ok"] for one in self.view.checks)
        key = "fine" if not bad else ("works" if self.view.ok else "broken")
        self.headline.setText(t(f"care.doctor.{key}", bad=bad, all=len(self.view.checks)))
        set_tone(self.headline, "" if self.view.ok else "red")
        self.table.apply(care_tables.doctor(self.view.checks), keep=self.table.place)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        self._fill()
