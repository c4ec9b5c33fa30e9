"""Spoken alarms on this workstation: what is said, whether, and that it is told
on screen when nobody could hear anything."""

from __future__ import annotations

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from console.domain.vocabulary import Severity
from console.i18n import language, t
from console.models.wording import alarm_text
from console.services.views import AlarmRow, BoardView
from console.speech import Speech
from console.widgets.keys import Key
from console.windows.desk_base import DeskBase
from console.wiring.alarms import Alarms
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SpeechChanged:
    """Posted when a voice was found or failed, and with what was kept (``on``)."""

    on: bool | None = None


def sentence(rows: tuple[AlarmRow, ...], flood: BoardView | None) -> str:
    """What is said of new calls, worst first: the worst and how many more; in
    a flood (its snapshot) only how many there are."""
    if flood is not None:
        high = sum(row.alarm.severity is Severity.HIGH for row in flood.alarms)
        return t("alarms.voice.flood", n=flood.kpi.alarms_10min, high=high)
    worst = rows[0]
    what = f"{worst.number.lstrip('#')} {alarm_text(worst.alarm)}"
    first = t("alarms.voice.one", severity=t(f"alarms.severity.{worst.alarm.severity.value}"), what=what)
    return t("alarms.voice.more", first=first, n=len(rows) - 1) if len(rows) > 1 else first


class Spoken(Part):
    """One voice for the whole program; on until somebody turns it off here."""

    def __init__(self, console: ConsoleApp, alarms: Alarms) -> None:
        super().__init__(console)
        self._alarms = alarms
        self._file = console.options.places.data / "voice.json"
        self._on = True
        self._pending: dict[int, AlarmRow] = {}
        self._flood = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="voice-setting")
        self._pool.submit(self._read, self._file)
        self.speech = Speech(self._changed)
        console.annunciator.called.connect(self._called)
        console.annunciator.changed.connect(self._silence)

    def desk(self, window: DeskBase) -> None:
        """Shift+F4 turns speech on and off on this workstation."""
        window.add_key(Key("speech", "Shift+F4", "alarm"), self._toggle, whole=True)
        window.language_changed.connect(self._show)
        self._show()

    def posted(self, what: object) -> None:
        """A voice was found, or failed; the setting was read."""
        if isinstance(what, SpeechChanged):
            self._on = self._on if what.on is None else what.on
            self._show()

    def tick(self, now: datetime) -> None:
        """What came while a sentence was spoken is one sentence together."""
        if not self._pending or self.speech.busy:
            return
        rows = tuple(sorted(self._pending.values(), key=_rank, reverse=True))
        flood = self.console.board if self._flood else None
        self._pending.clear()
        if self._on and self.console.annunciator.silent_until is None:
            self.speech.say(sentence(rows, flood), language())

    def stop(self) -> None:
        """What is being said is cut off; thread and process end."""
        self.speech.stop()
        self._pool.shutdown(wait=True)

    @Slot(object, bool)
    def _called(self, rows: tuple[AlarmRow, ...], flood: bool) -> None:
        self._flood = flood
        self._pending.update({row.alarm.id: row for row in rows})

    @Slot()
    def _silence(self) -> None:
        if self.console.annunciator.silent_until is not None:
            self._pending.clear()

    @Slot()
    def _show(self) -> None:
        heard = self.console.annunciator.has_device
        said = self.speech.usable
        if heard:
            word = "no_voice" if not said else "both" if self._on else "speech_off"
        else:
            word = "none" if not said else "no_sound" if self._on else "mute"
        self._alarms.show_voice(word, not heard and not (said and self._on))

    def _toggle(self) -> None:
        self._on = not self._on
        self._pool.submit(_write, self._file, self._on)
        self.console.desk.parts.toast.say(f"alarms.voice.{'on' if self._on else 'off'}")
        self._show()

    def _changed(self) -> None:
        self.console.bridge.post(SpeechChanged())

    def _read(self, file: Path) -> None:
        try:
            on = bool(json.loads(file.read_text(encoding="utf-8"))["speech"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("whether alarms are spoken here cannot be read, they are: %s", error)
            return
        self.console.bridge.post(SpeechChanged(on))


def _write(file: Path, on: bool) -> None:
    spare = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        spare.write_text(json.dumps({"speech": on}), encoding="utf-8")
        os.replace(spare, file)
    except OSError as error:
        log.warning("whether alarms are spoken here was not kept: %s", error)


def _rank(row: AlarmRow) -> tuple[int, int, int]:
    return row.alarm.severity.rank, row.alarm.louder, row.alarm.threshold
