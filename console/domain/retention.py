"""How long evidence is kept (留存), and what is kept whatever its age.

A rule is a number of days for each kind of file, counted from the day its case
ended (or from the day the file was added, where that was later); 0 keeps a kind for
good. No rule is shorter than 30 days: pictures of public places are kept at least
so long (公共安全视频图像信息系统管理条例, in force 2025-04-01). Files of cases that
are open, were appealed or supervised, wait for a second person or are under
review are kept, and so is a file that another such case uses as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.domain.vocabulary import EvidenceKind

#: Days a rule may name beside 0 (for good).
DAYS: Final = (30, 36_500)
#: Why a file past its age is kept, the strongest reason first.
GUARDS: Final = ("open", "appeal", "supervised", "review", "request", "shared")


@dataclass(frozen=True, slots=True)
class Rules:
    """Days by kind; a kind that is not named is kept for good. ``auto``: the
    watch removes what is due after each good backup. ``version`` is compared
    when the rules are changed."""

    days: Mapping[EvidenceKind, int] = field(default_factory=dict)
    auto: bool = False
    version: int = 0

    def cutoff(self, kind: EvidenceKind, now: datetime) -> datetime | None:
        """What ended before this may go; ``None``: nothing of the kind."""
        days = self.days.get(kind, 0)
        return now - timedelta(days=days) if days else None


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of one case. ``ended_at`` is ``None`` while the case is open;
    ``guards`` are what the record says for keeping it, of :data:`GUARDS`."""

    sha256: str
    kind: EvidenceKind
    bytes: int
    case: str
    added_at: datetime
    ended_at: datetime | None
    guards: frozenset[str] = frozenset()

    def due(self, rules: Rules, now: datetime) -> bool:
        """Past its age, whatever speaks for keeping it."""
        cutoff = rules.cutoff(self.kind, now)
        last = max(self.added_at, self.ended_at) if self.ended_at is not None else self.added_at
        return cutoff is not None and last < cutoff

    @property
    def guard(self) -> str:
        """The strongest reason to keep it; empty: none."""
        if self.ended_at is None:
            return "open"
        return next((one for one in GUARDS if one in self.guards), "")


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules mean for one kind: files and bytes that go, and files
    past their age that stay, by reason. ``days`` 0: kept for good."""

    kind: EvidenceKind
    days: int
    files: int = 0
    bytes: int = 0
    oldest: datetime | None = None
    kept: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be removed. ``pieces``: every file once for each case that
    names it; ``lines``: one for each kind, in the order of the kinds."""

    pieces: tuple[Piece, ...]
    lines: tuple[Line, ...]

    @property
    def files(self) -> int:
        """Files that go, each counted once."""
        return len({one.sha256 for one in self.pieces})

    @property
    def bytes(self) -> int:
        """Their size."""
        return sum({one.sha256: one.bytes for one in self.pieces}.values())


def plan(pieces: Iterable[Piece], rules: Rules, now: datetime, shared: Sequence[Piece] = ()) -> Plan:
    """What the rules mean for ``pieces`` (those of any age, all that are on the
    disk). ``shared``: other uses of the same contents that are not due."""
    due = [one for one in pieces if one.due(rules, now)]
    held = {one.sha256 for one in shared}
    held |= {one.sha256 for one in due if one.guard}
    going: list[Piece] = []
    kept: dict[EvidenceKind, dict[str, int]] = {}
    for one in due:
        why = one.guard or ("shared" if one.sha256 in held else "")
        if why:
            by = kept.setdefault(one.kind, {})
            by[why] = by.get(why, 0) + 1
        else:
            going.append(one)
    return Plan(tuple(going), tuple(_line(kind, rules, going, kept.get(kind, {})) for kind in EvidenceKind))


def _line(kind: EvidenceKind, rules: Rules, going: Sequence[Piece], kept: Mapping[str, int]) -> Line:
    own = [one for one in going if one.kind is kind]
    sizes = {one.sha256: one.bytes for one in own}
    oldest = min((one.added_at for one in own), default=None)
    return Line(kind, rules.days.get(kind, 0), len(sizes), sum(sizes.values()), oldest, kept)
