"""The console with its windows: what is built from what, in which order it
starts and stops. Beside ``engine.py`` the one module that sees every room."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QObject, QTimer, QTranslator, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from console import crash, memory
from console.annunciator import Annunciator, SoundVoice
from console.bridge import Bridge
from console.captures import CaptureFailed
from console.domain.model import Actor, Camera
from console.engine import Engine
from console.feeds.sources import RING_SECONDS
from console.i18n import explain, language, set_language, t
from console.models import board_index
from console.services.requests import Answer, OpenFromCamera
from console.services.views import BoardView, Pulse
from console.settings import Places
from console.shipped import RESOURCES
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.budgets import BudgetDesk
from console.widgets.layouts import PRESETS, nearest
from console.widgets.sight import Sight
from console.widgets.wall_pane import WallPane
from console.windows.console_window import ConsoleWindow
from console.windows.desk_base import DeskBase
from console.windows.desk_window import DeskWindow
from console.windows.placement import PAGE
from console.windows.screen_watch import ScreenWatch
from console.windows.wall_window import WallWindow
from console.wiring import parts
from console.wiring.desk_making import DeskMaking
from console.wiring.evidence import EvidenceReview
from console.wiring.focus import FocusSound
from console.wiring.monitors import Monitors
from console.wiring.part import Part

log = logging.getLogger(__name__)
#: So long after the first board everything that stays has been read, ms.
SETTLE_MS = 4000
#: Where no board comes a start is over after this time.
STARTED_MS = 15_000


@dataclass(frozen=True, slots=True)
class Options:
    """How a console is to start."""

    places: Places
    lang: str = "zh"
    theme: str = "dark"
    layout: str = ""
    workers: int = 0
    ring_seconds: float = RING_SECONDS
    engine: str = "auto"
    seat: str = ""
    suggested: tuple[tuple[str, str], ...] = ()
    actor: Actor | None = None
    full_screen: bool = True
    marks: dict[str, float] = field(default_factory=dict)


def make_application() -> QApplication:
    """The one ``QApplication``, ready for a wall: Fusion, xcb where there is a
    choice (under Wayland a client cannot place its windows)."""
    if sys.platform.startswith("linux") and os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    existing = QCoreApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    app.setApplicationName("fifteen")
    app.setDesktopFileName("fifteen")
    app.setWindowIcon(QIcon(str(RESOURCES / "icons" / "fifteen.svg")))
    app.setQuitOnLastWindowClosed(False)
    return app


class ConsoleApp(QObject):
    """One console: engine, windows, and the wires between them.

    ``closed`` when the officer closed the desk; ``boarded(BoardView)`` with
    every board (the demonstration and the benchmarks listen).
    """

    closed = Signal()
    boarded = Signal(object)

    def __init__(self, app: QApplication, options: Options, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self.options = app, options
        set_language(options.lang)
        self._qt_words: QTranslator | None = None
        self.theme = Theme(options.theme)
        self.theme.apply(app)
        self._speak_qt()
        self.bridge = Bridge(self)
        self.bridge.posted.connect(self._on_posted)
        self.engine = Engine(options.places, self.bridge.post, seat=options.seat)
        self.ticker = Ticker(self.engine.clock, self)
        self.annunciator = Annunciator(self.ticker, SoundVoice(self), self)
        self.annunciator.changed.connect(self._show_sound)
        self.actor: Actor | None = None
        #: Who locked the desk: its board is read on in their name.
        self.watcher: Actor | None = None
        self.board: BoardView | None = None
        self.cameras: tuple[Camera, ...] = ()
        self._desks: dict[str, DeskBase] = {}
        self._panes: dict[str, WallPane] = {}
        self._walls: dict[str, WallWindow] = {}
        self._arranged: set[str] = set()
        self._cased: frozenset[str] = frozenset()
        self._parts: tuple[Part, ...] = ()
        self.making = DeskMaking(self)
        self._running = False
        #: Begin anew when it has ended, into the version installed by then.
        self.restart = False

    # -- life -----------------------------------------------------------------
    def start(self) -> None:
        """Engine, feeds, then windows on the monitors there are."""
        crash.watch(self.options.places.logs, self._tell_crash, version("fifteen"))
        self.engine.start()
        self.cameras = self.engine.open_cameras(
            self.options.workers, self.options.engine, self.options.ring_seconds
        )
        assert self.engine.feeds is not None
        self.budgets = BudgetDesk(self.engine.wish)
        self.screens = ScreenWatch(self)
        self.monitors = Monitors(self)
        self.screens.changed.connect(self.monitors.lay_out)
        self.ticker.tick.connect(self._on_tick)
        self.evidence = EvidenceReview(self)
        self._parts = (*parts.build(self), self.evidence, FocusSound(self), self.monitors)
        self._running = True
        self.monitors.lay_out(self.screens.screens)
        for part in self._parts:
            part.started()
        self.ticker.start()
        QTimer.singleShot(STARTED_MS, memory.settle_at_last)
        if self.options.actor is not None:
            # Once the windows stand: they load in this person's name.
            QTimer.singleShot(0, self._enter)

    def stop(self) -> None:
        """Windows first, then the engine; every thread and process ends."""
        if not self._running:
            return
        self._running = False
        self.making.stop()
        self.ticker.stop()
        for part in reversed(self._parts):
            part.stop()
        for window in (*self._walls.values(), *self._desks.values()):
            window.blockSignals(True)
            window.close()
        self.bridge.close()
        self.engine.stop()
        for window in (*self._walls.values(), *self._desks.values()):
            window.deleteLater()
        self._walls.clear()
        self._desks.clear()
        self._panes.clear()
        crash.rest()
        memory.unsettle()

    # -- what stands now ------------------------------------------------------
    @property
    def desk(self) -> DeskBase:
        """The window with the board that is shown now."""
        for window in self._desks.values():
            if window.isVisible():
                return window
        return next(iter(self._desks.values()))

    @property
    def windows(self) -> dict[str, QWidget]:
        """Every window shown, by its name in the placement."""
        both: dict[str, QWidget] = {**self._desks, **self._walls, **self.monitors.windows}
        return {key: window for key, window in both.items() if window.isVisible()}

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, in the order in which they were wired; none before the start."""
        return self._parts

    @property
    def named_panes(self) -> dict[str, WallPane]:
        """Every wall by the name of its place: ``page``, ``wall-1`` …"""
        return dict(self._panes)

    @property
    def panes(self) -> tuple[WallPane, ...]:
        """Every wall, shown or parked."""
        return tuple(self._panes.values())

    @property
    def running(self) -> bool:
        """Between :meth:`start` and :meth:`stop`."""
        return self._running

    @property
    def desks(self) -> dict[str, DeskBase]:
        """Every window with a board made so far, shown or not."""
        return dict(self._desks)

    @property
    def wall_windows(self) -> dict[str, WallWindow]:
        """Every wall's window made so far, shown or parked."""
        return dict(self._walls)

    # -- windows on monitors --------------------------------------------------
    def desk_window(self, name: str) -> DeskBase:
        """``desk`` or ``page``, made when it is first wanted."""
        self.making.finish(name)
        return self._desks[name]

    def new_desk(self, name: str) -> None:
        """A window with a board, without what the parts add to it."""
        window = self._desks[name] = self._new_page() if name == PAGE else self._new_desk()
        window.signed_in.connect(self._on_signed_in)
        window.locked.connect(self._on_locked)
        window.camera_chosen.connect(self._bring)
        window.evidence_opened.connect(self.evidence.show)
        window.language_changed.connect(self._on_language)
        window.closing.connect(self.closed)
        window.link.board.connect(self._on_board)
        window.link.cameras.connect(self._on_cameras)
        window.link.feeds.connect(self._on_feeds)
        window.silence_wanted.connect(self.annunciator.silence)
        self._show_sound()

    def _new_page(self) -> DeskBase:
        pane = self._pane(PAGE)
        if PAGE not in self._arranged:
            pane.wall.use_layout(self._preset or "6")
        return ConsoleWindow(
            self.engine,
            self.bridge,
            self.ticker,
            self.theme,
            pane,
            data_dir=self.options.places.data,
            suggested=self.options.suggested,
        )

    def _new_desk(self) -> DeskBase:
        return DeskWindow(
            self.engine,
            self.bridge,
            self.ticker,
            self.theme,
            data_dir=self.options.places.data,
            suggested=self.options.suggested,
        )

    @property
    def sight(self) -> Sight:
        """What every view of pictures needs, once the feeds run."""
        feeds = self.engine.feeds
        assert feeds is not None
        return Sight(feeds, self.budgets, self.engine.clock, self.theme, self.ticker)

    def wall_window(self, name: str) -> WallWindow:
        """``wall-1`` …, made when it is first wanted."""
        if name not in self._walls:
            feeds = self.engine.feeds
            assert feeds is not None
            window = WallWindow(name, self.sight, feeds.focus, feeds.unfocus)
            self._walls[name] = window
            window.closing.connect(self.monitors.put_away)
            self._wire(name, window.pane)
        return self._walls[name]

    def share_out(self) -> None:
        """New walls share the cameras: the first shows the first of them, the
        next goes on from there. A wall somebody has arranged is left alone."""
        fresh = [w for name, w in self._walls.items() if name not in self._arranged]
        if not fresh:
            return
        each = min(64, -(-len(self.cameras) // len(self._walls))) or 1
        layout = self._preset or nearest(each)
        for number, window in enumerate(fresh, len(self._arranged & self._walls.keys())):
            wall = window.pane.wall
            wall.set_plan(wall.plan.with_layout(layout).turn(number))
            self._arranged.add(window.key)

    @property
    def _preset(self) -> str:
        """The preset asked for; what has a name of its own is hung elsewhere."""
        return self.options.layout if self.options.layout in PRESETS else ""

    def arranged(self, name: str) -> None:
        """The wall of this place hangs as somebody wants it: left alone."""
        self._arranged.add(name)

    def _pane(self, name: str) -> WallPane:
        feeds = self.engine.feeds
        assert feeds is not None
        pane = WallPane(self.sight, feeds.focus, feeds.unfocus)
        self._wire(name, pane)
        return pane

    def _wire(self, name: str, pane: WallPane) -> None:
        self._panes[name] = pane
        pane.set_cameras(self.cameras)
        pane.selectionChanged.connect(self._attend)
        pane.focusChanged.connect(self._attend)
        if name != PAGE:
            # The page wires its own wall; these belong to the desk beside it.
            pane.newCase.connect(self._new_case)
            pane.caseRequested.connect(self._open_case)
        for part in self._parts:
            part.wire(name, pane)

    # -- who ------------------------------------------------------------------
    def enter(self, actor: Actor) -> None:
        """Go to work as ``actor``, who has been recognised elsewhere."""
        self._on_signed_in(actor)

    @Slot()
    def _enter(self) -> None:
        if self._running and self.options.actor is not None and self.actor is None:
            self.enter(self.options.actor)

    @Slot(object)
    def _on_signed_in(self, actor: Actor) -> None:
        self.actor, self.watcher = actor, None
        self.hand_over_person()
        for part in self._parts:
            part.entered()

    @Slot()
    def _on_locked(self) -> None:
        self.actor, self.watcher = None, self.desk.locked_by
        self.hand_over_person()
        for part in self._parts:
            part.entered()

    def hand_over_person(self) -> None:
        """The window shown works for the person signed in; one that is hidden
        works for nobody, so that no board is read twice."""
        for window in self._desks.values():
            wanted = self.actor if window.isVisible() else None
            if self.watcher is not None and window.isVisible():
                if window.locked_by != self.watcher:
                    window.stand_locked(self.watcher)
            elif window.link.actor != wanted or window.locked_by is not None:
                window.set_actor(wanted)

    # -- wires between windows ------------------------------------------------
    @Slot(str, object)
    def _new_case(self, camera: str, pressed_at: datetime) -> None:
        self.desk.open_from_camera(camera, pressed_at)
        self._raise_desk()

    @Slot(str)
    def _open_case(self, case_id: str) -> None:
        self.desk.open_case(case_id)
        self._raise_desk()

    @Slot()
    def _show_sound(self) -> None:
        """Whether alarms can be heard here, and until when they are silent."""
        for window in self._desks.values():
            window.set_sound(self.annunciator.has_device, self.annunciator.silent_until)

    def _raise_desk(self) -> None:
        """The next thing is typed at the desk: give it the keyboard."""
        self.desk.activateWindow()

    @Slot(str)
    def _bring(self, camera: str) -> None:
        for pane in self._panes.values():
            if pane.isVisible() and pane.wall.hangs(camera):
                pane.wall.bring(camera)
                return
        for pane in self._panes.values():
            if pane.isVisible():  # it hangs nowhere yet
                pane.wall.hang((camera,), pane.wall.selected)
                return

    @Slot()
    def _attend(self) -> None:
        """Tell which tiles are dropped last when the machine is too slow."""
        seen = [pane for pane in self._panes.values() if pane.isVisible()]
        selected = {camera for pane in seen for camera in (pane.wall.selected_camera, pane.focused)}
        selected = selected.union(*(pane.wall.lent for pane in seen))
        self.engine.attend(selected - {""}, self._cased)

    @Slot(object)
    def _on_board(self, view: BoardView) -> None:
        if self.board is None:
            QTimer.singleShot(SETTLE_MS, memory.settle)
        self._cased = board_index.of(view).cased
        self.board = view
        self.annunciator.take(view)
        for name, pane in self._panes.items():
            if name != PAGE:
                pane.set_board(view)
        self.boarded.emit(view)

    @Slot(object)
    def _on_cameras(self, cameras: Sequence[Camera]) -> None:
        self.cameras = tuple(cameras)
        for name, pane in self._panes.items():
            if name != PAGE:
                pane.set_cameras(self.cameras)

    @Slot(object)
    def _on_feeds(self, view: object) -> None:
        health = getattr(view, "health", {})
        for name, pane in self._panes.items():
            if name != PAGE:
                pane.set_health(health)

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        self.bridge.post(self.engine.pulse())
        self._attend()
        self.engine.govern()
        view = self.engine.feeds_view()
        for pane in self._panes.values():
            pane.set_notices([view.notice] if view.notice else [])
        self.bridge.post(view)
        for part in self._parts:
            part.tick(now)

    @Slot(object)
    def _on_posted(self, what: object) -> None:
        if isinstance(what, Pulse):
            for window in self._walls.values():
                window.pulse.take(what)
        elif isinstance(what, CaptureFailed):
            self.say(t("app.capture.failed", case=what.case_id[-4:], reason=explain(what.refusal)[0]))
        elif isinstance(what, Answer) and isinstance(what.request, OpenFromCamera):
            log.info("case opened from camera %s", what.request.camera)
        for part in self._parts:
            part.posted(what)

    def say(self, sentence: str) -> None:
        """A sentence for the notice strip of every wall that is seen."""
        for pane in self._panes.values():
            if pane.isVisible():
                pane.say(sentence)

    # -- language, crash ------------------------------------------------------
    @Slot(str)
    def _on_language(self, _lang: str) -> None:
        self._speak_qt()

    def _speak_qt(self) -> None:
        """Qt's own dialogs and menus in the language now."""
        if self._qt_words is not None:
            self._app.removeTranslator(self._qt_words)
        self._qt_words = QTranslator(self)
        name = "qtbase_zh_CN" if language() == "zh" else "qtbase_en"
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_words.load(name, folder):
            self._app.installTranslator(self._qt_words)

    def _tell_crash(self, line: str) -> None:
        # From any thread; the board goes on.
        log.error("unforeseen: %s", line)
