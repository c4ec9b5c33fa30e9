"""A desk without a database: a clock one sets, a worker that answers on cue."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from console.bridge import Bridge
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.i18n import set_language
from console.services.requests import Answer, Refused
from console.services.views import BoardView, CaseView
from console.theme import Theme
from console.ticker import Ticker
from console.windows.console_window import ConsoleWindow
from console.windows.desk_base import DeskBase
from console.windows.desk_window import DeskWindow
from tests.gui import samples


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = samples.NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - samples.NOW).total_seconds()


class Worker:
    """Remembers what was asked and answers when told to."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.asked: list[tuple[int, object]] = []

    def submit(self, request: object) -> int:
        self.asked.append((len(self.asked) + 1, request))
        return len(self.asked)

    def all(self, kind: type) -> list[object]:
        return [request for _token, request in self.asked if isinstance(request, kind)]

    def last(self, kind: type) -> object:
        found = self.all(kind)
        assert found, f"nobody asked for {kind.__name__}; asked: {[type(r).__name__ for _, r in self.asked]}"
        return found[-1]

    def answer(self, kind: type, value: object) -> None:
        token, request = next(row for row in reversed(self.asked) if isinstance(row[1], kind))
        self._bridge.post(Answer(token, request, value))
        settle()

    def refuse(self, kind: type, refusal: Refusal) -> None:
        token, request = next(row for row in reversed(self.asked) if isinstance(row[1], kind))
        self._bridge.post(Refused(token, request, refusal))
        settle()


def settle() -> None:
    """Let queued signals arrive and layouts take their place."""
    for _ in range(6):
        QApplication.processEvents()


class Rig:
    """Window, worker, clock and ticker of one test."""

    def __init__(
        self, window: DeskBase, worker: Worker, clock: HandClock, ticker: Ticker, theme: Theme
    ) -> None:
        self.window, self.worker, self.clock, self.ticker, self.theme = window, worker, clock, ticker, theme
        self.parts = window.parts

    def sign_in(self, actor: Actor = samples.OFFICER) -> None:
        self.window.set_actor(actor)
        link = self.window.link
        link.teams.emit(samples.TEAMS)
        link.cameras.emit(samples.cameras())
        link.feeds.emit(samples.feeds())
        self.board(samples.board())
        link.trend.emit(samples.trend())
        settle()

    def board(self, view: BoardView) -> None:
        self.window.link.board.emit(view)
        settle()

    def case(self, view: CaseView) -> None:
        """Open a case as an answer would."""
        self.window.control.open_case(view.case.id)
        self.window.link.case.emit(view)
        settle()

    def tick(self, seconds: float = 1.0) -> None:
        self.clock.at += timedelta(seconds=seconds)
        self.ticker.tick.emit(self.clock.at)
        settle()


@contextmanager
def desk(
    *,
    one_display: bool = False,
    size: tuple[int, int] = (1920, 1080),
    data_dir: Path | None = None,
    kind: type[DeskBase] = DeskWindow,
) -> Iterator[Rig]:
    """A shown window that is gone without a trace afterwards."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    set_language("zh")
    theme = Theme()
    theme.apply(app)
    clock = HandClock()
    ticker = Ticker(clock)
    bridge = Bridge()
    worker = Worker(bridge)
    users = (("duty1", "值班员 duty1"), ("leader1", "值班长 leader1"))
    window: DeskBase
    if one_display:
        window = ConsoleWindow(worker, bridge, ticker, theme, QWidget(), data_dir=data_dir, suggested=users)
    else:
        window = kind(worker, bridge, ticker, theme, data_dir=data_dir, suggested=users)
    window.resize(*size)
    window.show()
    window.activateWindow()
    settle()
    try:
        yield Rig(window, worker, clock, ticker, theme)
    finally:
        bridge.close()
        ticker.stop()
        window.close()
        window.deleteLater()
        settle()
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        set_language("zh")
        app.setStyleSheet("")
        gc.collect()
