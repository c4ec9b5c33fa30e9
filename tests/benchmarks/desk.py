"""``bench desk``: how long from the wish to a step that is stored for good and
painted, in the running console with ten thousand open and a million ended cases."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

from console.domain.errors import Refusal
from console.domain.model import Command
from console.domain.vocabulary import OPEN, Action, State
from console.services.ports import CaseQuery
from console.services.requests import Act
from tests.benchmarks import open_cases
from tests.benchmarks.alarms import percentile
from tests.benchmarks.desk_console import PATIENCE_S, Desk, running

TARGETS = {"latency_s.p99": 0.1}
DEFAULT_SECONDS = 30
#: The condition everything is filed under, and the steps of one case.
_CONDITION = "E09006-1"
_STEPS = (Action.FILE, Action.DISPATCH, Action.ACCEPT, Action.ARRIVE, Action.HANDLED, Action.CHECK)


class _Paint(QObject):
    """Sees the case's panel being painted. It waits for that as a person does,
    without asking a thousand times a second: asking takes the interpreter from
    the very threads that are measured."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        self._loop = QEventLoop(self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._loop.quit)
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and leave the event to the widget."""
        if event.type() == QEvent.Type.Paint:
            self.count += 1
            QTimer.singleShot(0, self._loop.quit)
        return False

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Run the program until a paint after which something holds. Raises
        ``Refusal`` when it never does."""
        self._patience.start(int(PATIENCE_S * 1000))
        while not condition():
            if not self._patience.isActive():
                raise Refusal("bad_value", "bench_start", text=what)
            self._loop.exec()
        self._patience.stop()


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md."""
    with running(args, cache, say) as desk:
        with desk.console.engine.store.uows.read() as uow:
            states = uow.cases.count_by_state()
            waiting = CaseQuery(states=frozenset({State.REGISTERING}), limit=10_000)
            found = uow.cases.find(waiting).rows
            now = desk.console.engine.clock.now()
            ids = [case.id for case in found if case.found_at is not None and case.found_at < now]
        say("measuring …")
        took = _steps(desk, ids, args.seconds or DEFAULT_SECONDS)
    opened = sum(number for state, number in states.items() if state in OPEN)
    return {
        "transitions": len(took),
        "open_cases": opened,
        "closed_cases": sum(states.values()) - opened,
        "latency_s": {"p50": percentile(took, 0.5), "p99": percentile(took, 0.99)},
        "per_s": round(len(took) / sum(took), 1) if took else 0.0,
    }


def _steps(desk: Desk, ids: list[str], seconds: int) -> list[float]:
    """Lead one case after the other through its steps, by hand so to speak:
    the next wish comes when the last one is seen."""
    clock, detail = desk.console.engine.clock, desk.console.desk.parts.detail
    paint = _Paint(detail.head)
    end = clock.monotonic() + seconds
    took: list[float] = []
    for case_id in ids:
        if clock.monotonic() >= end:
            break
        desk.show(case_id)
        for action in _STEPS:
            view = detail.view
            assert view is not None
            version, painted = view.case.version, paint.count
            condition = _CONDITION if action is Action.FILE else ""
            begun = clock.monotonic()
            command = Command(action, condition=condition)
            desk.console.desk.link.submit(Act(open_cases.ACTOR, case_id, command, version))

            def seen(case_id: str = case_id, version: int = version, painted: int = painted) -> bool:
                now = detail.view
                fresh = now is not None and now.case.id == case_id and now.case.version > version
                return fresh and paint.count > painted

            paint.until(seen, f"{action} of {case_id}")
            took.append(clock.monotonic() - begun)
    return took
