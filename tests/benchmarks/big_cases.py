"""A million ended cases and ten thousand open ones, built once and kept.

The past is a history like that of ``simulate cases``, with what is still open
at its end; the rest of the open ones wait for their decision. A run works on a
copy, with a clock that stands just before the origin.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import db
from console.clock import SystemClock
from console.domain.vocabulary import OPEN
from console.services.assembly import assemble
from console.services.people import Argon2Hasher
from console.services.ports import CaseQuery
from console.simulation import district, history
from db import admin
from tests.benchmarks import open_cases

CLOSED = 1_000_000
OPEN_CASES = 10_000
PER_DAY = 1_000
_FORMAT = 1


def built(cache: Path, closed: int, opened: int, say: Callable[[str], None]) -> Path:
    """The database in the cache, made if it is not there, and brought up to
    this program's schema."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"big-{_FORMAT}-{closed}-{opened}.sqlite"
    if not file.exists():
        half = file.with_suffix(".part")
        for leftover in cache.glob(f"{half.name}*"):
            leftover.unlink()
        fill(f"sqlite:///{half}", closed, opened, say)
        half.rename(file)
    open_cases.up_to_date(file)
    return file


def fill(url: str, closed: int, opened: int, say: Callable[[str], None]) -> None:
    """Make a new database at ``url`` and fill it."""
    admin.init(url, "test")
    with tempfile.TemporaryDirectory() as data, db.open_store(url) as store:
        services = assemble(store.uows, SystemClock(), Path(data))
        hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
        district.load(store.uows, services.clock, hasher, services.vault, district.camera_rows(36))
        tenths = [0]

        def progress(done: int, whole: int) -> None:
            if 20 * done // whole > tenths[0]:
                tenths[0] = 20 * done // whole
                say(f"{done:,} of {whole:,} ended cases …")

        if closed:
            start = open_cases.ORIGIN - timedelta(days=max(1, closed // PER_DAY))
            made = history.make(
                store.uows,
                services.clock,
                start=start,
                end=open_cases.ORIGIN,
                count=closed,
                progress=progress,
            )
            say(f"{made}")
        with store.uows.read() as uow:
            still = uow.cases.find(CaseQuery(open_only=True, limit=1)).total
        if still < opened:
            open_cases.fill(store, open_cases.Layout(opened - still, 60))
        with store.uows.read() as uow:
            states = uow.cases.count_by_state()
        still = sum(number for state, number in states.items() if state in OPEN)
        say(f"{still:,} open, {sum(states.values()):,} in all")


def fresh_copy(source: Path, folder: Path) -> Path:
    """A copy to work on; the cached file, closed and without a log, is copied
    as it is, which takes seconds where SQLite's own backup takes minutes."""
    target = folder / "bench.sqlite"
    shutil.copyfile(source, target)
    return target
