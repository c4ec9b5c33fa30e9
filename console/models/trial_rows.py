"""What trials of cameras and a look around for devices found, as tables. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from console.i18n import t
from console.models.camera_facts import CLOCK_NOTICE_S
from console.models.wording import span
from console.reports.report_doc import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One camera: waiting (``state`` empty) or tried. Times in seconds."""

    camera: str
    name: str
    state: str = ""
    why: str = ""
    connect_s: float | None = None
    stream: str = ""
    fps: float | None = None
    key_gap_s: float | None = None
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A device that answered: where, what it says it is, and which camera of ours
    has that address already."""

    host: str
    name: str
    model: str
    known: str = ""


#: What failed comes first, then what is still to be tried.
_ORDER: Final = {"": 1, "ok": 2}


def trial_table(rows: Sequence[TrialRow]) -> Table:
    """Failed ones first, with the reason in words."""
    columns = (
        Column(t("camadmin.column.name"), 2.2),
        Column(t("camadmin.trial.state"), 1.2),
        Column(t("camadmin.trial.why"), 3.0),
        Column(t("camadmin.trial.connect"), 0.8, True),
        Column(t("camadmin.trial.stream"), 1.6),
        Column(t("camadmin.trial.fps"), 0.7, True),
        Column(t("camadmin.trial.key_gap"), 0.9, True),
        Column(t("camadmin.column.clock"), 0.9, True),
        Column(t("camadmin.column.id"), 1.6),
    )
    return Table("", columns, tuple(_trial(row) for row in rows))


def arranged(rows: Mapping[str, TrialRow]) -> list[TrialRow]:
    """In the order of the table."""
    return sorted(rows.values(), key=lambda row: (_ORDER.get(row.state, 0), row.name, row.camera))


def _trial(row: TrialRow) -> tuple[Cell, ...]:
    tone = {"": "muted", "ok": "good"}.get(row.state, "bad")
    offset = row.clock_offset_s
    wrong = offset is not None and abs(offset) > CLOCK_NOTICE_S
    return (
        Cell(row.name, tone="main"),
        Cell(t(f"camadmin.trial.{row.state or 'waiting'}"), tone=tone),
        Cell(row.why),
        Cell(_figure(row.connect_s, 2)),
        Cell(row.stream),
        Cell(_figure(row.fps, 1)),
        Cell(_figure(row.key_gap_s, 1)),
        Cell(_clock(offset), tone="bad" if wrong else ""),
        Cell(row.camera, tone="muted"),
    )


def _figure(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}f}"


def _clock(offset: float | None) -> str | None:
    if offset is None:
        return None
    return f"{offset:+.1f}" if abs(offset) < 60 else f"{'+' if offset > 0 else '−'}{span(abs(offset))}"


def found_table(rows: Sequence[FoundRow]) -> Table:
    """Devices not configured yet first."""
    columns = tuple(
        Column(t(f"camadmin.found.{name}"), width)
        for name, width in (("host", 1.4), ("name", 2.0), ("model", 2.0), ("known", 2.0))
    )
    cells = tuple(
        (
            Cell(row.host, tone="main"),
            Cell(row.name),
            Cell(row.model),
            Cell(row.known or t("camadmin.found.new"), tone="muted" if row.known else "good"),
        )
        for row in rows
    )
    return Table("", columns, cells)
