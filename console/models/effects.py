"""What a grant would do to a case, in words: the two cases compared."""

from __future__ import annotations

from datetime import datetime

from console.domain import deadlines
from console.domain.errors import Refusal
from console.domain.model import Case, Deadline
from console.i18n import explain, t
from console.models.branch_words import moment
from console.models.wording import clock_name, state


def effect(before: Case, after: Case | Refusal | None, now: datetime) -> str:
    """One line for the leader: states, clocks and figures that change, or why
    it cannot be granted any more."""
    if after is None:
        return ""
    if isinstance(after, Refusal):
        return t("branches.request.cannot", why=explain(after)[0])
    found = [t("branches.effect.state", state=state(after.state))] if after.state is not before.state else []
    for clock in after.deadlines:
        old = deadlines.of(before, clock.kind)
        if old is not None and old != clock:
            found += _moved(old, clock, now)
    if after.exempt and not before.exempt:
        found.append(t("branches.effect.exempt"))
    return t(
        "branches.request.effect", effect=t("branches.effect.joint").join(found) or t("branches.effect.none")
    )


def _moved(old: Deadline, new: Deadline, now: datetime) -> list[str]:
    """What becomes of one clock."""
    name = clock_name(new.kind)
    if old.running and new.cancelled:
        return [t("branches.effect.ends", clock=name)]
    if new.paused_since is not None and old.paused_since is None:
        return [t("branches.effect.pauses", clock=name)]
    found = []
    if new.due_at != old.due_at:
        times = {"old": moment(old.due_at, now), "new": moment(new.due_at, now)}
        found.append(t("branches.effect.moves", clock=name, **times))
    was, will = deadlines.missed(old, now), deadlines.missed(new, now)
    if was != will:
        found.append(t("branches.effect.late" if will else "branches.effect.in_time", clock=name))
    return found
