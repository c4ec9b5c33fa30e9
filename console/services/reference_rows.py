"""Reference data as the rows of its own tables: what an import reads, written again."""

from __future__ import annotations

from collections.abc import Mapping

from console.domain.model import Condition, Place, Team


def condition_cells(one: Condition) -> dict[str, str]:
    """A condition in the columns of a filing standard."""
    graded = {
        f"limit_{limit.grade.lower()}": f"{limit.value} {limit.unit.value}" for limit in one.grade_limits
    }
    plain = {
        name: str(getattr(one, name))
        for name in (
            "condition_id", "code_2013", "name_zh", "name_en", "condition_zh", "condition_en", "closing_zh",
            "closing_en", "team", "team_also", "not_to_file", "not_to_file_en", "limit_source",
        )
    }  # fmt: skip
    return {
        **plain,
        "standard": one.category.standard,
        "kind": one.category.kind,
        "code": one.category.code,
        "limit_value": str(one.limit_value),
        "limit_unit": one.limit_unit.value,
        "active": "1" if one.active else "0",
        **{name: graded.get(name, "") for name in ("limit_a", "limit_b", "limit_c")},
    }


def team_cells(one: Team) -> dict[str, str]:
    """A team in the columns of the table of teams."""
    return {
        "id": one.id,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "own": "1" if one.own else "0",
        "communities": ";".join(one.communities),
        "categories": ";".join(one.categories),
        "leader": one.leader,
        "phone": one.phone,
    }


def place_cells(one: Place) -> dict[str, str]:
    """A place in the columns of the table of places."""
    return {
        "kind": one.kind,
        "id": one.id,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "parent": one.parent,
        "lon": "" if one.lon is None else repr(one.lon),
        "lat": "" if one.lat is None else repr(one.lat),
        "wkt": one.wkt,
        "grade": one.grade,
    }


def calendar_cells(row: Mapping[str, str]) -> dict[str, str]:
    """A row of the calendar; what is empty stays empty."""
    return {name: row.get(name) or "" for name in ("type", "from", "to", "start", "end", "name")}
