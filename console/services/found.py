"""What a search page asks, and what it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from console.domain.model import Case
from console.services.requests import Prompt, Reading, Request

#: A search tells of so many cases at most; beyond it says "1000+".
MOST_FOUND = 1000
#: Rows that come along with the answer; the page asks for the rest as it scrolls.
FIRST_ROWS = 50


@dataclass(frozen=True, slots=True)
class FindCases(Prompt):
    """One line of search → :class:`Found`."""

    text: str


@dataclass(frozen=True, slots=True)
class LoadFound(Prompt):
    """Cases of an answer by id, in that order → ``tuple[Case, ...]``."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; ``rows`` is 0 and ``stopped`` true when it was called off."""

    file: Path
    rows: int
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The newest cases of one line: ``ids`` of all that are told of, the first
    ``rows`` of them. ``more``: there are others beyond the bound. ``words`` are
    those to be shown where they stand."""

    text: str
    ids: tuple[str, ...] = ()
    rows: tuple[Case, ...] = ()
    more: bool = False
    words: tuple[str, ...] = ()
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A line under a name. ``version`` grows with each change, ``by`` is who
    changed it last."""

    name: str
    text: str
    version: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class LoadSearches(Reading):
    """→ ``tuple[SavedSearch, ...]``, the site's, in their order."""


@dataclass(frozen=True, slots=True)
class PutSearch(Request):
    """Keep a line under a name; with ``was`` in the place of that one, as it
    was seen → ``tuple[SavedSearch, ...]``."""

    search: SavedSearch
    was: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class DeleteSearch(Request):
    """→ ``tuple[SavedSearch, ...]`` without it."""

    name: str
    seen: int
