"""The checklist of a review: rows of a table that a site replaces with its own.

It has a version: a verdict names the one it was given under, and its answers
are kept with the review.
"""

from __future__ import annotations

import csv
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.review import CheckLine, Part
from console.services import audit, permissions
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.reference import SHIPPED, ImportReport, ImportRow
from console.services.sheets import Row, demand_columns, read_sheet

log = logging.getLogger(__name__)

KEY: Final = "review.checklist"
COLUMNS: Final = ("id", "part", "text_zh", "text_en")
TEXT_CHARS: Final = 120
#: A list longer than this is not gone through with care.
MOST_LINES: Final = 40
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,23}")
_PARTS: Final = {one.value: one.value for one in Part} | {
    "": "",
    "受理": Part.TAKING.value,
    "派遣": Part.DISPATCH.value,
    "结案": Part.CLOSING.value,
}


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines in force. Version 0 is the shipped list."""

    lines: tuple[CheckLine, ...]
    version: int = 0


@lru_cache(maxsize=1)
def shipped() -> Checklist:
    """The list that comes with the program."""
    with (SHIPPED / "review.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return Checklist(tuple(CheckLine(r["id"], r["text_zh"], r["text_en"], r["part"]) for r in rows))


def stored(uow: UnitOfWork) -> Checklist:
    """The site's own list, else the shipped one."""
    text = uow.settings.get(KEY)
    if not text:
        return shipped()
    try:
        raw = json.loads(text)
        return Checklist(tuple(CheckLine(**row) for row in raw["lines"]), int(raw["version"]))
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the stored checklist of reviews cannot be read: %s", error)
        return shipped()


def renewed(text: str) -> str:
    """A stored text read and written again, the shipped list for none. Raises
    ``Refusal`` for a line that cannot be one."""
    raw: dict[str, Any] = json.loads(text) if text else {"lines": [asdict(line) for line in shipped().lines]}
    given = [CheckLine(**row) for row in raw["lines"]]
    cells = [{"id": one.id, "part": one.part, "text_zh": one.zh, "text_en": one.en} for one in given]
    lines = [asdict(_read(Row(0, row))) for row in cells]
    return json.dumps({"version": int(raw.get("version", 0)) + 1, "lines": lines}, ensure_ascii=False)


class ChecklistService:
    """Reads and replaces it. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def load(self, actor: Actor) -> Checklist:
        """The list in force; whoever reads cases may know what is asked."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            return stored(uow)

    def import_table(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """A list in place of the one there is, all or nothing. Raises ``bad_file``."""
        permissions.demand(actor, "sample")
        sheet = read_sheet(file, COLUMNS)
        demand_columns(sheet, ("id", "text_zh", "text_en"), file.name)
        with self._uows.write() as uow:
            before = stored(uow)
            told, lines = _judged(sheet.rows, before.lines)
            report = ImportReport(tuple(told), sheet.unknown, dry_run)
            if report.ok and lines and not dry_run and tuple(lines) != before.lines:
                rows = {"version": before.version + 1, "lines": [asdict(line) for line in lines]}
                uow.settings.put(KEY, json.dumps(rows, ensure_ascii=False, separators=(",", ":")))
                audit.imported(uow, self._clock, actor, "review_list", file.name, told)
                uow.touch("standard")
                uow.commit()
            return report


def _judged(rows: Iterable[Row], before: Iterable[CheckLine]) -> tuple[list[ImportRow], list[CheckLine]]:
    known = {line.id: line for line in before}
    told: list[ImportRow] = []
    fresh: dict[str, CheckLine] = {}
    for row in rows:
        try:
            line = _read(row)
            if line.id in fresh or len(fresh) >= MOST_LINES:
                raise Refusal("bad_row", "review_line", row=row.number, most=MOST_LINES)
        except Refusal as refusal:
            told.append(ImportRow(row.number, False, row.get("id")[:40], "refused", refusal))
            continue
        fresh[line.id] = line
        old = known.get(line.id)
        action = "added" if old is None else "unchanged" if old == line else "updated"
        told.append(ImportRow(row.number, True, line.id, action))
    return told, list(fresh.values())


def _read(row: Row) -> CheckLine:
    name, part = row.get("id").lower(), _PARTS.get(row.get("part").lower())
    zh, en = row.get("text_zh"), row.get("text_en")
    written = zh and en and max(len(zh), len(en)) <= TEXT_CHARS
    if not _ID.fullmatch(name) or part is None or not written:
        raise Refusal("bad_row", "review_line", row=row.number, most=MOST_LINES)
    return CheckLine(name, zh, en, part)
