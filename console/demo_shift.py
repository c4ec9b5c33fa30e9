"""The shift a demo finds itself in: opened, rostered, with a few lines in its log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from console.domain.model import Actor
from console.domain.records import replace
from console.domain.shift_log import Conditions
from console.domain.vocabulary import Role
from console.i18n import t_in
from console.services.assembly import Services
from console.services.shift_roster import Duty
from console.services.shifts import EntryWish

OFFICER: Final = Actor("li.na", Role.DUTY)
LEADER: Final = Actor("wang.jun", Role.LEADER)
#: So many days of the roster, from the shift's own on.
DAYS: Final = 7


def begin(services: Services, seat: str, lang: str = "zh") -> None:
    """Open the shift of now at ``seat`` and write what an ordinary one holds.
    Raises ``Refusal`` as the services do."""
    officer = replace(OFFICER, seat=seat)
    room, now = services.shifts, services.clock.now()
    span = room.reading.duty(officer).span
    _plan(services, date.fromisoformat(span.day), lang)

    def words(key: str) -> str:
        return t_in(lang, f"shifts.demo.{key}")

    room.desk.set_conditions(officer, Conditions(words("weather"), "rain", "blue", "", words("order_no")))
    room.desk.open(officer, span.id)
    wishes = (
        EntryWish(
            "team", words("team"), fields={"team": words("team_name"), "people": "12", "vehicles": "3"}
        ),
        EntryWish("phone", words("phone"), fields={"unit": words("unit"), "handler": words("team_name")}),
        EntryWish("order", words("order"), due=now + timedelta(hours=2), fields={"from": words("leader")}),
        EntryWish("equipment", words("equipment"), fields={"device": "camera"}, open=True),
    )
    for wish in wishes:
        log = room.desk.write(officer, wish)
    room.desk.follow(officer, log.entries[2].key, words("follow"))


def _plan(services: Services, first: date, lang: str) -> None:
    """A week of the roster."""
    room = services.shifts
    plan, _ = room.roster.month(LEADER, f"{first:%Y%m}")
    names = [t_in(lang, f"shifts.demo.{key}") for key in ("leader", "second", "third")]
    for n in range(DAYS):
        day = f"{first + timedelta(days=n):%Y%m%d}"
        for at, kind in enumerate(plan.kinds):
            officers = ("li.na", "zhao.lei") if (n + at) % 2 else ("zhao.lei", "demo.duty")
            room.roster.put(LEADER, day, kind.id, Duty(names[(n + at) % 3], LEADER.name, officers))
