"""Sampling of ended cases: drawing, judging, objecting, looking again.

Everything is in the site's chain, under no case: what is said about a person's
work does not leave the house with a case's evidence. The rows beside it are for
lists and filters; :meth:`ReviewService.check` holds them against the chain and
draws again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from console.domain import review, rights
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Event, EventDraft
from console.domain.review import CheckLine, Draw, Review, Standing
from console.domain.vocabulary import Action
from console.services import permissions, review_list
from console.services.figures import SITE_ZONE
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.review_records import ReviewQuery

SAMPLE: Final = "sample"
#: No less than the published 2 %, no more than every case, ten-thousandths.
LEAST_SHARE, MOST_SHARE = review.SHARE, 10_000


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review and the case it is about."""

    review: Review
    case: Case


@dataclass(frozen=True, slots=True)
class ReviewList:
    """Reviews, newest week first. ``draws``: the weeks drawn; ``due``: the last
    week that ended, when it has not been drawn yet; ``own`` True when only
    one's own are shown."""

    rows: tuple[ReviewRow, ...]
    draws: tuple[Draw, ...]
    due: str
    own: bool
    checklist: review_list.Checklist


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """One review with the whole chain of its case and the lines that are asked."""

    review: Review
    case: Case
    events: tuple[Event, ...]
    lines: tuple[CheckLine, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """What waits for somebody: ``faults`` found in their work to which they may
    still object, ``disputes`` that want a second look and may have theirs."""

    faults: int = 0
    disputes: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw and its reviews; ``fresh`` False when the week had been drawn."""

    draw: Draw
    reviews: tuple[Review, ...]
    fresh: bool


@dataclass(frozen=True, slots=True)
class DrawCheck:
    """Does a draw hold? ``in_chain``: the chain tells of it as the rows do;
    ``same_pool``: the week's ended cases are those it was drawn from;
    ``same_draw``: seed and pool draw the same cases again (``None`` when the pool
    has changed since, by a case reopened or corrected); ``wrong``: reviews whose
    rows say something else than the chain."""

    week: str
    in_chain: bool
    same_pool: bool
    same_draw: bool | None
    wrong: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing speaks against it."""
        return self.in_chain and self.same_draw is not False and not self.wrong


class ReviewService:
    """The use cases. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock
        self.checklist = review_list.ChecklistService(uows, clock)

    # -- drawing --------------------------------------------------------------------

    def due_week(self) -> str:
        """The last week of the site that has ended."""
        now = self._clock.now()
        this, _ = review.week_bounds(review.week_of(now, SITE_ZONE), SITE_ZONE)
        return review.week_of(this - timedelta(days=1), SITE_ZONE)

    def sample(self, actor: Actor, week: str = "", share: int = review.SHARE) -> Drawn:
        """Draw a week that has ended (``""``: the last one), once; who draws it
        again is told what was drawn. Raises ``bad_value``: ``week``,
        ``week_open`` before it ended, ``share``."""
        permissions.demand(actor, SAMPLE)
        if not LEAST_SHARE <= share <= MOST_SHARE:
            raise Refusal("bad_value", "review_share", low=LEAST_SHARE // 100, high=MOST_SHARE // 100)
        name = review.named_week(week, SITE_ZONE) if week else self.due_week()
        start, end = review.week_bounds(name, SITE_ZONE)
        now = self._clock.now()
        if end > now:
            raise Refusal("bad_value", "week_open", week=name, end=end.astimezone(SITE_ZONE))
        with self._uows.write() as uow:
            known = uow.reviews.draw(name)
            if known is None:
                draw, reviews = _drawn(uow, name, (start, end), actor, now, share)
                if uow.reviews.add(draw, reviews):
                    uow.events.append([_told_draw(draw, reviews)])
                    uow.commit()
                    return Drawn(draw, reviews, fresh=True)
        with self._uows.read() as uow:
            stored = uow.reviews.draw(name)
            assert stored is not None
            return Drawn(stored, uow.reviews.find(ReviewQuery(week=name, limit=100_000)), fresh=False)

    def check(self, actor: Actor, week: str = "") -> DrawCheck:
        """Hold a draw against the chain and draw it again. Raises
        ``bad_value.week_undrawn``."""
        permissions.demand(actor, SAMPLE)
        name = review.named_week(week, SITE_ZONE) if week else self.due_week()
        with self._uows.read() as uow:
            draw = uow.reviews.draw(name)
            if draw is None:
                raise Refusal("bad_value", "week_undrawn", week=name)
            rows = {one.id: one for one in uow.reviews.find(ReviewQuery(week=name, limit=100_000))}
            events = [e for e in uow.events.of_case("") if _of_week(e, name)]
            people = review.pool(uow.reviews.ended(*review.week_bounds(name, SITE_ZONE)))
        told = next((e for e in events if e.data.get("result") == "drawn"), None)
        picked = _picked(rows.values())
        same_pool = review.digest(people) == draw.pool_sha256
        again = review.draw(draw.seed, people, draw.share, draw.least) if same_pool else None
        same = None if again is None else {who: set(ids) for who, ids in again.items() if ids} == picked
        in_chain = told is not None and _tells(told.data, draw, picked)
        return DrawCheck(name, in_chain, same_pool, same, _wrong(events, rows))

    # -- reading --------------------------------------------------------------------

    def list(self, actor: Actor, query: ReviewQuery = ReviewQuery()) -> ReviewList:
        """Reviews: all for who samples, for anybody else their own."""
        own = not self._samples(actor)
        if own:
            permissions.demand(actor, "case.read")
            query = replace(query, officer=actor.name)
        with self._uows.read() as uow:
            found = uow.reviews.find(query)
            cases = {case.id: case for case in uow.cases.load(sorted({one.case for one in found}))}
            draws = uow.reviews.draws()
            checklist = review_list.stored(uow)
        due = self.due_week()
        drawn = any(one.week == due for one in draws)
        rows = tuple(ReviewRow(one, cases[one.case]) for one in found)
        return ReviewList(rows, draws, "" if drawn or own else due, own, checklist)

    def owed(self, actor: Actor) -> Owed:
        """Nothing for who may read no cases."""
        if not permissions.is_local(actor) and not rights.allowed(actor.role, "case.read"):
            return Owed()
        now = self._clock.now()
        with self._uows.read() as uow:
            own = uow.reviews.find(ReviewQuery(officer=actor.name, standing=Standing.GIVEN))
            open_to = (
                uow.reviews.find(ReviewQuery(standing=Standing.DISPUTED)) if self._samples(actor) else ()
            )
        faults = sum(review.may_object(one, now) for one in own)
        disputes = sum(actor.name not in (one.officer, one.reviewer) for one in open_to)
        return Owed(faults, disputes)

    def show(self, actor: Actor, review_id: str) -> ReviewSheet:
        """One with the whole chain of its case. Raises ``bad_value.review``."""
        with self._uows.read() as uow:
            found = self._mine_or_all(uow, actor, review_id)
            (case,) = uow.cases.load([found.case])
            events = uow.events.of_case(found.case)
            lines = review.lines_for(review_list.stored(uow).lines, found.parts)
        return ReviewSheet(found, case, events, lines, self._clock.now())

    # -- judging --------------------------------------------------------------------

    def judge(
        self, actor: Actor, review_id: str, verdict: str, answers: Mapping[str, str], words: str = ""
    ) -> Review:
        """Give the verdict, once. Nobody judges work of their own. Raises
        ``forbidden.own_work``, ``conflict.reviewed``, and as ``review.judged``."""
        permissions.demand(actor, SAMPLE)
        with self._uows.write() as uow:
            was = _get(uow, review_id)
            if was.officer == actor.name:
                raise Refusal("forbidden", "own_work", review=was.id)
            if was.standing is not Standing.WAITING:
                raise Refusal("conflict", "reviewed", review=was.id, by=was.reviewer)
            checklist = review_list.stored(uow)
            asked = review.lines_for(checklist.lines, was.parts)
            found = review.judged(verdict, answers, words, asked)
            told = replace(
                was,
                standing=Standing.GIVEN,
                verdict=found,
                reviewer=actor.name,
                given_at=self._clock.now(),
                answers=dict(answers),
                checklist=checklist.version,
                words=review.said(words) if words.strip() else "",
            )
            said = {"verdict": found.value, "answers": dict(answers), "checklist": checklist.version}
            return self._kept(uow, actor, was, told, "given", {**said, "words": told.words})

    def dispute(self, actor: Actor, review_id: str, words: str) -> Review:
        """The person named objects to a fault that was found. Raises
        ``forbidden.own_only`` for anybody else, ``illegal_transition.objection``
        too late, twice, or where there is nothing to object to."""
        permissions.demand(actor, "case.read")
        with self._uows.write() as uow:
            was = _get(uow, review_id)
            if was.officer != actor.name:
                raise Refusal("forbidden", "own_only", review=was.id, who=was.officer)
            now = self._clock.now()
            if not review.may_object(was, now):
                raise Refusal("illegal_transition", "objection", days=review.OBJECTION.days)
            kept = review.said(words)
            told = replace(was, standing=Standing.DISPUTED, dispute=kept, disputed_at=now)
            return self._kept(uow, actor, was, told, "disputed", {"words": kept})

    def second(self, actor: Actor, review_id: str, verdict: str, words: str) -> Review:
        """Somebody else looks again; what is found stands. Raises
        ``needs_second_person.review`` for the first reviewer, the person named
        and the local command line, ``illegal_transition.no_objection``."""
        permissions.demand(actor, SAMPLE)
        with self._uows.write() as uow:
            was = _get(uow, review_id)
            if was.standing is not Standing.DISPUTED:
                raise Refusal("illegal_transition", "no_objection", review=was.id)
            if actor.name in (was.reviewer, was.officer) or permissions.is_local(actor):
                raise Refusal("needs_second_person", "review", by=was.reviewer, who=was.officer)
            # The lines were answered by the first look; the second says in words why.
            found = review.judged(verdict, {}, review.said(words), ())
            told = replace(
                was,
                standing=Standing.SETTLED,
                second=found,
                second_by=actor.name,
                second_at=self._clock.now(),
                second_words=words.strip(),
            )
            said = {"verdict": found.value, "words": told.second_words}
            return self._kept(uow, actor, was, told, "settled", said)

    def _kept(
        self,
        uow: UnitOfWork,
        actor: Actor,
        was: Review,
        told: Review,
        result: str,
        said: Mapping[str, object],
    ) -> Review:
        stored = uow.reviews.save(told, was.version)
        now = self._clock.now()
        data: dict[str, object] = {"result": result, "review": was.id, "week": was.week}
        data |= {"case": was.case, "officer": was.officer, **said}
        uow.events.append([EventDraft("", now, now, actor.name, Action.REVIEW, data)])
        uow.commit()
        return stored

    def _samples(self, actor: Actor) -> bool:
        return permissions.is_local(actor) or rights.allowed(actor.role, SAMPLE)

    def _mine_or_all(self, uow: UnitOfWork, actor: Actor, review_id: str) -> Review:
        permissions.demand(actor, "case.read")
        found = _get(uow, review_id)
        if found.officer != actor.name and not self._samples(actor):
            permissions.demand(actor, SAMPLE)
        return found


def _get(uow: UnitOfWork, review_id: str) -> Review:
    found = uow.reviews.get(review_id.strip().upper())
    if found is None:
        raise Refusal("bad_value", "review", review=review_id[:40])
    return found


def _drawn(
    uow: UnitOfWork, week: str, span: tuple[datetime, datetime], actor: Actor, now: datetime, share: int
) -> tuple[Draw, tuple[Review, ...]]:
    people = review.pool(uow.reviews.ended(*span))
    seq, seed = uow.events.head()
    picked = review.draw(seed, people, share)
    draw = Draw(
        week=week,
        drawn_at=now,
        drawn_by=actor.name,
        seed=seed,
        seed_seq=seq,
        share=share,
        pool={who: len(cases) for who, cases in sorted(people.items())},
        pool_sha256=review.digest(people),
    )
    pairs = [(who, case) for who, cases in picked.items() for case in cases]
    reviews = tuple(
        Review(f"{week}-{at:04d}", week, case, who, people[who][case])
        for at, (who, case) in enumerate(pairs, start=1)
    )
    return draw, reviews


def _told_draw(draw: Draw, reviews: Sequence[Review]) -> EventDraft:
    data: dict[str, object] = {"result": "drawn", "week": draw.week, "seed": draw.seed}
    data |= {"seed_seq": draw.seed_seq, "share": draw.share, "least": draw.least}
    data |= {"pool": dict(draw.pool), "pool_sha256": draw.pool_sha256}
    data["picked"] = {who: sorted(cases) for who, cases in sorted(_picked(reviews).items())}
    return EventDraft("", draw.drawn_at, draw.drawn_at, draw.drawn_by, Action.REVIEW, data)


def _picked(reviews: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in reviews:
        found.setdefault(one.officer, set()).add(one.case)
    return found


def _of_week(event: Event, week: str) -> bool:
    return event.action is Action.REVIEW and event.data.get("week") == week


def _tells(data: Mapping[str, Any], draw: Draw, picked: Mapping[str, set[str]]) -> bool:
    same = ("seed", "seed_seq", "share", "least", "pool_sha256")
    told = {who: set(cases) for who, cases in data.get("picked", {}).items()}
    return told == picked and all(data.get(name) == getattr(draw, name) for name in same)


def _wrong(events: Sequence[Event], rows: Mapping[str, Review]) -> tuple[str, ...]:
    """Reviews of which the rows say something else than the chain."""
    told: dict[str, dict[str, object]] = {name: {} for name in rows}
    for event in events:
        of = told.setdefault(str(event.data.get("review") or ""), {})
        data, result = event.data, event.data.get("result")
        if result == "given":
            of |= {"verdict": data["verdict"], "answers": data["answers"], "words": data["words"]}
            of |= {"reviewer": event.actor, "standing": "given"}
        elif result == "disputed":
            of |= {"dispute": data["words"], "standing": "disputed"}
        elif result == "settled":
            of |= {"second": data["verdict"], "second_words": data["words"], "standing": "settled"}
            of |= {"second_by": event.actor}
    told.pop("", None)
    wrong = [name for name in told if name not in rows]
    for name, one in rows.items():
        said: dict[str, object] = {"standing": "waiting", "verdict": "", "second": ""} | told[name]
        for field, value in said.items():
            stored = getattr(one, field)
            if (str(stored or "") if not isinstance(stored, Mapping) else dict(stored)) != value:
                wrong.append(name)
                break
    return tuple(sorted(wrong))
