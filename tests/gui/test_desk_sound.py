"""Alarms that are heard: once, again, louder, silenced, and never by accident."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.annunciator import Annunciator, SoundVoice
from console.domain.vocabulary import AlarmState, Severity
from console.services.requests import LoadBoard
from console.services.views import AlarmRow
from console.ticker import Ticker
from tests.gui import samples
from tests.gui.desk_rig import HandClock, desk, settle

pytestmark = pytest.mark.usefixtures("qapp")


class Heard:
    """A voice that writes down what it was to play."""

    def __init__(self) -> None:
        self.played: list[tuple[Severity, int]] = []

    def usable(self) -> bool:
        return True

    def play(self, severity: Severity, louder: int) -> None:
        self.played.append((severity, louder))


class Room:
    """Clock, ticker, voice and annunciator."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.ticker = Ticker(self.clock)
        self.voice = Heard()
        self.annunciator = Annunciator(self.ticker, self.voice)

    def show(self, *rows: AlarmRow) -> None:
        self.annunciator.take(samples.board(rings=rows))

    def tick(self, seconds: float = 1) -> None:
        self.clock.at += timedelta(seconds=seconds)
        self.ticker.tick.emit(self.clock.at)


def test_a_burst_is_one_sound_the_worst_of_it() -> None:
    room = Room()
    room.show(*samples.alarms())
    assert room.voice.played == [(Severity.HIGH, 0)]
    room.show(*samples.alarms())  # another window, the same alarms
    assert len(room.voice.played) == 1


def test_worse_and_louder_ring_again_acknowledged_does_not() -> None:
    room = Room()
    first = samples.alarms()[0]
    room.show(first)
    worse = replace(first, alarm=replace(first.alarm, severity=Severity.HIGH, threshold=100))
    room.show(worse)
    acked = replace(worse, alarm=replace(worse.alarm, state=AlarmState.ACKNOWLEDGED))
    room.show(acked)
    room.tick(60)
    assert room.voice.played == [(Severity.MEDIUM, 0), (Severity.HIGH, 0)]
    back = replace(worse, alarm=replace(worse.alarm, louder=1))
    room.show(back)
    assert room.voice.played[-1] == (Severity.HIGH, 1)


def test_what_nobody_acknowledges_rings_again() -> None:
    room = Room()
    room.show(samples.alarms()[1])
    for _ in range(20):
        room.tick()
    assert room.voice.played == [(Severity.HIGH, 0)] * 3
    room.show()
    room.tick(60)
    assert len(room.voice.played) == 3


def test_silence_ends_by_itself() -> None:
    room = Room()
    room.annunciator.silence()
    room.show(samples.alarms()[1])
    room.tick(60)
    assert room.voice.played == []
    room.tick(61)
    assert room.annunciator.silent_until is None
    assert room.voice.played == [(Severity.HIGH, 0)]


def test_a_locked_desk_goes_on_watching_and_says_what_waits() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.worker.answer(LoadBoard, samples.board())
        rig.window.lock()
        settle()
        asked = len(rig.worker.all(LoadBoard))
        rig.tick(6)
        assert len(rig.worker.all(LoadBoard)) > asked
        rig.worker.answer(LoadBoard, samples.board())
        assert "3" in rig.parts.login._alarms.text()
        assert rig.parts.login._alarms.isVisible()


def test_a_machine_without_sound_says_so() -> None:
    voice = SoundVoice()
    with desk() as rig:
        rig.sign_in()
        rig.window.set_sound(voice.usable(), None)
        words = rig.parts.header._facts["sound"]
        assert words.isVisible() is not voice.usable()
        rig.window.set_sound(True, samples.NOW)
        assert "14:32:07" in words.text()
    voice.play(Severity.LOW, 0)
    voice.deleteLater()
