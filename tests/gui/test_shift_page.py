"""The page of shifts: nothing cut, nothing moved by fresh rows, nothing typed lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.domain.model import Actor, Event
from console.domain.shift_log import Conditions, Entry, ShiftLog, Signature, Stage, fold
from console.domain.shifts import DEFAULT
from console.domain.vocabulary import Action, Role
from console.i18n import LANGUAGES
from console.models import shift_words
from console.models.names import NOBODY
from console.services.shift_items import Item
from console.services.shift_reading import ShiftList, ShiftView
from console.services.shift_records import row_of
from console.services.shift_roster import Duty, Roster
from console.services.shifts import EntryWish
from console.widgets.shift_page import ShiftPage
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import settle
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.usefixtures("qapp")
Rig = PageRig[ShiftPage]
NOW = samples.NOW


def log(**more: object) -> ShiftLog:
    made = ShiftLog(
        "20260929-morning", "morning", "早班", "Morning", NOW - timedelta(hours=4), NOW + timedelta(hours=4),
        NOW - timedelta(hours=4), "officer01", leader="周建国", chief="wang.jun", officers=("li.na",),
        stock={name: {"n": 120, "cases": ["20260929-0001"]} for name in ("open", "overdue", "soon")},
        conditions=(Conditions("大雨 24 ℃", "rain", "yellow", "IV", "郑防汛〔2026〕12号", "li.na", NOW),),
        entries=tuple(
            Entry(f"20260929-morning/{n}", kind, NOW, "li.na", f"第 {n} 条", open=n == 2, seq=n)
            for n, kind in enumerate(("phone", "order", "report", "equipment", "team", "note"), 1)
        ),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def item(number: int, red: bool = True) -> Item:
    name = f"#{number:04d}"
    detail = ("赶赴中 · 到场", "En route · Arrival")
    return Item(f"case:{number}", "case", red, (name, name), detail, NOW, "patrol", f"20260929-{number:04d}")


def view(made: ShiftLog | None = None, broken: int = 0) -> ShiftView:
    flow = {name: tuple(f"c{n}" for n in range(40)) for name in ("taken", "filed", "dispatched", "arrived")}
    items = tuple(item(n, n < 3) for n in range(6))
    return ShiftView(NOW, made or log(), items, flow, {}, (), (), {"camera": 3, "network": 1}, broken=broken)


@pytest.fixture
def rig(qapp: QApplication) -> Iterator[Rig]:
    made: Rig = PageRig(lambda theme, ticker, _drafts: ShiftPage(theme, ticker), (1000, 760))
    yield made
    made.close()


def shown(rig: Rig, made: ShiftView) -> ShiftPage:
    page = rig.page
    page.apply(made)
    row = replace(row_of(made.log), stage=made.log.stage.value)
    page.apply_list(ShiftList(NOW, (row,)))
    settle()
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_cut_in_any_section(qapp: QApplication, lang: str) -> None:
    rig: Rig = PageRig(lambda theme, ticker, _drafts: ShiftPage(theme, ticker), (1000, 760), lang)
    page = shown(rig, view())
    page.log.set_weather.setChecked(True)
    page.log.entry.choose("phone")
    cut = {}
    for section in ("log", "hand", "roster"):
        page.show_section(section)
        settle()
        cut[section] = cut_texts(page)
        other = [one for one in (page.log, page.hand, page.roster) if one.isVisible()]
        assert len(other) == 1, "one section at a time"
    rig.close()
    assert cut == {"log": [], "hand": [], "roster": []}


def test_fresh_rows_move_neither_the_current_line_nor_what_is_typed(rig: Rig) -> None:
    page = shown(rig, view())
    page.log.table.setCurrentCell(1, 0)
    page.log.entry.choose("order")
    page.log.entry.words.setPlainText("半句话")
    more = Entry("20260929-morning/7", "note", NOW, "li.na", "新的一条", seq=7)
    fresh = log()
    shown(rig, view(replace(fresh, entries=(*fresh.entries, more))))
    assert len(page.log.table.lines) == 7
    assert page.log.table.current == "20260929-morning/2"
    assert (page.log.entry.words.toPlainText(), page.log.entry.chosen) == ("半句话", "order")
    page.log.entry.refuse(Refusal("missing_reason", "shift_words"))
    assert page.log.entry.words.toPlainText() == "半句话"


def test_an_entry_is_a_kind_its_fields_and_a_sentence(rig: Rig) -> None:
    page = shown(rig, view())
    entry, wanted = page.log.entry, QSignalSpy(page.log.entry.wanted)
    entry.choose("phone")
    entry.fields["caller"].setText("王大伟")  # type: ignore[union-attr]
    entry.fields["unit"].setText("中烟社区")  # type: ignore[union-attr]
    entry.words.setPlainText("积水")
    entry.due.setText("半小时后")
    QTest.keyClick(entry.words, Qt.Key.Key_Return)
    assert wanted.count() == 0, "a time nobody understands is asked for again"
    entry.due.setText("12:30")
    QTest.keyClick(entry.words, Qt.Key.Key_Return)
    wish: EntryWish = wanted.at(0)[0]
    assert (wish.kind, wish.words, wish.caller, wish.fields) == (
        "phone",
        "积水",
        "王大伟",
        {"unit": "中烟社区"},
    )
    assert wish.due is not None
    entry.done()
    assert entry.words.toPlainText() == entry.due.text() == ""


def test_numbers_open_their_cases_and_lines_their_case(rig: Rig) -> None:
    page = shown(rig, view())
    wanted = QSignalSpy(page.log.cases_wanted)
    page.log.numbers["overdue"].click()
    page.log.numbers["filed"].click()
    assert [len(wanted.at(n)[1]) for n in range(wanted.count())] == [1, 40]
    assert not page.log.numbers["closed"].isEnabled()


def test_nobody_signs_before_every_red_item_was_opened(rig: Rig) -> None:
    page = shown(rig, view())
    page.set_actor(Actor("li.na", Role.DUTY))
    page.show_section("hand")
    hand = page.hand
    assert hand.off.isVisible()
    assert not hand.on.isEnabled()
    signature = Signature("li.na", NOW, (9, "h"), cautions="看住井盖")
    offered = log(stage=Stage.OFFERED, off=signature, taking="zhao.lei")
    shown(rig, view(offered))
    assert not hand.off.isVisible()
    assert not hand.on.isEnabled()
    opened = QSignalSpy(hand.item_opened)
    hand.table.setFocus()
    QTest.keyClick(hand.table, Qt.Key.Key_Return)
    assert list(opened.at(0)) == ["case:0", "20260929-0000"]
    seen = {f"case:{n}": ("zhao.lei", NOW) for n in range(3)}
    shown(rig, view(replace(offered, seen=seen)))
    assert hand.on.isEnabled()
    hand.password.setText("secret")
    page.set_actor(Actor("zhao.lei", Role.DUTY))
    assert hand.password.text() == "", "what another one typed is forgotten"


def test_a_frozen_log_takes_addenda_and_a_changed_one_says_so(rig: Rig) -> None:
    handed = log(stage=Stage.HANDED, on=Signature("zhao.lei", NOW, (9, "h"), offset_s=900))
    page = shown(rig, view(handed, broken=7))
    assert page._wrong.isVisible()
    assert not page.log.entry.isVisible()
    added = QSignalSpy(page.log.addendum_wanted)
    page.log.follow.setText("对讲机已找到")
    QTest.keyClick(page.log.follow, Qt.Key.Key_Return)
    assert list(added.at(0)) == ["对讲机已找到"]
    assert shift_words.signature("on", handed.on, NOBODY).endswith("晚 0:15")


def test_the_roster_is_walked_and_saved_by_keys(rig: Rig) -> None:
    page = shown(rig, view())
    page.show_section("roster")
    roster = page.roster
    day = roster.day
    roster.apply(DEFAULT, Roster(roster.month, 4, {(day, "night"): Duty("周建国", "王军", ("李娜",))}))
    assert roster.fields["night", "leader"].text() == "周建国"
    wanted = QSignalSpy(roster.duty_wanted)
    roster.calendar.setFocus()
    QTest.keyClick(roster.calendar, Qt.Key.Key_Return)
    field = roster.fields["morning", "officers"]
    field.setText("赵磊，钱海")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert wanted.count() == 1, "only what was changed"
    assert wanted.at(0)[:2] == [day, "morning"]
    assert wanted.at(0)[2] == Duty("", "", ("赵磊", "钱海"))
    QTest.keyClick(roster.calendar, Qt.Key.Key_Right)
    assert roster.day != day


def test_a_log_is_folded_from_what_can_be_read() -> None:
    odd = Event(1, "S20260929-night", NOW, NOW, "x", Action.SHIFT, {"what": "sung"}, 1, "", "")
    assert fold([odd]) is None
