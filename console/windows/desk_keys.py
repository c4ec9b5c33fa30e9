"""Keys and the command bar of a desk window, from the one table of keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.domain.vocabulary import Action
from console.i18n import LANGUAGES, catalogue, language, t
from console.widgets.action_bar import REWORK
from console.widgets.command_bar import Entry
from console.widgets.desk_pages import BOARD
from console.widgets.keys import ACTION_KEYS, DESK_KEYS, WINDOW_KEYS, Key
from console.windows.desk_control import DeskControl
from console.windows.desk_parts import DeskParts

#: Done without the desk's window, from wherever they are pressed.
_ANYWHERE: Final = frozenset(
    {"language", "theme", "silence", "ack1", "ack2", "ack3", "speech", "screens", "next_pane"}
)
#: What W does when no check waits for its rework.
WALL_NEAR = "wall_near"


class DeskKeys(QObject):
    """Shortcuts for a window. Letters are heard only in ``desk`` (never while
    a text field has the keyboard: it takes them first)."""

    wanted = Signal(str)

    def __init__(self, window: QWidget, desk: list[QWidget], parts: DeskParts, control: DeskControl) -> None:
        super().__init__(window)
        self._parts, self._control = parts, control
        self._window, self._desk = window, tuple(desk)
        self._more: list[Key] = []
        self._whole: list[Key] = list(WINDOW_KEYS)
        self._offers: list[Callable[[], Sequence[Entry]]] = []
        self._runs: dict[str, Callable[[], None]] = self._table()
        for key in WINDOW_KEYS:
            self._add(window, key.keys, key.id, Qt.ShortcutContext.WindowShortcut)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for area in desk:
            for key in DESK_KEYS:
                self._add(area, key.keys, key.id, inside)
            for letter in sorted({*ACTION_KEYS.values(), "W"}):
                self._add(area, letter, f"letter:{letter}", inside)
        parts.command.run.connect(self.run)

    def extend(self, key: Key, run: Callable[[], None], *, whole: bool = False) -> None:
        """A key more: see ``DeskBase.add_key``."""
        self._more.append(key)
        self._runs[key.id] = run
        if whole:
            self._whole.append(key)
            self._add(self._window, key.keys, key.id, Qt.ShortcutContext.WindowShortcut)
        else:
            for area in self._desk:
                self._add(area, key.keys, key.id, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._parts.help.extend(key)

    def hear(self, window: QWidget) -> None:
        """The keys of the whole window are heard in another one too (a page on
        a display of its own); what they bring up comes up at the desk."""
        for key in self._whole:
            self._add(window, key.keys, key.id, Qt.ShortcutContext.WindowShortcut)

    def offer(self, source: Callable[[], Sequence[Entry]]) -> None:
        """More entries for the command bar, asked for each time it opens; what
        is chosen of them comes as ``wanted``."""
        self._offers.append(source)

    def _add(self, area: QWidget, keys: str, run: str, context: Qt.ShortcutContext) -> None:
        shortcut = QShortcut(QKeySequence(keys), area)
        shortcut.setContext(context)
        shortcut.setProperty("run", run)
        shortcut.activated.connect(self._pressed)

    def _table(self) -> dict[str, Callable[[], None]]:
        parts, control = self._parts, self._control
        return {
            "help": parts.help.toggle,
            "command": self.open_commands,
            "next": parts.detail.next,
            "new": control.new_case,
            "new_hand": control.new_by_hand,
            "more": parts.detail.action_bar.open_menu,
            "listing": parts.board.toggle_list,
            "page_board": self._to_board,
            "cameras": self._to_cameras,
            "jump": parts.banner.jump_worst,
            "ack1": self._ack_one,
            "ack2": self._ack_two,
            "ack3": self._ack_three,
        }

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            what, area = str(sender.property("run")), sender.parent()
            far = isinstance(area, QWidget) and area.window() is not self._window
            if far and what not in _ANYWHERE:
                self._window.activateWindow()
            self.run(what)

    @Slot(str)
    def run(self, what: str) -> None:
        """Do something by its name: a key's id, ``act:<action>``,
        ``go:<digits>`` or ``letter:<key>``. What is not known here is left to
        the window (``wanted``)."""
        kind, _, rest = what.partition(":")
        if kind == "go":
            self._go(rest)
        elif kind == "act":
            self._parts.detail.start(rest)
        elif kind == "letter":
            self._letter(rest)
        elif what in self._runs:
            self._runs[what]()
        else:
            self.wanted.emit(what)

    def _letter(self, letter: str) -> None:
        view = self._parts.detail.view
        if view is None:
            return
        if letter == "W" and Action.CHECK in view.allowed:
            self._parts.detail.start(REWORK)
            return
        fits = (one for one, keys in ACTION_KEYS.items() if keys == letter and one in view.allowed)
        found = next(fits, None)
        if found is not None:
            self._parts.detail.start(found.value)
        elif letter == "W" and WALL_NEAR in self._runs:
            # The map's own key is Shift+W; W alone is free but for a rework.
            self._runs[WALL_NEAR]()
        else:
            # Why not is better than silence.
            ruled_out = (one for one, keys in ACTION_KEYS.items() if keys == letter and one in view.blocked)
            first = next(ruled_out, None)
            if first is not None:
                self._parts.detail.start(first.value)

    def _go(self, digits: str) -> None:
        card = self._parts.board.models.by_digits(digits)
        if card is not None and "-" not in digits:
            self._control.open_case(card.id)
        else:
            # Not on the board: the search knows also what has ended.
            self.wanted.emit(f"case:{digits}")

    def open_commands(self) -> None:
        """The command bar with all that can be done now."""
        other = next(one for one in LANGUAGES if one != language())
        rows = [
            Entry(f"act:{one}", words, keys, _also(other, f"actions.verb.{one}"))
            for one, words, keys in self._parts.detail.action_bar.offered()
        ]
        known = (*DESK_KEYS, *self._more, *WINDOW_KEYS)
        rows += [
            Entry(key.id, t(f"desk.keys.{key.id}"), key.keys, _also(other, f"desk.keys.{key.id}"))
            for key in known
            if key.id != "command"
        ]
        rows += [entry for offer in self._offers for entry in offer()]
        self._parts.command.open(rows)

    def _to_board(self) -> None:
        self._parts.pages.turn(BOARD)
        self._parts.board.take_focus()

    def _to_cameras(self) -> None:
        self._parts.cameras.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._parts.cameras.search.selectAll()

    def _ack_one(self) -> None:
        self._parts.banner.acknowledge_worst(1)

    def _ack_two(self) -> None:
        self._parts.banner.acknowledge_worst(2)

    def _ack_three(self) -> None:
        self._parts.banner.acknowledge_worst(3)


def _also(lang: str, key: str) -> str:
    """The words of another language; some actions have none of their own."""
    return catalogue(lang).get(key, "")
