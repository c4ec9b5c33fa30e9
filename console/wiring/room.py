"""Screens at the desk: the sheet (Shift+F6), big numbers on every monitor, the
list of what is parked, the same by typing in the command bar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from console.domain import rights
from console.i18n import t
from console.models.room_rows import ContentRow, PresetRow, RoomView, ScreenTile
from console.services.room_presets import AT_FIRST, STARTERS, RoomPreset
from console.widgets.command_bar import Entry
from console.widgets.desk_pages import BOARD
from console.widgets.keys import Key
from console.widgets.parked_bar import ParkedBar
from console.widgets.room_sheet import RoomSheet
from console.widgets.screen_number import ScreenNumber
from console.widgets.wall_pane import WallPane
from console.windows.desk_base import DeskBase
from console.windows.displays import words
from console.windows.placement import AWAY, DESK, KIOSK, PAGE, SHOW, TAKEN, WALL, Parked
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.wiring.monitors import Monitors
    from console.wiring.presets import Presets

#: Numbers asked for by themselves go after this, ms.
NUMBERS_MS: Final = 6000
#: Pages that stay at the desk: where its deadlines and its settings are.
STAY: Final = frozenset({BOARD, "admin"})
#: Entries of the command bar: ``room|verb|window or preset|number``.
_MARK: Final = "room"
_CUT: Final = "|"
_KEY: Final = Key("screens", "Shift+F6", "general")
_STARTER_KEYS: Final = dict(zip(STARTERS, "DNE", strict=True))


class RoomPart(Part):
    """What people see and press of monitors and presets."""

    def __init__(self, console: ConsoleApp, presets: Presets) -> None:
        super().__init__(console)
        self.presets = presets
        self.sheet: RoomSheet | None = None
        self._bars: dict[int, ParkedBar] = {}
        self._numbers: list[ScreenNumber] = []
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(NUMBERS_MS)
        self._rest.timeout.connect(self.hide_numbers)
        presets.changed.connect(self._told)
        presets.said.connect(self._say)

    @property
    def monitors(self) -> Monitors:
        """Where windows stand."""
        return self.console.monitors

    def started(self) -> None:
        """From now on every change is told."""
        self.monitors.changed.connect(self._told)
        self._told()

    def desk(self, window: DeskBase) -> None:
        """The key, the list of what is parked, the command bar."""
        bar = ParkedBar(self.console.theme)
        bar.opened.connect(self.toggle)
        column = window.parts.page.layout()
        if isinstance(column, QBoxLayout):
            column.insertWidget(column.indexOf(window.parts.banner) + 1, bar)
        self._bars[id(window)] = bar
        window.add_key(_KEY, self.toggle, whole=True)
        window.keys.offer(self._entries)
        window.keys.wanted.connect(self._run)

    def wire(self, name: str, pane: WallPane) -> None:
        """The key at a wall on its own monitor."""
        if name != PAGE:
            shortcut = QShortcut(QKeySequence(_KEY.keys), pane)
            shortcut.activated.connect(self.toggle)

    def entered(self) -> None:
        """Nobody is here, or somebody with other rights."""
        if self.sheet is not None:
            self.sheet.leave()
        self._told()

    def stop(self) -> None:
        """Numbers are windows of their own."""
        self.hide_numbers()

    # -- what is shown ---------------------------------------------------------
    def view(self) -> RoomView:
        """Monitors, contents and presets as they are now."""
        placed, monitors = self.monitors.placed, self.monitors
        screens = tuple(
            ScreenTile(
                key,
                number,
                words(screen),
                _size(screen.width, screen.height, screen.scale),
                screen.x,
                screen.y,
                screen.width,
                screen.height,
                monitors.title(placed.on(key)) if placed.on(key) else "",
                placed.on(key),
                screen.primary,
            )
            for number, (key, screen) in enumerate(placed.screens.items(), 1)
        )
        actor = self.console.actor
        may = actor is not None and rights.allowed(actor.role, "layout.edit")
        return RoomView(screens, tuple(self._contents()), self._presets(), self.presets.dim, may)

    def _contents(self) -> list[ContentRow]:
        monitors, placed = self.monitors, self.monitors.placed
        rows = []
        for window, display in placed.windows.items():
            where = t("room.where.screen", number=placed.number(display), name=words(placed.screens[display]))
            rows.append(ContentRow(window, monitors.title(window), where, display))
        rows.sort(key=_desk_first)
        rows += [
            ContentRow(
                one.window,
                monitors.title(one.window),
                t("room.where.parked", why=self._why(one)),
                parked=True,
            )
            for one in placed.parked
        ]
        there = {row.window for row in rows}
        pages = self.console.desk_window(placed.desk).parts.pages.offered
        more = [f"{SHOW}{page}" for page in pages if page not in STAY]
        for window in (*more, *monitors.offered):
            if window not in there:
                here = t("room.where.desk") if window in more else t("room.where.away")
                rows.append(ContentRow(window, monitors.title(window), here))
        return rows

    def _why(self, parked: Parked) -> str:
        known = self.monitors.room.display(parked.display)
        name = words(known.screen) if known is not None else parked.display
        if parked.why == TAKEN:
            other = self.monitors.placed.on(parked.display)
            return t("room.why.taken", other=self.monitors.title(other) if other else name)
        return t("room.why.away" if parked.why == AWAY else "room.why.gone", name=name)

    def _presets(self) -> tuple[PresetRow, ...]:
        return tuple(
            PresetRow(one.name, preset_title(one.name), _detail(one), _STARTER_KEYS.get(one.name, ""))
            for one in self.presets.rows
        )

    @Slot()
    def _told(self) -> None:
        if not self.console.running:
            return
        self._list_parked()
        if self.sheet is not None and self.sheet.isVisible():
            self.sheet.tell(self.view())
            self.show_numbers(stay=True)

    def _list_parked(self) -> None:
        title = self.monitors.title
        names = [
            t("room.parked.one", name=title(one.window), why=self._why(one)) for one in self.monitors.parked
        ]
        for bar in self._bars.values():
            bar.tell(names)

    def tick(self, now: datetime) -> None:
        """The names in the list follow the language."""
        if self.monitors.parked:
            self._list_parked()

    # -- the sheet -------------------------------------------------------------
    @Slot()
    def toggle(self) -> None:
        """Open it over the window with the keyboard, pointing at what that
        window shows; or put it away."""
        if self.sheet is not None and self.sheet.isVisible():
            self.sheet.leave()
            return
        if self.console.actor is None:
            self.show_numbers()
            return
        over = self._over()
        if self.sheet is None or self.sheet.parentWidget() is not over:
            if self.sheet is not None:
                self.sheet.deleteLater()
            self.sheet = self._made(over)
        self.presets.reload()
        self.sheet.open(self.view(), self._pointed(over))
        self.show_numbers(stay=True)

    def _made(self, over: QWidget) -> RoomSheet:
        sheet = RoomSheet(self.console.theme, over)
        sheet.sent.connect(self._sent)
        sheet.put_away.connect(self.monitors.put_away)
        sheet.taken.connect(self.presets.take)
        sheet.saved.connect(self.presets.save)
        sheet.overwritten.connect(self.presets.overwrite)
        sheet.dropped.connect(self.presets.drop)
        sheet.dimmed.connect(self.presets.step_dim)
        sheet.left.connect(self.hide_numbers)
        sheet.reworded.connect(self._told)
        return sheet

    def _over(self) -> QWidget:
        active = QApplication.activeWindow()
        shown = self.console.windows
        mine = active in shown.values() and active not in self.console.desks.values()
        if active is not None and mine:
            return active
        return self.console.desk.parts.page

    def _pointed(self, over: QWidget) -> str:
        for name, window in self.console.windows.items():
            if window is over and name not in (DESK, PAGE):
                return name
        page = self.console.desk.parts.pages.current
        return f"{SHOW}{page}" if page not in STAY else self.monitors.placed.desk

    @Slot(str, int)
    def _sent(self, window: str, number: int) -> None:
        displays = list(self.monitors.placed.screens)
        if 1 <= number <= len(displays) and self.monitors.send(window, displays[number - 1]):
            self._say(t("room.said.sent", what=self.monitors.title(window), number=number))

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.console.desk.parts.toast.say("room.said.as_is", words=sentence)

    # -- numbers ---------------------------------------------------------------
    def show_numbers(self, stay: bool = False) -> None:
        """A big number on every monitor, for a while or (``stay``) until
        :meth:`hide_numbers`."""
        tiles = self.view().screens
        while len(self._numbers) < len(tiles):
            self._numbers.append(ScreenNumber(self.console.theme))
        for number, one in enumerate(self._numbers):
            if number < len(tiles):
                one.put(tiles[number])
            else:
                one.hide()
        self._rest.stop()
        if not stay:
            self._rest.start()

    @Slot()
    def hide_numbers(self) -> None:
        """Away with them."""
        self._rest.stop()
        for one in self._numbers:
            one.close()
            one.deleteLater()
        self._numbers.clear()

    @property
    def numbers(self) -> tuple[ScreenNumber, ...]:
        """Those shown now."""
        return tuple(one for one in self._numbers if one.isVisible())

    # -- command bar -----------------------------------------------------------
    def _entries(self) -> list[Entry]:
        if self.console.actor is None:
            return []
        view = self.view()
        rows = [_entry("numbers", "", 0, t("room.command.numbers"))]
        for row in view.contents:
            if row.display and row.window not in (DESK, PAGE):
                rows.append(_entry("away", row.window, 0, t("room.command.away", what=row.title)))
            rows += [
                _entry("send", row.window, one.number,
                       t("room.command.send", what=row.title, number=one.number))
                for one in view.screens
                if one.id != row.display and len(view.screens) > 1
            ]  # fmt: skip
        return rows + [
            _entry("preset", one.name, 0, t("room.command.preset", name=one.title)) for one in view.presets
        ]

    @Slot(str)
    def _run(self, what: str) -> None:
        mark, *rest = what.split(_CUT)
        if mark != _MARK or len(rest) != 3:
            return
        verb, name, number = rest
        if verb == "numbers":
            self.show_numbers()
        elif verb == "away":
            self.monitors.put_away(name)
        elif verb == "send":
            self._sent(name, int(number))
        elif verb == "preset":
            self.presets.take(name)


def preset_title(name: str) -> str:
    """The name of a preset as it is said: three have names of their own in
    each language."""
    return t(f"room.preset.{name}") if name in STARTERS else name


def _detail(preset: RoomPreset) -> str:
    if preset in AT_FIRST and not (preset.dim or preset.theme):
        return t("room.preset.unsaved")
    parts = []
    if preset.places:
        parts.append(t("room.preset.windows", n=len(preset.places)))
    if preset.walls:
        parts.append(t("room.preset.walls", n=len(preset.walls)))
    if preset.theme:
        parts.append(t(f"room.preset.{preset.theme}"))
    if preset.dim:
        parts.append(t("room.preset.dim", percent=preset.dim))
    return " · ".join(parts)


def _size(width: int, height: int, scale: float) -> str:
    wide, high = round(width * scale), round(height * scale)
    if scale == 1:
        return f"{wide} × {high}"
    return t("room.plan.scaled", size=f"{wide} × {high}", percent=round(scale * 100))


def _desk_first(row: ContentRow) -> tuple[int, str]:
    order = 0 if row.window in (DESK, PAGE) else 1 if row.window.startswith(WALL) else 2
    return order + (row.window == KIOSK), row.window


def _entry(verb: str, name: str, number: int, words: str) -> Entry:
    return Entry(_CUT.join((_MARK, verb, name, str(number))), words, "")
