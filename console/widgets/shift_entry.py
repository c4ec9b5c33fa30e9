"""Writing into the duty log: a kind, its fields, a sentence, Enter."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain import shift_log
from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models.typed import parse_time, plain
from console.services.shifts import EntryWish
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.note_field import NoteField
from console.widgets.parts import button, label, spaced

#: Fields with words to choose from.
CHOICES: Final = {"stage": shift_log.STAGES, "device": shift_log.DEVICES}
_WORDS: Final = {"stage": "report_stage", "device": "device"}
#: Fields beside those of the kind itself.
_MORE: Final = {"phone": ("caller", "phone")}
NOTE_PX: Final = 56


class ShiftEntryForm(QWidget):
    """``wanted(EntryWish)``. What is typed stays until :meth:`done`."""

    wanted = Signal(object)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self.kind = QComboBox()
        self.kind.setFont(theme.font(14))
        self.kind.setFixedWidth(160)
        self.words = NoteField(NOTE_PX)
        self.words.setFont(theme.font(14))
        self.owner, self.due = QLineEdit(), QLineEdit()
        self.open = QCheckBox()
        self.go = button(theme, "", "primary")
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self._said.hide()
        self._labels: dict[str, QWidget] = {}
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self._grid = QGridLayout()
        for one in (self.owner, self.due, self.open):
            one.setFont(theme.font(14))
        self._build()
        self.kind.currentIndexChanged.connect(self._turn)
        self.words.sent.connect(self._write)
        self.go.clicked.connect(self._write)
        self.owner.returnPressed.connect(self._write)
        self.due.returnPressed.connect(self._write)
        self.retranslate()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self.kind)
        head.addWidget(self.owner, 1)
        head.addWidget(self.due, 1)
        head.addWidget(self.open)
        last = QHBoxLayout()
        spaced(last, 0, 8)
        last.addWidget(self.words, 1)
        last.addWidget(self.go)
        spaced(self._grid, 0, 8)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addLayout(last)
        column.addWidget(self._said)

    @property
    def chosen(self) -> str:
        """The kind of entry that is being written."""
        return str(self.kind.currentData() or "note")

    def choose(self, kind: str) -> None:
        """Take a kind."""
        self.kind.setCurrentIndex(self.kind.findData(kind))

    def done(self) -> None:
        """It was written: empty for the next one."""
        for one in (self.words, self.owner, self.due):
            one.clear()
        for field in self.fields.values():
            if isinstance(field, QLineEdit):
                field.clear()
        self.open.setChecked(False)
        self.refuse(None)

    def refuse(self, refusal: Refusal | None) -> None:
        """A rule said no to it; ``None``: no more."""
        self._said.setText(" ".join(explain(refusal)) if refusal is not None else "")
        self._said.setVisible(refusal is not None)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        kept = self.chosen if self.kind.count() else "matter"
        self.kind.blockSignals(True)
        self.kind.clear()
        for kind in shift_log.KINDS:
            self.kind.addItem(t(f"shifts.kind.{kind}"), kind)
        self.choose(kept)
        self.kind.blockSignals(False)
        self.kind.setAccessibleName(t("shifts.log.kind"))
        self.words.setPlaceholderText(t("shifts.log.words"))
        self.words.setAccessibleName(t("shifts.log.words"))
        for name, field in (("owner", self.owner), ("due_hint", self.due)):
            field.setPlaceholderText(t(f"shifts.log.{name}"))
            field.setAccessibleName(t(f"shifts.log.{name}"))
        self.open.setText(t("shifts.log.keep_open"))
        self.go.setText(t("shifts.log.write"))
        self._turn()

    @Slot()
    def _turn(self) -> None:
        """The fields of the kind that was chosen; typed texts of the same name stay."""
        kept = {name: _text(field) for name, field in self.fields.items()}
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.fields = {}
        names = (*_MORE.get(self.chosen, ()), *shift_log.FIELDS[self.chosen])
        for at, name in enumerate(names):
            field = self._field(name, kept.get(name, ""))
            self.fields[name] = field
            self._grid.addWidget(field, at // 3, at % 3)

    def _field(self, name: str, text: str) -> QLineEdit | QComboBox:
        said = t(f"shifts.field.{name}")
        made: QLineEdit | QComboBox
        if name in CHOICES:
            made = QComboBox()
            for word in CHOICES[name]:
                made.addItem(t(f"shifts.{_WORDS[name]}.{word}"), word)
            made.setCurrentIndex(max(0, made.findData(text)))
        else:
            made = QLineEdit(text)
            made.setPlaceholderText(said)
            made.returnPressed.connect(self._write)
        made.setFont(self._theme.font(14))
        made.setAccessibleName(said)
        return made

    @Slot()
    def _write(self) -> None:
        due = None
        try:
            if self.due.text().strip():
                due = parse_time(self.due.text(), self._ticker.now())
        except Refusal as refusal:
            self.refuse(refusal)
            self.due.setFocus()
            return
        texts = {name: _text(field) for name, field in self.fields.items()}
        wish = EntryWish(
            kind=self.chosen,
            words=self.words.toPlainText(),
            owner=plain(self.owner.text()),
            due=due,
            caller=texts.pop("caller", ""),
            phone=texts.pop("phone", ""),
            fields={name: text for name, text in texts.items() if text.strip()},
            open=self.open.isChecked(),
        )
        self.wanted.emit(wish)


def _text(field: QLineEdit | QComboBox) -> str:
    return field.text() if isinstance(field, QLineEdit) else str(field.currentData() or "")
