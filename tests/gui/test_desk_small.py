"""Theme, ticker, bridge, words, typed times, drafts."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge import Bridge
from console.domain.errors import Refusal
from console.domain.vocabulary import DeadlineKind
from console.i18n import LANGUAGES, catalogue, set_language
from console.models.drafts import Drafts
from console.models.typed import parse_time, plain
from console.models.wording import alarm_text, countdown, event_detail, event_line, span
from console.theme import THEMES, Theme
from console.ticker import Ticker
from console.widgets.command_bar import Entry, match
from console.widgets.header_bar import HeaderBar
from tests.gui import samples
from tests.gui.desk_rig import HandClock, settle


def luminance(color: QColor) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio, WCAG 2.1."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_what_is_read_has_contrast(name: str, qapp: QApplication) -> None:
    theme = Theme(name)
    for ground in ("panel", "bg"):
        under = theme.color(ground)
        assert contrast(theme.color("text"), under) >= 7.0  # running times are drawn in text
        for role in ("muted", "accent", "lamp.green", "lamp.yellow", "lamp.red", "stale", "demo"):
            assert contrast(theme.color(role), under) >= 4.5, (role, ground)
    assert contrast(theme.color("on_accent"), theme.color("accent")) >= 4.5
    assert contrast(theme.color("text"), theme.color("raised")) >= 7.0


def test_both_themes_have_the_same_roles(qapp: QApplication) -> None:
    dark, light = Theme("dark"), Theme("light")
    assert set(dark.roles()) == set(light.roles())
    assert "$" not in dark.sheet()
    assert dark.sheet() != light.sheet()


def test_digits_are_of_one_width(qapp: QApplication) -> None:
    metrics = QFontMetrics(Theme().font(20, True))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_durations_read_as_written() -> None:
    set_language("zh")
    assert span(228) == "03:48"
    assert countdown(228) == "03:48"
    assert countdown(0.4) == "00:01"
    assert countdown(0) == "+00:00"
    assert countdown(-72.9) == "+01:12"
    assert countdown(4000) == "1:06:40"
    assert countdown(90_000) == "1 天 1 小时"


def test_every_clock_has_its_alarm_sentences() -> None:
    for lang in LANGUAGES:
        for kind in DeadlineKind:
            for threshold in (80, 100):
                assert catalogue(lang)[f"alarmtext.{kind.value}.{threshold}"]
    set_language("zh")
    assert alarm_text(samples.alarms()[1].alarm) == "到场超时"


def test_events_in_words() -> None:
    set_language("zh")
    teams = {"appearance": "市容劝导队"}
    lines = [event_line(event, teams) for event in samples.case_view().events]
    assert lines == ["登记", "立案 E09006-1", "派遣 市容劝导队", "接单", "备注", "到场时限将到"]
    assert event_detail(samples.case_view().events[3]) == "对讲 · 张队"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("14:40", "2026-09-29 14:40:00"),
        ("１４：４０", "2026-09-29 14:40:00"),
        ("14:40:05", "2026-09-29 14:40:05"),
        ("10-01 08:00", "2026-10-01 08:00:00"),
        ("2027-01-02 08:00", "2027-01-02 08:00:00"),
        ("+2h", "2026-09-29 16:32:07"),
        (" +30m ", "2026-09-29 15:02:07"),
    ],
)
def test_times_as_people_type_them(typed: str, said: str) -> None:
    found = parse_time(typed, samples.NOW)
    assert (found + timedelta(hours=8) - found.utcoffset()).strftime("%F %T") == said  # type: ignore[operator]


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "14:61", "02-31 10:00", "+2x", "😀"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as said:
        parse_time(typed, samples.NOW)
    assert said.value.code == "bad_value"


def test_plain_text() -> None:
    assert plain("　＃１０４２ ") == "#1042"


def test_drafts_survive_a_crash(tmp_path: Path, qapp: QApplication) -> None:
    first = Drafts(tmp_path)
    first.put("20260929-0001/reject/reason", "不属实")
    first.save()
    first.close()
    again = Drafts(tmp_path)
    assert again.get("20260929-0001/reject/reason") == "不属实"
    again.forget("20260929-0001/")
    again.close()
    third = Drafts(tmp_path)
    assert third.get("20260929-0001/reject/reason") == ""
    third.close()


@pytest.mark.logs("drafts not readable")
def test_a_broken_draft_file_does_not_stop_the_desk(tmp_path: Path, qapp: QApplication) -> None:
    (tmp_path / "drafts.json").write_text("{half", encoding="utf-8")
    drafts = Drafts(tmp_path)
    assert drafts.get("x") == ""
    drafts.close()


class Ear(QObject):
    """Remembers what it heard, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[int] = set()

    @Slot(object)
    def hear(self, what: object) -> None:
        self.heard.append(what)
        self.threads.add(threading.get_ident())


def test_the_bridge_keeps_the_order_and_the_thread(qapp: QApplication) -> None:
    bridge, ear = Bridge(), Ear()
    bridge.posted.connect(ear.hear)
    sent = [*range(500), 2**40, None]

    def post_all() -> None:
        for one in sent:
            bridge.post(one)

    thread = threading.Thread(target=post_all)
    thread.start()
    thread.join()
    assert ear.heard == []  # queued, never in the poster's thread
    settle()
    assert ear.heard == sent
    assert ear.threads == {threading.get_ident()}
    bridge.close()
    bridge.post("late")
    settle()
    assert ear.heard == sent


def test_the_second_hand_strikes_on_the_full_second(qapp: QApplication) -> None:
    clock = HandClock()
    clock.at = clock.at.replace(microsecond=400_000)
    ticker, ear = Ticker(clock), Ear()
    ticker.tick.connect(ear.hear)
    ticker.start()
    assert 590 <= ticker._timer.interval() <= 600
    ticker._strike()
    assert ear.heard == [clock.at]
    ticker.stop()
    ticker._strike()
    assert len(ear.heard) == 1


def test_nothing_blinks_when_nobody_asks(qapp: QApplication) -> None:
    ticker, who = Ticker(HandClock()), QObject()
    assert not ticker._blinker.isActive()
    ticker.want_blink(who, True)
    assert ticker._blinker.isActive()
    assert 1.0 <= 1000 / (2 * ticker._blinker.interval()) <= 3.0
    ticker._flip()
    assert ticker.opacity < 1.0
    ticker.want_blink(who, False)
    assert not ticker._blinker.isActive()
    assert ticker.opacity == 1.0


def test_commands_are_found_by_chinese_pinyin_and_english() -> None:
    entries = [Entry("a", "到场", "A"), Entry("b", "派遣", "D"), Entry("c", "Dark / light", "F3")]
    assert [one.id for one in match(entries, "dc")] == ["a"]
    assert [one.id for one in match(entries, "派")] == ["b"]
    assert [one.id for one in match(entries, "light")] == ["c"]
    assert len(match(entries, "")) == 3
    assert match(entries, "zzz") == []


def test_the_header_says_the_shift(qapp: QApplication) -> None:
    set_language("zh")
    clock = HandClock()
    ticker = Ticker(clock)
    bar = HeaderBar(Theme(), ticker)
    bar.set_actor(samples.OFFICER)
    night = datetime.fromisoformat("2026-09-29T22:00:00+08:00")
    ticker.tick.emit(night)
    bar.set_conditions("大雨 · 暴雨黄色预警", "四级")

    def texts() -> str:
        return " ".join(one.text() for one in bar.findChildren(QWidget) if hasattr(one, "text"))

    assert "22:00:00" in texts()
    assert "中班 · 值班员01 · 值班员" in texts(), "by the clock, until the site's shifts were read"
    assert "响应级别 四级" in texts()
    assert "大雨 · 暴雨黄色预警" in texts()
    bar.set_shift("早班", "有班未交接")
    assert "早班 · 值班员01 · 值班员" in texts()
    assert "有班未交接" in texts()
    bar.deleteLater()
