"""What differs between two configurations, in words: the same for command line
and window."""

from __future__ import annotations

from typing import Any, Final

from console.i18n import catalogue, explain, language, t
from console.length_words import length
from console.services.config_diff import Change, ConfigDiff, Problem

#: A value longer than this is cut, characters.
_LONGEST: Final = 60


def part_name(part: str) -> str:
    """``filing standard``; a part this program does not know by its own word."""
    return t(f"config.part.{part}") if f"config.part.{part}" in catalogue(language()) else part


def field_name(part: str, name: str) -> str:
    """A field in words where it has some."""
    key = f"config.field.{name}"
    return t(key) if key in catalogue(language()) else name


def row_name(part: str, key: str) -> str:
    """A row by what people call it."""
    if part == "settings":
        known = f"settings.name.{key.replace('.', '_')}"
        return t(known) if known in catalogue(language()) else key
    return key


def value_words(value: Any, name: str = "") -> str:
    """One value of the field ``name``, short."""
    if value is None or value == "":
        return "–"
    if name.startswith("limit"):
        number, _, unit = str(value).rpartition(" ")
        if f"states.unit.{unit}" in catalogue(language()):
            return length(language(), int(number), unit) if number.isdecimal() else t(f"states.unit.{unit}")
    if isinstance(value, bool):
        return t("config.yes" if value else "config.no")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def fields_words(change: Change) -> str:
    """``limit: 5 → 4; team: – → t1``; of a row that comes or goes, what it is."""
    if change.kind == "changed":
        return "; ".join(
            f"{field_name(change.part, name)}: {value_words(here, name)} → {value_words(there, name)}"
            for name, here, there in change.fields
        )
    at = 1 if change.kind == "removed" else 2
    told = [(field[0], field[at]) for field in change.fields if field[at] not in (None, "", [], {})]
    return "; ".join(
        f"{field_name(change.part, name)}: {value_words(value, name)}" for name, value in told[:4]
    )


def change_line(change: Change) -> str:
    """One change on one line."""
    return t(
        f"config.line.{change.kind}",
        part=part_name(change.part),
        key=row_name(change.part, change.key),
        what=fields_words(change),
    )


def problem_line(problem: Problem) -> str:
    """A row that cannot be taken, and why."""
    key = row_name(problem.part, problem.key) or "–"
    why = " ".join(explain(problem.refusal))
    return t("config.line.problem", part=part_name(problem.part), key=key, why=why)


def counts_line(found: ConfigDiff) -> str:
    """The sum."""
    return t("config.line.counts", problems=len(found.problems), **found.counts())
