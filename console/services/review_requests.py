"""What windows ask about samples and the lists beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from console.domain.review import Review, Standing
from console.services.requests import Heavy, Prompt, Request
from console.services.review_records import ReviewQuery
from console.services.reviews import Drawn, Owed, ReviewList, ReviewSheet

if TYPE_CHECKING:
    from console.services.assembly import Services

#: The lists beside the samples.
LISTS: Final = ("deeds", "late", "repeats", "cameras", "logs")


@dataclass(frozen=True, slots=True)
class LoadReviews(Heavy):
    """→ ``ReviewList``."""

    week: str = ""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class LoadOwed(Heavy):
    """What waits for the actor → ``Owed``."""


@dataclass(frozen=True, slots=True)
class LoadReview(Prompt):
    """One with the chain of its case → ``ReviewSheet``."""

    review: str


@dataclass(frozen=True, slots=True)
class DrawWeek(Request):
    """Draw a week, the last one that ended by default → ``Drawn``."""

    week: str = ""


@dataclass(frozen=True, slots=True)
class JudgeReview(Request):
    """Give the verdict → ``Review``."""

    review: str
    verdict: str
    answers: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class ObjectReview(Request):
    """The person named objects → ``Review``."""

    review: str
    words: str


@dataclass(frozen=True, slots=True)
class SecondReview(Request):
    """Another person looks again → ``Review``."""

    review: str
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class LoadOversight(Heavy):
    """One of :data:`LISTS` over a period → ``Deeds``, ``LateList``,
    ``RepeatList``, ``CameraList`` or ``LogList``."""

    which: str
    start: datetime | None = None
    end: datetime | None = None
    days: int = 30


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """A handler by request type."""
    reviews, oversight = services.reviews, services.oversight

    def load(request: LoadReviews) -> ReviewList:
        return reviews.list(request.actor, ReviewQuery(week=request.week, standing=request.standing))

    def owed(request: LoadOwed) -> Owed:
        return reviews.owed(request.actor)

    def show(request: LoadReview) -> ReviewSheet:
        return reviews.show(request.actor, request.review)

    def draw(request: DrawWeek) -> Drawn:
        return reviews.sample(request.actor, request.week)

    def judge(request: JudgeReview) -> Review:
        return reviews.judge(request.actor, request.review, request.verdict, request.answers, request.words)

    def object_to(request: ObjectReview) -> Review:
        return reviews.dispute(request.actor, request.review, request.words)

    def second(request: SecondReview) -> Review:
        return reviews.second(request.actor, request.review, request.verdict, request.words)

    def listed(request: LoadOversight) -> object:
        if request.which == "repeats":
            return oversight.repeats(request.actor, request.days)
        if request.which == "cameras":
            return oversight.cameras(request.actor, request.days)
        ask = {"deeds": oversight.deeds, "late": oversight.late, "logs": oversight.logs}[request.which]
        return ask(request.actor, request.start, request.end)

    return {
        LoadReviews: load,
        LoadOwed: owed,
        LoadReview: show,
        DrawWeek: draw,
        JudgeReview: judge,
        ObjectReview: object_to,
        SecondReview: second,
        LoadOversight: listed,
    }
