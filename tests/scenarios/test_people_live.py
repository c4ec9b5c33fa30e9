"""People at the real console, by keys: an administrator makes an account, the new
officer chooses a password on the way in, locks, another one takes the chair, a lost
password is mended by the recovery code; all of it stands in the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from console.domain.audit import Kind
from console.i18n import t
from console.settings import Places
from console.simulation.district import DEMO_PASSWORD
from console.widgets.audit_section import AuditSection
from console.widgets.login_card import CHANGE, CODE
from console.widgets.people_section import PeopleSection
from console.windows.desk_base import DeskBase
from console.wiring.session import Session
from tests.scenarios.console_kit import Seat, copied, press, seat, typed, until
from tests.scenarios.looking import looked

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
FIRST = "given at the desk 7"
OWN = "three blue kettles"


@pytest.fixture
def here(quiet: Places, tmp_path: Path, qapp: QApplication) -> Iterator[Seat]:
    with seat(copied(quiet, tmp_path / "data"), full_screen=False) as made:
        yield made


def in_section(here: Seat, section: str) -> object:
    """Shift+F8, then the section."""
    desk = here.desk
    page = desk.parts.pages.widget("admin")
    assert page is not None
    page.show_section(section)  # type: ignore[attr-defined]
    until(lambda: page.seen == section, section)  # type: ignore[attr-defined]
    return page.section(section)  # type: ignore[attr-defined]


def comes_in(here: Seat, name: str, password: str) -> None:
    """Type into the card, wherever it stands."""
    desk = here.desk
    desk.ask_who()
    card = desk.parts.login
    here.take(desk, card.name)
    card.name.clear()
    typed(name)
    press(Qt.Key.Key_Return)
    typed(password)
    press(Qt.Key.Key_Return)


def kinds(here: Seat) -> list[tuple[str, str]]:
    """Account and kind of every entry, the oldest first."""
    from console.services.audit_records import AuditQuery

    with here.console.engine.store.uows.read() as uow:
        rows = uow.audit.find(AuditQuery(limit=100)).rows
    return [(one.actor, one.kind.value) for one in reversed(rows)]


@pytest.mark.logs("maximum number of running instances")  # a machine under load beats late
def test_people_come_go_lock_and_are_written_down(here: Seat, tmp_path: Path) -> None:
    console, wrong = here.console, []
    desk = here.desk
    comes_in(here, "admin", DEMO_PASSWORD)
    until(lambda: console.actor is not None, "the administrator")
    until(lambda: desk.parts.pages.current == "admin", "an administrator lands on this page")
    section = in_section(here, "people")
    assert isinstance(section, PeopleSection)
    until(lambda: section.table.source.rowCount() > 6, "the accounts")
    wrong += looked(here, "people-list")
    _makes_an_account(here, section, wrong)
    code = _makes_a_code(here, section, wrong)

    press(Qt.Key.Key_L, _ALT)
    until(lambda: desk.parts.login.isVisible(), "asked who")
    comes_in(here, "new.hand", FIRST)
    _chooses_a_password(here, wrong)
    until(lambda: here.board is not None, "the board")
    _locks_and_comes_back(here, desk, wrong)
    _idles(here, desk)
    comes_in(here, "wang.jun", DEMO_PASSWORD)
    until(lambda: console.actor is not None and console.actor.name == "wang.jun", "another officer")

    press(Qt.Key.Key_L, _CTRL)
    until(lambda: desk.locked_by is not None, "locked")
    _loses_the_password(here, code, wrong)
    _reads_the_log(here, tmp_path / "log.xlsx", wrong)
    assert not wrong


def _makes_an_account(here: Seat, section: PeopleSection, wrong: list[str]) -> None:
    here.take(here.desk, section.table)
    press(Qt.Key.Key_N)
    until(section.form.name.hasFocus, "the form")
    typed("new.hand")
    section.form.zh.setText("周敏")
    section.form.en.setText("Zhou Min")
    section.form.pair.first.setText("new.hand1")
    section.form.pair.again.setText("new.hand1")
    wrong += looked(here, "people-form")
    here.take(here.desk, section.form.pair.again)
    press(Qt.Key.Key_Return)
    until(lambda: bool(section.form.notice.text()), "a weak password is refused")
    section.form.pair.first.setText(FIRST)
    section.form.pair.again.setText(FIRST)
    here.take(here.desk, section.form.pair.again)
    press(Qt.Key.Key_Return)
    until(lambda: t("people.list.added", name="new.hand") in section.notice.text(), "added")
    section.search.setText("周敏")
    until(lambda: section.table.source.rowCount() == 1, "found by name")
    assert section.current is not None
    assert section.current.must_change
    section.search.clear()


def _makes_a_code(here: Seat, section: PeopleSection, wrong: list[str]) -> str:
    here.take(here.desk, section.table)
    press(Qt.Key.Key_R)
    until(lambda: bool(section.once.shown.text()), "the code")
    wrong += looked(here, "people-code")
    code = section.once.shown.text().replace("\n", "-")
    press(Qt.Key.Key_Space)
    until(section.once.field.hasFocus, "to be typed back")
    typed(code.lower())
    press(Qt.Key.Key_Return)
    until(lambda: section.once.isHidden() or not section.once.isVisible(), "written down")
    return code


def _chooses_a_password(here: Seat, wrong: list[str]) -> None:
    card = here.desk.parts.login
    until(lambda: card.asks == CHANGE, "a password of one's own")
    wrong += looked(here, "people-change")
    here.take(here.desk, card.pair.first)
    typed(OWN)
    press(Qt.Key.Key_Return)
    typed(OWN)
    press(Qt.Key.Key_Return)
    until(lambda: here.console.actor is not None and here.console.actor.name == "new.hand", "in")


def _locks_and_comes_back(here: Seat, desk: DeskBase, wrong: list[str]) -> None:
    here.take(desk, desk.parts.board)
    press(Qt.Key.Key_N)
    until(desk.parts.intake.isVisible, "the intake sheet")
    desk.parts.intake.fields.note.setPlainText("a half-written report")
    press(Qt.Key.Key_L, _CTRL)
    until(lambda: desk.locked_by is not None, "locked")
    assert desk.parts.board.isVisible()
    assert not desk.parts.intake.isVisible()
    wrong += looked(here, "people-locked")
    press(Qt.Key.Key_Space)
    until(lambda: desk.parts.veil.asking, "asked")
    wrong += looked(here, "people-unlock")
    here.take(desk, desk.parts.login.password)
    typed(OWN)
    press(Qt.Key.Key_Return)
    until(lambda: here.console.actor is not None, "back")
    until(desk.parts.intake.isVisible, "the sheet is up again")
    assert desk.parts.intake.fields.note.toPlainText() == "a half-written report"


def _idles(here: Seat, desk: DeskBase) -> None:
    """A hand on the mouse keeps the desk open; without one it locks."""
    session = next(part for part in here.console._parts if isinstance(part, Session))
    handle = desk.windowHandle()
    until(lambda: int(handle.winId()) in session.hands._watched, "watched")
    session.touched_at -= session.policy.idle_min * 60 + 1
    where = QPoint(300, 300).toPointF()
    moved = QMouseEvent(
        QEvent.Type.MouseMove, where, where, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(handle, moved)
    before = session.touched_at
    until(lambda: session.touched_at > before, "a hand was noticed")
    assert here.console.actor is not None
    session.touched_at -= session.policy.idle_min * 60 + 1
    until(lambda: desk.locked_by is not None, "locked by idleness")
    until(lambda: ("new.hand", Kind.LOCK.value) in kinds(here), "written down")


def _loses_the_password(here: Seat, code: str, wrong: list[str]) -> None:
    desk, card = here.desk, here.desk.parts.login
    desk.ask_who()
    card.ask_code()
    wrong += looked(here, "people-recover")
    card.name.setText("admin")
    card.pair.first.setText("a lamp on the stairs")
    card.pair.again.setText("a lamp on the stairs")
    here.take(desk, card.code)
    typed(code.replace("-", " "))
    here.take(desk, card.pair.again)
    press(Qt.Key.Key_Return)
    until(lambda: card.asks == CODE and bool(card.once.shown.text()), "the next code")
    wrong += looked(here, "people-next-code")
    fresh = card.once.shown.text().replace("\n", "-")
    assert fresh != code
    here.take(desk, card.once.go)
    press(Qt.Key.Key_Space)
    typed(fresh)
    press(Qt.Key.Key_Return)
    until(lambda: here.console.actor is not None and here.console.actor.name == "admin", "recovered")


def _reads_the_log(here: Seat, file: Path, wrong: list[str]) -> None:
    section = in_section(here, "audit")
    assert isinstance(section, AuditSection)
    until(lambda: section.table.source.rowCount() > 8, "entries")
    wrong += looked(here, "people-audit")
    told = kinds(here)
    for entry in (
        ("admin", "sign-in"),
        ("admin", "user"),
        ("new.hand", "switch"),
        ("new.hand", "lock"),
        ("new.hand", "unlock"),
        ("wang.jun", "switch"),
        ("admin", "recovery"),
    ):
        assert entry in told, f"{entry} is not in {told}"
    here.take(here.desk, section.table)
    press(Qt.Key.Key_Slash)
    typed("wang.jun")
    press(Qt.Key.Key_Return)
    until(lambda: 0 < section.table.source.rowCount() < len(told), "found by account")
    press(Qt.Key.Key_E)
    until(section.ask.field.hasFocus, "the file")
    section.ask.field.setText(str(file))
    press(Qt.Key.Key_Return)
    until(file.exists, "the file is written")
    rows = list(load_workbook(file).active.values)  # type: ignore[union-attr]
    assert rows[0][2] == "actor"
    assert all("wang.jun" in str(row) for row in rows[1:])
