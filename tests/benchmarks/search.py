"""``bench search``: lines as officers type them, over a million ended cases."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import db
from console.clock import CLOCK_FILE_VARIABLE, clock_for
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.services.assembly import assemble
from tests.benchmarks import big_cases, open_cases
from tests.benchmarks.alarms import percentile

TARGETS = {"latency_s.p95": 0.2}
ROUNDS = 5
LEADER = Actor("wang.lei", Role.LEADER)
#: From what finds nearly everything to what finds next to nothing.
LINES = (
    "占道",
    "zdjy",
    "e06036",
    "状态:已结案",
    "状态:挂账",
    "占道 状态:已结案 昨天",
    "队伍:appearance 2026-01",
    "垃圾 来源:群众 2025-12-01..2025-12-31",
    "人员:li.na 暴露垃圾 上月",
    "现场仍有残留",
    "现场仍有残留 占道 状态:不予受理",
    "20260101-0012",
    "#0012",
    "昨天 22-6",
    "热线 乱堆 环卫",
    "没有这样的词语",
)


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; per line the median and the slowest of some rounds, the first of
    which meets a cold cache."""
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
        clock = clock_for(str(store.purpose))
        finder = assemble(store.uows, clock, folder / "data").find
        with store.uows.read() as uow:
            cases = sum(uow.cases.count_by_state().values())
        took: list[float] = []
        queries = []
        for line in LINES:
            own = []
            for _ in range(ROUNDS):
                begun = clock.monotonic()
                found = finder.find(LEADER, line)
                own.append(clock.monotonic() - begun)
            took += own
            told = f"{len(found.ids)}{'+' if found.more else ''}"
            queries.append({"line": line, "found": told, "p50": percentile(own, 0.5), "max": max(own)})
            say(f"{line:<40} {told:>6} {own[0]:.3f} s, then {percentile(own, 0.5)} s")
    latency = {key: percentile(took, share) for key, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))}
    return {"cases": cases, "latency_s": latency, "queries": queries}
