"""Windows on monitors: each on its own display, parked when that is gone, back
when it comes; pages on displays of their own; what is kept over a restart."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from console.i18n import t
from console.services import permissions
from console.services.views import Pulse
from console.windows.desk_base import DeskBase
from console.windows.displays import Screen
from console.windows.page_window import PageWindow
from console.windows.placement import (
    DESK,
    KIOSK,
    PAGE,
    SHOW,
    WALL,
    Parked,
    Placement,
    Room,
    place,
    put_away,
    room_from,
    room_from_first_form,
    room_row,
    send,
)
from console.windows.screen_watch import put_on, screens_now
from console.wiring.kept_file import KeptFile
from console.wiring.part import Part
from console.worker import Rank

if TYPE_CHECKING:
    from console.app import ConsoleApp

log = logging.getLogger(__name__)

#: The form of ``windows.json``; the first was a bare table of homes.
FORM: Final = 2
#: Pages one watches by: they are seen while the desk is locked.
_WATCHED: Final = frozenset({"alarms"})


class Content(Protocol):
    """Something else than desk and walls that may stand on a display."""

    def open(self) -> QWidget:
        """Its top-level window, made when it is first wanted; it is put on its
        display and shown by the caller."""

    def close(self) -> None:
        """It has no display any more: hide, and rest."""

    def title(self) -> str:
        """What it is called, in the language now."""


class PageContent:
    """A page of the desk, lent by the desk that is shown."""

    def __init__(self, monitors: Monitors, page: str) -> None:
        self._monitors, self.page = monitors, page
        self._desk: DeskBase | None = None
        self.window: PageWindow | None = None

    def open(self) -> QWidget:
        """Take the page out of the desk of this moment."""
        console = self._monitors.console
        desk = console.desk_window(self._monitors.placed.desk)
        if self.window is None:
            self.window = PageWindow(f"{SHOW}{self.page}", self.page, console.theme, console.ticker)
            self.window.closing.connect(self._monitors.put_away)
            self.window.pressed.connect(self._monitors.pressed)
        if self._desk is not desk:
            self._give_back()
            widget = desk.parts.pages.lend(self.page)
            if widget is not None:
                self._desk = desk
                self.window.hold(widget)
                desk.keys.hear(self.window)
        reader = console.watcher
        seen = self.page in _WATCHED and reader is not None and permissions.may(reader, "board.read")
        self.window.set_locked(console.actor is None, seen=seen)
        return self.window

    def close(self) -> None:
        """The page is the desk's again."""
        self._give_back()
        if self.window is not None:
            self.window.blockSignals(True)
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def title(self) -> str:
        """The page's own."""
        return t(f"pages.{self.page}")

    def _give_back(self) -> None:
        if self._desk is not None and self.window is not None:
            self.window.let_go()
            self._desk.parts.pages.take_back(self.page)
        self._desk = None


class Monitors(Part):
    """``changed()`` after windows were put up anew; ``pressed()`` when somebody
    pressed something in a page's window while the desk is locked."""

    changed = Signal()
    pressed = Signal()

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._file = KeptFile(console.options.places.data / "windows.json")
        self.dim = 0
        self.room: Room = self._read()
        self.placed = Placement({}, {})
        self._contents: dict[str, Content] = {}
        self._registered: set[str] = set()
        self._open: set[str] = set()
        self._waiting: tuple[Screen, ...] = ()
        console.making.ready.connect(self._made)

    # -- doors for other parts ------------------------------------------------
    def register(self, window: str, content: Content) -> None:
        """``window`` (``kiosk``, ``show-overview``) may stand on a display.
        Before the windows are first put up, or it stays parked until then."""
        self._contents[window] = content
        self._registered.add(window)

    def send(self, window: str, display: str) -> bool:
        """Put a window on a display that is here (its id in
        ``placed.screens``); False, with a sentence said, where it cannot go."""
        try:
            self.room = send(self.room, self.placed, window, display)
        except ValueError as error:
            key = "kiosk" if str(error) == "kiosk" else "not_here"
            self.console.desk.parts.toast.say(f"room.said.{key}")
            return False
        self.lay_out(screens_now())
        return True

    @Slot(str)
    def put_away(self, window: str) -> None:
        """A page goes back to the desk, the kiosk ends, a wall is parked."""
        self.room = put_away(self.room, window)
        self.lay_out(screens_now())

    def arrange(self, room: Room) -> None:
        """Take stored places."""
        self.room = room
        self.lay_out(screens_now())

    def title(self, window: str) -> str:
        """What a window is called, in the language now."""
        if window in (DESK, PAGE):
            return t(f"room.window.{window}")
        if window.startswith(WALL):
            return t("wall.wall.title", number=window.removeprefix(WALL))
        if window == KIOSK and window not in self._contents:
            return t("room.window.kiosk")
        return self._content(window).title()

    @property
    def offered(self) -> tuple[str, ...]:
        """What else may stand on a display, beside desk, walls and pages."""
        return tuple(name for name in self._contents if name in self._registered)

    @property
    def parked(self) -> tuple[Parked, ...]:
        """Windows that have no display now; a page that was sent out and has
        none is in the desk."""
        return self.placed.parked

    @property
    def windows(self) -> dict[str, QWidget]:
        """Windows of contents that stand on a display, by name."""
        return {name: self._content(name).open() for name in self._open}

    # -- placing --------------------------------------------------------------
    @Slot(object)
    def lay_out(self, screens: Sequence[Screen]) -> None:
        """Put each window where it belongs; park those whose screen is gone. A
        desk that was never wanted before is made first, while the other goes on."""
        console = self.console
        if not screens or not console.running:
            return
        before = next((one for one in console.desks.values() if one.isVisible()), None)
        room, placed = place(self._sound(), screens)
        self._waiting = ()
        if before is not None and not console.making.stands(placed.desk):
            self._waiting = tuple(screens)
            console.making.begin(placed.desk)
            return
        self.room, self.placed = room, placed
        windows = self.placed.windows
        for name in self._open - windows.keys():
            self._content(name).close()
        self._open &= windows.keys()
        for name, window in {**console.desks, **console.wall_windows}.items():
            if name not in windows:
                window.hide()
        desk = console.desk_window(self.placed.desk)
        shown = {name: self._window(name) for name in windows}
        console.share_out()
        for name, display in windows.items():
            if not (console.options.full_screen and put_on(shown[name], self.placed.screens[display])):
                shown[name].show()
        console.hand_over_person()
        self._carry(before, desk)
        self._keep()
        self.changed.emit()

    @Slot()
    def _made(self) -> None:
        if self._waiting:
            self.lay_out(self._waiting)

    def _sound(self) -> Room:
        """Without pages this program does not have."""
        homes = self.room.homes
        lost = {w for w in homes if (w.startswith(SHOW) or w == KIOSK) and not self._known(w)}
        for window in lost:
            log.warning("%s is no page of this program, its display is free", window)
        return Room(self.room.displays, {w: d for w, d in homes.items() if w not in lost}, self.room.away)

    def _known(self, window: str) -> bool:
        page = window.removeprefix(SHOW)
        desks = self.console.desks
        if window in self._contents or window == KIOSK:
            return window in self._contents
        return not desks or any(page in one.parts.pages for one in desks.values())

    def _window(self, name: str) -> QWidget:
        if name in (DESK, PAGE):
            return self.console.desk_window(name)
        if name.startswith(WALL):
            return self.console.wall_window(name)
        self._open.add(name)
        return self._content(name).open()

    def _content(self, name: str) -> Content:
        if name not in self._contents:
            self._contents[name] = PageContent(self, name.removeprefix(SHOW))
        return self._contents[name]

    def _carry(self, before: DeskBase | None, desk: DeskBase) -> None:
        """The open case and the page come along to the desk shown now."""
        if before is None or before is desk or self.console.actor is None:
            return
        page, case = before.parts.pages.current, before.parts.detail.case_id
        desk.parts.pages.turn(page)
        if case:
            desk.open_case(case)

    # -- life -----------------------------------------------------------------
    def desk(self, window: DeskBase) -> None:
        """A page that stands elsewhere comes to the front there."""
        window.parts.pages.elsewhere.connect(self._to_front)

    @Slot(str)
    def _to_front(self, page: str) -> None:
        window = f"{SHOW}{page}"
        if window in self._open:
            self._content(window).open().activateWindow()

    def entered(self) -> None:
        """Somebody signed in or left: pages elsewhere are covered meanwhile."""
        for name in self._open:
            self._content(name).open()

    def posted(self, what: object) -> None:
        """The pulse is shown on every display."""
        if isinstance(what, Pulse):
            for name in self._open:
                window = self._content(name).open()
                if isinstance(window, PageWindow):
                    window.take_pulse(what)

    def stop(self) -> None:
        """Where everything stands now is where it comes back."""
        for name in self._open:
            self._content(name).close()
        self._open.clear()
        self._want()
        self._file.write()

    def keep_dim(self, percent: int) -> None:
        """How much the windows are dimmed comes back after a restart."""
        self.dim = percent
        self._keep()

    # -- kept -----------------------------------------------------------------
    def _want(self) -> bool:
        return self._file.want({"form": FORM, "room": room_row(self.room), "dim": self.dim})

    def _keep(self) -> None:
        if self._want():
            self.engine.worker.call(self._file.write, Rank.PERSON, "windows")

    def _read(self) -> Room:
        try:
            found = json.loads(self._file.path.read_text(encoding="utf-8"))
            if "form" not in found:
                return room_from_first_form(found)
            if found["form"] != FORM:
                raise ValueError(f"form {found['form']}")
            self.dim = int(found.get("dim", 0))
            return room_from(found["room"])
        except FileNotFoundError:
            return Room()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("the places of the windows cannot be read, they start anew: %s", error)
            return Room()
