"""What truth demands of the alarms of cases, and whether a database has just that.

The stopwatches here are worked out from what people did and when, in plain
arithmetic and with none of the program's own rules, so that a mistake of the
program is not made twice. Whatever happened to the program meanwhile (killed,
stopped, locked out, its clock moved), :func:`complaints` must come back empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.domain.model import Alarm, AlarmEvent, Case, Event
from console.domain.vocabulary import Action, AlarmState, Severity, SourceKind, State
from console.services.ports import CaseQuery, UnitOfWorkFactory

#: The office's promises in seconds; the handling is that of a two-hour condition.
LIMITS: Final[Mapping[str, int]] = {
    "decision": 300, "verify": 1800, "dispatch": 60, "arrival": 600, "handling": 7200, "check": 1800,
}  # fmt: skip
#: Per cent of a limit, and how loud that is: the first for slow clocks.
MARKS: Final = ((80, 0.8), (100, 1.0))
SLOW: Final = frozenset({"verify", "handling", "check"})
LOUD: Final[Mapping[tuple[bool, int], Severity]] = {
    (True, 80): Severity.LOW,
    (True, 100): Severity.MEDIUM,
    (False, 80): Severity.MEDIUM,
    (False, 100): Severity.HIGH,
}
#: Instants are kept to the millisecond in the chain.
GRAIN_S: Final = 0.002

#: After these an alarm holds a promise (the first) or none.
ENDS_PROMISE: Final = frozenset({"acknowledged", "shelved", "expired", "handed_over"})


@dataclass(frozen=True, slots=True)
class Due:
    """A crossing that has to be there: which clock, which mark, when."""

    kind: str
    threshold: int
    at: datetime

    def is_told_by(self, event: Event) -> bool:
        """Whether the chain's event speaks of this crossing."""
        if (event.data["deadline"], event.data["threshold"]) != (self.kind, self.threshold):
            return False
        return abs((event.at - self.at).total_seconds()) <= GRAIN_S


@dataclass
class Stopwatch:
    """One promise of one case: runs, stands, runs again."""

    kind: str
    since: datetime | None = None
    used_s: float = 0.0
    stood_at: datetime | None = None
    rung: list[Due] = field(default_factory=list)

    def start(self, at: datetime) -> None:
        """A new round."""
        self.since, self.used_s = at, 0.0

    def go_on(self, at: datetime) -> None:
        """Run again; what it had passed before rings again, now. A pause is
        credited in whole seconds, what is over counts as used."""
        if self.since is None and self.stood_at is not None:
            self.used_s += (at - self.stood_at).total_seconds() % 1.0
            self.since = at

    def run_on(self, at: datetime) -> None:
        """The stop is taken back at ``at``: it has been running all along, in
        silence, and rings again for what it has passed."""
        if self.since is None and self.stood_at is not None:
            self.used_s += (at - self.stood_at).total_seconds()
            self.since = at

    def reading(self, at: datetime) -> float:
        """Seconds used."""
        return self.used_s + ((at - self.since).total_seconds() if self.since else 0.0)

    def stand(self, at: datetime) -> None:
        """Stop where it is; what it passed until then has rung."""
        if self.since is None:
            return
        self.rung += self.passed(at)
        self.used_s, self.since, self.stood_at = self.reading(at), None, at

    def passed(self, until: datetime) -> Iterator[Due]:
        """What this run passes by ``until``."""
        if self.since is None:
            return
        for threshold, share in MARKS:
            left = LIMITS[self.kind] * share - self.used_s
            at = self.since + timedelta(seconds=max(0.0, left))
            if at <= until:
                yield Due(self.kind, threshold, at)

    def over(self, at: datetime) -> int:
        """The mark a running watch stands beyond, 0 for none."""
        return max((due.threshold for due in self.passed(at)), default=0)


class History:
    """The stopwatches of a case, wound by what people did."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.watches: dict[str, Stopwatch] = {}
        self.unit: object = None
        for event in events:
            if event.action is not Action.ALARM and not event.data.get("asked"):
                self._take(event)

    def demanded(self, until: datetime) -> list[Due]:
        """Every crossing by ``until``, in order."""
        found = [due for w in self.watches.values() for due in (*w.rung, *w.passed(until))]
        return sorted(found, key=_when)

    def ringing(self, at: datetime) -> Severity | None:
        """How loud the case has to be now; ``None``: nothing is over."""
        loud = [LOUD[w.kind in SLOW, w.over(at)] for w in self.watches.values() if w.over(at)]
        return max(loud, key=_rank, default=None)

    def _take(self, event: Event) -> None:
        at, action = event.at, event.action
        if action is Action.OPEN:
            begun = event.data.get("reported_at") or event.data.get("found_at")
            if event.data.get("source") == "camera":
                begun = event.data.get("found_at") or begun
            self._start("decision", datetime.fromisoformat(str(begun)))
        elif action is Action.VERIFY:
            self._stand("decision", at=at)
            self._start("verify", at)
        elif action is Action.VERIFIED:
            self._stand("verify", at=at)
            self.watches["decision"].go_on(at)
        elif action is Action.FILE:
            self._stand("decision", at=at)
            self._start("dispatch", at)
            self._start("arrival", at)
        elif action is Action.DISPATCH:
            self._dispatched(event)
        elif action is Action.REFUSE:
            self._stand("handling", at=at)
            self._start("dispatch", at)
            if self.watches["arrival"].since is None:
                self._start("arrival", at)
        elif action is Action.ARRIVE:
            self._stand("arrival", at=at)
        elif action in (Action.HANDLED, Action.SUSPEND):
            self._stand("handling", at=at)
            if action is Action.HANDLED:
                self._start("check", at)
        elif action is Action.RESUME:
            self.watches["handling"].go_on(at)
        elif action is Action.CHECK:
            self._checked(event)
        elif event.data.get("to") in ("closed", "rejected", "voided", "duplicate"):
            self._stand(*self.watches, at=at)

    def _dispatched(self, event: Event) -> None:
        self._stand("dispatch", at=event.at)
        teams = event.data.get("teams")
        unit = teams[0] if isinstance(teams, list) and teams else None
        if "handling" in self.watches and unit == self.unit:
            self.watches["handling"].go_on(event.at)
        else:
            self._start("handling", event.at)
        self.unit = unit

    def _checked(self, event: Event) -> None:
        self._stand("check", at=event.at)
        if event.data.get("to") == "handling":
            self.watches["handling"].run_on(event.at)

    def _start(self, kind: str, at: datetime) -> None:
        self.watches.setdefault(kind, Stopwatch(kind)).start(at)

    def _stand(self, *kinds: str, at: datetime) -> None:
        for kind in kinds:
            if kind in self.watches:
                self.watches[kind].stand(at)


def complaints(uows: UnitOfWorkFactory, until: datetime) -> list[str]:
    """What is missing, doubled, late in a false way or ringing for nothing, in
    words; empty when the alarms of all cases are as truth demands at ``until``
    (the clock's time of a sweep that has gone through)."""
    with uows.read() as uow:
        cases = uow.cases.find(CaseQuery(limit=100_000)).rows
        alarms: dict[str, list[Alarm]] = {}
        for alarm in uow.alarms.find(limit=100_000).rows:
            if alarm.source_kind is SourceKind.CASE:
                alarms.setdefault(alarm.source_id, []).append(alarm)
        found: list[str] = []
        for case in cases:
            events = uow.events.of_case(case.id)
            own = alarms.pop(case.id, [])
            lives = [(alarm, uow.alarms.events_of(alarm.id)) for alarm in own]
            history = History(events)
            wrong = [
                *_chain(events, history.demanded(until)),
                *_log(events, lives),
                *_states(case, [alarm for alarm, _ in lives], history.ringing(until), until),
                *(word for alarm, life in lives for word in _life(alarm, life)),
            ]
            found += [f"{case.id} {case.state.value}: {word}" for word in wrong]
    return found + [f"{source}: an alarm for no case" for source in alarms]


def _chain(events: Sequence[Event], demanded: Sequence[Due]) -> Iterator[str]:
    """Every crossing once in the chain, at its own time, and no other."""
    told = [event for event in events if event.action is Action.ALARM]
    for due in demanded:
        mine = next((event for event in told if due.is_told_by(event)), None)
        if mine is None:
            yield f"missing: {due.kind} {due.threshold} % at {due.at:%H:%M:%S.%f}"
            continue
        told.remove(mine)
        late_ms = (mine.recorded_at - mine.at) // timedelta(milliseconds=1)
        if mine.data["late_ms"] != max(0, late_ms):
            yield f"false lateness: {due.kind} {due.threshold} %: {mine.data['late_ms']} for {late_ms} ms"
    for event in told:
        yield f"too many: {event.data['deadline']} {event.data['threshold']} % at {event.at:%H:%M:%S.%f}"


def _log(events: Sequence[Event], lives: Sequence[tuple[Alarm, Sequence[AlarmEvent]]]) -> Iterator[str]:
    """The alarms' own log and the chain tell the same crossings, as late."""
    logged = Counter(
        (e.deadline.value if e.deadline else "", e.due_version, e.threshold, e.at, round(e.late_s, 3))
        for _, life in lives
        for e in life
        if e.what in ("raised", "worsened")
    )
    chained = Counter(
        (
            e.data["deadline"],
            e.data["due_version"],
            e.data["threshold"],
            e.recorded_at,
            round((e.recorded_at - e.at).total_seconds(), 3),
        )
        for e in events
        if e.action is Action.ALARM
    )
    if logged != chained:
        yield f"log and chain differ: {logged - chained} against {chained - logged}"


def _states(case: Case, alarms: Sequence[Alarm], loud: Severity | None, until: datetime) -> Iterator[str]:
    """One open alarm at the most, and it rings if and only if something is over."""
    alive = [alarm for alarm in alarms if alarm.state is not AlarmState.CLEARED]
    if len(alive) > 1:
        yield f"{len(alive)} open alarms"
    if case.state is State.SUSPENDED and case.suspended_until and case.suspended_until <= until:
        yield "its suspension has not ended"
    gone = (AlarmState.CLEARED, AlarmState.RETURNED)
    if loud is not None and not any(alarm.state not in gone for alarm in alarms):
        yield f"silent, though something {loud.value} is over"
    for alarm in alive:
        if loud is None and alarm.state is not AlarmState.RETURNED:
            yield f"{alarm.state.value} for nothing"
        if loud is not None and alarm.severity.rank < loud.rank:
            yield f"{alarm.severity.value} where {loud.value} is due"
        end = {AlarmState.ACKNOWLEDGED: alarm.promise_until, AlarmState.SHELVED: alarm.shelved_until}
        at = end.get(alarm.state)
        if at is not None and at <= until:
            yield f"still {alarm.state.value} though that ended at {at:%H:%M:%S}"


def _life(alarm: Alarm, life: Sequence[AlarmEvent]) -> Iterator[str]:
    """A life in its order: raised first and once; a promise expires once, and
    only while one is running; nothing after the end."""
    what = [event.what for event in life]
    if what[:1] != ["raised"] or what.count("raised") != 1:
        yield f"alarm {alarm.id} began with {what[:2]}"
    if ("cleared" in what) != (alarm.state is AlarmState.CLEARED) or "cleared" in what[:-1]:
        yield f"alarm {alarm.id} is {alarm.state.value} after {what}"
    promised = False
    for event in life:
        if event.what == "expired" and not promised:
            yield f"alarm {alarm.id}: a promise nobody gave has expired"
        if event.late_s < 0:
            yield f"alarm {alarm.id}: {event.what} {event.late_s} s late"
        if event.what in ENDS_PROMISE:
            promised = event.what == "acknowledged"


def _when(due: Due) -> tuple[datetime, int]:
    return due.at, due.threshold


def _rank(severity: Severity) -> int:
    return severity.rank
