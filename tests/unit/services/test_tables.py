"""Exported tables: what a spreadsheet may run is guarded, a failure leaves nothing."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from console.reports.tables import write_table
from tests.unit.services.test_cases import refused

RECORDS = [
    {
        "id": 1,
        "note": "=HYPERLINK(1)",
        "who": {"name": "王"},
        "teams": ["a", "b"],
        "open": True,
        "late": -1.5,
    },
    {"id": 2, "note": '-说明, "引号"\n两行', "who": None, "teams": [], "open": False, "late": None},
]
COLUMNS = ("id", "note", "who.name", "teams", "open", "late")


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert write_table(iter(RECORDS), COLUMNS, file) == 2
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[1] == ["1", "'=HYPERLINK(1)", "王", "a;b", "1", "-1.5"]
    assert rows[2] == ["2", '\'-说明, "引号"\n两行', "", "", "0", ""]


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert write_table(iter(RECORDS), COLUMNS, file) == 2
    rows = list(load_workbook(file).worksheets[0].iter_rows())
    assert [cell.value for cell in rows[1]] == [1, "=HYPERLINK(1)", "王", "a;b", 1, -1.5]
    with zipfile.ZipFile(file) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    assert [cell.value for cell in rows[0]] == list(COLUMNS)


def test_json_lines_keep_the_record(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    write_table(iter(RECORDS), COLUMNS, file)
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == RECORDS


def test_a_failure_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old", "utf-8")

    def broken() -> Iterator[dict[str, Any]]:
        yield RECORDS[0]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write_table(broken(), COLUMNS, file)
    assert file.read_text("utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    with refused("bad_usage", "export"):
        write_table(iter(RECORDS), COLUMNS, tmp_path / "out.doc")
