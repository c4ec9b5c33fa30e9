"""Who is called when nobody acknowledges an alarm: rows, and what is due of them.

A policy is a list of steps for each severity. A step is due once its wait has
passed since the alarm was raised and nobody has taken it on; an acknowledgement
ends it, and an alarm that comes back (a promise not kept, something worse)
begins anew from its new raise. Each broken promise halves the waits, so that it
comes back louder. Nothing here remembers: what is due is computed from the
alarm and the time, and each step has a key under which it is recorded once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, Severity

#: Ways a step can reach somebody. The screen is always one of them.
CHANNELS: Final = ("webhook", "email")
#: The longest wait of a step, in seconds: a day.
LONGEST_S: Final = 86_400
#: More steps of one severity than this nobody can follow.
MOST_STEPS: Final = 10
#: So many broken promises halve the waits; more do not.
MOST_HALVINGS: Final = 3
_NAME: Final = re.compile(r"[\w.@-]{1,40}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """After ``after_s`` seconds unacknowledged, call ``to`` (the name of a role
    or of a person) over ``channels`` (of :data:`CHANNELS`; none: the screen)."""

    after_s: int
    to: str
    channels: tuple[str, ...] = CHANNELS


#: Steps of each severity, by their wait.
Policy = Mapping[Severity, tuple[Step, ...]]

#: What holds until the office says otherwise: shift leader after a minute,
#: supervisor after three (facts: officer, shift leader, duty leader).
DEFAULT: Final[Policy] = {
    Severity.HIGH: (Step(60, "leader"), Step(180, "supervisor")),
    Severity.MEDIUM: (Step(180, "leader"),),
    Severity.LOW: (),
}


@dataclass(frozen=True, slots=True)
class Ring:
    """As much of an alarm that rings as tells who is called next."""

    alarm: int
    severity: Severity
    raised_at: datetime
    louder: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A step whose wait has passed, due since ``at``."""

    ring: Ring
    step: Step
    at: datetime

    @property
    def key(self) -> str:
        """Unique over the site: this alarm, this raise, how loud, this step."""
        micros = (self.ring.raised_at - _EPOCH) // timedelta(microseconds=1)
        ring = f"{self.ring.alarm}.{self.ring.louder}.{micros}"
        return f"{ring}.{self.ring.severity.value}.{self.step.after_s}.{self.step.to}"


def ring_of(alarm: Alarm) -> Ring | None:
    """The alarm as something that rings; ``None`` while it does not: somebody
    has taken it on or put it aside, or it is over."""
    if alarm.state is not AlarmState.RAISED:
        return None
    return Ring(alarm.id, alarm.severity, alarm.raised_at, alarm.louder)


def wait_s(step: Step, louder: int) -> float:
    """The wait of a step in seconds, after so many broken promises."""
    return float(step.after_s / 2 ** min(max(0, louder), MOST_HALVINGS))


def due_steps(ring: Ring | None, now: datetime, policy: Policy) -> tuple[Due, ...]:
    """Every step whose wait has passed by ``now``, in the policy's order."""
    if ring is None:
        return ()
    found = (_due(ring, step) for step in policy.get(ring.severity, ()))
    return tuple(due for due in found if due.at <= now)


def next_step(ring: Ring | None, now: datetime, policy: Policy) -> Due | None:
    """The step that comes next if nobody acknowledges; ``None`` after the last."""
    if ring is None:
        return None
    later = [due for step in policy.get(ring.severity, ()) if (due := _due(ring, step)).at > now]
    return min(later, key=_at, default=None)


def soonest(policy: Policy) -> timedelta | None:
    """The shortest wait anybody may have; ``None`` when nobody is called."""
    waits = [wait_s(step, MOST_HALVINGS) for steps in policy.values() for step in steps]
    return timedelta(seconds=min(waits)) if waits else None


def read_steps(text: str) -> tuple[Step, ...]:
    """Steps written as ``60:leader:webhook+email, 180:supervisor``; without
    channels all of them, ``-`` for the screen alone; ``-`` by itself for no steps.
    Raises ``Refusal('bad_value', 'escalation')``."""
    steps: list[Step] = []
    if text.strip() == "-":
        return ()
    for part in filter(None, (piece.strip() for piece in text.replace("，", ",").split(","))):
        wait, _, rest = part.partition(":")
        to, _, ways = rest.partition(":")
        channels = tuple(w for w in ways.split("+") if w and w != "-") if ways.strip() else CHANNELS
        known = all(channel in CHANNELS for channel in channels)
        sound = wait.strip().isdecimal() and len(wait.strip()) < 7 and _NAME.fullmatch(to.strip())
        if not (sound and known and int(wait) <= LONGEST_S):
            raise Refusal("bad_value", "escalation", text=part[:60], most=LONGEST_S)
        steps.append(Step(int(wait), to.strip(), tuple(dict.fromkeys(channels))))
    if len(steps) > MOST_STEPS:
        raise Refusal("bad_value", "escalation_many", most=MOST_STEPS)
    return tuple(sorted(dict.fromkeys(steps), key=_after))


def write_steps(steps: tuple[Step, ...]) -> str:
    """What :func:`read_steps` reads."""
    return ",".join(f"{s.after_s}:{s.to}:{'+'.join(s.channels) or '-'}" for s in steps)


def _due(ring: Ring, step: Step) -> Due:
    return Due(ring, step, ring.raised_at + timedelta(seconds=wait_s(step, ring.louder)))


def _at(due: Due) -> datetime:
    return due.at


def _after(step: Step) -> int:
    return step.after_s
