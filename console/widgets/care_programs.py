"""Which versions are at work, how to come to the next one, where it is looked for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from console.i18n import t
from console.models import care_tables
from console.services.care_requests import ProgramsView
from console.services.seats import newer
from console.theme import Theme
from console.widgets.care_parts import CarePane
from console.widgets.parts import label, set_tone


class ProgramsPane(CarePane):
    """``wanted``: ``updates folder``, ``programs`` (look again), ``restart``."""

    KEYS = {Qt.Key.Key_U: "programs"}
    LONG = ()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.view: ProgramsView | None = None
        self.folder = QLineEdit()
        self.folder.setMaxLength(400)
        self.folder.returnPressed.connect(self._save)
        self.found = label(theme, "", 14, wrap=True)
        self.how = label(theme, "", 14, tone="muted", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self.field("care.update.folder", self.folder), 1)
        row.addLayout(self.buttons("save_updates"))
        self.column.addWidget(self.headline)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.found)
        self.column.addWidget(self.how)
        self.column.addLayout(self.buttons("programs", "restart"))
        self.column.addWidget(self.outcome)
        self.retranslate()

    def show_programs(self, view: ProgramsView) -> None:
        """What runs where."""
        if self.view is None or self.view.care.updates != view.care.updates:
            self.folder.setText(view.care.updates)
        self.view = view
        self._fill()

    def ask(self, what: str) -> None:
        """The folder goes along."""
        if what == "save_updates":
            self._save()
        else:
            super().ask(what)

    def _save(self) -> None:
        self.wanted.emit("updates", self.folder.text())

    def _fill(self) -> None:
        view = self.view
        if view is None:
            return
        self.headline.setText(t("care.programs.here_line", version=view.running, stored=view.stored))
        set_tone(self.headline, "" if view.may_write else "red")
        self.table.apply(care_tables.seats(view.care.seats), keep=self.table.place)
        if view.trouble:
            words, tone = view.trouble, "red"
        elif view.found:
            words, tone = t("care.update.found", version=view.found, file=view.file), "accent"
        else:
            words, tone = t("care.update.none" if view.care.updates else "care.update.off"), "muted"
        if newer(view.installed, view.running):
            words, tone = t("care.update.installed", version=view.installed), "accent"
        self.found.setText(words)
        set_tone(self.found, tone)
        self.how.setText(t("care.update.how"))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        self.folder.setPlaceholderText(t("care.update.hint"))
        self._fill()
