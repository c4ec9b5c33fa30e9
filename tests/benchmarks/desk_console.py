"""A running console on the large database, for the benchmarks of the desk."""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtTest import QTest

from console.app import ConsoleApp, Options, make_application
from console.clock import CLOCK_FILE_VARIABLE
from console.domain.errors import Refusal
from console.i18n import language
from console.services.views import BoardView
from console.settings import Places
from tests.benchmarks import big_cases, open_cases

#: How long anything may take before the measurement is given up, seconds.
PATIENCE_S = 60.0
#: The clock begins so long before the origin: two thousand open cases have been
#: found by then, and none of them is near its deadline before two minutes.
LEAD_S = 100.0


@dataclass
class Desk:
    """The console, the copy of the database it works on, and its last board."""

    console: ConsoleApp
    file: Path
    boards: list[BoardView]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Run the program until something holds. Raises ``Refusal``."""
        clock = self.console.engine.clock
        end = clock.monotonic() + PATIENCE_S
        while not condition():
            if clock.monotonic() > end:
                raise Refusal("bad_value", "bench_start", text=what)
            QTest.qWait(1)

    def show(self, case_id: str) -> None:
        """Open a case and wait until it is there."""
        detail = self.console.desk.parts.detail
        self.console.desk.control.open_case(case_id)
        self.until(lambda: detail.case_id == case_id, f"open {case_id}")


@contextmanager
def copied(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> Iterator[tuple[Path, Path]]:
    """``(folder, database)``: a copy without cameras, and a clock before its deadlines."""
    source = big_cases.built(cache, args.closed, args.cases, say)
    with tempfile.TemporaryDirectory(prefix="fifteen-bench-", dir=cache, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        file = big_cases.fresh_copy(source, folder)
        with sqlite3.connect(file) as connection:
            connection.execute("DELETE FROM camera")
        connection.close()
        os.environ[CLOCK_FILE_VARIABLE] = str(open_cases.shift_clock(folder, LEAD_S))
        try:
            yield folder, file
        finally:
            del os.environ[CLOCK_FILE_VARIABLE]


@contextmanager
def running(
    args: argparse.Namespace,
    cache: Path,
    say: Callable[[str], None],
    copy: tuple[Path, Path] | None = None,
) -> Iterator[Desk]:
    """The console with its windows, signed in, its first board drawn; on the
    ``copy`` there is, if any: copying ten gigabytes takes its time."""
    given = nullcontext(copy) if copy is not None else copied(args, cache, say)
    with given as (folder, file):
        app = make_application()
        places = Places(f"sqlite:///{file}", open_cases.room(folder), cache)
        console = ConsoleApp(app, Options(places, lang=language(), actor=open_cases.ACTOR))
        desk = Desk(console, file, [])
        console.boarded.connect(desk.boards.append)
        console.start()
        try:
            desk.until(lambda: bool(desk.boards), "the board")
            # The office's pace is learned at the start and each half hour: a
            # desk that has been at work for a minute is what is measured.
            slack = console.engine.services.slack
            desk.until(lambda: slack.known[1] > 0, "the office's pace")
            desk.until(lambda: slack.prediction.known[1] > 0, "what is foretold")
            boards = len(desk.boards)
            desk.until(lambda: len(desk.boards) > boards, "a board with it")
            QTest.qWait(3000)
            yield desk
        finally:
            console.stop()
