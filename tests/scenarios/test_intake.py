"""Reports that come in, in the running program, by keyboard alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.model import Event
from console.domain.vocabulary import Action, Channel, DeadlineKind, EvidenceKind, Source, State
from console.services.cases import Attachment, NewCase
from console.services.intake import Report
from console.settings import Places
from tests.scenarios import intake_child
from tests.scenarios.cli_kit import ROOT
from tests.scenarios.console_kit import (
    OFFICER,
    Seat,
    Story,
    at,
    copied,
    press,
    seat,
    typed,
    until,
)

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
#: The point of camera cam001 and the camera's own words for it.
HERE = (113.726325, 34.69927)


@pytest.fixture
def place(quiet: Places, tmp_path: Path, qapp: QApplication) -> Places:
    """A copy of it to work on."""
    return copied(quiet, tmp_path / "data")


class Hand:
    """Presses keys and counts them."""

    def __init__(self, here: Seat) -> None:
        self.here, self.pressed = here, 0
        self.fields = here.desk.parts.intake.fields
        self.detail = here.desk.parts.detail

    def key(self, which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        press(which, modifier)
        self.pressed += 1

    def letters(self, words: str) -> None:
        typed(words)
        self.pressed += len(words)

    def sheet(self) -> None:
        """Shift+N from the board."""
        self.here.take(self.here.desk, self.here.desk.parts.board)
        self.key(Qt.Key.Key_N, SHIFT)
        until(self.fields.category.line.hasFocus, "the keyboard in the sheet")

    def classed(self, letters: str) -> None:
        """A class by its initials, and on."""
        self.letters(letters)
        until(lambda: self.fields.category.best is not None, "a class")
        self.key(Qt.Key.Key_Tab)

    def shown(self, state: State) -> str:
        """The newest case is open on the desk in this state; its id."""
        until(lambda: self.detail.view is not None and self.detail.view.case.state is state, f"{state} shown")
        assert self.detail.view is not None
        return self.detail.view.case.id


def composed(words: str) -> None:
    """What an input method hands over: Chinese, full-width digits."""
    held = QApplication.focusWidget()
    assert held is not None, "nobody has the keyboard"
    event = QInputMethodEvent()
    event.setCommitString(words)
    QApplication.sendEvent(held, event)


def told(here: Seat, case_id: str, action: Action) -> Event:
    return [event for event in here.events(case_id) if event.action is action][-1]


def test_a_telephone_call_is_filed_with_eight_keys(place: Places, story: Story) -> None:
    story.stand(at("08:15:02"))
    with seat(place, story) as here:
        here.sign_in()
        hand = Hand(here)
        hand.sheet()
        hand.classed("zdj")
        hand.letters("jh")
        until(lambda: hand.fields.place.best is not None, "a place")
        best = hand.fields.place.best
        hand.key(Qt.Key.Key_Return, CTRL)
        case_id = hand.shown(State.FILED)
        assert hand.pressed == 8
        case = here.case(case_id)
        assert best is not None
        assert (case.condition_id, case.source, case.place) == ("E09006-1", Source.PUBLIC, best.text)
        assert (case.reported_at, case.filed_at) == (at("08:15:02"), at("08:15:02"))
        assert told(here, case_id, Action.OPEN).data["channel"] == "phone"
        assert hand.fields.category.text == hand.fields.place.text == ""


def test_a_caller_a_verification_and_a_rejection(place: Places, story: Story) -> None:
    story.stand(at("08:15:02"))
    with seat(place, story) as here:
        here.sign_in()
        hand = Hand(here)
        hand.sheet()
        hand.key(Qt.Key.Key_Tab)
        composed("经北六路１１号")
        for _ in range(2):
            hand.key(Qt.Key.Key_Tab)
        composed("王小明")
        hand.key(Qt.Key.Key_Tab)
        composed("１３８ 00a")
        hand.key(Qt.Key.Key_Tab)
        hand.key(Qt.Key.Key_Space)
        hand.key(Qt.Key.Key_Return)
        panel = here.desk.parts.intake
        until(lambda: here.cases() or panel._refusal, "an answer")
        refused_then_mended(here, hand)
        case_id = hand.shown(State.REGISTERING)
        until(lambda: hand.detail.filing.field.hasFocus(), "the keyboard in the search")
        verified(here, hand, case_id)
        until(lambda: "不属实" in hand.detail.filing._told.text(), "what was found")
        hand.key(Qt.Key.Key_R)
        until(lambda: hand.detail.form.isVisible(), "a reason is asked for")
        hand.key(Qt.Key.Key_Return)
        assert here.case(case_id).state is State.REGISTERING, "no reason, no rejection"
        typed("bu shu shi")
        hand.key(Qt.Key.Key_Return)
        until(lambda: here.case(case_id).state is State.REJECTED, "rejected")
        assert here.case(case_id).end_reason == "bu shu shi"
        erased(here, hand, case_id)


def erased(here: Seat, hand: Hand, case_id: str) -> None:
    """The leader: Shift+Y, why, Enter, Enter; nobody can look any more."""
    here.desk.lock()
    until(lambda: here.console.actor is None, "locked")
    here.sign_in("wang.jun")
    here.desk.control.open_case(case_id)
    line = hand.detail.caller
    until(lambda: hand.detail.case_id == case_id and line.erase_button.isVisible(), "the leader's button")
    here.take(here.desk, hand.detail)
    hand.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    until(line.why.field.hasFocus, "why")
    typed("ben ren yao qiu")
    hand.key(Qt.Key.Key_Return)
    assert "再按一次" in line._warning.text()
    assert told(here, case_id, Action.PERSON).data["result"] == "reached", "not yet"
    hand.key(Qt.Key.Key_Return)
    until(lambda: told(here, case_id, Action.PERSON).data["result"] == "erased", "erased")
    assert told(here, case_id, Action.PERSON).data["reason"] == "ben ren yao qiu"
    until(lambda: "已删除" in line._who.text(), "said on the screen")
    assert not line.show_button.isVisible()


def refused_then_mended(here: Seat, hand: Hand) -> None:
    """A number nobody can call keeps everything on the sheet; mended, it goes."""
    panel, fields = here.desk.parts.intake, hand.fields
    assert here.cases() == []
    assert "电话号码看不懂" in panel._error.text()
    assert (fields.place.text, fields.lines["caller_name"].text()) == ("经北六路１１号", "王小明")
    here.take(here.desk, fields.lines["caller_phone"])
    fields.lines["caller_phone"].selectAll()
    composed("１３８００００１１１１")
    hand.key(Qt.Key.Key_Return)
    until(here.cases, "the case")
    case_id = here.cases()[0].id
    until(lambda: panel._refusal is None, "no complaint")
    until(lambda: hand.detail.case_id == case_id, "the case shown")
    line = hand.detail.caller
    assert line._wish.text() == "要求回电，还没有回"
    here.take(here.desk, hand.detail)
    hand.key(Qt.Key.Key_Y)
    until(lambda: "王小明" in line._who.text(), "the caller")
    assert told(here, case_id, Action.PERSON).data["result"] == "viewed"
    hand.key(Qt.Key.Key_K)
    until(lambda: "已回电" in line._wish.text(), "called back")
    assert told(here, case_id, Action.PERSON).data["result"] == "reached"
    raw = (here.console.options.places.data / "site.sqlite").read_bytes()
    assert "王小明".encode() not in raw
    hand.key(Qt.Key.Key_A)


def verified(here: Seat, hand: Hand, case_id: str) -> None:
    """V, to whom, Enter; A and 2 for the answer."""
    here.take(here.desk, hand.detail)
    hand.key(Qt.Key.Key_V)
    until(lambda: hand.detail.verify.whom.hasFocus(), "whom to send")
    typed("zhang san")
    hand.key(Qt.Key.Key_Return)
    until(lambda: here.case(case_id).state is State.VERIFYING, "sent")
    sent = told(here, case_id, Action.VERIFY)
    assert (sent.data["sent_to"], sent.data["channel"]) == ("zhang san", "phone")
    until(lambda: hand.detail.verify.waits, "waiting")
    clocks = {clock.kind: clock for clock in here.case(case_id).deadlines}
    assert clocks[DeadlineKind.DECISION].paused_since is not None
    assert clocks[DeadlineKind.VERIFY].running
    assert "核实剩" in hand.detail.verify._time.text()
    hand.key(Qt.Key.Key_A)
    until(lambda: hand.detail.verify.results[0].hasFocus(), "the answers")
    hand.key(Qt.Key.Key_2)
    until(lambda: here.case(case_id).state is State.REGISTERING, "answered")
    assert told(here, case_id, Action.VERIFIED).data["result"] == "none"


def photo(path: Path, colour: str) -> Path:
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path


def earlier(here: Seat, tmp_path: Path, colour: str) -> str:
    """A case of trading on the road at the crossing, with a picture."""
    services = here.console.engine.services
    new = NewCase(Source.PATROL, condition="E09006-1", place="和顺街口", lon=HERE[0], lat=HERE[1])
    case = services.intake.take(OFFICER, Report(new)).case
    services.cases.attach(
        OFFICER, case.id, [Attachment(photo(tmp_path / f"{colour}.jpg", colour), EvidenceKind.BEFORE)]
    )
    return case.id


def reported_again(here: Seat, hand: Hand, colour: str) -> str:
    """The same thing from a citizen, with a picture pasted onto the sheet; the
    search names its class, the first Enter lays both side by side."""
    compare = next(one for one in here.desk.parts.page.children() if type(one).__name__ == "CompareView")
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    QGuiApplication.clipboard().setImage(image)
    hand.sheet()
    hand.key(Qt.Key.Key_V, CTRL)
    until(lambda: hand.fields.files, "the pasted picture")
    hand.key(Qt.Key.Key_Tab)
    typed(f"{HERE[0]}, {HERE[1] + 0.0001}")
    before = len(here.cases())
    hand.key(Qt.Key.Key_Return)
    until(lambda: len(here.cases()) > before, "the case")
    case_id = here.cases()[-1].id
    until(lambda: hand.detail.case_id == case_id, "the case shown")
    until(lambda: len(here.case(case_id).evidence) == 1, "its picture")
    until(lambda: hand.detail.filing.field.hasFocus(), "the search")
    typed("zdj")
    until(lambda: hand.detail.filing.chosen() is not None, "a class")
    until(lambda: hand.detail.filing.similar, "the similar case")
    hand.key(Qt.Key.Key_Return)
    until(compare.isVisible, "side by side")  # type: ignore[attr-defined]
    until(lambda: compare.pictured == (True, True), "both pictures")  # type: ignore[attr-defined]
    return case_id


def test_doubles_are_laid_side_by_side_and_merged_linked_or_filed(
    place: Places, story: Story, tmp_path: Path
) -> None:
    story.stand(at("08:15:02"))
    with seat(place, story) as here:
        here.sign_in()
        hand = Hand(here)
        first = earlier(here, tmp_path, "teal")
        merged = reported_again(here, hand, "olive")
        hand.key(Qt.Key.Key_G)
        until(lambda: here.case(merged).state is State.DUPLICATE, "merged")
        kept, gone = here.case(first), here.case(merged)
        assert [one.sha256 for one in kept.evidence][1:] == [one.sha256 for one in gone.evidence]
        assert told(here, first, Action.MERGE).data["merged"] == merged
        child = reported_again(here, hand, "navy")
        hand.key(Qt.Key.Key_P)
        until(lambda: here.case(child).links, "linked")
        assert [(one.id, one.kind) for one in here.case(child).links] == [(first, "parent")]
        until(lambda: hand.detail.view and hand.detail.view.case.links, "the link shown")
        here.take(here.desk, hand.detail.filing.field)
        hand.key(Qt.Key.Key_Return)
        until(lambda: here.case(child).state is State.FILED, "seen once, filed at once")
        other = reported_again(here, hand, "maroon")
        hand.key(Qt.Key.Key_Return)
        until(
            lambda: here.case(other).state is not State.REGISTERING or _next(here), "the next pair or filed"
        )
        while here.case(other).state is State.REGISTERING:
            press(Qt.Key.Key_Return)
            QTest.qWait(50)
        assert here.case(other).links == ()


def _next(here: Seat) -> bool:
    compare = next(one for one in here.desk.parts.page.children() if type(one).__name__ == "CompareView")
    return bool(compare.isVisible())  # type: ignore[attr-defined]


def test_a_list_is_tried_and_then_taken_in_once(place: Places, story: Story, tmp_path: Path) -> None:
    story.stand(at("08:15:02"))
    file = tmp_path / "list.csv"
    rows = (
        "工单编号,来电时间,小类,地点,联系电话",
        "A-1,2026-03-02 08:00,占道经营,经北六路,13800001111",
        "A-2,昨天,占道经营,经北六路,",
    )
    file.write_text("\n".join(rows), encoding="gb18030")
    with seat(place, story) as here:
        here.sign_in()
        hand = Hand(here)
        here.take(here.desk, here.desk.parts.board)
        hand.key(Qt.Key.Key_I, CTRL)
        panel = here.desk.parts.work.currentWidget()
        assert panel is not None
        until(lambda: QApplication.focusWidget() is panel.path, "the file's name")  # type: ignore[attr-defined]
        typed(str(file))
        for done, cases in (("试读：可登记 1，已有 0，有错 1。", 0), ("已登记 1，已有 0，有错未登记 1。", 1)):
            hand.key(Qt.Key.Key_Return)
            until(lambda words=done: panel._said.text() == words, done)  # type: ignore[attr-defined]
            assert len(here.cases()) == cases
        assert here.cases()[0].state is State.REPORTED
        assert "昨天" in panel.rows.data(panel.rows.index(0, 3))  # type: ignore[attr-defined]


def test_what_is_typed_without_a_pause_outlives_a_kill(place: Places, tmp_path: Path) -> None:
    words = [sys.executable, "-m", intake_child.__name__, str(place.data), place.db_url]
    drafts = place.data / "drafts.json"
    with (tmp_path / "said").open("w+") as said:
        child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True)
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            said.seek(0)
            assert line.strip() == "typing", said.read()
            until(lambda: len(_note(drafts)) > 2 * len(intake_child.WORDS), "drafts while the typing goes on")
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
    kept = _note(drafts)
    assert (intake_child.WORDS * 100).startswith(kept)
    on_disk = drafts.read_text("utf-8")
    assert "Wang" not in on_disk
    assert "13800001111" not in on_disk
    with seat(place, actor=OFFICER) as here:
        until(lambda: here.board is not None, "the board")
        hand = Hand(here)
        hand.sheet()
        fields = hand.fields
        assert fields.note.toPlainText() == kept
        assert [fields.lines[name].text() for name in ("caller_name", "caller_phone")] == [
            "Wang",
            "13800001111",
        ]
        assert fields.place.text == "qixing road 7"
        until(lambda: fields.category.best is not None, "the class is known again")
        hand.key(Qt.Key.Key_Return)
        until(here.cases, "the case")
        (case,) = here.cases()
        assert (case.place, case.note, case.name_zh) == ("qixing road 7", kept.strip(), "占道经营")
        assert told(here, case.id, Action.OPEN).data["channel"] == Channel.PHONE.value
        until(lambda: "intake/note" not in drafts.read_text("utf-8"), "no draft any more")


def _note(drafts: Path) -> str:
    try:
        return str(json.loads(drafts.read_text("utf-8")).get(f"@{OFFICER.name}/intake/note", ""))
    except OSError:
        return ""
