"""The page of alarms: worst first, keys, shelf, history, flood; and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.domain.model import AlarmEvent
from console.domain.vocabulary import AlarmState, Severity, SourceKind
from console.i18n import LANGUAGES, set_language
from console.models.names import NameBook
from console.models.wording import letter
from console.services.views import AlarmRow
from console.widgets.alarm_details import goes_to
from console.widgets.alarm_page import TABS, AlarmPage
from console.widgets.alarm_shelf import minutes_until
from console.widgets.alarm_words import life_line
from console.wiring.speech import sentence
from tests.gui import samples
from tests.gui.alarm_kit import alarm_page, evening, history, life, view
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import desk, settle
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.usefixtures("qapp")

#: Pictures to look at; not kept in the repository.
SHOTS = Path(__file__).resolve().parents[2] / "shots" / "alarms"


@pytest.fixture
def rig() -> Iterator[PageRig[AlarmPage]]:
    made = alarm_page()
    yield made
    made.close()


def key(rig: PageRig[AlarmPage], which: Qt.Key) -> None:
    held = QApplication.focusWidget()
    QTest.keyClick(held if held is not None else rig.page.list, which)
    settle()


def shown(rig: PageRig[AlarmPage]) -> list[int]:
    return [row.alarm.id for row in rig.page.list.source.rows()]


def worst_of(rows: tuple[AlarmRow, ...]) -> AlarmRow:
    return rows[len(rows) // 2]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", [0, 3, 12, 60])
def test_the_worst_is_first_and_readable_however_many_there_are(lang: str, count: int) -> None:
    rig = alarm_page(lang)
    try:
        rows = evening(count)
        rig.page.apply(view(rows))
        if rows:
            rig.page.show_life(life(worst_of(rows)))
        rig.page.take_focus()
        settle()
        SHOTS.mkdir(parents=True, exist_ok=True)
        assert rig.window.grab().save(str(SHOTS / f"active-{count:02d}-{lang}.png"))
        assert cut_texts(rig.window) == []
        if not rows:
            assert rig.page.empty.isVisible()
            return
        first = rig.page.list.source.row(0)
        assert first is not None
        assert first.alarm.id == worst_of(rows).alarm.id
        assert rig.page.list.visualRect(rig.page.list.source.index(0)).top() == 0
        words = str(rig.page.list.source.index(0).data(int(Qt.ItemDataRole.AccessibleTextRole)))
        assert words.startswith(f"{letter(Severity.HIGH)} {first.number}")
    finally:
        rig.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_of_history_report_and_shelf(lang: str) -> None:
    rig = alarm_page(lang)
    try:
        rows = evening(24)
        aside = replace(
            rows[1],
            alarm=replace(
                rows[1].alarm,
                state=AlarmState.SHELVED,
                shelved_by="值班员01",
                shelved_until=samples.at(-1800),
                reason="施工中",
            ),
        )
        rig.page.apply(view((aside, *rows[2:]), 3))
        rig.page.apply_history(history(rows))
        for tab in TABS:
            rig.page.turn(tab)
            settle()
            assert rig.window.grab().save(str(_shot(f"{tab}-{lang}.png")))
            assert cut_texts(rig.window) == []
        rig.page.turn("active")
        key(rig, Qt.Key.Key_S)
        assert rig.page.details.shelf.isVisible()
        assert rig.window.grab().save(str(_shot(f"shelf-{lang}.png")))
        assert cut_texts(rig.window) == []
    finally:
        rig.close()


def _shot(name: str) -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS / name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_on_a_small_display_the_details_stand_below(lang: str) -> None:
    rig = alarm_page(lang)
    try:
        rig.window.resize(776, 560)
        rows = evening(12)
        rig.page.apply(view(rows, 3))
        rig.page.show_life(life(worst_of(rows)))
        rig.page.take_focus()
        settle()
        assert rig.window.grab().save(str(_shot(f"small-{lang}.png")))
        assert cut_texts(rig.window) == []
        assert rig.page.details.y() > rig.page.list.y()
        rig.window.resize(1240, 760)
        settle()
        assert rig.page.details.x() > rig.page.list.x()
    finally:
        rig.close()


def test_keys_act_on_the_chosen_alarm(rig: PageRig[AlarmPage]) -> None:
    rows = evening(3)
    rig.page.apply(view(rows))
    rig.page.take_focus()
    acknowledged, jumped = QSignalSpy(rig.page.acknowledged), QSignalSpy(rig.page.jump)
    key(rig, Qt.Key.Key_3)
    key(rig, Qt.Key.Key_Down)
    key(rig, Qt.Key.Key_1)
    key(rig, Qt.Key.Key_Return)
    order = shown(rig)
    assert [acknowledged.at(n) for n in range(acknowledged.count())] == [[order[0], 3], [order[1], 1]]
    assert jumped.at(0) == [rows[order[1] - 1].alarm]


def test_there_is_no_key_that_acknowledges_more_than_one(rig: PageRig[AlarmPage]) -> None:
    rig.page.apply(view(evening(12)))
    rig.page.take_focus()
    spy = QSignalSpy(rig.page.acknowledged)
    QTest.keyClick(rig.page.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(rig.page.list, Qt.Key.Key_1)
    assert spy.count() == 1


def test_the_chosen_alarm_stays_chosen_when_a_worse_one_comes(rig: PageRig[AlarmPage]) -> None:
    rows = evening(12)
    rig.page.apply(view(rows[:5], 3))
    rig.page.take_focus()
    key(rig, Qt.Key.Key_Down)
    chosen = rig.page.list.current
    assert chosen is not None
    rig.page.apply(view(rows, 3))
    assert rig.page.list.current is not None
    assert rig.page.list.current.alarm.id == chosen.alarm.id
    assert shown(rig)[0] == worst_of(rows).alarm.id


def test_a_flood_counts_the_low_ones_until_fewer_than_five(rig: PageRig[AlarmPage]) -> None:
    rows = evening(24)
    low = [row.alarm.id for row in rows if row.alarm.severity is Severity.LOW]
    rig.page.apply(view(rows, 10))
    assert set(low) <= set(shown(rig))
    rig.page.apply(view(rows, 11))
    assert not set(low) & set(shown(rig))
    assert str(len(low)) in rig.page.hidden_note.text()
    rig.page.apply(view(rows, 5))
    assert rig.page.flood
    rig.page.take_focus()
    for _ in range(3):
        key(rig, Qt.Key.Key_H)
    assert sorted(shown(rig)) == sorted(low)
    key(rig, Qt.Key.Key_H)
    rig.page.apply(view(rows, 4))
    assert len(shown(rig)) == 24
    assert not rig.page.hidden_note.isVisible()


def test_a_page_nobody_sees_sorts_nothing_and_a_refusal_is_read_in_a_flood(rig: PageRig[AlarmPage]) -> None:
    rig.page.hide()
    rig.page.apply(view(evening(24)))
    assert shown(rig) == []
    assert rig.page.flood
    rig.page.show()
    assert shown(rig)
    rig.page.say("nein", "red")
    rig.page.apply(view(evening(24)))
    assert rig.page.notice.isVisible()
    assert rig.page.notice.text() == "nein"


def test_the_shelf_wants_an_end_and_a_reason(rig: PageRig[AlarmPage]) -> None:
    rig.page.apply(view(evening(3)))
    rig.page.take_focus()
    form = rig.page.details.shelf
    wanted = QSignalSpy(form.wanted)
    key(rig, Qt.Key.Key_S)
    for end, complaint in (("nonsense", "30"), ("721", "720"), ("-5", "30"), ("", "30")):
        form.until.setText(end)
        form.reason.setText("施工")
        form._send()
        assert complaint in form._problem.text(), end
    form.until.setText("６０")
    form.reason.setText("   ")
    form._send()
    assert wanted.count() == 0
    form.reason.setText("施工 " + "长" * 10_000)
    form.reason.setFocus()
    key(rig, Qt.Key.Key_Return)
    alarm = shown(rig)[0]
    assert wanted.at(0) == [alarm, 60, "施工 " + "长" * 10_000]
    form.refuse(Refusal("illegal_transition", "alarm", alarm=alarm, state="cleared", action="shelve"))
    assert form.isVisible()
    key(rig, Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert QApplication.focusWidget() is rig.page.list
    key(rig, Qt.Key.Key_S)
    assert form.reason.text().startswith("施工")
    form.done(alarm)
    key(rig, Qt.Key.Key_S)
    assert form.reason.text() == ""


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45),
        ("4h", 240),
        ("４小时", 240),
        ("30 分钟", 30),
        ("15:00", 28),
        ("14：00", 1408),
        ("25:00", None),
        ("1:2:3", None),
        ("1e3", None),
        ("9" * 4000, None),
    ],
)
def test_ends_as_people_write_them(text: str, minutes: int | None) -> None:
    assert minutes_until(text, samples.NOW) == minutes  # 14:32:07 there


def test_round_all_tabs_and_back_by_keys(rig: PageRig[AlarmPage]) -> None:
    rig.page.apply(view(evening(3)))
    rig.page.take_focus()
    seen = []
    for _ in TABS:
        seen.append(rig.page.tab)
        key(rig, Qt.Key.Key_Right)
    assert tuple(seen) == TABS
    key(rig, Qt.Key.Key_Left)
    assert rig.page.tab == "report"
    wanted = QSignalSpy(rig.page.history_wanted)
    key(rig, Qt.Key.Key_Comma)
    assert str(wanted.at(0)[0]) == "2026-09-28"
    key(rig, Qt.Key.Key_Left)
    assert QApplication.focusWidget() is rig.page.list


def test_days_filters_and_export_by_key(rig: PageRig[AlarmPage]) -> None:
    wanted, file = QSignalSpy(rig.page.history_wanted), QSignalSpy(rig.page.export_wanted)
    rig.page.set_folder("/somewhere")
    rig.page.apply(view(evening(3)))
    rig.page.take_focus()
    key(rig, Qt.Key.Key_E)
    assert not rig.page.target.isVisible()
    rig.page.turn("history")
    rig.page.apply_history(history(evening(24)))
    rig.page.take_focus()
    key(rig, Qt.Key.Key_Comma)
    key(rig, Qt.Key.Key_Comma)
    key(rig, Qt.Key.Key_Period)
    key(rig, Qt.Key.Key_Period)
    key(rig, Qt.Key.Key_Period)
    days = [wanted.at(n)[0] for n in range(wanted.count())]
    assert [str(day)[-5:] for day in days] == [
        "None"[-5:],
        "09-28",
        "09-27",
        "09-28",
        "None"[-5:],
        "None"[-5:],
    ]
    rig.page.search.setText("航海")
    assert {row.number for row in rig.page.shown_past()} < {row.number for row in history(evening(24)).rows}
    rig.page.take_focus()
    key(rig, Qt.Key.Key_E)
    key(rig, Qt.Key.Key_Return)
    assert file.at(0) == ["/somewhere/alarms-20260929.xlsx"]


def test_a_change_of_language_changes_every_word(rig: PageRig[AlarmPage]) -> None:
    rig.page.apply(view(evening(3)))
    rig.page.set_voice("none", True)
    before = rig.page.tabs["active"].text()
    set_language("en")
    rig.page.retranslate()
    assert before != rig.page.tabs["active"].text()
    assert "Alarms 3/10 min" in rig.page.meter.text()
    assert "watch the screen" in rig.page.sound.text()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_spoken(lang: str) -> None:
    set_language(lang)
    try:
        medium, high, other = samples.alarms()
        one = sentence((high,), None)
        assert letter(Severity.HIGH)[0] in one
        assert "1040" in one
        assert "#" not in one
        burst = sentence((high, medium, other), None)
        assert burst.startswith(one)
        assert "2" in burst[len(one) :]
        flood = sentence((medium,), view(evening(60)))
        assert "60" in flood
        assert "1047" not in flood
    finally:
        set_language("zh")


def test_the_banner_counts_low_ones_in_a_flood() -> None:
    with desk() as rig:
        rig.sign_in()
        rows = evening(24)
        low = sum(row.alarm.severity is Severity.LOW for row in rows)
        rig.board(view(rows))
        banner = rig.parts.banner
        plain = banner._next.text()
        banner.set_flood(24)
        assert banner._next.text() != plain
        assert str(low) in banner._next.text()
        banner.set_flood(0)
        assert banner._next.text() == plain


def test_a_camera_alarm_leads_to_its_camera_a_case_alarm_to_its_case() -> None:
    with desk() as rig:
        rig.sign_in()
        banner = rig.parts.banner
        cases, cameras = QSignalSpy(banner.jump), QSignalSpy(banner.camera_wanted)
        kinds = {row.alarm.source_kind: row.alarm for row in evening(24)}
        assert set(kinds) == {SourceKind.CASE, SourceKind.CAMERA, SourceKind.NETWORK}
        for alarm in kinds.values():
            banner.go_to(alarm)
        owed = replace(kinds[SourceKind.CASE], source_kind=SourceKind.EMERGENCY, deadline=None)
        banner.go_to(owed)
        nowhere = replace(kinds[SourceKind.CAMERA], source_kind=SourceKind.DISK)
        banner.go_to(nowhere)
        assert [goes_to(one) for one in (*kinds.values(), owed, nowhere)] == [True] * 4 + [False]
        assert [cases.at(n)[0] for n in range(cases.count())] == [kinds[SourceKind.CASE].source_id] * 2
        seen = [cameras.at(n)[0] for n in range(cameras.count())]
        assert sorted(seen) == sorted([kinds[SourceKind.CAMERA].source_id, "YT-01"])


@pytest.mark.parametrize(("lang", "leader"), [("zh", "值班长"), ("en", "Shift leader")])
def test_an_escalation_says_whom_it_went_to(lang: str, leader: str) -> None:
    set_language(lang)
    try:
        event = AlarmEvent(1, samples.NOW, "escalated", "system", Severity.HIGH, reason="leader")
        assert life_line(event, NameBook(samples.NAMES), samples.NOW).endswith(leader)
        named = replace(event, reason="王军")
        assert life_line(named, NameBook(samples.NAMES), samples.NOW).endswith("王军")
    finally:
        set_language("zh")
