"""Sampling of ended cases: who is drawn, what is judged, how a verdict stands.

A centre that follows APCO/NENA ANS 1.107.1 looks at no less than 2 % of the work
of every person, drawn at random, the whole chain of taking and dispatch. Here a
draw is made once for an ISO week of the site: the week's ended cases are put to
everybody who had a hand in them, and of each person's the share is drawn, one at
the least. Whoever knows seed and pool draws the same again (:func:`draw`): each
case gets the hash of seed, person and number, and the smallest hashes are drawn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from console.domain.errors import Refusal
from console.domain.vocabulary import Role

#: Share of a person's cases that is drawn, in ten-thousandths: 2 %.
SHARE: Final = 200
#: Cases drawn of everybody who had any.
LEAST: Final = 1
#: How long the person named may object to a verdict.
OBJECTION: Final = timedelta(days=7)
#: Words said in a review, characters.
WORDS_LEAST: Final = 2
WORDS_MOST: Final = 2000
#: Nobody signs for these: their work is not a person's.
NOBODY: Final = frozenset({"", Role.SYSTEM.value})
_WEEK: Final = re.compile(r"(\d{4})-?[Ww](\d{1,2})")


class Part(StrEnum):
    """What a person did in a case (受理、派遣、结案)."""

    TAKING = "taking"
    DISPATCH = "dispatch"
    CLOSING = "closing"


class Standing(StrEnum):
    """Where a review stands: drawn, judged, objected to, judged again."""

    WAITING = "waiting"
    GIVEN = "given"
    DISPUTED = "disputed"
    SETTLED = "settled"


class Verdict(StrEnum):
    """合格, 有瑕疵, 不合格."""

    PASS = "pass"
    MINOR = "minor"
    FAIL = "fail"


class Answer(StrEnum):
    """To one line of the checklist."""

    YES = "yes"
    NO = "no"
    NONE = "na"


@dataclass(frozen=True, slots=True)
class EndedCase:
    """An ended case and who had a hand in it."""

    id: str
    owner: str
    filed_by: str
    dispatched_by: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One question of the checklist; ``part``: for whom it is asked, empty for all."""

    id: str
    zh: str
    en: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """One week's draw. ``share`` in ten-thousandths; ``seed`` is the head of the
    event chain as it was, number ``seed_seq``, so nobody chose it; ``pool``: how
    many cases each person had; ``pool_sha256`` names them all (:func:`digest`)."""

    week: str
    drawn_at: datetime
    drawn_by: str
    seed: str
    seed_seq: int
    share: int = SHARE
    least: int = LEAST
    pool: Mapping[str, int] = field(default_factory=dict)
    pool_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One drawn case of one person, and what was said about it. ``answers``:
    line of the checklist → ``Answer``; ``checklist`` its version; ``second_…``:
    what another person found after an objection, which stands."""

    id: str
    week: str
    case: str
    officer: str
    parts: tuple[Part, ...]
    standing: Standing = Standing.WAITING
    verdict: Verdict | None = None
    reviewer: str = ""
    given_at: datetime | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    checklist: int = 0
    words: str = ""
    dispute: str = ""
    disputed_at: datetime | None = None
    second: Verdict | None = None
    second_by: str = ""
    second_at: datetime | None = None
    second_words: str = ""
    version: int = 1

    @property
    def stands(self) -> Verdict | None:
        """The verdict in force: the second one where there is one."""
        return self.second or self.verdict


# -- weeks --------------------------------------------------------------------------


def week_of(at: datetime, zone: tzinfo) -> str:
    """``2026-W47``: the ISO week of an instant at the site."""
    year, number, _ = at.astimezone(zone).isocalendar()
    return f"{year}-W{number:02d}"


def week_bounds(week: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """First instant of a week (Monday 00:00) and of the next. Raises
    ``Refusal('bad_value', 'week')`` for what is no week."""
    found = _WEEK.fullmatch(week.strip())
    try:
        if found is None:
            raise ValueError
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        after = monday + timedelta(days=7)
    except (ValueError, OverflowError):
        raise Refusal("bad_value", "week", week=week[:20]) from None
    return (
        datetime.combine(monday, time(), tzinfo=zone),
        datetime.combine(after, time(), tzinfo=zone),
    )


def named_week(week: str, zone: tzinfo) -> str:
    """A week as it is written here, from ``2026w7`` and the like."""
    return week_of(week_bounds(week, zone)[0], zone)


# -- drawing ------------------------------------------------------------------------


def hands(case: EndedCase) -> dict[str, tuple[Part, ...]]:
    """Who did what in a case: it was filed (or, where it never was, taken) by
    one, dispatched by one, closed by one."""
    did = (
        (case.filed_by or case.owner, Part.TAKING),
        (case.dispatched_by, Part.DISPATCH),
        (case.closed_by, Part.CLOSING),
    )
    found: dict[str, tuple[Part, ...]] = {}
    for who, part in did:
        if who not in NOBODY:
            found[who] = (*found.get(who, ()), part)
    return found


def pool(cases: Iterable[EndedCase]) -> dict[str, dict[str, tuple[Part, ...]]]:
    """Person → case → what the person did in it."""
    found: dict[str, dict[str, tuple[Part, ...]]] = {}
    for case in cases:
        for who, parts in hands(case).items():
            found.setdefault(who, {})[case.id] = parts
    return found


def digest(people: Mapping[str, Iterable[str]]) -> str:
    """SHA-256 over the pool, whatever order it came in."""
    lines = sorted(f"{who}\t{case}" for who, cases in people.items() for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def count(total: int, share: int = SHARE, least: int = LEAST) -> int:
    """How many of ``total`` cases are drawn: the share rounded up, the least at
    the least, never more than there are."""
    return min(total, max(least, -(-total * share // 10_000)))


def draw(
    seed: str, people: Mapping[str, Iterable[str]], share: int = SHARE, least: int = LEAST
) -> dict[str, tuple[str, ...]]:
    """Person → cases drawn, in the order of the hashes. The same seed and pool
    draw the same, in whatever order the pool is told."""
    found: dict[str, tuple[str, ...]] = {}
    for who in sorted(people):
        ranked = sorted((_rank(seed, who, case), case) for case in people[who])
        found[who] = tuple(case for _, case in ranked[: count(len(ranked), share, least)])
    return found


def _rank(seed: str, who: str, case: str) -> str:
    return hashlib.sha256(f"{seed}\n{who}\n{case}".encode()).hexdigest()


# -- judging ------------------------------------------------------------------------


def lines_for(checklist: Iterable[CheckLine], parts: Iterable[Part]) -> tuple[CheckLine, ...]:
    """The lines that are asked about what this person did."""
    own = {part.value for part in parts}
    return tuple(line for line in checklist if not line.part or line.part in own)


def judged(verdict: str, answers: Mapping[str, str], words: str, asked: Iterable[CheckLine]) -> Verdict:
    """The verdict when it holds together. Raises ``bad_value``: ``verdict`` for
    none of the three, ``answer`` for an unknown line or answer, ``unanswered``
    for a line without one, ``pass_with_fault`` and ``fault_without`` where answers
    and verdict say different things; ``missing_reason`` for a fault without words."""
    known = {one.value: one for one in Verdict}
    if verdict not in known:
        raise Refusal("bad_value", "verdict", value=verdict[:20], allowed=", ".join(known))
    lines = {line.id: line for line in asked}
    allowed = {one.value for one in Answer}
    for name, value in answers.items():
        if name not in lines or value not in allowed:
            raise Refusal("bad_value", "answer", line=name[:40], value=value[:20])
    left = [name for name in lines if name not in answers]
    if left:
        raise Refusal("bad_value", "unanswered", n=len(left), line=left[0])
    faults = [name for name, value in answers.items() if value == Answer.NO]
    found = known[verdict]
    if found is Verdict.PASS and faults:
        raise Refusal("bad_value", "pass_with_fault", n=len(faults))
    if found is not Verdict.PASS and lines and not faults:
        raise Refusal("bad_value", "fault_without")
    if found is not Verdict.PASS:
        said(words)
    return found


def said(words: str) -> str:
    """Words that must be there. Raises ``missing_reason`` and ``too_long``."""
    kept = words.strip()
    if len(kept) < WORDS_LEAST:
        raise Refusal("missing_reason", "", action="review")
    if len(kept) > WORDS_MOST:
        raise Refusal("bad_value", "too_long", most=WORDS_MOST, length=len(kept))
    return kept


def may_object(review: Review, now: datetime) -> bool:
    """True while the person named may object: to a verdict with a fault, within
    :data:`OBJECTION`, once."""
    return (
        review.standing is Standing.GIVEN
        and review.verdict not in (None, Verdict.PASS)
        and review.given_at is not None
        and now < review.given_at + OBJECTION
    )
