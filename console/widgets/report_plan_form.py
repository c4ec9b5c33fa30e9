"""One plan of reports to fill in: what, how often, as which files, where to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from console.domain.report_plan import EVERY, FORMATS, KEYED, KINDS, Plan, Subject
from console.i18n import LANGUAGES, either, language, t
from console.theme import Theme
from console.widgets.parts import button, label, set_tone, spaced

#: A field is not wider than what people write into it, px.
_WIDE: Final = 560
Choices = Mapping[str, Mapping[str, tuple[str, str]]]


class ReportPlanForm(QWidget):
    """``saved(Plan)``, ``left()``."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._choices: Choices = {}
        self.title = label(theme, "", 16, bold=True)
        self.name, self.folder, self.mails = QLineEdit(), QLineEdit(), QLineEdit()
        self.kind, self.key, self.every, self.lang = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.delay = QLineEdit()
        self.formats = {one: QCheckBox(one.upper()) for one in FORMATS}
        self.enabled = QCheckBox()
        self.notice = label(theme, "", 14, tone="red", wrap=True)
        self.save = button(theme, "", "primary")
        self.cancel = button(theme, "", "quiet")
        self.name.setMaxLength(60)
        self._labels: dict[str, QLabel] = {}
        fields = (self.name, self.folder, self.mails, self.kind, self.key, self.every, self.lang, self.delay)
        for one in (*fields, *self.formats.values(), self.enabled):
            one.setFont(theme.font(14))
            one.setMaximumWidth(_WIDE)
        self._build(theme)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.left)
        self.retranslate()

    def _build(self, theme: Theme) -> None:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        spaced(form, 0, 8)
        kinds = QHBoxLayout()
        files = QHBoxLayout()
        for row in (kinds, files):
            spaced(row, 0, 12)
        for made in self.formats.values():
            files.addWidget(made)
        files.addStretch(1)
        rows: tuple[tuple[str, QWidget | QHBoxLayout], ...] = (
            ("name", self.name),
            ("kind", self.kind),
            ("key", self.key),
            ("every", self.every),
            ("formats", files),
            ("lang", self.lang),
            ("folder", self.folder),
            ("mails", self.mails),
            ("delay", self.delay),
            ("enabled", self.enabled),
        )
        for name, field in rows:
            self._labels[name] = label(theme, "", 14, tone="muted")
            if isinstance(field, QWidget):
                form.addRow(self._labels[name], field)
            else:
                form.addRow(self._labels[name], field)
        last = QHBoxLayout()
        spaced(last, 0, 8)
        last.addWidget(self.save)
        last.addWidget(self.cancel)
        last.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addWidget(self.title)
        column.addLayout(form)
        column.addWidget(self.notice)
        column.addLayout(last)
        column.addStretch(1)

    def open(self, plan: Plan, choices: Choices) -> None:
        """Fill in what there is, and take the keyboard."""
        self._plan, self._choices = plan, choices
        self.notice.setText("")
        self._offer()
        self.name.setText(plan.name)
        self.folder.setText(plan.folder)
        self.mails.setText(", ".join(plan.mails))
        self.delay.setText(str(plan.delay))
        self.enabled.setChecked(plan.enabled)
        for one, made in self.formats.items():
            made.setChecked(one in plan.formats)
        for box, value in (
            (self.kind, plan.subject.kind),
            (self.every, plan.subject.every),
            (self.lang, plan.lang),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._kind_changed(0)
        self.key.setCurrentIndex(max(0, self.key.findData(plan.subject.key)))
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def refuse(self, sentence: str) -> None:
        """What is wrong, with everything typed left as it is."""
        self.notice.setText(sentence)
        set_tone(self.notice, "red")

    def retranslate(self) -> None:
        """Say everything in the language now; what is chosen stays."""
        for name, made in self._labels.items():
            made.setText(t(f"reports.plan.{name}"))
        for field, name in (
            (self.name, "name"),
            (self.folder, "folder"),
            (self.mails, "mails"),
            (self.delay, "delay"),
        ):
            field.setAccessibleName(t(f"reports.plan.{name}"))
        self.folder.setPlaceholderText(t("reports.plan.folder_hint"))
        self.mails.setPlaceholderText(t("reports.plan.mails_hint"))
        self.enabled.setText(t("reports.plan.on"))
        self.save.setText(t("reports.plan.save"))
        self.cancel.setText(t("reports.plan.cancel"))
        self.title.setText(t("reports.plan.title"))
        kept = [box.currentData() for box in (self.kind, self.key, self.every, self.lang)]
        self._offer()
        for box, value in zip((self.kind, self.every, self.lang), (kept[0], kept[2], kept[3]), strict=True):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._kind_changed(0)
        self.key.setCurrentIndex(max(0, self.key.findData(kept[1])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, Enter keeps it."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        else:
            super().keyPressEvent(event)

    def _offer(self) -> None:
        offers = (
            (self.kind, [(t(f"reports.kind.{one}"), one) for one in KINDS]),
            (self.every, [(t(f"reports.every.{one}"), one) for one in EVERY]),
            (self.lang, [(t(f"reports.lang.{one}"), one) for one in LANGUAGES]),
        )
        for box, rows in offers:
            box.blockSignals(True)
            box.clear()
            for words, value in rows:
                box.addItem(words, value)
            box.blockSignals(False)

    @Slot(int)
    def _kind_changed(self, _at: int) -> None:
        kind = str(self.kind.currentData() or "day")
        keyed = kind in KEYED
        for name, field in (("key", self.key), ("every", self.every)):
            field.setVisible(keyed)
            self._labels[name].setVisible(keyed)
        self.key.clear()
        self.key.addItem(t("reports.page.all"), "")
        for key, names in self._choices.get(kind, {}).items():
            self.key.addItem(either(*names) or key, key)

    @Slot()
    def _save(self) -> None:
        if self._plan is None:
            return
        kind = str(self.kind.currentData())
        keyed = kind in KEYED
        subject = Subject(
            kind,
            str(self.key.currentData() or "") if keyed else "",
            str(self.every.currentData()) if keyed else "month",
        )
        mails = self.mails.text().replace("，", ",").replace(" ", ",").split(",")
        self.saved.emit(
            replace(
                self._plan,
                name=self.name.text(),
                subject=subject,
                formats=tuple(one for one, made in self.formats.items() if made.isChecked()),
                lang=str(self.lang.currentData() or language()),
                folder=self.folder.text().strip(),
                mails=tuple(one.strip() for one in mails if one.strip()),
                delay=_minutes(self.delay.text()),
                enabled=self.enabled.isChecked(),
            )
        )


def _minutes(words: str) -> int:
    """Digits of any width; what is no number is refused like one too small."""
    plain = words.strip()
    return int(plain) if plain.isdecimal() and len(plain) < 6 else -1
