"""Chosen cases as a table and as pages: every case in it, whole or not at all."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from console.domain.errors import Refusal
from console.i18n import set_language
from console.models.names import NameBook
from console.reports import case_list
from tests.gui import samples

pytestmark = pytest.mark.usefixtures("qapp")
TEAMS = {"appearance": "市容劝导队"}


def write(file: Path, count: int = 3) -> int:
    set_language("zh")
    cases = [replace(samples.case(), id=f"20260929-{n:04d}", note="=1+1") for n in range(count)]
    return case_list.write(
        cases,
        file,
        now=samples.NOW,
        calendar=samples.CALENDAR,
        names=NameBook(samples.NAMES),
        teams=TEAMS,
        by="li.na",
    )


def test_a_table_with_what_the_list_says(tmp_path: Path) -> None:
    assert write(tmp_path / "a.csv") == 3
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["编号"] for row in rows] == ["20260929-0000", "20260929-0001", "20260929-0002"]
    assert rows[0]["剩余"] == "到场 01:12"
    assert rows[0]["队伍"] == "市容劝导队"
    assert not rows[0]["说明"].startswith("=")  # no formula
    assert write(tmp_path / "a.xlsx") == 3
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 4


def test_pages_to_print(tmp_path: Path) -> None:
    assert write(tmp_path / "a.pdf", 60) == 60
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") >= 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    for name in ("gone/a.pdf", "gone/a.csv"):
        with pytest.raises(Refusal) as said:
            write(tmp_path / name)
        assert (said.value.code, said.value.detail) == ("bad_file", "place")
    with pytest.raises(Refusal) as said:
        write(tmp_path / "a.docx")
    assert said.value.code == "bad_usage"
