"""The voice of the alarms: a sound per severity, and honest silence.

An alarm rings when it is new, when it grows worse and when a promise ran out;
unacknowledged ones ring again. Silence belongs to this workstation and ends by
itself. Without a sound device the desk says so: a mute console must not look
like a quiet district.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QLoggingCategory, QObject, QUrl, Signal, Slot
from PySide6.QtWidgets import QApplication

from console.domain.alarm_quality import flooding
from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, Severity
from console.services.views import AlarmRow, BoardView
from console.shipped import RESOURCES
from console.ticker import Ticker

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

_SOUNDS = RESOURCES / "sounds"
#: How long one press silences this workstation.
SILENCE: Final = timedelta(minutes=2)
#: Each broken promise raises the pitch by a minor third, twice at most.
STEPS: Final = 2
#: In a flood what is no worse than what already rings is summed up: one sound
#: in so many seconds.
FLOOD_REST_S: Final = 30.0
#: Unacknowledged alarms ring again after so many seconds; low ones once.
AGAIN_S: Final = {Severity.HIGH: 10.0, Severity.MEDIUM: 30.0}
_WAITING: Final = frozenset({AlarmState.RAISED, AlarmState.RETURNED})


class Voice(Protocol):
    """What makes the noise."""

    def usable(self) -> bool:
        """Whether anybody could hear it."""
        ...

    def play(self, severity: Severity, louder: int) -> None:
        """``louder``: how often a promise ran out, 0 and more."""
        ...


def sound_server_there() -> bool:
    """Whether Qt has something to talk to: on Linux it knows only PulseAudio
    (PipeWire answers in its place), and loading it without one costs start-up
    time and a warning on every machine without sound."""
    if not sys.platform.startswith("linux") or os.environ.get("PULSE_SERVER"):
        return True
    homes = (os.environ.get("PULSE_RUNTIME_PATH"), f"{os.environ.get('XDG_RUNTIME_DIR', '')}/pulse")
    return any(home and (Path(home) / "native").exists() for home in homes)


class SoundVoice(QObject):
    """The machine's sound device; the system's beep when there is none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices: QMediaDevices | None = None
        self._sounds: dict[str, QSoundEffect] = {}
        if not sound_server_there():
            return
        # It looks for PipeWire and warns when a machine has only PulseAudio.
        QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver=false")
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

        self._effect = QSoundEffect
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._renew)
        self._renew()

    @Slot()
    def _renew(self) -> None:
        # An effect stays with the device it was made for.
        for old in self._sounds.values():
            old.stop()
            old.deleteLater()
        self._sounds.clear()
        if not self.usable():
            return
        for name in (sound_name(one, step) for one in Severity for step in range(STEPS + 1)):
            made = self._effect(self)
            made.setSource(QUrl.fromLocalFile(str(_SOUNDS / f"{name}.wav")))
            self._sounds[name] = made

    def usable(self) -> bool:
        """Whether there is a sound device."""
        return self._devices is not None and bool(self._devices.audioOutputs())

    def play(self, severity: Severity, louder: int) -> None:
        """Sound once."""
        sound = self._sounds.get(sound_name(severity, louder))
        if sound is None:
            QApplication.beep()
            return
        sound.setVolume(min(1.0, 0.6 + 0.2 * louder))
        sound.play()


def sound_name(severity: Severity, louder: int) -> str:
    """Which sound: ``high``, ``high-1``, ``high-2``, each higher than the one before."""
    step = min(STEPS, max(0, louder))
    return f"{severity.value}-{step}" if step else severity.value


class Annunciator(QObject):
    """Fed with snapshots, from any window; the same alarm rings once.
    ``changed`` when silence began or ended; ``called(rows, flood)`` with the
    ``AlarmRow`` that are new or worse, worst first, unless it is silent here."""

    changed = Signal()
    called = Signal(object, bool)

    def __init__(self, ticker: Ticker, voice: Voice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticker, self._voice = ticker, voice
        self._rung: dict[int, tuple[int, int, int]] = {}
        self._waiting: tuple[Alarm, ...] = ()
        self._last: datetime | None = None
        self._silent_until: datetime | None = None
        self._silenced_rank = 0
        self._flood = self._alert = False
        ticker.tick.connect(self._on_tick)

    @property
    def has_device(self) -> bool:
        """Whether anybody could hear it."""
        return self._voice.usable()

    @property
    def silent_until(self) -> datetime | None:
        """End of the silence, or ``None``."""
        return self._silent_until

    @Slot(object)
    def take(self, view: BoardView) -> None:
        """Look at a snapshot and ring for what is new in it."""
        self._flood = flooding(self._flood, view.kpi.alarms_10min)
        self._look(view.alarms)

    def alert(self, wrong: bool) -> None:
        """Something is wrong on this machine that no alarm can say, the database
        being away: as loud as a high alarm, until it is over."""
        begins, self._alert = wrong and not self._alert, wrong
        if begins:
            self._call(Severity.HIGH, 0)

    def _look(self, rows: Sequence[AlarmRow]) -> None:
        before = max((one.severity.rank for one in self._waiting), default=0)
        self._waiting = tuple(row.alarm for row in rows if row.alarm.state in _WAITING)
        waiting = [row for row in rows if row.alarm.state in _WAITING]
        fresh = [row for row in waiting if self._rung.get(row.alarm.id) != _loudness(row.alarm)]
        self._rung = {one.id: _loudness(one) for one in self._waiting}
        if not fresh:
            return
        fresh.sort(key=_loudness_of, reverse=True)
        worst = fresh[0].alarm
        if self._silent_until is not None and worst.severity.rank > self._silenced_rank:
            # Silence was asked for what rang then, not for something worse.
            self._silent_until = None
            self.changed.emit()
        if self._silent_until is None:
            self.called.emit(tuple(fresh), self._flood)
        # A burst is one sound, the worst of it.
        if not self._flood or worst.severity.rank > before or self._rested():
            self._ring(worst)

    def _rested(self) -> bool:
        return self._last is None or (self._ticker.now() - self._last).total_seconds() >= FLOOD_REST_S

    def _ring(self, alarm: Alarm) -> None:
        self._call(alarm.severity, alarm.louder)

    def _call(self, severity: Severity, louder: int) -> None:
        self._last = self._ticker.now()
        if self._silent_until is None:
            self._voice.play(severity, louder)

    @Slot()
    def silence(self) -> None:
        """Be quiet here for two minutes, unless something worse than what rings
        now comes; pressed again, be heard again."""
        self._silenced_rank = max((one.severity.rank for one in self._waiting), default=0)
        silent = self._silent_until is not None
        self._silent_until = None if silent else self._ticker.now() + SILENCE
        self.changed.emit()

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if self._silent_until is not None and now >= self._silent_until:
            self._silent_until = None
            self.changed.emit()
        worst = max(self._waiting, key=_loudness, default=None)
        if self._alert and self._last is not None:
            if (now - self._last).total_seconds() >= AGAIN_S[Severity.HIGH]:
                self._call(Severity.HIGH, 0)
            return
        if worst is None or self._last is None:
            return
        again = AGAIN_S.get(worst.severity)
        if again is not None and (now - self._last).total_seconds() >= again:
            self._ring(worst)


def _loudness(alarm: Alarm) -> tuple[int, int, int]:
    return alarm.severity.rank, alarm.louder, alarm.threshold


def _loudness_of(row: AlarmRow) -> tuple[int, int, int]:
    return _loudness(row.alarm)
