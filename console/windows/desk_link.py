"""Between a desk window and the worker: asks, remembers what it asked, listens.

Refreshes are folded: while one board is being read, any number of changes ask
for exactly one more.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.bridge import Bridge
from console.domain.model import Actor
from console.services import permissions
from console.services.ports import Change
from console.services.requests import (
    Act,
    Answer,
    Broke,
    LoadBoard,
    LoadCameras,
    LoadCase,
    LoadNames,
    LoadTeams,
    LoadTrend,
    Refused,
)
from console.services.views import BoardView, CaseAnswer, CaseView, FeedsView, KpiStrip, Pulse
from console.ticker import Ticker

log = logging.getLogger(__name__)
#: A board is never older than this, even when nothing changed (figures that
#: move with time alone), seconds.
BOARD_AGE_S: Final = 5.0
#: So long the news of a step of ours may take after the step's answer, ms.
REMIND_MS: Final = 30
#: A board that is to follow the view of the open case is asked for after this
#: at the latest, ms.
BOARD_LATER_MS: Final = 60
#: The view of the open case is painted before the board behind it is read, ms:
#: two threads that compute each take twice as long.
PAINTED_MS: Final = 20
#: The chart has one point a minute; this often is enough, seconds.
TREND_AGE_S: Final = 15.0
#: The rights to read the board and the figures.
_BOARD: Final = "board.read"
_FIGURES: Final = "kpi.read"
_NOTHING: Final = KpiStrip(0, 0, 0, None, 0, None, 0)
_CASE_KINDS: Final = frozenset({"case", "alarm"})
_BACKGROUND: Final = (LoadBoard, LoadCase, LoadTrend, LoadTeams, LoadNames, LoadCameras)


class Gateway(Protocol):
    """Takes requests for the database worker."""

    def submit(self, request: object) -> int:
        """Returns a token at once; the answer is posted with it."""
        ...


class DeskLink(QObject):
    """Signals carry what came back: ``board(BoardView)``, ``case(CaseView)``,
    ``trend(TrendView)``, ``cameras``/``teams`` (tuples), ``names(Names)``, ``answered(Answer)``
    for everything else, ``refused(Refused)``, ``broke(Broke)``,
    ``pulse(Pulse)``, ``feeds(FeedsView)``; ``unread()`` when somebody sat down
    who reads no board, after an empty one took the place of the last."""

    board = Signal(object)
    unread = Signal()
    case = Signal(object)
    trend = Signal(object)
    cameras = Signal(object)
    teams = Signal(object)
    names = Signal(object)
    answered = Signal(object)
    refused = Signal(object)
    broke = Signal(object)
    pulse = Signal(object)
    feeds = Signal(object)

    def __init__(self, gateway: Gateway, bridge: Bridge, ticker: Ticker, parent: QObject) -> None:
        super().__init__(parent)
        self._gateway = gateway
        self._ticker = ticker
        self._mine: dict[int, object] = {}
        self._in_flight: set[type] = set()
        self._again: set[type] = set()
        self._board_at: datetime | None = None
        self._last: BoardView | None = None
        self._trend_at: datetime | None = None
        self.actor: Actor | None = None
        self._reader: Actor | None = None
        self.open_case = ""
        self._expected = ("", 0)
        self._seen, self._seen_version = "", 0
        # Steps of ours whose change is still to be told: the view asked for
        # together with the step shows it already.
        self._followed: set[int] = set()
        self._untold = 0
        self._reminder = QTimer(self)
        self._reminder.setSingleShot(True)
        self._reminder.setInterval(REMIND_MS)
        self._reminder.timeout.connect(self._remind)
        self._board_later = QTimer(self)
        self._board_later.setSingleShot(True)
        self._board_later.timeout.connect(self.load_board)
        self.trend_wanted = False
        bridge.posted.connect(self._on_posted)
        ticker.tick.connect(self._on_tick)

    def set_actor(self, actor: Actor | None) -> None:
        """From now on ask in this person's name; loads everything."""
        self.actor = self._reader = actor
        if actor is None:
            return
        if not permissions.may(actor, _BOARD):
            self._forget_board()
        self.submit(LoadTeams(actor))
        if permissions.may(actor, _BOARD):
            self.submit(LoadNames(actor))
        if permissions.may(actor, "camera.read"):
            self.submit(LoadCameras(actor))
        self.load_board()
        self.load_trend()
        # What the person before might do is not what this one may.
        self.load_case()

    def _forget_board(self) -> None:
        """What the person before read must not look like what is true now."""
        if self._last is not None:
            empty = replace(self._last, taken_at=self._ticker.now(), cards=(), counts={}, alarms=(),
                            kpi=_NOTHING, approvals=())  # fmt: skip
            self._last = None
            self.board.emit(empty)
        self.unread.emit()

    def watch_on(self, reader: Actor | None) -> None:
        """While the desk is locked go on reading board and chart, and nothing else,
        in the name of the person who locked it: alarms must still ring."""
        self._reader = reader

    def submit(self, request: object) -> int:
        """Ask; the answer comes as one of the signals."""
        token = self._gateway.submit(request)
        self._mine[token] = request
        if isinstance(request, Act) and request.case_id and request.case_id == self.open_case:
            # Read right behind the step, by the same thread: neither this thread,
            # which may be at a board of ten thousand cases, nor the change feed
            # is waited for.
            self._followed.add(token)
            self._untold += 1
            self.load_case()
        return token

    @Slot()
    def load_board(self) -> None:
        """A fresh board, one at a time."""
        self._board_later.stop()
        # Whoever reads no board (an administrator) is not told so every second.
        if self._reader is not None and permissions.may(self._reader, _BOARD):
            self._folded(LoadBoard, LoadBoard(self._reader))

    def load_case(self, case_id: str = "") -> None:
        """A fresh view of the open case (or of another, which is then open)."""
        if case_id and case_id != self.open_case:
            # Another case does not wait for the answer about the former one.
            self._in_flight.discard(LoadCase)
        self.open_case = case_id or self.open_case
        if self.actor is not None and self.open_case:
            self._folded(LoadCase, LoadCase(self.actor, self.open_case))

    def expect(self, case_id: str, version: int) -> None:
        """A step of ours went through: the case has at least this version. The
        change is told by another thread, a moment before or after the answer,
        and asks for the view; only where it stays away it is asked for here."""
        if case_id == self.open_case and (self._seen != case_id or self._seen_version < version):
            self._expected = (case_id, version)
            self._reminder.start()

    @Slot()
    def _remind(self) -> None:
        case_id, version = self._expected
        if case_id != self.open_case or LoadCase in self._in_flight:
            return
        if self._seen != case_id or self._seen_version < version:
            self.load_case()

    def load_trend(self) -> None:
        """Fresh points, only while a chart can be seen."""
        if self._reader is not None and self.trend_wanted and permissions.may(self._reader, _FIGURES):
            self._trend_at = self._ticker.now()
            self._folded(LoadTrend, LoadTrend(self._reader))

    def _folded(self, kind: type, request: object) -> None:
        if kind in self._in_flight:
            self._again.add(kind)
            return
        self._in_flight.add(kind)
        self.submit(request)

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if self._reader is None:
            return
        if self._board_at is None or (now - self._board_at).total_seconds() >= BOARD_AGE_S:
            self.load_board()
        if self._trend_at is None or (now - self._trend_at).total_seconds() >= TREND_AGE_S:
            self.load_trend()

    @Slot(object)
    def _on_posted(self, what: object) -> None:
        if isinstance(what, Answer | Refused | Broke):
            self._on_answer(what)
        elif isinstance(what, BoardView):
            self._take_board(what)
        elif isinstance(what, Change):
            self._on_change(what)
        elif isinstance(what, Pulse):
            self.pulse.emit(what)
        elif isinstance(what, FeedsView):
            self.feeds.emit(what)

    def _on_change(self, change: Change) -> None:
        if change.kinds & _CASE_KINDS:
            if change.here and self._untold:
                # Whatever changed before our step is in the view that follows
                # it; what changed after it is told after it.
                self._untold -= 1
            else:
                self.load_case()
            if LoadCase in self._in_flight:
                # What somebody works on comes first; the board follows it at
                # once, and does not wait for long.
                if not self._board_later.isActive():
                    self._board_later.start(BOARD_LATER_MS)
            else:
                self.load_board()
        if "camera" in change.kinds and self.actor is not None:
            self.submit(LoadCameras(self.actor))

    def _on_answer(self, what: Answer | Refused | Broke) -> None:
        request = self._mine.pop(what.token, None)
        if request is None:
            return
        self._landed(type(request))
        if what.token in self._followed:
            self._followed.discard(what.token)
            value = what.value if isinstance(what, Answer) else None
            if not isinstance(value, CaseAnswer) or not _CASE_KINDS & set(value.changed):
                # Nothing of a case changed, so no change is told.
                self._untold = max(0, self._untold - 1)
        if isinstance(what, Refused):
            self.refused.emit(Refused(what.token, request, what.refusal))
        elif isinstance(what, Broke):
            self.broke.emit(Broke(what.token, request, what.summary))
        else:
            self._deliver(request, what)

    def _landed(self, kind: type) -> None:
        self._in_flight.discard(kind)
        if kind is LoadCase and self._board_later.isActive():
            self._board_later.start(PAINTED_MS)
        if kind not in self._again:
            return
        self._again.discard(kind)
        if kind is LoadBoard:
            self.load_board()
        elif kind is LoadCase:
            self.load_case()
        elif kind is LoadTrend:
            self.load_trend()

    def _deliver(self, request: object, answer: Answer) -> None:
        if isinstance(request, LoadBoard):
            self._take_board(answer.value)
        elif isinstance(request, LoadCase):
            # An answer about a case that was closed meanwhile is not shown.
            if request.case_id == self.open_case:
                self._take_case(answer.value)
        elif isinstance(request, LoadTrend):
            if self._reads(_FIGURES):
                self.trend.emit(answer.value)
        elif isinstance(request, LoadCameras):
            self.cameras.emit(answer.value)
        elif isinstance(request, LoadTeams):
            self.teams.emit(answer.value)
        elif isinstance(request, LoadNames):
            self.names.emit(answer.value)
        else:
            self.answered.emit(Answer(answer.token, request, answer.value))

    def _take_case(self, view: object) -> None:
        self.case.emit(view)
        if not isinstance(view, CaseView):
            return
        self._seen, self._seen_version = view.case.id, view.case.version
        wanted, version = self._expected
        self._expected = ("", 0)
        if wanted == self._seen and self._seen_version < version:
            self.load_case()

    def _reads(self, right: str) -> bool:
        """False when what was asked in a name comes for somebody without the right."""
        return self._reader is None or permissions.may(self._reader, right)

    def _take_board(self, view: object) -> None:
        if not self._reads(_BOARD):
            return
        self._board_at = self._ticker.now()
        self._last = view if isinstance(view, BoardView) else None
        self.board.emit(view)


def is_background(request: object) -> bool:
    """True for refreshes nobody pressed a key for."""
    return isinstance(request, _BACKGROUND)
