"""Backups: the plan, how the last ones ended, one now, its check and its rehearsal."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit

from console.i18n import t
from console.models import care_tables
from console.services.backups import Last
from console.services.care import CareView
from console.services.care_requests import Verified
from console.theme import Theme
from console.widgets.care_parts import CarePane
from console.widgets.parts import set_tone


class BackupPane(CarePane):
    """``wanted``: ``plan (folder, at, keep, evidence)``, ``make``, ``verify file``,
    ``rehearse file``."""

    KEYS = {
        Qt.Key.Key_B: "make",
        Qt.Key.Key_V: "verify",
        Qt.Key.Key_R: "rehearse",
        Qt.Key.Key_Return: "rehearse",
    }
    LONG = ("make", "verify", "rehearse")

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.view: CareView | None = None
        self.folder, self.at, self.keep = QLineEdit(), QLineEdit(), QLineEdit()
        self.evidence = QCheckBox()
        self.evidence.setFont(theme.font(14))
        self.folder.setMaxLength(400)
        self.at.setMaxLength(5)
        self.keep.setMaxLength(4)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self.field("care.backup.folder", self.folder), 1)
        row.addLayout(self.field("care.backup.hour", self.at, 72))
        row.addLayout(self.field("care.backup.keep", self.keep, 64))
        row.addWidget(self.evidence)
        row.addLayout(self.buttons("save_plan"))
        for one in (self.folder, self.at, self.keep):
            one.returnPressed.connect(self._save)
        self.column.addWidget(self.headline)
        self.column.addLayout(row)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(self.buttons("make", "verify", "rehearse", primary="make"))
        self.column.addWidget(self.outcome)
        self.retranslate()

    def show_care(self, view: CareView) -> None:
        """How things stand; what is half typed stays."""
        if self.view is None or self.view.plan != view.plan:
            self.folder.setText(view.plan.folder)
            self.at.setText(f"{view.plan.at:%H:%M}")
            self.keep.setText(str(view.plan.keep))
            self.evidence.setChecked(view.plan.evidence)
        self.view = view
        self._fill()

    @property
    def chosen(self) -> Last | None:
        """The backup of the row the keyboard is on."""
        place = self.table.place
        if self.view is None or not 0 <= place < len(self.view.history):
            return None
        return self.view.history[place]

    def ask(self, what: str) -> None:
        """Backups that failed have no file to look at."""
        if self._busy and what in self.LONG:
            return
        if what == "save_plan":
            self._save()
        elif what in ("verify", "rehearse"):
            one = self.chosen
            if one is None or not one.ok:
                self.tell("bad", "care.backup.choose")
            else:
                self.wanted.emit(what, one.file)
        else:
            super().ask(what)

    def _save(self) -> None:
        words = (self.folder.text(), self.at.text().replace("：", ":"), self.keep.text())
        self.wanted.emit("plan", (*words, self.evidence.isChecked()))

    def show_made(self, last: Last) -> None:
        """A backup ended."""
        if last.ok:
            size = care_tables.size(last.bytes)
            self.tell("good", "care.backup.made", file=Path(last.file).name, size=size)
        else:
            self.tell("bad", "care.backup.failed", text=last.error)

    def show_verified(self, found: Verified) -> None:
        """A file was read back."""
        if found.refusal is not None:
            self.tell_refusal(found.refusal)
            return
        files = "–" if found.evidence is None else str(found.evidence)
        self.tell("good", "care.backup.sound", file=Path(found.file).name, events=found.events, files=files,
                  schema=found.schema)  # fmt: skip

    def show_rehearsal(self, document: dict[str, Any]) -> None:
        """A backup was put back somewhere else."""
        self.tell_made("good" if document["ok"] else "bad", partial(_in_lines, document))

    def _fill(self) -> None:
        view = self.view
        if view is None:
            return
        last, tone = view.last, "red"
        if not view.plan.folder:
            words = t("care.backup.off")
        elif last is None:
            words = t("care.backup.none")
        else:
            at = care_tables.moment(last.at)
            key, tone = ("good", "") if last.ok else ("bad", "red")
            words = t(f"care.backup.{key}", at=at, file=Path(last.file).name, text=last.error)
        if view.overdue_s is not None:
            words, tone = f"{words} {t('care.backup.overdue', hours=round(view.overdue_s / 3600, 1))}", "red"
        self.headline.setText(words)
        set_tone(self.headline, tone)
        self.table.apply(care_tables.backups(view.history), keep=self.table.place)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        self.evidence.setText(t("care.backup.evidence"))
        self.folder.setPlaceholderText(t("care.backup.folder_hint"))
        self._fill()


def _in_lines(document: dict[str, Any]) -> str:
    return "\n".join(care_tables.rehearsed(document))
