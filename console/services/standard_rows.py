"""One row of a site's filing standard → one condition.

A standard is typed by people in a spreadsheet: the class is written once and
the cells below it are left empty, the limit may be ``2紧急工作时`` in one cell
or a number and a unit in two, the team may be named. What cannot be read is
refused with its row and its word; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from console.domain import limits
from console.domain.errors import Refusal
from console.domain.model import Category, CategoryKey, Condition, GradeLimit, Team
from console.domain.vocabulary import Unit
from console.services.sheets import Row, Sheet, demand_columns, unguard

#: The columns of ``resources/standard/starter.csv`` and the ones taken beside them.
COLUMNS: Final = (
    "condition_id",
    "standard",
    "kind",
    "code",
    "code_2013",
    "name_zh",
    "name_en",
    "condition_zh",
    "condition_en",
    "limit_value",
    "limit_unit",
    "closing_zh",
    "closing_en",
    "team",
    "team_also",
    "not_to_file",
    "limit_source",
)
#: Limits of areas of a grade: ``2 work_hour``, or a number in the row's own unit.
GRADED: Final = {"limit_a": "A", "limit_b": "B", "limit_c": "C"}
#: What a file without the column leaves as it is stored.
KEPT: Final = ("not_to_file_en", *GRADED)
EXTRA: Final = ("limit", "version", "valid_from", "active", *KEPT)
_LIMIT_WORDS: Final = ("时限", "处置时限", "区域时限", "区域处置时限")
ALIASES: Final = {
    "小类代码": "code",
    "小类名称": "name_zh",
    "部件/事件": "kind",
    "类别": "kind",
    "立案条件": "condition_zh",
    "结案条件": "closing_zh",
    "处置时限": "limit",
    "时限": "limit",
    "处置单位": "team",
    "责任主体": "team",
    "采集要求": "not_to_file",
    "不立案": "not_to_file",
    **{f"{grade}类{words}": column for column, grade in GRADED.items() for words in _LIMIT_WORDS},
}
#: Cells that mean "as above" when they are empty: what a person writes once.
#: The others (a second team, what not to file) are simply empty.
CARRIED: Final = (
    "standard",
    "kind",
    "code",
    "limit_value",
    "limit_unit",
    "limit",
    "closing_zh",
    "closing_en",
    "team",
)
CLASS_CELLS: Final = ("code_2013", "name_zh", "name_en")
KINDS: Final = {
    "event": "event",
    "事件": "event",
    "事项": "event",
    "管理事项": "event",
    "component": "component",
    "部件": "component",
    "管理部件": "component",
}
NATIONAL: Final = "GB/T 47678.5-2026"


@dataclass
class StandardReader:
    """Reads the rows of one file in order, remembering what is "as above"."""

    categories: Mapping[CategoryKey, Category]
    teams: Sequence[Team]
    existing: Mapping[str, Condition]
    now: datetime
    above: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    texts: dict[tuple[CategoryKey, str], int] = field(default_factory=dict)
    columns: Sequence[str] = KEPT

    def read(self, row: Row) -> Condition:
        """The condition of ``row``, its version one above the stored one or
        the stored one itself when nothing differs. Raises ``Refusal``."""
        cells = self._filled(row)
        key = self._category(cells)
        value, unit = _limit(cells)
        condition = self._named(cells, key, row.number)
        draft = Condition(
            condition_id=condition,
            version=1,
            category=key,
            code_2013=cells["code_2013"],
            name_zh=cells["name_zh"],
            name_en=cells["name_en"],
            condition_zh=_needed(cells, "condition_zh"),
            condition_en=cells["condition_en"],
            limit_value=value,
            limit_unit=unit,
            closing_zh=cells["closing_zh"],
            closing_en=cells["closing_en"],
            team=self._team(cells["team"]),
            team_also=self._team(cells["team_also"]),
            not_to_file=cells["not_to_file"],
            limit_source=cells["limit_source"],
            valid_from=self.now,
            active=cells["active"].casefold() not in ("0", "false", "no", "否"),
            grade_limits=_graded(cells, value, unit),
            not_to_file_en=cells["not_to_file_en"],
        )
        return self._against_stored(draft)

    def _filled(self, row: Row) -> dict[str, str]:
        cells = {name: unguard(row.get(name)) for name in (*COLUMNS, *EXTRA)}
        if not cells["kind"] and KINDS.get(row.sheet.strip()):
            cells["kind"] = row.sheet.strip()
        same_class = not cells["code"] or cells["code"] == self.above.get("code")
        own_limit = _has_limit(cells)
        if not own_limit and not any(cells[name] for name in GRADED):
            cells |= {name: self.above.get(name, "") for name in GRADED}
        for name in CARRIED:
            if name in ("limit", "limit_value", "limit_unit") and own_limit:
                continue  # half a limit is not completed from above
            cells[name] = cells[name] or self.above.get(name, "")
        if same_class:
            for name in CLASS_CELLS:
                cells[name] = cells[name] or self.above.get(name, "")
        self.above = dict(cells)
        return cells

    def _category(self, cells: dict[str, str]) -> CategoryKey:
        kind = KINDS.get(_needed(cells, "kind").casefold())
        if kind is None:
            raise Refusal("bad_row", "kind", value=cells["kind"])
        code = _needed(cells, "code")
        if not code.isdigit():
            raise Refusal("bad_row", "code", value=code)
        key = CategoryKey(cells["standard"] or NATIONAL, kind, code.zfill(5))
        known = self.categories.get(key)
        if known is None and key.standard == NATIONAL:
            raise Refusal("unknown_category", "code", value=f"{kind}:{key.code}", near="")
        if known is not None:
            cells["name_zh"] = cells["name_zh"] or known.name_zh
            cells["name_en"] = cells["name_en"] or known.name_en
            cells["code_2013"] = cells["code_2013"] or known.code_2013
        _needed(cells, "name_zh")
        return key

    def _named(self, cells: Mapping[str, str], key: CategoryKey, number: int) -> str:
        """The row's own id, or the id of the stored condition with the same
        wording, or the next free one of its class."""
        text = (key, cells["condition_zh"])
        if text in self.texts:
            raise Refusal("bad_row", "duplicate_text", row=self.texts[text], value=cells["condition_zh"])
        name = cells["condition_id"] or self._found(key, cells["condition_zh"]) or self._free(key)
        if name in self.seen:
            raise Refusal("bad_row", "duplicate", row=self.seen[name], value=name)
        stored = self.existing.get(name)
        if stored is not None and stored.category != key:
            raise Refusal("bad_row", "other_class", value=name, of_class=stored.category.code)
        self.texts[text] = number
        self.seen[name] = number
        return name

    def _found(self, key: CategoryKey, text: str) -> str:
        for stored in self.existing.values():
            if stored.category == key and stored.condition_zh == text:
                return stored.condition_id
        return ""

    def _free(self, key: CategoryKey) -> str:
        letter = "L" if key.standard != NATIONAL else ("E" if key.kind == "event" else "C")
        number = 1
        while (name := f"{letter}{key.code}-{number}") in self.existing or name in self.seen:
            number += 1
        return name

    def _team(self, text: str) -> str:
        if not text:
            return ""
        for team in self.teams:
            if text in (team.id, team.name_zh, team.name_en):
                return team.id
        raise Refusal("unknown_team", "name", name=text)

    def _against_stored(self, draft: Condition) -> Condition:
        stored = self.existing.get(draft.condition_id)
        if stored is None:
            return draft
        if "not_to_file_en" not in self.columns:
            draft = replace(draft, not_to_file_en=stored.not_to_file_en)
        if not any(name in self.columns for name in GRADED):
            draft = replace(draft, grade_limits=stored.grade_limits)
        if replace(draft, version=stored.version, valid_from=stored.valid_from) == stored:
            return stored
        return replace(draft, version=stored.version + 1)


def check_columns(sheet: Sheet, file: str) -> None:
    """A standard needs a class, a condition and a limit a row."""
    has_limit = "limit" in sheet.columns or {"limit_value", "limit_unit"} <= set(sheet.columns)
    needed = ["code", "condition_zh"] if has_limit else ["code", "condition_zh", "limit_value", "limit_unit"]
    demand_columns(sheet, needed, file)


def category_of(condition: Condition) -> Category:
    """A class for a condition of a site's own standard, which the national
    catalogue does not have."""
    return Category(
        key=condition.category,
        code_2013=condition.code_2013,
        big_zh="",
        big_en="",
        name_zh=condition.name_zh,
        name_en=condition.name_en,
    )


def _has_limit(cells: Mapping[str, str]) -> bool:
    return bool(cells["limit"] or cells["limit_value"] or cells["limit_unit"])


def _limit(cells: Mapping[str, str]) -> tuple[int, Unit]:
    if cells["limit_value"] or cells["limit_unit"]:
        try:
            value = int(_needed(cells, "limit_value"))
        except ValueError:
            raise Refusal("bad_row", "limit_value", value=cells["limit_value"]) from None
        unit_text = _needed(cells, "limit_unit")
        if unit_text not in {unit.value for unit in Unit}:
            raise Refusal("bad_row", "unit", value=unit_text, units=", ".join(Unit))
        unit = Unit(unit_text)
    else:
        try:
            value, unit = limits.parse(_needed(cells, "limit"))
        except Refusal:
            raise Refusal("bad_row", "unit", value=cells["limit"], units=", ".join(Unit)) from None
    if not 1 <= value <= 10_000:
        raise Refusal("bad_row", "limit_value", value=value)
    return value, unit


def _graded(cells: Mapping[str, str], base: int, unit: Unit) -> tuple[GradeLimit, ...]:
    """The limits of graded areas; one that says the base limit again is none."""
    found = []
    for column, grade in GRADED.items():
        if cells[column]:
            own = _own_limit(cells[column], column, unit)
            if own != (base, unit):
                found.append(GradeLimit(grade, *own))
    return tuple(found)


def _own_limit(text: str, column: str, unit: Unit) -> tuple[int, Unit]:
    if text.isdecimal():
        value, own = int(text), unit
    else:
        try:
            value, own = limits.parse(text)
        except Refusal:
            raise Refusal("bad_row", "grade_limit", column=column, value=text) from None
    if not 1 <= value <= 10_000:
        raise Refusal("bad_row", "grade_limit", column=column, value=text)
    return value, own


def _needed(cells: Mapping[str, str], name: str) -> str:
    if not cells[name]:
        raise Refusal("bad_row", "empty", column=name)
    return cells[name]
