"""One large display: asks for what it shows, decides which page it is, and
greys it when what it was told is old. The same for a program of its own and for
a window of a console."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from console.domain import kiosk
from console.domain.kiosk import KioskPlan, Push, Shown, Turns
from console.domain.model import Actor, Camera
from console.domain.vocabulary import AlarmState, Role, Severity
from console.i18n import either, explain, t
from console.models.names import NameBook
from console.models.wording import local
from console.services.district_map import LoadMap, MapData
from console.services.kiosk import KioskNames, KioskState, LoadKiosk, LoadKioskNames, TryPin
from console.services.ports import Change
from console.services.requests import Answer, Broke, LoadBoard, LoadLayouts, Refused
from console.services.views import BoardView, FeedsView
from console.services.wall_layouts import Library
from console.widgets.kiosk_subject import camera_of
from console.widgets.kiosk_wall import plan_of
from console.widgets.layouts import PRESETS
from console.widgets.map_tiles import TileStore
from console.widgets.sight import Sight
from console.widgets.wall_library import plan_of as plan_of_hung
from console.widgets.wall_plan import WallPlan
from console.windows.displays import Screen, in_order
from console.windows.kiosk_window import KioskWindow
from console.windows.screen_watch import put_on, screens_now
from console.wiring.map_workshop import GroundDone, GroundReady, MapWorkshop, TileDone

#: How often it looks at itself, ms.
LOOK_MS: Final = 500
#: A board is asked for so often without news, and with news, seconds.
BOARD_S: Final = 1.5
NEWS_S: Final = 0.3
#: Plan, push and names are read again so often when no news came, seconds.
STATE_S: Final = 10.0
#: Nobody has told that he watches for so long: nobody does, seconds.
UNWATCHED_S: Final = 90.0
#: Whoever begins to watch together with it has said so by then, seconds.
GRACE_S: Final = 25.0
#: Whoever stands at it: nobody. Reads, and nothing else.
NOBODY: Final = Actor("kiosk", Role.KIOSK, may_approve=False)

log = logging.getLogger(__name__)

Submit = Callable[[object, bool], int]


class KioskHost(QObject):
    """``left()``: the PIN was right. ``wanted(cameras)``: those whose pictures
    are looked at or will be next."""

    left = Signal()
    wanted = Signal(object)

    def __init__(
        self,
        submit: Submit,
        post: Callable[[object], None],
        sight: Sight,
        *,
        page: str = "",
        screen: str = "",
        actor: Actor = NOBODY,
        parent: QObject | None = None,
    ) -> None:
        """``submit(request, slow)`` asks; ``post`` brings what the map's thread
        made back into this one; ``page`` is shown alone; ``screen`` names its
        display (see :func:`find_screen`)."""
        super().__init__(parent)
        self._submit, self._sight, self._actor = submit, sight, actor
        self._page, self.screen = page, screen
        self._workshop = MapWorkshop(post)
        self.tiles = TileStore(self._workshop.decode)
        self.window = KioskWindow(sight, self.tiles)
        self.window.map.paint_grounds_with(self._workshop.paint)
        self.window.pin_typed.connect(self._try_pin)
        self.board: BoardView | None = None
        self.state: KioskState | None = None
        self.cameras: tuple[Camera, ...] = ()
        self._library: Library | None = None
        self._names = NameBook()
        self._team_names: dict[str, tuple[str, str]] = {}
        self._asked: dict[int, type] = {}
        self._asked_at: dict[type, float] = {}
        self._news: set[type] = set()
        self._fresh_at: float | None = None
        self._begun_at = sight.clock.monotonic()
        self.turns = Turns(sight.clock.now())
        self._kept: Shown | None = None
        self._wall_plan = WallPlan(layout="4")
        self._told: frozenset[str] | None = None
        self._sized = False
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.look)
        sight.ticker.tick.connect(self._on_tick)

    # -- life ------------------------------------------------------------------

    def start(self, *, stand: bool = True) -> bool:
        """Fill its display (unless somebody else puts it there); False when
        there is none of that name."""
        stands = self.stand() if stand else True
        self.size()
        self.look()
        self._look.start()
        for request in (LoadKioskNames, LoadLayouts, LoadMap):
            self._ask(request)
        return stands

    def stop(self) -> None:
        """Window and map's thread end."""
        self._look.stop()
        self.window.leave()
        self._workshop.stop()

    def stand(self) -> bool:
        """Go to its display, or to the first one while that is not there."""
        home = find_screen(self.screen)
        where = home or find_screen("")
        if where is not None:
            put_on(self.window, where)
        self.size()
        return home is not None

    def come_back(self) -> None:
        """Somebody put the window out of sight: show it anew."""
        self.window.hide()
        self.stand()

    def renew(self) -> int:
        """Its window was taken away on the X server: make it anew; its number."""
        handle = self.window.windowHandle()
        if handle is not None:
            handle.destroy()
        self.come_back()
        return int(self.window.winId())

    def size(self) -> None:
        """Type for this display and its distance."""
        screen = self.window.screen() or QGuiApplication.primaryScreen()
        if screen is not None:
            high, mm = screen.geometry().height(), screen.physicalSize().height()
            size = kiosk.type_size(high, mm, self.plan.distance_dm)
            if size != self.window.size_of_type or not self._sized:
                self._sized = True
                self.window.set_type(size)

    @property
    def plan(self) -> KioskPlan:
        """How it behaves."""
        plan = self.state.plan if self.state is not None else KioskPlan()
        return replace(plan, pages=((self._page, 60),)) if self._page else plan

    # -- asking ----------------------------------------------------------------

    def _ask(self, kind: type, *words: object, slow: bool = False) -> None:
        now = self._sight.clock.monotonic()
        self._asked_at[kind] = now
        self._news.discard(kind)
        self._asked[self._submit(kind(self._actor, *words), slow)] = kind

    def _due(self, kind: type, rest: float) -> bool:
        if kind in self._asked.values():
            return False
        passed = self._sight.clock.monotonic() - self._asked_at.get(kind, float("-inf"))
        return passed >= (NEWS_S if kind in self._news else rest)

    def posted(self, what: object) -> None:
        """Answers, news, cameras, what the map's thread made."""
        if isinstance(what, Answer | Refused | Broke):
            kind = self._asked.pop(what.token, None)
            if kind is not None:
                self._answered(kind, what)
        elif isinstance(what, Change):
            self._changed(what.kinds)
        elif isinstance(what, FeedsView):
            for wall in (self.window.wall, self.window.subject.wall):
                wall.set_health(what.health)
        elif isinstance(what, GroundReady):
            self.tiles.open(what.zooms, what.ground.data.tiles_gcj02, what.attribution)
            self.window.map.set_ground(what.ground)
        elif isinstance(what, GroundDone) and what.job.owner is self.window.map:
            what.job.owner.take_ground(what.job.turn, what.image)
        elif isinstance(what, TileDone):
            self.tiles.put(what.key, what.image)

    def _changed(self, kinds: Collection[str]) -> None:
        news = {"case": LoadBoard, "alarm": LoadBoard, "setting": LoadKiosk, "standard": LoadKioskNames}
        self._news.update(kind for word, kind in news.items() if word in kinds)
        if "setting" in kinds:
            self._news.add(LoadLayouts)
        self.look()

    def _answered(self, kind: type, what: Answer | Refused | Broke) -> None:
        if kind is TryPin:
            self._pin_answered(what)
        elif isinstance(what, Answer):
            self._take(what.value)

    def _take(self, value: object) -> None:
        if isinstance(value, BoardView):
            self._fresh_at = self._sight.clock.monotonic()
            self.board = value
            for wall in (self.window.wall, self.window.subject.wall):
                wall.set_board(value)
            self.show()
        elif isinstance(value, KioskState):
            fresh = self.state is None or value.plan != self.state.plan
            self.state = value
            if fresh:
                self.size()
                self._hang()
            self.show()
        elif isinstance(value, KioskNames):
            self._names, self._team_names = NameBook(value.names), dict(value.teams)
        elif isinstance(value, Library):
            self._library = value
            self._hang()
        elif isinstance(value, MapData):
            self._workshop.prepare(value)

    # -- showing ---------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Ask for what is due; grey what is old."""
        for kind, rest in ((LoadBoard, BOARD_S), (LoadKiosk, STATE_S)):
            if self._due(kind, rest):
                self._ask(kind)
        for seldom in (LoadKioskNames, LoadLayouts):
            if seldom in self._news and self._due(seldom, STATE_S):
                self._ask(seldom)
        self._judge()

    @property
    def age_s(self) -> float:
        """How old what is shown is, seconds: since it came, by a clock nobody
        sets, or by its own stamp where that says more."""
        clock = self._sight.clock
        since = self._fresh_at if self._fresh_at is not None else self._begun_at
        stamped = (clock.now() - self.board.taken_at).total_seconds() if self.board is not None else 0.0
        return max(clock.monotonic() - since, stamped)

    def _judge(self) -> None:
        if self.age_s > kiosk.STALE_S:
            taken = self.board.taken_at if self.board is not None else None
            self.window.show_stale(taken, self._sight.clock.now())
        else:
            self.window.show_current()

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        self.show()

    def show(self) -> None:
        """The page of this second."""
        now, window, plan = self._sight.clock.now(), self.window, self.plan
        shown = self._kept or self.turns.shown(plan, now, self._high(), self._push())
        if window.shown.page == kiosk.WALL and shown.page != kiosk.WALL:
            # While another page is seen, the next pictures are connected to.
            self._wall_plan = self._wall_plan.turn(1)
        camera = camera_of(self.board, shown) if self.board is not None else ""
        if shown.page == kiosk.CAMERA:
            camera = shown.subject
        camera = camera if any(one.id == camera for one in self.cameras) else ""
        window.wall.hang(self._wall_plan)
        window.notice.text = plan.notice
        window.strip.title, window.strip.trouble = plan.title, self._trouble(now)
        window.subject.words.teams = {key: either(*names) for key, names in self._team_names.items()}
        window.show_page(shown, camera)
        window.tell(self.board, now, self._names)
        clock = local(now)
        window.set_dark(kiosk.dimmed(plan, clock.strftime("%H:%M")))
        window.wander(*kiosk.wander(plan, clock.hour * 60 + clock.minute), plan.shift_px)
        wanted = frozenset(one for one in (*self._wall_plan.shown(), camera) if one)
        if wanted != self._told:
            self._told = wanted
            self.wanted.emit(wanted)

    def hold(self, shown: Shown | None) -> None:
        """This page and no other, for whoever looks at each of them; ``None``:
        the pages take turns again, and alarms come up."""
        self._kept = shown
        self.show()

    @property
    def shown(self) -> Shown:
        """What is seen now."""
        return self.window.shown

    def _high(self) -> list[str]:
        rows = self.board.alarms if self.board is not None else ()
        return [
            str(row.alarm.id)
            for row in rows
            if row.alarm.severity is Severity.HIGH and row.alarm.state is AlarmState.RAISED
        ]

    def _push(self) -> Push | None:
        """What was put there; not a case that has ended, nor one that no board
        knows yet."""
        push = self.state.push if self.state is not None else None
        if push is not None and push.kind == kiosk.CASE:
            cards = self.board.cards if self.board is not None else ()
            return push if any(card.id == push.id for card in cards) else None
        return push

    def _trouble(self, now: datetime) -> str:
        """What the display says of itself, in red."""
        if self._sight.clock.monotonic() - self._begun_at < GRACE_S:
            return ""
        heard = self.state.watched_at if self.state is not None else None
        if self.state is not None and (heard is None or (now - heard).total_seconds() > UNWATCHED_S):
            return t("kiosk.strip.unwatched")
        return ""

    # -- cameras ---------------------------------------------------------------

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras there are."""
        self.cameras = tuple(cameras)
        for wall in (self.window.wall, self.window.subject.wall):
            wall.set_cameras(self.cameras)
        self._hang()

    def _hang(self) -> None:
        """The wall as its plan says: a named layout, or a preset of all cameras."""
        named = self._library.layout(self.plan.layout) if self._library is not None else None
        if named is not None and self.plan.layout not in PRESETS:
            try:
                self._wall_plan = plan_of_hung(named.hung, {one.id for one in self.cameras})
                return
            except ValueError:
                log.warning("layout %s cannot be hung on the large display", named.name)
        self._wall_plan = plan_of(self.plan.layout, tuple(one.id for one in self.cameras))

    # -- leaving ---------------------------------------------------------------

    @Slot(str)
    def _try_pin(self, pin: str) -> None:
        self._ask(TryPin, pin, slow=True)

    def _pin_answered(self, what: Answer | Refused | Broke) -> None:
        if isinstance(what, Answer) and what.value is True:
            self.left.emit()
        elif isinstance(what, Refused):
            self.window.say_of_pin(" ".join(explain(what.refusal)).strip())
        else:
            self.window.forget_pin()


def find_screen(name: str) -> Screen | None:
    """The display called ``name``: its connector, model or serial number, in
    either case; the primary one for no name, ``None`` for none."""
    there = in_order(screens_now())
    if not name:
        return next((one for one in there if one.primary), there[0] if there else None)
    wanted = name.casefold()
    for one in there:
        if wanted in {word.casefold() for word in (one.name, one.model, one.serial) if word}:
            return one
    return None
