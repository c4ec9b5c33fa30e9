"""The lists of a supervisor as tables with typed cells: the page, the command line
and the files are made from the same ones.

Every row stands for an entry of its list, in the same order; ``drill`` of its
first cell names the cases behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from console.domain import ids, review
from console.domain.review import Standing, Verdict
from console.domain.vocabulary import Unit
from console.i18n import catalogue, either, language, t
from console.length_words import length
from console.models.names import NOBODY, NameBook
from console.reports.report_doc import (
    DASH,
    ZONE,
    Cell,
    Lines,
    Report,
    Table,
    count,
    instant,
    of_rows,
    rate,
    seconds,
    text,
)
from console.services.oversight import HAND_OVER_LATE, UNSEEN_AFTER
from console.services.oversight_views import CameraList, Deed, Deeds, LateList, LogList, RepeatList, Span
from console.services.review_records import LateRow
from console.services.reviews import ReviewList, ReviewRow

Listed = ReviewList | Deeds | LateList | RepeatList | CameraList | LogList
#: Teams by id: what they are called in the language now.
Teams = Mapping[str, str]
_TONES: Final = {Verdict.PASS: "good", Verdict.MINOR: "warn", Verdict.FAIL: "bad"}
_STANDINGS: Final = {Standing.WAITING: "main", Standing.DISPUTED: "warn"}
_FAULTS: Final = {"missing": "bad", "unsigned": "bad", "late": "warn"}
#: Columns: key of ``review.head`` and width; ``>`` stands at the right.
_HEADS: Final = {
    "sample": "number 1.3, officer 1, case 1.2, standing 1, verdict 0.9, what 1.4, did 1.1, reviewer 1",
    "deeds": "at 1.4, kind 1, who 0.9, second 0.9, case 1.2, what 1.3, change 1.5, reason 1.8",
    "late": "case 1.2, what 1.3, place 1, clock 0.8, >over 0.8, >limit 0.8, officer 0.9, team 1, cause 2",
    "repeats": "what 1.4, place 2, >times 0.6, >open 0.6, first 1.3, last 1.3, >metres 0.6",
    "cameras": "camera 1.4, community 1, seen 1.3, seen_by 0.9, >down 0.9, >share 0.8, >flaps 0.6, why 1.3",
    "logs": "shift 1.4, state 1, >lateness 0.8, off 0.9, on 0.9, >entries 0.6, >addenda 0.6, objection 1.6",
}
_SECONDS_A_DAY: Final = 86_400


class Writer:
    """Makes tables in the language now. ``teams`` and ``names`` say what ids
    are called."""

    def __init__(self, names: NameBook = NOBODY, teams: Teams | None = None) -> None:
        self.names, self.teams = names, dict(teams or {})

    def table(self, which: str, listed: Any) -> Table:
        """The table of a list: ``sample`` or one of ``review_requests.LISTS``."""
        make: Mapping[str, Callable[[Any], Table]] = {
            "sample": self.sample,
            "deeds": self.deeds,
            "late": self.late,
            "repeats": self.repeats,
            "cameras": self.cameras,
            "logs": self.logs,
        }
        return make[which](listed)

    def sample(self, found: ReviewList) -> Table:
        """Drawn cases."""
        heads = _heads("sample")
        return of_rows(t("review.doc.sample"), heads, [self._review(row) for row in found.rows])

    def _review(self, row: ReviewRow) -> list[Cell]:
        one, case = row.review, row.case
        stands = one.stands
        who = " / ".join(self.names.person(by) for by in (one.reviewer, one.second_by) if by)
        return [
            text(one.id, drill=one.case),
            text(self.names.person(one.officer)),
            text(numbered(one.case), drill=one.case),
            text(t(f"review.standing.{one.standing.value}"), _STANDINGS.get(one.standing, "muted")),
            _verdict(stands),
            text(either(case.name_zh, case.name_en) or DASH),
            text(parts(one.parts)),
            text(who),
        ]

    def deeds(self, found: Deeds) -> Table:
        """Steps beside the usual way."""
        heads = _heads("deeds")
        return of_rows(t("review.doc.deeds"), heads, [self._deed(one) for one in found.rows])

    def _deed(self, one: Deed) -> list[Cell]:
        what = " · ".join(
            part for part in (either(one.subject_zh, one.subject_en), self.names.place(one.place)) if part
        )
        return [
            instant(one.at),
            text(t(f"review.kind.{one.kind}")),
            text(self.names.person(one.who) if one.who else DASH),
            text(self.names.person(one.second) if one.second else ""),
            text(numbered(one.case) if one.case else "", drill=one.case),
            text(what or DASH),
            text(change(one)),
            text(one.words),
        ]

    def late(self, found: LateList) -> Table:
        """Broken promises."""
        heads = _heads("late")
        return of_rows(t("review.doc.late"), heads, [self._late(one, found.causes) for one in found.rows])

    def _late(self, one: LateRow, causes: Mapping[str, tuple[str, str]]) -> list[Cell]:
        cause = either(*causes[one.cause]) if one.cause in causes else one.cause
        told = ": ".join(part for part in (cause, one.cause_words) if part)
        if one.exempt:
            told = " · ".join(part for part in (t("review.doc.exempt"), told) if part)
        return [
            text(numbered(one.case), drill=one.case),
            text(either(one.name_zh, one.name_en) or DASH),
            text(self.names.where(one.community, one.place)),
            text(t(f"states.clock.{one.clock}")),
            seconds(one.late_s, "" if one.exempt else "bad"),
            text(length(language(), one.limit_value, one.limit_unit)),
            text(self.names.person(one.officer)),
            text(self.teams.get(one.team, one.team)),
            text(told or t("review.doc.uncoded"), "" if told else "muted"),
        ]

    def repeats(self, found: RepeatList) -> Table:
        """Places where one class came back."""
        heads = _heads("repeats")
        rows = [
            [
                text(either(one.name_zh, one.name_en), drill=" ".join(one.ids)),
                text(self.names.where(one.community, one.place) or DASH),
                count(len(one.ids), "main"),
                count(one.open),
                instant(one.first_at),
                instant(one.last_at),
                text(t("review.doc.metres", n=round(one.metres))),
            ]
            for one in found.rows
        ]
        return of_rows(t("review.doc.repeats"), heads, rows)

    def cameras(self, found: CameraList) -> Table:
        """How cameras were looked after."""
        heads = _heads("cameras")
        rows = []
        for one in found.rows:
            seen = instant(one.seen_at, "bad" if one.unseen else "")
            rows.append(
                [
                    text(one.name or one.camera),
                    text(self.names.community(one.community)),
                    seen if one.seen_at else text(t("review.doc.never"), "bad"),
                    text(self.names.person(one.seen_by) if one.seen_by else ""),
                    seconds(one.down_s if one.watched_s else None),
                    rate(one.down_s / one.watched_s if one.watched_s else None),
                    count(one.flaps),
                    text(_reason(one.last_reason), "muted"),
                ]
            )
        return of_rows(t("review.doc.cameras"), heads, rows)

    def logs(self, found: LogList) -> Table:
        """Shifts and their logs."""
        heads = _heads("logs")
        rows = [
            [
                text(f"{_day(one.start_at)} {either(one.zh, one.en)}"),
                text(t(f"review.fault.{one.fault or 'none'}"), _FAULTS.get(one.fault, "good")),
                seconds(one.late_s if one.fault else None),
                text(self.names.person(one.off_by) if one.off_by else DASH),
                text(self.names.person(one.on_by) if one.on_by else DASH),
                count(one.events),
                count(one.addenda),
                text(one.objection),
            ]
            for one in found.rows
        ]
        return of_rows(t("review.doc.logs"), heads, rows)

    def report(self, which: str, listed: Any, made: str = "", table: Table | None = None) -> Report:
        """A list as a document; ``table`` in place of its own: filtered rows."""
        kept = table or self.table(which, listed)
        blocks = [Lines("", (summary(which, listed),))]
        return Report(
            title=t(f"review.doc.{which}"),
            period=period(which, listed),
            blocks=(*blocks, Table("", kept.columns, kept.rows, empty=t("review.doc.empty"))),
            lang=language(),
            rules=rules(which, listed),
            made=made,
            wide=True,
        )


def parts(found: Iterable[review.Part]) -> str:
    """``受理 派遣``."""
    return " ".join(t(f"review.part.{one.value}") for one in found)


def numbered(case_id: str) -> str:
    """``11-19 #0020``: lists go over many days, and numbers begin anew each day."""
    return f"{case_id[4:6]}-{case_id[6:8]} {ids.number(case_id)}"


def change(one: Deed) -> str:
    """What a step changed: field, old and new value, or until when."""
    old, new = _value(one.old), _value(one.new)
    texts = catalogue(language())
    rooms = ("branches.field.{}", "actions.verb.{}")
    name = next((texts[key.format(one.field)] for key in rooms if key.format(one.field) in texts), one.field)
    arrow = f"{old or DASH} → {new}" if one.old else new
    return " ".join(part for part in (name, arrow) if part)


def summary(which: str, listed: Any) -> str:
    """One line over a list."""
    n = len(listed.rows)
    if which == "sample":
        done = [row.review for row in listed.rows if row.review.verdict is not None]
        good = sum(one.stands is Verdict.PASS for one in done)
        disputed = sum(row.review.standing is Standing.DISPUTED for row in listed.rows)
        return t("review.sum.sample", n=n, done=len(done), good=good, disputed=disputed)
    if which == "late":
        cases = len({row.case for row in listed.rows})
        return t("review.sum.late", n=n, cases=cases, uncoded=sum(not row.cause for row in listed.rows))
    if which == "repeats":
        return t("review.sum.repeats", n=n, cases=sum(len(row.ids) for row in listed.rows))
    if which == "cameras":
        never = sum(row.seen_at is None for row in listed.rows)
        unseen = sum(row.unseen for row in listed.rows) - never
        return t("review.sum.cameras", n=n, never=never, unseen=unseen, days=UNSEEN_AFTER.days)
    if which == "logs":
        faults = {fault: sum(row.fault == fault for row in listed.rows) for fault in _FAULTS}
        return t("review.sum.logs", n=n, **faults)
    return t("review.sum.deeds", n=n)


def rules(which: str, listed: Any) -> tuple[str, ...]:
    """How was counted."""
    if which == "sample":
        drawn = listed.draws[0] if listed.draws else None
        share = f"{(drawn.share if drawn else review.SHARE) / 100:g} %"
        return (t("review.doc.rule_sample", share=share, least=drawn.least if drawn else review.LEAST),)
    if which == "late":
        return (t("review.doc.rule_late"),)
    if which == "repeats":
        days = max(1, round((listed.span.end - listed.span.start).total_seconds() / _SECONDS_A_DAY))
        metres = f"{listed.metres:g}"
        return (t("review.doc.rule_repeats", days=days, metres=metres, least=listed.least),)
    if which == "cameras":
        return (t("review.doc.rule_cameras", days=UNSEEN_AFTER.days),)
    if which == "logs":
        return (t("review.doc.rule_logs", minutes=HAND_OVER_LATE.seconds // 60),)
    return ()


def period(which: str, listed: Any) -> str:
    """What a list covers, in words."""
    if which == "sample":
        weeks = sorted({row.review.week for row in listed.rows})
        return weeks[0] if len(weeks) == 1 else f"{weeks[0]} – {weeks[-1]}" if weeks else DASH
    span: Span = listed.span
    return t("review.doc.period", start=_minute(span.start), end=_minute(span.end))


def lines(table: Table, shown: Callable[[Cell], str]) -> list[str]:
    """A table for a terminal, one line a row."""
    return ["  ".join(word for word in map(shown, row) if word) for row in table.rows]


def _heads(which: str) -> Sequence[tuple[str, float, bool]]:
    found = []
    for one in _HEADS[which].split(", "):
        name, width = one.removeprefix(">").split()
        found.append((t(f"review.head.{name}"), float(width), one.startswith(">")))
    return found


def _verdict(verdict: Verdict | None) -> Cell:
    if verdict is None:
        return text(DASH, "muted")
    return text(t(f"review.verdict.{verdict.value}"), _TONES[verdict])


def _value(told: str) -> str:
    """Instants in the site's time, words of lists in the language, the rest as it is."""
    try:
        at = datetime.fromisoformat(told) if "T" in told else None
    except ValueError:
        at = None
    if at is not None and at.tzinfo is not None:
        return f"{at.astimezone(ZONE):%m-%d %H:%M:%S}"
    number, _, unit = told.partition(" ")
    if number.isdecimal() and unit in {one.value for one in Unit}:
        return length(language(), int(number), unit)
    return told


def _reason(code: str) -> str:
    texts = catalogue(language())
    rooms = ("feeds.reason.{}", "states.feed.{}")
    return next((texts[key.format(code)] for key in rooms if key.format(code) in texts), code)


def _day(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%m-%d}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
