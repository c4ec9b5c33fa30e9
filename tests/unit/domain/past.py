"""An invented past of arrivals of which the truth is known."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from console.domain.pace import TRAVEL
from console.domain.prediction import Span

PARTS = {"night": -0.5, "morning": 0.0, "day": 0.0, "rush": 0.9, "evening": 0.4}
LIMIT_S = 600.0


@dataclass(frozen=True)
class Past:
    """``truth``: by span, the chance with which it was made to be late."""

    spans: list[Span]
    truth: list[float]


def arrivals(seed: int, count: int, strong: float = 1.0) -> Past:
    """``count`` calls. Their odds to be late depend on class, community, part
    of the day, team and on how many the team had not reached yet, all times
    ``strong`` (0: on nothing); how long they took says no more than that."""
    dice = random.Random(f"past:{seed}")
    classes = {f"c{n}": dice.gauss(0, 0.7) for n in range(15)}
    places = {f"p{n}": dice.gauss(0, 0.7) for n in range(8)}
    teams = {f"t{n}": dice.gauss(0, 0.4) for n in range(4)}
    busy: dict[str, list[float]] = {team: [] for team in teams}
    at, spans, truth = 0.0, [], []
    for _ in range(count):
        at += dice.expovariate(1 / 150)
        part = list(PARTS)[int(at / 3600) % 24 * 5 // 24]
        code, place, team = (dice.choice(list(one)) for one in (classes, places, teams))
        busy[team] = [end for end in busy[team] if end > at]
        moves = classes[code] + places[place] + teams[team] + PARTS[part] + 0.45 * len(busy[team])
        chance = 1 / (1 + math.exp(3.0 - strong * moves))
        late = dice.random() < chance
        took = dice.uniform(LIMIT_S, 900) if late else min(LIMIT_S - 1, 300 * math.exp(dice.gauss(0, 0.35)))
        busy[team].append(at + took)
        accepted = min(took, 40 * math.exp(dice.gauss(0, 0.5)))
        spans.append(Span(TRAVEL, at, at + took, LIMIT_S, took, code, place, part, team, accepted))
        truth.append(chance)
    return Past(spans, truth)
