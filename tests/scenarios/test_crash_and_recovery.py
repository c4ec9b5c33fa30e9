"""A console that is killed, and a clock that was away for ten minutes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from console.clock import CLOCK_FILE_VARIABLE, FileShiftedClock
from console.domain.model import Alarm, AlarmEvent, Command
from console.domain.vocabulary import Action, AlarmState, Severity, Source, State
from console.engine import Engine
from console.feeds.slots import PREFIX
from console.services.cases import NewCase
from console.settings import Places
from db import admin
from tests.scenarios import crash_child
from tests.scenarios.cli_kit import ROOT
from tests.scenarios.console_kit import OFFICER, Story, at, seat, until


def slots_of(pid: int) -> list[str]:
    """Shared pictures that process left in memory."""
    return [name for name in os.listdir("/dev/shm") if name.startswith(f"{PREFIX}{pid}-")]


@pytest.mark.display
@pytest.mark.rtsp
def test_what_was_typed_outlives_a_killed_console(site: Places, tmp_path: Path) -> None:
    words = [sys.executable, "-m", crash_child.__name__, str(site.data), site.db_url]
    said = (tmp_path / "said").open("w+")
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True)
    assert child.stdout is not None
    try:
        line = child.stdout.readline().split()
        said.seek(0)
        assert line, said.read()
        assert slots_of(child.pid)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        said.close()
    case_id, workers = line[0], [int(pid) for pid in line[1:]]
    until(
        lambda: not any(psutil.pid_exists(pid) for pid in workers), "the orphaned workers end by themselves"
    )
    with seat(site) as here:
        # The new console has swept what the dead one left in shared memory.
        assert slots_of(child.pid) == []
        here.sign_in()
        detail = here.desk.parts.detail
        until(lambda: here.desk.parts.board.models.card(case_id) is not None, "the case is there")
        here.desk.open_case(case_id)
        until(lambda: detail.case_id == case_id, "the case")
        assert detail.note.text() == f"{crash_child.NOTE} "
        assert detail.filing.field.text() == "zdj"
        until(lambda: detail.filing.chosen() is not None, "the search goes on")
        here.live("cam001")
    assert admin.check(site.db_url)["ok"]


# -- a clock that was away -------------------------------------------------------


@contextmanager
def engine(site: Places, story: Story, posted: list[object]) -> Iterator[Engine]:
    """A console without windows on the story's clock."""
    os.environ[CLOCK_FILE_VARIABLE] = str(story.path)
    try:
        made = Engine(site, posted.append, seat="WS-1")
        assert isinstance(made.clock, FileShiftedClock)
        story.clocks.append(made.clock)
        made.start()
        try:
            yield made
        finally:
            made.stop()
            story.clocks.remove(made.clock)
    finally:
        os.environ.pop(CLOCK_FILE_VARIABLE, None)


BEGUN, BACK = "08:15:00", "08:25:30"
#: Per case: each crossing as (clock, per cent, when it happened).
CROSSED = {
    State.REGISTERING: [("decision", 80, "08:19:00"), ("decision", 100, "08:20:00")],
    State.FILED: [
        ("dispatch", 80, "08:15:48"),
        ("dispatch", 100, "08:16:00"),
        ("arrival", 80, "08:23:00"),
        ("arrival", 100, "08:25:00"),
    ],
    State.ENROUTE: [("arrival", 80, "08:23:00"), ("arrival", 100, "08:25:00")],
    State.HANDLING: [],
}


def three_cases(made: Engine) -> dict[str, State]:
    """A case in each state of the table, all begun at the same second."""
    cases = made.services.cases
    steps = [
        Command(Action.FILE),
        Command(Action.DISPATCH, teams=("appearance",)),
        Command(Action.ACCEPT),
        Command(Action.ARRIVE),
    ]
    found = {}
    for state, many in ((State.REGISTERING, 0), (State.FILED, 1), (State.ENROUTE, 3), (State.HANDLING, 4)):
        new = NewCase(source=Source.PATROL, condition="E09006-1", found_at=at(BEGUN))
        case = cases.open(OFFICER, new).case
        for step in steps[:many]:
            case = cases.act(OFFICER, case.id, step).case
        assert case.state is state
        found[case.id] = state
    return found


def rang(made: Engine) -> list[tuple[Alarm, tuple[AlarmEvent, ...]]]:
    """Every alarm with what happened to it."""
    with made.store.uows.read() as uow:
        return [(one, uow.alarms.events_of(one.id)) for one in uow.alarms.find(limit=1000).rows]


def swept(made: Engine, times: int = 2) -> None:
    """Wait for sweeps that begin from now on."""
    before = made.sweeps
    until(lambda: made.sweeps >= before + times, "sweeps")


def check_alarms(made: Engine, cases: dict[str, State]) -> None:
    """Each crossing once, at its true lateness; one alarm a case."""
    alarms = rang(made)
    assert sorted(one.source_id for one, _ in alarms) == [
        case for case, state in sorted(cases.items()) if CROSSED[state]
    ]
    now = at(BACK)
    for one, life in alarms:
        wanted = CROSSED[cases[one.source_id]]
        told = [(e.deadline.value if e.deadline else "", e.threshold, e.late_s) for e in life]
        assert told == [(kind, share, _late(now, clock)) for kind, share, clock in wanted]
        assert [e.what for e in life] == ["raised"] + ["worsened"] * (len(wanted) - 1)
        assert (one.state, one.severity, one.raised_at) == (AlarmState.RAISED, Severity.HIGH, now)
        with made.store.uows.read() as uow:
            events = [e for e in uow.events.of_case(one.source_id) if e.action is Action.ALARM]
        chained = Counter((e.data["deadline"], e.data["threshold"], e.at) for e in events)
        assert chained == Counter((kind, share, at(clock)) for kind, share, clock in wanted)


def _late(now: datetime, clock: str) -> float:
    return (now - at(clock)).total_seconds()


@pytest.mark.logs("the clock was stepped")
def test_a_console_started_late_raises_each_alarm_once(site: Places, story: Story) -> None:
    posted: list[object] = []
    story.stand(at(BEGUN))
    with engine(site, story, posted) as made:
        cases = three_cases(made)
        swept(made)
        assert rang(made) == []
    story.stand(at(BACK))
    # Two start at the same moment on the same database.
    with engine(site, story, posted) as first, engine(site, story, posted) as second:
        swept(first)
        swept(second)
        check_alarms(first, cases)
    with engine(site, story, posted) as again:
        swept(again)
        check_alarms(again, cases)
    assert admin.check(site.db_url)["ok"]


@pytest.mark.logs("the clock was stepped")
def test_a_clock_that_jumps_under_a_running_console(site: Places, story: Story) -> None:
    """A suspended machine, a step of the time service: found by the watchdog,
    with nobody to wake it."""
    posted: list[object] = []
    story.stand(at(BEGUN))
    with engine(site, story, posted) as made:
        cases = three_cases(made)
        swept(made)
        story.stand(at(BACK))
        until(lambda: len(rang(made)) == 3, "three alarms")
        swept(made)
        check_alarms(made, cases)
        assert made.waker.steps > 0
