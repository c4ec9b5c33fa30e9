"""One report as data: what stands in it, not how it looks.

A :class:`Report` is put together once and written by three writers (PDF, XLSX,
CSV) and shown by a preview, so that they all tell the same figures. Cells are
typed: a rate is a number from 0 to 1, a length is in seconds, an instant is
aware; words are in the report's own language already. Nothing in here knows Qt.

``write(report, Path("shift.pdf"))`` chooses the writer by the suffix.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal

#: What a cell can be: words; a number of things; a share of 0–1; a length in
#: seconds; a score of 0–100 with a grade; another number; an instant; and changes:
#: of a share (0–1, shown in percentage points), of a number, of a length.
KINDS: Final = (
    "text", "count", "rate", "seconds", "score", "number", "instant", "points", "diff", "diff_s",
)  # fmt: skip
#: How a cell or a series stands out: quiet, bad, warning, good, the main thing.
TONES: Final = ("", "muted", "bad", "warn", "good", "main", "heading")
#: Shapes of charts: columns, lines, or columns with their running share.
SHAPES: Final = ("columns", "lines", "pareto")
#: Files a report can be written as.
SUFFIXES: Final = (".pdf", ".xlsx", ".csv")
ZONE: Final = ZoneInfo("Asia/Shanghai")
#: What stands where there is nothing to tell.
DASH: Final = "—"

Plain = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. ``kind`` is one of :data:`KINDS`; ``None`` is shown as a dash.
    ``grade`` A–E stands behind a score. ``drill`` names the cases behind the
    value for whoever can open them; empty: none."""

    value: Plain
    kind: str = "text"
    tone: str = ""
    grade: str = ""
    drill: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, and how much of the width it gets beside the others.
    Numbers stand at the right, words at the left."""

    title: str
    width: float = 1.0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title; each as long as ``columns``. ``note`` stands below."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or row of columns. ``values`` is as long as the chart's
    ``labels``; ``None`` leaves a gap."""

    name: str
    values: tuple[float | None, ...]
    tone: str = "main"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data. ``kind`` says what its values are, as of cells;
    ``limit`` is a dashed line with a name; ``note`` stands below."""

    title: str
    shape: str
    kind: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    limit: tuple[str, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences under a title (which may be empty)."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with values in two columns under a title: weather, officers …"""

    title: str
    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A large figure: its name, the value, and a short line below it."""

    name: str
    cell: Cell
    below: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Large figures side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own."""


Block = Table | Chart | Lines | Facts | Tiles | NewPage


@dataclass(frozen=True, slots=True)
class Report:
    """A report. ``period`` and ``cut`` are words that stand under the title;
    ``rules`` say how was counted; ``made`` says when and by whom, ``site`` whose
    it is. ``wide`` asks for pages across. ``lang`` is the language of all words
    in it, and of those the writers add."""

    title: str
    period: str
    blocks: tuple[Block, ...]
    lang: str = "zh"
    cut: str = ""
    rules: tuple[str, ...] = ()
    made: str = ""
    site: str = ""
    wide: bool = False
    tags: tuple[str, ...] = field(default=())
    """Words for the file's own properties."""


def text(words: str, tone: str = "", drill: str = "") -> Cell:
    """A cell of words."""
    return Cell(words, "text", tone, drill=drill)


def count(number: int | float | None, tone: str = "", drill: str = "") -> Cell:
    """A cell with a number of things."""
    return Cell(number, "count", tone, drill=drill)


def rate(share: float | None, tone: str = "", drill: str = "") -> Cell:
    """A cell with a share of 0–1."""
    return Cell(share, "rate", tone, drill=drill)


def seconds(length: float | None, tone: str = "", drill: str = "") -> Cell:
    """A cell with a length in seconds."""
    return Cell(length, "seconds", tone, drill=drill)


def score(points: float | None, grade: str = "", tone: str = "", drill: str = "") -> Cell:
    """A cell with a score of 0–100 and its grade."""
    return Cell(points, "score", tone, grade, drill)


def instant(at: datetime | None, tone: str = "") -> Cell:
    """A cell with an aware instant, shown in the site's time."""
    return Cell(at, "instant", tone)


def shown(cell: Cell) -> str:
    """A cell as people read it: ``94.4 %``, ``08:51``, ``2:03:48``, ``—``.
    A share and a score keep one decimal, so that screen and paper agree."""
    value = cell.value
    if value is None:
        return DASH
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        return value
    return _number(float(value), cell)


def _number(value: float, cell: Cell) -> str:
    if cell.kind == "rate":
        return f"{value:.1%}".replace("%", " %")
    if cell.kind == "points":
        return f"{value * 100:+.1f}"
    if cell.kind == "seconds":
        return length(value)
    if cell.kind == "diff":
        return f"{value:+,.0f}" if value == int(value) else f"{value:+,.1f}"
    if cell.kind == "diff_s":
        return f"{'+' if value > 0 else ''}{length(value)}"
    if cell.kind == "score":
        return f"{value:.1f} {cell.grade}".rstrip()
    if cell.kind == "count" or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def length(value: float) -> str:
    """Seconds as ``08:51``, from an hour on ``2:03:48``; below zero ``-01:12``."""
    whole = int(abs(value) + 0.5)
    sign = "-" if value < 0 and whole else ""
    if whole < 3600:
        return f"{sign}{whole // 60:02d}:{whole % 60:02d}"
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def tables(report: Report) -> tuple[Table, ...]:
    """The tables in order."""
    return tuple(one for one in report.blocks if isinstance(one, Table))


def charts(report: Report) -> tuple[Chart, ...]:
    """The charts in order."""
    return tuple(one for one in report.blocks if isinstance(one, Chart))


def thin(block: Block, note: str) -> Block:
    """A chart of too few cases: grey, and it says so. Other blocks as they are."""
    if not isinstance(block, Chart):
        return block
    return replace(block, series=tuple(replace(one, tone="muted") for one in block.series), note=note)


def write(report: Report, file: Path) -> int:
    """Write ``file`` (``.pdf``, ``.xlsx`` or ``.csv``), whole or not at all;
    returns pages, sheets or lines. Any thread; a program without windows calls
    :func:`console.reports.case_sheet.fonts` before the first PDF. Raises
    ``Refusal``: ``bad_usage.report_file`` for another suffix, ``bad_file.place``
    where nothing can be written, ``disk_full``."""
    writer = _writer(file)
    spare = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        made = writer(report, spare)
        os.replace(spare, file)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refusal("disk_full", "file", file=str(file)) from error
        raise Refusal("bad_file", "place", path=str(file)) from error
    finally:
        spare.unlink(missing_ok=True)
    return made


def demand_suffix(file: Path) -> None:
    """Raise ``Refusal('bad_usage', 'report_file')`` for a file no writer makes:
    asked before the figures are read."""
    if file.suffix.lower() not in SUFFIXES:
        raise Refusal("bad_usage", "report_file", file=file.name)


def _writer(file: Path) -> Callable[[Report, Path], int]:
    demand_suffix(file)
    suffix = file.suffix.lower()
    if suffix == ".pdf":
        from console.reports import report_pdf

        return report_pdf.write
    if suffix == ".xlsx":
        from console.reports import report_xlsx

        return report_xlsx.write
    from console.reports import report_csv

    return report_csv.write


def of_rows(title: str, heads: Sequence[tuple[str, float, bool]], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table from heads ``(title, width, right)`` and rows of cells."""
    return Table(title, tuple(Column(*head) for head in heads), tuple(tuple(row) for row in rows))
