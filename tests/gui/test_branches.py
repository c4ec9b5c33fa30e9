"""Forms of the branches, what rules them out, requests with their effect, and
what stays visible of a correction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from console.domain import approvals, deadlines, life, obstacles
from console.domain.model import Actor, Approval, Case, Command, Event
from console.domain.vocabulary import Action, Role, State
from console.i18n import LANGUAGES
from console.models.team_words import team_name
from console.services.requests import Act, AnswerApproval
from console.services.views import CaseView
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import Rig, desk, settle

pytestmark = pytest.mark.usefixtures("qapp")
NOW, RULES = samples.NOW, life.Rules()
FORMS = ("suspend", "extend", "supervise", "reply", "correct", "void", "force-close", "refuse", "add-team")


@pytest.fixture(params=LANGUAGES)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """A narrow desk with a leader, in either language."""
    with desk(size=(1366, 768)) as made:
        made.sign_in(samples.LEADER)
        switch_language(str(request.param))
        yield made


def told(seq: int, action: Action, **data: object) -> Event:
    return samples.event(seq, 60, action, **data)


def handling(**more: object) -> Case:
    """A case at work that was corrected, urged, returned and supervised."""
    values = {"arrived_at": NOW - timedelta(minutes=1), "urges": 2, "refusals": 1}
    values |= {"reply_by": NOW + timedelta(minutes=20)}  # type: ignore[dict-item]
    return replace(samples.case(State.ENROUTE), state=State.HANDLING, **(values | more))  # type: ignore[arg-type]


def view(case: Case, actor: Actor, *waiting: Approval) -> CaseView:
    """What the reader would make of it."""
    old, new = (NOW - timedelta(minutes=3)).isoformat(), (NOW - timedelta(minutes=1)).isoformat()
    events = (
        told(90, Action.CORRECT, field="arrived_at", old=old, new=new, reason="按键晚了", asked_by="li.na"),
        told(91, Action.SUPERVISE, text="请说明"),
    )
    return replace(
        samples.case_view(),
        case=case,
        events=events,
        next_action=life.next_action(case, actor.role, RULES),
        allowed=obstacles.possible(case, actor.role, RULES, NOW, waiting),
        blocked=obstacles.of(case, actor.role, RULES, NOW, waiting),
        approvals=waiting,
        previews={one.id: life.preview(case, one, RULES, NOW) for one in waiting},
    )


def request(number: int, who: str, command: Command, case: Case) -> Approval:
    wish = approvals.encode(command)
    return Approval(number, case.id, command.action, who, NOW - timedelta(minutes=2), command.reason, wish)


def suspension(case: Case, who: str = "li.na") -> Approval:
    return request(12, who, Command(Action.SUSPEND, reason="等产权单位", until=NOW + timedelta(days=2)), case)


def key(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClick(held, which, modifier)
    settle()


def test_every_form_has_room_for_its_words(rig: Rig) -> None:
    case = handling()
    rig.case(view(case, samples.LEADER))
    cut = []
    for action in FORMS:
        rig.parts.detail.start(action)
        settle()
        assert rig.parts.detail.form.isVisible(), action
        cut += [f"{action}: {line}" for line in cut_texts(rig.window)]
        rig.parts.detail._leave_form()
    own = request(13, samples.LEADER.name, Command(Action.VOID, reason="误报"), case)
    rig.case(view(case, samples.LEADER, suspension(case), own))
    rig.parts.detail.approvals.deny_first()
    settle()
    cut += [f"requests: {line}" for line in cut_texts(rig.window)]
    assert cut == []


def test_usual_times_by_the_arrow_and_what_they_mean(rig: Rig) -> None:
    rig.case(view(handling(), samples.LEADER))
    rig.parts.detail.start("suspend")
    settle()
    form = rig.parts.detail.form
    until = form._inputs["until"]
    assert until.hasFocus()
    key(Qt.Key.Key_Down)
    first = until.text()  # type: ignore[union-attr]
    key(Qt.Key.Key_Down)
    assert until.text().endswith("09:00")  # type: ignore[union-attr]
    assert "09:00" in form._hints["until"].text()
    key(Qt.Key.Key_Up)
    assert until.text() == first  # type: ignore[union-attr]
    key(Qt.Key.Key_Return)
    assert rig.worker.all(Act) == [], "not without a reason"
    assert form._inputs["reason"].hasFocus()
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    wish = rig.worker.last(Act)
    assert isinstance(wish, Act)
    assert wish.command.until is not None
    assert wish.command.until > NOW
    assert wish.command.reason


def test_a_corrected_source_is_chosen_by_its_word(rig: Rig) -> None:
    rig.case(view(handling(), samples.LEADER))
    rig.parts.detail.start("correct")
    settle()
    form = rig.parts.detail.form
    box = form._inputs["field_name"]
    fields = [str(box.itemData(at)) for at in range(box.count())]  # type: ignore[union-attr]
    assert "arrived_at" in fields
    assert "closed_at" not in fields, "it has no such time yet"
    box.setCurrentIndex(box.findData("source"))  # type: ignore[union-attr]
    value = form._inputs["field_value"]
    value.setFocus()
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Down)
    form._inputs["reason"].setText("听错")  # type: ignore[union-attr]
    form.submit()
    wish = rig.worker.last(Act)
    assert isinstance(wish, Act)
    assert (wish.command.field_name, wish.command.field_value) == ("source", "patrol")


def test_what_is_ruled_out_says_why_to_its_key_and_in_the_menu(rig: Rig) -> None:
    case = handling(suspensions=1)
    rig.case(view(case, samples.LEADER))
    rig.window.keys.run("letter:P")
    settle()
    assert "1" in rig.parts.detail.message.text()
    assert not rig.parts.detail.form.isVisible()
    off = [one for one in rig.parts.detail.action_bar._menu.actions() if not one.isEnabled()]
    said = [one.text() for one in off if not one.isSeparator()]
    assert len(said) == 1
    assert rig.parts.detail.message.text().startswith(said[0].partition("：")[2].strip() or "It has been")


def test_the_leader_reads_all_facts_and_answers_by_key() -> None:
    case = handling()
    with desk() as rig:
        rig.sign_in(samples.LEADER)
        rig.case(view(case, samples.LEADER, suspension(case)))
        panel = rig.parts.detail.approvals
        facts = " ".join(panel.facts(panel.open[0]))
        for words in ("申请挂账", "等产权单位", "案件变为“挂账”", "处置时限停走"):
            assert words in facts
        panel.approve_first()
        assert rig.worker.last(AnswerApproval) == AnswerApproval(samples.LEADER, 12, True)


def test_why_not_is_kept_while_it_is_typed(tmp_path: Path) -> None:
    case = handling()
    with desk(data_dir=tmp_path) as rig:
        rig.sign_in(samples.LEADER)
        rig.case(view(case, samples.LEADER, suspension(case)))
        panel = rig.parts.detail.approvals
        panel.deny_first()
        panel.reason.setText("情况不实，请核对")
        key(Qt.Key.Key_Escape)
        assert not panel.denial.isVisible()
        panel.deny_first()
        assert panel.reason.text() == "情况不实，请核对"
        # A refresh in between neither closes it nor takes the keyboard away.
        rig.case(replace(view(case, samples.LEADER, suspension(case)), events=()))
        assert panel.denial.isVisible()
        key(Qt.Key.Key_Return)
        wish = rig.worker.last(AnswerApproval)
        assert isinstance(wish, AnswerApproval)
        assert (wish.approve, wish.reason) == (False, "情况不实，请核对")


def test_the_asker_sees_since_when_it_waits() -> None:
    case = handling()
    with desk() as rig:
        rig.sign_in()
        rig.case(view(case, samples.OFFICER, suspension(case, samples.OFFICER.name)))
        (words, _one), *_ = rig.parts.detail.approvals._since
        assert "2 分钟前" in words.text()
        assert rig.parts.detail.approvals.open == ()


def test_the_old_value_stays_visible_in_head_and_time_line() -> None:
    with desk() as rig:
        rig.sign_in(samples.LEADER)
        rig.case(view(handling(), samples.LEADER))
        marks = " ".join(rig.parts.detail.marks.words())
        for words in ("督办", "请说明", "催办 2 次", "回退 1 次", "到场时间", "按键晚了", "li.na"):
            assert words in marks
        rig.clock.at += timedelta(minutes=21)
        rig.ticker.tick.emit(rig.clock.at)
        settle()
        assert rig.parts.detail.marks.words()[0].startswith("督办逾期")


def test_only_a_role_that_may_sees_a_branch() -> None:
    case = handling()
    assert Action.SUPERVISE in obstacles.of(case, Role.DUTY, RULES, NOW)
    assert Action.SUPERVISE not in obstacles.of(case, Role.LEADER, RULES, NOW)


def test_what_a_forced_close_cut_off_late_stays_to_be_seen() -> None:
    case = replace(handling(), state=State.CLOSED, exempt=True)
    ended = NOW + timedelta(minutes=5)
    cut = tuple(deadlines.cancel(one) for one in case.deadlines)
    with desk() as rig:
        rig.sign_in(samples.LEADER)
        rig.case(view(replace(case, deadlines=cut, closed_at=ended, ended_at=ended), samples.LEADER))
        lines = rig.parts.detail.clocks.words()
        assert any(line.startswith("到场 +") and "超时" in line for line in lines), lines
        assert not any(line.startswith("处置") for line in lines), "that one was not due yet"
        assert "申诉已准" in " ".join(rig.parts.detail.marks.words())


def test_a_further_team_is_chosen_by_its_reason(rig: Rig) -> None:
    case = handling()
    rig.case(view(case, samples.OFFICER))
    rig.parts.board.take_focus()
    key(Qt.Key.Key_D)
    form = rig.parts.detail.form
    team = form._inputs["teams"]
    assert isinstance(team, QComboBox)
    assert team.hasFocus()
    offered = [team.itemData(n) for n in range(team.count())]
    assert offered == [one.team.id for one in samples.proposals() if one.team.id not in case.teams]
    assert team_name(samples.TEAMS[1]) in team.itemText(0)
    key(Qt.Key.Key_Down)
    form.submit()
    settle()
    assert rig.worker.all(Act) == [], "not without a reason"
    QTest.keyClicks(form._inputs["reason"], "fire")
    key(Qt.Key.Key_Return)
    request = rig.worker.last(Act)
    assert isinstance(request, Act)
    assert request.command == Command(Action.ADD_TEAM, teams=(offered[1],), reason="fire")
