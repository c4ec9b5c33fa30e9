"""Several processes on one database, and one that dies in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import db
from console.services.ports import CaseQuery
from db import admin

ROOT = Path(__file__).resolve().parents[2]


def start(url: str, what: str, number: int = 0) -> subprocess.Popen[str]:
    """Another process; see ``tests.db.writer``."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.db.writer", url, what, str(number)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def whole(store: db.Store) -> set[str]:
    """Ids of all cases; each has its clocks, its two events and its words."""
    with store.uows.read() as unit:
        page = unit.cases.find(CaseQuery(limit=10_000))
        for item in page.rows:
            assert len(item.deadlines) == 2
            events = unit.events.of_case(item.id)
            assert [event.data["step"] for event in events] == [int(item.owner)] * 2
            assert unit.cases.find(CaseQuery(text=f"{item.id} 占道")).total == 1
        assert unit.events.head()[0] == 2 * page.total
    return {item.id for item in page.rows}


def test_a_killed_writer_leaves_whole_transactions_only(store: db.Store, url: str) -> None:
    returned: list[str] = []
    for lines in (25, 40):
        with start(url, "cases", 200) as process:
            assert process.stdout is not None
            for _ in range(lines):
                returned.append(process.stdout.readline().strip())
            process.send_signal(signal.SIGKILL)
            returned.extend(process.stdout.read().split())
        assert process.returncode == -signal.SIGKILL
        found = whole(store)
        assert set(returned) <= found
        # The commit that had not yet printed may be there too, but is whole.
        assert len(found) <= len(returned) + 2
        assert admin.check(url)["ok"]
    assert len(returned) == len(set(returned)) < 400


def test_two_processes_write_one_chain(store: db.Store, url: str) -> None:
    processes = [start(url, "cases", 40) for _ in range(2)]
    ids: list[str] = []
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0
        ids.extend(said.split())
    assert sorted(ids) == [f"20260805-{number:04d}" for number in range(1, 81)]
    assert whole(store) == set(ids)
    assert admin.check(url)["events"] == 160
