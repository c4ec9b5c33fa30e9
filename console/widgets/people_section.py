"""The accounts of the site: who there is, who waits, who has to change a password;
works by keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import either, t
from console.models.wording import clock
from console.reports.report_doc import Cell, Column, Table, instant, shown, text
from console.services.people import AccountSheet
from console.services.people_requests import AccountsView
from console.theme import Theme
from console.widgets.account_form import ADD, EDIT, PASSWORD, AccountForm
from console.widgets.code_once import CodeOnce
from console.widgets.doc_table import DocTable
from console.widgets.parts import button, label, set_tone, spaced

ACCOUNT_KEYS: Final = {
    Qt.Key.Key_Return: "edit",
    Qt.Key.Key_Enter: "edit",
    Qt.Key.Key_N: "add",
    Qt.Key.Key_P: "password",
    Qt.Key.Key_U: "unlock",
    Qt.Key.Key_X: "close",
    Qt.Key.Key_Slash: "find",
    Qt.Key.Key_R: "code",
}
_COLUMNS: Final = (("name", 1.1), ("who", 1.3), ("role", 0.9), ("state", 1.6), ("last", 1.4), ("seat", 1.0))


class PeopleSection(QWidget):
    """``unlock_wanted(name)``, ``close_wanted(name, closed)``, ``code_wanted()``; what
    the form wants are signals of :attr:`form`."""

    unlock_wanted = Signal(str)
    close_wanted = Signal(str, bool)
    code_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._view: AccountsView | None = None
        self._now: datetime | None = None
        self._sure = ""
        self._title = label(theme, "", 16, bold=True)
        self.search = QLineEdit()
        self.search.setFont(theme.font(14))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(320)
        self.new = button(theme, "", "primary")
        self.notice = label(theme, "", 14, tone="muted", wrap=True)
        self.table = DocTable(theme, ACCOUNT_KEYS, readable=True)
        self._told = label(theme, "", 14, wrap=True)
        self._role = label(theme, "", 14, tone="muted", wrap=True)
        self._code = label(theme, "", 14, tone="muted", wrap=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self._acts = {one: button(theme) for one in ("edit", "password", "unlock", "close")}
        self._make = button(theme, "", "quiet")
        self.form = AccountForm(theme)
        self.once = CodeOnce(theme)
        self.once.setMaximumWidth(480)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.table)
        self.retranslate()

    def _build(self) -> None:
        listed = QWidget()
        column = QVBoxLayout(listed)
        spaced(column, 0, 8)
        head = QHBoxLayout()
        spaced(head, 0, 12)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.search, 1)
        head.addWidget(self.new)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
        column.addWidget(self._told)
        column.addWidget(self._role)
        row = QHBoxLayout()
        spaced(row, 0, 8)
        for one in self._acts.values():
            row.addWidget(one)
        row.addStretch(1)
        column.addLayout(row)
        last = QHBoxLayout()
        spaced(last, 0, 8)
        last.addWidget(self._code, 1)
        last.addWidget(self._make)
        column.addLayout(last)
        column.addWidget(self._help)
        shown = QWidget()
        inner = QVBoxLayout(shown)
        spaced(inner, 0, 8)
        inner.addWidget(self.once)
        inner.addStretch(1)
        for page in (listed, self.form, shown):
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        spaced(outer, 12, 0)
        outer.addWidget(self._stack)

    def _connect(self) -> None:
        self.new.clicked.connect(self._new)
        self.table.asked.connect(self._asked)
        self.table.walked.connect(self._walked)
        self.search.textChanged.connect(self._found)
        self.search.returnPressed.connect(self._to_table)
        self.form.left.connect(self.close_form)
        self.once.confirmed.connect(self.close_form)
        self._make.clicked.connect(self.code_wanted)
        for what, one in self._acts.items():
            one.setProperty("what", what)
            one.clicked.connect(self._clicked)

    # -- what it is given -----------------------------------------------------

    def apply(self, view: AccountsView, now: datetime) -> None:
        """Take the accounts; ``now`` tells who still waits."""
        self._view, self._now = view, now
        self.form.pair.set_shortest(view.policy.shortest)
        self._show()

    def set_teams(self, teams: Mapping[str, str]) -> None:
        """What teams are called."""
        self.form.set_teams(teams)

    def done(self, sentence: str) -> None:
        """What was asked for went through."""
        self.close_form()
        self.say(sentence)

    def refuse(self, sentence: str) -> None:
        """A rule said no: in the form while it is open."""
        if self._stack.currentWidget() is self.form:
            self.form.refuse(sentence)
        else:
            self.say(sentence, "red")

    def show_code(self, code: str) -> None:
        """A new recovery code, this once."""
        self._stack.setCurrentIndex(2)
        self.once.show_code(code)

    def say(self, sentence: str, tone: str = "muted") -> None:
        """One sentence above the list; empty for none."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))
        set_tone(self.notice, tone)

    @Slot()
    def close_form(self) -> None:
        """Back to the list; a code that was shown is gone."""
        self.form.clear()
        self.once.show_code("")
        self._stack.setCurrentIndex(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- words ----------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("people.list.title"))
        self.search.setPlaceholderText(t("people.list.find"))
        self.search.setAccessibleName(t("people.list.find"))
        self.new.setText(t("people.list.new"))
        self._help.setText(t("people.list.help"))
        self._make.setText(t("people.list.make_code"))
        self.table.setAccessibleName(t("people.list.title"))
        self.notice.setVisible(bool(self.notice.text()))
        self._show()

    def _show(self) -> None:
        rows = self._rows()
        columns = tuple(Column(t(f"people.list.col.{one}"), width) for one, width in _COLUMNS)
        wanted = self.search.text().strip().casefold()
        cells = tuple(self._row(one) for one in rows)
        chosen = [at for at, row in enumerate(cells) if wanted in _said(row)]
        self.table.apply(Table("", columns, cells), chosen, keep=self.table.place)
        self._walked(self.table.place)
        made = self._view.code_made if self._view is not None else None
        if self._view is not None:
            key = "people.list.code" if made is not None else "people.list.no_code"
            self._code.setText(t(key, at=shown(instant(made)) if made else ""))
            set_tone(self._code, "muted" if made is not None else "yellow")

    def _rows(self) -> tuple[AccountSheet, ...]:
        return self._view.rows if self._view is not None else ()

    def _row(self, sheet: AccountSheet) -> tuple[Cell, ...]:
        user = sheet.user
        state, tone = self._state(sheet)
        off = "muted" if user.disabled else ""
        last = instant(sheet.last_at, off) if sheet.last_at else text(t("people.list.never"), "muted")
        return (
            text(user.name, off or "main"),
            text(either(user.display_zh, user.display_en), off),
            text(t(f"states.role.{user.role.value}"), off),
            text(state, tone),
            last,
            text(sheet.last_seat, off),
        )

    def _state(self, sheet: AccountSheet) -> tuple[str, str]:
        if sheet.user.disabled:
            return t("people.list.closed"), "muted"
        if sheet.waits_until is not None and self._now is not None and sheet.waits_until > self._now:
            return t("people.list.waits", at=clock(sheet.waits_until)), "bad"
        if sheet.failures:
            return t("people.list.failed", n=sheet.failures), "warn"
        if sheet.must_change:
            return t("people.list.must_change"), "warn"
        return t("people.list.open"), ""

    # -- what is pressed ------------------------------------------------------

    @property
    def current(self) -> AccountSheet | None:
        """The account that is chosen."""
        rows, place = self._rows(), self.table.place
        return rows[place] if 0 <= place < len(rows) else None

    @Slot(int)
    def _walked(self, _place: int) -> None:
        sheet, self._sure = self.current, ""
        for one in self._acts.values():
            one.setEnabled(sheet is not None)
        for what in ("edit", "password", "unlock"):
            self._acts[what].setText(t(f"people.list.act.{what}"))
        closed = sheet is not None and sheet.user.disabled
        self._acts["close"].setText(t("people.list.act.open" if closed else "people.list.act.close"))
        if sheet is None:
            self._told.setText("")
            self._role.setText(t("people.list.empty"))
            return
        self._acts["unlock"].setEnabled(bool(sheet.failures))
        who = either(sheet.user.display_zh, sheet.user.display_en)
        facts = [f"{who} · {sheet.user.name}", t(f"states.role.{sheet.user.role.value}")]
        if sheet.password_since is not None:
            facts.append(t("people.list.since", at=shown(instant(sheet.password_since))[:10]))
        self._told.setText("   ".join(facts))
        self._role.setText(t(f"people.role.{sheet.user.role.value}"))

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._asked(str(sender.property("what")))

    @Slot()
    def _new(self) -> None:
        self._open(ADD)

    @Slot()
    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _found(self, _text: str) -> None:
        self._show()

    @Slot(str)
    def _asked(self, what: str) -> None:
        sheet = self.current
        if what == "add":
            self._open(ADD)
        elif what == "code":
            self.code_wanted.emit()
        elif what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif sheet is None:
            return
        elif what == "edit":
            self._open(EDIT, sheet)
        elif what == "password":
            self._open(PASSWORD, sheet)
        elif what == "unlock":
            if sheet.failures:
                self.unlock_wanted.emit(sheet.user.name)
            else:
                self.say(t("people.list.not_waiting", name=sheet.user.name))
        elif sheet.user.disabled or self._sure == sheet.user.name:
            self._sure = ""
            self.close_wanted.emit(sheet.user.name, not sheet.user.disabled)
        else:
            self._sure = sheet.user.name
            self.say(t("people.list.sure", name=sheet.user.name), "yellow")

    def _open(self, asks: str, sheet: AccountSheet | None = None) -> None:
        self.say("")
        self._stack.setCurrentWidget(self.form)
        self.form.open(asks, sheet.user if sheet is not None else None)


def _said(row: tuple[Cell, ...]) -> str:
    return " ".join(str(cell.value or "") for cell in row[:4]).casefold()
