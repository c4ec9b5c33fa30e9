"""What is counted about cameras while the console runs, and their sheets.

Once a second: how each camera is (for its day), and which are really looked at
(for its last sight). Once a minute, and at the end, both go into the database
behind everything else the worker has to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from console.domain import rights
from console.domain.model import Actor, Camera
from console.feeds.statistics import Statistics
from console.i18n import t
from console.models.camera_facts import CameraFacts, when
from console.models.coverage import CoverageTracker
from console.services.camera_records import CameraDay, CameraSeen
from console.services.coverage import WATCH, CameraSheetView, Unseen, local_day
from console.services.ports import FeedHealth
from console.services.requests import Answer, LoadCameraSheet, LoadUnseen, SawCameras
from console.services.views import FeedsView
from console.widgets.camera_sheet import CameraSheet
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part
from console.wiring.recorder_settings import RecorderSettings
from console.worker import Rank

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: Counts go into the database this often, seconds.
KEEP_EVERY_S: Final = 60.0
#: An open sheet asks again for what is stored this often, seconds.
ASK_EVERY_S: Final = 10.0
#: The list of those not looked at is read anew this often, seconds.
UNSEEN_EVERY_S: Final = 20.0
#: A tile counts as painted when it was within this many seconds: tiles on key
#: frames alone have a new picture every few seconds.
PAINTED_S: Final = 6.0


class _Place(QObject):
    """One wall and the sheet over it."""

    def __init__(self, part: Coverage, pane: WallPane) -> None:
        super().__init__(part)
        self._part, self.pane = part, pane
        self._painted: dict[str, tuple[int, float]] = {}

    @Slot(str)
    def details(self, camera: str) -> None:
        self._part.show_sheet(self.pane, camera)

    def in_view(self, now: float) -> set[str]:
        """Cameras that are live and painted here, and can be seen."""
        pane = self.pane
        if not pane.isVisible() or pane.window().isMinimized():
            return set()
        if pane.focused:
            tiles = pane.focus_view.board.tiles if pane.focus_view.isVisible() else []
            return {tile.camera for tile in tiles if tile.camera and tile.truth.current}
        wall = pane.wall
        found: set[str] = set()
        if not wall.isVisible():
            return found
        for tile in wall.tiles:
            if not tile.camera or not tile.truth.current or tile.source:
                continue
            count = wall.painted[tile.camera]
            before = self._painted.get(tile.camera)
            if before is None or before[0] != count:
                before = self._painted[tile.camera] = (count, now)
            if count and now - before[1] <= PAINTED_S:
                found.add(tile.camera)
        return found


class Coverage(Part):
    """Counts, keeps and shows."""

    def __init__(self, console: ConsoleApp, recorders: RecorderSettings) -> None:
        super().__init__(console)
        self._recorders = recorders
        self.statistics = Statistics()
        self.tracker = CoverageTracker(self.engine.seat)
        self._places: list[_Place] = []
        self._lists: list[QWidget] = []
        self._sheets: dict[QWidget, CameraSheet] = {}
        self._health: Mapping[str, FeedHealth] = {}
        self._stored: CameraSheetView | None = None
        self._kept_at = self.engine.clock.monotonic()
        self._asked_at = float("-inf")
        self._watcher: Actor | None = None
        self._unseen_asked = -1
        self._unseen_at = float("-inf")

    # -- places -----------------------------------------------------------------
    def wire(self, name: str, pane: WallPane) -> None:
        """A sheet for each wall."""
        place = _Place(self, pane)
        self._places.append(place)
        pane.wall.detailsRequested.connect(place.details)

    def entered(self) -> None:
        """Somebody else: what was seen is told in the name of who saw it."""
        self._tell_seen(Rank.BACKGROUND)
        self._watcher = self.console.actor
        lists = self.console.desk.parts.cameras
        if lists not in self._lists:
            self._lists.append(lists)
            lists.details_wanted.connect(self._from_list)
            lists.unseen_wanted.connect(self._ask_unseen)
        self._ask_unseen()
        if self._watcher is None:
            for sheet in self._sheets.values():
                sheet.leave()

    @Slot(str)
    def _from_list(self, camera: str) -> None:
        self.show_sheet(self.console.desk, camera)

    # -- not looked at for longest -----------------------------------------------
    @Slot()
    def _ask_unseen(self) -> None:
        """Read who was looked at when, as long as a list shows it."""
        lists = self.console.desk.parts.cameras
        if lists.unseen.isChecked() and self.console.actor is not None:
            self._unseen_at = self.engine.clock.monotonic()
            self._unseen_asked = self.engine.submit(LoadUnseen(self.console.actor))

    def _show_unseen(self, rows: tuple[Unseen, ...]) -> None:
        """Stored sights with those that are still to be stored."""
        now = self.engine.clock.now()
        merged = [(row.camera, _later(row.seen, self.tracker.last(row.camera))) for row in rows]
        never = [(camera, t("camera.list.never")) for camera, seen in merged if seen is None]
        looked = sorted((seen.at, camera) for camera, seen in merged if seen is not None)
        told = [(camera, when(at, now, brief=True)) for at, camera in looked]
        self.console.desk.parts.cameras.set_unseen([*never, *told])

    # -- each second ------------------------------------------------------------
    def tick(self, now: datetime) -> None:
        """Who looks at what."""
        at = self.engine.clock.monotonic()
        watcher = self._watcher
        who = watcher.name if watcher is not None and rights.allowed(watcher.role, WATCH) else ""
        seen: set[str] = set()
        if who:
            for place in self._places:
                seen |= place.in_view(at)
        self.tracker.look(who, seen, at, now)
        if at - self._kept_at >= KEEP_EVERY_S:
            self._kept_at = at
            self.keep(Rank.BACKGROUND)
        self._refresh(now, at)
        if at - self._unseen_at >= UNSEEN_EVERY_S:
            self._unseen_at = at
            self._ask_unseen()

    def posted(self, what: object) -> None:
        """The feeds' word, once a second; what is stored about a camera."""
        if isinstance(what, FeedsView):
            self._health = what.health
            now = self.engine.clock.now()
            self.statistics.look(what.health, self.engine.clock.monotonic(), now, local_day(now))
        elif isinstance(what, Answer) and isinstance(what.value, CameraSheetView):
            self._stored = what.value
            self._refresh(self.engine.clock.now(), self.engine.clock.monotonic())
        elif isinstance(what, Answer) and what.token == self._unseen_asked:
            self._show_unseen(what.value)  # type: ignore[arg-type]

    # -- the database -----------------------------------------------------------
    def keep(self, rank: Rank) -> None:
        """Put what was counted into the database; returns at once."""
        rows, engine = self.statistics.take(), self.engine
        if rows:

            def job() -> None:
                engine.services.coverage.keep_days(engine.seat, rows)

            engine.worker.call(job, rank)
        self._tell_seen(rank)

    def _tell_seen(self, rank: Rank) -> None:
        seen = self.tracker.gather()
        if seen and self._watcher is not None:
            self.engine.worker.submit(SawCameras(self._watcher, seen), rank)

    def stop(self) -> None:
        """What is counted is kept: the worker finishes it before it ends."""
        self.keep(Rank.PERSON)

    # -- sheets -----------------------------------------------------------------
    def show_sheet(self, over: QWidget, camera: str) -> None:
        """The card of ``camera`` over a wall or a desk."""
        known = self._known(camera)
        if known is None or self.console.actor is None:
            return
        sheet = self._sheets.get(over)
        if sheet is None:
            sheet = self._sheets[over] = CameraSheet(self.console.theme, over)
            sheet.recorder_wanted.connect(self._recorder)
        for other in self._sheets.values():
            if other is not sheet:
                other.leave()
        self._stored = None
        sheet.offer_recorder(self._recorders.may)
        sheet.open(known, self._facts(camera, self.engine.clock.now()))
        self._ask(camera, self.engine.clock.monotonic())

    @Slot(str)
    def _recorder(self, camera: str) -> None:
        known = self._known(camera)
        if known is not None:
            self._recorders.edit(known, self.sender())  # type: ignore[arg-type]

    def _known(self, camera: str) -> Camera | None:
        return next((one for one in self.console.cameras if one.id == camera), None)

    def _ask(self, camera: str, at: float) -> None:
        self._asked_at = at
        if self.console.actor is not None:
            self.engine.submit(LoadCameraSheet(self.console.actor, camera))

    def _refresh(self, now: datetime, at: float) -> None:
        for sheet in self._sheets.values():
            if sheet.camera:
                sheet.show_facts(self._facts(sheet.camera, now))
                if at - self._asked_at >= ASK_EVERY_S:
                    self._ask(sheet.camera, at)

    def _facts(self, camera: str, now: datetime) -> CameraFacts:
        """Stored counts, with those that are still to be stored."""
        stored = self._stored if self._stored is not None and self._stored.camera == camera else None
        today: CameraDay | None = self.statistics.pending(camera, local_day(now))
        seen = self.tracker.last(camera)
        if stored is not None and stored.today is not None and today is not None:
            today = stored.today.plus(today)
        if seen is None and stored is not None:
            seen = stored.seen
        known = self._known(camera)
        recorder = self._recorders.words(known) if known is not None else ""
        return CameraFacts(self._health.get(camera), today, seen, now, recorder)


def _later(one: CameraSeen | None, other: CameraSeen | None) -> CameraSeen | None:
    """The later of two sights."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=_at)


def _at(seen: CameraSeen) -> datetime:
    return seen.at
