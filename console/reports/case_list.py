"""Chosen cases as a table for a spreadsheet, or as pages to print."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Case
from console.i18n import either, t
from console.models import wording
from console.models.names import NameBook
from console.reports.tables import write_table

COLUMNS: Final = ("number", "state", "what", "where", "left", "due", "who", "opened", "note")
_DPI: Final = 144
_STYLE: Final = """
h1 { font-size: 26px; margin: 0 0 2px 0 } p { font-size: 15px; color: #444 }
td, th { font-size: 15px; padding: 4px } th { text-align: left; background: #e8ebef }
"""


def write(
    cases: Sequence[Case],
    file: Path,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    names: NameBook,
    teams: Mapping[str, str],
    by: str,
) -> int:
    """Write ``file`` (``.csv``, ``.xlsx``, ``.jsonl`` or ``.pdf``) in the
    language now; returns how many cases. Raises ``Refusal`` as
    :func:`console.reports.tables.write_table` does."""
    rows = list(_rows(cases, now, calendar, names, teams))
    if file.suffix.lower() == ".pdf":
        _pages(rows, file, now, names.person(by))
        return len(rows)
    heads = {column: t(f"desk.list.{column}") for column in COLUMNS if column not in ("due", "note")}
    heads |= {"due": t("board.several.due"), "note": t("board.several.note_head")}
    named = ({heads[column]: row[column] for column in COLUMNS} for row in rows)
    return write_table(named, [heads[column] for column in COLUMNS], file)


def _rows(
    cases: Sequence[Case],
    now: datetime,
    calendar: WorkingCalendar,
    names: NameBook,
    teams: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    for case in cases:
        head = deadlines.headline(case)
        left = wording.countdown(deadlines.remaining_s(head, now, calendar)) if head is not None else ""
        yield {
            "number": case.id,
            "state": wording.state(case.state),
            "what": either(case.name_zh, case.name_en),
            "where": names.where(case.community, case.place),
            "left": f"{wording.clock_name(head.kind)} {left}" if head is not None else "",
            "due": f"{wording.local(head.due_at):%Y-%m-%d %H:%M:%S}" if head is not None else "",
            "who": " ".join(teams.get(team, team) for team in case.teams),
            "opened": f"{wording.local(case.opened_at):%Y-%m-%d %H:%M:%S}" if case.opened_at else "",
            "note": case.note,
        }


def _pages(rows: Sequence[Mapping[str, Any]], file: Path, now: datetime, by: str) -> None:
    """A4 across, written whole or not at all."""
    columns = ("number", "state", "what", "where", "left", "who", "opened")
    heads = "".join(f"<th>{escape(t(f'desk.list.{column}'))}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(row[column]))}</td>" for column in columns) + "</tr>"
        for row in rows
    )
    at = f"{wording.local(now):%Y-%m-%d %H:%M:%S}"
    title = escape(t("board.several.sheet", n=len(rows)))
    said = escape(t("board.several.printed", at=at, by=by))
    html = f"<style>{_STYLE}</style><h1>{title}</h1><p>{said}</p>"
    html += f"<table width='100%' cellspacing='0'><tr>{heads}</tr>{body}</table>"
    spare = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        spare.touch()
        writer = QPdfWriter(str(spare))
        writer.setResolution(_DPI)
        writer.setPageLayout(
            QPageLayout(
                QPageSize(QPageSize.PageSizeId.A4),
                QPageLayout.Orientation.Landscape,
                QMarginsF(12, 12, 12, 12),
                QPageLayout.Unit.Millimeter,
            )
        )
        page = QTextDocument()
        page.documentLayout().setPaintDevice(writer)
        page.setPageSize(writer.pageLayout().paintRectPixels(_DPI).size().toSizeF())
        page.setHtml(html)
        page.print_(writer)
        del writer
        os.replace(spare, file)
    except OSError as error:
        raise Refusal("bad_file", "place", path=str(file)) from error
    finally:
        spare.unlink(missing_ok=True)
