"""One line below the clocks: how likely the running promise is to be missed, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.chance import Chance
from console.models.chance_words import WORTH, explained, line
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import label, set_tone

#: In a pane lower than this the line has no room: what warns is said in the row
#: of its clock.
LOW_PX: Final = 580


class ChanceLine(QWidget):
    """Hidden while there is nothing to say; yellow from the site's own figure on."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._chance: Chance | None = None
        self._low = False
        self._words = label(theme, "", 14, wrap=True)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._words)
        self.hide()
        ticker.tick.connect(self._on_tick)

    @property
    def words(self) -> str:
        """What is said; empty while nothing is."""
        return self._words.text() if not self.isHidden() else ""

    def apply(self, chance: Chance | None) -> None:
        """Take what is foretold of the case shown."""
        self._chance = chance
        self._say(self._ticker.now())

    def set_room(self, height: int) -> bool:
        """How high the pane is, px; true when the line has no room in it."""
        if (height < LOW_PX) != self._low:
            self._low = height < LOW_PX
            self._say(self._ticker.now())
        return self._low

    def retranslate(self) -> None:
        """Say it in the language now."""
        self._say(self._ticker.now())

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if self._chance is not None:
            self._say(now)

    def _say(self, now: datetime) -> None:
        chance = self._chance
        said = chance is not None and now < chance.due_at and chance.at(now) >= WORTH
        said = said and not self._low
        if chance is not None and said:
            words = line(chance, now)
            if words != self._words.text():
                self._words.setText(words)
                self._words.setAccessibleName(words)
            self._words.setToolTip(explained(chance, now))
            set_tone(self._words, "yellow" if chance.warns(now) else "muted")
        if said == self.isHidden():
            self.setVisible(said)
