"""Snapshots by hand: what a desk is given on a busy morning.

All times hang on :data:`NOW`; nothing asks a real clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.domain import deadlines, limits
from console.domain.calendars import WorkingCalendar
from console.domain.model import (
    Actor,
    Alarm,
    Camera,
    Case,
    CategoryKey,
    Condition,
    Deadline,
    Event,
    Evidence,
    Limit,
    Team,
)
from console.domain.vocabulary import (
    Action,
    AlarmState,
    DeadlineKind,
    EvidenceKind,
    FeedState,
    Role,
    Severity,
    Source,
    SourceKind,
    State,
    Unit,
)
from console.services.ports import FeedHealth
from console.services.views import (
    AlarmRow,
    BoardView,
    CaseCard,
    CaseView,
    ConditionHit,
    FeedsView,
    KpiStrip,
    Names,
    TeamProposal,
    TrendView,
)
from tests.unit.domain.build import STALL

NOW = datetime(2026, 9, 29, 6, 32, 7, tzinfo=UTC)  # 14:32:07 in Shanghai
CALENDAR = WorkingCalendar.default()
OFFICER = Actor("值班员01", Role.DUTY)
LEADER = Actor("值班长01", Role.LEADER)
K = DeadlineKind
HANDLE = Limit(2, Unit.URGENT_HOUR, "1")

TEAMS = (
    Team("appearance", "市容劝导队", "City-appearance team", True, ("亚太社区",)),
    Team("patrol", "巡消队", "Patrol-and-fire team", True),
    Team("food", "食药监管队", "Food-and-drug team", True),
    Team("environment", "环保协管员", "Environmental assistants", True),
    Team("emergency", "应急大队", "Emergency brigade", True),
    Team("sanitation", "环卫", "Sanitation", False),
)

CONDITION = replace(
    STALL,
    condition_zh="违法占用道路、桥梁、广场等公共场所经营",
    condition_en="Selling on road, bridge, square or other public place without permission",
    not_to_file="经批准的临时摊位",
    valid_from=NOW - timedelta(days=90),
)
HITS = (
    ConditionHit(CONDITION, ("店外经营", "无照经营游商"), ("Trading outside shop", "Unlicensed vendor")),
    ConditionHit(
        Condition(
            "E09005-1",
            1,
            CategoryKey("GB/T 47678.5-2026", "event", "09005"),
            "04-05",
            "店外经营",
            "Trading outside shop",
            "超出门窗外摆放经营物品或跨门占道经营",
            "Goods or business placed beyond the shop door/window",
            2,
            Unit.URGENT_HOUR,
            "取缔（撤回店内）",
            "Withdrawn inside",
            "appearance",
            "",
            "",
            "city table 2026",
            NOW - timedelta(days=90),
        ),
        ("占道经营",),
        ("Trading on road",),
    ),
)


def at(seconds: float) -> datetime:
    """``seconds`` before :data:`NOW`."""
    return NOW - timedelta(seconds=seconds)


def running(kind: DeadlineKind, used_s: float, limit: Limit | None = None) -> Deadline:
    """A clock of which ``used_s`` seconds are used up at :data:`NOW`."""
    return deadlines.start(kind, limit or limits.PROMISES[kind], at(used_s), CALENDAR)


NAMES = Names(
    communities={"410199001010": ("和顺社区", "Heshun community")},
    people={"li.na": ("李娜", "Li Na")},
    places={"朝凤路": ("朝凤路", "Chaofeng Road")},
)


def card(
    number: int,
    state: State,
    names: tuple[str, str],
    headline: Deadline | None,
    *,
    place: str = "朝凤路与经北六路口",
    community: str = "亚太社区",
    teams: tuple[str, ...] = (),
    severity: Severity | None = None,
    next_action: Action | None = None,
    version: int = 1,
) -> CaseCard:
    """One card of the board."""
    return CaseCard(
        id=f"20260929-{number:04d}",
        number=f"#{number:04d}",
        state=state,
        name_zh=names[0],
        name_en=names[1],
        place=place,
        community=community,
        camera="cam03",
        source="camera",
        teams=teams,
        owner="值班员01",
        headline=headline,
        next_action=next_action,
        severity=severity,
        has_evidence=True,
        opened_at=at(900),
        version=version,
    )


def cards() -> tuple[CaseCard, ...]:
    """Nineteen cases in all stages."""
    road, waste = ("占道经营", "Trading on road"), ("暴露垃圾", "Exposed garbage")
    shop, bikes = ("店外经营", "Trading outside shop"), ("非机动车乱停放", "Disorderly bike parking")
    ads, pit = ("非法小广告", "Illegal small advertisement"), ("道路破损", "Damaged road surface")
    mine, fire = ("appearance",), ("patrol",)
    high, medium = Severity.HIGH, Severity.MEDIUM
    return (
        card(1051, State.REGISTERING, waste, running(K.DECISION, 72), place="经北六路 118 号"),
        card(1052, State.REGISTERING, ("", ""), running(K.DECISION, 31), community="中烟社区"),
        card(1047, State.REGISTERING, bikes, running(K.DECISION, 262), severity=medium),
        card(1049, State.FILED, shop, running(K.DISPATCH, 19), community="金水东社区"),
        card(1042, State.ENROUTE, road, running(K.ARRIVAL, 528), teams=mine, severity=medium),
        card(1040, State.ENROUTE, shop, running(K.ARRIVAL, 672), teams=mine, severity=high),
        card(
            1045, State.DISPATCHED, ("占用消防通道", "Blocked fire lane"), running(K.ARRIVAL, 95), teams=fire
        ),
        card(1044, State.ENROUTE, ads, running(K.ARRIVAL, 240), teams=mine, community="康宁社区"),
        card(1039, State.HANDLING, road, running(K.HANDLING, 1900, HANDLE), teams=mine),
        card(1038, State.HANDLING, pit, running(K.HANDLING, 5900, HANDLE), teams=("sanitation",)),
        card(1036, State.HANDLING, waste, running(K.HANDLING, 3200, HANDLE), teams=("sanitation",)),
        card(1035, State.HANDLING, bikes, running(K.HANDLING, 700, HANDLE), teams=mine),
        card(1033, State.SUSPENDED, pit, paused(K.HANDLING, 2400), teams=("emergency",)),
        card(1031, State.HANDLING, road, running(K.HANDLING, 2100, HANDLE), teams=mine),
        card(1030, State.FEEDBACK, shop, running(K.CHECK, 320), teams=mine),
        card(1029, State.CHECKING, waste, running(K.CHECK, 1500), teams=("sanitation",)),
        card(1027, State.CLOSING, road, None, teams=mine, next_action=Action.CLOSE),
    )


def paused(kind: DeadlineKind, used_s: float) -> Deadline:
    """A clock that stands still."""
    return deadlines.pause(running(kind, used_s, HANDLE), at(60))


def alarm(
    number: int, kind: DeadlineKind, severity: Severity, threshold: int, due: datetime, **more: object
) -> AlarmRow:
    """One row of the banner."""
    one = Alarm(
        id=number,
        source_kind=SourceKind.CASE,
        source_id=f"20260929-{number:04d}",
        severity=severity,
        state=AlarmState.RAISED,
        raised_at=at(30),
        late_s=0.02,
        deadline=kind,
        threshold=threshold,
        due_at=due,
        **more,  # type: ignore[arg-type]
    )
    return AlarmRow(one, f"#{number:04d}", "", "", "市容劝导队", "City-appearance team")


def alarms() -> tuple[AlarmRow, ...]:
    """Three open alarms: one high, two medium."""
    return (
        alarm(1042, K.ARRIVAL, Severity.MEDIUM, 80, NOW + timedelta(seconds=72)),
        alarm(1040, K.ARRIVAL, Severity.HIGH, 100, at(72)),
        alarm(1047, K.DECISION, Severity.MEDIUM, 80, NOW + timedelta(seconds=38)),
    )


def board(
    rows: tuple[CaseCard, ...] | None = None, rings: tuple[AlarmRow, ...] | None = None, purpose: str = "demo"
) -> BoardView:
    """A snapshot of the board."""
    shown = cards() if rows is None else rows
    counts = {state: sum(one.state is state for one in shown) for state in State}
    figures = KpiStrip(
        open=len(shown), due_soon=2, overdue=1, total_met=0.94, total_n=62, arrival_p90_s=531, alarms_10min=3
    )
    return BoardView(
        taken_at=NOW,
        cards=shown,
        counts=counts,
        alarms=alarms() if rings is None else rings,
        kpi=figures,
        approvals=(),
        calendar=CALENDAR,
        purpose=purpose,
        read_s=0.012,
    )


def event(seq: int, before_s: float, action: Action, actor: str = "值班员01", **data: object) -> Event:
    """One link of a case's chain."""
    when = at(before_s)
    return Event(seq, "20260929-1042", when, when, actor, action, data, 1, "0" * 64, "1" * 64)


def case(state: State = State.ENROUTE) -> Case:
    """#1042, on the way to a stall."""
    filed, sent = at(528), at(497)
    clocks = [
        deadlines.meet(deadlines.start(K.DECISION, limits.PROMISES[K.DECISION], at(683), CALENDAR), filed),
        deadlines.meet(deadlines.start(K.DISPATCH, limits.PROMISES[K.DISPATCH], filed, CALENDAR), sent),
        running(K.ARRIVAL, 528),
        running(K.TOTAL, 683),
        running(K.HANDLING, 497, HANDLE),
    ]
    if state is State.REGISTERING:
        clocks = [running(K.DECISION, 155), running(K.TOTAL, 155)]
    if state is State.FILED:
        clocks = [clocks[0], running(K.DISPATCH, 19), running(K.ARRIVAL, 19), running(K.TOTAL, 174)]
    filed_yet = state not in (State.REGISTERING, State.REPORTED)
    return Case(
        id="20260929-1042",
        state=state,
        source=Source.CAMERA,
        category=CONDITION.category if filed_yet else None,
        name_zh="占道经营" if filed_yet else "",
        name_en="Trading on road" if filed_yet else "",
        condition_id="E09006-1" if filed_yet else "",
        camera="cam03",
        place="朝凤路与经北六路口",
        community="亚太社区",
        grid="YT-07",
        teams=("appearance",) if state is State.ENROUTE else (),
        found_at=at(683),
        filed_at=filed if filed_yet else None,
        deadlines=tuple(clocks),
        evidence=tuple(
            Evidence(f"e{n}", "20260929-1042", kind, f"{n}" * 64, 1000, at(683 - n), "cam03")
            for n, kind in enumerate((EvidenceKind.SNAPSHOT, EvidenceKind.MAIN_PICTURE, EvidenceKind.CLIP))
        ),
        version=5,
    )


ENROUTE_ALLOWED = (
    Action.ARRIVE,
    Action.URGE,
    Action.SUPERVISE,
    Action.VOID,
    Action.FORCE_CLOSE,
    Action.CORRECT,
    Action.LINK,
    Action.NOTE,
    Action.ATTACH,
)


def proposals() -> tuple[TeamProposal, ...]:
    """Two teams proposed, the others with why not."""
    reasons = ("responsible_here", "here", "other_work", "other_work", "elsewhere", "outside")
    return tuple(
        TeamProposal(team, at < 2, reason, {"open": at})
        for at, (team, reason) in enumerate(zip(TEAMS, reasons, strict=True))
    )


def case_view(
    state: State = State.ENROUTE,
    next_action: Action | None = Action.ARRIVE,
    allowed: tuple[Action, ...] = ENROUTE_ALLOWED,
    **more: object,
) -> CaseView:
    """The open case in full."""
    events = (
        event(1, 683, Action.OPEN, camera="cam03"),
        event(2, 528, Action.FILE, condition="E09006-1"),
        event(3, 497, Action.DISPATCH, teams=["appearance"]),
        event(4, 430, Action.ACCEPT, channel="radio", on_behalf_of="张队"),
        event(5, 300, Action.NOTE, text="摊主称正在收摊，队伍从经北五路绕行"),
        event(6, 48, Action.ALARM, "system", deadline="arrival", threshold=80),
    )
    facts: dict[str, object] = {
        "case": case(state),
        "events": events,
        "condition": None if state is State.REGISTERING else CONDITION,
        "next_action": next_action,
        "allowed": allowed,
        "proposals": proposals(),
        "similar": (cards()[5],) if state is State.REGISTERING else (),
        "calendar": CALENDAR,
        "alarm": None,
    }
    return CaseView(**(facts | more))  # type: ignore[arg-type]


def registering() -> CaseView:
    """A case that waits to be filed."""
    allowed = (Action.FILE, Action.REJECT, Action.VERIFY, Action.MERGE, Action.LINK, Action.NOTE)
    return case_view(State.REGISTERING, Action.FILE, allowed)


def filed() -> CaseView:
    """A case that waits for a team."""
    return case_view(State.FILED, Action.DISPATCH, (Action.DISPATCH, Action.VOID, Action.NOTE, Action.URGE))


def cameras(count: int = 24) -> tuple[Camera, ...]:
    """Cameras of three communities."""
    places = (("亚太社区", "朝凤路"), ("中烟社区", "经北六路"), ("金水东社区", "亚太广场"))
    return tuple(
        Camera(
            id=f"cam{n:02d}",
            name=f"{places[n % 3][1]}-{n:02d}",
            url=f"rtsp://127.0.0.1/cam{n:02d}",
            community=places[n % 3][0],
            road=places[n % 3][1],
        )
        for n in range(1, count + 1)
    )


def feeds(count: int = 24) -> FeedsView:
    """All live but three."""
    odd = {5: FeedState.LOST, 9: FeedState.STALE, 14: FeedState.UNAUTHORISED}
    return FeedsView(
        {
            f"cam{n:02d}": FeedHealth(
                f"cam{n:02d}", odd.get(n, FeedState.LIVE), 0.1, 0.1, 15, 700, "h264", 640, 360
            )
            for n in range(1, count + 1)
        }
    )


def trend() -> TrendView:
    """The last hour: a hump of open cases, a few late arrivals."""
    minutes = tuple(at(60 * (60 - n)).timestamp() for n in range(61))
    opened = tuple(11 + (n * 7 % 5) + n // 9 for n in range(61))
    arrivals = tuple(
        (at(3400 - n * 150).timestamp(), 300 + (n * 97) % 380, 300 + (n * 97) % 380 <= 600) for n in range(22)
    )
    return TrendView(minutes, opened, arrivals, 600.0)
