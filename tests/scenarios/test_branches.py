"""Every branch after dispatch in the running program, by keyboard: asked by the
officer on duty, granted or denied by the leader, at the second it happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from console.domain import deadlines, replay
from console.domain.model import Case, Command, Deadline
from console.domain.vocabulary import Action, AlarmState, DeadlineKind, Source, SourceKind, State
from console.services.cases import NewCase
from console.services.figures import today
from console.settings import Places
from console.widgets.request_bar import RequestBar
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
LEADER = "wang.jun"
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
WAY = (Action.FILE, Action.DISPATCH, Action.ACCEPT, Action.ARRIVE, Action.HANDLED, Action.CHECK, Action.CLOSE)


@pytest.fixture
def desk(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Desk]:
    """A console at 08:00 with the officer on duty signed in."""
    with seat(copied(quiet, tmp_path / "data"), story) as here:
        here.sign_in()
        yield Desk(here, story)


class Desk:
    """What two people do at one desk."""

    def __init__(self, here: Seat, story: Story) -> None:
        self.here, self.story = here, story
        self.parts = here.desk.parts
        self.detail = here.desk.parts.detail
        self.cases = here.console.engine.services.cases

    def at(self, clock: str, day: str = "2026-03-02") -> None:
        """It is this late now, and the sweep has looked."""
        self.story.stand(at(clock, day))
        engine = self.here.console.engine
        before = engine.sweeps
        engine.wake()
        until(lambda: engine.sweeps > before, "a sweep")

    def case(self, steps: int, *clocks: str) -> Case:
        """A case led ``steps`` steps along the straight way, one at each time."""
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        self.story.stand(at(clocks[0]))
        made = self.cases.open(OFFICER, new).case
        for action, clock in zip(WAY[:steps], clocks[1:], strict=True):
            self.story.stand(at(clock))
            made = self.cases.act(OFFICER, made.id, Command(action)).case
        return made

    def wear(self, name: str) -> None:
        """Lock, and somebody else signs in."""
        press(Qt.Key.Key_L, CTRL)
        until(lambda: self.here.console.actor is None, "locked")
        self.here.sign_in(name)

    def show(self, case: Case) -> None:
        """The case as it is now stands in the pane, which has the keyboard."""
        before = self.detail.view
        self.here.desk.open_case(case.id)
        until(lambda: self.detail.view is not before, "read again, for who sits here now")
        self.shown(case)
        self.here.take(self.here.desk, self.detail)

    def shown(self, case: Case) -> None:
        def there() -> bool:
            view = self.detail.view
            return (
                view is not None
                and view.case.id == case.id
                and view.case.version == self.now(case).version
                and len(view.events) == len(self.here.events(case.id))
            )

        until(there, f"{case.id} shown as it is")

    def now(self, case: Case) -> Case:
        return self.here.case(case.id)

    def form(self, key: Qt.Key, field: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier):  # type: ignore[no-untyped-def]
        """The letter, and its form has the keyboard."""
        press(key, modifier)
        inputs = self.detail.form._inputs
        until(lambda: field in inputs and QApplication.focusWidget() is inputs[field], f"the field {field}")

    def menu(self, words: str, field: str) -> None:
        """By the command bar, for what has no letter."""
        press(Qt.Key.Key_K, CTRL)
        bar = self.parts.command
        until(lambda: QApplication.focusWidget() is bar.field, "the command bar")
        written(words)
        press(Qt.Key.Key_Return)
        inputs = self.detail.form._inputs
        until(lambda: field in inputs and QApplication.focusWidget() is inputs[field], f"the field {field}")

    def asked(self, case: Case, action: Action) -> None:
        """The request lies with the leader, and the asker sees it."""
        until(lambda: any(e.data.get("asked") is True for e in self.events(case, action)), "asked")
        self.shown(case)
        until(lambda: bool(self.detail.approvals._since), "the asker sees that it waits")
        self.here.take(self.here.desk, self.detail)

    def events(self, case: Case, action: Action):  # type: ignore[no-untyped-def]
        return [event for event in self.here.events(case.id) if event.action is action]

    def grant(self, case: Case) -> str:
        """The leader goes to the request by key, reads it, and approves; what
        he read."""
        self.wear(LEADER)
        bar = self.here.desk.findChild(RequestBar)
        assert bar is not None
        until(bar.isVisible, "the line of requests")
        press(Qt.Key.Key_Y, ALT)
        self.shown(case)
        until(lambda: bool(self.detail.approvals.open), "the request in the pane")
        facts = " ".join(self.detail.approvals.facts(self.detail.approvals.open[0]))
        self.here.take(self.here.desk, self.detail)
        press(Qt.Key.Key_Y, CTRL)
        until(lambda: self.here.events(case.id)[-2].action is Action.APPROVE, "approved")
        self.shown(case)
        self.here.take(self.here.desk, self.detail)
        return facts

    def refusal(self, *words: str) -> None:
        """The pane says why not."""
        until(lambda: all(one in self.detail.message.text() for one in words), f"a sentence with {words}")

    def close(self) -> None:
        """The chain's events alone make the cases as they lie there."""
        with self.here.console.engine.store.uows.read() as uow:
            standard = {(one.condition_id, one.version): one for one in uow.reference.conditions()}
        for case in self.here.cases():
            made = replay.case(self.here.events(case.id), standard)
            assert made is not None
            assert (made.state, made.teams, made.deadlines) == (case.state, case.teams, case.deadlines)
            assert (made.urges, made.rework, made.extensions) == (case.urges, case.rework, case.extensions)


def written(words: str) -> None:
    """Chinese as an input method brings it; keys have no such letters."""
    held = QApplication.focusWidget()
    assert held is not None, "nobody has the keyboard"
    brought = QInputMethodEvent()
    brought.setCommitString(words)
    QApplication.sendEvent(held, brought)


def clock(case: Case, kind: DeadlineKind = DeadlineKind.HANDLING) -> Deadline:
    found = deadlines.of(case, kind)
    assert found is not None
    return found


def local(instant: datetime | None) -> str:
    assert instant is not None
    return (instant + timedelta(hours=8)).strftime("%m-%d %H:%M:%S")


TO_HANDLING = ("08:00:00", "08:01:00", "08:01:30", "08:02:00", "08:08:00")


def test_suspended_until_a_date_by_two_people(desk: Desk) -> None:
    case = desk.case(4, *TO_HANDLING)
    desk.at("08:20:00")
    desk.show(case)
    desk.form(Qt.Key.Key_P, "until")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)  # tomorrow 09:00
    assert "明天" not in desk.detail.form._inputs["until"].text()
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Down)  # 等产权单位
    press(Qt.Key.Key_Return)
    desk.asked(case, Action.SUSPEND)
    assert desk.now(case).state is State.HANDLING, "asked, not done"
    press(Qt.Key.Key_P)
    desk.refusal("li.na", "已申请")
    desk.at("08:25:00")
    facts = desk.grant(case)
    for words in ("李娜", "挂账到 03-03 09:00", "等产权单位", "处置时限停走"):
        assert words in facts, facts
    rests = desk.now(case)
    assert (rests.state, local(rests.suspended_until)) == (State.SUSPENDED, "03-03 09:00:00")
    assert local(clock(rests).paused_since) == "03-02 08:25:00"
    assert desk.detail.marks.words()[0] == "挂账至 03-03 09:00 · 等产权单位"
    until(
        lambda: desk.here.board is not None and desk.here.board.cards[0].suspended_why == "等产权单位",
        "the reason on the card",
    )
    desk.at("09:00:00", "2026-03-03")
    until(lambda: desk.now(case).state is State.HANDLING, "resumed on its date")
    back = desk.here.events(case.id)[-1]
    assert (back.action, back.actor, back.data["by_itself"]) == (Action.RESUME, "system", True)
    # The clock goes on where it stood: two hours less what had passed.
    used = timedelta(minutes=25) - timedelta(minutes=1, seconds=30)
    assert clock(desk.now(case)).due_at - at("09:00:00", "2026-03-03") == timedelta(hours=2) - used
    desk.shown(case)
    press(Qt.Key.Key_P)
    desk.refusal("挂账过 1 次")
    desk.close()


def test_extended_twice_at_most_and_never_once_overdue(desk: Desk) -> None:
    case, late = desk.case(4, *TO_HANDLING), desk.case(4, *TO_HANDLING)
    for number, hour in enumerate(("09:00:00", "11:00:00"), 1):
        desk.at(hour)
        desk.show(case)
        due = clock(desk.now(case)).due_at
        desk.form(Qt.Key.Key_X, "reason")
        written("现场复杂")
        press(Qt.Key.Key_Return)
        desk.asked(case, Action.EXTEND)
        assert "处置时限" in desk.grant(case)
        assert desk.now(case).extensions == number
        assert clock(desk.now(case)).due_at - due == timedelta(hours=2)
        desk.wear("li.na")
    desk.show(case)
    press(Qt.Key.Key_X)
    desk.refusal("2 次")
    desk.show(late)
    press(Qt.Key.Key_X)
    desk.refusal("10:01:30")
    desk.close()


def test_denied_with_a_reason_withdrawn_and_forced_to_close(desk: Desk) -> None:
    case = desk.case(2, *TO_HANDLING[:3])
    desk.at("08:03:00")
    desk.show(case)
    desk.menu("作废", "reason")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    desk.asked(case, Action.VOID)
    desk.wear(LEADER)
    desk.show(case)
    until(lambda: bool(desk.detail.approvals.open), "the request")
    press(Qt.Key.Key_J, CTRL)
    until(lambda: QApplication.focusWidget() is desk.detail.approvals.reason, "why not")
    press(Qt.Key.Key_Return)
    assert desk.events(case, Action.DENY) == [], "not without a reason"
    written("现场属实")
    press(Qt.Key.Key_Return)
    until(lambda: bool(desk.events(case, Action.DENY)), "denied")
    denied = desk.events(case, Action.DENY)[0]
    assert (denied.actor, denied.data["reason"], denied.data["asked"]) == (LEADER, "现场属实", "void")
    assert desk.now(case).state is State.DISPATCHED
    desk.wear("li.na")
    desk.show(case)
    desk.menu("强制结案", "reason")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    desk.asked(case, Action.FORCE_CLOSE)
    facts = desk.grant(case)
    assert "案件变为“已结案”" in facts
    ended = desk.now(case)
    assert (ended.state, ended.end_reason) == (State.CLOSED, "现场已自行消除")
    assert all(not one.running for one in ended.deadlines)
    assert clock(ended, DeadlineKind.ARRIVAL).cancelled, "cut off, not met"
    desk.close()


def test_appealed_and_the_overrun_stays_visible(desk: Desk) -> None:
    late = "10:30:00"
    case = desk.case(7, *TO_HANDLING, late, "10:31:00", "10:32:00")
    desk.at("10:40:00")
    services = desk.here.console.engine.services
    start, end = today(at("10:40:00"))
    before = services.kpi.figures(OFFICER, start, end).rows[0].values["handling_on_time"]
    desk.show(case)
    desk.menu("申诉", "reason")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    desk.asked(case, Action.APPEAL)
    assert "超时不计入统计" in desk.grant(case)
    after = services.kpi.figures(OFFICER, start, end).rows[0].values["handling_on_time"]
    assert (before.num, after.num) == (0, 1)
    assert desk.now(case).exempt
    assert "申诉已准" in " ".join(desk.detail.marks.words())
    assert any("处置" in line and "超时" in line for line in desk.detail.clocks.words())
    # Closed and appealed, it comes back: reopened by the leader, with a reason.
    desk.form(Qt.Key.Key_O, "reason")
    written("摊贩返回")
    press(Qt.Key.Key_Return)
    until(lambda: desk.now(case).state is State.HANDLING, "reopened")
    assert clock(desk.now(case)).missed_before, "the first round stays late"
    desk.close()


def test_supervised_urged_returned_and_sent_back(desk: Desk) -> None:
    case = desk.case(2, *TO_HANDLING[:3])
    desk.at("08:03:00")
    desk.show(case)
    press(Qt.Key.Key_U)
    until(lambda: desk.now(case).urges == 1, "urged")
    desk.shown(case)
    press(Qt.Key.Key_U)
    until(lambda: desk.now(case).urges == 2, "urged again")
    desk.shown(case)
    assert "催办 2 次" in " ".join(desk.detail.marks.words())
    desk.form(Qt.Key.Key_R, "reason")
    press(Qt.Key.Key_Down)  # 不属本队
    press(Qt.Key.Key_Return)
    until(lambda: desk.now(case).state is State.FILED, "returned")
    assert clock(desk.now(case)).paused_since is not None
    assert clock(desk.now(case), DeadlineKind.ARRIVAL).running, "the arrival runs on"
    desk.wear(LEADER)
    desk.show(case)
    desk.form(Qt.Key.Key_H, "reply_by")
    typed("08:20")
    press(Qt.Key.Key_Tab)
    written("为何退回")
    press(Qt.Key.Key_Return)
    until(lambda: desk.now(case).reply_by is not None, "supervised")
    desk.shown(case)
    assert desk.detail.marks.words()[0] == "督办：08:20 前答复 · 为何退回"
    until(
        lambda: desk.here.board is not None and desk.here.board.cards[0].reply_by == at("08:20:00"),
        "on the board",
    )
    desk.at("08:21:00")
    desk.show(case)
    until(lambda: desk.detail.marks.words()[0].startswith("督办逾期"), "overdue")
    until(lambda: owed(desk) == [(case.id, "reply_overdue", AlarmState.RAISED)], "it rings")
    desk.wear("li.na")
    desk.show(case)
    desk.form(Qt.Key.Key_H, "text", Qt.KeyboardModifier.ShiftModifier)
    written("已改派")
    press(Qt.Key.Key_Return)
    until(lambda: desk.now(case).reply_by is None, "replied")
    reply = desk.events(case, Action.REPLY)[0]
    assert (reply.data["text"], reply.data["in_time"]) == ("已改派", False)
    until(lambda: owed(desk) == [(case.id, "reply_overdue", AlarmState.RETURNED)], "it is over")
    desk.close()


def owed(desk: Desk) -> list[tuple[str, str, AlarmState]]:
    """What rings because a reply is owed."""
    kind = SourceKind.SUPERVISION
    found = (alarm for alarm, _ in desk.here.alarms())
    return [(one.source_id, one.code, one.state) for one in found if one.source_kind is kind]


def test_rework_is_counted_and_the_clock_ran_on(desk: Desk) -> None:
    case = desk.case(5, *TO_HANDLING, "08:30:00")
    desk.at("08:40:00")
    desk.show(case)
    desk.form(Qt.Key.Key_W, "reason")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    until(lambda: desk.now(case).state is State.HANDLING, "sent back")
    sent_back = desk.now(case)
    assert (sent_back.rework, sent_back.handled_at) == (1, None)
    assert local(clock(sent_back).due_at) == "03-02 10:01:30", "as if it had never ended"
    desk.close()


def test_a_wrong_time_is_corrected_and_what_rang_stays(desk: Desk) -> None:
    case = desk.case(4, "08:00:00", "08:01:00", "08:01:30", "08:02:00", "08:12:00")
    rang = desk.here.alarms()
    desk.at("08:20:00")
    assert deadlines.ended_late(clock(desk.now(case), DeadlineKind.ARRIVAL))
    desk.show(case)
    desk.form(Qt.Key.Key_C, "field_name")
    box = desk.detail.form._inputs["field_name"]
    while box.currentData() != "arrived_at":  # type: ignore[union-attr]
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Tab)
    typed("07:59")
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    until(lambda: "早于" in desk.detail.form._error.text(), "not before the step before")
    value = desk.detail.form._inputs["field_value"]
    desk.here.take(desk.here.desk, value)
    value.selectAll()  # type: ignore[union-attr]
    typed("08:09:30")
    press(Qt.Key.Key_Return)
    desk.asked(case, Action.CORRECT)
    facts = desk.grant(case)
    assert "到场时间：08:12:00 → 08:09:30" in facts
    assert "到场由超时变为按时" in facts
    right = desk.now(case)
    assert (local(right.arrived_at), right.manual_time) == ("03-02 08:09:30", True)
    assert not deadlines.ended_late(clock(right, DeadlineKind.ARRIVAL))
    marks = " ".join(desk.detail.marks.words())
    assert "到场时间 08:12:00 → 08:09:30" in marks
    assert "李娜" in marks
    assert len(desk.here.alarms()) == len(rang), "what rang stays"
    assert all(alarm.state is not AlarmState.RAISED for alarm, _ in desk.here.alarms())
    start, end = today(at("08:20:00"))
    figures = desk.here.console.engine.services.kpi.figures(OFFICER, start, end).rows[0].values
    assert (figures["arrival_met"].num, figures["arrival_met"].den) == (1, 1)
    desk.close()
