"""Filters of the board that have a name, and how each person left the board.

Filters of the site and of single persons are one text in the settings; each
entry has a version of its own, so that two seats never overwrite each other.
How a person left the board (filter, order, list or columns) is a text of that
person's, so that it is there again after a restart, at whichever seat.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import permissions
from console.services.card_order import SORTS
from console.services.ports import UnitOfWork, UnitOfWorkFactory
from console.services.requests import Reading, Request

log = logging.getLogger(__name__)

#: Keys among the settings, and the form of the texts.
KEY: Final = "board.filters"
VIEW_KEY: Final = "board.view."
FORM: Final = 1
#: A name longer than this does not fit beside the board's title.
NAME_CHARS: Final = 40
#: A text to look for that is longer than this is a slip of the clipboard.
TEXT_CHARS: Final = 200
#: More than this nobody finds again.
MOST: Final = 100
_LISTS: Final = ("stages", "communities", "teams", "severities", "sources")


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What is shown: cases that fit every part that is not empty. ``stages``
    are stage keys of the board, ``severities`` and ``sources`` values of the
    vocabulary, ``teams`` and ``communities`` ids; ``mine``: those the person
    opened. A ``personal`` one belongs to ``by``; ``version`` 0 is not stored."""

    name: str = ""
    stages: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mine: bool = False
    text: str = ""
    personal: bool = True
    by: str = ""
    version: int = 0

    @property
    def empty(self) -> bool:
        """True when nothing is filtered."""
        return not (self.mine or self.text.strip() or any(getattr(self, name) for name in _LISTS))

    def same_as(self, other: BoardFilter) -> bool:
        """True when both show the same cases."""
        return _parts(self) == _parts(other)


@dataclass(frozen=True, slots=True)
class BoardHabit:
    """How a person left the board."""

    shown: BoardFilter = BoardFilter()
    sort: str = SORTS[0]
    listing: bool = False


@dataclass(frozen=True, slots=True)
class FilterShelf:
    """The filters a person sees, the site's first, and how the board was left
    (``None``: never)."""

    filters: tuple[BoardFilter, ...] = ()
    habit: BoardHabit | None = None


@dataclass(frozen=True, slots=True)
class LoadFilters(Reading):
    """→ ``FilterShelf``."""


@dataclass(frozen=True, slots=True)
class PutFilter(Request):
    """Add ``entry``, or let it take the place of the one called ``was`` of
    version ``seen`` → ``FilterShelf``."""

    entry: BoardFilter
    was: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class DeleteFilter(Request):
    """→ ``FilterShelf``."""

    entry: BoardFilter


@dataclass(frozen=True, slots=True)
class KeepHabit(Request):
    """Remember how the board is left → ``None``."""

    habit: BoardHabit


class FilterService:
    """Reads and changes the filters. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory) -> None:
        self._uows = uows

    def load(self, actor: Actor) -> FilterShelf:
        """What this person sees."""
        permissions.demand(actor, "board.read")
        with self._uows.read() as uow:
            return _shelf(uow, actor)

    def put(self, actor: Actor, entry: BoardFilter, was: str = "", seen: int = 0) -> FilterShelf:
        """Add or change. Raises ``conflict`` (``filter``: somebody was quicker,
        ``filter_exists``: the name is taken) and ``bad_value``."""
        entry = replace(
            entry, name=" ".join(entry.name.split()), text=" ".join(entry.text.split()), by=actor.name
        )
        _demand_right(actor, entry)
        _demand_sound(entry)
        return self._change(actor, entry, replace(entry, name=was, version=seen) if was else None)

    def delete(self, actor: Actor, entry: BoardFilter) -> FilterShelf:
        """Take one away. Raises ``conflict`` as :meth:`put` does."""
        _demand_right(actor, entry)
        return self._change(actor, None, entry)

    def keep(self, actor: Actor, habit: BoardHabit) -> None:
        """Remember how a person left the board."""
        permissions.demand(actor, "board.read")
        text = json.dumps({"form": FORM, **asdict(habit)}, ensure_ascii=False, separators=(",", ":"))
        with self._uows.write() as uow:
            if uow.settings.get(VIEW_KEY + actor.name) != text:
                uow.settings.put(VIEW_KEY + actor.name, text)
                uow.commit()

    def _change(self, actor: Actor, entry: BoardFilter | None, old: BoardFilter | None) -> FilterShelf:
        with self._uows.write() as uow:
            rows = list(decode(uow.settings.get(KEY)))
            at = None
            if old is not None:
                at = next((i for i, one in enumerate(rows) if _is(one, old, actor)), None)
                if at is None or rows[at].version != old.version:
                    raise Refusal("conflict", "filter", name=old.name)
            if entry is not None:
                taken = (i for i, one in enumerate(rows) if i != at and _is(one, entry, actor))
                if next(taken, None) is not None:
                    raise Refusal("conflict", "filter_exists", name=entry.name)
            if entry is None:
                assert at is not None
                del rows[at]
            elif at is None:
                if len(rows) >= MOST:
                    raise Refusal("bad_value", "filter_many", most=MOST)
                rows.append(replace(entry, version=1))
            else:
                rows[at] = replace(entry, version=rows[at].version + 1)
            uow.settings.put(KEY, encode(rows))
            uow.touch("setting")
            uow.commit()
        return self.load(actor)


def _demand_right(actor: Actor, entry: BoardFilter) -> None:
    permissions.demand(actor, "board.read" if entry.personal else "filter.edit")


def _demand_sound(entry: BoardFilter) -> None:
    if not entry.name or len(entry.name) > NAME_CHARS:
        raise Refusal("bad_value", "filter_name", most=NAME_CHARS)
    if len(entry.text) > TEXT_CHARS:
        raise Refusal("bad_value", "filter_text", most=TEXT_CHARS)
    if entry.empty:
        raise Refusal("bad_value", "filter_empty")


def _is(one: BoardFilter, wanted: BoardFilter, actor: Actor) -> bool:
    """The same entry: names are counted per site and per person."""
    if one.name != wanted.name or one.personal is not wanted.personal:
        return False
    return not one.personal or one.by == actor.name


def _shelf(uow: UnitOfWork, actor: Actor) -> FilterShelf:
    rows = decode(uow.settings.get(KEY))
    site = [one for one in rows if not one.personal]
    own = [one for one in rows if one.personal and one.by == actor.name]
    return FilterShelf((*site, *own), _habit(uow.settings.get(VIEW_KEY + actor.name)))


def _parts(one: BoardFilter) -> tuple[object, ...]:
    return (*(frozenset(getattr(one, name)) for name in _LISTS), one.mine, one.text.strip())


# The texts -------------------------------------------------------------------


def encode(rows: Sequence[BoardFilter]) -> str:
    """The filters as the text that is stored."""
    return json.dumps(
        {"form": FORM, "filters": [asdict(one) for one in rows]}, ensure_ascii=False, separators=(",", ":")
    )


def decode(text: str) -> tuple[BoardFilter, ...]:
    """What :func:`encode` wrote; an entry that cannot be read is left out and
    logged. A text of a newer program is refused, lest it be overwritten."""
    raw = _read(text)
    found: list[BoardFilter] = []
    rows = raw.get("filters", ())
    for row in rows if isinstance(rows, list) else ():
        try:
            found.append(_filter(row))
        except (KeyError, TypeError, ValueError) as error:
            log.warning("a stored filter cannot be read: %s", error)
    return tuple(found)


def _habit(text: str) -> BoardHabit | None:
    raw = _read(text)
    if not raw:
        return None
    try:
        sort = str(raw["sort"])
        return BoardHabit(
            _filter(raw["shown"]), sort if sort in SORTS else SORTS[0], bool(raw.get("listing", False))
        )
    except (KeyError, TypeError, ValueError) as error:
        log.warning("how the board was left cannot be read: %s", error)
        return None


def _read(text: str) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        raw = json.loads(text)
        form = int(raw["form"])
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the stored filters cannot be read: %s", error)
        return {}
    if form > FORM:
        raise Refusal("bad_value", "filter_newer")
    return dict(raw)


def _filter(row: Mapping[str, Any]) -> BoardFilter:
    lists: dict[str, Any] = {name: tuple(str(one) for one in row.get(name, ())) for name in _LISTS}
    return BoardFilter(
        name=str(row["name"]),
        **lists,
        mine=bool(row.get("mine", False)),
        text=str(row.get("text", "")),
        personal=bool(row["personal"]),
        by=str(row["by"]),
        version=int(row["version"]),
    )


def handlers(service: FilterService) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""

    def load(request: LoadFilters) -> FilterShelf:
        return service.load(request.actor)

    def put(request: PutFilter) -> FilterShelf:
        return service.put(request.actor, request.entry, request.was, request.seen)

    def delete(request: DeleteFilter) -> FilterShelf:
        return service.delete(request.actor, request.entry)

    def keep(request: KeepHabit) -> None:
        service.keep(request.actor, request.habit)

    return {LoadFilters: load, PutFilter: put, DeleteFilter: delete, KeepHabit: keep}
