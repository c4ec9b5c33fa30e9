"""Searches under a name, one set for the whole site.

They are kept in the settings as one JSON text with the number of its form, as
the layouts of the walls are.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, replace
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import clean, permissions
from console.services.found import SavedSearch
from console.services.ports import UnitOfWorkFactory

log = logging.getLogger(__name__)

KEY: Final = "saved_searches"
FORM: Final = 1
MOST: Final = 100
NAME_CHARS: Final = 40


class SavedSearchService:
    """Reads and changes them. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory) -> None:
        self._uows = uows

    def load(self, actor: Actor) -> tuple[SavedSearch, ...]:
        """All of them, in their order."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            return decode(uow.settings.get(KEY))

    def put(self, actor: Actor, search: SavedSearch, was: str = "", seen: int = 0) -> tuple[SavedSearch, ...]:
        """Add one; with ``was`` take the place of that one as it was ``seen``.
        Raises ``conflict`` when somebody was quicker or has the name."""
        permissions.demand(actor, "case.read")
        name = clean.line(search.name, "name", 200)
        if not name or len(name) > NAME_CHARS:
            raise Refusal("bad_value", "search_name", most=NAME_CHARS)
        return self._change(replace(search, name=name, by=actor.name), was, seen)

    def delete(self, actor: Actor, name: str, seen: int) -> tuple[SavedSearch, ...]:
        """Take one away. Raises ``conflict`` as :meth:`put` does."""
        permissions.demand(actor, "case.read")
        return self._change(None, name, seen)

    def _change(self, search: SavedSearch | None, was: str, seen: int) -> tuple[SavedSearch, ...]:
        with self._uows.write() as uow:
            rows = list(decode(uow.settings.get(KEY)))
            at = next((i for i, one in enumerate(rows) if one.name == was), None) if was else None
            if was and (at is None or rows[at].version != seen):
                raise Refusal("conflict", "search", name=was)
            if search is not None and any(one.name == search.name for one in rows if one.name != was):
                raise Refusal("conflict", "search_exists", name=search.name)
            if search is None:
                assert at is not None
                del rows[at]
            elif at is None:
                if len(rows) >= MOST:
                    raise Refusal("bad_value", "search_many", most=MOST)
                rows.append(replace(search, version=1))
            else:
                rows[at] = replace(search, version=seen + 1)
            uow.settings.put(KEY, encode(rows))
            uow.commit()
        return tuple(rows)


def encode(rows: list[SavedSearch]) -> str:
    """The text that is stored."""
    told = {"form": FORM, "searches": [asdict(one) for one in rows]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> tuple[SavedSearch, ...]:
    """What :func:`encode` wrote. What cannot be read is left out and logged; a
    newer program's text is refused, lest it be overwritten."""
    if not text:
        return ()
    try:
        raw = json.loads(text)
        if int(raw["form"]) > FORM:
            raise Refusal("bad_value", "search_newer")
        return tuple(
            SavedSearch(str(one["name"]), str(one["text"]), int(one["version"]), str(one.get("by", "")))
            for one in raw["searches"]
        )
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the saved searches cannot be read: %s", error)
        return ()
