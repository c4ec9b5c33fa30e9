"""What the wide desk and the one-display page have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QWidget

from console.bridge import Bridge
from console.domain.model import Actor
from console.i18n import LANGUAGES, language, t
from console.services import permissions
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.desk_pages import BOARD
from console.widgets.keys import Key
from console.windows.desk_control import DeskControl
from console.windows.desk_door import DeskDoor
from console.windows.desk_keys import DeskKeys
from console.windows.desk_link import DeskLink, Gateway
from console.windows.desk_parts import DeskParts
from console.windows.language import switch_language


class DeskBase(QMainWindow):
    """A window with sign-in, bars, board and case.

    ``signed_in(Actor)`` and ``locked()`` concern the whole program; the rest
    for the composition root: ``camera_chosen(camera id)`` to be put on the
    wall, ``evidence_opened(sha256, path)``, ``theme_changed(name)``,
    ``language_changed(lang)``, ``silence_wanted()``, ``closing()``,
    ``cases_wanted(title, ids)``: the cases behind a number.
    """

    signed_in = Signal(object)
    locked = Signal()
    camera_chosen = Signal(str)
    evidence_opened = Signal(str, str)
    theme_changed = Signal(str)
    language_changed = Signal(str)
    silence_wanted = Signal()
    closing = Signal()
    cases_wanted = Signal(str, object)

    def __init__(
        self,
        gateway: Gateway,
        bridge: Bridge,
        ticker: Ticker,
        theme: Theme,
        *,
        data_dir: Path | None = None,
        suggested: Sequence[tuple[str, str]] = (),
        wide_detail: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``data_dir``: where drafts are kept; ``suggested``: demo users as
        ``(name, words)`` on the sign-in page."""
        super().__init__(parent)
        self._theme, self._ticker = theme, ticker
        self.parts = DeskParts(self, theme, ticker, data_dir, suggested, wide_detail=wide_detail)
        self.link = DeskLink(gateway, bridge, ticker, self)
        self.door = DeskDoor(self.parts.login, self.link, self)
        self.control = DeskControl(self.parts, self.link, ticker, self)
        self.parts.lay_out(self.build_body())
        self._back = (BOARD, "", False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.parts.login_page)
        self._stack.addWidget(self.parts.page)
        self.setCentralWidget(self._stack)
        self.keys = DeskKeys(self, self.key_areas(), self.parts, self.control)
        self._connect()
        self.retranslate()
        self.resize(1920, 1080)

    def add_page(self, page: str, widget: QWidget, keys: str = "") -> None:
        """A page beside the board, titled ``pages.<page>``. ``keys`` (such as
        ``F7``) brings it up from anywhere in the window."""
        self.parts.pages.add(page, widget, keys)
        if keys:
            self.keys.extend(Key(f"page_{page}", keys, "page"), partial(self.show_page, page), whole=True)

    def show_page(self, page: str) -> None:
        """Bring a page up and give it the keyboard; where it is not for this
        person a sentence says so."""
        if page in self.parts.pages and not self.parts.pages.is_offered(page):
            self.parts.toast.say("pages.not_yours", page=t(f"pages.{page}"))
            return
        self.parts.pages.turn(page)
        widget = self.parts.pages.widget(page)
        if page == BOARD:
            self.parts.board.take_focus()
        elif widget is not None:
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_cases(self, title: str, ids: Sequence[str]) -> None:
        """The cases behind a number, as the list of the search page; ``title``
        says which they are. Esc goes back to where the number stood."""
        self.cases_wanted.emit(title, tuple(ids))

    def add_key(self, key: Key, run: Callable[[], None], *, whole: bool = False) -> None:
        """A key more, in the command bar and on F1 as well, with the words
        ``desk.keys.<key id>``. ``whole``: heard in the whole window, otherwise
        only while the desk has the keyboard and nothing is typed."""
        self.keys.extend(key, run, whole=whole)

    def build_body(self) -> QWidget:
        """The middle of the page: cameras, board and case side by side. A
        window with something else to show beside them has its own."""
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        for one in (self.parts.cameras, self.parts.pages, self.parts.work):
            panes.addWidget(one)
        panes.setStretchFactor(1, 1)
        return panes

    def key_areas(self) -> list[QWidget]:
        """Where the letters of the desk are heard."""
        return [self.parts.pages, self.parts.work, self.parts.cameras, self.parts.kpi]

    def _connect(self) -> None:
        parts = self.parts
        for bar in (parts.header, parts.login):
            bar.language_wanted.connect(self.use_language)
        parts.veil.pressed.connect(self.ask_who)
        parts.header.theme_wanted.connect(self.toggle_theme)
        parts.header.lock_wanted.connect(self.lock)
        parts.header.silence_wanted.connect(self.silence_wanted)
        parts.header.help_wanted.connect(parts.help.toggle)
        parts.cameras.chosen.connect(self.camera_chosen)
        parts.detail.evidence_opened.connect(self.evidence_opened)
        self.door.signed_in.connect(self.set_actor)
        self.door.signed_in.connect(self.signed_in)
        self.keys.wanted.connect(self._wanted)
        self._ticker.tick.connect(self._on_tick)

    @Slot(object)
    def set_actor(self, actor: Actor | None) -> None:
        """Somebody signed in here or in another window; ``None``: nobody works
        at this window, and it shows the sign-in page."""
        before, self.door.locker = self.door.locker, None
        self._name_actor(actor)
        self.parts.veil.lift()
        self.parts.lock_bar.hide()
        self.parts.login_page.take()
        self._stack.setCurrentWidget(self.parts.page if actor is not None else self.parts.login_page)
        if actor is None:
            self.parts.login.reset()
            return
        self.parts.drafts.use(actor.name)
        if before is None or before.name != actor.name:
            self._back = (BOARD, "", False)
        page, case, intake = self._back
        self.parts.pages.turn(page)
        self.parts.board.take_focus()
        if intake:
            self.control.new_by_hand()
        elif case:
            self.control.open_case(case)

    def _name_actor(self, actor: Actor | None) -> None:
        """Who works here: header, case and intake know, and the link asks in
        this person's name."""
        self.parts.header.set_actor(actor)
        self.parts.detail.set_actor(actor)
        self.parts.intake.set_actor(actor)
        self.link.set_actor(actor)

    @property
    def locked_by(self) -> Actor | None:
        """Who locked this desk; ``None`` while somebody works at it, and before
        anybody did."""
        return self.door.locker

    @Slot()
    def lock(self, why: str = "key") -> None:
        """The board and the alarms stay, read in the name of the person who
        locked it; nothing can be pressed until somebody says who they are.
        ``why``: ``key``, or ``idle`` when nobody touched anything."""
        watcher = self.link.actor
        if watcher is None:
            return
        parts = self.parts
        taking_in = parts.work.currentWidget() is parts.intake and parts.intake.isVisible()
        self._back = (parts.pages.current, self.link.open_case, taking_in)
        self.stand_locked(watcher)
        self.door.lock(watcher, why)
        self.locked.emit()

    def stand_locked(self, watcher: Actor) -> None:
        """Show what ``watcher`` may read of the board, and nothing of a case."""
        self.door.locker = watcher
        self.control.close_case()
        self._name_actor(None)
        self.link.watch_on(watcher)
        for overlay in (self.parts.help, self.parts.command, self.parts.evidence, self.parts.toast):
            overlay.hide()
        if not permissions.may(watcher, "board.read"):
            # There is no board to go on showing.
            self._stack.setCurrentWidget(self.parts.login_page)
            self.parts.login.reset(watcher.name)
            return
        self.parts.pages.turn(BOARD)
        self._stack.setCurrentWidget(self.parts.page)
        self.parts.lock_bar.lock(watcher.name, self._ticker.now())
        self.parts.veil.cover()

    @Slot()
    def ask_who(self) -> None:
        """The card over the locked desk, for whoever locked it or comes next."""
        if self.locked_by is not None:
            self._ask(self.locked_by.name)

    @Slot()
    def switch_officer(self) -> None:
        """Another officer sits down: the desk locks and asks for name and
        password at once."""
        self.lock()
        if self.locked_by is not None:
            self._ask("")

    def _ask(self, name: str) -> None:
        if self.parts.veil.isHidden():
            # No board behind it: the card stands on its own page.
            self.parts.login.reset(name)
        else:
            self.parts.veil.ask(name)
        self.activateWindow()

    @Slot(str)
    def use_language(self, lang: str) -> None:
        """Take a language in the whole program."""
        switch_language(lang)
        self.language_changed.emit(lang)

    @Slot()
    def toggle_theme(self) -> None:
        """Dark or light, in the whole program."""
        self._theme.use("light" if self._theme.dark else "dark")
        self.theme_changed.emit(self._theme.name)

    @Slot(str)
    def open_case(self, case_id: str) -> None:
        """Bring a case up: from a tile's badge, a map, another window."""
        self.control.open_case(case_id)

    @Slot(bool, object)
    def set_sound(self, has_device: bool, silent_until: datetime | None) -> None:
        """Whether alarms can be heard on this machine, and until when not."""
        self.parts.header.set_sound(has_device, silent_until)

    @Slot(str, object)
    def open_from_camera(self, camera: str, pressed_at: datetime) -> None:
        """The N key on a tile."""
        self.control.open_from_camera(camera, pressed_at)

    def retranslate(self) -> None:
        """Say what is the window's own in the language now."""
        self.setWindowTitle(t("desk.window.title"))
        self.control.rename()

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        self.link.trend_wanted = self.parts.chart.wanted

    @Slot(str)
    def _wanted(self, what: str) -> None:
        if what == "language":
            self.use_language(next(one for one in LANGUAGES if one != language()))
        elif what == "theme":
            self.toggle_theme()
        elif what == "lock":
            self.lock()
        elif what == "switch":
            self.switch_officer()
        elif what == "silence":
            self.silence_wanted.emit()
        elif what == "next_pane":
            self._next_pane()

    def panes(self) -> list[QWidget]:
        """Where F6 goes round."""
        return [self.parts.pages, self.parts.work, self.parts.cameras]

    def _next_pane(self) -> None:
        panes = [pane for pane in self.panes() if pane.isVisible()]
        held = self.focusWidget()
        at = next((i for i, pane in enumerate(panes) if held is not None and pane.isAncestorOf(held)), -1)
        target = panes[(at + 1) % len(panes)]
        if target is self.parts.pages and self.parts.pages.current == BOARD:
            self.parts.board.take_focus()
            return
        inner = (one for one in (target, *target.findChildren(QWidget)) if _takes_keys(one))
        chosen = next(inner, target)
        chosen.setFocus(Qt.FocusReason.TabFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing typed is lost; threads end with the window."""
        self.parts.close()
        self.closing.emit()
        super().closeEvent(event)


def _takes_keys(widget: QWidget) -> bool:
    return widget.isVisible() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
