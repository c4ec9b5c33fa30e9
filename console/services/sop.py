"""What to do for a class of cases: a checklist, ticked as events of the case.

The shipped table (``resources/standard/sop.csv``) holds until a site imports
its own. A tick is a note in the case's chain that names the step; who ticked
and when is that event's actor and time, and taking a tick back is an event too.
A step binds nobody unless the table says so: a case with open required steps is
not closed.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from console.domain import rights
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Event, EventDraft
from console.domain.vocabulary import OPEN, Action
from console.i18n import either, t
from console.services import audit, lookup, permissions
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.reference import SHIPPED, ImportReport, ImportRow
from console.services.requests import Reading, Request
from console.services.sheets import Row, demand_columns, read_sheet

log = logging.getLogger(__name__)

KEY: Final = "standard.sop"
FORM: Final = 1
#: The checklist for classes that have none of their own.
GENERAL: Final = "*"
#: What a step is about: look at, call, do, photograph, never do.
KINDS: Final = ("look", "call", "do", "photo", "never")
COLUMNS: Final = ("category", "step", "kind", "text_zh", "text_en", "required")
#: A step longer than this is not read at a glance.
TEXT_CHARS: Final = 200
_YES: Final = frozenset({"1", "yes", "true", "y", "x", "是", "必做", "必须"})
_NO: Final = frozenset({"", "0", "no", "false", "n", "否"})


@dataclass(frozen=True, slots=True)
class SopStep:
    """One line of a checklist. ``category`` is ``kind:code`` or ``*``."""

    category: str
    step: int
    kind: str
    text_zh: str
    text_en: str
    required: bool = False

    @property
    def id(self) -> str:
        """What a tick names: it stays with the step when others come."""
        return f"{self.category}/{self.step}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A step that is done: by whom, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SopBook:
    """Every checklist of the site."""

    steps: tuple[SopStep, ...] = ()

    def of(self, category: str) -> tuple[SopStep, ...]:
        """The steps of a class (``kind:code``), else the general ones."""
        own = tuple(one for one in self.steps if one.category == category) if category else ()
        return own or tuple(one for one in self.steps if one.category == GENERAL)


@dataclass(frozen=True, slots=True)
class LoadSop(Reading):
    """→ ``SopBook``."""


@dataclass(frozen=True, slots=True)
class TickStep(Request):
    """Tick a step of a case, or take the tick back → ``Event``."""

    case_id: str
    step_id: str
    done: bool = True


def category_of(case: Case) -> str:
    """``kind:code`` of a case, or an empty string."""
    return f"{case.category.kind}:{case.category.code}" if case.category is not None else ""


def ticks(events: Iterable[Event]) -> dict[str, Tick]:
    """Which steps are ticked, from the events of a case in their order."""
    found: dict[str, Tick] = {}
    for event in sorted(events, key=_seq):
        step = event.data.get("sop")
        if event.action is not Action.NOTE or not step:
            continue
        if event.data.get("done"):
            found[str(step)] = Tick(event.actor, event.at)
        else:
            found.pop(str(step), None)
    return found


class SopService:
    """Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def book(self, actor: Actor) -> SopBook:
        """Every checklist."""
        permissions.demand(actor, "standard.read")
        with self._uows.read() as uow:
            return book_of(uow)

    def tick(self, actor: Actor, case_id: str, step_id: str, done: bool = True) -> Event:
        """Tick a step of an open case. Raises ``bad_value`` (``sop_step``) for
        a step the case does not have, ``illegal_transition`` once it ended."""
        rights.demand(actor, Action.NOTE)
        with self._uows.write() as uow:
            now = self._clock.now()
            case = lookup.case(uow, case_id)
            if case.state not in OPEN:
                raise Refusal("illegal_transition", "state", action="note", state=case.state.value)
            steps = {one.id: one for one in book_of(uow).of(category_of(case))}
            step = steps.get(step_id)
            if step is None:
                raise Refusal("bad_value", "sop_step", step=step_id)
            text = t("sop.ticked" if done else "sop.taken_back", step=either(step.text_zh, step.text_en))
            data = {"text": text, "sop": step.id, "done": done}
            draft = EventDraft(case.id, now, now, actor.name, Action.NOTE, data)
            (event,) = uow.events.append([draft])
            uow.touch("case")
            uow.commit()
            return event

    def import_table(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """A site's checklists. The classes a file names take its steps in place
        of those they had (when every row is good; else good rows are only added
        or changed); other classes stay. Raises ``bad_file``."""
        permissions.demand(actor, "standard.edit")
        sheet = read_sheet(file, COLUMNS)
        demand_columns(sheet, ("category", "step", "kind", "text_zh"), file.name)
        with self._uows.write() as uow:
            stored = {one.id: one for one in book_of(uow).steps}
            rows, fresh = _judged(sheet.rows, stored, lookup.Classes.read(uow))
            report = ImportReport(tuple(rows), sheet.unknown, dry_run)
            # With a row refused nothing is taken away: the step may be its own.
            named = {one.category for one in fresh} if report.ok else set()
            new = {one.id for one in fresh}
            kept = [one for one in stored.values() if one.category not in named and one.id not in new]
            after = sorted((*kept, *fresh), key=_place)
            if not dry_run and set(after) != set(stored.values()):
                put_book(uow, after)
                audit.imported(uow, self._clock, actor, "sop", file.name, rows)
                uow.commit()
            return report


def demand_done(uow: UnitOfWork, case: Case, action: Action) -> None:
    """Refuse to close a case with open required steps: ``illegal_transition``
    (``sop_open``) naming them."""
    if action is not Action.CLOSE:
        return
    required = [one for one in book_of(uow).of(category_of(case)) if one.required]
    if not required:
        return
    done = ticks(uow.events.of_case(case.id))
    left = [either(one.text_zh, one.text_en) for one in required if one.id not in done]
    if left:
        raise Refusal("illegal_transition", "sop_open", steps="; ".join(left), n=len(left))


def _judged(
    rows: Sequence[Row], stored: Mapping[str, SopStep], classes: lookup.Classes
) -> tuple[list[ImportRow], list[SopStep]]:
    told: list[ImportRow] = []
    fresh: dict[str, SopStep] = {}
    for row in rows:
        try:
            step = read_step(row, classes)
            if step.id in fresh:
                raise Refusal("bad_row", "sop_twice", row=row.number, value=step.id)
        except Refusal as refusal:
            told.append(ImportRow(row.number, False, row.get("category"), "refused", refusal))
            continue
        fresh[step.id] = step
        before = stored.get(step.id)
        action = "added" if before is None else "unchanged" if before == step else "updated"
        told.append(ImportRow(row.number, True, step.id, action))
    return told, list(fresh.values())


def read_step(row: Row, classes: lookup.Classes) -> SopStep:
    """A line of a table as a step. Raises ``bad_row``."""
    category = row.get("category")
    if category not in (GENERAL, "＊"):
        found = classes.find(category)
        category = f"{found.key.kind}:{found.key.code}"
    kind, number = row.get("kind").lower(), row.get("step")
    if kind not in KINDS:
        raise Refusal("bad_row", "sop_kind", row=row.number, value=row.get("kind"), kinds=", ".join(KINDS))
    if not number.isdecimal() or not 1 <= int(number) <= 99:
        raise Refusal("bad_row", "sop_step", row=row.number, value=number)
    texts = row.get("text_zh"), row.get("text_en")
    if not texts[0] or max(map(len, texts)) > TEXT_CHARS:
        raise Refusal("bad_row", "sop_text", row=row.number, most=TEXT_CHARS)
    must = row.get("required").lower()
    if must not in _YES | _NO:
        raise Refusal("bad_row", "flag", row=row.number, column="required", value=must)
    general = category in (GENERAL, "＊")
    return SopStep(GENERAL if general else category, int(number), kind, *texts, required=must in _YES)


def _place(step: SopStep) -> tuple[str, int]:
    return step.category, step.step


def _seq(event: Event) -> int:
    return event.seq


@lru_cache(maxsize=1)
def shipped() -> SopBook:
    """The checklists that come with the program."""
    with (SHIPPED / "sop.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return SopBook(
        tuple(
            SopStep(
                row["category"],
                int(row["step"]),
                row["kind"],
                row["text_zh"],
                row["text_en"],
                row["required"] in _YES,
            )
            for row in rows
        )
    )


def book_of(uow: UnitOfWork) -> SopBook:
    """The checklists in force, read in the caller's unit of work."""
    text = uow.settings.get(KEY)
    if not text:
        return shipped()
    try:
        raw = json.loads(text)
        return SopBook(tuple(SopStep(**row) for row in raw["steps"]))
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the stored checklists cannot be read: %s", error)
        return shipped()


def put_book(uow: UnitOfWork, steps: Iterable[SopStep]) -> None:
    """Every checklist anew, within the caller's transaction."""
    uow.settings.put(KEY, _encode(sorted(steps, key=_place)))
    uow.touch("standard")


def _encode(steps: Sequence[SopStep]) -> str:
    rows = [asdict(one) for one in steps]
    return json.dumps({"form": FORM, "steps": rows}, ensure_ascii=False, separators=(",", ":"))


def handlers(service: SopService) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""

    def load(request: LoadSop) -> SopBook:
        return service.book(request.actor)

    def tick(request: TickStep) -> Event:
        return service.tick(request.actor, request.case_id, request.step_id, request.done)

    return {LoadSop: load, TickStep: tick}
