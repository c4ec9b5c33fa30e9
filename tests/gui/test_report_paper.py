"""The paper of a report: nothing lost, nothing cut, heads repeated, names right."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.reports import report_chart, report_doc, report_pdf
from console.reports.report_doc import Chart, Column, Lines, NewPage, Report, Series, Table, count, text

PAGE = QRectF(0, 0, 1032, 1525)


def long_table(rows: int) -> Table:
    heads = (Column("案号"), Column("事由 what", 3.0), Column("n", 0.5, True))
    body = tuple(
        (text(f"20261121-{n:04d}"), text("店外堆放杂物 " * (1 + n % 5)), count(n)) for n in range(rows)
    )
    return Table("超时案件", heads, body, note="共一百二十件")


def report(*blocks: report_doc.Block, lang: str = "zh") -> Report:
    return Report("日报", "2026-11-21", blocks, lang, cut="立案时间", rules=("规则一",), made="23:00 李娜")


def words_of(file: Path) -> str:
    asked = ["pdftotext", "-layout", str(file), "-"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def test_a_long_table_goes_on_with_its_head_and_loses_no_row(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "长表.pdf"
    pages = report_doc.write(report(long_table(120)), file)
    assert pages >= 3, "more rows than a page holds"
    found = words_of(file).split("\f")[:-1]
    assert len(found) == pages, "a page each"
    for number, page in enumerate(found, start=1):
        assert "案号" in page, f"page {number} has the table's head"
        assert f"第 {number} 页，共 {pages} 页" in page, "and its number"
        assert "立案时间 · 23:00 李娜" in page, "and how was counted, and by whom"
    whole = "".join(found)
    assert [n for n in range(120) if f"20261121-{n:04d}" not in whole] == [], "every row is there"
    assert whole.index("共一百二十件") > whole.index("20261121-0119"), "the note stands below the table"


def test_pieces_fit_their_page_and_a_title_never_stands_alone(qapp: QApplication) -> None:
    chart = Chart("图", "columns", "count", ("08", "09"), (Series("件", (3.0, None)),))
    made = report(*(block for n in range(9) for block in (chart, long_table(n * 3), Lines("说明", ("一",)))))
    pages = report_pdf.paginate(made, PAGE)
    room = PAGE.height() - report_pdf.HEAD - report_pdf.FOOT
    for items in pages:
        assert sum(item.height for item in items) <= room + 0.5, "nothing is cut at the foot"
        assert not items[-1].keep, "what belongs to the next piece stands with it"
    assert all(pages), "no page is empty"


def test_a_new_page_is_begun_where_it_is_asked_for(qapp: QApplication) -> None:
    pages = report_pdf.paginate(report(Lines("一", ("甲",)), NewPage(), Lines("二", ("乙",))), PAGE)
    assert len(pages) == 2, "one break"


@pytest.mark.parametrize(
    ("most", "kind", "top", "step"),
    [
        (0.0, "count", 1.0, 1.0),
        (3.0, "count", 3.0, 1.0),
        (86.0, "count", 100.0, 20.0),
        (640.0, "seconds", 900.0, 300.0),
        (61.0, "seconds", 75.0, 15.0),
        (0.4, "rate", 1.0, 0.25),
    ],
)
def test_an_axis_ends_on_a_round_value_at_or_above_the_largest(
    most: float, kind: str, top: float, step: float
) -> None:
    assert report_chart.scale(most, kind) == (top, step), "whole things, round times, shares up to one"


def test_words_that_share_a_glyph_are_copied_as_they_were_written(qapp: QApplication, tmp_path: Path) -> None:
    said = "力 长 门 母 立 心 高 – 2026-11-21 filed office"
    file = tmp_path / "字.pdf"
    report_doc.write(report(Lines("", (said,))), file)
    assert said in words_of(file).replace("  ", " "), "no radical, no joined letter stands for them"


def test_a_file_that_cannot_be_written_leaves_nothing(qapp: QApplication, tmp_path: Path) -> None:
    taken = tmp_path / "taken.pdf"
    taken.mkdir()
    with pytest.raises(Refusal) as refused:
        report_doc.write(report(long_table(3)), taken)
    assert (refused.value.code, refused.value.detail) == ("bad_file", "place"), "a sentence, no crash"
    with pytest.raises(Refusal) as other:
        report_doc.write(report(), tmp_path / "report.doc")
    assert other.value.detail == "report_file", "no writer for it"
    assert [one.name for one in tmp_path.iterdir()] == ["taken.pdf"], "no half file stays"
