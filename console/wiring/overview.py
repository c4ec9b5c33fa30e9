"""The overview of every wall: opened by O or its button, filled, and what is
chosen there hung on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from console.domain.model import Camera
from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.services.requests import Answer
from console.services.views import FeedsView, Names
from console.widgets.overview_page import OverviewPage
from console.widgets.wall import WallWidget
from console.widgets.wall_pane import WallPane
from console.windows.page_window import PageWindow
from console.windows.placement import SHOW
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: Its window's name when it stands on a monitor of its own.
WINDOW: Final = f"{SHOW}overview"


class WallOverview(QObject):
    """The overview of one wall; its page is built when it is first wanted."""

    def __init__(self, part: Overview, pane: WallPane) -> None:
        super().__init__(part)
        self._part, self.pane = part, pane
        self.page: OverviewPage | None = None
        pane.wall.overviewRequested.connect(self.open)
        pane.bar.overviewClicked.connect(self.open)
        pane.retranslated.connect(self._retranslate)

    @property
    def shown(self) -> bool:
        """Whether it lies over its wall now."""
        return self.page is not None and self.pane.covered_by is self.page

    @Slot()
    def open(self) -> None:
        """Put it over the wall."""
        if self.page is None:
            self.page = self._made()
        self._part.fill(self.page)
        self.pane.cover(self.page)

    def _made(self) -> OverviewPage:
        console = self._part.console
        page = OverviewPage(console.sight, self.pane)
        page.sent.connect(self.send)
        page.closed.connect(self.pane.uncover)
        return page

    @Slot()
    def _retranslate(self) -> None:
        if self.page is not None:
            self.page.retranslate()

    @Slot(object)
    def send(self, cameras: tuple[str, ...]) -> None:
        """Hang them where the selection is, and go back to the wall."""
        wall, room = self.pane.wall, len(self.pane.wall.plan.free)
        if wall.plan.locked:
            self.pane.say(t("wall.wall.locked_refusal"))
            return
        hung = hang(wall, cameras)
        if self.page is not None:
            self.page.view.forget_chosen()
        self.pane.uncover()
        key = "cut" if hung < len(cameras) else "done"
        self.pane.say(t(f"overview.sent.{key}", count=hung, room=room))


def hang(wall: WallWidget, cameras: Sequence[str]) -> int:
    """Hang ``cameras`` from the selected tile on, further up when there are
    too few tiles behind it; returns how many there was room for."""
    free = wall.plan.free
    if not free:
        return 0
    # As many free tiles as there are cameras, none of them before the first.
    last = free[max(0, len(free) - len(cameras))]
    first = min(last, next((tile for tile in free if tile >= wall.selected), last))
    plan, hung = wall.plan.filled(first, cameras)
    wall.change(plan)
    wall.select(first)
    return hung


class OverviewContent:
    """The overview on a monitor of its own; what is chosen there goes to the
    first wall that is seen."""

    def __init__(self, part: Overview) -> None:
        self._part = part
        self.window: PageWindow | None = None
        self.page: OverviewPage | None = None

    def open(self) -> QWidget:
        """Its window, with every camera of the moment."""
        part, console = self._part, self._part.console
        if self.window is None:
            self.window = PageWindow(WINDOW, "overview", console.theme, console.ticker)
            self.window.closing.connect(console.monitors.put_away)
            self.window.pressed.connect(console.monitors.pressed)
            self.page = OverviewPage(console.sight, self.window)
            self.page.sent.connect(part.hang_first)
            self.window.hold(self.page)
            part.fill(self.page)
            console.desk.keys.hear(self.window)
        # Pictures like those of the walls: they stay.
        self.window.set_locked(console.actor is None, seen=True)
        return self.window

    def close(self) -> None:
        """It costs nothing any more."""
        if self.window is not None:
            self.window.blockSignals(True)
            self.window.close()
            self.window.deleteLater()
        self.window = self.page = None

    def title(self) -> str:
        """As the wall's button calls it."""
        return t("pages.overview")


class Overview(Part):
    """The overviews of all walls, and the one on a monitor of its own."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.names: NameBook = NOBODY
        self.feeds: FeedsView | None = None
        self.walls: dict[str, WallOverview] = {}
        self.alone = OverviewContent(self)
        console.monitors.register(WINDOW, self.alone)
        self._cameras: tuple[Camera, ...] = ()

    def wire(self, name: str, pane: WallPane) -> None:
        """Listen to the key and the button of a wall."""
        self.walls[name] = WallOverview(self, pane)

    def tick(self, now: datetime) -> None:
        """A changed list of cameras reaches the overview that is open."""
        if self._cameras is not self.console.cameras:
            self._cameras = self.console.cameras
            for page in self._open_pages():
                page.set_cameras(self._cameras)

    def posted(self, what: object) -> None:
        """Reports of the feeds once a second; names when they were read."""
        if isinstance(what, FeedsView):
            self.feeds = what
            for page in self._open_pages():
                page.set_health(what.health)
        elif isinstance(what, Answer) and isinstance(what.value, Names):
            self.names = NameBook(what.value)
            for page in self._open_pages():
                page.set_names(self.names)

    def fill(self, page: OverviewPage) -> None:
        """Everything that is known now."""
        page.set_names(self.names)
        page.set_cameras(self.console.cameras)
        if self.feeds is not None:
            page.set_health(self.feeds.health)

    @Slot(object)
    def hang_first(self, cameras: tuple[str, ...]) -> None:
        """On the first wall that is seen, from its selection on."""
        seen = (one for one in self.walls.values() if one.pane.isVisible())
        first = next(seen, None)
        if first is not None:
            first.send(cameras)

    def _open_pages(self) -> list[OverviewPage]:
        alone = [self.alone.page] if self.alone.page is not None else []
        return alone + [one.page for one in self.walls.values() if one.page is not None and one.shown]
