"""``bench kpi``: figures over a million cases: the running day kept up while
cases change, the report of a shift, a year by team."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import db
from console.clock import CLOCK_FILE_VARIABLE, clock_for
from console.domain.model import Actor, Command
from console.domain.shifts import DEFAULT, span_at, span_before
from console.domain.vocabulary import Action, Role, Source
from console.services.assembly import Services, assemble
from console.services.cases import NewCase
from console.services.figures import today
from tests.benchmarks import big_cases, open_cases
from tests.benchmarks.alarms import percentile

TARGETS = {"refresh_s.p99": 0.05, "shift_report_s": 1.0, "year_report_s": 3.0}
LEADER: Final = Actor("wang.lei", Role.LEADER)
_CONDITION: Final = "E09006-1"
_ROUNDS: Final = 3
_REFRESHES: Final = 200


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md."""
    source = big_cases.built(cache, args.closed, args.cases, say)
    with tempfile.TemporaryDirectory(prefix="fifteen-bench-", dir=cache, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.environ[CLOCK_FILE_VARIABLE] = str(open_cases.shift_clock(folder, 600.0))
        try:
            return measured(f"sqlite:///{big_cases.fresh_copy(source, folder)}", folder, say)
        finally:
            del os.environ[CLOCK_FILE_VARIABLE]


def measured(url: str, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """The same on any database."""
    with db.open_store(url) as store:
        services = assemble(store.uows, clock_for(str(store.purpose)), folder / "data")
        with store.uows.read() as uow:
            cases = sum(uow.cases.count_by_state().values())
        now = services.clock.now()
        span = span_before(DEFAULT, span_at(DEFAULT, now))
        shift = _took(services, lambda: services.kpi.figures(LEADER, span.start, span.end))
        say(f"shift {span.id}: {shift}")
        start = now - timedelta(days=365)
        memory, year, rows = [], [], 0
        for _ in range(_ROUNDS):
            found, took = _timed(services, lambda: services.kpi.figures(LEADER, start, now, by="team"))
            rows = sum(row.n for row in found.rows)
            year.append(took)
            memory.append(_rss_mb())
        say(f"a year of {rows:,} cases by team: {year} s; memory {memory} MB")
        refresh = _refreshes(services, now, say)
    return {
        "cases": cases,
        "shift_report_s": round(max(shift), 4),
        "year_report_s": round(sorted(year)[_ROUNDS // 2], 3),
        "year_first_s": round(year[0], 3),
        "year_cases": rows,
        "refresh_s": {"p50": percentile(refresh, 0.5), "p99": percentile(refresh, 0.99)},
        "rss_mb": memory[-1],
        "rss_growth_mb": round(memory[-1] - memory[0], 1),
    }


def _took(services: Services, ask: Callable[[], Any]) -> list[float]:
    return [_timed(services, ask)[1] for _ in range(_ROUNDS)]


def _timed(services: Services, ask: Callable[[], Any]) -> tuple[Any, float]:
    begun = services.clock.monotonic()
    found = ask()
    return found, services.clock.monotonic() - begun


def _refreshes(services: Services, now: datetime, say: Callable[[str], None]) -> list[float]:
    """The figures of the day and of the shift after each step of a case."""
    day, span = today(now), span_at(DEFAULT, now)

    def refresh() -> None:
        services.kpi.figures(LEADER, *day)
        services.kpi.figures(LEADER, span.start, span.end)

    refresh()
    took = []
    for _ in range(_REFRESHES // 2):
        new = NewCase(source=Source.PATROL, condition=_CONDITION, place="镜湖大道")
        case = services.cases.open(LEADER, new).case
        took.append(_timed(services, refresh)[1])
        services.cases.act(LEADER, case.id, Command(Action.FILE, condition=_CONDITION))
        took.append(_timed(services, refresh)[1])
    many = services.kpi.figures(LEADER, *day).rows[0].n
    say(f"{len(took)} refreshes of a day of {many:,} cases")
    return took


def _rss_mb() -> float:
    """Memory of this process, by what the kernel counts as its share."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
