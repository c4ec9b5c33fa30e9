"""Who sits at this console, and that nobody else does: the lock by idleness, the
veil over walls while the desk is locked, one's own password, drafts of one's own.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

from console.domain.passwords import Policy
from console.i18n import LANGUAGES, catalogue, language, t
from console.services.people_requests import ChangePassword, LoadPolicy
from console.services.ports import Change
from console.services.requests import Answer, Broke, Refused
from console.widgets.command_bar import Entry
from console.widgets.lock_veil import Veil
from console.widgets.login_card import MOST_OFFERED
from console.widgets.password_sheet import PasswordSheet
from console.widgets.wall_pane import WallPane
from console.windows.desk_base import DeskBase
from console.windows.placement import PAGE
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: What a person does with a window.
_HANDS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)
#: So long before it locks, a sentence says that it will, s.
WARN_S: Final = 30.0
#: A demonstration and its visitor have no password to come back with.
_NEVER: Final = frozenset({"demo"})
_OWN: Final = "own_password"


class Hands(QObject):
    """Notices when a person last touched any window of this console.

    It watches the system's windows, not the widgets: a wall paints a thousand
    times a minute, and none of that passes here."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watched: set[int] = set()
        self.moved = False

    def watch(self, window: QWindow | None) -> None:
        """Watch a window too; once is enough."""
        if window is not None and int(window.winId()) not in self._watched:
            self._watched.add(int(window.winId()))
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only looks."""
        if event.type() in _HANDS:
            self.moved = True
        return False


class Session(Part):
    """One for all windows of this console."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.policy = Policy()
        self.hands = Hands(self)
        self.touched_at = self.engine.clock.monotonic()
        self._warned = False
        self._veils: list[Veil] = []
        self._sheets: list[tuple[DeskBase, PasswordSheet]] = []
        self._recent: list[str] = []
        self._policy = self._own = 0
        console.monitors.pressed.connect(self._pressed)

    def started(self) -> None:
        """The rules, before anybody types a password."""
        self._load()

    def wire(self, name: str, pane: WallPane) -> None:
        """A wall on a display of its own is covered with the desk; the wall beside
        the board lies under the desk's own veil."""
        if name == PAGE:
            return
        veil = Veil(pane)
        veil.pressed.connect(self._pressed)
        self._veils.append(veil)

    def desk(self, window: DeskBase) -> None:
        """The door knows this workstation; one's own password is a command."""
        window.door.seat = self.engine.seat
        sheet = PasswordSheet(self.console.theme, window.parts.page)
        sheet.changed.connect(self._change)
        self._sheets.append((window, sheet))
        window.keys.offer(self._offers)
        window.keys.wanted.connect(self._wanted)
        window.language_changed.connect(self._offer_people)
        self._tell_rules()

    def entered(self) -> None:
        """Somebody sat down or locked the desk."""
        actor, locked = self.console.actor, self.console.watcher is not None
        self._touch()
        for veil in self._veils:
            if locked:
                veil.cover()
            else:
                veil.hide()
        for _, sheet in self._sheets:
            sheet.hide()
        if locked:
            _close_menus()
        if actor is not None:
            self._recent = [actor.name, *(one for one in self._recent if one != actor.name)][:MOST_OFFERED]
        self._offer_people()
        for window, _ in self._sheets:
            veil = window.parts.veil
            if locked and veil.isVisible() and not veil.asking:
                veil.setFocus()

    @Slot()
    def _offer_people(self) -> None:
        """Who sat here of late, by the names people go by."""
        for window, _ in self._sheets:
            names = window.control.names
            window.parts.login.set_offered([(one, names.person(one)) for one in self._recent])

    def tick(self, now: datetime) -> None:
        """Nobody touched anything: say so, then lock."""
        for window in self.console.windows.values():
            self.hands.watch(window.windowHandle())
        if self.hands.moved or self.console.actor is None:
            self._touch()
            return
        limit = self.policy.idle_min * 60.0
        if not limit or self.engine.services.purpose in _NEVER:
            return
        idle = self.engine.clock.monotonic() - self.touched_at
        if idle >= limit:
            self.console.desk.lock("idle")
        elif idle >= limit - WARN_S and not self._warned:
            self._warned = True
            self.console.desk.parts.toast.say("people.lock.soon", n=round(limit - idle))

    def posted(self, what: object) -> None:
        """The rules, what became of one's own password, changes elsewhere."""
        if isinstance(what, Change):
            if "setting" in what.kinds:
                self._load()
        elif isinstance(what, Answer | Refused | Broke):
            self._answered(what)

    def _answered(self, what: Answer | Refused | Broke) -> None:
        if what.token == self._policy:
            self._policy = 0
            if isinstance(what, Answer) and isinstance(what.value, Policy):
                self.policy = what.value
                self._tell_rules()
        elif what.token == self._own:
            self._own = 0
            for window, sheet in self._sheets:
                if not sheet.isVisible():
                    continue
                if isinstance(what, Refused):
                    sheet.refuse(what.refusal)
                    continue
                sheet.leave()
                key = "people.own.done" if isinstance(what, Answer) else "desk.say.broke"
                window.parts.toast.say(key)

    def _load(self) -> None:
        if not self._policy:
            self._policy = self.engine.submit(LoadPolicy())

    def _tell_rules(self) -> None:
        for window, sheet in self._sheets:
            for pair in (window.parts.login.pair, sheet.pair):
                pair.set_shortest(self.policy.shortest)

    def _touch(self) -> None:
        self.touched_at = self.engine.clock.monotonic()
        self.hands.moved = self._warned = False

    @Slot()
    def _pressed(self) -> None:
        """Somebody pressed at a wall or a page elsewhere: the desk asks who it is."""
        if self.console.watcher is None:
            self.console.desk.activateWindow()
            return
        self.console.say(t("people.lock.wall"))
        self.console.desk.ask_who()

    def _offers(self) -> list[Entry]:
        other = next(one for one in LANGUAGES if one != language())
        return [Entry(_OWN, t("people.own.title"), "", catalogue(other)["people.own.title"])]

    @Slot(str)
    def _wanted(self, what: str) -> None:
        if what != _OWN:
            return
        for window, sheet in self._sheets:
            if window.isVisible():
                sheet.open()

    @Slot(str, str)
    def _change(self, old: str, new: str) -> None:
        if self.console.actor is not None and not self._own:
            self._own = self.engine.submit(ChangePassword(self.console.actor, old, new))


def _close_menus() -> None:
    """A menu left open would go on taking clicks above every veil."""
    open_now = QApplication.activePopupWidget()
    while open_now is not None:
        open_now.close()
        after = QApplication.activePopupWidget()
        open_now = after if after is not open_now else None
