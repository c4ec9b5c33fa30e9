"""The chance that a promise will be missed, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from console.domain.chance import Bin, Chance, Push
from console.i18n import t
from console.models.wording import clock_name

#: A smaller chance is not worth a line: the room is quiet when all is well.
WORTH: Final = 0.10
#: So many facts are named in the line, and in the tool tip; more nobody reads at
#: night.
REASONS: Final = 2
MOST_REASONS: Final = 4


def percent(share: float) -> int:
    """A share as people say it: 1 to 99, for nothing is certain here."""
    return min(99, max(1, round(share * 100)))


def short_words(chance: Chance, now: datetime) -> str:
    """For a card: ``62 % late``."""
    return t("chance.short", n=percent(chance.at(now)))


def line(chance: Chance, now: datetime, most: int = REASONS) -> str:
    """For the case: what is said, and the facts that move it most."""
    return t(
        "chance.line",
        clock=clock_name(chance.kind),
        n=percent(chance.at(now)),
        reasons=reasons(chance, most),
    )


def reasons(chance: Chance, most: int = MOST_REASONS) -> str:
    """The facts that move it, the strongest first, with how much."""
    named = [_reason(push) for push in chance.pushes[:most]]
    return " · ".join(named) if named else t("chance.time_only")


def explained(chance: Chance, now: datetime) -> str:
    """For a tool tip: the figure, the facts, and whether it came true before."""
    lines = [
        line(chance, now, MOST_REASONS),
        t("chance.alone", n=percent(chance.alone)),
        t("chance.past", n=chance.n, late=chance.late, clock=clock_name(chance.kind)),
    ]
    seen = chance.checked(now)
    if seen is not None:
        lines.append(t("chance.checked", **percents(seen)))
    return "\n".join(lines)


def percents(seen: Bin) -> dict[str, int]:
    """The bounds of a class of the calibration and what came, in per cent."""
    return {name: round(getattr(seen, name) * 100) for name in ("low", "high", "came", "least", "most")}


def fact_words(fact: str, level: str) -> str:
    """A fact of this case: ``3 others before this team``."""
    if fact in ("desk", "calls"):
        return t(f"chance.fact.{fact}_none") if level == "0" else t(f"chance.fact.{fact}", n=level)
    if fact == "accept":
        if level == "yes":
            return t("chance.fact.accepted")
        return t("chance.fact.silent") if level == "0" else t("chance.fact.silent_for", n=int(level) // 60)
    if fact == "part":
        return t(f"chance.part.{level}")
    return t(f"chance.fact.{fact}")


def _reason(push: Push) -> str:
    points = round(abs(push.points) * 100)
    sign = "+" if push.points > 0 else "−"
    return f"{fact_words(push.fact, push.level)} {sign}{points}"
