"""A second calculation of every indicator, in plain Python over raw events.

Nothing here comes from ``console.domain.kpi``, the packed rows or numpy; it
reads what the events say and follows the rules as the practice words them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

LOCAL = timedelta(hours=8)
ROUND_THE_CLOCK = ("urgent_minute", "urgent_hour", "natural_day")
UNIT_S = {
    "urgent_minute": 60,
    "urgent_hour": 3600,
    "work_hour": 3600,
    "work_day": 28_800,
    "natural_day": 86_400,
}
STAMPED = {
    "file": "filed", "dispatch": "dispatched", "arrive": "arrived", "handled": "handled",
    "feedback": "check_sent", "close": "closed", "force-close": "closed",
}  # fmt: skip


@dataclass
class Watch:
    """One clock as the events left it."""

    start: datetime
    due: datetime
    unit: str
    limit_s: int
    met: datetime | None = None
    gone: bool = False
    late_before: bool = False
    still: bool = False
    still_s: int = 0

    def broken(self, now: datetime) -> bool | None:
        """True: broken; False: kept; None: neither."""
        if self.late_before:
            return True
        if self.gone:
            return None
        if self.met is not None:
            return self.met > self.due
        return True if now > self.due and not self.still else None


@dataclass
class Told:
    """A case as its events tell it."""

    state: str = ""
    source: str = ""
    at: dict[str, datetime] = field(default_factory=dict)
    watches: dict[str, Watch] = field(default_factory=dict)
    rework: int = 0
    refused: int = 0
    extended: int = 0
    suspended: int = 0
    excused: bool = False
    mis_key: bool = False
    satisfied: str = ""

    @property
    def reported(self) -> datetime:
        """When it came in."""
        return self.at.get("reported") or self.at.get("found") or self.at["opened"]

    @property
    def there(self) -> bool:
        """Neither turned down, voided nor merged."""
        return self.state not in ("rejected", "voided", "duplicate")


def told(events: Iterable[Any]) -> dict[str, Told]:
    """Cases by id."""
    cases: dict[str, Told] = {}
    for event in events:
        if event.case and str(event.action) != "alarm":
            _follow(cases.setdefault(event.case, Told()), str(event.action), event.at, event.data)
    return {case_id: case for case_id, case in cases.items() if case.state and not case.mis_key}


def _follow(case: Told, action: str, at: datetime, data: Mapping[str, Any]) -> None:
    if data.get("asked") or action in (
        "approve",
        "deny",
        "withdraw",
        "person",
        "pack",
        "up-report",
        "review",
    ):
        return
    for name in data.get("was") or {}:
        case.at.pop(name.removesuffix("_at"), None)
    if action == "open":
        case.source = str(data["source"])
        case.at["opened"] = at
        for name in ("found", "reported"):
            if data.get(f"{name}_at"):
                case.at[name] = datetime.fromisoformat(data[f"{name}_at"])
    if data.get("to"):
        case.state = str(data["to"])
    if action in STAMPED and (action != "arrive" or data["to"] == "handling"):
        case.at[STAMPED[action]] = at
    _count(case, action, at, data)
    for entry in data.get("clocks") or ():
        _turn(case, at, entry)


def _count(case: Told, action: str, at: datetime, data: Mapping[str, Any]) -> None:
    if action == "check" and data["result"] == "pass" and data["from"] == "feedback":
        case.at["check_sent"] = at
    case.rework += action == "check" and data["result"] == "rework"
    case.refused += action == "refuse" and "count" in data
    case.extended += action == "extend"
    case.suspended += action == "suspend"
    case.mis_key = case.mis_key or bool(data.get("mis_key"))
    if action == "appeal":
        case.excused = True
    if action in ("call-back", "reopen"):
        case.satisfied = str(data.get("result", ""))
    if action == "correct":
        name = str(data["field"])
        if name == "source":
            case.source = str(data["new"])
        elif name.endswith("_at"):
            case.at[name.removesuffix("_at")] = datetime.fromisoformat(data["new"])


def _turn(case: Told, at: datetime, entry: Mapping[str, Any]) -> None:
    kind, op = str(entry["kind"]), entry["op"]
    if op == "cancel":
        case.watches[kind].gone = True
    elif op == "pause":
        case.watches[kind].still = True
    elif op == "meet":
        case.watches[kind].met = datetime.fromisoformat(entry["met_at"])
    else:
        limit = entry["limit"]
        case.watches[kind] = Watch(
            start=datetime.fromisoformat(entry["start_at"]),
            due=datetime.fromisoformat(entry["due_at"]),
            unit=limit["unit"],
            limit_s=limit["value"] * UNIT_S[limit["unit"]] * entry.get("times", 1),
            met=datetime.fromisoformat(entry["met_at"]) if entry.get("met_at") else None,
            gone=bool(entry.get("cancelled")),
            late_before=bool(entry.get("missed_before")),
            still=bool(entry.get("paused_since")),
            still_s=entry.get("paused_s", 0),
        )


class OfficeHours:
    """Working time by walking the days, from the rows of the calendar."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self.off: set[date] = set()
        self.on: set[date] = set()
        self.periods: list[tuple[date, time, time]] = []
        for row in rows:
            first = date.fromisoformat(row["from"]) if row.get("from") else date.min
            if row["type"] == "period":
                begin, end = (time.fromisoformat(f"{row[name]:0>5}") for name in ("start", "end"))
                self.periods.append((first, begin, end))
                continue
            last = date.fromisoformat(row["to"]) if row.get("to") else first
            days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
            (self.off if row["type"] == "holiday" else self.on).update(days)
        if not self.periods:
            self.periods = [(date.min, time(8), time(12)), (date.min, time(14), time(18))]

    def seconds(self, begin: datetime, end: datetime, unit: str) -> float:
        """Seconds between two instants on the unit's calendar."""
        if end <= begin:
            return 0.0
        if unit in ROUND_THE_CLOCK:
            return (end - begin).total_seconds()
        first, last = (at.astimezone(UTC).replace(tzinfo=None) + LOCAL for at in (begin, end))
        worked, day = 0.0, first.date()
        while day <= last.date():
            if day in self.on or (day not in self.off and day.weekday() < 5):
                known = [one for one in self.periods if one[0] <= day] or self.periods
                newest = max(one[0] for one in known)
                for since, opens, closes in known:
                    low = max(first, datetime.combine(day, opens))
                    high = min(last, datetime.combine(day, closes))
                    if since == newest and high > low:
                        worked += (high - low).total_seconds()
            day += timedelta(days=1)
        return worked


def figures(cases: Iterable[Told], now: datetime, hours: OfficeHours) -> dict[str, float | None]:
    """Every indicator by id, under the default rules."""
    rows = list(cases)
    found: dict[str, float | None] = dict(_counts(rows, now))
    found |= _shares(rows, found, now)
    for stage in ("decision", "dispatch", "arrival", "total"):
        took = sorted(_lengths(rows, stage, now))
        for name, share in (("p50", 50), ("p90", 90), ("p95", 95)):
            found[f"{stage}_{name}"] = took[math.ceil(share * len(took) / 100) - 1] if took else None
        found[f"{stage}_mean"] = _mean(took)
    done = [one for one in rows if one.there and "handled" in one.at and "handling" in one.watches]
    found["accept_mean"] = _mean([
        max(0.0, hours.seconds(w.start, w.met, w.unit) - w.still_s)
        for one in rows
        if (w := one.watches.get("decision")) and w.met is not None and not w.gone
    ])  # fmt: skip
    found["handle_mean"] = _mean([
        max(0.0, hours.seconds(w.start, one.at["handled"], w.unit) - w.still_s)
        for one in done
        for w in [one.watches["handling"]]
    ])  # fmt: skip
    found["overrun_multiple"] = _mean([
        hours.seconds(w.due, one.at["handled"], w.unit) / w.limit_s
        for one in done
        for w in [one.watches["handling"]]
        if one.at["handled"] > w.due and not one.excused
    ])  # fmt: skip
    return found | _scores(found)


def _in_time(one: Told) -> bool:
    watch = one.watches.get("handling")
    return one.excused or (watch is not None and one.at["handled"] <= watch.due and not watch.late_before)


def _counts(rows: list[Told], now: datetime) -> dict[str, int]:
    filed = [one for one in rows if "filed" in one.at]
    sent = [one for one in filed if "dispatched" in one.at or one.refused]
    own = [one for one in rows if one.source in ("camera", "patrol")]
    mine = [one for one in rows if one.there and ("dispatched" in one.at or one.refused)]
    handled = [one for one in rows if one.there and "handled" in one.at]
    waiting = [one for one in mine if "handled" not in one.at]
    overdue = [
        one for one in waiting
        if (w := one.watches.get("handling")) and w.met is None and not w.gone and not w.still and now > w.due
    ]  # fmt: skip
    closable = [one for one in rows if one.there and ("handled" in one.at or one.state == "closed")]
    closable = [one for one in closable if one.state != "suspended"]
    closed = [one for one in rows if one.state == "closed"]
    back = [one for one in rows if one.there and ("handled" in one.at or one.rework)]
    return {
        "reported": len(rows),
        "filed": len(filed),
        "rejected": sum(one.state == "rejected" for one in rows),
        "dispatched": len(sent),
        "to_handle": len(mine),
        "handled": len(handled),
        "on_time": sum(_in_time(one) for one in handled),
        "late": sum(not _in_time(one) for one in handled),
        "to_close": len(closable),
        "closed": len(closed),
        "closed_on_time": sum(
            one.excused or ("handling" in one.watches and one.at["closed"] <= one.watches["handling"].due)
            for one in closed
        ),
        "rework": sum(one.there and one.rework > 0 for one in rows),
        "extended": sum(one.extended > 0 for one in rows),
        "suspended": sum(one.state == "suspended" for one in rows),
        "voided": sum(one.state == "voided" for one in rows),
        "valid_reports": sum("filed" in one.at for one in own),
        "missed_reports": sum(one.source == "public" for one in filed),
        "filed_right": sum(one.state != "voided" for one in filed),
        "dispatched_right": sum(not one.refused for one in sent),
        "pending_on_time": len(waiting) - len(overdue),
        "pending_overdue": len(overdue),
        "rework_times": sum(one.rework for one in rows if one.there),
        "suspended_ever": sum(one.suspended > 0 for one in rows),
        "called_back": sum(bool(one.satisfied) for one in rows),
        "_own": len(own),
        "_back": len(back),
        "_to_dispatch": sum(_awaits(one, now) for one in filed),
    }


def _awaits(one: Told, now: datetime) -> bool:
    watch = one.watches.get("dispatch")
    return "dispatched" in one.at or one.refused > 0 or bool(watch and watch.broken(now))


def _shares(rows: list[Told], n: Mapping[str, Any], now: datetime) -> dict[str, float | None]:
    filed = [one for one in rows if "filed" in one.at]
    decided = [w for one in filed if (w := one.watches.get("decision")) and w.met and w.met <= w.due]
    sent = [one for one in filed if "dispatched" in one.at or one.refused]
    quick = [one for one in sent if not ((w := one.watches.get("dispatch")) and w.broken(now))]
    verify = [one for one in rows if "verify" in one.watches and "decision" in one.watches]
    asked = [
        one for one in verify
        if one.watches["verify"].start
        <= one.watches["decision"].due - timedelta(seconds=one.watches["decision"].still_s)
    ]  # fmt: skip
    checks = [one for one in rows if "check" in one.watches and "check_sent" in one.at]
    found = {
        "filing_rate": _over(n["filed"], n["reported"]),
        "filing_on_time": _over(sum(not w.late_before for w in decided), n["filed"]),
        "filing_accuracy": _over(n["filed_right"], n["filed"]),
        "dispatch_on_time": _over(len(quick), n["_to_dispatch"]),
        "dispatch_accuracy": _over(n["dispatched_right"], n["_to_dispatch"]),
        "handling_rate": _over(n["handled"], n["to_handle"]),
        "handling_on_time": _over(n["on_time"], n["to_handle"]),
        "close_rate": _over(n["closed"], n["to_close"]),
        "close_on_time": _over(n["closed_on_time"], n["to_close"]),
        "rework_rate": _over(n["rework"], n["_back"]),
        "extension_rate": _over(n["extended"], n["to_handle"]),
        "suspension_rate": _over(n["suspended"], n["filed"]),
        "public_share": _over(n["missed_reports"], n["filed"]),
        "valid_report_rate": _over(n["valid_reports"], n["_own"]),
        "missed_report_rate": _over(n["missed_reports"], n["filed"]),
        "verify_issue_on_time": _over(len(asked), len(verify)),
        "check_issue_on_time": _over(
            sum(one.at["check_sent"] <= one.watches["check"].due for one in checks), len(checks)
        ),
        "satisfaction_rate": _over(sum(one.satisfied == "yes" for one in rows), n["called_back"]),
    }
    for kind in ("decision", "dispatch", "arrival", "total", "verify", "check"):
        broken = [b for one in rows if (b := _judged(one, kind, now)) is not None]
        name = f"{kind}_on_time" if kind in ("verify", "check") else f"{kind}_met"
        found[name] = _over(broken.count(False), len(broken))
    return found


def _judged(one: Told, kind: str, now: datetime) -> bool | None:
    watch = one.watches.get(kind)
    broken = watch.broken(now) if watch is not None else None
    return None if broken and one.excused else broken


def _lengths(rows: list[Told], kind: str, now: datetime) -> Iterable[float]:
    for one in rows:
        if _judged(one, kind, now) is None:
            continue
        watch = one.watches[kind]
        if watch.met is None and (watch.gone or watch.still or now <= watch.due):
            continue
        yield max(0.0, ((watch.met or now) - watch.start).total_seconds() - watch.still_s)


def _scores(n: Mapping[str, Any]) -> dict[str, float | None]:
    def bands(number: int, *steps: tuple[float, float]) -> float:
        return next(points for top, points in steps if number <= top)

    work = ((100, 0), (300, 40), (500, 60), (1200, 75), (2000, 90), (math.inf, 100))
    few = ((50, 100), (100, 90), (200, 75), (500, 60), (1000, 40), (math.inf, 0))
    grid = ((0, 100), (2, 90), (4, 75), (6, 60), (8, 40), (math.inf, 0))
    less = {name: None if n[name] is None else 1 - n[name] for name in ("rework_rate", "public_share")}
    share = {name: value for name, value in n.items() if name.endswith(("_rate", "_on_time", "_accuracy"))}
    parts: dict[str, list[tuple[float, float | None]]] = {
        "score_department": [
            (0.10, bands(n["filed"], *few) / 100), (0.3, share["close_rate"]),
            (0.3, share["handling_on_time"]), (0.3, less["rework_rate"]),
        ],
        "score_area": [
            (0.1, less["public_share"]), (0.2, bands(n["filed"], *grid) / 100),
            (0.3, share["close_rate"]), (0.4, share["close_on_time"]),
        ],
        "score_leader": [
            (0.25, share["filing_on_time"]), (0.4, share["filing_accuracy"]), (0.35, share["close_on_time"]),
        ],
        "score_dispatcher": [
            (0.2, bands(n["dispatched"], *work) / 100), (0.4, share["dispatch_on_time"]),
            (0.4, share["dispatch_accuracy"]),
        ],
        "score_inspector": [
            (0.4, share["valid_report_rate"]), (0.2, less["public_share"]),
            (0.2, share["verify_on_time"]), (0.2, share["check_on_time"]),
        ],
        "score_calltaker": [
            (0.25, bands(n["reported"], *work) / 100), (0.4, share["verify_issue_on_time"]),
            (0.35, share["check_issue_on_time"]),
        ],
    }  # fmt: skip
    found: dict[str, float | None] = {}
    for name, rows in parts.items():
        whole = None if any(v is None for _, v in rows) else sum(100 * w * (v or 0.0) for w, v in rows)
        found[name] = whole
    return found


def _over(num: int, den: int) -> float | None:
    return num / den if den else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
