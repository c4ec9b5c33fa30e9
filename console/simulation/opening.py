"""How a demo begins: a desk in the middle of its morning.

Sixteen open cases in ten states, brought in and led there by the real services
on a replayed clock, so that every stamp, event and alarm is what it would have
been; one of them crosses 80 % of its promise ten seconds after the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from console.domain.vocabulary import Action, Source
from console.services.ports import Clock, EvidenceStore, UnitOfWorkFactory
from console.simulation import history
from console.simulation.plans import SENTENCES, Deed, Plan
from console.simulation.replay_clock import ReplayClock
from console.simulation.stills import Stills
from console.simulation.traffic import Room, Traffic

#: How far back the earliest of the open cases begins.
BACK: Final = timedelta(hours=2)
#: How far back the ended cases of the same day go.
EARLIER: Final = timedelta(hours=9)

_A = Action

#: Each open case: seconds before the start at which it came in, its source, its
#: condition and, for its steps, the second at which each is done (negative:
#: before the start). What follows after the last one comes by itself.
_SCENES: Final[tuple[tuple[int, Source, str, tuple[tuple[int, Action], ...]], ...]] = (
    # Crosses 4:00 of its 5:00 ten seconds after the start, and is still decided in time.
    (230, Source.CAMERA, "E09006-1", ((48, _A.FILE),)),
    (75, Source.PATROL, "E06036-1", ((35, _A.FILE),)),
    (20, Source.PUBLIC, "E06028-1", ((30, _A.VERIFY),)),
    (420, Source.PUBLIC, "E06029-1", ((-360, _A.VERIFY), (95, _A.VERIFIED))),
    (205, Source.CAMERA, "E06010-1", ((-14, _A.FILE), (14, _A.DISPATCH))),
    (
        430,
        Source.CAMERA,
        "E07007-1",
        ((-330, _A.FILE), (-305, _A.DISPATCH), (-25, _A.REFUSE), (12, _A.DISPATCH)),
    ),
    (270, Source.CAMERA, "E09001-1", ((-170, _A.FILE), (-145, _A.DISPATCH), (18, _A.ACCEPT))),
    # Crosses 8:00 of its 10:00 twenty seconds after the start.
    (
        560,
        Source.CAMERA,
        "E09005-1",
        ((-460, _A.FILE), (-440, _A.DISPATCH), (-400, _A.ACCEPT), (42, _A.ARRIVE)),
    ),
    # Has missed its 10:00 already.
    (
        770,
        Source.PATROL,
        "E06007-1",
        ((-650, _A.FILE), (-630, _A.DISPATCH), (-590, _A.ACCEPT), (80, _A.ARRIVE)),
    ),
    (
        340,
        Source.CAMERA,
        "E09011-1",
        ((-260, _A.FILE), (-235, _A.DISPATCH), (-200, _A.ACCEPT), (150, _A.ARRIVE)),
    ),
)
_TO_STREET: Final = ((100, _A.FILE), (125, _A.DISPATCH), (160, _A.ACCEPT), (460, _A.ARRIVE))
#: Cases further on: seconds before the start, source, condition, steps after
#: the arrival (as above, seconds from the start).
_FURTHER: Final[tuple[tuple[int, Source, str, tuple[tuple[int, Action], ...]], ...]] = (
    (1500, Source.PATROL, "E06012-1", ((240, _A.HANDLED),)),
    (5860, Source.CAMERA, "E09022-1", ((180, _A.HANDLED),)),
    (2400, Source.CAMERA, "E06042-1", ((-240, _A.HANDLED), (25, _A.FEEDBACK))),
    (3300, Source.PATROL, "E07001-1", ((-1100, _A.HANDLED), (-900, _A.FEEDBACK), (60, _A.CHECK))),
    (
        3900,
        Source.CAMERA,
        "E09010-1",
        ((-1500, _A.HANDLED), (-1380, _A.FEEDBACK), (-200, _A.CHECK), (33, _A.CLOSE)),
    ),
    (4200, Source.PUBLIC, "C01003-2", ((-3200, _A.SUSPEND), (-3000, _A.APPROVE), (5400, _A.RESUME))),
)
_REST: Final = (
    Deed(_A.FILE, 60),
    Deed(_A.DISPATCH, 20),
    Deed(_A.ACCEPT, 45, "field"),
    Deed(_A.ARRIVE, 320, "field"),
    Deed(_A.HANDLED, 700, "field"),
    Deed(_A.FEEDBACK, 90),
    Deed(_A.CHECK, 300, result="pass"),
    Deed(_A.CLOSE, 90),
)


def scenes(now: datetime, lang: str = "zh") -> Iterable[tuple[datetime, Plan]]:
    """When each case of the opening comes in, and its plan."""
    for before, source, condition, steps in _SCENES:
        yield now - timedelta(seconds=before), _plan(before, source, condition, steps, lang)
    for before, source, condition, steps in _FURTHER:
        led = tuple((at - before, action) for at, action in _TO_STREET) + steps
        yield now - timedelta(seconds=before), _plan(before, source, condition, led, lang)


def _plan(
    before: int, source: Source, condition: str, steps: tuple[tuple[int, Action], ...], lang: str
) -> Plan:
    deeds: list[Deed] = []
    last = -before
    for at, action in steps:
        deeds.append(_deed(action, at - last, lang, dispatched=any(d.action is _A.DISPATCH for d in deeds)))
        last = at
    actions = [deed.action for deed in _REST]
    latest = {_A.VERIFY: _A.FILE, _A.VERIFIED: _A.FILE, _A.RESUME: _A.HANDLED}.get(steps[-1][1])
    follow = actions.index(latest) if latest else actions.index(steps[-1][1]) + 1
    extra = [_deed(_A.VERIFIED, 420, lang)] if steps[-1][1] is _A.VERIFY else []
    note = SENTENCES[source.value][0][0 if lang == "zh" else 1]
    return Plan(source, condition, note, (*deeds, *extra, *_REST[follow:]))


def _deed(action: Action, after_s: float, lang: str, dispatched: bool = False) -> Deed:
    who = {_A.ACCEPT: "field", _A.ARRIVE: "field", _A.HANDLED: "field", _A.REFUSE: "field"}.get(
        action, "duty"
    )
    column = 0 if lang == "zh" else 1
    reason = {_A.REFUSE: "refuse", _A.SUSPEND: "suspend"}.get(action, "")
    return Deed(
        action,
        after_s,
        "leader" if action is _A.APPROVE else who,
        result={_A.VERIFIED: "exists", _A.CHECK: "pass"}.get(action, ""),
        reason=SENTENCES[reason][0][column] if reason else "",
        again=action is _A.DISPATCH and dispatched,
        until_s=6 * 3600 if action is _A.SUSPEND else 0,
    )


def replay(traffic: Traffic, room: Room, clock: ReplayClock, until: datetime) -> None:
    """Live through the time up to ``until``: traffic and sweep take turns, each
    at the instant it is due."""
    while True:
        wake = room.alarms.next_wake()
        due = min((t for t in (traffic.next_due(), wake) if t is not None), default=None)
        if due is None or due > until:
            break
        clock.put(due)
        if wake is not None and wake <= due:
            room.alarms.sweep()
        traffic.step(due)
    clock.put(until)


def begin(
    uows: UnitOfWorkFactory,
    clock: Clock,
    store: EvidenceStore,
    seed: int = 15,
    cases_per_hour: float = 12.0,
    speed: float = 1.0,
    burst: bool = False,
    lang: str = "zh",
    earlier: int = 40,
    stills: Stills | None = None,
) -> Traffic:
    """Fill a loaded district with a morning and return the traffic that goes
    on from it. ``earlier`` cases of the hours before are there for the figures;
    ``stills`` gives cases their pictures.

    Call :meth:`Traffic.step` with the clock's time about twice a second.
    """
    now = clock.now()
    past = ReplayClock(now - BACK)
    if earlier:
        history.make(
            uows,
            clock,
            start=now - EARLIER,
            end=now - BACK,
            count=earlier,
            seed=seed,
            lang=lang,
            brisk=True,
        )
    then = Room.of(uows, past, store)
    traffic = Traffic(then, None, seed, cases_per_hour, speed, burst, lang, stills)
    for at, plan in scenes(now, lang):
        traffic.enter(at, plan)
    replay(traffic, then, past, now)
    traffic.move_to(Room.of(uows, clock, store), now)
    return traffic
