"""A load for sweeps: clocks that cross one after the other, and officers who act
at just those instants. Run as a program it is one more sweeper on a database:
``python -m tests.alarm_load URL`` sweeps without a rest until its standard input
ends, and prints one JSON line of what it did.
"""

from __future__ import annotations

import json
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import db
from console.clock import SystemClock
from console.domain import life
from console.domain.errors import Refusal
from console.domain.model import Actor, Category, Command, Team
from console.domain.records import replace
from console.domain.vocabulary import Action, Role, Source
from console.services.alarms import AlarmService
from console.services.assembly import assemble
from console.services.rules import load_rules
from tests.unit.domain.build import STALL, draft

LEADER: Final = Actor("leader01", Role.LEADER)
#: 80 % of the five minutes to decide.
WARN_S: Final = 240.0
FILE: Final = Command(Action.FILE, condition=STALL.condition_id)


@dataclass(frozen=True, slots=True)
class Deed:
    """What an officer will do: when, to which case, what."""

    at: datetime
    case: str
    command: Command


def furnish(store: db.Store) -> None:
    """The class, the condition and the team the load needs."""
    with store.uows.write() as uow:
        names = ("街面秩序", "Street order", STALL.name_zh, STALL.name_en)
        uow.reference.put_categories([Category(STALL.category, STALL.code_2013, *names)])
        uow.reference.put_conditions([STALL])
        uow.reference.put_teams([Team("appearance", "appearance", "appearance", own=True)])
        uow.commit()


def fill(store: db.Store, crossings: Sequence[datetime]) -> list[str]:
    """A case for each instant, which crosses 80 % of its decision then."""
    now = min(crossings) - timedelta(seconds=1)
    with store.uows.write() as uow:
        rules = load_rules(uow, now)
        steps = []
        for at in crossings:
            new = draft(Source.CAMERA, found_at=at - timedelta(seconds=WARN_S))
            steps.append(life.open_case(new, LEADER, rules, now))
        cases = uow.cases.add_all([step.case for step in steps], "20260805")
        told = [replace(d, case=c.id) for c, s in zip(cases, steps, strict=True) for d in s.drafts]
        uow.events.append(told)
        uow.commit()
    return [case.id for case in cases]


def deeds(cases: Sequence[str], crossings: Sequence[datetime], dice: Random, every: int) -> list[Deed]:
    """One case in ``every`` is filed, verified or turned away within a twentieth
    of a second of its crossing, before or after it."""
    found = []
    for case, at in list(zip(cases, crossings, strict=True))[::every]:
        verify, reject = Command(Action.VERIFY), Command(Action.REJECT, reason="不属实")
        command = dice.choice((FILE, FILE, verify, reject))
        found.append(Deed(at + timedelta(seconds=dice.uniform(-0.05, 0.05)), case, command))
    return sorted(found, key=_when)


def act(store: db.Store, folder: Path, planned: Sequence[Deed]) -> int:
    """Do all of it, each at its time or as soon as possible; how many went through."""
    clock, done = SystemClock(), 0
    cases = assemble(store.uows, clock, folder, purpose="test").cases
    for deed in planned:
        time.sleep(max(0.0, (deed.at - clock.now()).total_seconds()))
        try:
            cases.act(LEADER, deed.case, deed.command)
            done += 1
        except Refusal as refusal:
            if refusal.code not in ("conflict", "db_locked"):
                raise
    return done


def _when(deed: Deed) -> tuple[datetime, str]:
    return deed.at, deed.case


def main() -> None:
    """Sweep without a rest until told to end."""
    sweeps = raised = 0
    late: list[float] = []
    with db.open_store(sys.argv[1]) as store:
        service = AlarmService(store.uows, SystemClock())
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            try:
                result = service.sweep()
            except Refusal as refusal:
                if refusal.code != "db_locked":
                    raise
                continue
            sweeps += 1
            raised += result.raised
            late += result.lateness_s
    print(json.dumps({"sweeps": sweeps, "raised": raised, "late": late}))


if __name__ == "__main__":
    main()
