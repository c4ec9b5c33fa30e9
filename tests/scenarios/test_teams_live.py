"""Two teams for one case, by keys alone: one says it is not theirs, another goes,
accepts by telephone, arrives by radio; the photo afterwards is pasted and the
check sees it beside the one of before."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.model import Command
from console.domain.vocabulary import Action, DeadlineKind, EvidenceKind, Source, State
from console.i18n import LANGUAGES, set_language, t
from console.services.cases import Attachment, NewCase
from console.services.team_progress import TeamStep
from console.services.team_state import Doing
from console.settings import Places
from console.widgets.case_detail import CaseDetail
from console.widgets.keys import ACTION_KEYS, DESK_KEYS, WINDOW_KEYS
from console.widgets.team_page import TeamPage
from console.widgets.team_section import TeamSection
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp, pytest.mark.logs("the clock was stepped")]

PHONE = "13800001111"
LEADER = "wang.jun"


def picture(path: Path, color: str) -> Path:
    """A street in one colour."""
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    assert image.save(str(path))
    return path


def filed(here: Seat, folder: Path) -> str:
    """A case that waits for its team, with a picture of before."""
    service = here.console.engine.services.cases
    new = NewCase(
        source=Source.PUBLIC,
        condition="E09006-1",
        place=f"亚太广场 {PHONE}",
        community="410199001010",
        lon=113.74,
        lat=34.77,
        note=f"王女士 {PHONE} 反映",
    )
    case = service.open(OFFICER, new).case
    before = Attachment(picture(folder / "before.png", "#803020"), EvidenceKind.BEFORE)
    service.attach(OFFICER, case.id, [before])
    service.act(OFFICER, case.id, Command(Action.FILE))
    return case.id


class Hand:
    """Keys at the desk, and what came of them."""

    def __init__(self, here: Seat, story: Story, case_id: str) -> None:
        self.here, self.story, self.case_id = here, story, case_id
        self.detail: CaseDetail = here.desk.parts.detail

    def at(self, clock: str) -> None:
        self.story.stand(at(clock))

    def shown(self, state: State) -> None:
        """The step is stored and on the screen."""
        until(lambda: self.here.case(self.case_id).state is state, f"{state}")

        def there() -> bool:
            view = self.detail.view
            return (
                view is not None
                and view.case.version == self.here.case(self.case_id).version
                and not self.detail.action_bar._busy
            )

        until(there, f"{state} shown")

    def keys(self) -> None:
        """The keyboard at the case, not in a field."""
        self.here.take(self.here.desk, self.detail)

    def tick(self, *teams: str) -> None:
        """Space on the teams named, by the arrow keys."""
        rows = self.detail.dispatch.teams
        press(Qt.Key.Key_D)
        until(lambda: QApplication.focusWidget() is rows, "the keyboard at the teams")
        known = [one.team.id for one in self.detail.dispatch._proposals]
        ticked = set(self.detail.dispatch.chosen())
        for team in known:
            if (team in teams) != (team in ticked):
                while rows.currentRow() != known.index(team):
                    press(Qt.Key.Key_Down if rows.currentRow() < known.index(team) else Qt.Key.Key_Up)
                press(Qt.Key.Key_Space)
        assert set(self.detail.dispatch.chosen()) == set(teams)

    def toast(self) -> str:
        return self.here.desk.parts.toast.text()


def every_key_has_one_meaning(here: Seat) -> None:
    """A key that two rooms took would do nothing at all."""
    mine = [key.keys for key in (*here.desk.keys._more, *DESK_KEYS, *WINDOW_KEYS)]
    mine += sorted({*ACTION_KEYS.values(), "W"})
    assert sorted({one for one in mine if mine.count(one) > 1}) == []
    sheet = here.desk.parts.help
    sheet.toggle()
    listed = [key for _label, key in sheet._words if ".group_" not in key]
    sheet.toggle()
    assert listed
    for lang in LANGUAGES:
        set_language(lang)
        told = [t(key) for key in listed]
        assert sorted({one for one in told if told.count(one) > 1}) == [], "F1 names two keys alike"
    set_language("zh")


def two_go(hand: Hand) -> None:
    """Both teams ticked, Enter sends them."""
    hand.at("14:02:00")
    hand.tick("appearance", "patrol")
    press(Qt.Key.Key_Return)
    hand.shown(State.DISPATCHED)
    case = hand.here.case(hand.case_id)
    assert set(case.teams) == {"appearance", "patrol"}


def one_returns(hand: Hand) -> None:
    """R asks for the reason and will not go without it; the arrival runs on."""
    hand.at("14:03:00")
    before = {d.kind: d for d in hand.here.case(hand.case_id).deadlines}
    hand.keys()
    press(Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    steps = hand.detail.sections.current.steps  # type: ignore[union-attr]
    until(lambda: QApplication.focusWidget() is steps, "the keyboard at the teams of the case")
    while "巡消队" not in steps.currentItem().text():
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_R)
    assert "巡消队" in hand.detail.form._title.text()
    reason = hand.detail.form._inputs
    until(lambda: "reason" in reason and QApplication.focusWidget() is reason["reason"], "the reason")
    press(Qt.Key.Key_Return)
    assert hand.here.case(hand.case_id).state is State.DISPATCHED
    typed("bushu women")
    press(Qt.Key.Key_Return)
    hand.shown(State.FILED)
    after = {d.kind: d for d in hand.here.case(hand.case_id).deadlines}
    assert after[DeadlineKind.ARRIVAL].due_at == before[DeadlineKind.ARRIVAL].due_at
    assert after[DeadlineKind.ARRIVAL].running
    assert after[DeadlineKind.DISPATCH].due_at == at("14:04:00")
    assert after[DeadlineKind.HANDLING].paused_since == at("14:03:00")
    rows = {one.team.id: one for one in hand.detail.dispatch._proposals}
    assert not rows["patrol"].proposed
    assert rows["appearance"].proposed
    shown = [hand.detail.dispatch.teams.item(n).text() for n in range(hand.detail.dispatch.teams.count())]
    assert any("巡消队" in text and "14:03 退回：bushu women" in text for text in shown), shown


def message(hand: Hand) -> None:
    """Z copies words and picture, without the reporter; the record knows."""
    hand.keys()
    known = len(hand.here.events(hand.case_id))
    press(Qt.Key.Key_Z)
    until(lambda: len(hand.here.events(hand.case_id)) > known, "the note that it was copied")
    mime = QGuiApplication.clipboard().mimeData()
    assert "占道经营" in mime.text()
    assert "亚太广场" in mime.text()
    assert "前到场" in mime.text()
    assert PHONE not in mime.text()
    assert "王女士" not in mime.text()
    assert mime.hasImage()
    note = hand.here.events(hand.case_id)[-1]
    assert (note.action, note.data["told"]) == (Action.NOTE, "copied")
    assert "微信" in str(note.data["text"])
    assert "市容劝导队" in str(note.data["text"])


def goes_and_arrives(hand: Hand) -> None:
    """Sent again, accepted by telephone, there by radio; who said so is kept."""
    hand.at("14:03:40")
    hand.shown(State.FILED)
    hand.tick("appearance", "guard")
    press(Qt.Key.Key_Return)
    hand.shown(State.DISPATCHED)
    hand.keys()
    hand.at("14:04:10")
    answer = hand.detail.action_bar.answer
    press(Qt.Key.Key_J)
    assert answer.chosen() == "guard"
    press(Qt.Key.Key_J)
    assert answer.chosen() == "appearance"
    press(Qt.Key.Key_Q)
    until(lambda: QApplication.focusWidget() is answer.who, "the field for who")
    typed("He")
    press(Qt.Key.Key_Return)
    hand.shown(State.ENROUTE)
    accepted = hand.here.events(hand.case_id)[-1]
    assert (accepted.data["channel"], accepted.data["on_behalf_of"]) == ("phone", "He")
    assert accepted.data["by"] == ["appearance"]
    hand.keys()
    hand.at("14:09:00")
    answer.channels[next(one for one in answer.channels if one.value == "radio")].click()
    hand.keys()
    press(Qt.Key.Key_A)
    hand.shown(State.HANDLING)
    arrived = hand.here.events(hand.case_id)[-1]
    assert (arrived.action, arrived.data["channel"]) == (Action.ARRIVE, "radio")
    assert [(s.team, bool(s.accepted), bool(s.arrived)) for s in hand.detail.view.team_steps] == [  # type: ignore[union-attr]
        ("appearance", True, True),
        ("guard", False, False),
    ]


def the_other_too(hand: Hand) -> None:
    """Shift+J, Enter, Enter: the second team accepted and arrived as well."""
    press(Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    section = hand.detail.sections.current
    assert isinstance(section, TeamSection)
    until(lambda: QApplication.focusWidget() is section.steps, "the keyboard at the teams of the case")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    until(lambda: _step(hand, "guard").accepted, "it accepted")
    press(Qt.Key.Key_Return)
    until(lambda: _step(hand, "guard").arrived, "it arrived")
    told = hand.here.events(hand.case_id)[-1]
    assert (told.action, told.data["told"], told.data["by"]) == (Action.NOTE, "arrive", ["guard"])
    hand.keys()


def _step(hand: Hand, team: str) -> TeamStep:
    view = hand.detail.view
    assert view is not None
    return next(one for one in view.team_steps if one.team == team)


def team_board(hand: Hand) -> None:
    """F8: one on scene with its place, one told, one off duty by O."""
    press(Qt.Key.Key_F8)
    page = hand.here.desk.parts.pages.widget("teams")
    until(lambda: page.list.source.rowCount() > 0, "the teams")  # type: ignore[union-attr]
    rows = page.list.source  # type: ignore[union-attr]
    until(lambda: rows.find("appearance").doing is Doing.SCENE, "on scene")
    standing = rows.find("appearance")
    assert standing.spot is not None
    assert standing.spot.at == at("14:09:00")
    assert rows.find("guard").doing is Doing.SCENE
    until(lambda: QApplication.focusWidget() is page.list, "the keyboard at the list")  # type: ignore[union-attr]
    press(Qt.Key.Key_Slash)
    typed("food")
    until(lambda: rows.rowCount() == 1, "one team left")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_O)
    until(lambda: rows.find("food").doing is Doing.OFF, "off duty")
    press(Qt.Key.Key_D)
    until(lambda: "再按一次 D" in hand.toast(), "asked, since it is off duty")
    press(Qt.Key.Key_D)
    a_third_goes_along(hand)


def a_third_goes_along(hand: Hand) -> None:
    """Why, Enter: it goes along, and the message copied now is for it alone."""
    before = hand.here.case(hand.case_id)
    fields = hand.detail.form._inputs
    until(lambda: "reason" in fields and QApplication.focusWidget() is fields["reason"], "the reason")
    press(Qt.Key.Key_Return)
    typed("xuyao shiyao")
    press(Qt.Key.Key_Return)
    until(lambda: "food" in hand.here.case(hand.case_id).teams, "it goes along")
    hand.shown(State.HANDLING)
    case = hand.here.case(hand.case_id)
    assert case.teams == (*before.teams, "food")
    assert case.deadlines == before.deadlines
    told = hand.here.events(hand.case_id)[-1]
    assert (told.action, told.data["reason"]) == (Action.ADD_TEAM, "xuyao shiyao")
    press(Qt.Key.Key_F5)
    hand.keys()
    press(Qt.Key.Key_Z)
    until(lambda: hand.here.events(hand.case_id)[-1].data.get("told") == "copied", "copied")
    words = QGuiApplication.clipboard().mimeData().text()
    assert "食药监管队" in words
    assert "市容劝导队" not in words
    assert hand.here.events(hand.case_id)[-1].data["by"] == ["food"]
    assert _step(hand, "food").accepted is None


def photographed(hand: Hand, folder: Path) -> None:
    """A picture is pasted, a text is refused in words, a file is dropped."""
    hand.keys()
    hand.at("14:20:00")
    wrong = folder / "note.jpg"
    wrong.write_text("no picture at all")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(wrong)), QUrl.fromLocalFile(str(folder / "gone.png"))])
    QGuiApplication.clipboard().setMimeData(mime)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until(lambda: "note.jpg 不是图片" in hand.toast(), "refused in words")
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(QColor("#207040"))
    QGuiApplication.clipboard().setImage(image)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until(lambda: _after(hand) == 1, "the pasted picture")
    hand.here.take(hand.here.desk, hand.detail.note)
    image.fill(QColor("#208070"))
    QGuiApplication.clipboard().setImage(image)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until(lambda: _after(hand) == 2, "a picture pasted into a line of text")
    assert hand.detail.note.text() == ""
    drop(hand.detail, picture(folder / "after.png", "#30a050"))
    until(lambda: _after(hand) == 3, "the dropped picture")
    spool = hand.here.console.options.places.spool
    until(lambda: not list(spool.glob("photo-*")), "the spool swept")


def by_the_page(hand: Hand, page: TeamPage) -> None:
    """D on the page sends the open case; a team off duty is asked about once."""
    press(Qt.Key.Key_F8)
    until(lambda: QApplication.focusWidget() is page.list, "the keyboard at the list")
    until(lambda: page.list.source.rowCount() > 0, "the teams")
    page.list.go_to("patrol")
    press(Qt.Key.Key_O)
    until(lambda: page.list.source.find("patrol").on is False, "off duty")  # type: ignore[union-attr]
    press(Qt.Key.Key_D)
    until(lambda: "再按一次 D" in hand.toast(), "asked")
    assert hand.here.case(hand.case_id).state is State.FILED
    press(Qt.Key.Key_D)
    hand.shown(State.DISPATCHED)
    assert hand.here.case(hand.case_id).teams == ("patrol",)


def placed(hand: Hand, page: TeamPage) -> None:
    """Enter, a road, Enter: the team is there; a wrong rota is a sentence."""
    press(Qt.Key.Key_Return)
    until(lambda: QApplication.focusWidget() is page.details.fields["place"], "the place")
    typed("113.75,34.76")
    press(Qt.Key.Key_Return)
    until(lambda: _spot(page) == (113.75, 34.76), "the place stored")
    page.details.fields["hours"].setFocus()
    typed("always")
    press(Qt.Key.Key_Return)
    until(lambda: "always" in page.details._said.text(), "refused in words")
    page.details.fields["hours"].clear()
    typed("1-7 06:00-22:00")
    press(Qt.Key.Key_Return)
    until(lambda: page.list.source.find("patrol").hours == "1-7 06:00-22:00", "the rota")  # type: ignore[union-attr]
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_F5)


def _spot(page: TeamPage) -> tuple[float | None, float | None]:
    row = page.list.source.find("patrol")
    return (row.spot.lon, row.spot.lat) if row is not None and row.spot is not None else (None, None)


def the_leader_knows_when(hand: Hand) -> None:
    """A time a few minutes ago is the leader's to give, and marked by hand."""
    hand.keys()
    hand.at("14:08:00")
    answer = hand.detail.action_bar.answer
    assert answer.ago.isVisible()
    hand.here.take(hand.here.desk, answer.ago)
    typed("gestern")
    press(Qt.Key.Key_Return)
    until(lambda: "gestern" in hand.detail.message.text(), "refused in words")
    answer.ago.clear()
    typed("3")
    press(Qt.Key.Key_Return)
    hand.shown(State.ENROUTE)
    accepted = hand.here.events(hand.case_id)[-1]
    assert (accepted.at, accepted.recorded_at) == (at("14:05:00"), at("14:08:00"))
    assert accepted.data["manual"] is True


def test_the_page_sends_and_the_leader_says_when(site: Places, story: Story, tmp_path: Path) -> None:
    story.stand(at("14:01:30"))
    with seat(site, story) as here:
        here.sign_in(LEADER)
        case_id = filed(here, tmp_path)
        here.desk.open_case(case_id)
        hand = Hand(here, story, case_id)
        hand.shown(State.FILED)
        hand.keys()
        hand.at("14:02:00")
        page = here.desk.parts.pages.widget("teams")
        assert isinstance(page, TeamPage)
        by_the_page(hand, page)
        placed(hand, page)
        the_leader_knows_when(hand)


def _after(hand: Hand) -> int:
    return sum(one.kind is EvidenceKind.AFTER for one in hand.here.case(hand.case_id).evidence)


def drop(target: CaseDetail, path: Path) -> None:
    """Let a file fall onto the case."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enters = QDragEnterEvent(QPoint(20, 20), copy, mime, left, none)
    QApplication.sendEvent(target, enters)
    assert enters.isAccepted()
    falls = QDropEvent(QPointF(20, 20), copy, mime, left, none)
    QApplication.sendEvent(target, falls)


def checked(hand: Hand) -> None:
    """I shows both large; W needs a reason; A passes."""
    hand.keys()
    hand.at("14:30:00")
    hand.shown(State.HANDLING)
    press(Qt.Key.Key_A)
    hand.shown(State.FEEDBACK)
    pair = hand.detail.pair
    until(lambda: pair.ready == (True, True), "before and after in the pane")
    press(Qt.Key.Key_I)
    view = next(one for one in hand.here.desk.parts.page.children() if type(one).__name__ == "CheckView")
    until(lambda: view.pair.ready == (True, True), "both large")  # type: ignore[attr-defined]
    press(Qt.Key.Key_W)
    until(lambda: QApplication.focusWidget() is view.reason, "the reason")  # type: ignore[attr-defined]
    press(Qt.Key.Key_Return)
    assert hand.here.case(hand.case_id).state is State.FEEDBACK
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_A)
    hand.shown(State.CLOSING)
    until(lambda: view.isHidden(), "the check is over")  # type: ignore[attr-defined]


def test_two_teams_one_returns_and_the_photo_is_pasted(site: Places, story: Story, tmp_path: Path) -> None:
    story.stand(at("14:01:30"))
    with seat(site, story) as here:
        here.sign_in()
        case_id = filed(here, tmp_path)
        here.desk.open_case(case_id)
        hand = Hand(here, story, case_id)
        hand.shown(State.FILED)
        every_key_has_one_meaning(here)
        hand.keys()
        two_go(hand)
        one_returns(hand)
        message(hand)
        goes_and_arrives(hand)
        the_other_too(hand)
        team_board(hand)
        photographed(hand, tmp_path)
        checked(hand)
        QTest.qWait(1)
