"""Why a promise was broken, as the desk asks for it and says it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from console.domain import causes
from console.domain.causes import Cause
from console.domain.model import Case
from console.domain.vocabulary import Action, DeadlineKind
from console.i18n import t
from console.models.wording import cause_name as name
from console.models.wording import clock_name

__all__ = ["CAUSED", "FIELDS", "asked", "broken_words", "name", "offered"]

#: Ends that ask for a cause when a promise was broken.
CAUSED = frozenset({Action.CLOSE, Action.FORCE_CLOSE})
#: Fields of their forms that belong to the cause.
FIELDS = frozenset({"cause", "text"})


def asked(action: Action | None, case: Case | None, now: datetime) -> bool:
    """True when this end of this case asks for a cause."""
    return action in CAUSED and case is not None and bool(causes.broken(case, now))


def broken_words(case: Case, now: datetime) -> str:
    """Which clocks were broken."""
    names = [clock_name(DeadlineKind(kind)) for kind in causes.broken(case, now)]
    return t("ranking.cause.broken", clocks=t("ranking.cause.joint").join(names))


def offered(known: Iterable[Cause]) -> tuple[str, ...]:
    """The codes to choose from, behind an empty one."""
    return ("", *(one.code for one in known if one.active))
