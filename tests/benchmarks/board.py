"""``bench board``: ten thousand open cases on the board. What a tick costs, how
fast scrolling paints, how soon a new board is painted once it has come, and how
long a start takes, with a million ended cases behind it.

``change_to_paint_s`` runs from the arrival of a board in which one case changed
to the end of the paint it causes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from console.domain.vocabulary import State
from console.services.views import BoardView
from console.simulation import district
from tests.benchmarks import open_cases
from tests.benchmarks.alarms import percentile
from tests.benchmarks.desk_console import Desk, copied, running
from tests.benchmarks.startup import ROOT, with_bytecode

TARGETS = {
    "tick_s.p99": 0.008,
    "scroll_paint_s.p95": 0.020,
    "change_to_paint_s.p99": 0.050,
    "start_s": 3.0,
}
#: So many of each.
TICKS, SCROLLS, CHANGES = 200, 200, 100


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md."""
    with copied(args, cache, say) as (folder, file):
        say("starting the program …")
        start_s = min(_start(folder, file) for _ in range(3))
        with running(args, cache, say, (folder, file)) as desk:
            say("measuring …")
            view = desk.boards[-1]
            before, begun = _cpu_s(), desk.console.engine.clock.monotonic()
            ticks = _ticks(desk)
            scrolls = _scrolls(desk)
            changes = _changes(desk, view)
            spent = desk.console.engine.clock.monotonic() - begun
            cpu = (_cpu_s() - before) / spent
    return {
        "rows": len(view.cards),
        "tick_s": {"p50": percentile(ticks, 0.5), "p99": percentile(ticks, 0.99)},
        "change_to_paint_s": {"p50": percentile(changes, 0.5), "p99": percentile(changes, 0.99)},
        "scroll_paint_s": {"p50": percentile(scrolls, 0.5), "p95": percentile(scrolls, 0.95)},
        "start_s": start_s,
        "cpu": round(cpu, 2),
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _start(folder: Path, file: Path) -> float:
    """Seconds from the command to a board that is painted."""
    marks = folder / "marks.json"
    marks.unlink(missing_ok=True)
    data = open_cases.room(folder)
    words = ["run", "--db", f"sqlite:///{file}", "--data", str(data), "--user", "li.na", "--password-stdin"]
    subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        input=district.DEMO_PASSWORD + "\n",
        env=with_bytecode(folder, FIFTEEN_MARKS=str(marks)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told: dict[str, float] = json.loads(marks.read_text(encoding="utf-8"))
    return told["to_board_s"]


def _painted() -> None:
    """Everything that waits to be painted is."""
    for _ in range(3):
        QApplication.processEvents()


def _ticks(desk: Desk) -> list[float]:
    """The second passes: all that listens to it, and the paint it asks for."""
    clock, ticker = desk.console.engine.clock, desk.console.ticker
    took = []
    for _ in range(TICKS):
        _painted()
        begun = clock.monotonic()
        ticker.tick.emit(clock.now())
        QApplication.sendPostedEvents()
        took.append(clock.monotonic() - begun)
    return took


def _scrolls(desk: Desk) -> list[float]:
    """A page down or up in the fullest column, painted at once."""
    clock, board = desk.console.engine.clock, desk.console.desk.parts.board
    view = max((column.view for column in board.columns.values()), key=_rows)
    bar = view.verticalScrollBar()
    took = []
    for number in range(SCROLLS):
        _painted()
        begun = clock.monotonic()
        bar.setValue(min(bar.maximum(), bar.pageStep() * (number + 1)))
        view.viewport().repaint()
        took.append(clock.monotonic() - begun)
    return took


def _rows(view: Any) -> int:
    return int(view.model().rowCount())


def _changes(desk: Desk, view: BoardView) -> list[float]:
    """One case more stands in the next stage, as another workstation did it."""
    clock, link = desk.console.engine.clock, desk.console.desk.link
    took = []
    for number in range(CHANGES):
        cards = list(view.cards)
        at = (number * 97) % len(cards)
        cards[at] = replace(cards[at], state=State.FILED, version=cards[at].version + 1)
        view = replace(view, cards=tuple(cards))
        _painted()
        begun = clock.monotonic()
        link.board.emit(view)
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        took.append(clock.monotonic() - begun)
    return took
