"""The office's own rules about alarms: the table of priorities, how many lost
cameras fold, and what is being worked on. Small named things in the settings.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.domain.alarm_priorities import Folding, Maintenance, Priorities, Priority, read
from console.domain.vocabulary import SourceKind
from console.services.ports import UnitOfWork

log = logging.getLogger(__name__)

PRIORITIES: Final = "alarms.priorities"
MAINTENANCE: Final = "alarms.maintenance"


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """What is in force now."""

    table: Priorities
    maintenance: tuple[Maintenance, ...] = ()


def load(uow: UnitOfWork) -> AlarmRules:
    """The rules in force. A row another program has written and this one
    cannot read counts as not set."""
    stored = priorities_of(uow)
    return AlarmRules(Priorities(stored[0], stored[1]), maintenance_of(uow))


def priorities_of(uow: UnitOfWork) -> tuple[tuple[Priority, ...], Folding]:
    """The office's own rows, and how it folds."""
    document = _document(uow, PRIORITIES)
    rows = [row for one in document.get("rows", ()) if (row := _readable(one)) is not None]
    try:
        folding = Folding(**{name: int(value) for name, value in document.get("folding", {}).items()})
    except (TypeError, ValueError, AttributeError):
        folding = Folding()
    return tuple(rows), folding


def maintenance_of(uow: UnitOfWork) -> tuple[Maintenance, ...]:
    """What is being worked on, was a while ago, or will be."""
    found = []
    for one in _document(uow, MAINTENANCE).get("rows", ()):
        try:
            found.append(
                Maintenance(
                    number=int(one["number"]),
                    kind=SourceKind(one["kind"]),
                    id=str(one["id"]),
                    start=datetime.fromisoformat(one["start"]),
                    end=datetime.fromisoformat(one["end"]),
                    reason=str(one["reason"]),
                    by=str(one.get("by", "")),
                )
            )
        except (KeyError, TypeError, ValueError):
            log.warning("a row of maintenance cannot be read")
    return tuple(found)


def _readable(one: Any) -> Priority | None:
    try:
        return read(one)
    except (KeyError, TypeError, ValueError):
        log.warning("a row of the priorities cannot be read")
        return None


def _document(uow: UnitOfWork, key: str) -> dict[str, Any]:
    try:
        document = json.loads(uow.settings.get(key, "{}"))
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {}
