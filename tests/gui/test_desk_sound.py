"""Alarms that are heard: once, again, louder, silenced, and never by accident."""

from __future__ import annotations

import threading
import wave
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from console import annunciator
from console.annunciator import Annunciator, SoundVoice, sound_name
from console.domain.vocabulary import AlarmState, Severity
from console.services.requests import LoadBoard
from console.services.views import AlarmRow
from console.speech import Speech
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


def test_a_database_that_is_away_rings_here_until_it_is_back() -> None:
    room = Room()
    room.annunciator.alert(False)
    room.tick(60)
    assert room.voice.played == []
    for _ in range(21):
        room.annunciator.alert(True)
        room.tick()
    assert room.voice.played == [(Severity.HIGH, 0)] * 3, "at once, and every ten seconds"
    room.annunciator.silence()
    room.tick(30)
    room.annunciator.alert(False)
    room.tick(200)
    assert len(room.voice.played) == 3


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
    room.show(samples.alarms()[1])
    room.annunciator.silence()
    room.tick(60)
    assert len(room.voice.played) == 1
    room.tick(61)
    assert room.annunciator.silent_until is None
    assert room.voice.played == [(Severity.HIGH, 0)] * 2


def test_something_worse_breaks_the_silence_the_same_does_not() -> None:
    room = Room()
    medium, high, other = samples.alarms()
    room.show(medium)
    room.annunciator.silence()
    room.show(medium, other)
    room.tick(40)
    assert len(room.voice.played) == 1
    assert room.annunciator.silent_until is not None
    room.show(medium, other, high)
    assert room.voice.played[-1] == (Severity.HIGH, 0)
    assert room.annunciator.silent_until is None


def test_a_flood_is_summed_up_but_something_worse_is_heard() -> None:
    room = Room()
    medium, high, other = samples.alarms()
    flood = replace(samples.board().kpi, alarms_10min=11)

    def show(*rows: AlarmRow) -> None:
        room.annunciator.take(replace(samples.board(rings=rows), kpi=flood))

    show(medium)
    room.tick(5)
    show(medium, other)
    assert len(room.voice.played) == 1
    show(medium, other, high)
    assert [severity for severity, _ in room.voice.played] == [Severity.MEDIUM, Severity.HIGH]


def test_pitch_rises_with_severity_and_with_each_broken_promise() -> None:
    folder = Path(annunciator.__file__).resolve().parent.parent / "resources" / "sounds"
    for severity in Severity:
        names = [sound_name(severity, louder) for louder in (0, 1, 2)]
        assert sound_name(severity, 9) == names[2]
        pitches = [_pitch(folder / f"{name}.wav") for name in names]
        assert pitches[0] * 1.15 < pitches[1] < pitches[2] / 1.15
    plain = [_pitch(folder / f"{one}.wav") for one in ("low", "medium", "high")]
    assert plain == sorted(set(plain))


def _pitch(file: Path) -> float:
    """How often the sound crosses zero upwards, Hz, over what is not silence."""
    with wave.open(str(file)) as sound:
        data = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float)
        spectrum = np.abs(np.fft.rfft(data))
        return float(np.fft.rfftfreq(len(data), 1 / sound.getframerate())[spectrum.argmax()])


class Spoken:
    """A voice on disk that writes its sentence down, or fails."""

    def __init__(self, folder: Path, code: int = 0) -> None:
        self.file = folder / "said"
        self.program = folder / "voice"
        self.program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> "{self.file}"\nexit {code}\n')
        self.program.chmod(0o755)
        self.told = threading.Semaphore(0)
        voices = (("voice", {"zh": ("-l", "zh", "--"), "en": ("--",)}),)
        self.speech = Speech(self.told.release, self.find, voices)

    def find(self, name: str) -> str:
        return str(self.program)

    def text(self) -> str:
        return self.file.read_text(encoding="utf-8") if self.file.exists() else ""


def test_a_sentence_is_a_process_of_its_own_and_can_be_no_option(tmp_path: Path) -> None:
    spoken = Spoken(tmp_path)
    try:
        assert spoken.told.acquire(timeout=20)
        assert spoken.speech.say("--help  高级报警\n#1042", "zh")
        until(lambda: not spoken.speech.busy)
        assert spoken.text() == "-l|zh|--|--help 高级报警 #1042|"
        assert spoken.speech.say("长" * 10_000, "en")
    finally:
        spoken.speech.stop()
    assert not spoken.speech.say("after the end", "en")


@pytest.mark.logs("does not speak")
def test_a_voice_that_fails_is_no_voice(tmp_path: Path) -> None:
    spoken = Spoken(tmp_path, 1)
    try:
        assert spoken.told.acquire(timeout=20)
        assert spoken.speech.usable
        spoken.speech.say("x", "en")
        assert spoken.told.acquire(timeout=20)
        assert not spoken.speech.usable
        assert not spoken.speech.say("y", "en")
    finally:
        spoken.speech.stop()


def test_a_machine_without_a_voice() -> None:
    speech = Speech(_nothing, _no_program)
    try:
        assert not speech.say("x", "zh")
    finally:
        speech.stop()
    assert not speech.usable


def _nothing() -> None:
    """Nobody is told."""


def _no_program(_name: str) -> None:
    return None


def until(condition: Callable[[], bool]) -> None:
    waited = threading.Event()
    for _ in range(2000):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("never came")


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
        assert "3" in rig.parts.lock_bar._alarms.text()
        assert rig.parts.lock_bar._alarms.isVisible()
        rig.window.ask_who()
        settle()
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
