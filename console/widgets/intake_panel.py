"""A case by hand: telephone, patrol, citizen, hand-down."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.vocabulary import Source
from console.i18n import explain, t
from console.models.drafts import Drafts
from console.theme import Theme
from console.widgets.parts import GROUP, button, label, spaced, surface

_FIELDS = ("community", "place", "note")
_SOURCES = (Source.PUBLIC, Source.PATROL, Source.HANDDOWN, Source.OTHER)


class IntakePanel(QWidget):
    """``opened(source value, community, place, note)`` on Enter; ``left()``."""

    opened = Signal(str, str, str, str)
    left = Signal()

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._drafts = drafts
        self._refusal: Refusal | None = None
        self._title = label(theme, "", 20, bold=True)
        self._hint = label(theme, "", 14, tone="muted", wrap=True)
        self.source = QComboBox()
        self.source.setFont(theme.font(14))
        for one in _SOURCES:
            self.source.addItem(one.value, one.value)
        self._words: dict[str, QLabel] = {}
        self.fields: dict[str, QLineEdit] = {}
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._cancel = button(theme, "")
        surface(self, "panel")
        body = QVBoxLayout(self)
        spaced(body, GROUP, 4)
        body.addWidget(self._title)
        body.addWidget(self._hint)
        body.addSpacing(8)
        self._words["source"] = label(theme, "", 12, tone="muted")
        body.addWidget(self._words["source"])
        body.addWidget(self.source)
        for name in _FIELDS:
            self._words[name] = label(theme, "", 12, tone="muted")
            made = QLineEdit(drafts.get(f"intake/{name}"))
            made.setFont(theme.font(14))
            made.textChanged.connect(self._keep)
            made.returnPressed.connect(self._submit)
            self.fields[name] = made
            body.addWidget(self._words[name])
            body.addWidget(made)
        body.addWidget(self._error)
        row = QHBoxLayout()
        row.addWidget(self._go)
        row.addWidget(self._cancel)
        row.addStretch(1)
        body.addSpacing(8)
        body.addLayout(row)
        body.addStretch(1)
        self._go.clicked.connect(self._submit)
        self._cancel.clicked.connect(self.left)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.intake.title"))
        self._hint.setText(t("desk.intake.hint"))
        for name, words in self._words.items():
            words.setText(t(f"desk.intake.{name}"))
        for name, made in self.fields.items():
            made.setAccessibleName(t(f"desk.intake.{name}"))
        self.source.setAccessibleName(t("desk.intake.source"))
        for at, one in enumerate(_SOURCES):
            self.source.setItemText(at, t(f"states.source.{one.value}"))
        self._go.setText(t("desk.intake.go"))
        self._cancel.setText(t("desk.form.cancel"))
        self._error.setText(" ".join(explain(self._refusal)) if self._refusal is not None else "")
        self._error.setVisible(self._refusal is not None)

    def take_focus(self) -> None:
        """Put the keyboard into the place."""
        self.fields["place"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refuse(self, refusal: Refusal) -> None:
        """Say why not; what was typed stays."""
        self._refusal = refusal
        self.retranslate()

    def done(self) -> None:
        """The case is open: the fields are empty for the next one."""
        self._refusal = None
        for made in self.fields.values():
            made.clear()
        self._drafts.forget("intake/")
        self.retranslate()

    @Slot()
    def _submit(self) -> None:
        words = [self.fields[name].text().strip() for name in _FIELDS]
        self.opened.emit(str(self.source.currentData()), *words)

    @Slot()
    def _keep(self) -> None:
        for name, made in self.fields.items():
            self._drafts.put(f"intake/{name}", made.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; what was typed is kept."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)
