"""Rows of a part of the configuration as a table on the screen, and as a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from console.config_words import field_name, part_name, row_name, value_words
from console.i18n import catalogue, language, t
from console.length_words import length
from console.reports.report_doc import Cell, Column, Table
from console.services import site_settings
from console.services.config_desk import PartView
from console.services.config_diff import Row

#: What is shown of each part, and how wide; others show key and words.
COLUMNS: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    "standard": (
        ("condition_id", 1.0), ("name", 1.6), ("condition", 3.2), ("limit", 1.2), ("team", 1.2),
        ("active", 0.6),
    ),
    "teams": (("id", 1.0), ("name", 1.8), ("own", 0.7), ("leader", 1.0), ("phone", 1.2)),
    "places": (("kind", 0.8), ("id", 1.6), ("name", 2.2), ("parent", 1.4), ("grade", 0.7)),
    "calendar": (("type", 1.0), ("from", 1.2), ("to", 1.2), ("start", 0.8), ("end", 0.8), ("name", 1.6)),
    "promises": (("kind", 1.2), ("limit", 1.2), ("category", 1.2), ("community", 1.2), ("hours", 0.8)),
    "thresholds": (
        ("clock", 1.2), ("step", 1.0), ("at", 0.8), ("severity", 0.8), ("category", 1.2), ("community", 1.2),
        ("hours", 0.8),
    ),
    "priorities": (
        ("key", 1.8), ("severity", 0.8), ("on_s", 1.0), ("off_s", 1.0), ("flaps", 1.0), ("within_s", 1.0),
    ),
    "checklists": (("category", 1.2), ("step", 0.5), ("kind", 0.8), ("text", 3.6), ("required", 0.7)),
    "settings": (("key", 3.0), ("value", 1.4), ("range", 1.6)),
}  # fmt: skip
#: Fields whose words are in both languages.
_BOTH: Final = {"name": "name", "condition": "condition", "text": "text"}
#: A new row of a part begins with these fields.
BLANK: Final[Mapping[str, tuple[str, ...]]] = {
    "teams": ("id", "name_zh", "name_en", "own", "communities", "categories", "leader", "phone"),
    "calendar": ("type", "from", "to", "start", "end", "name"),
    "promises": ("kind", "limit", "category", "community", "hours"),
    "thresholds": ("clock", "step", "at", "severity", "category", "community", "hours"),
    "checklists": ("category", "step", "kind", "text_zh", "text_en", "required"),
}
#: What a row of a table is called by: other parts have it as a key.
KEYS: Final[Mapping[str, str]] = {"teams": "id", "standard": "condition_id"}


def parts_table(views: tuple[PartView, ...]) -> Table:
    """The parts of a section: name, rows, what is missing."""
    rows = tuple(
        (
            Cell(part_name(view.name), tone="main"),
            Cell(len(view.rows), "count"),
            Cell(t("settings.year_short", year=view.year) if view.year else "", tone="warn"),
        )
        for view in views
    )
    columns = (
        Column(t("settings.column.part"), 2.2),
        Column(t("settings.column.rows"), 0.9, right=True),
        Column("", 0.9),
    )
    return Table("", columns, rows)


def rows_table(view: PartView) -> tuple[Table, tuple[str, ...]]:
    """A part's rows, and the key of each."""
    shape = COLUMNS.get(view.name, (("key", 1.4), ("what", 4.0)))
    columns = tuple(Column(column_title(view.name, name), wide) for name, wide in shape)
    rows = tuple(
        tuple(_cell(view.name, key, row, name) for name, _wide in shape) for key, row in view.rows.items()
    )
    return Table("", columns, rows), tuple(view.rows)


def column_title(part: str, name: str) -> str:
    """A column in words."""
    known = f"settings.column.{name}"
    return t(known) if known in catalogue(language()) else field_name(part, name)


def _cell(part: str, key: str, row: Row, name: str) -> Cell:
    if name == "key":
        return Cell(row_name(part, key))
    if name == "range":
        return Cell(range_words(key), tone="muted")
    if name == "what":
        return Cell("; ".join(f"{field_name(part, n)}: {value_words(v)}" for n, v in row.items()))
    if part == "standard" and name == "limit":
        return Cell(length(language(), int(row["limit_value"]), row["limit_unit"]))
    if name in _BOTH and f"{name}_zh" in row:
        own, other = (row[f"{name}_{one}"] for one in (language(), "zh" if language() == "en" else "en"))
        return Cell(own or other)
    return Cell(said(part, key, name, row.get(name)))


def said(part: str, key: str, name: str, value: Any) -> str:
    """A value in words, with its unit."""
    if part == "settings":
        unit = _unit(key)
        if unit == "switch":
            return t("config.yes" if value == "1" else "config.no")
        known = f"settings.value.{key.replace('.', '_')}.{value}"
        if known in catalogue(language()):
            return t(known)
        return f"{value} {t(f'settings.unit.{unit}')}" if unit and value else value_words(value)
    if part == "promises" and name == "limit":
        number, _, unit = str(value).partition(" ")
        return length(language(), int(number), unit)
    if name in ("own", "active") and value in ("0", "1"):
        return t("config.yes" if value == "1" else "config.no")
    if name in ("on_s", "off_s", "within_s") and value is not None:
        return t("settings.seconds", n=value)
    known = f"settings.word.{value}".replace("%", "")
    return t(known) if isinstance(value, str) and known in catalogue(language()) else value_words(value)


def range_words(key: str) -> str:
    """What a number may be: ``10–5000 m``."""
    found = site_settings.NUMBERS.get(key)
    if found is None or _unit(key) == "switch":
        return ""
    unit = _unit(key)
    words = t(f"settings.unit.{unit}") if unit else ""
    return t("settings.range", low=found[1], high=found[2], unit=words, usual=found[0]).replace("  ", " ")


def _unit(key: str) -> str:
    name = f"settings.unit_of.{key.replace('.', '_')}"
    return t(name) if name in catalogue(language()) else ""


def form_fields(row: Row) -> tuple[str, ...]:
    """The fields of a row that plain text can say."""
    return tuple(name for name, value in row.items() if not isinstance(value, dict | list))


def typed(row: Row, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as a row: numbers stay numbers, switches switches."""
    made = dict(row)
    for name, text in texts.items():
        old = row.get(name)
        clean = text.strip()
        if isinstance(old, bool):
            made[name] = clean.casefold() in ("1", "true", "yes", "y", "是")
        elif isinstance(old, int) and clean.lstrip("-").isdecimal():
            made[name] = int(clean)
        else:
            made[name] = clean
    return made


def plain(value: Any, name: str = "") -> str:
    """A value as it is typed."""
    if value is None:
        return ""
    if name == "limit" and value:
        return value_words(value, name)
    if isinstance(value, bool):
        return t("config.yes" if value else "config.no")
    return str(value)


def new_key(part: str, row: Row) -> str:
    """The key of a row somebody has just typed."""
    if part in KEYS:
        return str(row.get(KEYS[part], ""))
    if part == "calendar":
        start = f"T{row.get('start')}" if row.get("type") == "period" else ""
        return f"{row.get('type')}:{row.get('from')}{start}"
    if part == "checklists":
        return f"{row.get('category')}/{row.get('step')}"
    first = ("clock", "step") if part == "thresholds" else ("kind",)
    scope = (*first, "category", "community", "hours")
    return " ".join(str(row[name]) for name in scope if row.get(name))
