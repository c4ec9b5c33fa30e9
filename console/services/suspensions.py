"""Why suspended cases stand still, read from their events once each."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from console.domain.model import Case
from console.domain.vocabulary import Action, State
from console.services.ports import UnitOfWork


class Reasons:
    """A cache over one database; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime | None, str]] = {}
        self._of: Mapping[str, Case] | None = None
        self._told: Mapping[str, str] = {}

    def of(self, uow: UnitOfWork, cases: Mapping[str, Case]) -> Mapping[str, str]:
        """Case id → reason, for those of ``cases`` that are suspended. The
        same mapping again is answered as before."""
        with self._lock:
            if cases is self._of:
                return self._told
        resting = {key: case for key, case in cases.items() if case.state is State.SUSPENDED}
        with self._lock:
            kept = {
                key: self._known[key]
                for key, case in resting.items()
                if key in self._known and self._known[key][0] == case.suspended_until
            }
            for key, case in resting.items():
                if key not in kept:
                    kept[key] = (case.suspended_until, _reason(uow, key))
            self._known, self._of = kept, cases
            self._told = {key: why for key, (_, why) in kept.items()}
            return self._told


def _reason(uow: UnitOfWork, case_id: str) -> str:
    told = [
        str(event.data.get("reason") or "")
        for event in uow.events.of_case(case_id)
        if event.action is Action.SUSPEND and not event.data.get("asked")
    ]
    return told[-1] if told else ""
