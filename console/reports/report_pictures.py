"""The pages of a report as pictures for the screen, and getting Qt ready to paint
reports in other threads."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter

from console.reports import pdf_text, report_doc, report_pdf
from console.reports.report_doc import (
    SHAPES,
    Block,
    Chart,
    Column,
    Facts,
    Lines,
    Report,
    Series,
    Table,
    Tile,
    Tiles,
)


def warm() -> None:
    """Use once, in the windows' own thread, what painting a report uses of Qt:
    PySide makes the enumerations that a call's overloads ask for at their first
    use, and two threads that do so at the same instant end the process. Some
    milliseconds the first time, nothing later."""
    if _warmed:
        return
    _warmed.append(True)
    cells = (report_doc.text("甲 a"), report_doc.rate(0.5, "bad"))
    table = Table("一", (Column("一"), Column("2", 1.0, True)), (cells,), "注")
    numbers = Series("甲", (1.0, None, 2.0))
    plots = [
        Chart("图", shape, "count", ("1", "2", "3"), (numbers, numbers), ("限", 1.5)) for shape in SHAPES
    ]
    facts = Facts("一", (("甲", report_doc.count(1)),))
    blocks: tuple[Block, ...] = (
        Tiles((Tile("甲", cells[1], "乙"),)),
        table,
        *plots,
        facts,
        Lines("二", ("三",)),
    )
    pictures(Report("甲", "乙", blocks), 1, 0.1)
    report_pdf.layout(False)
    pdf_text.named("甲")


_warmed: list[bool] = []


def pictures(report: Report, most: int, scale: float = 0.7) -> tuple[tuple[QImage, ...], int]:
    """The first ``most`` pages as pictures for the screen, and how many pages
    there are. Any thread but needs fonts."""
    size = QPageSize(QPageSize.PageSizeId.A4).sizePixels(report_pdf.DPI)
    across, down = (size.height(), size.width()) if report.wide else (size.width(), size.height())
    edge = report_pdf.MARGIN_MM / 25.4 * report_pdf.DPI
    page = QRectF(0, 0, across - 2 * edge, down - 2 * edge)
    pages = report_pdf.paginate(report, page)
    made = []
    for number, items in enumerate(pages[:most], start=1):
        image = QImage(round(across * scale), round(down * scale), QImage.Format.Format_RGB32)
        image.fill(QColor("#ffffff"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        painter.translate(edge, edge)
        report_pdf.paint_frame(painter, page, report, number, len(pages))
        report_pdf.paint_page(painter, page, items)
        painter.end()
        made.append(image)
    return tuple(made), len(pages)
