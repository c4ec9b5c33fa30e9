"""How good the alarms themselves are: rate, flood, chattering, stale, sources.

Figures of ANSI/ISA-18.2-2016, IEC 62682:2022 and EEMUA 191 (see the facts, part
5.4): about one alarm in ten minutes is acceptable and two are the most one
person manages; a flood begins above ten in ten minutes and ends below five; a
source that becomes active three times in a minute chatters; one that stands for
more than a day is stale. What counts is the *annunciation*: each time an alarm
asks for somebody, be it new, worse, back from its shelf or its promise broken.

Pure: everything is given, nothing is read and no clock is asked.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.domain.model import AlarmEvent
from console.domain.vocabulary import Severity

#: The window of the meter.
WINDOW: Final = timedelta(minutes=10)
#: Alarms in ten minutes: acceptable, most that is manageable.
ACCEPTABLE_10: Final = 1
MANAGEABLE_10: Final = 2
#: A flood begins above the first and ends below the second, in ten minutes.
FLOOD_ABOVE: Final = 10
FLOOD_BELOW: Final = 5
#: So many activations of one source within the minute are chattering.
CHATTER: Final = 3
CHATTER_WITHIN: Final = timedelta(minutes=1)
#: Standing for longer than this is stale; fewer than so many a day are accepted.
STALE_AFTER: Final = timedelta(hours=24)
STALE_MOST: Final = 5
#: Alarms of one person in a day: very likely acceptable, most manageable.
DAY_ACCEPTABLE: Final = 150
DAY_MANAGEABLE: Final = 300
#: Share of the day in flood, and of slots with more than ten, that is accepted.
FLOOD_SHARE: Final = 0.01
#: Share of the ten loudest sources that is accepted.
TOP_SHARE: Final = 0.05
TOP: Final = 10
#: The mix of severities to aim at.
MIX: Final[Mapping[Severity, float]] = {Severity.LOW: 0.80, Severity.MEDIUM: 0.15, Severity.HIGH: 0.05}

#: Words of events that call somebody.
ASKS: Final = frozenset({"raised", "worsened", "unstable", "expired", "unshelved", "unsuppressed"})
_ACTIVE: Final = frozenset({"raised", "worsened"})
_OVER: Final = frozenset({"returned", "cleared"})

#: The figures of :func:`marks`, in their order.
MARKS: Final = ("calls", "busiest", "slots", "flood", "high", "top", "chattering", "stale")

#: What an alarm is about: ``(kind, id)``.
Source = tuple[str, str]


class Verdict(StrEnum):
    """A figure against the published one."""

    GOOD = "good"
    HIGH = "high"
    OVER = "over"


def rate_verdict(in_ten_minutes: int) -> Verdict:
    """Alarms in ten minutes against the published figures."""
    if in_ten_minutes > FLOOD_ABOVE:
        return Verdict.OVER
    return Verdict.GOOD if in_ten_minutes <= MANAGEABLE_10 else Verdict.HIGH


def flooding(was: bool, in_ten_minutes: int) -> bool:
    """Whether it is a flood now, given whether it was one before."""
    return in_ten_minutes >= FLOOD_BELOW if was else in_ten_minutes > FLOOD_ABOVE


@dataclass(frozen=True, slots=True)
class Standing:
    """A time an alarm stood: first raised, and cleared or still there."""

    source: Source
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Loud:
    """A source and how often it asked; ``share`` of all, 0–1."""

    source: Source
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure of the report: ``value`` and the ``target`` it is held
    against, both counts, seconds or shares (0–1) by ``unit``."""

    name: str
    value: float
    target: float
    unit: str  # count, share
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Quality:
    """The alarms of a period. ``acked_s``: seconds from each alarm's first call
    to the acknowledgement, sorted; ``waiting``: alarms nobody acknowledged."""

    start: datetime
    end: datetime
    calls: int
    by_severity: Mapping[Severity, int]
    busiest: int
    busiest_at: datetime | None
    slots_over: int
    slots: int
    flood_s: float
    top: tuple[Loud, ...]
    chattering: tuple[Loud, ...]
    stale: tuple[Standing, ...]
    acked_s: tuple[float, ...]
    waiting: int
    promises_broken: int
    shelved: int

    @property
    def flood_share(self) -> float:
        """Share of the period in flood, 0–1."""
        whole = (self.end - self.start).total_seconds()
        return self.flood_s / whole if whole > 0 else 0.0

    @property
    def top_share(self) -> float:
        """Share of the ten loudest sources in all calls, 0–1."""
        return sum(one.count for one in self.top) / self.calls if self.calls else 0.0


def quality(
    events: Sequence[AlarmEvent],
    sources: Mapping[int, Source],
    standing: Iterable[Standing],
    start: datetime,
    end: datetime,
) -> Quality:
    """The report of ``start`` to ``end``. ``events``: those of the period, any
    order; ``sources``: by alarm number, unknown ones are left out; ``standing``:
    alarms that stood at any time of the period."""
    told = sorted(
        (e for e in events if start <= e.at < end and e.alarm in sources), key=lambda e: (e.at, e.alarm)
    )
    calls = _calls(told)
    times = [one.at for one in calls]
    busiest, busiest_at = _busiest(times)
    slots = max(1, -((start - end) // WINDOW))
    filled = Counter((at - start) // WINDOW for at in times)
    counted = Counter(sources[one.alarm] for one in calls)
    acked, waiting = _acknowledged(told)
    return Quality(
        start=start,
        end=end,
        calls=len(calls),
        by_severity={one: sum(c.severity is one for c in calls) for one in Severity},
        busiest=busiest,
        busiest_at=busiest_at,
        slots_over=sum(n > FLOOD_ABOVE for n in filled.values()),
        slots=slots,
        flood_s=_flood_s(times, end),
        top=_loudest(counted, len(calls)),
        chattering=chattering(told, sources),
        stale=stale(standing, start, end),
        acked_s=acked,
        waiting=waiting,
        promises_broken=sum(e.what == "expired" for e in told),
        shelved=sum(e.what == "shelved" for e in told),
    )


def marks(report: Quality, seats: int = 1) -> tuple[Mark, ...]:
    """The figures against the published ones; ``seats``: how many share them."""
    a_seat = report.calls / max(1, seats)
    days = max((report.end - report.start) / timedelta(days=1), 1 / 24)
    slot_share = report.slots_over / report.slots
    high = report.by_severity.get(Severity.HIGH, 0) / report.calls if report.calls else 0.0
    # Ten sources out of fewer than two hundred calls are always a large share.
    top = report.top_share if report.calls >= DAY_ACCEPTABLE else 0.0
    return (
        _mark("calls", a_seat, DAY_ACCEPTABLE * days, DAY_MANAGEABLE * days),
        _mark("busiest", report.busiest, MANAGEABLE_10, FLOOD_ABOVE),
        _mark("slots", slot_share, FLOOD_SHARE, FLOOD_SHARE * 2, "share"),
        _mark("flood", report.flood_share, FLOOD_SHARE, FLOOD_SHARE * 2, "share"),
        _mark("high", high, MIX[Severity.HIGH], MIX[Severity.HIGH] * 3, "share"),
        _mark("top", top, TOP_SHARE, TOP_SHARE * 2, "share"),
        _mark("chattering", len(report.chattering), 0, 0),
        _mark("stale", len(report.stale), STALE_MOST - 1, STALE_MOST * 2),
    )


def chattering(events: Iterable[AlarmEvent], sources: Mapping[int, Source]) -> tuple[Loud, ...]:
    """Sources that became active three times or more within a minute, and the
    most activations in one minute; ``events`` in the order they happened."""
    active: set[Source] = set()
    recent: dict[Source, deque[datetime]] = {}
    worst: Counter[Source] = Counter()
    for event in events:
        source = sources.get(event.alarm)
        if source is None:
            continue
        if event.what in _OVER:
            active.discard(source)
        elif event.what in _ACTIVE and source not in active:
            active.add(source)
            times = recent.setdefault(source, deque())
            times.append(event.at)
            while event.at - times[0] > CHATTER_WITHIN:
                times.popleft()
            worst[source] = max(worst[source], len(times))
    whole = sum(worst.values())
    return tuple(Loud(one, n, n / whole) for one, n in worst.most_common() if n >= CHATTER)


def stale(standing: Iterable[Standing], start: datetime, end: datetime) -> tuple[Standing, ...]:
    """Those that stood for more than a day at some time of the period, longest
    first."""
    found = [
        one
        for one in standing
        if (one.until is None or one.until >= start) and min(one.until or end, end) - one.since > STALE_AFTER
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.source)))


def _calls(told: Sequence[AlarmEvent]) -> list[AlarmEvent]:
    """One call for each alarm and instant, at its highest severity: a late
    sweep that finds several thresholds at once rings once."""
    calls: dict[tuple[int, datetime], AlarmEvent] = {}
    for event in told:
        if event.what not in ASKS:
            continue
        known = calls.get((event.alarm, event.at))
        if known is None or event.severity.rank > known.severity.rank:
            calls[event.alarm, event.at] = event
    return list(calls.values())


def _busiest(times: Sequence[datetime]) -> tuple[int, datetime | None]:
    """Most calls in any ten minutes, and when those began."""
    most, at = 0, None
    window: deque[datetime] = deque()
    for time in times:
        window.append(time)
        while time - window[0] >= WINDOW:
            window.popleft()
        if len(window) > most:
            most, at = len(window), window[0]
    return most, at


def _flood_s(times: Sequence[datetime], end: datetime) -> float:
    """Seconds in flood: from the call that made it one until old calls left
    the window and fewer than five remained."""
    steps = sorted([(at + WINDOW, 0, -1) for at in times] + [(at, 1, 1) for at in times])
    count, began, total = 0, None, timedelta()
    for at, _, change in steps:
        count += change
        now = flooding(began is not None, count)
        if now and began is None:
            began = at
        elif not now and began is not None:
            total += max(timedelta(), min(at, end) - began)
            began = None
    return total.total_seconds()


def _loudest(counted: Counter[Source], whole: int) -> tuple[Loud, ...]:
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Loud(source, n, n / whole) for source, n in ordered[:TOP])


def _acknowledged(told: Sequence[AlarmEvent]) -> tuple[tuple[float, ...], int]:
    """Seconds from each call that stood alone to its acknowledgement, and how
    many calls nobody has answered by then."""
    asked: dict[int, datetime] = {}
    took: list[float] = []
    for event in told:
        if event.what in ASKS:
            asked.setdefault(event.alarm, event.at)
        elif event.what == "acknowledged" and event.alarm in asked:
            took.append((event.at - asked.pop(event.alarm)).total_seconds())
        elif event.what in ("shelved", "cleared"):
            asked.pop(event.alarm, None)
    return tuple(sorted(took)), len(asked)


def _mark(name: str, value: float, good: float, high: float, unit: str = "count") -> Mark:
    verdict = Verdict.GOOD if value <= good else Verdict.HIGH if value <= high else Verdict.OVER
    return Mark(name, float(value), float(good), unit, verdict)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that ``share`` (0–1) of all do not exceed; ``None`` for none."""
    if not ordered:
        return None
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]
