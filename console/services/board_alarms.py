"""What the banner and the page of alarms are given of one alarm, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.domain import ids
from console.domain.model import Alarm, Case, Team
from console.domain.vocabulary import AlarmState, Severity, SourceKind
from console.services.views import AlarmRow

_QUIET_STATES: Final = (AlarmState.RETURNED, AlarmState.CLEARED)


def loud(alarm: Alarm | None) -> Severity | None:
    """The severity a card shows: that of an alarm still about something."""
    return None if alarm is None or alarm.state in _QUIET_STATES else alarm.severity


def alarm_row(alarm: Alarm, cases: Mapping[str, Case], teams: Mapping[str, Team]) -> AlarmRow:
    """An alarm with what it is about and who was sent; ``cases`` and ``teams`` by id."""
    case = cases.get(alarm.source_id)
    if case is None:
        return _of_source(alarm)
    sent = [teams[team] for team in case.teams if team in teams]
    return AlarmRow(
        alarm=alarm,
        number=ids.number(case.id),
        what_zh=_joined(case.name_zh, case.place),
        what_en=_joined(case.name_en, case.place),
        who_zh="、".join(team.name_zh for team in sent) or case.owner,
        who_en=", ".join(team.name_en or team.id for team in sent) or case.owner,
    )


def _of_source(alarm: Alarm) -> AlarmRow:
    """Not a case: a camera by its id and name, an emergency by its case, the rest
    say themselves what they are."""
    facts = dict(alarm.facts)
    name = facts.get("name", "")
    named = alarm.source_kind in (SourceKind.CAMERA, SourceKind.NETWORK)
    return AlarmRow(alarm, alarm.source_id if named else facts.get("number", ""), name, name, "", "")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def worst_first(row: AlarmRow) -> tuple[bool, int, float, int]:
    """Key to sort by: unacknowledged before the others, worst first, then the least slack."""
    alarm = row.alarm
    due = alarm.due_at.timestamp() if alarm.due_at is not None else alarm.raised_at.timestamp()
    return alarm.state is not AlarmState.RAISED, -alarm.severity.rank, due, alarm.id
