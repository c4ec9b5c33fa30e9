"""What an action needs to be told, asked for in place; never a dialog.

Typed text is a draft from the first letter: a lost race, a refusal, another
case in between or a crash does not take it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from console.domain.errors import Refusal
from console.domain.model import Command
from console.domain.vocabulary import Action, Channel
from console.i18n import explain, t
from console.models.drafts import Drafts
from console.models.typed import parse_time, plain
from console.models.wording import verb
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import button, clear, label, spaced


@dataclass(frozen=True, slots=True)
class Field:
    """One input: ``name`` is a field of ``Command``; ``kind`` line, text,
    time, case, choice or files."""

    name: str
    kind: str
    needed: bool = True
    choices: tuple[str, ...] = ()


_REASON: Final = Field("reason", "line")
_WHO: Final = (
    Field("channel", "choice", needed=False, choices=tuple(one.value for one in Channel)),
    Field("on_behalf_of", "line", needed=False),
    Field("at", "time", needed=False),
)
#: Fields a correction may name (times of the case).
CORRECTABLE: Final = ("found_at", "filed_at", "dispatched_at", "arrived_at", "handled_at")
FIELDS: Final[Mapping[Action, tuple[Field, ...]]] = {
    Action.REJECT: (_REASON,),
    Action.REFUSE: (_REASON,),
    Action.MERGE: (Field("other", "case"),),
    Action.LINK: (Field("other", "case"),),
    Action.VERIFIED: (Field("result", "choice", choices=("exists", "none", "unclear")),),
    Action.SUSPEND: (Field("until", "time"), _REASON),
    Action.EXTEND: (_REASON,),
    Action.VOID: (_REASON,),
    Action.FORCE_CLOSE: (_REASON,),
    Action.APPEAL: (_REASON,),
    Action.REOPEN: (_REASON,),
    Action.CORRECT: (
        Field("field_name", "choice", choices=CORRECTABLE),
        Field("field_value", "time"),
        _REASON,
    ),
    Action.SUPERVISE: (Field("reply_by", "time"),),
    Action.NOTE: (Field("text", "text"),),
    Action.ATTACH: (Field("files", "files"),),
    Action.ACCEPT: _WHO,
    Action.ARRIVE: _WHO,
    # The picture of the place afterwards comes with the team's word.
    Action.HANDLED: (Field("files", "files", needed=False), *_WHO),
}
#: Actions whose fields must be asked for before they can be done.
ASKS: Final = frozenset(action for action, fields in FIELDS.items() if any(one.needed for one in fields))
Input = QLineEdit | QPlainTextEdit | QComboBox


class _Text(QPlainTextEdit):
    """Enter sends, Shift+Enter is a new line, Tab moves on."""

    sent = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(96)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends."""
        plain_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if plain_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
            return
        super().keyPressEvent(event)


class ActionForm(QWidget):
    """``send(Command)`` when all that is needed is there; ``left()`` on Esc."""

    send = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._ticker, self._drafts = theme, ticker, drafts
        self._case_id = ""
        self._action: Action | None = None
        self._fixed_result = ""
        self._inputs: dict[str, Input] = {}
        self._labels: dict[str, QLabel] = {}
        self._trouble: Refusal | None = None
        self._missing = ""
        self._title = label(theme, "", 16, bold=True)
        self._fields = QVBoxLayout()
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._go = button(theme, "", "primary", bold=True)
        self._cancel = button(theme, "")
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        spaced(self._fields, 0, 4)
        body.addWidget(self._title)
        body.addLayout(self._fields)
        body.addWidget(self._error)
        row = QHBoxLayout()
        row.addWidget(self._go)
        row.addWidget(self._cancel)
        row.addStretch(1)
        body.addLayout(row)
        self._go.clicked.connect(self.submit)
        self._cancel.clicked.connect(self.left)

    @property
    def action(self) -> Action | None:
        """What is being asked for."""
        return self._action

    def open(self, case_id: str, action: Action, result: str = "") -> None:
        """Ask for what ``action`` needs; ``result`` is ``rework`` for a check
        that was not passed. The keyboard goes to the first field."""
        self._case_id, self._action, self._fixed_result = case_id, action, result
        self._trouble, self._missing = None, ""
        clear(self._fields)
        self._inputs.clear()
        self._labels.clear()
        for field in self._wanted():
            self._add(field)
        self.retranslate()
        first = next(iter(self._inputs.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wanted(self) -> tuple[Field, ...]:
        if self._fixed_result == "rework":
            return (_REASON,)
        return FIELDS.get(self._action, ()) if self._action is not None else ()

    def _add(self, field: Field) -> None:
        words = label(self._theme, "", 12, tone="muted")
        self._labels[field.name] = words
        self._fields.addWidget(words)
        made: Input
        if field.kind == "choice":
            made = QComboBox()
            for choice in field.choices:
                made.addItem(choice, choice)
        elif field.kind == "text":
            made = _Text()
            made.setPlainText(self._drafts.get(self._key(field.name)))
            made.textChanged.connect(self._keep)
            made.sent.connect(self.submit)
        else:
            made = QLineEdit()
            made.setText(self._drafts.get(self._key(field.name)))
            made.textChanged.connect(self._keep)
            made.returnPressed.connect(self.submit)
        made.setFont(self._theme.font(14))
        self._inputs[field.name] = made
        self._fields.addWidget(made)
        # A layout shows what is added only later; until then it cannot have the
        # keyboard, and what is typed at once would be taken for keys of the desk.
        made.show()
        if field.kind == "files":
            browse = button(self._theme, t("desk.form.browse"))
            browse.clicked.connect(self._browse)
            self._fields.addWidget(browse)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        if self._action is None:
            return
        name = t("actions.verb.rework") if self._fixed_result == "rework" else verb(self._action)
        self._title.setText(name)
        self._go.setText(t("desk.form.send", verb=name))
        self._cancel.setText(t("desk.form.cancel"))
        for field in self._wanted():
            words = t(f"desk.form.{field.name}")
            if not field.needed:
                words = t("desk.form.optional", what=words)
            self._labels[field.name].setText(words)
            made = self._inputs[field.name]
            made.setAccessibleName(words)
            if field.kind == "time" and isinstance(made, QLineEdit):
                made.setPlaceholderText(t("desk.form.time_hint"))
            if isinstance(made, QComboBox):
                for at, choice in enumerate(field.choices):
                    made.setItemText(at, _choice_words(field.name, choice))
        self._say()

    def refuse(self, refusal: Refusal) -> None:
        """Say why not; what was typed stays."""
        self._trouble, self._missing = refusal, ""
        self._say()

    @Slot()
    def submit(self) -> None:
        """Send, or say what is missing and go there."""
        if self._action is None:
            return
        try:
            values = {field.name: self._value(field) for field in self._wanted()}
        except Refusal as refusal:
            self.refuse(refusal)
            return
        values = {name: value for name, value in values.items() if value not in ("", ())}
        self._trouble = None
        self._missing = next(
            (one.name for one in self._wanted() if one.needed and one.name not in values), ""
        )
        self._say()
        if self._missing:
            self._inputs[self._missing].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._fixed_result:
            values["result"] = self._fixed_result
        self.send.emit(Command(self._action, **values))  # type: ignore[arg-type]

    def done(self) -> None:
        """The action went through: its drafts are no longer needed."""
        if self._action is not None:
            self._drafts.forget(self._key(""))
            self._action = None

    def _value(self, field: Field) -> object:
        made = self._inputs[field.name]
        if isinstance(made, QComboBox):
            chosen = str(made.currentData())
            return Channel(chosen) if field.name == "channel" else chosen
        text = made.toPlainText() if isinstance(made, QPlainTextEdit) else made.text()
        if not text.strip():
            return ""
        if field.kind == "time":
            at: datetime = parse_time(text, self._ticker.now())
            return at.isoformat() if field.name == "field_value" else at
        if field.kind == "case":
            return plain(text).lstrip("#")
        if field.kind == "files":
            return tuple(part.strip() for part in text.split(";") if part.strip())
        return text.strip()

    def _key(self, field: str) -> str:
        return f"{self._case_id}/{self._action.value if self._action else ''}{self._fixed_result}/{field}"

    @Slot()
    def _keep(self) -> None:
        for name, made in self._inputs.items():
            if isinstance(made, QLineEdit):
                self._drafts.put(self._key(name), made.text())
            elif isinstance(made, QPlainTextEdit):
                self._drafts.put(self._key(name), made.toPlainText())

    def _say(self) -> None:
        words = " ".join(explain(self._trouble)) if self._trouble is not None else ""
        if self._missing:
            words = t("desk.form.missing", what=self._labels[self._missing].text())
        self._error.setText(words)
        self._error.setVisible(bool(words))

    @Slot()
    def _browse(self) -> None:
        chooser = QFileDialog(self, t("desk.form.files"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.filesSelected.connect(self._browsed)
        chooser.open()

    @Slot(list)
    def _browsed(self, paths: list[str]) -> None:
        field = self._inputs.get("files")
        if isinstance(field, QLineEdit):
            field.setText(";".join(paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; what was typed is kept."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


def _choice_words(field: str, choice: str) -> str:
    group = {"channel": "states.channel", "result": "actions.result", "field_name": "desk.stamp"}[field]
    return t(f"{group}.{choice}")
