"""One review: the checklist answered line by line, words, and the verdict.

The whole case stands beside it. The same sheet serves who looks first, the
person named (who may object) and whoever looks again.
"""

from __future__ import annotations

import json
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console.domain import ids, review
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.review import Answer, Review, Standing, Verdict
from console.i18n import either, explain, t
from console.models.drafts import Drafts
from console.models.names import NOBODY, NameBook
from console.models.wording import local
from console.reports.review_doc import parts
from console.services.reviews import ReviewSheet as Sheet
from console.theme import Theme
from console.widgets.doc_table import Index
from console.widgets.note_field import NoteField
from console.widgets.parts import button, label, set_tone, spaced

_ID: Final = int(Qt.ItemDataRole.UserRole)
_ROW: Final = 32
_CHIP: Final = 72
_KEYS: Final = {
    Qt.Key.Key_Y: Answer.YES,
    Qt.Key.Key_1: Answer.YES,
    Qt.Key.Key_N: Answer.NO,
    Qt.Key.Key_2: Answer.NO,
    Qt.Key.Key_X: Answer.NONE,
    Qt.Key.Key_3: Answer.NONE,
}
_TONES: Final = {"yes": "text", "no": "lamp.red", "na": "muted", "": "accent"}
#: What the sheet is for: a verdict, an objection, a second look, reading.
JUDGE, OBJECT, SECOND, READ = "judge", "object", "second", "read"


def mode(one: Review, actor: Actor, sheet: Sheet, samples: bool) -> str:
    """What ``actor`` may do with a review now; the services say so again."""
    if one.officer == actor.name:
        return OBJECT if review.may_object(one, sheet.now) else READ
    if not samples:
        return READ
    if one.standing is Standing.WAITING:
        return JUDGE
    return SECOND if one.standing is Standing.DISPUTED and one.reviewer != actor.name else READ


class _LinePainter(QStyledItemDelegate):
    """The answer as a word at the left, then the question."""

    def __init__(self, theme: Theme, lines: CheckLines) -> None:
        super().__init__(lines)
        self._theme, self._lines = theme, lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all."""
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line."""
        theme, box = self._theme, option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected and not self._lines.fixed:
            painter.fillRect(box, theme.color("bg"))
            painter.fillRect(box, theme.color("accent", 0.14))
            held = self._lines.hasFocus()
            painter.fillRect(QRect(box.left(), box.top() + 2, 3, box.height() - 4),
                             theme.color("accent" if held else "muted"))  # fmt: skip
        told = self._lines.answers.get(str(index.data(_ID)), "")
        painter.setFont(theme.font(14, told == "no"))
        painter.setPen(theme.color(_TONES[told]))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        chip = QRect(box.left() + 12, box.top(), _CHIP, box.height())
        painter.drawText(chip, left, t(f"review.answer.{told or 'none'}"))
        painter.setFont(theme.font(14))
        painter.setPen(theme.color("text"))
        room = box.adjusted(12 + _CHIP, 0, -8, 0)
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left, words)
        painter.restore()


class CheckLines(QListWidget):
    """``answered()`` when a line got another answer."""

    answered = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.answers: dict[str, str] = {}
        self.fixed = False
        self.setItemDelegate(_LinePainter(theme, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(self._turn)

    def event(self, event: QEvent) -> bool:
        """The list's letters are its own while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and _answer(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter answers and goes on to the next line."""
        told = _answer(event)
        if told is None:
            super().keyPressEvent(event)
        elif not self.fixed and self.currentItem() is not None:
            self._set(self.currentItem(), told.value)
            self.setCurrentRow(min(self.currentRow() + 1, self.count() - 1))

    def keyboardSearch(self, search: str) -> None:
        """Letters are answers."""

    @Slot(QListWidgetItem)
    def _turn(self, item: QListWidgetItem) -> None:
        """A double click: yes, no, does not apply."""
        order = [one.value for one in Answer]
        was = self.answers.get(str(item.data(_ID)), order[-1])
        if not self.fixed:
            self._set(item, order[(order.index(was) + 1) % len(order)])

    def _set(self, item: QListWidgetItem, told: str) -> None:
        self.answers[str(item.data(_ID))] = told
        self.viewport().update()
        self.answered.emit()


def _answer(event: QEvent) -> Answer | None:
    if not isinstance(event, QKeyEvent) or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    return _KEYS.get(Qt.Key(event.key()))


class ReviewSheetPanel(QWidget):
    """``judged(id, verdict, answers, words)``, ``objected(id, words)``,
    ``looked_again(id, verdict, words)``, ``left()`` on Esc."""

    judged = Signal(str, str, object, str)
    objected = Signal(str, str)
    looked_again = Signal(str, str, str)
    left = Signal()

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._drafts = drafts
        self._sheet: Sheet | None = None
        self._mode = READ
        self._names = NOBODY
        self._refusal: Refusal | None = None
        self.title = label(theme, "", 16, bold=True, wrap=True)
        self.aside = label(theme, "", 12, tone="muted", wrap=True)
        self.lines = CheckLines(theme)
        self.help = label(theme, "", 12, tone="muted", wrap=True)
        self.told = label(theme, "", 14, wrap=True)
        self.words = NoteField(64)
        self.words.setFont(theme.font(14))
        self.problem = label(theme, "", 14, tone="red", wrap=True)
        self.verdicts: dict[str, QPushButton] = {one.value: button(theme) for one in Verdict}
        self.object = button(theme, "", "primary")
        self._build()

    def _build(self) -> None:
        row = QHBoxLayout()
        spaced(row, 0, 8)
        for name, made in self.verdicts.items():
            made.setProperty("verdict", name)
            made.clicked.connect(self._give)
            row.addWidget(made)
        row.addWidget(self.object)
        row.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for one in (self.title, self.aside):
            column.addWidget(one)
        column.addWidget(self.lines, 1)
        for below in (self.help, self.told, self.words, self.problem):
            column.addWidget(below)
        column.addLayout(row)
        self.lines.answered.connect(self._changed)
        self.words.textChanged.connect(self._changed)
        self.words.sent.connect(self._next)
        self.object.clicked.connect(self._object)

    # -- what comes in -------------------------------------------------------------

    def show_sheet(self, sheet: Sheet, actor: Actor, samples: bool) -> None:
        """Take a review; what was typed for it before comes back."""
        self._sheet, self._refusal = None, None
        one = sheet.review
        self._mode = mode(one, actor, sheet, samples)
        answers, words = self._draft(one.id)
        self.lines.fixed = self._mode != JUDGE
        known = {line.id for line in sheet.lines}
        self.lines.answers = dict(one.answers) or {n: v for n, v in answers.items() if n in known}
        self.words.setPlainText(words if self._mode != READ else "")
        self._sheet = sheet
        self._fill()
        self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.retranslate()

    def refuse(self, refusal: Refusal) -> None:
        """A rule said no; what is typed stays."""
        self._refusal = refusal
        self.retranslate()

    def done(self) -> None:
        """Stored: the draft is not needed any more."""
        if self._sheet is not None:
            self._drafts.forget(f"review/{self._sheet.review.id}")

    @property
    def review_id(self) -> str:
        """The review shown; empty for none."""
        return self._sheet.review.id if self._sheet is not None else ""

    def take_focus(self) -> None:
        """The keyboard goes where the work is."""
        target = self.words if self._mode in (OBJECT, SECOND) else self.lines
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        assert self._sheet is not None
        self.lines.clear()
        for line in self._sheet.lines:
            item = QListWidgetItem(either(line.zh, line.en))
            item.setData(_ID, line.id)
            item.setToolTip(either(line.zh, line.en))
            self.lines.addItem(item)
        first = next((at for at, x in enumerate(self._sheet.lines) if x.id not in self.lines.answers), 0)
        self.lines.setCurrentRow(first)

    # -- words ---------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the language now."""
        sheet = self._sheet
        if sheet is None:
            return
        one, case = sheet.review, sheet.case
        for at, line in enumerate(sheet.lines):
            item = self.lines.item(at)
            item.setText(either(line.zh, line.en))
            item.setToolTip(item.text())
        who = self._names.person(one.officer)
        head = t("review.sheet.head", id=one.id, who=who, parts=parts(one.parts))
        about = " ".join(word for word in (ids.number(case.id), either(case.name_zh, case.name_en)) if word)
        self.title.setText(f"{head}\n{about}")
        self.aside.setText(t("review.sheet.open_case"))
        self.lines.setAccessibleName(t("review.sheet.lines"))
        self.help.setText(t("review.sheet.help"))
        self.help.setVisible(self._mode == JUDGE)
        told = self._history(one)
        self.told.setText("\n".join(told))
        self.told.setVisible(bool(told))
        self._say_form(one)

    def _history(self, one: Review) -> list[str]:
        told = []
        if one.verdict is not None and one.given_at is not None:
            facts = {"who": self._names.person(one.reviewer), "at": f"{local(one.given_at):%m-%d %H:%M}"}
            told += [t("review.sheet.told", **facts, verdict=t(f"review.verdict.{one.verdict.value}"))]
            told += [f"  {one.words}"] if one.words else []
        if one.disputed_at is not None:
            facts = {"who": self._names.person(one.officer), "at": f"{local(one.disputed_at):%m-%d %H:%M}"}
            told += [t("review.sheet.objection", **facts), f"  {one.dispute}"]
        if one.second is not None and one.second_at is not None:
            facts = {"who": self._names.person(one.second_by), "at": f"{local(one.second_at):%m-%d %H:%M}"}
            told += [t("review.sheet.second", **facts, verdict=t(f"review.verdict.{one.second.value}"))]
            told += [f"  {one.second_words}"]
        if one.standing is Standing.DISPUTED and self._mode == READ:
            told += [t("review.sheet.wait", who=self._names.person(one.reviewer))]
        return told

    def _say_form(self, one: Review) -> None:
        writes = self._mode != READ
        self.words.setVisible(writes)
        hint = {JUDGE: "words", OBJECT: "object_words", SECOND: "second_words"}.get(self._mode, "words")
        self.words.setPlaceholderText(t(f"review.sheet.{hint}"))
        self.words.setAccessibleName(t(f"review.sheet.{hint}"))
        give = "second_give" if self._mode == SECOND else "give"
        likely = self._likely()
        for name, made in self.verdicts.items():
            made.setText(t(f"review.sheet.{give}", verdict=t(f"review.verdict.{name}")))
            made.setVisible(self._mode in (JUDGE, SECOND))
            kind = "primary" if name == likely else ""
            if made.property("kind") != kind:
                made.setProperty("kind", kind)
                made.style().unpolish(made)
                made.style().polish(made)
        self.object.setText(t("review.sheet.object"))
        self.object.setVisible(self._mode == OBJECT)
        left = self._left() if self._mode == JUDGE else 0
        said = " ".join(explain(self._refusal)) if self._refusal is not None else ""
        self.problem.setText(said or (t("review.sheet.left", n=left) if left else ""))
        set_tone(self.problem, "red" if said else "muted")
        self.problem.setVisible(bool(self.problem.text()))

    def _left(self) -> int:
        lines = self._sheet.lines if self._sheet is not None else ()
        return sum(line.id not in self.lines.answers for line in lines)

    def _likely(self) -> str:
        """The verdict the answers speak for: the one next action."""
        if self._mode != JUDGE or self._left():
            return ""
        faults = Answer.NO.value in self.lines.answers.values()
        return (Verdict.MINOR if faults else Verdict.PASS).value

    # -- what is done --------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves and keeps what is typed; Enter does the one next thing."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._next()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _next(self) -> None:
        """The one thing that is next, where there is one."""
        if self._mode == OBJECT:
            self._object()
        elif self._likely():
            self._send(self._likely())

    @Slot()
    def _changed(self) -> None:
        if self._sheet is None:
            return
        self._refusal = None
        kept = {"answers": self.lines.answers if self._mode == JUDGE else {}, "words": self._typed()}
        empty = not kept["answers"] and not kept["words"]
        self._drafts.put(f"review/{self.review_id}", "" if empty else json.dumps(kept, ensure_ascii=False))
        self._say_form(self._sheet.review)

    def _draft(self, review_id: str) -> tuple[dict[str, str], str]:
        """Answers and words that were typed and not sent."""
        try:
            kept = json.loads(self._drafts.get(f"review/{review_id}") or "{}")
            return dict(kept.get("answers", {})), str(kept.get("words", ""))
        except (ValueError, AttributeError, TypeError):
            return {}, ""

    def _typed(self) -> str:
        return self.words.toPlainText()

    @Slot()
    def _give(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._send(str(sender.property("verdict")))

    def _send(self, verdict: str) -> None:
        if self._mode == SECOND:
            self.looked_again.emit(self.review_id, verdict, self._typed())
        else:
            self.judged.emit(self.review_id, verdict, dict(self.lines.answers), self._typed())

    @Slot()
    def _object(self) -> None:
        self.objected.emit(self.review_id, self._typed())
