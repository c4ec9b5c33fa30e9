"""Which cameras the overview shows, and in which order. Pure: no widget.

A search is a walk over some hundred rows whose words were prepared before.
Pinyin initials are worked out a few cameras at a time (:meth:`OverviewIndex.prepare`),
since all of them at once would hold the screen up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.models.names import NOBODY, NameBook
from console.services.search import spelt

#: Values of :attr:`Query.show`.
ALL: Final = "all"
LIVE: Final = "live"
BAD: Final = "bad"
SHOWN: Final = (ALL, LIVE, BAD)
#: Values of :attr:`Query.order`.
BY_NAME: Final = "name"
BY_STATE: Final = "state"
BY_AGE: Final = "age"
ORDERS: Final = (BY_NAME, BY_STATE, BY_AGE)

#: What an officer has to do something about comes first, what is well last.
_WORST_FIRST: Final = (
    FeedState.LOST,
    FeedState.FROZEN,
    FeedState.UNAUTHORISED,
    FeedState.NOT_FOUND,
    FeedState.BAD_DATA,
    FeedState.BACKOFF,
    FeedState.STALE,
    FeedState.CONNECTING,
    FeedState.LIVE,
    FeedState.DISABLED,
)
_RANK: Final = {state: rank for rank, state in enumerate(_WORST_FIRST)}
_DIGITS: Final = re.compile(r"\d+")
_GAPS: Final = re.compile(r"[\s\-_/·.,()（）]+")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Every word of ``text`` must be found in name, pinyin
    initials, id, road, community or group; ``place`` is a key of
    :meth:`OverviewIndex.places`, empty for all."""

    text: str = ""
    show: str = ALL
    place: str = ""
    order: str = BY_NAME


@dataclass(slots=True)
class _Entry:
    camera: Camera
    sort: tuple[object, ...]
    words: str = ""
    letters: str | None = field(default=None)


class OverviewIndex:
    """All cameras, with what is known of their streams."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._states: Mapping[str, FeedState] = {}
        self._names = NOBODY
        self._waiting: list[_Entry] = []
        self._letters: dict[str, str] = {}
        self._counted: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Take the list as configured."""
        self._counted = None
        self._entries = [_Entry(camera, natural(camera.name, camera.id)) for camera in cameras]
        self._entries.sort(key=_by_name)
        self._describe()
        for entry in self._entries:
            entry.letters = self._letters.get(_spoken(entry.camera))
        self._waiting = [entry for entry in self._entries if entry.letters is None]

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names
        self._describe()

    def _describe(self) -> None:
        for entry in self._entries:
            c = entry.camera
            place = self._names.community(c.community)
            words = (c.id, c.name, c.road, place, c.grid, c.note, c.host, c.segment, c.owner, *c.groups)
            entry.words = "\n".join(words).casefold()

    def prepare(self, count: int) -> bool:
        """Work out the initials of ``count`` more cameras; False when done."""
        for _ in range(min(count, len(self._waiting))):
            self._letters_of(self._waiting.pop())
        return bool(self._waiting)

    def _letters_of(self, entry: _Entry) -> str:
        if entry.letters is None:
            text = _spoken(entry.camera)
            entry.letters = self._letters[text] = " ".join(spelt(word) for word in text.split("\n"))
        return entry.letters

    def set_states(self, states: Mapping[str, FeedState]) -> bool:
        """Take the streams' states; True when one of them is another than before."""
        if states == self._states:
            return False
        self._states = dict(states)
        self._counted = None
        return True

    def state(self, camera: Camera) -> FeedState:
        """What is known of a camera's stream; nothing known counts as on its way."""
        if not camera.enabled:
            return FeedState.DISABLED
        return self._states.get(camera.id, FeedState.CONNECTING)

    def counts(self) -> tuple[int, int]:
        """Live cameras, and those that should be."""
        if self._counted is None:
            wanted = [entry.camera for entry in self._entries if entry.camera.enabled]
            self._counted = sum(self.state(camera) is FeedState.LIVE for camera in wanted), len(wanted)
        return self._counted

    def places(self) -> list[tuple[str, str]]:
        """``(key, words)`` of communities and groups that have cameras, by name."""
        communities = {e.camera.community for e in self._entries if e.camera.community}
        named = [(f"c:{key}", self._names.community(key) or key) for key in communities]
        groups = {group for e in self._entries for group in e.camera.groups}
        return sorted(named, key=_second) + sorted(((f"g:{g}", g) for g in groups), key=_second)

    def find(self, query: Query, age: Callable[[str], float | None] | None = None) -> tuple[Camera, ...]:
        """Cameras for ``query`` in its order. ``age`` says how old a camera's
        picture is in seconds, ``None`` when it has none; needed for the order
        by age alone: the oldest first, those that never had one before them."""
        words = query.text.casefold().split()
        kept = [e for e in self._entries if self._fits(e, query) and all(self._has(e, w) for w in words)]
        if query.order == BY_STATE:
            kept.sort(key=self._by_state)
        elif query.order == BY_AGE and age is not None:
            ages = {e.camera.id: age(e.camera.id) for e in kept}
            kept.sort(key=lambda e: -_oldest(ages[e.camera.id]))
        return tuple(e.camera for e in kept)

    def _by_state(self, entry: _Entry) -> int:
        return _RANK.get(self.state(entry.camera), 0)

    def _fits(self, entry: _Entry, query: Query) -> bool:
        camera = entry.camera
        if query.show != ALL:
            live = self.state(camera) is FeedState.LIVE
            # A camera switched off on purpose is not missing.
            if live != (query.show == LIVE) or (not live and not camera.enabled):
                return False
        kind, _, key = query.place.partition(":")
        if kind == "c":
            return camera.community == key
        return key in camera.groups if kind == "g" else True

    def _has(self, entry: _Entry, word: str) -> bool:
        if word in entry.words:
            return True
        plain = _GAPS.sub("", word)
        return plain.isascii() and plain.isalpha() and plain in self._letters_of(entry)


def natural(*texts: str) -> tuple[object, ...]:
    """A key that puts ``-2`` before ``-10``: numbers count as numbers."""
    key: list[object] = []
    for text in texts:
        at = 0
        for found in _DIGITS.finditer(text):
            key += [text[at : found.start()].casefold(), int(found.group())]
            at = found.end()
        key += [text[at:].casefold(), -1]
    return tuple(key)


def _spoken(camera: Camera) -> str:
    return f"{camera.name}\n{camera.road}"


def _by_name(entry: _Entry) -> tuple[object, ...]:
    return entry.sort


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


def _oldest(age: float | None) -> float:
    return float("inf") if age is None else age
