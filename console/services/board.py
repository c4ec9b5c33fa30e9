"""What the desk shows, read in one go: board, one case in full, the trend."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import kpi, life, obstacles
from console.domain.chance import Chance
from console.domain.model import Actor, Alarm, Case, Condition
from console.domain.pace import Pace
from console.domain.terms import Rules
from console.domain.vocabulary import State
from console.services import lookup, permissions, second_person, similar, suspensions
from console.services.board_alarms import alarm_row, loud, worst_first
from console.services.board_cards import BoardCards, Cards, Keeper, Wanted, card_of
from console.services.figure_live import LiveRows
from console.services.figures import figures_of, today
from console.services.intake_view import told_at_intake
from console.services.open_cases import OpenCases, load_by_team
from console.services.ports import Clock, EvidenceStore, UnitOfWork, UnitOfWorkFactory
from console.services.prediction import ChanceKeeper, warn_percent
from console.services.proposals import propose
from console.services.rules import load_rules
from console.services.slack import PaceKeeper, SlackService
from console.services.team_progress import progress
from console.services.teams import TeamService
from console.services.trend import TrendReader
from console.services.views import BoardView, CaseView, KpiStrip, TrendView

#: A clock due within this is "due soon" in the strip, in seconds.
SOON_S: Final = 60.0
#: The day's rates are computed again when something happened, but not more
#: often than this, in seconds.
STRIP_REST_S: Final = 2.0
#: On a day of thousands of cases they rest so many times as long as they took.
STRIP_SHARE: Final = 40.0
#: But never longer than this: one look that a busy machine held up must not
#: leave the strip behind for a minute.
STRIP_MOST_S: Final = 5.0


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
        self._open = teams.open_cases if teams is not None else OpenCases()
        self._trend = TrendReader(self._open)
        self._cards = BoardCards()
        self._whys = suspensions.Reasons()
        self._slack = slack
        self._teams = teams
        self._paces = PaceKeeper(slack) if slack is not None else None
        self._chances = ChanceKeeper(slack.prediction) if slack is not None else None
        self._day: _Day | None = None
        self._rows = LiveRows()
        self._day_lock = threading.Lock()

    # -- the board -----------------------------------------------------------

    def warm(self) -> None:
        """Read the open cases, so that the first board needs only its cards."""
        with self._uows.read() as uow:
            self._open.look(uow)

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
            wanted = Wanted(
                actor,
                rules,
                loud={key: level for key, alarm in ringing.items() if (level := loud(alarm)) is not None},
                whys=self._whys.of(uow, cases),
                paces=self._pace_of(cases, rules, now),
                chances=self._chance_of(uow, cases, rules, now),
            )
            made = self._cards.make(cases, wanted, now, SOON_S)
            strip = self._strip(uow, made, seq, now)
            waiting = uow.users.waiting()
        known: Mapping[str, Case] = {**others, **{key: cases[key] for key in ringing if key in cases}}
        return BoardView(
            taken_at=now,
            cards=made.cards,
            counts=made.counts,
            alarms=tuple(sorted((alarm_row(a, known, teams) for a in alarms), key=worst_first)),
            kpi=strip,
            approvals=waiting,
            calendar=rules.calendar,
            purpose=self._purpose,
            read_s=self._clock.monotonic() - begun,
            arrival_origin=rules.arrival_origin,
            seq=seq,
            history=self._slack.known[0].rows if self._slack is not None else 0,
        )

    def _pace_of(self, cases: Mapping[str, Case], rules: Rules, now: datetime) -> Keeper[Pace] | None:
        if self._paces is None:
            return None
        ask = self._paces.of(cases, now, rules.calendar)
        return Keeper(self._paces.stamp, ask, self._paces.until)

    def _chance_of(
        self, uow: UnitOfWork, cases: Mapping[str, Case], rules: Rules, now: datetime
    ) -> Keeper[Chance] | None:
        if self._chances is None:
            return None
        ask = self._chances.of(cases, now, rules.calendar, warn_percent(uow))
        return Keeper(self._chances.stamp, ask, self._chances.until) if ask is not None else None

    def foretold(self) -> tuple[tuple[Case, Chance], ...]:
        """Cases of the board last read of which a warning is due by now. To be
        asked in the thread that reads boards."""
        return self._chances.warned(self._clock.now()) if self._chances is not None else ()

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
            foretold = self._slack.prediction if self._slack is not None else None
            warn = warn_percent(uow)
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
            similar=tuple(card_of(other, actor, rules, None) for other in alike),
            intake=came_in,
            likely=likely,
            calendar=rules.calendar,
            causes=rules.causes,
            alarm=alarm,
            approvals=waiting,
            evidence_paths=paths,
            team_steps=progress(events).steps,
            chance=foretold.of_case(case, cases, now, rules.calendar, warn) if foretold else None,
        )

    # -- inside --------------------------------------------------------------

    def _strip(self, uow: UnitOfWork, made: Cards, seq: int, now: datetime) -> KpiStrip:
        day = self._rates(uow, seq, now)
        return KpiStrip(
            open=len(made.cards),
            due_soon=made.due_soon,
            overdue=made.overdue,
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
            news = min(STRIP_MOST_S, max(STRIP_REST_S, STRIP_SHARE * kept.took_s))
            rest = news if kept.seq != seq else 60.0
            if at - kept.read_at < rest:
                return kept
        rows = self._rows.look(uow, start, end, "filed", load_rules(uow, now).calendar)
        values = figures_of(uow, rows, now).rows[0].values
        took = self._clock.monotonic() - at
        day = _Day(seq, at, start, values["total_met"], values["arrival_p90"], took)
        with self._day_lock:
            self._day = day
        return day


def _others(uow: UnitOfWork, ringing: Mapping[str, Alarm], cases: Mapping[str, Case]) -> Mapping[str, Case]:
    """Cases that have ended while their alarm still waits for somebody."""
    missing = tuple(case_id for case_id in ringing if case_id not in cases)
    if not missing:
        return {}
    return {case.id: case for case in uow.cases.load(missing)}


def _condition(uow: UnitOfWork, case: Case) -> Condition | None:
    if not case.condition_id:
        return None
    return uow.reference.condition(case.condition_id, case.condition_version)
