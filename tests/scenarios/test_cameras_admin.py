"""The cameras of a site by keys at the real console: an administrator adds one and
tries it, changes all at once and takes it back, masks a picture, puts one aside,
brings a table in and writes one out; the wall follows."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.settings import Places
from console.widgets.cameras_section import CamerasSection
from console.widgets.mask_paint import MASK
from console.windows.language import switch_language
from tests.gui.cut_text import bare_keys, cut_texts, left_in_chinese, shown_texts
from tests.scenarios.console_kit import Seat, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

_CTRL = Qt.KeyboardModifier.ControlModifier
ONE, NEW = "cam001", "cam-new-1"


class Hand:
    """The section, and what was wrong with its words."""

    def __init__(self, here: Seat) -> None:
        self.here, self.wrong = here, list[str]()
        page = here.desk.parts.pages.widget("admin")
        assert page is not None
        self.page = page
        section = page.section("cameras")  # type: ignore[attr-defined]
        assert isinstance(section, CamerasSection)
        self.section = section

    def stored(self, camera: str) -> Camera:
        with self.here.console.engine.store.uows.read() as uow:
            found = uow.cameras.get(camera)
        assert found is not None
        return found

    def table(self) -> None:
        """The keyboard to the list."""
        until(lambda: self.section.current is self.section.list, "the list")
        self.here.take(self.here.desk, self.section.list.table)

    def on(self, camera: str) -> None:
        """Stand on one camera."""
        self.table()
        until(lambda: self.section.list.model.row_of(camera) >= 0, camera)
        self.section.list.go_to(camera)

    def fill(self, **values: str) -> None:
        """Type into fields of the form that is up."""
        for name, text in values.items():
            field = self.section.form.fields[name.replace("_add", "+")]
            assert isinstance(field, QLineEdit)
            field.setFocus()
            field.selectAll()
            # Chinese comes from an input method: no single keys.
            field.insert(text)

    def look(self, name: str) -> None:
        """Both languages; pictures, dark and light, into ``FIFTEEN_SHOTS``."""
        desk, folder, seen = self.here.desk, os.environ.get("FIFTEEN_SHOTS", ""), {}
        for lang in ("zh", "en"):
            switch_language(lang)
            QTest.qWait(60)
            seen[lang] = shown_texts(self.section)
            problems = (*cut_texts(self.section), *bare_keys(self.section))
            self.wrong += [f"{name} {lang}: {line}" for line in problems]
            for theme in ("dark", "light") if folder else ():
                self.here.console.theme.use(theme)
                QTest.qWait(250)
                desk.grab().save(f"{folder}/cameras-{name}-{lang}-{theme}.png")
        self.wrong += [f"{name}: {line}" for line in left_in_chinese(seen["zh"], seen["en"])]
        self.here.console.theme.use("dark")
        switch_language("zh")


def test_an_administrator_looks_after_the_cameras(site: Places, tmp_path: Path) -> None:
    with seat(site, layout="9", full_screen=False) as here:
        here.sign_in("admin")
        hand = Hand(here)
        until(lambda: hand.page.seen == "cameras", "an administrator lands here")  # type: ignore[attr-defined]
        until(lambda: len(hand.section.list.model.ids) == 8, "the cameras")
        here.live(ONE)
        hand.look("list")
        _adds_one_and_tries_it(hand)
        _changes_all_and_takes_it_back(hand)
        _masks(hand, tmp_path)
        _puts_aside_and_switches_off(hand)
        _table_in_and_out(hand, tmp_path)
        assert not hand.wrong


def _adds_one_and_tries_it(hand: Hand) -> None:
    section, one = hand.section, hand.stored(ONE)
    hand.table()
    press(Qt.Key.Key_N)
    until(section.form.fields["id"].hasFocus, "the form")
    hand.fill(id=NEW, name="新街口", username="operator", password="wrong one")
    press(Qt.Key.Key_Return)
    until(section.form.problem.isVisible, "no address yet")
    assert section.form.fields["password"].text() == "wrong one", "nothing typed is lost"  # type: ignore[union-attr]
    hand.look("form")
    hand.fill(url=one.url)
    press(Qt.Key.Key_Return)
    until(lambda: section.list.model.row_of(NEW) >= 0, "the new camera")
    assert section.form.fields["password"].text() == "", "a password does not stay in a form"  # type: ignore[union-attr]
    hand.on(NEW)
    press(Qt.Key.Key_T)
    until(lambda: not section.trials.running, "the trial")
    assert section.trials.rows[NEW].state == "auth"
    hand.look("trial")
    press(Qt.Key.Key_Escape)
    hand.on(NEW)
    press(Qt.Key.Key_Return)
    until(section.form.fields["name"].hasFocus, "the form")
    hand.fill(password="street")
    press(Qt.Key.Key_Return)
    until(lambda: section.current is section.list, "stored")
    hand.on(NEW)
    press(Qt.Key.Key_T)
    until(lambda: not section.trials.running, "the trial")
    assert section.trials.rows[NEW].state == "ok", section.trials.rows[NEW]
    press(Qt.Key.Key_Escape)


def _changes_all_and_takes_it_back(hand: Hand) -> None:
    section = hand.section
    before = hand.stored(ONE)
    hand.table()
    press(Qt.Key.Key_A, _CTRL)
    press(Qt.Key.Key_E)
    until(section.form.fields["groups+"].hasFocus, "the form for all")
    hand.look("bulk")
    hand.fill(groups_add="晚高峰", segment="A7")
    press(Qt.Key.Key_Return)
    until(lambda: "晚高峰" in hand.stored(ONE).groups, "all at once")
    assert (hand.stored(NEW).segment, hand.stored(ONE).segment) == ("A7", "A7")
    hand.table()
    press(Qt.Key.Key_G)
    until(lambda: section.groups.table.source.rowCount() > 0, "the groups")
    hand.look("groups")
    press(Qt.Key.Key_Escape)
    hand.table()
    press(Qt.Key.Key_U)
    until(lambda: hand.stored(ONE).groups == before.groups, "taken back")
    assert (hand.stored(ONE).segment, hand.stored(NEW).segment) == (before.segment, "")
    hand.here.take(hand.here.desk, section.list.search)
    typed("xjk")  # 新街口 by its initials
    until(lambda: section.list.model.ids == (NEW,), "found by pinyin")
    press(Qt.Key.Key_Escape)
    assert len(section.list.model.ids) == 9


def _masks(hand: Hand, folder: Path) -> None:
    section, console = hand.section, hand.here.console

    def fresh() -> bool:
        """What was taken back a moment ago has come to the list."""
        card = section.list.model.card(ONE)
        return card is not None and card.camera.version == hand.stored(ONE).version

    until(fresh, "the camera as it is stored")
    hand.on(ONE)
    press(Qt.Key.Key_P)
    until(section.masks.canvas.hasFocus, "the picture to draw on")
    until(lambda: section.masks.canvas.picture is not None, "its picture")
    press(Qt.Key.Key_N)
    for _ in range(35):
        press(Qt.Key.Key_Left)
        press(Qt.Key.Key_Up)
    hand.look("masks")
    press(Qt.Key.Key_Return)
    until(lambda: len(hand.stored(ONE).masks) == 1, "stored: " + section.masks.state.text())
    assert hand.stored(ONE).masks[0][0] == (0, 0)
    until(lambda: any(one.id == ONE and one.masks for one in console.cameras), "the walls know")
    assert console.engine.captures is not None
    kept = folder / "kept.jpg"
    after: list[Path] = []
    console.engine.captures.snapshot(ONE, kept, lambda path, _at: after.append(path))
    until(lambda: after, "a snapshot")
    picture = QImage(str(kept))
    seen = picture.pixelColor(picture.width() // 8, picture.height() // 8)
    assert (
        abs(seen.red() - MASK.red()) + abs(seen.green() - MASK.green()) + abs(seen.blue() - MASK.blue()) < 24
    )


def _puts_aside_and_switches_off(hand: Hand) -> None:
    section, engine = hand.section, hand.here.console.engine
    hand.on(ONE)
    press(Qt.Key.Key_M)
    until(section.aside.reason.hasFocus, "the form")
    press(Qt.Key.Key_Return)
    assert section.aside.problem.isVisible(), "not without a reason"
    section.aside.reason.insert("更换电源")
    section.aside.end.setFocus()
    typed("+2h")
    hand.look("aside")
    press(Qt.Key.Key_Return)

    def aside() -> bool:
        card = section.list.model.card(ONE)
        return card is not None and bool(card.aside)

    until(aside, "put aside")
    hand.on(ONE)
    press(Qt.Key.Key_H)
    assert section.list.model.ids[0] != ONE or section.list.model.worst_first
    until(lambda: section.list.model.words("cam002", "rate") != "—", "the streams")
    hand.look("health")
    press(Qt.Key.Key_H)
    hand.on(NEW)
    press(Qt.Key.Key_D)
    until(lambda: not hand.stored(NEW).enabled, "switched off")
    assert engine.feeds is not None
    feeds = engine.feeds
    until(lambda: NEW not in feeds.health(), "no longer read")
    assert feeds.health()[ONE].state is FeedState.LIVE


def _table_in_and_out(hand: Hand, folder: Path) -> None:
    section, here = hand.section, hand.here
    hand.table()
    press(Qt.Key.Key_X)
    until(section.export.file.hasFocus, "the form")
    section.export.file.setText(str(folder / "out.csv"))
    hand.look("export")
    press(Qt.Key.Key_Return)
    until(lambda: section.current is section.list or section.export.problem.text(), "an answer")
    assert section.export.problem.text() == ""
    assert (folder / "out.csv").exists(), section.list.notice.text()
    text = (folder / "out.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 9
    assert "street" not in {row["password"] for row in rows}
    table = folder / "in.csv"
    table.write_text(
        "编号,名称,主码流,经度,纬度,颜色\n"
        f"{NEW},新街口北,{hand.stored(NEW).url},,,红\n"
        "cam-9,南门,rtsp://10.9.9.9/1,34.7,113.7,红\n"
        ",无编号,rtsp://10.9.9.8/1,,,红\n"
        "cam-10,东门,rtsp://10.9.9.7/1,113.7,34.7,红\n",
        encoding="gb18030",
    )
    hand.table()
    press(Qt.Key.Key_I)
    until(section.bring.path.hasFocus, "the form")
    section.bring.path.setText(str(table))
    press(Qt.Key.Key_Return)
    until(lambda: section.bring.rows.rowCount() == 4, "a dry run")
    assert hand.stored(NEW).name == "新街口", "nothing changed yet"
    hand.look("import")
    here.take(here.desk, section.bring.path)
    press(Qt.Key.Key_Return)
    until(lambda: hand.stored(NEW).name == "新街口北", "brought in")
    assert hand.stored("cam-10").lat == pytest.approx(34.7)
    press(Qt.Key.Key_Escape)
    until(lambda: section.list.model.row_of("cam-10") >= 0, "in the list")
    assert section.list.model.row_of("cam-9") < 0, "swapped coordinates are not taken in"
