"""The page of teams, the row of who said so, the pictures side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.errors import Refusal
from console.domain.model import Evidence, Team
from console.domain.vocabulary import Action, Channel, DeadlineKind, EvidenceKind
from console.i18n import LANGUAGES, set_language
from console.services.team_progress import Said, TeamStep
from console.services.team_state import Doing, Spot, Standing, TeamBoardView, TeamCase
from console.services.views import TeamProposal
from console.widgets.answer_row import AnswerRow, parse_ago
from console.widgets.dispatch_panel import DispatchPanel
from console.widgets.picture_pair import PicturePair
from console.widgets.team_page import TeamPage
from console.wiring.photos import Given, look
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import settle
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.usefixtures("qapp")


def standing(number: int, doing: Doing = Doing.FREE, cases: int = 0) -> Standing:
    team = Team(
        f"t{number:02d}", f"第{number}队", f"Team {number}", True, ("亚太社区",), (), "何队长", "000-1001"
    )
    clock = samples.running(DeadlineKind.ARRIVAL, 300)
    own = tuple(
        TeamCase(f"20260929-{n:04d}", f"#{n:04d}", "占道经营", "Trading on road", "朝凤路", doing, clock)
        for n in range(number * 10, number * 10 + cases)
    )
    spot = Spot("朝凤路与经北六路口", 113.7, 34.7, samples.at(480), "arrival") if number % 3 else None
    return Standing(
        team, doing is not Doing.OFF, "always", "", None, doing, own, spot, (("何队长", "000-1001"),), ""
    )


def sixty() -> TeamBoardView:
    kinds = (Doing.FREE, Doing.ENROUTE, Doing.SCENE, Doing.TOLD, Doing.OFF)
    rows = (
        standing(n, kinds[n % 5], 0 if kinds[n % 5] in (Doing.FREE, Doing.OFF) else n % 4 + 1)
        for n in range(60)
    )
    return TeamBoardView(samples.NOW, tuple(rows), samples.CALENDAR)


Rig = PageRig[TeamPage]


@pytest.fixture
def rig(qapp: QApplication) -> Iterator[Rig]:
    made = PageRig(TeamPage, (1160, 640))
    yield made
    made.close()


def key(widget: QWidget, which: Qt.Key) -> None:
    QTest.keyClick(widget, which)
    settle()


def test_a_fresh_view_moves_neither_keyboard_nor_selection_nor_what_is_typed(rig: Rig) -> None:
    page, view = rig.page, sixty()
    page.apply(view)
    page.list.setFocus()
    for _ in range(7):
        key(page.list, Qt.Key.Key_Down)
    assert page.list.current is not None
    assert page.list.current.team.id == "t07"
    key(page.list, Qt.Key.Key_Return)
    place = page.details.fields["place"]
    assert QApplication.focusWidget() is place
    QTest.keyClicks(place, "zhongzhou")
    changed = tuple(replace(row, doing=Doing.SCENE) for row in view.rows)
    page.apply(replace(view, rows=changed[30:] + changed[:30]))
    assert page.list.current.team.id == "t07"
    assert page.list.current.doing is Doing.SCENE
    assert QApplication.focusWidget() is place
    assert place.text() == "zhongzhou"
    key(place, Qt.Key.Key_Escape)
    assert not page.details.isVisible()
    assert QApplication.focusWidget() is page.list
    key(page.list, Qt.Key.Key_Return)
    assert place.text() == "zhongzhou"


def test_a_second_paints_the_rows_in_sight_and_no_more(rig: Rig) -> None:
    rig.page.apply(sixty())
    settle()
    painter = rig.page.list.painter
    painter.painted = 0
    rig.clock.at += timedelta(seconds=1)
    rig.ticker.tick.emit(rig.clock.at)
    settle()
    seen = rig.page.list.viewport().height() // 60 + 2
    assert 0 < painter.painted <= seen


def test_letters_of_the_list_ask(rig: Rig) -> None:
    page = rig.page
    page.apply(sixty())
    page.list.setFocus()
    sent: list[object] = []
    duty: list[tuple[str, object]] = []
    page.dispatch_wanted.connect(sent.append)
    page.duty_wanted.connect(_into(duty))
    key(page.list, Qt.Key.Key_D)
    key(page.list, Qt.Key.Key_O)
    assert sent == ["t00"]
    assert duty == [("t00", False)]
    key(page.list, Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is page.search
    QTest.keyClicks(page.search, "zhengzhou")
    assert page.list.source.rowCount() == 0
    assert "没有符合的队伍" in page._empty.text()
    key(page.search, Qt.Key.Key_Escape)
    assert page.list.source.rowCount() == 60
    assert QApplication.focusWidget() is page.list


def _into(found: list[tuple[str, object]]):  # type: ignore[no-untyped-def]
    def take(team: str, on: object) -> None:
        found.append((team, on))

    return take


def test_what_is_refused_is_said_and_nothing_is_lost(rig: Rig) -> None:
    page = rig.page
    page.apply(sixty())
    page.list.setFocus()
    key(page.list, Qt.Key.Key_Return)
    page.details.fields["hours"].setFocus()
    QTest.keyClicks(page.details.fields["hours"], "morgens")
    page.refuse(Refusal("bad_value", "rota", value="morgens"))
    assert "morgens" in page.details._said.text()
    page.apply(sixty())
    assert page.details.fields["hours"].text() == "morgens"
    page.details.done("hours")
    page.apply(sixty())
    assert page.details.fields["hours"].text() == ""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [700, 1160])
def test_no_text_is_cut(rig: Rig, lang: str, width: int) -> None:
    set_language(lang)
    page = rig.page
    page.retranslate()
    rig.window.resize(width, 700)
    page.apply(sixty())
    page.list.setFocus()
    key(page.list, Qt.Key.Key_Down)
    settle()
    assert cut_texts(rig.window) == []
    key(page.list, Qt.Key.Key_Return)
    settle()
    assert cut_texts(rig.window) == []


def test_when_it_was_said_is_read_or_refused() -> None:
    now = samples.NOW
    assert parse_ago("", now) is None
    assert parse_ago("３分钟前", now) == now - timedelta(minutes=3)
    assert parse_ago(" 5 ", now) == now - timedelta(minutes=5)
    assert parse_ago("14:30", now) == now.replace(minute=30, second=0)
    for text in ("gestern", "+5m", "99:99", "昨" * 10_000, "99999"):
        with pytest.raises(Refusal) as caught:
            parse_ago(text, now)
        assert caught.value.detail == "minutes_ago"


def test_of_two_teams_the_silent_one_speaks_next(rig: Rig) -> None:
    row = AnswerRow(rig.theme, rig.ticker)
    row.set_actor(samples.LEADER)
    said = Said(samples.at(60), "phone", "何队长", "x")
    steps = (TeamStep("patrol", samples.at(90), said), TeamStep("food", samples.at(90)))
    teams = [team for team in samples.TEAMS if team.id in ("patrol", "food")]
    row.apply(teams, steps)
    assert row.chosen() == "food"
    row.who.setText("  施队长 ")
    row.ago.setText("2")
    row.channels[Channel.RADIO].click()
    wish = row.command(Action.ACCEPT)
    assert (wish.teams, wish.on_behalf_of, wish.channel) == (("food",), "施队长", Channel.RADIO)
    assert wish.at == samples.NOW - timedelta(minutes=2)
    row.next_team()
    assert row.chosen() == "patrol"
    row.set_actor(samples.OFFICER)
    assert row.command(Action.ACCEPT).at is None
    row.apply(teams[:1], steps[:1])
    assert row.chosen() == ""
    assert row.command(Action.ACCEPT).teams == ()
    row.deleteLater()


def test_before_and_after_stand_beside_each_other(rig: Rig, tmp_path: Path) -> None:
    paths, rows = {}, []
    for at, (kind, color) in enumerate(
        (
            (EvidenceKind.SNAPSHOT, "#111111"),
            (EvidenceKind.BEFORE, "#aa0000"),
            (EvidenceKind.AFTER, "#00aa00"),
        )
    ):
        image = QImage(640, 360, QImage.Format.Format_RGB32)
        image.fill(QColor(color))
        paths[str(at) * 64] = str(tmp_path / f"{at}.png")
        assert image.save(paths[str(at) * 64])
        rows.append(Evidence(f"e{at}", "1", kind, str(at) * 64, 1, samples.at(60 - at)))
    pair = PicturePair(rig.theme)
    pair.resize(800, 260)
    pair.apply(rows, paths)
    pair.show()
    for _ in range(200):
        if pair.ready == (True, True):
            break
        QTest.qWait(10)
    assert pair.ready == (True, True)
    shot = pair.grab().toImage()
    assert shot.pixelColor(200, 140).red() > 150
    assert shot.pixelColor(600, 140).green() > 150
    pair.turn(0, 1)
    for _ in range(200):
        if pair.ready == (True, True):
            break
        QTest.qWait(10)
    assert pair.grab().toImage().pixelColor(200, 140).red() < 50
    pair.apply(rows[:2], paths)
    assert not pair.has(1)
    pair.close_reader()
    pair.close()
    pair.deleteLater()


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "zh",
            (
                "市容劝导队  本社区责任队\n空闲 · 最近 420 米外 · 8 分钟前在朝凤路",
                "巡消队  不在岗\n在手 1 件",
                "食药监管队  手上已有 4 件\n赶赴中 · 1.3 公里外",
                "环保协管员  14:30 退回：不属职责\n空闲",
                "应急大队  类别不对口\n空闲",
            ),
        ),
        (
            "en",
            (
                "City-appearance team  responsible here\nfree · nearest 420 m away · at 朝凤路 8 min ago",
                "Patrol-and-fire team  off duty\n1 open",
                "Food-and-drug team  busy with 4\nen route · 1.3 km away",
                "Environmental assistants  returned it at 14:30: 不属职责\nfree",
                "Emergency brigade  other category\nfree",
            ),
        ),
    ],
)
def test_each_team_says_why_or_why_not(rig: Rig, lang: str, lines: tuple[str, ...]) -> None:
    set_language(lang)
    near = {"open": 0, "doing": Doing.FREE, "metres": 421.7, "nearest": True}
    near |= {"place": "朝凤路", "place_at": samples.at(480)}
    facts: tuple[tuple[bool, str, dict[str, object]], ...] = (
        (True, "responsible_here", near),
        (False, "off_duty", {"open": 1, "doing": Doing.OFF}),
        (False, "busy", {"open": 4, "doing": Doing.ENROUTE, "metres": 1290.0}),
        (False, "refused", {"open": 0, "doing": Doing.FREE, "at": samples.at(127), "why": "不属职责"}),
        (False, "other_work", {"open": 0, "doing": Doing.FREE}),
    )
    rows = [
        TeamProposal(team, proposed, key, more)
        for team, (proposed, key, more) in zip(samples.TEAMS, facts, strict=False)
    ]
    panel = DispatchPanel(rig.theme, rig.ticker)
    panel.open("1", rows)
    assert tuple(panel.teams.item(at).text() for at in range(5)) == lines
    assert panel.chosen() == ("appearance",)
    panel.choose("patrol")
    assert panel.chosen() == ("patrol",)
    panel.deleteLater()


def test_only_pictures_become_evidence(tmp_path: Path) -> None:
    spool, now = tmp_path / "spool", samples.NOW
    image = QImage(32, 18, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    good, bmp = tmp_path / "good.png", tmp_path / "old.bmp"
    assert image.save(str(good))
    assert image.save(str(bmp))
    path, _at, ours = look(Given(path=str(good)), spool, now)
    assert (path, ours) == (str(good), False)
    path, at, ours = look(Given(path=str(bmp)), spool, now)
    assert path.endswith(".png")
    assert ours
    assert at <= now
    path, at, ours = look(Given(image=image), spool, now)
    assert ours
    assert at == now
    assert QImage(path).size() == image.size()
    cases = {
        "text.jpg": (b"no picture at all", "no_picture"),
        "empty.jpg": (b"", "empty_file"),
        "half.png": (good.read_bytes()[:60], "photo_broken"),
        "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "photo_kind"),
        "film.mp4": (b"\0\0\0\x18ftypisom\0\0\0\0isom", "no_picture"),
    }
    for name, (data, why) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refusal) as caught:
            look(Given(path=str(tmp_path / name)), spool, now)
        assert (caught.value.code, caught.value.detail) == ("bad_file", why), name
    with pytest.raises(Refusal):
        look(Given(path=str(tmp_path / "gone.png")), spool, now)
    with pytest.raises(Refusal):
        look(Given(data=b"rubbish", suffix=".jpg"), spool, now)
    with (tmp_path / "large.mp4").open("wb") as handle:
        handle.truncate(300 << 20)
    with pytest.raises(Refusal) as caught:
        look(Given(path=str(tmp_path / "large.mp4")), spool, now)
    assert caught.value.detail == "photo_large"
    assert len(list(spool.iterdir())) == 2
