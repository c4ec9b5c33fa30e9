"""The board kept up by what changed is the board made from nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain import deadlines
from console.domain.model import Actor, Case, Deadline, Limit
from console.domain.pace import Pace
from console.domain.terms import Rules
from console.domain.vocabulary import DeadlineKind, Role, Severity, Source, State, Unit
from console.services.board_cards import A_SECOND, PORTION, BoardCards, Cards, Keeper, Wanted
from console.services.card_order import by_slack
from console.services.identity_diff import IdentityDiff

NOW = datetime(2026, 9, 29, 6, 0, tzinfo=UTC)
DUTY = Actor("li.na", Role.DUTY)
STATES = (State.REGISTERING, State.FILED, State.ENROUTE, State.SUSPENDED)
SOON_S = 60.0


def a_case(number: int, state: State = State.FILED, due_s: int = 300, *, paused: bool = False) -> Case:
    """An open case whose one clock is due so many seconds after :data:`NOW`."""
    due = NOW + timedelta(seconds=due_s)
    clock = Deadline(
        DeadlineKind.DISPATCH, due - timedelta(minutes=1), Limit(1, Unit.URGENT_MINUTE, "1"), due, due
    )
    if paused:
        clock = replace(clock, paused_since=NOW)
    return Case(f"20260929-{number:04d}", state, Source.CAMERA, deadlines=(clock,), version=1)


class Paces:
    """A pace for every case with an even number, asked anew each half minute."""

    def __init__(self) -> None:
        self.now, self.asked, self.learned = NOW, 0, 1
        self._kept: dict[str, tuple[Case, Pace, datetime]] = {}

    def ask(self, case: Case) -> Pace | None:
        row = self._kept.get(case.id)
        if row is None or row[0] is not case or self.now >= row[2]:
            self.asked += 1
            until = self.now + timedelta(seconds=30)
            need = 10.0 * (int(case.id[-1]) + self.asked % 3)
            due = case.deadlines[0].due_at
            pace = Pace(need, 5, 5, "class", self.now, due - timedelta(seconds=need), until)
            row = self._kept[case.id] = (case, pace, until)
        return row[1] if int(case.id[-1]) % 2 == 0 else None

    def until(self, case: Case) -> datetime | None:
        row = self._kept.get(case.id)
        return row[2] if row is not None and row[0] is case else None

    def keeper(self) -> Keeper[Pace]:
        return Keeper(self.learned, self.ask, self.until)


def wanted(loud: Mapping[str, Severity], whys: Mapping[str, str], paces: Paces | None = None) -> Wanted:
    return Wanted(DUTY, Rules(), loud, whys, paces.keeper() if paces is not None else None)


def made(board: BoardCards, cases: Mapping[str, Case], want: Wanted, now: datetime = NOW) -> Cards:
    return board.make(dict(cases), want, now, SOON_S)


STEP = st.tuples(
    st.integers(0, 11),
    st.sampled_from(("open", "end", "change", "ring", "rest", "wait", "again")),
    st.sampled_from(STATES),
    st.integers(-120, 240),
    st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(st.lists(STEP, max_size=4), max_size=12))
def test_whatever_happens_it_is_the_board_made_from_nothing(boards: list[list[tuple]]) -> None:  # type: ignore[type-arg]
    kept, paces = BoardCards(), Paces()
    cases: dict[str, Case] = {}
    loud: dict[str, Severity] = {}
    whys: dict[str, str] = {}
    for steps in boards:
        for number, what, state, due_s, paused in steps:
            case = a_case(number, state, due_s, paused=paused)
            if what in ("open", "change"):
                cases[case.id] = case
            elif what == "end":
                cases.pop(case.id, None)
            elif what == "ring":
                loud = {**loud, case.id: Severity.HIGH if paused else Severity.MEDIUM}
            elif what == "rest":
                whys = {**whys, case.id: f"since {due_s}"}
            elif what == "wait":
                paces.now += timedelta(seconds=abs(due_s))
            else:
                loud, whys = {}, {}
        found = made(kept, cases, wanted(loud, whys, paces), paces.now)
        fresh = made(BoardCards(), cases, wanted(loud, whys, paces), paces.now)
        assert found.cards == fresh.cards
        assert list(found.cards) == sorted(found.cards, key=by_slack)
        assert {card.id for card in found.cards} == set(cases)
        assert found.counts == fresh.counts
        assert (found.due_soon, found.overdue) == _due(cases, paces.now)
        assert made(kept, cases, wanted(loud, whys, paces), paces.now).cards is found.cards


def _due(cases: Mapping[str, Case], now: datetime) -> tuple[int, int]:
    """Counted the long way: clocks due soon, clocks over."""
    heads = [deadlines.headline(case) for case in cases.values()]
    left = [(head.due_at - now).total_seconds() for head in heads if head and head.paused_since is None]
    return sum(0 < one <= SOON_S for one in left), sum(one <= 0 for one in left)


def test_one_change_among_ten_thousand_makes_one_card() -> None:
    board, paces = BoardCards(), Paces()
    cases = {case.id: case for case in (a_case(n, due_s=n) for n in range(10_000))}
    want = wanted({}, {}, paces)
    before = made(board, cases, want).cards
    assert (board.made, paces.asked) == (10_000, 10_000)
    changed = a_case(5000, State.ENROUTE, 9000)
    cases[changed.id] = changed
    after = made(board, cases, want).cards
    assert (board.made, paces.asked) == (10_001, 10_001)
    assert len(set(map(id, after)) - set(map(id, before))) == 1
    assert made(board, cases, wanted({changed.id: Severity.HIGH}, {}, paces)).counts[State.ENROUTE] == 1
    assert board.made == 10_002


def test_what_was_learned_reaches_the_most_urgent_first() -> None:
    board, paces = BoardCards(), Paces()
    cases = {case.id: case for case in (a_case(n, due_s=n) for n in range(PORTION * 2 + 5))}
    before = made(board, cases, wanted({}, {}, paces)).cards
    paces.learned, paces._kept = 2, {}
    told = [paces.asked]
    for seconds in (0, 2, 7, 99, 199):
        now = NOW + timedelta(seconds=seconds)
        after = made(board, cases, wanted({}, {}, paces), now).cards
        told.append(paces.asked)
        if len(told) == 2:
            others = [card.id for card in before if card not in after]
            assert others
            assert set(others) <= {card.id for card in before[:PORTION]}
    slower = int(A_SECOND * 2)
    rest = len(cases) - PORTION - slower
    assert [b - a for a, b in pairwise(told)] == [
        PORTION,
        slower,
        min(PORTION, rest),
        max(0, rest - PORTION),
        0,
    ]
    assert len(after) == len(cases)


def test_another_officer_sees_his_own_next_step() -> None:
    board = BoardCards()
    cases = {case.id: case for case in (a_case(1), a_case(2))}
    mine = made(board, cases, wanted({}, {})).cards
    kiosk = Wanted(Actor("wall", Role.KIOSK), Rules(), {}, {})
    assert [card.next_action for card in made(board, cases, kiosk).cards] == [None, None]
    assert made(board, cases, wanted({}, {})).cards == mine
    assert mine[0].next_action is not None


@given(st.lists(st.lists(st.integers(0, 30), unique=True), max_size=6))
def test_what_differs_is_found_wherever_it_stands(states: list[list[int]]) -> None:
    pool = [[n] for n in range(31)]
    diff: IdentityDiff[list[int]] = IdentityDiff()
    before: list[int] = []
    for numbers in states:
        now = tuple(pool[n] for n in numbers)
        fresh, gone = diff.look(now)
        assert sorted(one[0] for one in fresh) == sorted(set(numbers) - set(before))
        assert sorted(one[0] for one in gone) == sorted(set(before) - set(numbers))
        diff.take(now)
        before = numbers
    diff.forget()
    assert [one[0] for one in diff.look(tuple(pool))[0]] == list(range(31))
