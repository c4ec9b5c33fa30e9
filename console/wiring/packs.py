"""Evidence packs from the desk: Ctrl+E asks, the reading thread writes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Slot

from console.reports import pack
from console.services.packs import PackCase, Packed
from console.services.requests import Answer, Broke, Refused
from console.widgets.keys import Key
from console.widgets.pack_sheet import PackSheet
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


class _Place(QObject):
    """One desk and its sheet."""

    def __init__(self, part: Packs, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self.sheet = PackSheet(part.console.theme, window.parts.page)
        self.sheet.wanted.connect(self.send)

    @Slot(str, str, str, bool, str)
    def send(self, case: str, reason: str, recipient: str, marked: bool, file: str) -> None:
        actor = self._part.console.actor
        if actor is not None:
            order = PackCase(actor, case, file, reason, recipient, marked_only=marked)
            self._part.orders[self._part.engine.submit(order)] = self

    def open(self) -> None:
        view = self.window.parts.detail.view
        if view is None:
            self.window.parts.toast.say("desk.case.empty")
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{view.case.id}.zip"
        self.sheet.open(view.case.id, str(Path(folder or Path.home()) / name))


class Packs(Part):
    """A sheet for each desk; orders that are being written."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.orders: dict[int, _Place] = {}
        self._places: list[_Place] = []
        self.engine.office.learn(pack.handlers(self.engine.services.packs))

    def desk(self, window: DeskBase) -> None:
        """Ctrl+E, also by typing in the command bar."""
        place = _Place(self, window)
        self._places.append(place)
        window.add_key(Key("pack", "Ctrl+E", "case"), partial(_Place.open, place), whole=True)

    def posted(self, what: object) -> None:
        """A pack is written, or was refused; the case's log was told first."""
        if not isinstance(what, Answer | Refused | Broke):
            return
        place = self.orders.pop(what.token, None)
        if place is None:
            return
        if isinstance(what, Answer) and isinstance(what.value, Packed):
            found = what.value
            place.sheet.done(found.file, found.files, found.manifest_sha256, len(found.absent))
            if not place.sheet.isVisible():
                self.console.say(f"{found.file}")
        elif isinstance(what, Refused):
            place.sheet.refuse(what.refusal)
            place.sheet.show()
        elif isinstance(what, Broke):
            place.window.parts.toast.say("desk.say.broke")
            place.sheet.leave()

    def entered(self) -> None:
        """Whoever leaves takes the sheet away."""
        if self.console.actor is None:
            for place in self._places:
                place.sheet.hide()
