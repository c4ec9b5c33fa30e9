"""Alarms as a busy and a quiet evening have them, and a page to show them on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from console.domain.alarm_quality import quality
from console.domain.model import Alarm, AlarmEvent
from console.domain.vocabulary import AlarmState, DeadlineKind, Severity, SourceKind
from console.models.names import NameBook
from console.services.alarm_log import AlarmHistory, AlarmLife, PastAlarm, bounds
from console.services.views import AlarmRow, BoardView
from console.widgets.alarm_page import AlarmPage
from tests.gui import samples
from tests.gui.page_kit import PageRig

_PLACES = (
    ("占道经营 · 朝凤路与经北六路口", "Trading on road · Chaofeng Rd & Jingbei 6th Rd"),
    ("暴露垃圾 · 亚太社区西门", "Exposed garbage · Yatai community, west gate"),
    ("道路积水 · 航海东路桥下", "Flooded road · under the Hanghai East bridge"),
    ("非机动车乱停放 · 地铁 5 号线出口", "Bicycles left about · metro line 5 exit"),
)
_KINDS = (DeadlineKind.ARRIVAL, DeadlineKind.DISPATCH, DeadlineKind.DECISION, DeadlineKind.HANDLING)


def evening(count: int) -> tuple[AlarmRow, ...]:
    """``count`` alarms, in no order at all: the worst stands neither first nor last."""
    return tuple(_one(at, count) for at in range(count))


def _one(at: int, count: int) -> AlarmRow:
    number = 1001 + at * 7 % 97
    worst = at == count // 2
    if at % 5 == 4 and not worst:
        return _camera(at)
    high = worst or at % 9 == 2
    over = -312 + at if worst else -40 - at if high else 20 + 13 * at
    severity = Severity.HIGH if high else Severity.MEDIUM if at % 3 else Severity.LOW
    due = samples.NOW + timedelta(seconds=over)
    made = samples.alarm(number, _KINDS[at % 4], severity, 100 if high else 80, due)
    alarm = replace(made.alarm, id=at + 1, late_s=14.0 if at % 4 == 1 else 0.02)
    if worst:
        alarm = replace(alarm, louder=1)
    elif at % 6 == 3:
        until = samples.NOW + timedelta(seconds=75)
        alarm = replace(alarm, state=AlarmState.ACKNOWLEDGED, acked_by="值班员02", promise_until=until)
    what_zh, what_en = _PLACES[at % 4]
    return replace(made, alarm=alarm, what_zh=what_zh, what_en=what_en)


def _camera(at: int) -> AlarmRow:
    members = tuple(f"YT-{n:02d}" for n in range(1, 24)) if at % 10 == 9 else ()
    kind = SourceKind.NETWORK if members else SourceKind.CAMERA
    alarm = Alarm(
        at + 1,
        kind,
        f"YT-{at:02d}",
        Severity.LOW,
        AlarmState.RAISED,
        samples.at(200 + at),
        0.0,
        members=members,
    )
    return AlarmRow(alarm, alarm.source_id, "", "", "", "")


def view(rows: tuple[AlarmRow, ...], per10: int | None = None) -> BoardView:
    """A snapshot with these alarms."""
    made = samples.board((), rings=rows)
    return replace(made, kpi=replace(made.kpi, alarms_10min=len(rows) if per10 is None else per10))


def life(row: AlarmRow) -> AlarmLife:
    """Raised, worse, acknowledged, promise broken."""
    told = (
        ("raised", 200, "system", Severity.MEDIUM, 80),
        ("acknowledged", 180, "值班员01", Severity.MEDIUM, 0),
        ("worsened", 90, "system", Severity.HIGH, 100),
        ("expired", 60, "system", Severity.HIGH, 0),
    )
    kind = row.alarm.deadline
    events = tuple(
        AlarmEvent(row.alarm.id, samples.at(before), what, who, severity, kind, 1, threshold)
        for what, before, who, severity, threshold in told
    )
    return AlarmLife(row.alarm, events, 20.0)


def history(rows: tuple[AlarmRow, ...]) -> AlarmHistory:
    """The same alarms as a day's history, cleared."""
    past = []
    events = []
    for at, row in enumerate(rows):
        first = samples.at(3600 + at * 25)
        acked = None if at % 4 == 3 else 12.0 + at
        alarm = replace(row.alarm, state=AlarmState.CLEARED)
        past.append(
            PastAlarm(
                alarm,
                row.number,
                row.what_zh,
                row.what_en,
                first,
                alarm.severity,
                1 + at % 3,
                0.0,
                acked,
                "值班员01",
            )
        )
        events.append(AlarmEvent(alarm.id, first, "raised", "system", alarm.severity))
        if acked is not None:
            then = first + timedelta(seconds=acked)
            events.append(AlarmEvent(alarm.id, then, "acknowledged", "值班员01", alarm.severity))
    day = samples.NOW.date()
    start, end = bounds(day)
    sources = {row.alarm.id: (row.alarm.source_kind.value, row.alarm.source_id) for row in rows}
    names = {
        (row.alarm.source_kind.value, row.alarm.source_id): (
            f"{row.number} {row.what_zh}",
            f"{row.number} {row.what_en}",
        )
        for row in rows
    }
    return AlarmHistory(day, tuple(past), len(past), quality(events, sources, (), start, end), names)


def alarm_page(lang: str = "zh") -> PageRig[AlarmPage]:
    """The page of alarms, shown."""
    rig = PageRig(AlarmPage, (1240, 760), lang)
    rig.page.set_names(NameBook(samples.NAMES))
    return rig
