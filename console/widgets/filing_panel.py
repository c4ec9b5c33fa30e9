"""Choosing the condition: by Chinese, pinyin initials, English or code.

Enter files with the condition that is shown; without one nothing can be filed.
When the typing was faster than the search, Enter waits for the answer and
files only if it names one condition.

A similar open case that nobody has looked at stops the first Enter: both are
laid side by side, and the officer merges, links, or goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.domain.model import Condition
from console.i18n import either, language, t
from console.models.drafts import Drafts
from console.models.wording import condition_limit, limit_source, not_to_file
from console.services.similar import Asked, SimilarCase
from console.services.views import CaseCard, ConditionHit
from console.theme import Theme
from console.widgets.parts import button, clear, label, spaced

_ROWS: Final = 5
_ROW: Final = 28


class FilingPanel(QWidget):
    """``search(text)`` as it is typed; ``file(condition id)`` on Enter;
    ``similar_asked(Asked)`` for the condition chosen; ``compare(case id, other
    id)`` to lay a similar one beside it; ``left(typed anything)`` on Esc."""

    search = Signal(str)
    file = Signal(str)
    similar_asked = Signal(object)
    compare = Signal(str, str)
    left = Signal(bool)

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._drafts = theme, drafts
        self._case_id = ""
        self._hits: tuple[ConditionHit, ...] = ()
        self._answered = ""
        self._waiting = False
        self._similar: tuple[CaseCard | SimilarCase, ...] = ()
        self._asked = Asked()
        self._looked: set[str] = set()
        self._verified = ""
        self._likely: Condition | None = None
        self._grade = ""
        self._title = label(theme, "", 16, bold=True)
        self.field = QLineEdit()
        self.field.setFont(theme.font(16))
        self.field.setMinimumHeight(32)
        self.found = QListWidget()
        self.found.setFont(theme.font(14))
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._what = label(theme, "", 14, bold=True, wrap=True)
        self._limit = label(theme, "", 14, wrap=True)
        self._area = label(theme, "", 14, tone="accent", wrap=True)
        self._not = label(theme, "", 12, tone="muted", wrap=True)
        self._alike = label(theme, "", 14, wrap=True)
        self._told = label(theme, "", 14, tone="accent", wrap=True)
        self._hint = label(theme, "", 14, tone="muted", wrap=True)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._go.setMinimumHeight(32)
        self._near = label(theme, "", 14, bold=True, wrap=True)
        self._near_rows = QVBoxLayout()
        self._build()
        self.retranslate()

    def _build(self) -> None:
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        spaced(self._near_rows, 0, 4)
        for one in (self._title, self._told, self.field, self.found, self._hint):
            body.addWidget(one)
        facts = QVBoxLayout()
        spaced(facts, 0, 4)
        for one in (self._what, self._limit, self._area, self._not, self._alike):
            facts.addWidget(one)
        body.addLayout(facts)
        body.addWidget(self._go)
        body.addWidget(self._near)
        body.addLayout(self._near_rows)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._enter)
        self.field.installEventFilter(self)
        self.found.currentRowChanged.connect(self._show)
        self._go.clicked.connect(self._file)

    def open(
        self, case_id: str, similar: Sequence[CaseCard], likely: Condition | None = None, grade: str = ""
    ) -> None:
        """Show the panel for a case; a draft of the search comes back.
        ``likely`` is the condition the report came with, ``grade`` that of the
        area it is in."""
        again = case_id == self._case_id
        self._grade = grade
        self._case_id, self._likely = case_id, likely
        if not again:
            self._hits, self._answered, self._waiting = (), "", False
            self._asked = Asked()
            self._looked.clear()
            self.field.setText(self._drafts.get(f"{case_id}/file/search"))
            self._typed(self.field.text())
        if tuple(similar) != self._similar or not again:
            self._similar = tuple(similar)
            self._list_similar()
        self._show()

    def take_focus(self) -> None:
        """Put the keyboard into the search."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def chosen(self) -> Condition | None:
        """The condition Enter would file with."""
        row = self.found.currentRow()
        if self.field.text().strip():
            fits = self._answered == self.field.text().strip() and 0 <= row < len(self._hits)
            return self._hits[row].condition if fits else None
        return self._likely

    def set_verified(self, words: str) -> None:
        """What a verification found, said above the search."""
        self._verified = words
        self._told.setText(words)
        self._told.setVisible(bool(words))

    def take_similar(self, asked: Asked, found: Sequence[SimilarCase]) -> None:
        """The answer to ``similar_asked``; one to an older question is dropped."""
        if asked == self._asked and asked.case == self._case_id:
            self._similar = tuple(found)
            self._list_similar()

    @property
    def similar(self) -> tuple[str, ...]:
        """Ids of the similar cases that are listed."""
        return tuple(one.id for one in self._similar)

    def go_on(self) -> None:
        """It is something else: file it."""
        self._looked.update(self.similar)
        self._file()

    def looked(self, other: str) -> None:
        """This similar case has been seen side by side."""
        self._looked.add(other)

    def take(self, text: str, hits: Sequence[ConditionHit]) -> None:
        """The answer to a search; one for an older text is dropped."""
        if text != self.field.text().strip():
            return
        self._answered, self._hits = text, tuple(hits)
        self._list()
        if self._waiting:
            self._waiting = False
            if len(self._hits) == 1:
                self._file()

    def _list(self) -> None:
        self.found.clear()
        for hit in self._hits:
            one = hit.condition
            name = either(one.name_zh, one.name_en)
            words = f"{one.category.code}  {name}  {either(one.condition_zh, one.condition_en)}"
            item = QListWidgetItem(words)
            item.setToolTip(words)
            item.setSizeHint(QSize(0, _ROW))
            self.found.addItem(item)
        self.found.setFixedHeight(max(1, min(_ROWS, len(self._hits))) * _ROW + 4)
        self.found.setCurrentRow(0 if self._hits else -1)
        self._show()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.file.title"))
        self.field.setPlaceholderText(t("desk.file.placeholder"))
        self.field.setAccessibleName(t("desk.file.placeholder"))
        self.found.setAccessibleName(t("desk.file.found"))
        row = self.found.currentRow()
        self._list()
        self.found.setCurrentRow(row)
        self._list_similar()
        self._show()

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._drafts.put(f"{self._case_id}/file/search", text)
        self._waiting = False
        if text.strip():
            self.search.emit(text.strip())
        else:
            self._hits, self._answered = (), ""
            self._list()
        self._show()

    @Slot()
    def _enter(self) -> None:
        if self.field.text().strip() and self._answered != self.field.text().strip():
            self._waiting = True
            return
        self._file()

    @Slot()
    def _file(self) -> None:
        condition = self.chosen()
        if condition is None:
            return
        unseen = next((one.id for one in self._similar if _unlooked(one, self._looked)), "")
        if unseen:
            self.compare.emit(self._case_id, unseen)
        else:
            self.file.emit(condition.condition_id)

    def done(self) -> None:
        """Filed: the search is no longer a draft."""
        self._drafts.forget(f"{self._case_id}/file/")
        self._case_id = ""

    @Slot()
    def _show(self, _row: int = 0) -> None:
        one = self.chosen()
        self._ask_similar(one)
        typed = bool(self.field.text().strip())
        self.found.setVisible(typed and bool(self._hits))
        nothing = typed and self._answered == self.field.text().strip() and not self._hits
        self._hint.setText(t("desk.file.nothing" if nothing else "desk.file.hint"))
        self._hint.setVisible(one is None)
        self._go.setEnabled(one is not None)
        for words in (self._what, self._limit, self._area, self._not, self._alike):
            words.setVisible(one is not None)
        if one is None:
            self._go.setText(t("desk.file.go_none"))
            return
        name = either(one.name_zh, one.name_en)
        self._go.setText(t("desk.file.go", what=name))
        self._what.setText(f"{one.condition_id} {name}: {either(one.condition_zh, one.condition_en)}")
        closing = either(one.closing_zh, one.closing_en)
        self._limit.setText(t("desk.file.limit", limit=condition_limit(one, self._grade), closing=closing))
        source, unwanted = limit_source(one, self._grade), not_to_file(one)
        self._area.setText(source)
        self._area.setVisible(bool(source))
        self._not.setText(t("desk.file.not", what=unwanted))
        self._not.setVisible(bool(unwanted))
        row = self.found.currentRow()
        hit = self._hits[row] if typed and 0 <= row < len(self._hits) else None
        alike: tuple[str, ...] = ()
        if hit is not None:
            alike = hit.alike_zh if language() == "zh" else hit.alike_en
        # One look-alike a line: the boundary is what decides, not the name.
        self._alike.setText("\n".join((t("intake.file.alike"), *(f"• {line}" for line in alike))))
        self._alike.setVisible(bool(alike))

    def _list_similar(self) -> None:
        clear(self._near_rows)
        self._near.setText(t("intake.similar", n=len(self._similar)))
        self._near.setVisible(bool(self._similar))
        for card in self._similar[:3]:
            name = either(card.name_zh, card.name_en) or t("desk.case.unnamed")
            words = t("intake.file.compare", number=card.number, what=name)
            if isinstance(card, SimilarCase) and card.metres is not None:
                words = " · ".join((words, t("intake.metres", n=round(card.metres))))
            made = button(self._theme, words)
            made.setProperty("case", card.id)
            made.clicked.connect(self._compare)
            self._near_rows.addWidget(made)

    @Slot()
    def _compare(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.compare.emit(self._case_id, str(sender.property("case")))

    def _ask_similar(self, one: Condition | None) -> None:
        asked = Asked(self._case_id, one.condition_id) if one is not None and self._case_id else Asked()
        if asked != self._asked:
            self._asked = asked
            if asked.case:
                self.similar_asked.emit(asked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down choose while typing; Esc leaves."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self._hits:
                row = max(0, min(len(self._hits) - 1, self.found.currentRow() + step))
                self.found.setCurrentRow(row)
                return True
            with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if event.key() == Qt.Key.Key_G and with_ctrl and self._similar:
                self.compare.emit(self._case_id, self._similar[0].id)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit(bool(self.field.text()))
                return True
        return False


def _unlooked(one: CaseCard | SimilarCase, looked: set[str]) -> bool:
    """Open, found by the site's own reach, and not yet seen side by side."""
    return isinstance(one, SimilarCase) and one.open and one.id not in looked
