"""What another configuration would change: rows by part and key, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.domain.errors import Refusal

#: A row as it stands in the file: plain JSON values by name.
Row = Mapping[str, Any]
Rows = Mapping[str, Row]

ADDED: Final = "added"
CHANGED: Final = "changed"
REMOVED: Final = "removed"
#: Only here, and it stays: cases, histories or people may name it.
KEPT: Final = "kept"
KINDS: Final = (ADDED, CHANGED, REMOVED, KEPT)


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differs. ``fields`` are ``(name, here, in the file)`` for what
    differs, with ``None`` where one side has none."""

    part: str
    key: str
    kind: str
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the file that cannot be taken, and why."""

    part: str
    key: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ConfigDiff:
    """The whole comparison. ``parts`` are those the file has; ``unknown`` those
    this program does not know; ``form`` the file's own."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    parts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    form: int = 0
    made_at: str = ""
    site: str = ""

    @property
    def effective(self) -> tuple[Change, ...]:
        """What would become different here."""
        return tuple(one for one in self.changes if one.kind != KEPT)

    @property
    def ok(self) -> bool:
        """True when it can be applied."""
        return not self.problems

    def counts(self) -> dict[str, int]:
        """How many rows of each kind, all of them named."""
        return {kind: sum(one.kind == kind for one in self.changes) for kind in KINDS}


def compare(part: str, here: Rows, wanted: Rows, *, removes: bool) -> list[Change]:
    """The changes of a part, in the order of its file, what is only here last.
    ``removes``: what the file does not have goes."""
    found: list[Change] = []
    for key, row in wanted.items():
        old = here.get(key)
        fields = differences(old or {}, row)
        if old is None:
            found.append(Change(part, key, ADDED, fields))
        elif fields:
            found.append(Change(part, key, CHANGED, fields))
    gone = REMOVED if removes else KEPT
    found += [
        Change(part, key, gone, differences(row, {}) if removes else ())
        for key, row in here.items()
        if key not in wanted
    ]
    return found


def differences(here: Row, wanted: Row) -> tuple[tuple[str, Any, Any], ...]:
    """What differs; a name that one side leaves out and that is empty on the
    other is the same."""
    names = dict.fromkeys((*wanted, *here))
    pairs: Iterable[tuple[str, Any, Any]] = ((name, here.get(name), wanted.get(name)) for name in names)
    return tuple(
        (name, old, new) for name, old, new in pairs if (old or None) != (new or None) or _odd(old, new)
    )


def _odd(old: Any, new: Any) -> bool:
    """``0`` and ``False`` are no empty text: a switch that goes off counts."""
    return old is not None and new is not None and old != new
