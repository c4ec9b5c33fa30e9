"""F9: one line finds every case there ever was.

What is typed is asked a moment after the last key; an answer to an older line
is thrown away. The line is kept as a draft, so it survives a restart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.model import Case
from console.i18n import explain, t
from console.models.drafts import Drafts
from console.models.names import NameBook
from console.services.found import MOST_FOUND, Found, SavedSearch
from console.services.query import FIELDS
from console.theme import Theme
from console.widgets.ask_row import AskRow
from console.widgets.found_facts import FoundFacts
from console.widgets.found_view import FoundView
from console.widgets.parts import button, label, set_tone, spaced

#: After the last key, ms: a hand types a character in less.
WAIT_MS: Final = 120
_DRAFT: Final = "search/line"
#: A line that names a reporter is asked only on Enter: each look is logged.
_PERSON: Final = re.compile(rf"(?:^|\s)(?:{'|'.join(FIELDS['person'])})\s*[:：]", re.IGNORECASE)


class SearchPage(QWidget):
    """``wanted(line)``, ``rows_wanted(ids)``, ``opened(case id)``, ``left()`` on
    Esc; ``save_wanted(SavedSearch, was, seen)``, ``delete_wanted(name, seen)``,
    ``export_wanted(line, file)``, ``export_stopped()``, ``saved_wanted()``."""

    wanted = Signal(str)
    rows_wanted = Signal(object)
    opened = Signal(str)
    left = Signal()
    saved_wanted = Signal()
    save_wanted = Signal(object, str, int)
    delete_wanted = Signal(str, int)
    export_wanted = Signal(str, str)
    export_stopped = Signal()

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._drafts = drafts
        self._asked = self._running = ""
        self._found: Found | None = None
        self._title = ""
        self._refusal: Refusal | None = None
        self._saved: tuple[SavedSearch, ...] = ()
        self._export: tuple[int, int] | None = None
        self._folder = ""
        self.field = QLineEdit()
        self.field.setFont(theme.font(16))
        self.field.setMinimumHeight(36)
        self.field.setClearButtonEnabled(True)
        self.field.setMaxLength(2000)
        self._list, self._keep = button(theme), button(theme)
        self._write, self._stop = button(theme), button(theme)
        self.menu = QMenu(self._list)
        self._list.setMenu(self.menu)
        self.state = label(theme, "", 14, tone="muted", wrap=True)
        self.ask = AskRow(theme)
        self.help = label(theme, "", 14, tone="muted", wrap=True)
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.view = FoundView(theme)
        self.facts = FoundFacts(theme, self.view.found)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._build()
        self._connect()
        self.setFocusProxy(self.field)
        self.field.setText(drafts.get(_DRAFT))
        drafts.turned.connect(self._turned)
        self.retranslate()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self.field, 1)
        for one in (self._list, self._keep, self._write, self._stop):
            head.addWidget(one)
        self._stop.hide()
        middle = QHBoxLayout()
        spaced(middle, 0, 16)
        middle.addWidget(self.view, 3)
        middle.addWidget(self.facts, 1)
        self.facts.setMinimumWidth(280)
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        body.addLayout(head)
        body.addWidget(self.ask)
        body.addWidget(self.state)
        body.addWidget(self.help, 1)
        body.addLayout(middle, 8)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._enter)
        self.field.installEventFilter(self)
        self.view.installEventFilter(self)
        self._wait.timeout.connect(self._ask_now)
        self.view.chosen.connect(self.opened)
        self.view.looked.connect(self._looked)
        self.view.typed.connect(self._type_on)
        self.view.up.connect(self._to_field)
        self.view.found.missing.connect(self.rows_wanted)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu.triggered.connect(self._picked)
        self._keep.clicked.connect(self._ask_name)
        self._write.clicked.connect(self._ask_file)
        self._stop.clicked.connect(self.export_stopped)
        self.ask.answered.connect(self._answered)
        self.ask.left.connect(self._to_field)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.field.setPlaceholderText(t("search.page.placeholder"))
        self.field.setAccessibleName(t("pages.search"))
        self._list.setText(t("search.page.saved"))
        self._keep.setText(t("search.page.save"))
        self._write.setText(t("search.page.export"))
        self._stop.setText(t("search.page.stop"))
        self.help.setText(t("search.page.help"))
        self.ask.retranslate()
        self.view.retranslate()
        self.facts.retranslate()
        self._say()

    # -- what comes in -----------------------------------------------------------

    def show_found(self, found: Found) -> None:
        """An answer; one to another line than the last asked is thrown away."""
        if found.text != self._asked:
            return
        self._running, self._refusal = "", None
        kept = self.view.current_id() if self._found and self._found.text == found.text else ""
        self._found = found
        self.view.light(found.words)
        self.view.found.take(found.ids, found.rows)
        self.view.go_to(kept)
        self._say()

    @property
    def listed(self) -> tuple[str, ...]:
        """The cases behind a number while they are shown, else none."""
        return self._found.ids if self._title and self._found is not None else ()

    def show_cases(self, title: str, ids: Sequence[str]) -> None:
        """List these cases, whatever stood in the line; the rows have the keys."""
        self._wait.stop()
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self._asked = self._running = ""
        self._refusal, self._title = None, title
        self._found = Found("", tuple(ids))
        self.view.light(())
        self.view.found.take(self._found.ids, ())
        self.view.go_to("")
        self._say()
        (self.view if self._found.ids else self.field).setFocus(Qt.FocusReason.OtherFocusReason)

    def add_rows(self, cases: Sequence[Case]) -> None:
        """Rows that were scrolled to."""
        self.view.found.add(cases)
        self._looked(self.view.current_id())

    def refuse(self, line: str, refusal: Refusal) -> None:
        """The line was not understood; the former rows stay, told apart."""
        if line == self._asked:
            self._running, self._refusal = "", refusal
            self._say()

    def broke(self, line: str) -> None:
        """The search did not finish."""
        if line == self._asked:
            self._running, self._asked = "", ""
            self.say(t("search.page.broke"), "red")

    def set_saved(self, saved: Sequence[SavedSearch]) -> None:
        """The site's searches."""
        self._saved = tuple(saved)

    def set_export(self, done: int, of: int) -> None:
        """An export is running; ``of`` below 0 says that it has ended."""
        self._export = (done, of) if of >= 0 else None
        self._stop.setVisible(self._export is not None)
        self._write.setVisible(self._export is None)
        if self._export is not None:
            self.say(t("search.page.exporting", done=f"{done:,}", of=f"{of:,}"))

    def say(self, words: str, tone: str = "muted") -> None:
        """A sentence below the line."""
        set_tone(self.state, tone)
        self.state.setText(words)

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id, in the language now."""
        self.view.found.set_teams(names)

    def set_names(self, names: NameBook) -> None:
        """What places and people are called."""
        self.view.found.set_names(names)

    def set_folder(self, folder: str) -> None:
        """Where an export is offered to go."""
        self._folder = folder

    def search(self, line: str) -> None:
        """Put a line in and ask it at once."""
        self.field.setText(line)
        self._ask_now()

    # -- typing ------------------------------------------------------------------

    @Slot()
    def _turned(self) -> None:
        """Somebody else sat down: their own line, asked when they ask it."""
        self.field.blockSignals(True)
        self.field.setText(self._drafts.get(_DRAFT))
        self.field.blockSignals(False)
        self._wait.stop()

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._drafts.put(_DRAFT, text, private=bool(_PERSON.search(text)))
        self._wait.stop()
        if text.strip() == self._asked:
            return
        if _PERSON.search(text):
            self.say(t("search.page.person_wait"))
            return
        self._wait.start()

    @Slot()
    def _ask_now(self) -> None:
        self._wait.stop()
        line = self.field.text().strip()
        self._asked, self._refusal, self._title = line, None, ""
        if not line:
            self._running, self._found = "", None
            self.view.found.take((), ())
            self.view.go_to("")
        else:
            self._running = line
            self.wanted.emit(line)
        self._say()

    @Slot()
    def _enter(self) -> None:
        """Ask at once; the second time open the case that is marked."""
        answered = self._found is not None and self._found.text == self.field.text().strip()
        if not answered or self._wait.isActive():
            self._ask_now()
        elif self.view.current_id():
            self.opened.emit(self.view.current_id())

    @Slot(str)
    def _type_on(self, text: str) -> None:
        self._to_field()
        if text:
            self.field.insert(text)
        else:
            self.field.backspace()

    @Slot()
    def _to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _looked(self, case_id: str) -> None:
        self.facts.show_case(self.view.found.case(self.view.found.row_of(case_id)) if case_id else None)

    def _say(self) -> None:
        """The sentence below the line, and what is shown at all."""
        found, empty = self._found, not self.field.text().strip()
        self.help.setVisible(found is None or not found.ids)
        for one in (self.view, self.facts):
            one.setVisible(found is not None and bool(found.ids))
        self._write.setEnabled(found is not None and bool(found.ids))
        self._keep.setEnabled(not empty)
        if self._refusal is not None:
            message, mend = explain(self._refusal)
            self.say(f"{message}{mend}" if message.endswith("。") else f"{message} {mend}", "red")
        elif self._running and found is None:
            self.say(t("search.page.waiting"))
        elif self._title and found is not None:
            self.say(t("search.page.listed", title=self._title, count=f"{len(found.ids):,}"), "text")
        elif found is not None and not found.ids:
            self.say(t("search.page.none"))
        elif found is not None:
            key = "search.page.count_more" if found.more else "search.page.count"
            count = MOST_FOUND if found.more else len(found.ids)
            self.say(t(key, count=f"{count:,}", took=f"{found.took_s:.2f}"))
        else:
            self.say("")

    # -- under a name, and out ---------------------------------------------------

    @Slot()
    def _fill_menu(self) -> None:
        self.menu.clear()
        line = self.field.text().strip()
        for one in self._saved:
            self._item(one.name, ("run", one.name)).setToolTip(one.text)
        if not self._saved:
            self._item(t("search.page.saved_none"), ("", "")).setEnabled(False)
            return
        self.menu.addSeparator()
        for one in self._saved:
            if line and line != one.text:
                self._item(t("search.page.replace", name=one.name), ("replace", one.name))
        for one in self._saved:
            self._item(t("search.page.delete", name=one.name), ("delete", one.name))

    def _item(self, words: str, what: tuple[str, str]) -> QAction:
        action = self.menu.addAction(words.replace("&", "&&"))
        action.setData(what)
        return action

    @Slot(QAction)
    def _picked(self, action: QAction) -> None:
        what, name = action.data()
        self.do_saved(what, name)

    def do_saved(self, what: str, name: str) -> None:
        """``run``, ``replace`` or ``delete`` a saved search."""
        one = next((one for one in self._saved if one.name == name), None)
        if one is None:
            return
        if what == "run":
            self.search(one.text)
        elif what == "replace":
            text = self.field.text().strip()
            self.save_wanted.emit(SavedSearch(name, text), name, one.version)
        elif what == "delete":
            self.delete_wanted.emit(name, one.version)

    @Slot()
    def _ask_name(self) -> None:
        self.ask.ask("save", "search.page.save_as", self.field.text().strip()[:40])

    @Slot()
    def _ask_file(self) -> None:
        name = re.sub(r"[^\w\-]+", "-", self._title or self.field.text().strip()).strip("-")[:40] or "search"
        self.ask.ask("export", "search.page.export_where", f"{self._folder}/{name}.xlsx")

    @Slot(str, str)
    def _answered(self, what: str, text: str) -> None:
        if what == "save":
            self.save_wanted.emit(SavedSearch(text, self.field.text().strip()), "", 0)
        else:
            self.export_wanted.emit(self.field.text().strip(), text)

    # -- keys --------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes to the rows, Esc back to the board."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.view:
                return self._view_key(event)
            if event.key() == Qt.Key.Key_Down and self.view.isVisible():
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return False

    def _view_key(self, event: QKeyEvent) -> bool:
        """Esc leaves a list of cases for where it was asked for; a search is
        left by the line above."""
        if event.key() != Qt.Key.Key_Escape:
            return False
        if self._title:
            self.left.emit()
        else:
            self._to_field()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """What was typed before a restart is asked again when it is looked at."""
        super().showEvent(event)
        self.saved_wanted.emit()
        line = self.field.text().strip()
        if line and line != self._asked and not _PERSON.search(line):
            self._ask_now()
