"""Shift+F11: a shift as it was. The same board, alarms and figures as the desk
shows of the present, at any moment of a shift that is over or running; the walls
as they hung, and who did what. Hatched all around: nobody takes it for now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from console.domain import ids
from console.domain.model import AlarmEvent, Camera, Event
from console.domain.shifts import ShiftPlan, ShiftSpan
from console.domain.vocabulary import Action
from console.i18n import t
from console.models.names import NameBook
from console.models.past_words import span_words
from console.past_ticker import PastTicker
from console.services.past_shift import Deed, Moment, PastShift
from console.theme import Theme
from console.widgets.alarm_list import AlarmList
from console.widgets.board import Board
from console.widgets.deed_list import DeedList
from console.widgets.hatching import hatch
from console.widgets.history_head import HistoryHead
from console.widgets.parts import button, label, spaced
from console.widgets.past_walls import PastWalls, opens
from console.widgets.section_tabs import SectionTabs
from console.widgets.time_bar import TimeBar

#: How often the hand moves while it plays, ms.
BEAT_MS: Final = 250
#: How many times faster than it was.
SPEEDS: Final = (1, 2, 5, 10, 30, 60)
#: Width of the hatched edge, px.
EDGE: Final = 6
_STEPS: Final = {"back_10": -10, "on_10": 10, "back_60": -60, "on_60": 60}
_ABOUT: Final = timedelta(seconds=1)


class HistoryPage(QWidget):
    """``shift_wanted(ShiftSpan or None for the present one)``,
    ``moment_wanted(PastShift, instant)``, one at a time; ``evidence_wanted(
    tuple[Evidence], sha256)``, ``case_wanted(case id)``, ``left()``."""

    shift_wanted = Signal(object)
    moment_wanted = Signal(object, object)
    evidence_wanted = Signal(object, str)
    case_wanted = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.past: PastShift | None = None
        self.moment: Moment | None = None
        self.at: datetime | None = None
        self._asked: datetime | None = None
        self._note = ("history.page.empty", dict[str, object]())
        self.speed: int = SPEEDS[3]
        self.ticker = PastTicker(self)
        self.head = HistoryHead(theme)
        self.bar = TimeBar(theme)
        self.board = Board(theme, self.ticker)
        self.alarms = AlarmList(theme, self.ticker)
        self.walls = PastWalls(theme)
        self.deeds = DeedList(theme)
        self.upper, self.below = SectionTabs(theme), SectionTabs(theme)
        self.note = label(theme, "", 14, tone="muted", wrap=True)
        self.now_open = button(theme, "", "quiet", px=12)
        self.help = label(theme, "", 12, tone="muted", wrap=True)
        self._play = QTimer(self)
        self._play.setInterval(BEAT_MS)
        self._real = QElapsedTimer()
        self._build()
        self._connect()
        self.setFocusProxy(self.bar)
        self.retranslate()

    def _build(self) -> None:
        self.upper.add(self.board, "history.page.board")
        self.upper.add(self.walls, "history.page.walls")
        self.below.add(self.deeds, "history.page.deeds")
        self.below.add(self.alarms, "history.page.alarms")
        self.now_open.hide()
        # Its keys are those of the board of now.
        self.board.head.hide()
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(self.upper)
        self._parts.addWidget(self.below)
        self._parts.setStretchFactor(0, 3)
        self._parts.setStretchFactor(1, 2)
        body = QVBoxLayout(self)
        spaced(body, EDGE + 8, 6)
        for one in (self.head, self.bar, self.note):
            body.addWidget(one)
        body.addWidget(self.now_open, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self._parts, 1)
        body.addWidget(self.help)

    def _connect(self) -> None:
        self._play.timeout.connect(self._beat)
        self.bar.sought.connect(self.look)
        self.bar.asked.connect(self.do)
        self.head.asked.connect(self.do)
        self.head.chosen.connect(self.shift_wanted)
        self.board.opened.connect(self.only)
        self.alarms.asked.connect(self._alarm_asked)
        self.deeds.chosen.connect(self._deed)
        self.deeds.left.connect(self._all)
        self.walls.opened.connect(self._picture)
        self.now_open.clicked.connect(self._open_now)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for one in (self.head, self.bar, self.board, self.walls, self.deeds, self.upper, self.below):
            one.retranslate()
        self.help.setText(t("history.page.help"))
        self._say()

    # -- what is known of the site --------------------------------------------

    def set_plan(self, plan: ShiftPlan, now: datetime) -> None:
        """Which shifts there are."""
        self.head.set_plan(plan, now)

    def set_names(self, names: NameBook, teams: Mapping[str, str]) -> None:
        """What people, places and teams are called."""
        self.board.set_names(names)
        self.board.set_teams(teams)
        self.alarms.painter.names = names
        self.deeds.set_names(names)
        self.deeds.set_teams(teams)

    def set_cameras(self, cameras: tuple[Camera, ...]) -> None:
        """What cameras are called."""
        self.walls.set_cameras({one.id: one.name for one in cameras})

    # -- a shift, a moment -----------------------------------------------------

    def wait(self, span: ShiftSpan) -> None:
        """A shift is being read."""
        self.pause()
        self._note = ("history.page.loading", {"shift": span_words(span)})
        self.head.show_span(span)
        self._say()

    def refuse(self, reason: str) -> None:
        """It could not be read."""
        self._note = ("history.page.refused", {"reason": reason})
        self._say()

    def show_shift(self, past: PastShift) -> None:
        """A shift that was read; looked at from its beginning, or from where one
        looked when it is the same one read anew."""
        before = self.past
        self.past, self.moment, self._asked = past, None, None
        self._note = ("", {})
        self.head.show_span(past.span)
        self.bar.show_shift(past.span.start, past.span.end, past.end, past.marks)
        self.walls.show_shift(past.paths)
        self.deeds.show_shift(past.deeds)
        again = before is not None and before.span == past.span and self.at is not None
        self.look(self.at if again and self.at is not None else past.span.start)
        self._say()

    def forget(self) -> None:
        """Who looked at it is gone."""
        self.pause()
        self.past = self.moment = self.at = self._asked = None
        self._note = ("history.page.empty", {})
        self._say()

    def show_moment(self, moment: Moment) -> None:
        """A moment that was asked for."""
        self._asked = None
        if self.past is None:
            return
        self.moment = moment
        self.ticker.put(moment.at)
        self.board.apply(moment.board)
        painter = self.alarms.painter
        painter.calendar = moment.board.calendar
        painter.cards = {card.id: card for card in moment.board.cards}
        self.alarms.source.take(moment.board.alarms)
        self.walls.apply(moment)
        self.head.show_figures(moment.board)
        self._say()
        if self.at is not None and self.at != moment.at:
            self._ask(self.at)

    @Slot(object)
    def look(self, at: datetime) -> None:
        """Look at another instant of the shift."""
        if self.past is None:
            return
        self.at = self.past.inside(at)
        self.bar.put(self.at)
        self.head.show_time(self.at)
        self.deeds.know(self.past.known(self.at))
        self._ask(self.at)

    def _ask(self, at: datetime) -> None:
        if self._asked is None and self.past is not None:
            self._asked = at
            self.moment_wanted.emit(self.past, at)

    # -- keys ----------------------------------------------------------------------

    @Slot(str)
    def do(self, what: str) -> None:
        """What a key of the bar or a button asks."""
        if what in ("earlier", "later"):
            self.head.step(1 if what == "later" else -1)
        elif what == "leave":
            self.left.emit()
        elif what in ("slower", "faster"):
            place = SPEEDS.index(self.speed) + (1 if what == "faster" else -1)
            self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, place))]
            self._say()
        elif self.past is not None and self.at is not None:
            self._move(what, self.past, self.at)

    def _move(self, what: str, past: PastShift, at: datetime) -> None:
        if what == "play":
            self.pause() if self.playing else self._start()
        elif what in _STEPS:
            self.look(at + timedelta(seconds=_STEPS[what]))
        elif what == "start":
            self.look(past.span.start)
        elif what == "end":
            self.look(past.end)
            if past.end < past.span.end:
                self.shift_wanted.emit(past.span)  # it runs: read what came since
        else:
            kind, _, way = what.partition("_")
            found = past.beside(at, way == "on", marks=kind == "mark")
            if found is not None:
                self.pause()
                self.look(found)

    @property
    def playing(self) -> bool:
        """Whether the hand moves by itself."""
        return self._play.isActive()

    def _start(self) -> None:
        assert self.past is not None
        if self.at is not None and self.at >= self.past.end:
            self.look(self.past.span.start)
        self._real.start()
        self._play.start()
        self._say()

    def pause(self) -> None:
        """The hand stands."""
        self._play.stop()
        self._say()

    @Slot()
    def _beat(self) -> None:
        if self.past is None or self.at is None:
            return
        passed = self._real.restart() / 1000 * self.speed
        self.look(self.at + timedelta(seconds=passed))
        if self.at >= self.past.end:
            self.pause()

    # -- one case ---------------------------------------------------------------

    @Slot(str)
    def only(self, case_id: str) -> None:
        """Who did what in one case."""
        self.deeds.source.filter(case_id)
        self.below.show_section(self.deeds)
        self.deeds.setCurrentIndex(self.deeds.source.index(0))
        self._say()

    @Slot()
    def _all(self) -> None:
        """The deeds of all cases again; a second time, back to the bar."""
        if self.deeds.source.only:
            self.deeds.source.filter("")
            self._say()
        else:
            self.bar.setFocus()

    @Slot()
    def _open_now(self) -> None:
        if self.deeds.source.only:
            self.case_wanted.emit(self.deeds.source.only)

    @Slot(str)
    def _alarm_asked(self, what: str) -> None:
        """Nothing of the past is acknowledged; its case is shown."""
        row = self.alarms.current
        if what == "jump" and row is not None and "-" in row.alarm.source_id:
            self.only(row.alarm.source_id)

    @Slot(object)
    def _deed(self, deed: Deed) -> None:
        """Evidence is shown; else the hand goes there, and the case is followed."""
        what = deed.what
        if self.past is not None and isinstance(what, Event) and what.action is Action.ATTACH:
            found = [one for one in self.past.evidence if one.case == deed.case]
            near = [one for one in found if abs((one.added_at or one.captured_at) - deed.at) <= _ABOUT]
            shown = opens(near or found)
            if shown:
                self.evidence_wanted.emit(opens(found), shown[-1].sha256)
                return
        self.pause()
        self.look(deed.at)
        if deed.case and not isinstance(what, AlarmEvent):
            self.only(deed.case)

    @Slot(object)
    def _picture(self, one: object) -> None:
        if self.past is not None:
            same = tuple(each for each in self.past.evidence if each is one)
            if same:
                self.evidence_wanted.emit(same, same[0].sha256)

    # -- words and look ---------------------------------------------------------

    def _say(self) -> None:
        key, facts = self._note
        words = t(key, **facts) if key else ""
        self.note.setText(words)
        self.note.setVisible(bool(words))
        self._parts.setVisible(self.past is not None)
        only = self.deeds.source.only
        self.now_open.setVisible(bool(only))
        if only:
            number = ids.number(only)
            told = t("history.page.case_only", number=number)
            self.now_open.setText(f"{told}  ·  {t('history.page.now_open', number=number)}")
        alarms = len(self.moment.board.alarms) if self.moment is not None else 0
        self.below.set_badge(self.alarms, str(alarms) if alarms else "")
        self.below.set_badge(self.deeds, str(self.deeds.source.rowCount()))
        self.head.show_playing(self.playing, self.speed)

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time it shows the present shift so far."""
        super().showEvent(event)
        if self.past is None:
            self.shift_wanted.emit(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing plays where nobody looks."""
        super().hideEvent(event)
        self.pause()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hatched edge of what is past."""
        p = QPainter(self)
        hatch(p, self.rect(), self._theme.color("stale", 0.7))
        inner = self.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        p.fillRect(inner, self._theme.color("bg"))
        p.setPen(QPen(self._theme.color("stale"), 1))
        p.drawRect(inner.adjusted(0, 0, -1, -1))

    def close_reader(self) -> None:
        """End the thread that reads pictures."""
        self.walls.reader.close()
