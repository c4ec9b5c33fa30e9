"""The lists of the page of reviews: what is shown of each, and over which time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from console.domain.errors import Refusal
from console.domain.review import Standing
from console.i18n import explain, t
from console.models.wording import SITE_ZONE, local
from console.reports import review_doc
from console.reports.report_doc import Table, shown
from console.reports.review_doc import Writer
from console.services.figures import today
from console.services.oversight_views import FAULTS, KINDS
from console.services.review_requests import LISTS

SAMPLE: Final = "sample"
TABS: Final = (SAMPLE, *LISTS)
#: Stands for a list that could not be read, by no rule.
BROKE: Final = Refusal("internal")
#: Days of one step of a list that goes back in time.
_WINDOWS: Final = {"deeds": 7, "late": 7, "logs": 30}
#: Days that lists up to now may reach back.
_REACHES: Final = (7, 30, 90)
#: What K goes round, by list; the first shows all.
_KINDS: Final[dict[str, tuple[str, ...]]] = {
    SAMPLE: ("", *(one.value for one in Standing)),
    "deeds": ("", *KINDS),
    "late": ("", "decision", "dispatch", "arrival", "handling", "verify", "check", "uncoded"),
    "repeats": ("", "open"),
    "cameras": ("", "unseen", "down"),
    "logs": ("", *FAULTS),
}


@dataclass
class Shown:
    """One list as it stands: what was read, and how it is narrowed. ``back``:
    how many steps of its time it lies back."""

    which: str
    listed: Any = None
    back: int = 0
    reach: int = 1
    kind: str = ""
    text: str = ""
    place: int = -1
    table: Table | None = None
    refused: Refusal | None = None
    rows: list[int] = field(default_factory=list)

    def asks(self, now: datetime) -> dict[str, Any]:
        """The period to ask for."""
        if self.which in _WINDOWS:
            days = _WINDOWS[self.which]
            end = today(now)[1] - timedelta(days=days * self.back)
            return {"start": end - timedelta(days=days), "end": min(end, now) if not self.back else end}
        return {"days": _REACHES[self.reach]}

    def move(self, later: bool) -> None:
        """Another period: further back, or nearer."""
        step = -1 if later else 1
        if self.which in _WINDOWS:
            self.back = max(0, self.back + step)
        elif self.which == SAMPLE:
            weeks = len(self.listed.draws) if self.listed is not None else 0
            self.back = min(max(0, self.back + step), weeks)
        else:
            self.reach = min(max(0, self.reach + step), len(_REACHES) - 1)

    @property
    def week(self) -> str:
        """The week of samples that is shown; empty for all."""
        draws = self.listed.draws if self.listed is not None else ()
        return draws[self.back - 1].week if 0 < self.back <= len(draws) else ""

    def turn_kind(self) -> None:
        """The next kind of rows alone, then all again."""
        kinds = _KINDS[self.which]
        self.kind = kinds[(kinds.index(self.kind) + 1) % len(kinds)]

    def narrow(self, writer: Writer) -> None:
        """Make the table anew and keep the rows that fit."""
        if self.listed is None:
            self.table, self.rows = None, []
            return
        self.table = writer.table(self.which, self.listed)
        words = self.text.casefold().split()
        self.rows = [
            at
            for at, row in enumerate(self.listed.rows)
            if self._fits(row) and all(word in _said(self.table, at) for word in words)
        ]

    def kept(self) -> Table | None:
        """The table with only the rows that are shown."""
        if self.table is None:
            return None
        rows = tuple(self.table.rows[at] for at in self.rows)
        return Table(self.table.title, self.table.columns, rows, self.table.note, self.table.empty)

    def cases(self) -> tuple[str, ...]:
        """The cases behind the rows that are shown, each once."""
        kept = self.kept()
        told = (cell.drill for row in kept.rows for cell in row) if kept is not None else ()
        return tuple(dict.fromkeys(name for drill in told for name in drill.split()))

    def sums(self) -> str:
        """The line over the list."""
        listed = self.listed
        if listed is None or not listed.rows:
            return ""
        told = [review_doc.summary(self.which, listed)]
        if self.which == SAMPLE:
            told += [t("review.page.own")] if listed.own else []
            told += [t("review.page.due", week=listed.due)] if listed.due else []
        elif listed.span.cut:
            told.append(t("review.more", n=len(listed.rows)))
        return "\n".join(told)

    def emptiness(self) -> str:
        """What stands where there is no row: why, and what to do."""
        if self.refused is BROKE:
            return t("review.broke")
        if self.refused is not None:
            forbidden = self.refused.code == "forbidden"
            return t("review.no_right") if forbidden else " ".join(explain(self.refused))
        if self.listed is None:
            return t("review.waiting")
        if self.listed.rows:
            return t("review.empty.filtered")
        if self.which != SAMPLE:
            return t(f"review.empty.{self.which}")
        if self.listed.due:
            return t("review.page.due", week=self.listed.due)
        return t("review.empty.sample_own" if self.listed.own else "review.empty.sample")

    def _fits(self, row: Any) -> bool:
        if self.which == SAMPLE:
            one = row.review
            return (not self.kind or one.standing.value == self.kind) and self.week in ("", one.week)
        if not self.kind:
            return True
        if self.which == "late":
            return not row.cause if self.kind == "uncoded" else bool(row.clock == self.kind)
        if self.which == "repeats":
            return bool(row.open)
        if self.which == "cameras":
            return bool(row.unseen if self.kind == "unseen" else row.down_s > 0)
        return bool((row.fault if self.which == "logs" else row.kind) == self.kind)

    def says(self) -> str:
        """Period and kind in words."""
        told = []
        if self.which == SAMPLE:
            told.append(self.week or t("review.page.all_weeks"))
            if self.kind:
                told.append(t("review.page.standing", standing=t(f"review.standing.{self.kind}")))
            return " · ".join(told)
        if self.which in _WINDOWS:
            if self.listed is not None:
                start, end = local(self.listed.span.start), local(self.listed.span.end)
                last = end - timedelta(microseconds=1)
                told.append(f"{start:%Y-%m-%d} – {last:%m-%d}")
        else:
            told.append(t("review.doc.days_of", days=_REACHES[self.reach]))
        if self.kind:
            told.append(t("review.page.kind", kind=self._kind()))
        return " · ".join(told)

    def _kind(self) -> str:
        if self.which == "deeds":
            return t(f"review.kind.{self.kind}")
        if self.which == "logs":
            return t(f"review.fault.{self.kind}")
        if self.which == "late" and self.kind != "uncoded":
            return t(f"states.clock.{self.kind}")
        return t(f"review.only.{self.kind}")


def _said(table: Table, at: int) -> str:
    return " ".join(shown(cell) for cell in table.rows[at]).casefold()


def day_of(at: datetime) -> str:
    """``20261121``, for the name of a file."""
    return f"{at.astimezone(SITE_ZONE):%Y%m%d}"
