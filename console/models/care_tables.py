"""The tables of the care section: backups, retention, doctor, log, programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from console.domain.retention import Plan
from console.i18n import catalogue, language, t
from console.log import LogLine
from console.reports.report_doc import Cell, Column, Table, shown
from console.services.backups import Last
from console.services.seats import Seat, newer, ordered

_LEVELS: Final = {"WARNING": "warn", "ERROR": "bad", "CRITICAL": "bad"}
#: What is shown of an entry in its row; the whole stands below.
_ROW_MOST: Final = 300


def size(number: float) -> str:
    """A size as people read it: ``1.2 GB``, ``34.0 MB``."""
    if number >= 1e9:
        return f"{number / 1e9:.1f} GB"
    if number >= 1e5:
        return f"{number / 1e6:.1f} MB"
    return f"{number / 1e3:.0f} kB" if number >= 1e3 else f"{number:.0f} B"


def moment(text: str) -> str:
    """An ISO instant as people read it, local time."""
    return shown(Cell(datetime.fromisoformat(text), "instant"))


def backups(rows: Sequence[Last]) -> Table:
    """How the last backups ended, the newest first."""
    columns = (
        Column(t("care.backup.at"), 1.6),
        Column(t("care.backup.result"), 1.0),
        Column(t("care.backup.size"), 1.0, right=True),
        Column(t("care.backup.file"), 4.0),
    )
    made = tuple(
        (
            Cell(datetime.fromisoformat(one.at), "instant"),
            Cell(t("care.good" if one.ok else "care.bad"), tone="good" if one.ok else "bad"),
            Cell(size(one.bytes) if one.ok else None),
            Cell(PurePath(one.file).name if one.ok else one.error),
        )
        for one in rows
    )
    return Table("", columns, made, empty=t("care.backup.none"))


def retention(plan: Plan) -> Table:
    """What the rules mean, kind by kind."""
    columns = (
        Column(t("care.retention.kind"), 1.4),
        Column(t("care.retention.rule"), 1.2),
        Column(t("care.retention.goes"), 1.0, right=True),
        Column(t("care.retention.size"), 1.0, right=True),
        Column(t("care.retention.oldest"), 1.4),
        Column(t("care.retention.kept"), 3.0),
    )
    rows = tuple(
        (
            Cell(t(f"care.kind.{one.kind.value}")),
            Cell(rule(one.days), tone="" if one.days else "muted"),
            Cell(one.files, "count", tone="warn" if one.files else "muted"),
            Cell(size(one.bytes) if one.files else None),
            Cell(one.oldest.strftime("%Y-%m-%d") if one.oldest is not None else None),
            Cell("  ".join(f"{t(f'care.guard.{why}')} {n}" for why, n in one.kept.items()) or None),
        )
        for one in plan.lines
    )
    return Table("", columns, rows)


def rule(days: int) -> str:
    """A rule in words."""
    return t("care.retention.days", days=days) if days else t("care.retention.forever")


def doctor(checks: Sequence[Mapping[str, Any]]) -> Table:
    """What this machine can and cannot do."""
    columns = (
        Column(t("care.doctor.mark"), 0.6),
        Column(t("care.doctor.what"), 1.0),
        Column(t("care.doctor.detail"), 4.0),
        Column(t("care.doctor.mend"), 4.0),
    )
    rows = tuple(
        (
            Cell("✓" if one["ok"] else "✗", tone="good" if one["ok"] else "bad"),
            Cell(_check_name(str(one["id"]))),
            Cell(str(one["detail"])),
            Cell(str(one["mend"]) or None),
        )
        for one in sorted(checks, key=_bad_first)
    )
    return Table("", columns, rows, empty=t("care.doctor.not_yet"))


def _check_name(check: str) -> str:
    """A check in words; one this page does not know yet keeps its id."""
    key = f"care.check.{check}"
    return t(key) if key in catalogue(language()) else check


def _bad_first(check: Mapping[str, Any]) -> bool:
    return bool(check["ok"])


def log(lines: Sequence[LogLine]) -> Table:
    """Entries of the log."""
    columns = (
        Column(t("care.log.at"), 1.6),
        Column(t("care.log.level"), 0.8),
        Column(t("care.log.where"), 1.4),
        Column(t("care.log.text"), 5.0),
    )
    rows = tuple(
        (
            Cell(one.at),
            Cell(t(f"care.level.{one.level.lower()}"), tone=_LEVELS.get(one.level, "muted")),
            Cell(one.name, tone="muted"),
            Cell(one.text.partition("\n")[0][:_ROW_MOST]),
        )
        for one in lines
    )
    return Table("", columns, rows, empty=t("care.log.none"))


def passing(lines: Sequence[LogLine], words: str, level: str) -> list[int]:
    """Places of the entries with these words, of this level or graver."""
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    wanted = set(levels[levels.index(level) :]) if level in levels else set(levels)
    words = words.casefold().strip()
    return [
        at
        for at, one in enumerate(lines)
        if one.level in wanted and (not words or words in f"{one.name} {one.text}".casefold())
    ]


def seats(rows: Sequence[Seat]) -> Table:
    """The programs at this database."""
    columns = (
        Column(t("care.programs.seat"), 2.0),
        Column(t("care.programs.role"), 1.0),
        Column(t("care.programs.version"), 1.0),
        Column(t("care.programs.schema"), 1.0),
        Column(t("care.programs.at"), 1.6),
        Column(t("care.programs.standing"), 2.0),
    )
    best = max((one.version for one in rows if one.present), key=ordered, default="")
    made = tuple(
        (
            Cell(one.name + (t("care.programs.here") if one.here else "")),
            Cell(t(f"care.role.{one.role}")),
            Cell(one.version, tone="warn" if newer(best, one.version) else ""),
            Cell(one.schema),
            Cell(one.at, "instant"),
            Cell(_standing(one, best), tone="muted" if not one.present else ""),
        )
        for one in rows
    )
    return Table("", columns, made, empty=t("care.programs.none"))


def _standing(one: Seat, best: str) -> str:
    if not one.present:
        return t("care.programs.gone")
    return t("care.programs.older") if newer(best, one.version) else t("care.programs.same")


def rehearsed(document: Mapping[str, Any]) -> list[str]:
    """A rehearsal in sentences, what is wrong first."""
    lines = [t("care.rehearsal.good" if document["ok"] else "care.rehearsal.bad", took=document["took_s"],
               file=PurePath(document["file"]).name)]  # fmt: skip
    checked, files = document["check"], document["evidence"]
    lines += [
        t("care.rehearsal.lost", what=row["id"], backup=row["backup"], live=row["live"])
        for row in document["record"]
        if not row["same"]
    ]
    key = "check_good" if checked["ok"] else "check_bad"
    lines.append(t(f"care.rehearsal.{key}", events=checked["events"]))
    lines.append(t("care.rehearsal.chain_good" if document["chain_same"] else "care.rehearsal.chain_bad"))
    if files is None:
        lines.append(t("care.rehearsal.no_evidence"))
    else:
        counts = {"files": files["files"], "bad": len(files["bad"]), "missing": len(files["missing"])}
        lines.append(t("care.rehearsal.evidence", **counts))
    moved = sum(not row["same"] for row in document["figures"])
    same = len(document["figures"]) - moved
    lines.append(t("care.rehearsal.figures", same=same, moved=moved, later=document["later"]))
    return lines
