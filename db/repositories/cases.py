"""Cases with their deadlines, teams, links and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, insert, select, update

from console.domain.errors import Refusal
from console.domain.model import Case, CategoryKey
from console.domain.thresholds import next_mark
from console.domain.vocabulary import State
from console.services.ports import CaseMatch, CaseQuery, Page, Swept
from db import search
from db.repositories import case_find, case_rows
from db.repositories.base import Repository, Row, chunks
from db.repositories.evidence import EvidenceRows
from db.repositories.figures import Figures
from db.tables import case_counter, case_file, case_link, case_said, case_team, deadline
from db.types import Instant

_FULL_ID = re.compile(r"^(\d{8})-(\d{4,})$")
_NUMBER = re.compile(r"^#?(\d{1,9})$")

_SWEPT = (
    update(deadline)
    .where(
        deadline.c.case_id == bindparam("k_case"),
        deadline.c.kind == bindparam("k_kind"),
        deadline.c.due_version == bindparam("k_version"),
        (deadline.c.swept_version != bindparam("k_version")) | (deadline.c.swept < bindparam("k_threshold")),
    )
    .values(
        swept=bindparam("k_threshold"),
        swept_version=bindparam("k_version"),
        next_at=case(
            (deadline.c.next_at.is_(None), None),
            (deadline.c.marks != "", bindparam("k_next", type_=Instant)),
            (bindparam("k_threshold") >= 100, None),
            else_=deadline.c.due_at,
        ),
    )
)


class Cases(Repository):
    """Implements ``CaseRepository``."""

    def __init__(self, connection: Connection, touch: Any, still: bool = False) -> None:
        super().__init__(connection, touch, still)
        self._evidence = EvidenceRows(connection, touch)
        self._figures = Figures(connection, touch)
        # What this transaction last saw of a case: only what differs is written,
        # and a unit that only reads asks for no case twice.
        self._known: dict[str, Case] = {}

    def add(self, case: Case, local_date: str) -> Case:
        """Store a new case under the next number of ``local_date``
        (``YYYYMMDD``). The day's counter stays locked until the commit, so no
        number is given twice and none is lost by a roll-back."""
        return self.add_all((case,), local_date)[0]

    def add_all(self, cases: Sequence[Case], local_date: str) -> tuple[Case, ...]:
        """Many new cases of one day, numbered in order."""
        if not cases:
            return ()
        self._touch("case")
        day = local_date.replace("-", "")
        first = take_numbers(self._db, self._insert(case_counter), day, len(cases)) - len(cases) + 1
        stored = []
        for number, item in enumerate(cases, first):
            case_id = f"{day}-{number:04d}"
            evidence = tuple(replace(e, case=case_id) for e in item.evidence)
            stored.append(replace(item, id=case_id, version=1, evidence=evidence))
        rows = [
            case_rows.case_row(item) | {"day": day, "number": number}
            for number, item in enumerate(stored, first)
        ]
        self._db.execute(insert(case_file), rows)
        return self._first_children(stored)

    def _first_children(self, stored: Sequence[Case]) -> tuple[Case, ...]:
        """What belongs to cases that were just inserted."""
        clocks = [case_rows.clock_row(item, pos) for item in stored for pos in range(len(item.deadlines))]
        teams = [row for item in stored for row in case_rows.team_rows(item)]
        links = [row for item in stored for row in case_rows.link_rows(item)]
        for table, rows in ((deadline, clocks), (case_team, teams), (case_link, links)):
            if rows:
                self._db.execute(insert(table), rows)
        search.index(self._db, [(search.words_of(item), "") for item in stored])
        self._figures.put(stored)
        done = tuple(
            replace(item, evidence=self._evidence.add_all(item.evidence)) if item.evidence else item
            for item in stored
        )
        self._known.update((item.id, item) for item in done)
        return done

    def get(self, case_id: str) -> Case | None:
        """One case, or ``None``."""
        found = self.load((case_id,))
        return found[0] if found else None

    def load(self, ids: Sequence[str]) -> tuple[Case, ...]:
        """Many cases at once, in the order of ``ids``; unknown ones left out."""
        unread = [case_id for case_id in ids if case_id not in self._known] if self._still else ids
        rows: dict[str, Any] = {}
        for part in chunks(unread):
            for row in self._db.execute(select(*case_rows.COLUMNS).where(case_file.c.id.in_(part))):
                rows[row[0]] = row
        made = self._built([rows[case_id] for case_id in unread if case_id in rows])
        if not self._still:
            return made
        return tuple(self._known[case_id] for case_id in ids if case_id in self._known)

    def resolve(self, text: str) -> str | None:
        """Full id of ``YYYYMMDD-NNNN``, ``#NNNN`` or ``NNNN`` (the newest)."""
        full, short = _FULL_ID.match(text.strip()), _NUMBER.match(text.strip())
        if full is not None:
            number = case_file.c.number == int(full[2])
            query = select(case_file.c.id).where(case_file.c.day == full[1], number)
        elif short is not None:
            query = select(case_file.c.id).where(case_file.c.number == int(short[1]))
        else:
            return None
        found: str | None = self._db.execute(query.order_by(case_file.c.day.desc()).limit(1)).scalar()
        return found

    def save(self, case: Case, expected_version: int) -> Case:
        """Compare-and-set on the version, which grows by one. Raises
        ``Refusal('conflict')`` when somebody was faster,
        ``Refusal('unknown_case')`` when there is no such case."""
        self._touch("case")
        if case.id not in self._known:
            # The search index must be told what it is to forget.
            self.load((case.id,))
        stored = replace(case, version=expected_version + 1)
        row = case_rows.case_row(stored)
        row.pop("id")
        same = and_(case_file.c.id == case.id, case_file.c.version == expected_version)
        if self._db.execute(update(case_file).where(same).values(row)).rowcount != 1:
            if self.resolve(case.id) is None:
                raise Refusal("unknown_case", case=case.id)
            raise Refusal("conflict", case=case.id)
        return self._children(self._known.get(case.id), stored)

    def find(self, query: CaseQuery) -> Page[Case]:
        """A page of the cases that match, and how many do."""
        rows, total = case_find.run(self._db, query)
        return Page(self._built(rows), total)

    def matching(self, query: CaseMatch) -> tuple[str, ...]:
        """Ids of the newest cases that match, at most ``query.bound``."""
        return case_find.matching_ids(self._db, query)

    def hold(self, case_id: str) -> None:
        """Nobody else changes this case until this unit ends."""
        case_find.hold(self._db, (case_id,))

    def replies_due(self, until: datetime, limit: int) -> tuple[str, ...]:
        """Ids of supervised cases that owe a reply by ``until``."""
        query = select(case_file.c.id).where(case_file.c.reply_by.is_not(None), case_file.c.reply_by <= until)
        rows = self._db.execute(query.order_by(case_file.c.reply_by, case_file.c.id).limit(limit))
        return tuple(row[0] for row in rows)

    def crossing(self, now: datetime, limit: int = 5000, hold: bool = False) -> tuple[Case, ...]:
        """Open cases of which a clock has reached 80 % or 100 % without that
        being recorded, plus suspended ones whose end has come; earliest first.
        ``hold``: only those nobody is at work on, and nobody shall be until
        this unit ends."""
        ids = case_find.crossing_ids(self._db, now, limit)
        return self.load(case_find.hold(self._db, ids, skip=True) if hold else ids)

    def next_crossing(self, after: datetime | None = None) -> datetime | None:
        """The nearest of those instants over all open cases, or after ``after``."""
        return case_find.next_crossing(self._db, after)

    def mark_swept(self, crossed: Iterable[Swept]) -> None:
        """Remember ``(case id, deadline kind, due version, threshold)``, and
        when a clock with marks of its own rings next. In order of case, so that
        two sweeps cannot lock each other out."""
        names = ("k_case", "k_kind", "k_version", "k_threshold", "k_next")
        whole = [(*item, None)[:5] for item in crossed]
        rows: list[Row] = [dict(zip(names, item, strict=True)) for item in sorted(whole, key=_swept_order)]
        if rows:
            self._touch()
            self._db.execute(_SWEPT, rows)

    def count_by_state(self) -> Mapping[State, int]:
        """How many cases stand in each state; states without one are left out."""
        query = select(case_file.c.state, func.count()).group_by(case_file.c.state)
        return {state: int(number) for state, number in self._db.execute(query)}

    def near(
        self, key: CategoryKey, lon: float, lat: float, since: datetime, metres: float
    ) -> tuple[Case, ...]:
        """Same small class within ``metres``, opened since, nearest first."""
        return self.load(case_find.near_ids(self._db, key, (lon, lat), since, metres))

    def _built(self, rows: Sequence[Any]) -> tuple[Case, ...]:
        if not rows:
            return ()
        ids = [row[0] for row in rows]
        made = case_rows.build(
            rows,
            case_rows.clocks_of(self._db, ids),
            case_rows.teams_of(self._db, ids),
            case_rows.links_of(self._db, ids),
            self._evidence.of_cases(ids),
        )
        self._known.update((item.id, item) for item in made)
        return tuple(made)

    def _children(self, known: Case | None, stored: Case) -> Case:
        """Write what belongs to a case where it differs from ``known``."""
        self._figures.put((stored,), known)
        if known is None or known.deadlines != stored.deadlines or known.state != stored.state:
            self._put_clocks(stored)
        if known is None or known.teams != stored.teams:
            self._rewrite(case_team, stored.id, case_rows.team_rows(stored))
        if known is None or known.links != stored.links:
            self._rewrite(case_link, stored.id, case_rows.link_rows(stored))
        if stored.evidence and (known is None or known.evidence != stored.evidence):
            stored = replace(stored, evidence=self._evidence.add_all(stored.evidence))
        words = search.words_of(stored)
        if known is None or search.words_of(known) != words:
            said = search.said_of(self._db, (stored.id,)).get(stored.id, "")
            former = {} if known is None else {stored.id: (search.words_of(known), said)}
            search.index(self._db, [(words, said)], former)
        self._known[stored.id] = stored
        return stored

    def say(self, said: Mapping[str, str]) -> None:
        """Make findable what people wrote about cases in this unit."""
        if not said:
            return
        # Not every event belongs to a case.
        unseen = self.load([case_id for case_id in sorted(said) if case_id not in self._known])
        known = (self._known[case_id] for case_id in sorted(said) if case_id in self._known)
        cases = list({item.id: item for item in (*known, *unseen)}.values())
        before = search.said_of(self._db, [item.id for item in cases])
        rows, former, after = [], {}, []
        for item in cases:
            old = before.get(item.id, "")
            new = search.joined(old, said[item.id])
            if new != old:
                rows.append({"case_id": item.id, "words": new})
                words = search.words_of(item)
                former[item.id] = (words, old)
                after.append((words, new))
        if rows:
            put = self._insert(case_said)
            put = put.on_conflict_do_update(index_elements=["case_id"], set_={"words": put.excluded.words})
            self._db.execute(put, rows)
            search.index(self._db, after, former)

    def _rewrite(self, table: Any, case_id: str, rows: list[Row]) -> None:
        self._db.execute(delete(table).where(table.c.case_id == case_id))
        if rows:
            self._db.execute(insert(table), rows)

    def _put_clocks(self, stored: Case) -> None:
        kinds = [clock.kind for clock in stored.deadlines]
        gone = and_(deadline.c.case_id == stored.id, deadline.c.kind.not_in(kinds))
        self._db.execute(delete(deadline).where(gone))
        if not kinds:
            return
        rows = [case_rows.clock_row(stored, pos) for pos in range(len(kinds))]
        if any(row["marks"] for row in rows):
            self._skip_rung(stored, rows)
        put = self._insert(deadline)
        new = put.excluded
        recorded = deadline.c.swept_version == new.due_version
        put = put.on_conflict_do_update(
            index_elements=["case_id", "kind"],
            set_={name: new[name] for name in rows[0] if name not in ("case_id", "kind", "next_at")}
            | {
                "next_at": case(
                    (new.next_at.is_(None), None),
                    (new.marks != "", new.next_at),
                    (and_(recorded, deadline.c.swept >= 100), None),
                    (and_(recorded, deadline.c.swept >= 80), new.due_at),
                    else_=new.next_at,
                )
            },
        )
        self._db.execute(put, rows)

    def _skip_rung(self, stored: Case, rows: list[Row]) -> None:
        """Clocks with marks of their own: the next one that has not rung."""
        c = deadline.c
        query = select(c.kind, c.swept_version, c.swept).where(c.case_id == stored.id)
        rung = {row.kind: (row.swept_version, row.swept) for row in self._db.execute(query)}
        for clock, row in zip(stored.deadlines, rows, strict=True):
            version, swept = rung.get(clock.kind, (0, 0))
            if row["next_at"] is not None and clock.marks is not None and version == clock.due_version:
                row["next_at"] = next_mark(clock, swept)


def _swept_order(item: tuple[Any, ...]) -> tuple[Any, ...]:
    return item[:4]


def take_numbers(db: Connection, counter: Any, day: str, number: int) -> int:
    """Take ``number`` case numbers of a day by the dialect's INSERT into the
    counters; returns the last of them."""
    taken = counter.values(day=day, last=number)
    taken = taken.on_conflict_do_update(
        index_elements=["day"], set_={"last": case_counter.c.last + number}
    ).returning(case_counter.c.last)
    return int(db.execute(taken).scalar_one())
