"""What the desk shows, read in one go: board, one case in full, the trend."""

from __future__ import annotations

import threading
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import deadlines, ids, kpi, life, obstacles
from console.domain.chance import Chance
from console.domain.model import Actor, Alarm, Case, Condition, Team
from console.domain.pace import Pace
from console.domain.terms import Rules
from console.domain.vocabulary import AlarmState, Severity, SourceKind, State
from console.services import lookup, permissions, second_person, similar, suspensions
from console.services.card_order import by_slack
from console.services.figures import today
from console.services.intake_view import told_at_intake
from console.services.open_cases import OpenCases, count_states, due_soon_and_over, load_by_team
from console.services.ports import CaseQuery, Clock, EvidenceStore, UnitOfWork, UnitOfWorkFactory
from console.services.prediction import ChanceKeeper, warn_percent
from console.services.proposals import propose
from console.services.rules import load_rules
from console.services.slack import PaceKeeper, SlackService
from console.services.team_progress import progress
from console.services.teams import TeamService
from console.services.trend import TrendReader
from console.services.views import AlarmRow, BoardView, CaseCard, CaseView, KpiStrip, TrendView

#: A clock due within this is "due soon" in the strip, in seconds.
SOON_S: Final = 60.0
#: The day's rates are computed again when something happened, but not more
#: often than this, in seconds.
STRIP_REST_S: Final = 2.0
#: On a day of thousands of cases they rest so many times as long as they took.
STRIP_SHARE: Final = 40.0
_QUIET_STATES: Final = (AlarmState.RETURNED, AlarmState.CLEARED)


@dataclass(frozen=True, slots=True)
class _Day:
    """The rates of the day, and for what they were computed."""

    seq: int
    read_at: float
    day: datetime
    total: kpi.Value
    p90: kpi.Value
    took_s: float


class BoardReader:
    """Reads views for one actor at a time; keeps what it has read."""

    def __init__(
        self,
        uows: UnitOfWorkFactory,
        clock: Clock,
        store: EvidenceStore,
        purpose: str = "",
        slack: SlackService | None = None,
        teams: TeamService | None = None,
    ) -> None:
        self._uows = uows
        self._clock = clock
        self._store = store
        self._purpose = purpose
        self._open = OpenCases()
        self._trend = TrendReader(self._open)
        self._cards = _Cards()
        self._whys = suspensions.Reasons()
        self._slack = slack
        self._teams = teams
        self._paces = PaceKeeper(slack) if slack is not None else None
        self._chances = ChanceKeeper(slack.prediction) if slack is not None else None
        self._day: _Day | None = None
        self._day_lock = threading.Lock()

    # -- the board -----------------------------------------------------------

    def board(self, actor: Actor) -> BoardView:
        """Cards, counts, alarms and strip as of one instant."""
        permissions.demand(actor, "board.read")
        begun = self._clock.monotonic()
        now = self._clock.now()
        with self._uows.read() as uow:
            rules = load_rules(uow, now)
            cases, seq = self._open.look(uow)
            alarms = uow.alarms.find(active=True, limit=10_000).rows
            ringing = {a.source_id: a for a in alarms if a.source_kind.value == "case"}
            teams = {team.id: team for team in uow.reference.teams()}
            others = _others(uow, ringing, cases)
            strip = self._strip(uow, cases, seq, now)
            waiting = uow.users.waiting()
            whys = self._whys.of(uow, cases)
            warn = warn_percent(uow)
        known: Mapping[str, Case] = ChainMap(dict(cases), dict(others))
        return BoardView(
            taken_at=now,
            cards=suspensions.explained(
                self._cards.make(
                    cases,
                    actor,
                    rules,
                    ringing,
                    self._pace_of(cases, rules, now),
                    self._chances.of(cases, now, rules.calendar, warn) if self._chances else None,
                ),
                whys,
            ),
            counts=count_states(cases),
            alarms=tuple(sorted((_row(a, known, teams) for a in alarms), key=_worst_first)),
            kpi=strip,
            approvals=waiting,
            calendar=rules.calendar,
            purpose=self._purpose,
            read_s=self._clock.monotonic() - begun,
            arrival_origin=rules.arrival_origin,
            seq=seq,
            history=self._slack.known[0].rows if self._slack is not None else 0,
        )

    def _pace_of(
        self, cases: Mapping[str, Case], rules: Rules, now: datetime
    ) -> Callable[[Case], Pace | None] | None:
        return self._paces.of(cases, now, rules.calendar) if self._paces is not None else None

    def trend(self, actor: Actor, minutes: int = 60) -> TrendView:
        """Points of the live chart."""
        permissions.demand(actor, "board.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            return self._trend.read(uow, now, minutes, load_rules(uow, now))

    # -- one case ------------------------------------------------------------

    def case(self, actor: Actor, case_id: str) -> CaseView:
        """One case in full, with whom to send and what is like it."""
        permissions.demand(actor, "case.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            rules = load_rules(uow, now)
            case = lookup.case(uow, case_id)
            events = uow.events.of_case(case.id)
            condition = _condition(uow, case)
            cases = self._open.look(uow)[0]
            teams = uow.reference.teams()
            # Where teams are and what they do matters while one is to be chosen.
            chooses = self._teams is not None and case.state is State.FILED
            stand = self._teams.standings(uow, cases, now) if self._teams and chooses else None
            proposals = propose(case, condition, teams, load_by_team(cases), events, stand)
            alarm = uow.alarms.open_of("case", [case.id]).get(case.id)
            alike = similar.of_case(uow, case, now)
            came_in, likely = told_at_intake(uow, case, actor)
            waiting = uow.users.waiting(case.id)
            previews = second_person.previews(uow, case, waiting, rules, now)
        found = ((e.sha256, self._store.path(e.sha256)) for e in case.evidence)
        paths = {sha256: str(path) for sha256, path in found if path is not None}
        here = (replace(e, present_here=e.sha256 in paths) for e in case.evidence)
        return CaseView(
            case=replace(case, evidence=tuple(here)),
            events=events,
            condition=condition,
            next_action=life.next_action(case, actor.role, rules),
            allowed=obstacles.possible(case, actor.role, rules, now, waiting),
            blocked=obstacles.of(case, actor.role, rules, now, waiting),
            previews=previews,
            proposals=proposals,
            similar=tuple(_card(other, actor, rules, None) for other in alike),
            intake=came_in,
            likely=likely,
            calendar=rules.calendar,
            alarm=alarm,
            approvals=waiting,
            evidence_paths=paths,
            team_steps=progress(events).steps,
        )

    # -- inside --------------------------------------------------------------

    def _strip(self, uow: UnitOfWork, cases: Mapping[str, Case], seq: int, now: datetime) -> KpiStrip:
        day = self._rates(uow, seq, now)
        soon, over = due_soon_and_over(cases, now, SOON_S)
        return KpiStrip(
            open=len(cases),
            due_soon=soon,
            overdue=over,
            total_met=day.total.value,
            total_n=day.total.den or 0,
            arrival_p90_s=day.p90.value,
            alarms_10min=uow.alarms.count_raised(now - timedelta(minutes=10)),
        )

    def _rates(self, uow: UnitOfWork, seq: int, now: datetime) -> _Day:
        """Today's attainment and P90; a minute old at most while nothing
        happens (an open case may pass its limit meanwhile)."""
        start, end = today(now)
        at = self._clock.monotonic()
        with self._day_lock:
            kept = self._day
        if kept is not None and kept.day == start:
            rest = max(STRIP_REST_S, STRIP_SHARE * kept.took_s) if kept.seq != seq else 60.0
            if at - kept.read_at < rest:
                return kept
        values = kpi.compute(uow.facts.facts(start, end, "filed"), now)
        took = self._clock.monotonic() - at
        day = _Day(seq, at, start, values["total_met"], values["arrival_p90"], took)
        with self._day_lock:
            self._day = day
        return day


_Made = tuple[Case, Severity | None, CaseCard]


class _Cards:
    """Makes the cards, each again only when its case or its alarm changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, _Made] = {}
        self._for: tuple[str, bool] = ("", False)

    def make(
        self,
        cases: Mapping[str, Case],
        actor: Actor,
        rules: Rules,
        ringing: Mapping[str, Alarm],
        pace_of: Callable[[Case], Pace | None] | None = None,
        chance_of: Callable[[Case], Chance | None] | None = None,
    ) -> tuple[CaseCard, ...]:
        """The cards, least slack first."""
        with self._lock:
            wanted = (actor.role.value, rules.separate_filing)
            kept = self._made if wanted == self._for else {}
            made: dict[str, _Made] = {}
            for case_id, case in cases.items():
                loud = _loud(ringing.get(case_id))
                before = kept.get(case_id)
                if before is None or before[0] is not case or before[1] is not loud:
                    before = (case, loud, _card(case, actor, rules, loud))
                pace = pace_of(case) if pace_of is not None else None
                chance = chance_of(case) if chance_of is not None else None
                if before[2].pace is not pace or before[2].chance is not chance:
                    before = (case, loud, replace(before[2], pace=pace, chance=chance))
                made[case_id] = before
            self._made, self._for = made, wanted
        return tuple(sorted((card for _, _, card in made.values()), key=by_slack))


def _loud(alarm: Alarm | None) -> Severity | None:
    """The severity a card shows: that of an alarm still about something."""
    return None if alarm is None or alarm.state in _QUIET_STATES else alarm.severity


def _card(case: Case, actor: Actor, rules: Rules, severity: Severity | None) -> CaseCard:
    return CaseCard(
        id=case.id,
        number=ids.number(case.id),
        state=case.state,
        name_zh=case.name_zh,
        name_en=case.name_en,
        place=case.place,
        community=case.community,
        camera=case.camera,
        source=case.source.value,
        teams=case.teams,
        owner=case.owner,
        headline=deadlines.headline(case),
        next_action=life.next_action(case, actor.role, rules),
        severity=severity,
        has_evidence=bool(case.evidence),
        opened_at=case.opened_at,
        version=case.version,
        lon=case.lon,
        lat=case.lat,
        grid=case.grid,
        suspended_until=case.suspended_until,
        reply_by=case.reply_by,
        urges=case.urges,
    )


def _row(alarm: Alarm, cases: Mapping[str, Case], teams: Mapping[str, Team]) -> AlarmRow:
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


def _worst_first(row: AlarmRow) -> tuple[bool, int, float, int]:
    """Unacknowledged before the others, worst first, then the least slack."""
    alarm = row.alarm
    due = alarm.due_at.timestamp() if alarm.due_at is not None else alarm.raised_at.timestamp()
    return alarm.state is not AlarmState.RAISED, -alarm.severity.rank, due, alarm.id


def _others(uow: UnitOfWork, ringing: Mapping[str, Alarm], cases: Mapping[str, Case]) -> Mapping[str, Case]:
    """Cases that have ended while their alarm still waits for somebody."""
    missing = tuple(case_id for case_id in ringing if case_id not in cases)
    if not missing:
        return {}
    found = uow.cases.find(CaseQuery(ids=missing, limit=len(missing)))
    return {case.id: case for case in found.rows}


def _condition(uow: UnitOfWork, case: Case) -> Condition | None:
    if not case.condition_id:
        return None
    return uow.reference.condition(case.condition_id, case.condition_version)
