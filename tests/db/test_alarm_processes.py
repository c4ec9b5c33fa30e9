"""Two processes sweep one database without a rest while officers act at the very
instants at which clocks cross: nothing doubled, nothing lost, nothing false."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

import db
from console.clock import SystemClock
from console.services import ringing
from console.services.alarms import AlarmService
from console.services.assembly import assemble
from db import admin
from tests import alarm_load
from tests.alarm_truth import complaints
from tests.unit.services.conftest import Hands

ROOT: Final = Path(__file__).resolve().parents[2]
SEED: Final = int(os.environ.get("FIFTEEN_SEED", "20261121"))
#: ``FIFTEEN_SECONDS=60`` for a long one by hand.
SECONDS: Final = float(os.environ.get("FIFTEEN_SECONDS", "2.5"))
A_SECOND: Final = 120


@contextmanager
def sweepers(url: str, number: int) -> Iterator[list[dict[str, Any]]]:
    """So many processes that sweep; afterwards what each of them did."""
    words = [sys.executable, "-m", alarm_load.__name__, url]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(number)]
    told: list[dict[str, Any]] = []
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield told
    finally:
        said = [process.communicate(timeout=90)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * number
    told += [json.loads(text) for text in said]


def test_two_sweep_at_once_under_load(store: db.Store, url: str, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    alarm_load.furnish(store)
    clock, dice = SystemClock(), Random(SEED)
    with sweepers(url, 2) as told:
        begin = clock.now() + timedelta(seconds=0.5)
        crossings = [begin + timedelta(seconds=n / A_SECOND) for n in range(int(SECONDS * A_SECOND))]
        cases = alarm_load.fill(store, crossings)
        done = alarm_load.act(store, tmp_path, alarm_load.deeds(cases, crossings, dice, 5))
        time.sleep(max(0.0, (crossings[-1] - clock.now()).total_seconds()))
    now = clock.now()
    AlarmService(store.uows, clock).sweep(now)
    assert complaints(store.uows, now) == []
    assert admin.check(url)["ok"]
    assert done > len(cases) // 10
    assert all(one["sweeps"] > 0 for one in told), told
    assert sum(one["raised"] for one in told) > len(cases) // 4


@pytest.mark.litter
def test_a_step_under_way_when_its_clock_crosses_is_in_time(
    store: db.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stamped before the crossing, stored after it: a sweep in between must not
    leave an alarm for what was done in time."""
    alarm_load.furnish(store)
    clock = Hands()
    (case,) = alarm_load.fill(store, [clock.at])
    before, after = clock.at - timedelta(milliseconds=1), clock.at + timedelta(milliseconds=1)
    under_way, go_on = threading.Event(), threading.Event()
    settle = ringing.settle

    def slow(*given: Any) -> ringing.Rung:
        rung = settle(*given)
        under_way.set()
        assert go_on.wait(60)
        return rung

    monkeypatch.setattr(ringing, "settle", slow)
    clock.at = before
    officer = assemble(store.uows, clock, tmp_path, purpose="test").cases
    step = threading.Thread(target=officer.act, args=(alarm_load.LEADER, case, alarm_load.FILE))
    step.start()
    assert under_way.wait(60)
    # SQLite's second writer waits for the first: the step goes on meanwhile.
    sweep = threading.Thread(target=AlarmService(store.uows, clock).sweep, args=(after,))
    sweep.start()
    if store.dialect == "postgresql":
        sweep.join()
    go_on.set()
    for thread in (sweep, step):
        thread.join()
    assert complaints(store.uows, after) == []
