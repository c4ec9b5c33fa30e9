"""The sheet of a report by hand: typing, late answers, refusals, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Action, Channel, Role, Source, State
from console.i18n import LANGUAGES, t
from console.models.drafts import Drafts
from console.services.intake_desk import TakeIn
from console.services.reference import ImportReport, ImportRow
from console.services.requests import Act
from console.services.similar import Asked, SimilarCase
from console.services.vault import Vault
from console.services.views import CaseAnswer, ConditionHit, IntakeView
from console.services.whereabouts import Located, PlaceHit
from console.widgets.import_panel import ImportPanel
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import Rig, desk, settle

CONDITION = samples.case_view().condition
ROAD = PlaceHit("road", "R04", "镜湖大道", "Mirror Lake Avenue")
CAMERA = PlaceHit(
    "camera", "cam001", "镜湖大道和顺街口西", "Mirror Lake W", "yatai", "g1", "cam001", 113.7, 34.7
)
NEAR = SimilarCase(
    "20260929-1040", "#1040", State.FILED, "店外经营", "Outside", "镜湖大道", "", None, 23.4, True, True
)

pytestmark = pytest.mark.usefixtures("qapp")


def typed(words: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), words)
    settle()


def key(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), which, modifier)
    settle()


def sheet(rig: Rig) -> None:
    """The sheet is up and has the keyboard."""
    rig.sign_in()
    rig.window.control.new_by_hand()
    settle()
    assert rig.parts.intake.fields.category.line.hasFocus()


def sent(rig: Rig) -> TakeIn:
    asked = rig.worker.last(TakeIn)
    assert isinstance(asked, TakeIn)
    return asked


def classed(rig: Rig, letters: str = "zdj") -> None:
    assert CONDITION is not None
    typed(letters)
    rig.parts.intake.take_conditions(letters, [ConditionHit(CONDITION)])
    key(Qt.Key.Key_Tab)


def test_enter_waits_for_the_answer_to_what_was_typed_last() -> None:
    with desk() as rig:
        sheet(rig)
        classed(rig)
        typed("jh")
        key(Qt.Key.Key_Return)
        assert rig.worker.all(TakeIn) == []
        rig.parts.intake.take_places("j", [CAMERA])
        assert rig.worker.all(TakeIn) == [], "that was the answer to an older text"
        rig.parts.intake.take_places("jh", [ROAD, CAMERA])
        asked = sent(rig)
        assert (asked.condition, asked.place, asked.lon) == ("E09006-1", "镜湖大道", None)
        assert (asked.source, asked.channel, asked.reported_at) == (Source.PUBLIC, Channel.PHONE, samples.NOW)


def test_arrows_choose_and_a_camera_brings_its_point() -> None:
    with desk() as rig:
        sheet(rig)
        key(Qt.Key.Key_Tab)
        typed("jh")
        rig.parts.intake.take_places("jh", [ROAD, CAMERA])
        key(Qt.Key.Key_Down)
        key(Qt.Key.Key_Return)
        asked = sent(rig)
        assert (asked.camera, asked.community, asked.grid) == ("cam001", "yatai", "g1")
        assert (asked.lon, asked.lat) == (113.7, 34.7)


def test_an_address_that_begins_like_nothing_stays_as_it_was_written() -> None:
    with desk() as rig:
        sheet(rig)
        place = rig.parts.intake.fields.place
        place.setFocus()
        place.line.setText("大道旁老槐树下")
        place.line.textEdited.emit("大道旁老槐树下")
        rig.parts.intake.take_places("大道旁老槐树下", [ROAD])
        key(Qt.Key.Key_Return)
        assert (sent(rig).place, sent(rig).community) == ("大道旁老槐树下", "")


def test_a_point_of_the_map_names_the_place() -> None:
    with desk() as rig:
        sheet(rig)
        asked: list[tuple[float, float]] = []
        panel = rig.parts.intake
        ear = _Points(asked)
        panel.point_asked.connect(ear.take)
        panel.set_point(113.7264, 34.6993)
        assert asked == [(113.7264, 34.6993)]
        words = "镜湖大道和顺街口西"
        panel.take_located(Located(113.7264, 34.6993, "yatai", "g7", "cam001", 12.4, "镜湖大道", words))
        key(Qt.Key.Key_Return)
        assert (sent(rig).place, sent(rig).grid, sent(rig).lon) == ("镜湖大道和顺街口西", "g7", 113.7264)


class _Points:
    def __init__(self, into: list[tuple[float, float]]) -> None:
        self._into = into

    def take(self, lon: float, lat: float) -> None:
        self._into.append((lon, lat))


def test_a_refusal_keeps_everything_and_success_only_what_came_after() -> None:
    with desk() as rig:
        sheet(rig)
        classed(rig)
        typed("qixing 7")
        rig.parts.intake.take_places("qixing 7", [])
        fields = rig.parts.intake.fields
        fields.note.setPlainText("占道😀" * 2500)
        key(Qt.Key.Key_Return)
        rig.worker.refuse(TakeIn, Refusal("bad_value", "too_long", length=10_000, most=9000))
        assert fields.note.toPlainText() == "占道😀" * 2500
        assert fields.place.text == "qixing 7"
        assert "10000" in rig.parts.intake._error.text()
        key(Qt.Key.Key_Return)
        fields.note.setPlainText("the next call already")
        rig.worker.answer(TakeIn, CaseAnswer(samples.case(State.REGISTERING), (), ("case",)))
        assert fields.note.toPlainText() == "the next call already"
        rig.window.control.new_by_hand()
        key(Qt.Key.Key_Return)
        rig.worker.answer(TakeIn, CaseAnswer(samples.case(State.REGISTERING), (), ("case",)))
        assert fields.note.toPlainText() == ""


@pytest.mark.parametrize(
    ("field", "text"), [("found_at", "25:99"), ("reported_at", "明天"), ("found_at", "31-02 10:00")]
)
def test_a_time_nobody_can_read_is_a_sentence(field: str, text: str) -> None:
    with desk() as rig:
        sheet(rig)
        made = rig.parts.intake.fields.lines[field]
        made.setText(text)
        made.setFocus()
        key(Qt.Key.Key_Return)
        assert rig.worker.all(TakeIn) == []
        assert text in rig.parts.intake._error.text()
        assert made.text() == text
        made.setText("１４：０５")
        key(Qt.Key.Key_Return)
        value = getattr(sent(rig), field)
        assert (value.hour, value.minute) == (14, 5)


def test_a_class_nobody_knows_is_said_and_filing_at_once_needs_one() -> None:
    with desk() as rig:
        sheet(rig)
        key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert "还没有选类别" in rig.parts.intake._error.text()
        typed("qqq")
        rig.parts.intake.take_conditions("qqq", [])
        key(Qt.Key.Key_Return)
        assert "qqq" in rig.parts.intake._error.text()
        assert rig.worker.all(TakeIn) == []
        rig.parts.intake.fields.category.line.clear()
        typed("zdj")
        assert CONDITION is not None
        rig.parts.intake.take_conditions("zdj", [ConditionHit(CONDITION)])
        key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert sent(rig).then_file


def test_pasted_pictures_and_files_come_along_and_pasted_tables_are_text() -> None:
    with desk() as rig:
        sheet(rig)
        panel, brought = rig.parts.intake, []
        panel.brought.connect(brought.append)
        clip = QGuiApplication.clipboard()
        clip.setImage(QImage(8, 8, QImage.Format.Format_RGB32))
        key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert len(brought) == 1
        table = QMimeData()
        table.setText("甲\t乙\n丙\t丁")
        table.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
        clip.setMimeData(table)
        panel.fields.note.setFocus()
        key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert (len(brought), panel.fields.note.toPlainText()) == (1, "甲\t乙\n丙\t丁")
        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile("/tmp/现场.jpg")])
        clip.setMimeData(files)
        key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert len(brought) == 2
        for _ in range(2):
            panel.add_file("/tmp/现场.jpg")
        key(Qt.Key.Key_Return)
        assert sent(rig).files == ("/tmp/现场.jpg",)
        clip.clear()


def test_who_may_not_see_callers_has_no_field_for_them() -> None:
    with desk() as rig:
        sheet(rig)
        fields = rig.parts.intake.fields
        fields.lines["caller_name"].setText("王小明")
        assert fields.lines["caller_name"].isVisible()
        rig.window.set_actor(Actor("inspector", Role.INSPECTOR))
        rig.window.control.new_by_hand()
        settle()
        assert not fields.lines["caller_name"].isVisible()
        fields.place.setFocus()
        key(Qt.Key.Key_Return)
        assert (sent(rig).caller_name, sent(rig).callback) == ("", False)


def test_similar_cases_are_shown_while_typing() -> None:
    with desk() as rig:
        sheet(rig)
        panel, asked = rig.parts.intake, []
        panel.similar_asked.connect(asked.append)
        classed(rig)
        typed("jh")
        panel.take_places("jh", [CAMERA])
        key(Qt.Key.Key_Tab)
        panel._ask_similar()
        assert asked[-1] == Asked("", "E09006-1", 113.7, 34.7, "yatai", "镜湖大道和顺街口西")
        panel.take_similar(Asked(), [NEAR])
        assert not panel._near.isVisible()
        panel.take_similar(asked[-1], [NEAR, replace(NEAR, id="x", open=False)])
        assert panel._near.text() == "相似案件：1 件"
        assert panel._near_rows.itemAt(0).widget().text() == "#1040 · 店外经营 · 镜湖大道 · 相距 23 米"  # type: ignore[union-attr]


def test_a_similar_case_stops_the_first_enter_and_only_the_first() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        filing, wanted = rig.parts.detail.filing, []
        ear = _Pairs(wanted)
        filing.compare.connect(ear.take)
        filing.take_focus()
        typed("zdj")
        assert CONDITION is not None
        filing.take("zdj", [ConditionHit(CONDITION)])
        filing.take_similar(filing._asked, [NEAR])
        key(Qt.Key.Key_Return)
        assert wanted == [(rig.parts.detail.case_id, "20260929-1040")]
        assert rig.worker.all(Act) == []
        filing.looked("20260929-1040")
        key(Qt.Key.Key_Return)
        assert len(rig.worker.all(Act)) == 1


class _Pairs:
    def __init__(self, into: list[tuple[str, str]]) -> None:
        self._into = into

    def take(self, case: str, other: str) -> None:
        self._into.append((case, other))


def test_a_caller_is_covered_for_the_next_case_and_when_somebody_leaves() -> None:
    with desk() as rig:
        rig.sign_in()
        view = replace(samples.registering(), intake=IntakeView("there", True, "A-7", "wanted"))
        rig.case(view)
        line = rig.parts.detail.caller
        assert "已遮盖" in line._who.text()
        assert "A-7" in line._who.text()
        from console.services.persons import CallerView

        line.show_caller(CallerView(view.case.id, "王小明", "13800001111", ("20260929-1001",)))
        assert "王小明" in line._who.text()
        rig.case(replace(view, case=replace(view.case, id="20260929-1051")))
        assert "王小明" not in line._who.text()
        rig.case(replace(view, intake=IntakeView("there", False, "", "wanted")))
        assert not line.show_button.isVisible()
        assert not line.reached.isVisible()


def test_private_drafts_are_sealed_and_come_back(tmp_path: Path) -> None:
    box = Vault(tmp_path / "key")
    drafts = Drafts(tmp_path, None, box)
    drafts.put("intake/caller_name", "王小明", private=True)
    drafts.put("intake/note", "三个摊位")
    drafts.close()
    raw = (tmp_path / "drafts.json").read_text("utf-8")
    assert "王小明" not in raw
    assert json.loads(raw)["intake/note"] == "三个摊位"
    again = Drafts(tmp_path, None, box)
    assert (again.get("intake/caller_name"), again.get("intake/note")) == ("王小明", "三个摊位")
    again.put("x", "y")
    again.close()
    assert "王小明" not in (tmp_path / "drafts.json").read_text("utf-8")


@pytest.mark.logs("a private draft cannot be read")
def test_a_private_draft_under_another_key_is_gone_and_nothing_else(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path, None, Vault(tmp_path / "key"))
    drafts.put("intake/caller_name", "王", private=True)
    drafts.put("intake/note", "三个摊位")
    drafts.close()
    (tmp_path / "key").unlink()
    again = Drafts(tmp_path, None, Vault(tmp_path / "key"))
    assert (again.get("intake/caller_name"), again.get("intake/note")) == ("", "三个摊位")
    again.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_of_the_intake_is_cut_on_a_small_display(lang: str) -> None:
    with desk(size=(1366, 768)) as rig:
        rig.sign_in()
        switch_language(lang)
        found: list[str] = []

        def look(name: str) -> None:
            settle()
            found.extend(f"{name}: {line}" for line in cut_texts(rig.window))

        asked = IntakeView("there", True, "A-7", "wanted", may_erase=True)
        view = replace(samples.registering(), intake=asked)
        rig.case(view)
        detail = rig.parts.detail
        for _ in range(2):
            detail.caller.ask_erase()
            typed("x")
            key(Qt.Key.Key_Return)
            look("erasing")
        detail.caller.why.leave()
        detail.filing.set_verified(t("intake.verify.found_none", at="14:30:00"))
        detail.filing.take_similar(detail.filing._asked, [NEAR])
        look("caller, verified, similar")
        detail.start("verify")
        look("verify")
        waiting = replace(view, case=replace(view.case, state=State.VERIFYING))
        rig.case(replace(waiting, allowed=(Action.VERIFIED,), next_action=Action.VERIFIED))
        look("waiting")
        lists = ImportPanel(rig.theme)
        rig.parts.work.addWidget(lists)
        rig.parts.work.setCurrentWidget(lists)
        refused = ImportRow(3, False, "A-2", "refused", Refusal("bad_row", "half_a_point"))
        lists.take(ImportReport((refused, ImportRow(2, True, "A-1", "added")), (), True))
        look("list")
        assert found == []


def test_a_caller_goes_for_good_only_with_a_reason_said_again() -> None:
    with desk() as rig:
        rig.sign_in(samples.LEADER)
        told = IntakeView("there", may_read=True, may_erase=True)
        rig.case(replace(samples.registering(), intake=told))
        line, said = rig.parts.detail.caller, []
        ear = _Pairs(said)
        line.erase.connect(ear.take)
        line.ask_erase()
        assert line.why.field.hasFocus()
        key(Qt.Key.Key_Return)
        typed("benren")
        key(Qt.Key.Key_Return)
        assert line._warning.isVisible()
        typed(" yaoqiu")
        key(Qt.Key.Key_Return)
        assert said == [], "another reason is asked back again"
        key(Qt.Key.Key_Return)
        assert said == [(samples.registering().case.id, "benren yaoqiu")]
        line.ask_erase()
        key(Qt.Key.Key_Escape)
        assert not line.why.isVisible()
        rig.case(replace(samples.registering(), intake=replace(told, caller="erased")))
        assert not line.erase_button.isVisible()
        assert "已删除" in line._who.text()


def test_who_may_not_erase_is_not_asked_why() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(replace(samples.registering(), intake=IntakeView("there", may_read=True)))
        rig.parts.detail.caller.ask_erase()
        assert not rig.parts.detail.caller.why.isVisible()
        assert not rig.parts.detail.caller.erase_button.isVisible()
