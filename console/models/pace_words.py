"""What usually is still needed, in words."""

from __future__ import annotations

from console.domain.pace import Pace
from console.i18n import t
from console.models.wording import clock_name
from console.services.views import CaseCard

_HOUR = 3600
_DAY = 86_400


def rough(seconds: float) -> str:
    """A duration as one says it: ``8 min``, ``2.5 h``, ``3 d``; never 0."""
    if seconds < _HOUR:
        return t("board.pace.minutes", n=max(1, round(seconds / 60)))
    if seconds < _DAY:
        hours = round(seconds / _HOUR * 2) / 2
        return t("board.pace.hours", n=int(hours) if hours == int(hours) else hours)
    return t("board.pace.days", n=round(seconds / _DAY))


def short_words(pace: Pace) -> str:
    """For a card: ``usually 8 min``."""
    return t("board.pace.short", need=rough(pace.need_s))


def explained(card: CaseCard, remaining_s: float, history: int) -> str:
    """For a tool tip: what is usually needed, from how many cases, and what
    is left; why the order goes by time alone when nothing is known."""
    head = card.headline
    if head is None or head.paused_since is not None:
        return ""
    if card.pace is None:
        return t("board.pace.unknown" if history else "board.pace.no_history")
    pace = card.pace
    left = rough(remaining_s) if remaining_s > 0 else t("board.pace.nothing")
    return t(
        "board.pace.long",
        clock=clock_name(head.kind),
        need=rough(pace.need_s),
        left=left,
        n=pace.n,
        scope=t(f"board.pace.scope.{pace.scope}"),
        all=pace.n_all,
    )


def slack_s(pace: Pace | None, remaining_s: float) -> float | None:
    """Seconds of slack: what is left less what is usually needed; ``None``
    when nothing is known."""
    return None if pace is None else remaining_s - pace.need_s
