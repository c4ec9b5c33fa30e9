"""Named layouts, salvos and tours of the site: one text in the settings.

Every entry carries a version of its own: whoever changes one names the version
that was looked at, so that two seats never overwrite each other's work, while
changes to different entries never stand in each other's way.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import audit, permissions
from console.services.ports import Clock, UnitOfWorkFactory

log = logging.getLogger(__name__)

#: Key of the text among the settings, and the form it has.
KEY: Final = "wall.layouts"
FORM: Final = 1
#: A name longer than this does not fit a menu.
NAME_CHARS: Final = 40
#: More of one kind than this nobody finds again.
MOST: Final = 200
#: Kinds of a stored tour, and how many stops one may have.
TOUR_KINDS: Final = ("layouts", "group", "cameras")
MOST_STOPS: Final = 200
#: A stop shorter than this cannot be looked at, a longer one is no tour; seconds.
DWELL_S: Final = (2, 600)


@dataclass(frozen=True, slots=True)
class Hung:
    """What hangs on one wall. ``layout`` is a preset's name, or a free one's
    with ``columns`` × ``rows`` units and ``cells`` as ``(x, y, w, h)``;
    ``slots`` are tokens in tile order, ``""`` for an empty tile; ``pins`` are
    (tile, token) of tiles that keep what they show, which is not in ``slots``;
    ``alarm_tiles`` are lent to high alarms, ``None`` as the preset has them."""

    layout: str
    slots: tuple[str, ...] = ()
    locked: bool = False
    columns: int = 0
    rows: int = 0
    cells: tuple[tuple[int, int, int, int], ...] = ()
    pins: tuple[tuple[int, str], ...] = ()
    alarm_tiles: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """One wall under a name; ``hung.locked`` guards the entry too."""

    name: str
    hung: Hung
    by: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Salvo:
    """All walls at once: place (``page``, ``wall-1`` …) and what hangs there."""

    name: str
    walls: tuple[tuple[str, Hung], ...]
    by: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class TourPlan:
    """``kind``: ``layouts`` (``stops`` are names of layouts), ``group``
    (``stops`` are names of groups, the wall walks through pages of their
    cameras) or ``cameras`` (``stops`` are tokens, one tile walks through them)."""

    name: str
    kind: str
    stops: tuple[str, ...]
    dwell_s: int = 10
    by: str = ""
    version: int = 0


Entry = NamedLayout | Salvo | TourPlan


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that has a name, each kind in its own order."""

    layouts: tuple[NamedLayout, ...] = ()
    salvos: tuple[Salvo, ...] = ()
    tours: tuple[TourPlan, ...] = ()

    def of(self, kind: str) -> tuple[Entry, ...]:
        """Entries of ``layouts``, ``salvos`` or ``tours``."""
        found: tuple[Entry, ...] = getattr(self, kind)
        return found

    def find(self, kind: str, name: str) -> Entry | None:
        """The entry of that name."""
        return next((one for one in self.of(kind) if one.name == name), None)

    def layout(self, name: str) -> NamedLayout | None:
        """The named layout ``name``."""
        return next((one for one in self.layouts if one.name == name), None)


def kind_of(entry: Entry) -> str:
    """``layouts``, ``salvos`` or ``tours``."""
    if isinstance(entry, NamedLayout):
        return "layouts"
    return "salvos" if isinstance(entry, Salvo) else "tours"


class WallLayoutService:
    """Reads and changes the library. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def load(self, actor: Actor) -> Library:
        """Everything, for whoever may see the cameras."""
        permissions.demand(actor, "camera.read")
        return self.library()

    def library(self) -> Library:
        """Everything, for the program's own start."""
        with self._uows.read() as uow:
            return decode(uow.settings.get(KEY))

    def put(self, actor: Actor, entry: Entry, was: str = "", seen: int = 0) -> Library:
        """Add ``entry``; with ``was`` take the place of the entry of that name
        and version ``seen`` (its own name may be another one). Raises
        ``conflict`` when somebody was quicker, ``bad_value`` for a bad name."""
        permissions.demand(actor, "layout.edit")
        entry = replace(entry, name=" ".join(entry.name.split()), by=actor.name)
        _demand_sound(entry)
        return self._change(actor, kind_of(entry), entry, was, seen)

    def delete(self, actor: Actor, kind: str, name: str, seen: int) -> Library:
        """Take an entry away. Raises ``conflict`` as :meth:`put` does, and
        ``bad_value`` (``layout_locked``) for one locked against accident."""
        permissions.demand(actor, "layout.edit")
        return self._change(actor, kind, None, name, seen)

    def _change(self, actor: Actor, kind: str, entry: Entry | None, was: str, seen: int) -> Library:
        with self._uows.write() as uow:
            library = decode(uow.settings.get(KEY))
            rows = list(library.of(kind))
            at = next((i for i, one in enumerate(rows) if one.name == was), None) if was else None
            if was and (at is None or rows[at].version != seen):
                raise Refusal("conflict", "layout", name=was)
            if entry is not None and any(one.name == entry.name for one in rows if one.name != was):
                raise Refusal("conflict", "layout_exists", name=entry.name)
            if at is not None:
                _demand_unlocked(rows[at], entry)
            if entry is None:
                assert at is not None
                del rows[at]
            elif at is None:
                if len(rows) >= MOST:
                    raise Refusal("bad_value", "layout_many", most=MOST)
                rows.append(replace(entry, version=1))
            else:
                rows[at] = replace(entry, version=seen + 1)
            changed: dict[str, Any] = {kind: tuple(rows)}
            library = replace(library, **changed)
            uow.settings.put(KEY, encode(library))
            names = [was, entry.name if entry is not None else ""]
            audit.changed(uow, self._clock, actor, "layout", kind=kind, name=names)
            uow.commit()
        return library


def _demand_sound(entry: Entry) -> None:
    if not entry.name or len(entry.name) > NAME_CHARS:
        raise Refusal("bad_value", "layout_name", most=NAME_CHARS)
    if isinstance(entry, TourPlan) and not (
        entry.kind in TOUR_KINDS
        and 1 <= len(entry.stops) <= MOST_STOPS
        and DWELL_S[0] <= entry.dwell_s <= DWELL_S[1]
    ):
        raise Refusal("bad_value", "layout_tour", least=DWELL_S[0], most=DWELL_S[1])


def _demand_unlocked(old: Entry, new: Entry | None) -> None:
    """A locked layout may be renamed or unlocked, and nothing else."""
    if not isinstance(old, NamedLayout) or not old.hung.locked:
        return
    if isinstance(new, NamedLayout) and replace(new.hung, locked=True) == old.hung:
        return
    raise Refusal("bad_value", "layout_locked", name=old.name)


# The text --------------------------------------------------------------------


def encode(library: Library) -> str:
    """The library as the text that is stored."""
    return json.dumps({"form": FORM, **asdict(library)}, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Library:
    """What :func:`encode` wrote. An entry that cannot be read is left out and
    logged; a text from a newer program is refused, lest it be overwritten."""
    if not text:
        return Library()
    try:
        raw = json.loads(text)
        form = int(raw["form"])
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the stored layouts cannot be read: %s", error)
        return Library()
    if form > FORM:
        raise Refusal("bad_value", "layout_newer")
    return Library(
        tuple(_each(raw.get("layouts"), _layout)),
        tuple(_each(raw.get("salvos"), _salvo)),
        tuple(_each(raw.get("tours"), _tour)),
    )


def _each(rows: object, make: Any) -> list[Any]:
    made = []
    for row in rows if isinstance(rows, list) else []:
        try:
            made.append(make(row))
        except (KeyError, TypeError, ValueError) as error:
            log.warning("a stored layout cannot be read: %s", error)
    return made


def hung_from(row: Mapping[str, Any]) -> Hung:
    """One wall out of JSON. Raises ``KeyError``, ``TypeError``, ``ValueError``."""
    cells = tuple((int(x), int(y), int(w), int(h)) for x, y, w, h in row.get("cells", ()))
    return Hung(
        str(row["layout"]),
        _texts(row.get("slots", ())),
        bool(row.get("locked", False)),
        int(row.get("columns", 0)),
        int(row.get("rows", 0)),
        cells,
        tuple((int(tile), str(token)) for tile, token in row.get("pins", ())),
        None if row.get("alarm_tiles") is None else tuple(sorted({int(one) for one in row["alarm_tiles"]})),
    )


def _texts(rows: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(one) for one in rows)


def _layout(row: Mapping[str, Any]) -> NamedLayout:
    return NamedLayout(str(row["name"]), hung_from(row["hung"]), str(row["by"]), int(row["version"]))


def _salvo(row: Mapping[str, Any]) -> Salvo:
    walls = tuple((str(place), hung_from(hung)) for place, hung in row["walls"])
    return Salvo(str(row["name"]), walls, str(row["by"]), int(row["version"]))


def _tour(row: Mapping[str, Any]) -> TourPlan:
    stops, dwell_s = _texts(row["stops"]), int(row["dwell_s"])
    return TourPlan(str(row["name"]), str(row["kind"]), stops, dwell_s, str(row["by"]), int(row["version"]))
