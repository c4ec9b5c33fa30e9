"""Room for evidence, and the rules by which it is removed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit

from console.domain.retention import DAYS
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.models import care_tables
from console.services.care_requests import StoreView
from console.services.retention import Removed
from console.theme import Theme
from console.widgets.care_parts import CarePane
from console.widgets.parts import label, set_tone

#: Below so many days of room the headline is red.
FEW_DAYS = 30


class StorePane(CarePane):
    """``wanted``: ``rules (days by kind, auto, version)``, ``try``, ``remove``. Removing is
    asked twice."""

    KEYS = {Qt.Key.Key_T: "try", Qt.Key.Key_D: "remove", Qt.Key.Key_Return: "try"}
    LONG = ("try", "remove")

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.view: StoreView | None = None
        self._sure = False
        self.days: dict[EvidenceKind, QLineEdit] = {}
        self.auto = QCheckBox()
        self.auto.setFont(theme.font(14))
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        for at, kind in enumerate(EvidenceKind):
            box = QLineEdit()
            box.setMaxLength(6)
            box.returnPressed.connect(self._save)
            self.days[kind] = box
            grid.addLayout(self.field(f"care.kind.{kind.value}", box, 116), at // 3, at % 3)
        grid.setColumnStretch(3, 1)
        self.hint = label(theme, "", 12, tone="muted", wrap=True)
        save = self.buttons("save_rules")
        save.insertWidget(0, self.auto)
        self.column.addWidget(self.headline)
        self.column.addLayout(grid)
        self.column.addWidget(self.hint)
        self.column.addLayout(save)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(self.buttons("try", "remove", primary="try"))
        self.column.addWidget(self.outcome)
        self.retranslate()

    def show_store(self, view: StoreView) -> None:
        """Rules, what they mean, the room there is."""
        if self.view is None or self.view.rules != view.rules:
            for kind, box in self.days.items():
                box.setText(str(view.rules.days.get(kind, "")))
            self.auto.setChecked(view.rules.auto)
        self.view, self._sure = view, False
        self._fill()

    def ask(self, what: str) -> None:
        """The second time it is meant."""
        view = self.view
        if self._busy and what in self.LONG:
            return
        if what == "save_rules":
            self._save()
        elif what == "remove" and view is not None and not view.plan.files:
            self.tell("", "care.retention.nothing")
        elif what == "remove" and view is not None and not self._sure:
            self._sure = True
            size = care_tables.size(view.plan.bytes)
            self.tell("bad", "care.retention.sure", files=view.plan.files, size=size)
        else:
            self._sure = False
            super().ask(what)

    @Slot()
    def _save(self) -> None:
        """Digits of any width; an empty field keeps for good."""
        days: dict[EvidenceKind, int] = {}
        for kind, box in self.days.items():
            words = box.text().strip()
            if words and not words.isdecimal():
                self.tell("bad", "care.retention.bad_days", kind=t(f"care.kind.{kind.value}"))
                box.setFocus()
                return
            days[kind] = int(words or 0)
        if self.view is not None:
            self.wanted.emit("rules", (days, self.auto.isChecked(), self.view.rules.version))

    def show_removed(self, done: Removed) -> None:
        """What went."""
        size = care_tables.size(done.bytes)
        self.tell("good", "care.retention.done", files=done.files, size=size, cases=done.cases)
        if done.left:
            self.tell("bad", "care.retention.left", files=done.files, left=len(done.left))

    def _fill(self) -> None:
        view = self.view
        if view is None:
            return
        figures, size = view.figures, care_tables.size
        words = t("care.store.has", files=figures.files, size=size(figures.bytes), day=size(figures.per_day))
        tone = ""
        if view.free is None:
            words, tone = f"{words} {t('care.store.away')}", "red"
        elif figures.per_day > 0:
            days = view.free // figures.per_day
            words = f"{words} {t('care.store.room', free=size(view.free), days=days)}"
            tone = "red" if days < FEW_DAYS else ""
        else:
            words = f"{words} {t('care.store.free', free=size(view.free))}"
        self.headline.setText(words)
        set_tone(self.headline, tone)
        self.table.apply(care_tables.retention(view.plan), keep=self.table.place)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        super().retranslate()
        self.auto.setText(t("care.retention.auto"))
        self.hint.setText(t("care.retention.hint", low=DAYS[0]))
        for box in self.days.values():
            box.setPlaceholderText(t("care.retention.forever"))
        self._fill()
