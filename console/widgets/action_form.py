"""What an action needs to be told, asked for in place; never a dialog.

Typed text is a draft from the first letter: a lost race, a refusal, another
case in between or a crash does not take it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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

from console.domain import corrections
from console.domain.calendars import WorkingCalendar
from console.domain.causes import Cause
from console.domain.errors import Refusal
from console.domain.model import Case, Command
from console.domain.vocabulary import Action, Channel
from console.i18n import explain, t
from console.models import branch_words, cause_words
from console.models.branch_words import Quick
from console.models.drafts import Drafts
from console.models.names import NOBODY, NameBook
from console.models.team_words import reason, team_name
from console.models.typed import parse_time, plain
from console.models.wording import verb
from console.services.views import TeamProposal
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.action_fields import ASKS as ASKS
from console.widgets.action_fields import FIELDS, REASON, Field, addable, correctable
from console.widgets.parts import button, clear, label, spaced
from console.widgets.quick_row import QuickLine, QuickRow

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
        self._rows: dict[str, QuickRow] = {}
        self._hints: dict[str, QLabel] = {}
        self._subject = ""
        self._case: Case | None = None
        self._calendar: WorkingCalendar | None = None
        self._names = NOBODY
        self._proposals: tuple[TeamProposal, ...] = ()
        self._causes: tuple[Cause, ...] = ()
        self._trouble: Refusal | None = None
        self._missing, self._broken = "", False
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

    def know(
        self,
        case: Case,
        calendar: WorkingCalendar,
        proposals: Sequence[TeamProposal] = (),
        causes: Sequence[Cause] = (),
    ) -> None:
        """The case the next form is about, for what stands there now, the teams
        it might be given and what a broken promise may be closed with."""
        self._case, self._calendar, self._proposals = case, calendar, tuple(proposals)
        self._causes = tuple(causes)

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names

    def open(self, case_id: str, action: Action, result: str = "", subject: str = "") -> None:
        """Ask for what ``action`` needs; ``result`` is ``rework`` for a check
        that was not passed; ``subject`` stands in the title: which of several
        teams it is about. The keyboard goes to the first field."""
        self._subject = subject
        self._case_id, self._action, self._fixed_result = case_id, action, result
        self._trouble, self._missing = None, ""
        self._broken = cause_words.asked(action, self._case, self._ticker.now())
        clear(self._fields)
        for kept in (self._inputs, self._labels, self._rows, self._hints):
            kept.clear()
        for field in self._wanted():
            self._add(field)
        self.retranslate()
        first = next(iter(self._inputs.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, field: str, choice: str) -> None:
        """Set a choice as if by hand; the keyboard goes to what comes after."""
        made = self._inputs.get(field)
        if isinstance(made, QComboBox) and made.findData(choice) >= 0:
            made.setCurrentIndex(made.findData(choice))
            made.focusNextChild()

    def _wanted(self) -> tuple[Field, ...]:
        if self._fixed_result == "rework":
            return (REASON,)
        fields = FIELDS.get(self._action, ()) if self._action is not None else ()
        if self._action in cause_words.CAUSED and not self._broken:
            return tuple(field for field in fields if field.name not in cause_words.FIELDS)
        return fields

    def _add(self, field: Field) -> None:
        words = label(self._theme, "", 12, tone="muted")
        self._labels[field.name] = words
        self._fields.addWidget(words)
        made: Input
        if field.kind == "choice":
            made = QComboBox()
            for choice in self._choices(field):
                made.addItem(choice, choice)
            made.currentIndexChanged.connect(self._chosen)
        elif field.kind == "text":
            made = _Text()
            made.setPlainText(self._drafts.get(self._key(field.name)))
            made.textChanged.connect(self._keep)
            made.sent.connect(self.submit)
        else:
            made = QuickLine()
            made.setText(self._drafts.get(self._key(field.name)))
            made.textChanged.connect(self._keep)
            made.returnPressed.connect(self.submit)
        made.setFont(self._theme.font(14))
        self._inputs[field.name] = made
        self._fields.addWidget(made)
        # A layout shows what is added only later; until then it cannot have the
        # keyboard, and what is typed at once would be taken for keys of the desk.
        made.show()
        if field.kind in ("time", "right") or field.name in ("reason", "cause"):
            self._add_help(field, made)
        if field.kind == "files":
            browse = button(self._theme, t("desk.form.browse"))
            browse.clicked.connect(self._browse)
            self._fields.addWidget(browse)

    def _choices(self, field: Field) -> tuple[str, ...]:
        if field.name == "teams":
            return addable(self._case, self._proposals)
        if field.name == "cause":
            return cause_words.offered(self._causes)
        return correctable(self._case) if field.name == "field_name" else field.choices

    def _choice_words(self, field: str, choice: str) -> str:
        if field == "teams":
            found = next((one for one in self._proposals if one.team.id == choice), None)
            return f"{team_name(found.team)}  {reason(found)}" if found is not None else choice
        if field == "cause":
            return cause_words.name(choice, self._causes) if choice else t("ranking.cause.choose")
        return _choice_words(field, choice)

    def _add_help(self, field: Field, made: Input) -> None:
        """Usual answers and a line that says what the answer means."""
        hint = label(self._theme, "", 12, tone="muted", wrap=True)
        self._hints[field.name] = hint
        self._fields.addWidget(hint)
        row = QuickRow(self._theme)
        self._rows[field.name] = row
        self._fields.addWidget(row)
        if isinstance(made, QLineEdit):
            row.chosen.connect(made.setText)
            made.textChanged.connect(self._say_hints)

    def _quick(self, field: Field) -> tuple[Quick, ...]:
        if field.name == "reason":
            return branch_words.reasons(self._fixed_result or (self._action.value if self._action else ""))
        if field.kind == "right":
            return branch_words.sources() if self._corrects() == "source" else ()
        if field.name in ("until", "reply_by") and self._action is not None:
            return branch_words.times(self._action, self._ticker.now(), self._calendar)
        return ()

    def _corrects(self) -> str:
        """The field a correction is about."""
        made = self._inputs.get("field_name")
        return str(made.currentData()) if isinstance(made, QComboBox) else ""

    def retranslate(self) -> None:
        """Say everything in the language now."""
        if self._action is None:
            return
        name = t("actions.verb.rework") if self._fixed_result == "rework" else verb(self._action)
        self._title.setText(f"{name} · {self._subject}" if self._subject else name)
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
                for at in range(made.count()):
                    made.setItemText(at, self._choice_words(field.name, str(made.itemData(at))))
        self._offer()
        self._say()

    def _offer(self) -> None:
        """The usual answers, and the placeholder of a corrected value."""
        for field in self._wanted():
            made = self._inputs[field.name]
            if field.name in self._rows and isinstance(made, QuickLine):
                quick = self._quick(field)
                made.offer([one.text for one in quick])
                self._rows[field.name].offer(quick)
                if field.kind == "right":
                    name = self._corrects()
                    hint = "time_back" if name in corrections.FIELDS else f"{name}_hint"
                    made.setPlaceholderText(t(f"branches.form.{hint}"))
        self._say_hints()

    @Slot()
    def _say_hints(self) -> None:
        """What a typed time means, what stands there now, that ↓ helps."""
        for field in self._wanted():
            hint = self._hints.get(field.name)
            if hint is not None:
                words = self._hint(field)
                hint.setText(words)
                hint.setVisible(bool(words))

    def _hint(self, field: Field) -> str:
        made = self._inputs[field.name]
        text = made.text().strip() if isinstance(made, QLineEdit) else ""
        if field.kind == "right" and self._case is not None:
            old = corrections.told(self._case, self._corrects())
            return t("branches.form.now", value=branch_words.value_words(self._corrects(), old, self._names))
        if field.name == "cause" and self._case is not None:
            return cause_words.broken_words(self._case, self._ticker.now())
        if field.kind == "time" and text:
            return branch_words.meaning(text, self._ticker.now())
        return t("branches.form.quick") if self._quick(field) and not text else ""

    @Slot()
    def _chosen(self) -> None:
        self._offer()

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
            chosen = str(made.currentData() or "")
            if field.name == "teams":
                return (chosen,) if chosen else ()
            return Channel(chosen) if field.name == "channel" else chosen
        text = made.toPlainText() if isinstance(made, QPlainTextEdit) else made.text()
        if not text.strip():
            return ""
        if field.kind == "right":
            return self._right(text)
        if field.kind == "time":
            at: datetime = parse_time(text, self._ticker.now())
            return at
        if field.kind == "case":
            return plain(text).lstrip("#")
        if field.kind == "files":
            return tuple(part.strip() for part in text.split(";") if part.strip())
        return text.strip()

    def _right(self, text: str) -> str:
        """A corrected value as the services read it."""
        name = self._corrects()
        if name in corrections.FIELDS:
            return parse_time(text, self._ticker.now()).isoformat()
        return branch_words.source_named(text) if name == "source" else plain(text)

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
    group = {"channel": "states.channel", "result": "actions.result", "field_name": "branches.field"}[field]
    return t(f"{group}.{choice}")
