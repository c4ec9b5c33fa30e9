"""Supervised cases whose reply is owed: near its time, or over it; and shifts that
were not handed over or not opened.

A leader who supervises a case (督办) asks for a reply by a time. The desk's cards
say so; here it becomes an alarm, also of a case that has ended meanwhile, since
the reply is still owed then.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from console.domain import ids
from console.domain.conditions import Condition
from console.domain.vocabulary import SourceKind
from console.services import shift_watch
from console.services.ports import UnitOfWorkFactory

#: Replies due within this are near: the desk's marks turn yellow then.
REPLY_SOON: Final = timedelta(minutes=30)
#: More at once are no list any more.
MOST: Final = 1000
_ZONE: Final = timezone(timedelta(hours=8))


class Supervision:
    """Looks for replies that are owed."""

    def __init__(self, uows: UnitOfWorkFactory) -> None:
        self._uows = uows

    def conditions(self, now: datetime) -> list[Condition]:
        """What is nearly or quite due, for the door of the alarms."""
        with self._uows.read() as uow:
            cases = uow.cases.load(uow.cases.replies_due(now + REPLY_SOON, MOST))
            found = shift_watch.conditions(uow, now)
        for case in cases:
            due = case.reply_by
            if due is None:
                continue
            over = now >= due
            facts = {
                "number": ids.number(case.id),
                "name": " · ".join(part for part in (case.name_zh, case.place) if part),
                "due": due.astimezone(_ZONE).strftime("%m-%d %H:%M"),
            }
            code = "reply_overdue" if over else "reply_due"
            since = due if over else due - REPLY_SOON
            found.append(Condition(SourceKind.SUPERVISION, case.id, code, since, "", facts))
        return found
