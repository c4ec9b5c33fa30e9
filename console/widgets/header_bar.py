"""The line at the top: time, who, response level, health, language, lock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.domain.model import Actor
from console.domain.shifts import DEFAULT, span_at
from console.i18n import LANGUAGES, either, language, t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock, role
from console.services.views import BoardView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import EDGE, DataLabel, button, label, set_tone, spaced, surface

#: More alarms than this in ten minutes are a flood (ISA-18.2).
FLOOD: Final = 10
#: A read slower than this is worth a colour, seconds.
_SLOW_S: Final = 0.25
_FACTS: Final = ("shift", "sound", "level", "db", "cameras", "alarms")


class HeaderBar(QWidget):
    """``language_wanted("zh"|"en")``, ``theme_wanted()``, ``lock_wanted()``,
    ``help_wanted()``, ``silence_wanted()``."""

    language_wanted = Signal(str)
    theme_wanted = Signal()
    lock_wanted = Signal()
    help_wanted = Signal()
    silence_wanted = Signal()

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._actor: Actor | None = None
        self._view: BoardView | None = None
        self._cameras: tuple[int, int] | None = None
        self._level = ""
        self._shift = ("", "")
        self._names = NOBODY
        self._sound: tuple[bool, datetime | None] = (True, None)
        self._now = ticker.now()
        self._clock = label(theme, "", 20, bold=True)
        self._who = label(theme, "", 14)
        self._weather = DataLabel(theme, 14, bold=True)
        self._facts = {key: label(theme, "", 14, tone="muted") for key in _FACTS}
        self._buttons = {
            "silence": button(theme, "", "quiet"),
            "help": button(theme, "", "quiet"),
            "theme": button(theme, "", "quiet"),
            "language": button(theme, "", "quiet"),
            "lock": button(theme, "", "quiet"),
        }
        surface(self, "panel")
        row = QHBoxLayout(self)
        spaced(row, 0, EDGE)
        row.setContentsMargins(EDGE, 4, 8, 4)
        row.addWidget(self._clock)
        row.addWidget(self._who)
        row.addWidget(self._weather, 1)
        for fact in self._facts.values():
            row.addWidget(fact)
        for one in self._buttons.values():
            row.addWidget(one)
        self.setFixedHeight(40)
        self._buttons["silence"].clicked.connect(self.silence_wanted)
        self._buttons["help"].clicked.connect(self.help_wanted)
        self._buttons["theme"].clicked.connect(self.theme_wanted)
        self._buttons["language"].clicked.connect(self._switch)
        self._buttons["lock"].clicked.connect(self.lock_wanted)
        ticker.tick.connect(self._on_tick)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for key, one in self._buttons.items():
            one.setText(t(f"desk.header.{key}"))
            one.setAccessibleName(t(f"desk.header.{key}_name"))
            one.setToolTip(t(f"desk.header.{key}_name"))
        self._say()

    def set_actor(self, actor: Actor | None) -> None:
        """Who is signed in; ``None`` while locked."""
        self._actor = actor
        self._say()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self._say()

    def set_shift(self, name: str, wrong: str) -> None:
        """The shift that is on, and what is not as it should be with it."""
        self._shift = (name, wrong)
        self._say()

    def set_conditions(self, weather: str, level: str) -> None:
        """Weather with the warning signal, and the response level in words;
        empty is none."""
        self._level = level
        self._weather.setText(weather)
        self._say()

    def set_sound(self, has_device: bool, silent_until: datetime | None) -> None:
        """Whether alarms can be heard here, and until when they are silenced."""
        self._sound = (has_device, silent_until)
        self._say()

    def set_cameras(self, live: int, total: int) -> None:
        """Live and configured cameras."""
        self._cameras = (live, total)
        self._say()

    def apply(self, view: BoardView) -> None:
        """Take what a snapshot says about read time and alarm rate."""
        self._view = view
        self._say()

    def forget(self) -> None:
        """No snapshot is read any more."""
        self._view = None
        self._say()

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        self._now = now
        self._clock.setText(clock(now))

    @Slot()
    def _switch(self) -> None:
        self.language_wanted.emit(next(one for one in LANGUAGES if one != language()))

    def _say(self) -> None:
        self._clock.setText(clock(self._now))
        shift = self._shift[0] or _by_clock(self._now)
        who = (
            (shift, self._names.person(self._actor.name), role(self._actor.role))
            if self._actor is not None
            else (shift,)
        )
        self._who.setText(" · ".join(who))
        self._put(
            "level", t("desk.header.level", level=self._level or t("common.word.none")), bool(self._level)
        )
        self._put("shift", self._shift[1], True)
        self._facts["shift"].setVisible(bool(self._shift[1]))
        set_tone(self._facts["shift"], "red")
        has_device, until = self._sound
        quiet = t("desk.header.no_device")
        if has_device and until is not None:
            quiet = t("desk.header.silent", until=clock(until))
        self._put("sound", quiet, True)
        self._facts["sound"].setVisible(not has_device or until is not None)
        if self._cameras is not None:
            live, total = self._cameras
            self._put("cameras", t("desk.header.cameras", live=live, total=total), live < total)
        self._facts["cameras"].setVisible(self._cameras is not None)
        for key in ("db", "alarms"):
            self._facts[key].setVisible(self._view is not None)
        if self._view is None:
            return
        self._put("db", t("desk.header.db", ms=round(self._view.read_s * 1000)), self._view.read_s > _SLOW_S)
        rate = self._view.kpi.alarms_10min
        self._put("alarms", t("desk.header.alarms", n=rate), rate > FLOOD)

    def _put(self, key: str, text: str, unusual: bool) -> None:
        # Only what is not normal leaves the grey.
        self._facts[key].setText(text)
        set_tone(self._facts[key], "" if unusual else "muted")


def _by_clock(now: datetime) -> str:
    """The shift of the usual plan, until the office's own was read."""
    kind = span_at(DEFAULT, now).kind
    return either(kind.zh, kind.en)
