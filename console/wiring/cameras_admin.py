"""The section of cameras on the page of administration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from console.camera_trials import CameraTrials, CameraTried, TrialsOver
from console.models.names import NOBODY, NameBook
from console.services import permissions
from console.services.cameras import EDIT
from console.services.ports import Change, FeedHealth
from console.services.requests import Answer, Broke, LoadNames, Refused
from console.services.views import FeedsView, Names
from console.windows.desk_base import DeskBase
from console.wiring.admin import AdminFrame
from console.wiring.camera_devices import CameraDevices, CamerasWritten, DeviceAsked, DevicesFound
from console.wiring.camera_place import CameraPlace
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


class CamerasAdmin(Part):
    """One section for each desk window."""

    def __init__(self, console: ConsoleApp, admin: AdminFrame) -> None:
        super().__init__(console)
        self.admin = admin
        self.trials: CameraTrials = CameraTrials(self.engine.services, console.bridge.post)
        self.devices: CameraDevices = CameraDevices(self.engine, console.bridge.post)
        self._places: list[CameraPlace] = []
        self._names: NameBook = NOBODY
        self._health: Mapping[str, FeedHealth] = {}

    def desk(self, window: DeskBase) -> None:
        """A section more on its page."""
        place = CameraPlace(self, window)
        place.section.set_names(self._names)
        self._places.append(place)

    def entered(self) -> None:
        """Nothing of the person before stays in a form."""
        self.trials.stop()
        actor = self.console.actor
        if actor is not None and permissions.may(actor, EDIT) and not permissions.may(actor, "board.read"):
            # The desk asks for names only for those who read its board.
            self.engine.submit(LoadNames(actor))
        for place in self._places:
            place.left()
            place.refresh()

    def tick(self, now: datetime) -> None:
        """While somebody looks."""
        monotonic = self.engine.clock.monotonic()
        for place in self._places:
            place.tick(monotonic)

    def posted(self, what: object) -> None:
        """Answers, streams, changes made elsewhere."""
        if isinstance(what, FeedsView):
            self._health = what.health
            now = self.engine.clock.now()
            for place in self._places:
                if place.seen:
                    place.section.list.set_health(what.health, now)
        elif isinstance(what, Answer):
            if isinstance(what.value, Names):
                self._names = NameBook(what.value)
                for place in self._places:
                    place.section.set_names(self._names)
            for place in self._places:
                place.answered(what)
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else None
            for place in self._places:
                place.refused(what.token, refusal)
        elif isinstance(what, Change) and {"camera", "setting"} & what.kinds:
            for place in self._places:
                place.changed()
        elif isinstance(what, DevicesFound | DeviceAsked | CamerasWritten):
            for place in self._places:
                place.device(what)
        elif isinstance(what, CameraTried):
            for place in self._places:
                place.tried(what.trial, what.run)
        elif isinstance(what, TrialsOver):
            for place in self._places:
                place.over(what.run)

    def stop(self) -> None:
        """Hang up everywhere."""
        self.trials.close()
        self.devices.stop()
