"""Who of the team said so, by which channel, when: one row above the big button."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.domain import rights
from console.domain.errors import Refusal
from console.domain.model import Actor, Command, Team
from console.domain.vocabulary import Action, Channel
from console.i18n import t
from console.models.team_words import team_name
from console.models.typed import parse_time
from console.services.team_progress import TeamStep
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import button, label, spaced

_MINUTES: Final = re.compile(r"^-?(\d{1,4})(?:\s*(?:min|m|分|分钟|分钟前))?$")
#: Longer ago than this nobody types in minutes.
MOST_MINUTES: Final = 24 * 60
WHO_CHARS: Final = 60


def parse_ago(text: str, now: datetime) -> datetime | None:
    """``3``, ``3分钟前``, ``14:03`` → the instant; nothing typed → ``None``.
    Raises ``Refusal('bad_value', 'minutes_ago')``."""
    clean = unicodedata.normalize("NFKC", text).strip()
    if not clean:
        return None
    found = _MINUTES.match(clean)
    if found is not None and int(found.group(1)) <= MOST_MINUTES:
        return now - timedelta(minutes=int(found.group(1)))
    if clean.startswith("+"):
        raise Refusal("bad_value", "minutes_ago", value=clean[:40])
    try:
        return parse_time(clean, now)
    except Refusal:
        raise Refusal("bad_value", "minutes_ago", value=clean[:40]) from None


class AnswerRow(QWidget):
    """What goes with an accept, an arrival, a "handled" by word of mouth.
    ``sent()`` on Enter in a field."""

    sent = Signal()

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._teams: tuple[Team, ...] = ()
        self._words = label(theme, "", 12, tone="muted")
        self.channels: dict[Channel, QPushButton] = {}
        self.team = QComboBox()
        self.who = QLineEdit()
        self.ago = QLineEdit()
        for one in (self.team, self.who, self.ago):
            one.setFont(theme.font(14))
        self.who.setMaxLength(WHO_CHARS)
        self.who.setMinimumWidth(150)
        self.ago.setMinimumWidth(150)
        self.team.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._build()
        self.who.returnPressed.connect(self.sent)
        self.ago.returnPressed.connect(self.sent)
        self.team.currentIndexChanged.connect(self._say_who)
        self.retranslate()

    def _build(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        spaced(first, 0, 4)
        spaced(second, 0, 4)
        first.addWidget(self._words)
        for channel in Channel:
            made = button(self._theme, "", "quiet", px=12)
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setChecked(channel is Channel.PHONE)
            self.channels[channel] = made
            first.addWidget(made)
        first.addStretch(1)
        second.addWidget(self.team)
        second.addWidget(self.who, 1)
        second.addWidget(self.ago, 1)
        body = QVBoxLayout(self)
        spaced(body, 0, 4)
        body.addLayout(first)
        body.addLayout(second)

    def set_actor(self, actor: Actor | None) -> None:
        """Only who may give a time sees the field for it."""
        self.ago.setVisible(actor is not None and rights.allowed(actor.role, "at"))

    def apply(self, teams: Sequence[Team], steps: Sequence[TeamStep]) -> None:
        """The teams sent to the case; of several the first that has not yet
        answered is chosen, unless somebody chose another."""
        rows = tuple(teams)
        if rows != self._teams:
            self._teams = rows
            self.team.blockSignals(True)
            self.team.clear()
            for one in rows:
                self.team.addItem(team_name(one), one.id)
            silent = [step.team for step in steps if step.accepted is None and step.returned is None]
            at = self.team.findData(silent[0]) if silent else 0
            self.team.setCurrentIndex(max(0, at))
            self.team.blockSignals(False)
        self.team.setVisible(len(rows) > 1)
        self._say_who()

    def chosen(self) -> str:
        """The team that speaks, where several were sent; else empty."""
        return str(self.team.currentData() or "") if len(self._teams) > 1 else ""

    def choose(self, team: str) -> None:
        """This team speaks."""
        self.team.setCurrentIndex(max(0, self.team.findData(team)))

    def name(self) -> str:
        """The name of that team."""
        return self.team.currentText() if self.chosen() else ""

    def next_team(self) -> None:
        """Choose the next team."""
        if len(self._teams) > 1:
            self.team.setCurrentIndex((self.team.currentIndex() + 1) % len(self._teams))

    def take_focus(self) -> None:
        """The keyboard goes to who said so."""
        self.who.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.who.selectAll()

    def channel(self) -> Channel:
        """By which channel it came."""
        return next((one for one, made in self.channels.items() if made.isChecked()), Channel.DESK)

    def command(self, action: Action, **more: object) -> Command:
        """The wish with all that was said. Raises ``Refusal`` for a time that
        cannot be read."""
        team = self.chosen()
        return Command(
            action,
            channel=self.channel(),
            on_behalf_of=self.who.text().strip(),
            at=parse_ago(self.ago.text(), self._ticker.now()) if not self.ago.isHidden() else None,
            teams=(team,) if team else (),
            **more,  # type: ignore[arg-type]
        )

    def done(self) -> None:
        """It went through: the next answer is somebody else's."""
        self.who.clear()
        self.ago.clear()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._words.setText(t("desk.case.told_by"))
        for channel, made in self.channels.items():
            made.setText(t(f"states.channel.{channel.value}"))
        self.team.setAccessibleName(t("teams.answer.team"))
        self.who.setAccessibleName(t("teams.answer.who"))
        self.ago.setAccessibleName(t("teams.answer.ago"))
        self.ago.setPlaceholderText(t("teams.answer.ago_hint"))
        for at, one in enumerate(self._teams):
            self.team.setItemText(at, team_name(one))
        self._say_who()

    @Slot()
    def _say_who(self) -> None:
        at = max(0, self.team.currentIndex())
        leader = self._teams[at].leader if at < len(self._teams) else ""
        words = t("teams.answer.who_hint", name=leader) if leader else t("teams.answer.who")
        self.who.setPlaceholderText(words)
