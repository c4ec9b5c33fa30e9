"""The case sheet: one case on A4 as PDF, with its clocks, its timeline and its
pictures, in the language now. Every page says for whom and why it was printed.

Runs in any thread; a program without windows calls :func:`fonts` first.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from console.domain.errors import Refusal
from console.domain.model import Case, Deadline, Event, Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import either, t
from console.models import wording
from console.models.names import NameBook
from console.reports import marks
from console.services.packs import PackContent

#: Dots an inch of the pages.
DPI: Final = 144
MARGIN_MM: Final = 16.0
#: Room for the lines above and below the text, in dots.
HEAD: Final = 40
FOOT: Final = 44
#: Pictures in the sheet are for looking at; the originals lie beside it.
PICTURE_PX: Final = 900
PICTURED: Final = frozenset(
    {EvidenceKind.SNAPSHOT, EvidenceKind.MAIN_PICTURE, EvidenceKind.BEFORE, EvidenceKind.AFTER}
)
_STYLE: Final = """
h1 { font-size: 30px; margin: 0 0 2px 0 } h2 { font-size: 20px; margin: 18px 0 4px 0 }
p, td, th { font-size: 17px } p.small { font-size: 14px; color: #444 }
th { text-align: left; background: #e8ebef } td.n { font-size: 14px }
"""


def fonts() -> None:
    """Make sure that words can be painted: a program without windows gets an
    application of its own that needs no display."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _kept.append(QGuiApplication(["fifteen"]))


_kept: list[QGuiApplication] = []


def pictured(one: Evidence) -> bool:
    """True for what is a picture, whatever it was attached as."""
    return one.kind in PICTURED or one.media_type.startswith("image/")


def stamp(content: PackContent) -> str:
    """What every page and every marked picture says across it."""
    at = f"{wording.local(content.packed_at):%Y-%m-%d %H:%M}"
    book = NameBook(content.names)
    by = t("pack.mark.by", who=book.person(content.packed_by), at=at)
    whom = t("pack.mark.for", whom=content.recipient) if content.recipient else t("pack.mark.inside")
    return f"{wording.number(content.case.id)} {whom} {by}"


def write(content: PackContent, file: Path) -> int:
    """Write the sheet; returns how many pages it has. Raises ``disk_full`` or
    ``bad_file.place``."""
    document = _document(content)
    writer = QPdfWriter(str(file))
    writer.setTitle(f"{t('pack.sheet.title')} {content.case.id}")
    writer.setCreator("Fifteen 十五分钟")
    writer.setResolution(DPI)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            margins,
            QPageLayout.Unit.Millimeter,
        )
    )
    painter = QPainter()
    if not painter.begin(writer):
        raise _cannot_write(file)
    try:
        pages = _paint(document, painter, QRectF(0, 0, writer.width(), writer.height()), content, writer)
    finally:
        ended = painter.end()
    if not ended or not file.exists():
        raise _cannot_write(file)
    return pages


def _cannot_write(file: Path) -> Refusal:
    try:
        with file.open("ab"):
            pass
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Refusal("disk_full", "file", file=str(file))
    return Refusal("bad_file", "place", path=str(file))


def _paint(
    document: QTextDocument, painter: QPainter, page: QRectF, content: PackContent, writer: QPdfWriter
) -> int:
    body = QSizeF(page.width(), page.height() - HEAD - FOOT)
    document.setPageSize(body)
    count = document.pageCount()
    words = stamp(content)
    for number in range(count):
        if number:
            writer.newPage()
        _frame(painter, page, content, number + 1, count)
        painter.save()
        painter.translate(0, HEAD - number * body.height())
        context = QAbstractTextDocumentLayout.PaintContext()
        context.clip = QRectF(0, number * body.height(), body.width(), body.height())
        painter.setClipRect(context.clip)
        document.documentLayout().draw(painter, context)
        painter.restore()
        _watermark(painter, page, words)
    return count


def _frame(painter: QPainter, page: QRectF, content: PackContent, number: int, count: int) -> None:
    painter.setFont(marks.font(14))
    painter.setPen(QColor("#444444"))
    title = f"{t('pack.sheet.title')} {content.case.id}"
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
    top = QRectF(0, 0, page.width(), HEAD)
    painter.drawText(top, int(left), title)
    painter.drawText(top, int(right), t("pack.sheet.page", n=number, of=count))
    foot = QRectF(0, page.height() - FOOT + 12, page.width(), FOOT - 12)
    seq, digest = content.chain_head
    line = t("pack.sheet.foot", reason=content.reason, seq=seq, hash=digest[:16])
    metrics = QFontMetricsF(painter.font())
    painter.drawText(foot, int(left), metrics.elidedText(line, Qt.TextElideMode.ElideRight, page.width()))
    painter.drawLine(0, HEAD - 12, int(page.width()), HEAD - 12)


def _watermark(painter: QPainter, page: QRectF, words: str) -> None:
    shown = marks.font(26, bold=True)
    painter.setFont(shown)
    painter.setOpacity(0.35)
    marks.across(painter, page, words, QFontMetricsF(shown), 26)
    painter.setOpacity(1.0)


def _document(content: PackContent) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDefaultFont(marks.font(17))
    document.setDefaultStyleSheet(_STYLE)
    document.setDocumentMargin(0)
    pictures = _pictures(document, content)
    parts = (_head, _facts, _clocks, _happened, _files)
    document.setHtml("".join([*(part(content) for part in parts), *pictures]))
    return document


def _head(content: PackContent) -> str:
    case = content.case
    what = either(case.name_zh, case.name_en) or t("pack.sheet.unclassed")
    return (
        f"<h1>{escape(t('pack.sheet.title'))} {escape(case.id)}</h1>"
        f"<p>{escape(what)} · {escape(wording.state(case.state))}</p>"
    )


def _facts(content: PackContent) -> str:
    case, book = content.case, NameBook(content.names)
    condition = either(case.condition_zh, case.condition_en)
    camera = content.cameras.get(case.camera)
    point = f"{case.lon:.6f}, {case.lat:.6f}" if case.lon is not None and case.lat is not None else ""
    teams = " ".join(either(*content.teams[one]) if one in content.teams else one for one in case.teams)
    rows = [
        ("source", t(f"states.source.{case.source.value}")),
        ("where", book.where(case.community, case.place)),
        ("point", f"{point} (CGCS2000)" if point else ""),
        ("camera", f"{camera.name} {camera.id}" if camera else case.camera),
        ("category", f"{case.category.standard} {case.category.code}" if case.category else ""),
        ("condition", f"{case.condition_id} {condition}".strip()),
        ("teams", teams),
        ("owner", book.person(case.owner) if case.owner else ""),
        ("note", case.note),
        ("end", case.end_reason),
        ("reason", content.reason),
        ("recipient", content.recipient),
        ("by", f"{book.person(content.packed_by)} {_moment(content.packed_at)}"),
    ]
    return _table((), [(t(f"pack.fact.{key}"), said) for key, said in rows if said], head_column=True)


def _clocks(content: PackContent) -> str:
    rows = [_clock(content.case, one) for one in content.case.deadlines]
    if not rows:
        return ""
    heads = ("clock", "limit", "start", "due", "met", "result")
    return f"<h2>{escape(t('pack.sheet.clocks'))}</h2>" + _table([t(f"pack.col.{h}") for h in heads], rows)


def _clock(case: Case, one: Deadline) -> Sequence[str]:
    if one.cancelled:
        result = t("pack.clock.cancelled")
    elif one.met_at is None:
        result = t("pack.clock.open")
    elif one.met_at <= one.due_at:
        result = t("pack.clock.kept")
    else:
        result = t("pack.clock.late", span=wording.span((one.met_at - one.due_at).total_seconds()))
    if case.manual_time and one.met_at is not None:
        result += f" ({t('pack.clock.manual')})"
    return (
        wording.clock_name(one.kind),
        wording.limit(one.limit),
        _moment(one.start_at),
        _moment(one.due_at),
        _moment(one.met_at) if one.met_at else "—",
        result,
    )


def _happened(content: PackContent) -> str:
    book = NameBook(content.names)
    teams = {key: either(*names) for key, names in content.teams.items()}
    rows = []
    for event in content.events:
        rows.append(
            (
                str(event.seq),
                _moment(event.at) + _late_record(event),
                book.person(event.actor),
                wording.event_line(event, teams),
                wording.event_detail(event),
            )
        )
    heads = ("seq", "at", "who", "what", "detail")
    return f"<h2>{escape(t('pack.sheet.timeline'))}</h2>" + _table([t(f"pack.col.{h}") for h in heads], rows)


def _late_record(event: Event) -> str:
    """A time given by hand also tells when it was written down."""
    if (event.recorded_at - event.at).total_seconds() < 1:
        return ""
    return " " + t("pack.sheet.recorded", at=f"{wording.local(event.recorded_at):%H:%M:%S}")


def _files(content: PackContent) -> str:
    book = NameBook(content.names)
    rows = []
    for number, one in enumerate(content.evidence, start=1):
        offset = "—" if one.clock_offset_s is None else f"{one.clock_offset_s:+.1f} s"
        rows.append(
            (
                str(number),
                t(f"states.evidence.{one.kind.value}"),
                _moment(one.captured_at),
                one.camera,
                offset,
                book.person(one.added_by) if one.added_by else "",
                f"{one.bytes:,}",
                one.sha256 if one.sha256 in content.paths else f"{one.sha256} {t('pack.sheet.absent')}",
            )
        )
    if not rows:
        return f"<h2>{escape(t('pack.sheet.evidence'))}</h2><p>{escape(t('pack.sheet.no_evidence'))}</p>"
    heads = ("n", "kind", "captured", "camera", "offset", "who", "bytes", "sha256")
    return f"<h2>{escape(t('pack.sheet.evidence'))}</h2>" + _table([t(f"pack.col.{h}") for h in heads], rows)


def _pictures(document: QTextDocument, content: PackContent) -> Iterable[str]:
    """Pictures with a line each; what cannot be read says so."""
    parts: list[str] = []
    for number, one in enumerate(content.evidence, start=1):
        if not pictured(one) or one.sha256 not in content.paths:
            continue
        kind = t(f"states.evidence.{one.kind.value}")
        caption = " · ".join(filter(None, (str(number), kind, _moment(one.captured_at), one.camera)))
        try:
            picture: QImage = marks.read(content.paths[one.sha256], PICTURE_PX)
        except Refusal:
            parts.append(f"<p>{escape(caption)}: {escape(t('pack.sheet.unreadable'))}</p>")
            continue
        name = f"evidence-{number}"
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), picture)
        width = min(PICTURE_PX, picture.width())
        parts.append(f'<p><img src="{name}" width="{width}"><br>{escape(caption)}</p>')
    # On a page of its own: a heading must not stand alone at the foot of one.
    head = f'<h2 style="page-break-before: always">{escape(t("pack.sheet.pictures"))}</h2>'
    return [head, *parts] if parts else []


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, head_column: bool = False) -> str:
    lines = []
    if heads:
        lines.append("<tr>" + "".join(f"<th>{escape(word)}</th>" for word in heads) + "</tr>")
    for row in rows:
        cells = [f'<td class="n">{_breakable(word)}</td>' for word in row]
        if head_column:
            cells[0] = f'<th width="120">{escape(row[0])}</th>'
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return f'<table width="100%" cellspacing="0" cellpadding="4" border="0.5">{"".join(lines)}</table>'


def _breakable(word: str) -> str:
    """A hash or a word without blanks may break, or it would widen the page."""
    if len(word) > 24 and " " not in word and word.isascii():
        return "<br>".join(escape(word[at : at + 16]) for at in range(0, len(word), 16))
    return escape(word).replace("\n", "<br>")


def _moment(at: datetime | None) -> str:
    return f"{wording.local(at):%Y-%m-%d %H:%M:%S}" if at is not None else ""
