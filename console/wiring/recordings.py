"""R on a tile: what the site's recorder has of ten minutes ago."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from console.devices import recorders
from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models import wording
from console.widgets.wall_pane import WallPane
from console.wiring.saving import corner

if TYPE_CHECKING:
    from console.wiring.replay import Replay

#: What the prompt offers: so many minutes ago.
FIRST: Final = "-10"
#: How much is asked of the recorder at once.
SPAN: Final = timedelta(minutes=30)
_AGO = re.compile(r"-(\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")


def begin_of(text: str, now: datetime) -> datetime | None:
    """The instant meant by ``-10`` (minutes ago) or ``14:03`` (the last time
    the site's clock said so); ``None`` for anything else."""
    ago = _AGO.fullmatch(text.strip().replace("−", "-"))
    if ago and int(ago[1]) > 0:
        return now - timedelta(minutes=int(ago[1]))
    clock = _CLOCK.fullmatch(text.strip())
    if not clock:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    at = wording.local(now).replace(hour=hour, minute=minute, second=second, microsecond=0)
    if at >= wording.local(now):
        at -= timedelta(days=1)
    return at.astimezone(now.tzinfo)


class Recordings(QObject):
    """Asks from when, and opens the recording on the tile."""

    def __init__(self, part: Replay) -> None:
        super().__init__(part)
        self._part = part
        self.prompt: QLineEdit | None = None
        self._pane: WallPane | None = None
        self._camera = ""

    def ask(self, pane: WallPane, camera: str) -> None:
        """A small field over the tile; Enter opens, Esc does not."""
        self.dismiss()
        field = QLineEdit(FIRST, pane.wall)
        field.setPlaceholderText(t("replay.recorder.placeholder"))
        field.setToolTip(t("replay.recorder.help"))
        field.setAccessibleName(t("replay.recorder.help"))
        field.setFixedWidth(180)
        field.move(corner(pane, camera))
        field.selectAll()
        field.installEventFilter(self)
        self.prompt, self._pane, self._camera = field, pane, camera
        pane.say(t("replay.recorder.help"))
        field.show()
        field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc, or a click elsewhere, takes the field away."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.dismiss()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # A field lets Enter through to the wall, where it means focus.
                self._entered()
                return True
        elif event.type() == QEvent.Type.FocusOut and watched is self.prompt:
            self.dismiss()
        return False

    def dismiss(self) -> None:
        """Take the field away and give the keyboard back to the wall."""
        field, self.prompt = self.prompt, None
        if field is None:
            return
        field.removeEventFilter(self)
        back = field.hasFocus()
        field.hide()
        field.deleteLater()
        if back and self._pane is not None:
            self._pane.wall.setFocus(Qt.FocusReason.PopupFocusReason)

    def _entered(self) -> None:
        pane = self._pane
        if self.prompt is None or pane is None:
            return
        now = self._part.engine.clock.now()
        start = begin_of(self.prompt.text(), now)
        if start is None:
            pane.say(t("replay.recorder.help"))
            self.prompt.selectAll()
            return
        self.dismiss()
        self.open(pane, self._camera, start, min(now, start + SPAN))

    def open(self, pane: WallPane, camera: str, start: datetime, end: datetime) -> None:
        """Play a recording on the tile; what is missing is said."""
        feeds = self._part.engine.feeds
        known = next((one for one in self._part.console.cameras if one.id == camera), None)
        source = feeds.source(camera) if feeds is not None else None
        tile = next((one for one in pane.wall.tiles if one.camera == camera), None)
        if known is None or source is None or tile is None:
            pane.say(t("replay.said.nothing"))
            return
        try:
            place = self._part.recorders.book.of(known)
            url = recorders.playback_url(
                place.vendor, place.address, place.channel, start, end, wording.SITE_ZONE
            )
        except Refusal as refusal:
            pane.say(" ".join(explain(refusal)))
            return
        size = (tile.box.picture.w, tile.box.picture.h)
        self._part.begin(pane, camera, True, replace(source, url=url, url_sub=""), start, end, *size)
