"""What a shift finds and leaves: the stock of open cases, the flow of a shift,
and everything the next one has to know of, one by one.

All of it is computed from what is stored at one instant. What goes into a signed
log is plain data (:func:`frozen`), in both languages, so that it reads the same
in a year's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from console import source_words
from console.domain import deadlines, ids
from console.domain.model import Alarm, Case, Event
from console.domain.shift_log import Entry
from console.domain.vocabulary import Action, AlarmState, Severity, SourceKind, State
from console.i18n import t_in
from console.services.ports import UnitOfWork

#: A case due within this is nearly due at a hand-over.
SOON: Final = timedelta(minutes=30)
#: More open cases than this are not handed over one by one; the rest is counted.
MOST_ITEMS: Final = 500
#: What is counted as the flow of a shift (taken, filed, dispatched, arrived,
#: closed, rework) and the actions behind it.
FLOW: Final[Mapping[str, tuple[str, ...]]] = {
    "taken": (Action.OPEN,),
    "filed": (Action.FILE,),
    "dispatched": (Action.DISPATCH,),
    "arrived": (Action.ARRIVE,),
    "closed": (Action.CLOSE, Action.FORCE_CLOSE),
    "rework": (Action.CHECK,),
}
#: What the log tells of by itself: what is decided beside the usual way.
NOTABLE: Final = (
    Action.VOID,
    Action.FORCE_CLOSE,
    Action.SUSPEND,
    Action.EXTEND,
    Action.APPEAL,
    Action.CORRECT,
    Action.REOPEN,
    Action.SUPERVISE,
    Action.UP_REPORT,
    Action.PACK,
)
_ALARMS_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to hand over. ``kind``: ``case``, ``alarm``, ``shelved`` or
    ``entry``; ``red``: must be opened before it is signed for; ``about`` is
    what it is (both languages), ``detail`` how it stands; ``case`` its id."""

    key: str
    kind: str
    red: bool
    about: tuple[str, str]
    detail: tuple[str, str]
    due: datetime | None = None
    who: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """Open cases by what they are in, as ids: ``open``, ``overdue``, ``soon``,
    ``suspended``, ``supervised``."""

    open: tuple[str, ...]
    overdue: tuple[str, ...]
    soon: tuple[str, ...]
    suspended: tuple[str, ...]
    supervised: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: len(getattr(self, name)) for name in STOCK}


STOCK: Final = ("open", "overdue", "soon", "suspended", "supervised")


def stock(cases: Iterable[Case], now: datetime) -> Stock:
    """The stock as of ``now``."""
    found: dict[str, list[str]] = {name: [] for name in STOCK}
    for case in cases:
        found["open"].append(case.id)
        if overdue(case, now):
            found["overdue"].append(case.id)
        elif overdue(case, now + SOON):
            found["soon"].append(case.id)
        if case.state is State.SUSPENDED:
            found["suspended"].append(case.id)
        if case.reply_by is not None:
            found["supervised"].append(case.id)
    return Stock(**{name: tuple(ids_) for name, ids_ in found.items()})


def overdue(case: Case, at: datetime) -> bool:
    """A clock of the case has run out by then, or a reply is owed."""
    if case.reply_by is not None and case.reply_by <= at:
        return True
    first = deadlines.headline(case)
    return first is not None and first.due_at <= at


def items(
    cases: Iterable[Case], alarms: Iterable[Alarm], entries: Iterable[Entry], now: datetime
) -> tuple[Item, ...]:
    """What is to be handed over, red first, then by what is due first. Of very
    many cases the most urgent are put into words."""
    ranked = sorted(((not overdue(case, now), _due(case), case.id, case) for case in cases), key=_rank)
    found = [_case_item(case, now) for _, _, _, case in ranked[:MOST_ITEMS]]
    found += [
        _alarm_item(one)
        for one in alarms
        if one.state is AlarmState.SHELVED or one.source_kind is not SourceKind.CASE
    ]
    found += [_entry_item(one, now) for one in entries]
    found.sort(key=_urgency)
    return tuple(found[:MOST_ITEMS])


def active_alarms(uow: UnitOfWork) -> tuple[Alarm, ...]:
    """Alarms that are not over."""
    return uow.alarms.find(active=True, limit=_ALARMS_MOST).rows


def flow(uow: UnitOfWork, start: datetime, end: datetime) -> dict[str, tuple[str, ...]]:
    """Ids of the cases that were taken, filed, dispatched, arrived at, closed or
    sent back in ``[start, end)``, by when it was written down."""
    wanted = sorted({str(action) for actions in FLOW.values() for action in actions})
    found: dict[str, dict[str, None]] = {name: {} for name in FLOW}
    for event in uow.shifts.events_between(start, end, wanted):
        for name, actions in FLOW.items():
            if event.action in actions and (name != "rework" or event.data.get("result") == "rework"):
                found[name][event.case] = None
    return {name: tuple(cases) for name, cases in found.items()}


def notable(uow: UnitOfWork, start: datetime, end: datetime) -> tuple[Event, ...]:
    """What the log tells of by itself, in order."""
    return uow.shifts.events_between(start, end, [str(action) for action in NOTABLE])


def equipment(alarms: Iterable[Alarm]) -> dict[str, int]:
    """Alarms about equipment by their source, cameras behind a dead segment
    counted one by one."""
    found: dict[str, int] = {}
    for one in alarms:
        if one.source_kind not in (SourceKind.CASE, SourceKind.EMERGENCY, SourceKind.SUPERVISION):
            found[one.source_kind.value] = found.get(one.source_kind.value, 0) + 1
            if one.source_kind is SourceKind.NETWORK:
                found["camera"] = found.get("camera", 0) + len(one.members)
    return found


def frozen(item: Item) -> dict[str, object]:
    """An item as plain data for an event."""
    return {
        "key": item.key,
        "kind": item.kind,
        "red": item.red,
        "zh": item.about[0],
        "en": item.about[1],
        "detail_zh": item.detail[0],
        "detail_en": item.detail[1],
        "due": item.due.isoformat() if item.due else "",
        "who": item.who,
        "case": item.case,
    }


def thawed(data: Mapping[str, Any]) -> Item:
    """The item of :func:`frozen`."""
    due = str(data.get("due", ""))
    return Item(
        key=str(data["key"]),
        kind=str(data["kind"]),
        red=bool(data["red"]),
        about=(str(data["zh"]), str(data["en"])),
        detail=(str(data["detail_zh"]), str(data["detail_en"])),
        due=datetime.fromisoformat(due) if due else None,
        who=str(data.get("who", "")),
        case=str(data.get("case", "")),
    )


def _due(case: Case) -> datetime | None:
    """When something of a case is due next; the end of its suspension."""
    if case.state is State.SUSPENDED:
        return case.suspended_until
    first = deadlines.headline(case)
    dues = [at for at in (first.due_at if first else None, case.reply_by) if at is not None]
    return min(dues, default=None)


def _rank(row: tuple[bool, datetime | None, str, Case]) -> tuple[bool, bool, float, str]:
    calm, due, case_id, _ = row
    return calm, due is None, due.timestamp() if due is not None else 0.0, case_id


def _case_item(case: Case, now: datetime) -> Item:
    first = deadlines.headline(case)
    words = [f"states.case.{case.state.value}"]
    if first is not None:
        words.append(f"states.clock.{first.kind.value}")
    if case.reply_by is not None:
        words.append("shifts.item.reply")
    number, place = ids.number(case.id), f" · {case.place}" if case.place else ""
    return Item(
        key=f"case:{case.id}",
        kind="case",
        red=overdue(case, now),
        about=(
            f"{number} {case.name_zh or case.name_en}{place}",
            f"{number} {case.name_en or case.name_zh}{place}",
        ),
        detail=_both(*words),
        due=_due(case),
        who=", ".join(case.teams),
        case=case.id,
    )


def _alarm_item(alarm: Alarm) -> Item:
    shelved = alarm.state is AlarmState.SHELVED
    of_case = alarm.source_kind is SourceKind.CASE
    number = ids.number(alarm.source_id)
    about = (number, number) if of_case else (source_words.said("zh", alarm), source_words.said("en", alarm))
    zh, en = _both(f"states.severity.{alarm.severity.value}", f"states.alarm.{alarm.state.value}")
    reason = f" · {alarm.reason}" if shelved and alarm.reason else ""
    return Item(
        key=f"alarm:{alarm.id}",
        kind="shelved" if shelved else "alarm",
        red=alarm.severity is Severity.HIGH and not shelved,
        about=about,
        detail=(zh + reason, en + reason),
        due=alarm.shelved_until,
        who=alarm.shelved_by if shelved else alarm.acked_by,
        case=alarm.source_id if of_case else "",
    )


def _both(*keys: str) -> tuple[str, str]:
    """Texts in Chinese and in English, joined."""
    zh, en = (" · ".join(t_in(lang, key) for key in keys) for lang in ("zh", "en"))
    return zh, en


def _entry_item(entry: Entry, now: datetime) -> Item:
    zh, en = _both(f"shifts.kind.{entry.kind}")
    said = entry.follows[-1].text if entry.follows else ""
    more = f" · {said}" if said else ""
    return Item(
        key=f"entry:{entry.key}",
        kind="entry",
        red=entry.due is not None and entry.due <= now,
        about=(entry.text, entry.text),
        detail=(zh + more, en + more),
        due=entry.due,
        who=entry.owner or entry.by,
        case=entry.fields.get("case", ""),
    )


_LAST: Final = "9999"


def _urgency(item: Item) -> tuple[bool, str, str]:
    return not item.red, item.due.isoformat() if item.due else _LAST, item.key
