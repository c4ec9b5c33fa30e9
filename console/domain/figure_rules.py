"""What an office may decide about its figures: bands, grades, weights, policies.

The defaults are those of the practice under GB/T 30428.4, sized for a city and
a month; a sub-district gives its own bands. Every set has a version, and every
report says under which one it was counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from console.domain.errors import Refusal

#: Points for a number of cases: ``(up to and including, points)``, the last
#: one for all above.
Band = tuple[tuple[int | None, float], ...]

#: Grade from a score of 0–100 (half-open bands): A ≥90, B ≥75, C ≥60, D ≥40, E.
GRADES: Final = ((90.0, "A"), (75.0, "B"), (60.0, "C"), (40.0, "D"), (0.0, "E"))

BANDS: Final[Mapping[str, Band]] = {
    "work": ((100, 0.0), (300, 40.0), (500, 60.0), (1200, 75.0), (2000, 90.0), (None, 100.0)),
    "department": ((50, 100.0), (100, 90.0), (200, 75.0), (500, 60.0), (1000, 40.0), (None, 0.0)),
    "grid": ((0, 100.0), (2, 90.0), (4, 75.0), (6, 60.0), (8, 40.0), (None, 0.0)),
}

#: Parts of the composites: (weight in per cent, part). A part is a rate (times
#: 100), ``1-RATE``, or ``BAND:COUNT``. Each adds up to 100.
SCORES: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "score_department": (
        (10, "department:filed"),
        (30, "close_rate"),
        (30, "handling_on_time"),
        (30, "1-rework_rate"),
    ),
    "score_area": ((10, "1-public_share"), (20, "grid:filed"), (30, "close_rate"), (40, "close_on_time")),
    "score_leader": ((25, "filing_on_time"), (40, "filing_accuracy"), (35, "close_on_time")),
    "score_dispatcher": ((20, "work:dispatched"), (40, "dispatch_on_time"), (40, "dispatch_accuracy")),
    "score_inspector": (
        (40, "valid_report_rate"),
        (20, "1-missed_report_rate"),
        (20, "verify_on_time"),
        (20, "check_on_time"),
    ),
    "score_calltaker": ((25, "work:reported"), (40, "verify_issue_on_time"), (35, "check_issue_on_time")),
}

#: What the rework rate is divided by: cases handed back at least once, or all
#: to be closed (UMP).
REWORK_OVER: Final = ("handed_back", "to_close")


@dataclass(frozen=True, slots=True)
class FigureRules:
    """One set. ``close_without_suspended``: suspended cases are not to be
    closed (Jinhua subtracts 缓办数); ``filed_without_suspended``: nor are they
    filed ones (UMP); ``rework_over``: see :data:`REWORK_OVER`."""

    version: str = "gbt30428.4-default"
    bands: Mapping[str, Band] = field(default_factory=lambda: dict(BANDS))
    grades: tuple[tuple[float, str], ...] = GRADES
    scores: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=lambda: dict(SCORES))
    close_without_suspended: bool = True
    filed_without_suspended: bool = False
    rework_over: str = "handed_back"

    def grade(self, score: float) -> str:
        """The letter of a score of 0–100."""
        return next((letter for floor, letter in self.grades if score >= floor), self.grades[-1][1])

    def points(self, band: str, number: int) -> float:
        """Points for a number of cases."""
        return next(p for top, p in self.bands[band] if top is None or number <= top)


def read(stored: Mapping[str, Any]) -> FigureRules:
    """A set as it is kept in the settings; what it leaves out is the default.
    Raises ``Refusal('bad_value')`` for weights that do not add up to 100, bands
    or grades out of order, or a policy nobody knows."""
    rules = FigureRules()
    try:
        bands = dict(rules.bands) | {
            str(name): tuple((None if top is None else int(top), float(points)) for top, points in rows)
            for name, rows in stored.get("bands", {}).items()
        }
        grades = tuple((float(floor), str(letter)) for floor, letter in stored.get("grades", rules.grades))
        scores = dict(rules.scores) | {
            str(name): tuple((int(weight), str(part)) for weight, part in rows)
            for name, rows in stored.get("scores", {}).items()
        }
    except (TypeError, ValueError, AttributeError) as error:
        raise Refusal("bad_value", "figure_rules", what=str(error)) from error
    made = FigureRules(
        version=str(stored.get("version", rules.version)),
        bands=bands,
        grades=grades,
        scores=scores,
        close_without_suspended=bool(stored.get("close_without_suspended", True)),
        filed_without_suspended=bool(stored.get("filed_without_suspended", False)),
        rework_over=str(stored.get("rework_over", rules.rework_over)),
    )
    check(made)
    return made


def check(rules: FigureRules) -> None:
    """Refuse a set that cannot be counted with."""
    for name, parts in rules.scores.items():
        total = sum(weight for weight, _ in parts)
        if name not in SCORES or total != 100 or any(weight < 0 for weight, _ in parts):
            raise Refusal("bad_value", "figure_weights", score=name, total=total)
        for _, part in parts:
            table, colon, _ = part.partition(":")
            if colon and table not in rules.bands:
                raise Refusal("bad_value", "figure_band", band=table)
    for name, band in rules.bands.items():
        tops = [top for top, _ in band]
        if not band or tops[-1] is not None or not _rising(tops[:-1]):
            raise Refusal("bad_value", "figure_band", band=name)
        if not all(0 <= points <= 100 for _, points in band):
            raise Refusal("bad_value", "figure_band", band=name)
    floors = [-floor for floor, _ in rules.grades]
    if not floors or floors[-1] != 0 or not _rising(floors):
        raise Refusal("bad_value", "figure_grades", grades=str(rules.grades))
    if rules.rework_over not in REWORK_OVER:
        raise Refusal("bad_value", "figure_rules", what=rules.rework_over)


def _rising(numbers: Sequence[float | None]) -> bool:
    known = [number for number in numbers if number is not None]
    return len(known) == len(numbers) and all(a < b for a, b in pairwise(known))
