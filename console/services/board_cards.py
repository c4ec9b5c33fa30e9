"""The cards of the board in their order, kept up by what changed.

Ten thousand cards are made once. After that a board costs the cases that
changed, the alarms that began or ended, and the paces and chances whose time
has come; everything else is handed out again as it was, the same objects in
the same order, and whoever draws them can tell by that.
"""

from __future__ import annotations

import heapq
import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar

from console.domain import deadlines, ids, life
from console.domain.chance import Chance
from console.domain.model import Actor, Case
from console.domain.pace import Pace
from console.domain.terms import Rules
from console.domain.vocabulary import Severity, State
from console.services.card_order import by_slack
from console.services.identity_diff import IdentityDiff
from console.services.views import CaseCard

Key = tuple[bool, datetime, str]
#: More changed cards than this are sorted as a whole.
_MANY: Final = 500
#: When something was learned, so many cards are told of it at once, the most
#: urgent first, and so many a second after that: ten thousand at once would
#: hold everybody up for a second.
PORTION: Final = 150
A_SECOND: Final = 30.0

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Keeper(Generic[V]):
    """What is worked out of a case and holds for a while. With another
    ``stamp`` than before all cases are asked again, a portion a board; ``until``
    tells when a case is, ``None`` while it stays as it is."""

    stamp: object
    ask: Callable[[Case], V | None]
    until: Callable[[Case], datetime | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom cards are made, and what is said on them besides the case:
    alarms and reasons by case id, the usual pace, the chance to miss."""

    actor: Actor
    rules: Rules
    loud: Mapping[str, Severity]
    whys: Mapping[str, str]
    paces: Keeper[Pace] | None = None
    chances: Keeper[Chance] | None = None


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards, least slack first, how many cases stand in each state, and
    how many clocks are due soon or over."""

    cards: tuple[CaseCard, ...]
    counts: Mapping[State, int]
    due_soon: int
    overdue: int


class BoardCards:
    """Keeps the cards of one database. Any thread may ask; one at a time does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._for: object = None
        self._learned: object = None
        self._told_at = datetime.min.replace(tzinfo=UTC)
        self._forget()
        #: Cards made since the beginning, for the tests.
        self.made = 0

    def _forget(self) -> None:
        self._diff: IdentityDiff[Case] = IdentityDiff()
        self._all: Mapping[str, Case] | None = None
        self._cases: dict[str, Case] = {}
        self._card: dict[str, CaseCard] = {}
        self._loud: Mapping[str, Severity] = {}
        self._whys: Mapping[str, str] = {}
        self._keys: list[Key] = []
        self._row: list[CaseCard] = []
        self._whole: tuple[CaseCard, ...] = ()
        self._counts: dict[State, int] = {}
        self._dues: list[datetime] = []
        self._again: list[tuple[datetime, str]] = []
        self._again_at: dict[str, datetime] = {}
        #: Who waits for what was learned, the most urgent at the end.
        self._behind: list[str] = []

    def make(self, cases: Mapping[str, Case], wanted: Wanted, now: datetime, soon_s: float) -> Cards:
        """The cards of ``cases`` as of ``now``; a clock due within ``soon_s``
        seconds is due soon, one that stands still is neither soon nor over.
        The mapping must not be changed afterwards."""
        with self._lock:
            whom = wanted.actor.role, wanted.rules.separate_filing
            if whom != self._for:
                self._forget()
                self._for = whom
            touched = self._touched(cases, wanted, now) | self._behind_learning(wanted, now)
            if touched:
                self._renew(touched, cases, wanted)
                self._whole = tuple(self._row)
            over = bisect_right(self._dues, now)
            soon = bisect_right(self._dues, now + timedelta(seconds=soon_s)) - over
            return Cards(self._whole, dict(self._counts), soon, over)

    def _touched(self, cases: Mapping[str, Case], wanted: Wanted, now: datetime) -> set[str]:
        """Cases whose card may be another one now, those that went included."""
        touched: set[str] = set()
        if cases is not self._all:
            rows = tuple(cases.values())
            fresh, gone = self._diff.look(rows)
            self._diff.take(rows)
            self._all = cases
            touched.update(case.id for case in (*fresh, *gone))
        touched.update(key for key, _ in self._loud.items() ^ wanted.loud.items())
        touched.update(key for key, _ in self._whys.items() ^ wanted.whys.items())
        self._loud, self._whys = wanted.loud, wanted.whys
        while self._again and self._again[0][0] <= now:
            at, case_id = heapq.heappop(self._again)
            if self._again_at.get(case_id) == at:
                del self._again_at[case_id]
                touched.add(case_id)
        # An alarm may be about a case that has ended.
        return {key for key in touched if key in cases or key in self._card}

    def _behind_learning(self, wanted: Wanted, now: datetime) -> set[str]:
        """Cases whose pace or chance still comes from what was known before."""
        learned = tuple(one.stamp if one is not None else None for one in (wanted.paces, wanted.chances))
        if learned != self._learned:
            self._learned = learned
            self._behind = [card.id for card in reversed(self._row)]
            few = PORTION
        else:
            few = min(PORTION, int(A_SECOND * abs((now - self._told_at).total_seconds())))
        if not few or not self._behind:
            return set()
        self._told_at = now
        part, self._behind = self._behind[-few:], self._behind[:-few]
        return {case_id for case_id in part if case_id in self._card}

    def _renew(self, touched: Collection[str], cases: Mapping[str, Case], wanted: Wanted) -> None:
        many = len(touched) > _MANY
        for case_id in touched:
            before, case = self._card.get(case_id), cases.get(case_id)
            card = self._made(case, before, wanted) if case is not None else None
            if card is before:
                continue
            self._count(before, card)
            if before is not None:
                del self._card[case_id]
                if not many:
                    at = bisect_left(self._keys, by_slack(before))
                    del self._keys[at], self._row[at]
            if card is not None:
                self._card[case_id] = card
                if not many:
                    key = by_slack(card)
                    at = bisect_left(self._keys, key)
                    self._keys.insert(at, key)
                    self._row.insert(at, card)
        if many:
            # A key ends with the case's id, so no two cards are compared.
            both = sorted((by_slack(card), card) for card in self._card.values())
            self._keys = [key for key, _ in both]
            self._row = [card for _, card in both]

    def _made(self, case: Case, before: CaseCard | None, wanted: Wanted) -> CaseCard:
        """The card of a case: the one there is while nothing on it changed."""
        pace = wanted.paces.ask(case) if wanted.paces is not None else None
        chance = wanted.chances.ask(case) if wanted.chances is not None else None
        self._ask_again(case, wanted)
        loud, why = wanted.loud.get(case.id), wanted.whys.get(case.id, "")
        same = before is not None and self._cases.get(case.id) is case
        if same and before is not None and before.severity is loud and before.suspended_why == why:
            if before.pace is pace and before.chance is chance:
                return before
            return replace(before, pace=pace, chance=chance)
        self.made += 1
        self._cases[case.id] = case
        fresh = card_of(case, wanted.actor, wanted.rules, loud)
        if pace is None and chance is None and not why:
            return fresh
        return replace(fresh, pace=pace, chance=chance, suspended_why=why)

    def _ask_again(self, case: Case, wanted: Wanted) -> None:
        """Remember when pace or chance are to be asked again, once a case."""
        keepers = (one for one in (wanted.paces, wanted.chances) if one is not None)
        at = min((until for one in keepers if (until := one.until(case)) is not None), default=None)
        if at is None:
            self._again_at.pop(case.id, None)
        elif self._again_at.get(case.id) != at:
            self._again_at[case.id] = at
            heapq.heappush(self._again, (at, case.id))

    def _count(self, before: CaseCard | None, card: CaseCard | None) -> None:
        for one, step in ((before, -1), (card, 1)):
            if one is None:
                continue
            self._counts[one.state] = self._counts.get(one.state, 0) + step
            if not self._counts[one.state]:
                del self._counts[one.state]
            head = one.headline
            if head is None or head.paused_since is not None:
                continue
            if step > 0:
                insort(self._dues, head.due_at)
            else:
                del self._dues[bisect_left(self._dues, head.due_at)]
        if card is None and before is not None:
            self._cases.pop(before.id, None)
            self._again_at.pop(before.id, None)


def card_of(case: Case, actor: Actor, rules: Rules, severity: Severity | None) -> CaseCard:
    """The card of a case for one officer."""
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
