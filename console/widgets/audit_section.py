"""The audit log: who signed in, looked, exported, changed; searched and written to
a file by keyboard alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.audit import Entry, Kind
from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.reports.report_doc import Cell, Column, Table, instant, shown, text
from console.services import audit_words
from console.services.audit_records import AuditPage
from console.theme import Theme
from console.widgets.ask_row import AskRow
from console.widgets.doc_table import DocTable
from console.widgets.parts import button, label, set_tone, spaced

AUDIT_KEYS: Final = {
    Qt.Key.Key_Slash: "find",
    Qt.Key.Key_W: "who",
    Qt.Key.Key_K: "kind",
    Qt.Key.Key_M: "more",
    Qt.Key.Key_E: "export",
}
#: Periods to choose from: days back from now; 0 is all there is.
SPANS: Final = (1, 7, 31, 0)
_COLUMNS: Final = (("at", 1.3), ("who", 1.1), ("seat", 0.9), ("kind", 1.0), ("told", 4.0))
#: A line that is typed is asked for after this, ms.
_WAIT_MS: Final = 250
_BAD: Final = frozenset({Kind.SIGN_IN_FAILED})
_WARN: Final = frozenset({Kind.OVERRIDE, Kind.RECOVERY, Kind.RESTORE, Kind.KEY_ROTATION})


class AuditSection(QWidget):
    """``wanted(offset)``: entries for :attr:`filters` from this one on;
    ``write_wanted(file)``: all of them as a file."""

    wanted = Signal(int)
    write_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows: tuple[Entry, ...] = ()
        self._total = -1
        self._names: NameBook = NOBODY
        self._folder = str(Path.home())
        self._title = label(theme, "", 16, bold=True)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self.kind, self.span = QComboBox(), QComboBox()
        for one in (self.search, self.kind, self.span):
            one.setFont(theme.font(14))
        self.write = button(theme)
        self.more = button(theme, "", "quiet")
        self.ask = AskRow(theme)
        self.notice = label(theme, "", 14, tone="muted", wrap=True)
        self.table = DocTable(theme, AUDIT_KEYS, readable=True)
        self.told = label(theme, "", 14, wrap=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_WAIT_MS)
        self._build()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.table)
        self._offer()
        self.retranslate()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self._title)
        head.addWidget(self.search, 1)
        for one in (self.kind, self.span, self.write):
            head.addWidget(one)
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        foot.addWidget(self._help, 1)
        foot.addWidget(self.more)
        column = QVBoxLayout(self)
        spaced(column, 12, 8)
        column.addLayout(head)
        column.addWidget(self.ask)
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
        column.addWidget(self.told)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._to_table)
        self.kind.currentIndexChanged.connect(self._again)
        self.span.currentIndexChanged.connect(self._again)
        self._wait.timeout.connect(self._again)
        self.write.clicked.connect(self._ask_file)
        self.more.clicked.connect(self._more)
        self.table.asked.connect(self._asked)
        self.table.walked.connect(self._walked)
        self.ask.answered.connect(self._named)
        self.ask.left.connect(self._to_table)

    # -- what it is asked and given -------------------------------------------

    def filters(self, now: datetime) -> tuple[str, tuple[str, ...], datetime | None]:
        """Words, kinds and the instant from which on."""
        kind = str(self.kind.currentData() or "")
        days = int(self.span.currentData() or 0)
        return (
            self.search.text().strip(),
            (kind,) if kind else (),
            now - timedelta(days=days) if days else None,
        )

    def set_folder(self, folder: str) -> None:
        """Where a file is offered to go."""
        self._folder = folder

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self._show()

    def apply(self, page: AuditPage, offset: int) -> None:
        """Take a part of what was found; the first part takes the place of all."""
        self._rows = page.rows if not offset else (*self._rows[:offset], *page.rows)
        self._total = page.total
        self._show()

    def clear(self) -> None:
        """Nothing stays of what one person might read."""
        self._rows, self._total = (), -1
        self._show()

    def say(self, sentence: str, tone: str = "muted") -> None:
        """One sentence above the list; empty for none."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))
        set_tone(self.notice, tone)

    def retranslate(self) -> None:
        """Say everything in the language now; what is chosen stays."""
        self._title.setText(t("people.audit.title"))
        self.search.setPlaceholderText(t("people.audit.find"))
        self.search.setAccessibleName(t("people.audit.find"))
        self.kind.setAccessibleName(t("people.audit.col.kind"))
        self.span.setAccessibleName(t("people.audit.span"))
        self.write.setText(t("people.audit.write"))
        self.more.setText(t("people.audit.more"))
        self._help.setText(t("people.audit.help"))
        self.table.setAccessibleName(t("people.audit.title"))
        self._offer()
        self._show()

    def _offer(self) -> None:
        kinds = [(t("people.audit.all_kinds"), "")]
        kinds += [(t(f"audit.kind.{one.value}"), one.value) for one in Kind]
        spans = [(t(f"people.audit.days.{days}"), days) for days in SPANS]
        for box, rows in ((self.kind, kinds), (self.span, spans)):
            at = max(box.currentIndex(), 1 if box is self.span and box.count() == 0 else 0)
            box.blockSignals(True)
            box.clear()
            for words, value in rows:
                box.addItem(words, value)
            box.setCurrentIndex(at)
            box.blockSignals(False)

    def _show(self) -> None:
        columns = tuple(Column(t(f"people.audit.col.{one}"), width) for one, width in _COLUMNS)
        rows = tuple(self._row(one) for one in self._rows)
        self.table.apply(Table("", columns, rows), keep=self.table.place)
        self._walked(self.table.place)
        self.more.setVisible(len(self._rows) < self._total)
        if self._total >= 0:
            key = "none" if not self._total else "count"
            self.say(t(f"people.audit.{key}", n=len(self._rows), total=self._total))
        else:
            self.say("")

    def _row(self, one: Entry) -> tuple[Cell, ...]:
        tone = "bad" if one.kind in _BAD else "warn" if one.kind in _WARN else ""
        return (
            instant(one.at),
            text(self._names.person(one.actor) if one.actor else t("audit.cli.nobody")),
            text(one.seat, "muted"),
            text(audit_words.kind(one), tone),
            text(audit_words.told(one)),
        )

    # -- what is pressed ------------------------------------------------------

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self._wait.start()

    @Slot()
    def _again(self) -> None:
        self._wait.stop()
        self.wanted.emit(0)

    @Slot()
    def _more(self) -> None:
        if len(self._rows) < self._total:
            self.wanted.emit(len(self._rows))

    @Slot()
    def _to_table(self) -> None:
        if self._wait.isActive():
            self._again()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _walked(self, place: int) -> None:
        """Below: the entry in full, with its number in the chain."""
        if not 0 <= place < len(self._rows):
            self.told.setText("")
            return
        one = self._rows[place]
        who = f"{self._names.person(one.actor)} ({one.actor})" if one.actor else t("audit.cli.nobody")
        head = t("people.audit.entry", seq=one.seq, at=shown(instant(one.at)), who=who, seat=one.seat or "—")
        self.told.setText(f"{head}\n{audit_words.kind(one)}  {audit_words.told(one)}")

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif what == "who":
            place = self.table.place
            if 0 <= place < len(self._rows):
                self.search.setText(self._rows[place].actor)
        elif what == "kind":
            self.kind.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif what == "more":
            self._more()
        else:
            self._ask_file()

    @Slot()
    def _ask_file(self) -> None:
        self.ask.ask("file", "people.audit.file", str(Path(self._folder) / "audit.xlsx"))

    @Slot(str, str)
    def _named(self, _what: str, file: str) -> None:
        self.write_wanted.emit(file)
