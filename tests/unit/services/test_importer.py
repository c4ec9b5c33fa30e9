"""A site's own tables: every way people write them, and what is refused."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from console.domain.vocabulary import Unit
from console.i18n import explain
from console.services.permissions import local_actor
from console.services.reference import SHIPPED, ImportReport
from console.services.sheets import guard, read_sheet, unguard
from tests.unit.services.conftest import ADMIN, DUTY, Site
from tests.unit.services.test_cases import refused

HEAD = "condition_id,kind,code,name_zh,condition_zh,limit_value,limit_unit,closing_zh,team\n"


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "own.csv") -> Path:
    """A table in a file."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def said(report: ImportReport) -> dict[int, str]:
    """Row → what is wrong with it."""
    return {row.row: " ".join(explain(row.error, "en")) for row in report.rows if row.error is not None}


def actions(report: ImportReport) -> list[str]:
    """What became of each row."""
    return [row.action for row in report.rows]


def test_the_shipped_standard_comes_back_unchanged(site: Site) -> None:
    report = site.services.reference.import_standard(ADMIN, SHIPPED / "starter.csv")
    assert set(actions(report)) == {"unchanged"}
    assert len(report.rows) == 76
    assert site.services.reference.conditions().total == 76


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_is_read(site: Site, tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, HEAD + ",event,06013,道路破损,坑槽深度超过5厘米,3,work_day,修复,市政\n", encoding)
    report = site.services.reference.import_standard(ADMIN, path)
    assert (report.ok, report.rows[0].id, actions(report)) == (True, "E06013-2", ["added"])
    stored = next(c for c in site.services.reference.conditions().rows if c.condition_id == "E06013-2")
    assert (stored.condition_zh, stored.team, stored.limit_unit) == (
        "坑槽深度超过5厘米",
        "municipal",
        Unit.WORK_DAY,
    )


def test_empty_cells_are_as_above(site: Site, tmp_path: Path) -> None:
    rows = (
        ",event,06013,道路破损,坑槽,3,work_day,修复,municipal",
        ",,,,裂缝,,,,",
        ",,,,沉陷,1,,,",
        ",,06012,,积灰成片,2,work_hour,清理,sanitation",
    )
    path = write(tmp_path, HEAD + "\n".join(rows))
    report = site.services.reference.import_standard(ADMIN, path)
    assert actions(report) == ["added", "added", "refused", "added"]
    assert "limit_unit" in said(report)[4]
    rows = {c.condition_zh: c for c in site.services.reference.conditions().rows}
    assert (rows["裂缝"].limit_value, rows["裂缝"].team, rows["裂缝"].category.code) == (
        3,
        "municipal",
        "06013",
    )
    assert (rows["积灰成片"].name_zh, rows["积灰成片"].code_2013) == ("道路不洁", "01-12")
    assert "沉陷" not in rows


def test_the_nine_columns_of_a_chinese_table(site: Site, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "事件"
    sheet.append(["大类代码", "小类代码", "小类名称", "处置单位", "立案条件", "结案条件", "处置时限"])
    sheet.append(["06", 6010, "暴露垃圾", "环卫", "成堆垃圾未清运", "清理", "2紧急工作时"])
    sheet.append([None, None, None, None, "垃圾外溢", None, "4小时"])
    path = tmp_path / "own.xlsx"
    book.save(path)
    report = site.services.reference.import_standard(ADMIN, path)
    assert actions(report) == ["added", "added"]
    assert report.unknown_columns == ("大类代码",)
    rows = {c.condition_zh: c for c in site.services.reference.conditions().rows}
    assert (rows["垃圾外溢"].limit_value, rows["垃圾外溢"].limit_unit) == (4, Unit.WORK_HOUR)
    assert rows["成堆垃圾未清运"].category.kind == "event"


BAD_ROWS = {
    "unit": (",event,06013,道路破损,坑槽,3,fortnight,修复,municipal", "fortnight"),
    "value": (",event,06013,道路破损,坑槽,three,work_day,修复,municipal", "three"),
    "zero": (",event,06013,道路破损,坑槽,0,work_day,修复,municipal", "0"),
    "kind": (",thing,06013,道路破损,坑槽,3,work_day,修复,municipal", "thing"),
    "class": (",event,06999,某事,坑槽,3,work_day,修复,municipal", "06999"),
    "code": (",event,abc,道路破损,坑槽,3,work_day,修复,municipal", "abc"),
    "team": (",event,06013,道路破损,坑槽,3,work_day,修复,火星队", "火星队"),
    "text": (",event,06013,道路破损,,3,work_day,修复,municipal", "condition_zh"),
    "taken": ("E09006-1,event,06013,道路破损,坑槽,3,work_day,修复,municipal", "E09006-1"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_named_and_the_good_ones_go_in(site: Site, tmp_path: Path, name: str) -> None:
    row, word = BAD_ROWS[name]
    good = ",event,06012,道路不洁,油污成片,2,work_hour,清理,sanitation"
    report = site.services.reference.import_standard(ADMIN, write(tmp_path, f"{HEAD}{good}\n{row}\n"))
    assert actions(report) == ["added", "refused"]
    assert word in said(report)[3]
    assert site.services.reference.conditions().total == 77


def test_duplicates_are_refused_with_the_row_they_repeat(site: Site, tmp_path: Path) -> None:
    one = "X-1,event,06012,道路不洁,油污成片,2,work_hour,清理,sanitation\n"
    other = "X-1,event,06012,道路不洁,积泥成片,2,work_hour,清理,sanitation\n"
    same = ",event,06012,道路不洁,油污成片,2,work_hour,清理,sanitation\n"
    report = site.services.reference.import_standard(ADMIN, write(tmp_path, HEAD + one + other + same))
    assert actions(report) == ["added", "refused", "refused"]
    assert "row 2" in said(report)[3]
    assert "Row 2" in said(report)[4]


def test_a_dry_run_says_the_same_and_keeps_nothing(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + ",event,06012,道路不洁,油污成片,2,work_hour,清理,sanitation\n")
    dry = site.services.reference.import_standard(ADMIN, path, dry_run=True)
    assert (actions(dry), dry.dry_run) == (["added"], True)
    assert site.services.reference.conditions().total == 76
    wet = site.services.reference.import_standard(ADMIN, path)
    assert actions(wet) == ["added"]
    assert actions(site.services.reference.import_standard(ADMIN, path)) == ["unchanged"]


def test_a_local_class_of_its_own_can_be_filed(site: Site, tmp_path: Path) -> None:
    text = "standard,kind,code,name_zh,name_en,condition_zh,limit\n"
    text += "local,event,99,违规放飞,Kites,广场放飞影响架空线,2紧急工作时\n"
    report = site.services.reference.import_standard(ADMIN, write(tmp_path, text))
    assert report.rows[0].id == "L00099-1"
    case = site.do(site.open("local:event:00099"), "file")
    assert (case.condition_id, case.name_en) == ("L00099-1", "Kites")


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"condition_id,kind,code\n1,event,06012\n", "missing_columns"),
        (b"kind,code,kind,condition_zh,limit\n", "double_columns"),
        (b"one,two\n1,2\n", "no_columns"),
        (b"", "no_rows"),
        (b"\x81\xff\x00\x80,\xff\n", "encoding"),
        (b"PK\x03\x04 not a workbook", "kind"),
        (b'kind,code\n"never closed, 1\x00\n', "kind"),
    ],
)
def test_a_file_that_is_no_standard_changes_nothing(
    site: Site, tmp_path: Path, data: bytes, detail: str
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(data)
    before = site.services.reference.conditions()
    with refused("bad_file", detail) as caught:
        site.services.reference.import_standard(ADMIN, path)
    assert all(explain(caught.value, lang)[0] for lang in ("zh", "en"))
    assert site.services.reference.conditions() == before
    with refused("bad_file", "unreadable"):
        site.services.reference.import_standard(ADMIN, tmp_path / "none.csv")


def test_a_workbook_that_explodes_is_refused(tmp_path: Path) -> None:
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    book = Workbook()
    assert book.active is not None
    book.active.append(["kind", "code"])
    good = io.BytesIO()
    book.save(good)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for item in old.namelist():
            data = lol.encode() if item == "xl/worksheets/sheet1.xml" else old.read(item)
            new.writestr(item, data)
    with refused("bad_file", "kind"):
        read_sheet(path, ("kind", "code"))


def test_only_an_administrator_imports(site: Site, tmp_path: Path) -> None:
    with refused("forbidden"):
        site.services.reference.import_standard(DUTY, write(tmp_path, HEAD))
    assert (
        actions(site.services.reference.import_teams(local_actor(), SHIPPED / "teams.csv"))
        == ["unchanged"] * 16
    )


def test_teams_places_and_calendar(site: Site, tmp_path: Path) -> None:
    service = site.services.reference
    teams = write(
        tmp_path,
        "id,name_zh,own,communities,boss\nappearance,市容劝导队,1,yatai;zhongyan,张\nnight,夜班队,yes,,\nodd,怪队,maybe,,\n",
    )
    report = service.import_teams(ADMIN, teams)
    assert (actions(report), report.unknown_columns) == (["updated", "added", "refused"], ("boss",))
    assert service.teams().rows[0].own
    places = write(
        tmp_path,
        "kind,id,name_zh,lon,lat\ncommunity,zy,中烟社区,113.7,34.7\nroad,r1,朝凤路,113.7,\nplanet,m,火星,,\n",
    )
    assert actions(service.import_places(ADMIN, places)) == ["added", "refused", "refused"]
    days = write(
        tmp_path,
        "type,from,to,start,end,name\nperiod,2026-06-01,,08:00,12:00,上午\nperiod,2026-06-01,,15:00,18:30,下午\n"
        "holiday,2026-10-01,2026-10-07,,,国庆\nworkday,2026-10-10,,,,调休\nholiday,2026-10-40,,,,x\nfeast,2026-01-01,,,,x\n"
        "period,2026-06-01,,11:00,13:00,重叠\n",
    )
    report = service.import_calendar(ADMIN, days)
    assert actions(report) == ["added"] * 4 + ["refused"] * 3
    assert "2026-10-40" in said(report)[6]
    assert actions(service.import_calendar(ADMIN, days))[:4] == ["unchanged"] * 4


def test_the_office_hours_imported_count(site: Site, tmp_path: Path) -> None:
    # A Wednesday at 08:15 in the street: 4 working hours from 17:00 run into Thursday morning.
    days = "type,from,to,start,end,name\nperiod,2026-01-01,,09:00,12:00,\n"
    days += "period,2026-01-01,,13:00,18:00,\nholiday,2026-08-06,,,,\n"
    site.services.reference.import_calendar(ADMIN, write(tmp_path, days))
    site.clock.on(hours=8, minutes=44, seconds=58)
    case = site.through(site.open("event:06010"), "file", "dispatch")
    due = next(d.due_at for d in case.deadlines if d.kind.value == "handling")
    assert due.isoformat() == "2026-08-07T04:00:00+00:00"


@given(st.text(max_size=20))
def test_exported_text_is_never_a_formula_and_comes_back(text: str) -> None:
    shown = guard(text)
    is_number = _number(shown)
    assert is_number or not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    if not (text.startswith("'") and len(text) > 1 and text[1] in "=+-@\t\r"):
        assert unguard(shown) == text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_table_with_semicolons_and_quotes(tmp_path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([["kind", "code"], ['a;b\n"c"', "'=1+1"]])
    path = write(tmp_path, out.getvalue())
    (row,) = read_sheet(path, ("kind", "code")).rows
    assert (row.get("kind"), unguard(row.get("code"))) == ('a;b\n"c"', "=1+1")
