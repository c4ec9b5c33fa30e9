"""One condition, a limit for each grade of area: imported, taken, told, kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from console.domain import deadlines, replay
from console.domain.model import Case, Command, GradeLimit, Place
from console.domain.vocabulary import Action, DeadlineKind, Unit
from console.i18n import set_language
from console.models import wording
from console.services.intake_view import told_at_intake
from console.services.team_message import facts_of
from tests.unit.services.conftest import ADMIN, DUTY, LEADER, OTHER_LEADER, Site
from tests.unit.services.test_importer import actions, said, write

HEAD = "condition_id,kind,code,condition_zh,limit_value,limit_unit,"
HEAD += "limit_a,limit_b,limit_c,not_to_file,not_to_file_en\n"
ROAD = "E06012-9,event,06012,积灰成片,4,work_hour,2,3 工作时,,轻微浮尘,Light dust\n"
GRADES = (GradeLimit("A", 2, Unit.WORK_HOUR), GradeLimit("B", 3, Unit.WORK_HOUR))


def graded(site: Site, folder: Path) -> None:
    """The standard with a graded row, and places of every kind of grade."""
    assert actions(site.services.reference.import_standard(ADMIN, write(folder, HEAD + ROAD))) == ["added"]
    with site.store.uows.write() as uow:
        uow.reference.put_places(
            [
                Place("community", "yatai", "亚太社区", "Yatai", grade="B"),
                Place("community", "lake", "望湖社区", "Lake View", grade="C"),
                Place("community", "plain", "小营村", "Xiaoying"),
                Place("grid", "g-a", "第一网格", "Grid 1", "lake", grade="A"),
                Place("grid", "g-none", "第二网格", "Grid 2", "yatai"),
            ]
        )
        uow.commit()


def filed(site: Site, **where: str) -> Case:
    return site.do(site.open("event:06012", **where), "file", condition="E06012-9")


def handling(case: Case) -> tuple[int, Unit, str]:
    clock = deadlines.of(case, DeadlineKind.HANDLING)
    assert clock is not None
    return clock.limit.value, clock.limit.unit, clock.limit.version


@pytest.mark.parametrize(
    ("where", "grade", "limit"),
    [
        ({"grid": "g-a", "community": "lake"}, "A", (2, Unit.WORK_HOUR, "E06012-9@1/A")),
        ({"grid": "g-none"}, "B", (3, Unit.WORK_HOUR, "E06012-9@1/B")),
        ({"community": "yatai"}, "B", (3, Unit.WORK_HOUR, "E06012-9@1/B")),
        ({"community": "lake"}, "", (4, Unit.WORK_HOUR, "E06012-9@1")),
        ({"community": "plain"}, "", (4, Unit.WORK_HOUR, "E06012-9@1")),
        ({"grid": "nobody knows it"}, "", (4, Unit.WORK_HOUR, "E06012-9@1")),
    ],
)
def test_filing_takes_the_limit_of_the_areas_grade(
    site: Site, tmp_path: Path, where: dict[str, str], grade: str, limit: tuple[int, Unit, str]
) -> None:
    graded(site, tmp_path)
    case = filed(site, **where)
    assert case.limit_grade == grade
    told = site.last.events[-1].data["limit"]
    assert told == {"value": limit[0], "unit": limit[1].value} | ({"grade": grade} if grade else {})
    # Graded otherwise afterwards: a case keeps what it was filed under.
    with site.store.uows.write() as uow:
        uow.reference.put_places([Place("grid", "g-a", "第一网格", "Grid 1", "lake", grade="C")])
        uow.commit()
    assert handling(site.do(case, "dispatch", teams=("sanitation",))) == limit


def test_a_place_set_right_brings_its_grades_limit_and_the_events_alone_make_the_case(
    each_site: Site, tmp_path: Path
) -> None:
    site = each_site
    graded(site, tmp_path)
    case = site.do(filed(site, community="yatai"), "dispatch", teams=("sanitation",))
    asked = site.services.cases.act(LEADER, case.id, _correct("grid", "g-a")).approval
    assert asked is not None
    after = site.services.cases.approve(OTHER_LEADER, asked.id)
    assert (after.case.limit_grade, handling(after.case)) == ("A", (2, Unit.WORK_HOUR, "E06012-9@1/A"))
    data = after.events[-1].data
    assert (data["limit"], data["old_grade"]) == ({"value": 2, "unit": "work_hour", "grade": "A"}, "B")
    with site.store.uows.read() as uow:
        events, stored = uow.events.of_case(case.id), uow.cases.get(case.id)
        condition = uow.reference.condition("E06012-9")
    assert stored is not None
    assert condition is not None
    assert (condition.grade_limits, condition.not_to_file_en) == (GRADES, "Light dust")
    made = replay.case(events, {("E06012-9", 1): condition})
    assert made == replace(stored, version=0, evidence=())
    # The team is told the limit that counts, in the message it gets too.
    assert facts_of(stored, condition, {}, {}, "en", site.clock.now())["limit"] == "2 working hours"


def _correct(name: str, value: str) -> Command:
    return Command(Action.CORRECT, field_name=name, field_value=value, reason="看错了网格")


def test_what_the_screen_says_of_a_limit(site: Site, tmp_path: Path) -> None:
    graded(site, tmp_path)
    filed(site, grid="g-a")
    event = site.last.events[-1]
    with site.store.uows.read() as uow:
        condition = uow.reference.condition("E06012-9")
        plain = uow.reference.condition("E09006-1")
    assert condition is not None
    assert plain is not None
    set_language("en")
    try:
        assert wording.condition_limit(condition, "A") == "2 working hours"
        assert wording.limit_source(condition, "A") == "Limit of grade A areas (base limit 4 working hours)"
        assert "Grade C areas have no limit" in wording.limit_source(condition, "C")
        assert "B 3 working hours" in wording.limit_source(condition, "")
        assert wording.limit_source(plain, "A") == ""
        assert wording.not_to_file(condition) == "Light dust"
        assert wording.not_to_file(replace(condition, not_to_file_en="")) == "轻微浮尘"
        assert "limit 2 working hours (grade A area)" in wording.event_detail(event)
    finally:
        set_language("zh")
    assert wording.not_to_file(condition) == "轻微浮尘"


def test_a_workbook_with_chinese_columns_and_rows_as_above(site: Site, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["部件/事件", "小类代码", "立案条件", "处置时限", "A类时限", "C类处置时限", "采集要求"])
    sheet.append(["事件", "06012", "油污成片", "4工作时", "2紧急工作时", 6, "轻微的"])
    sheet.append([None, None, "淤泥成片", None, None, None, None])
    sheet.append([None, None, "烟蒂成片", "1工作日", None, None, None])
    path = tmp_path / "own.xlsx"
    book.save(path)
    assert actions(site.services.reference.import_standard(ADMIN, path)) == ["added"] * 3
    rows = {one.condition_zh: one for one in site.services.reference.conditions().rows}
    both = (GradeLimit("A", 2, Unit.URGENT_HOUR), GradeLimit("C", 6, Unit.WORK_HOUR))
    assert (rows["油污成片"].grade_limits, rows["淤泥成片"].grade_limits) == (both, both)
    assert rows["烟蒂成片"].grade_limits == (), "a limit of its own is not completed from above"
    # Without the columns nothing is taken away; with an empty one it is.
    old = "condition_id,kind,code,condition_zh,limit\n{},event,06012,油污成片,5工作时\n"
    name = rows["油污成片"].condition_id
    site.services.reference.import_standard(ADMIN, write(tmp_path, old.format(name)))
    with site.store.uows.read() as uow:
        kept = uow.reference.condition(name)
    assert kept is not None
    assert (kept.version, kept.limit_value, kept.grade_limits) == (2, 5, both)
    bare = "condition_id,kind,code,condition_zh,limit,limit_a\n{},event,06012,油污成片,5工作时,\n"
    site.services.reference.import_standard(ADMIN, write(tmp_path, bare.format(name)))
    with site.store.uows.read() as uow:
        assert uow.reference.condition(name) == replace(
            kept, version=3, grade_limits=(), not_to_file="", valid_from=site.clock.now()
        )


def test_bad_grades_are_named(site: Site, tmp_path: Path) -> None:
    for text, word in (("soon", "soon"), ("0", "limit_a"), ("2 fortnights", "fortnights")):
        row = f",event,06012,积灰{word},4,work_hour,{text},,,,\n"
        report = site.services.reference.import_standard(ADMIN, write(tmp_path, HEAD + row))
        assert actions(report) == ["refused"]
        assert word in said(report)[2]
    places = "kind,id,name_zh,grade\ncommunity,c1,甲,Ａ类\ncommunity,c2,乙,b\ncommunity,c3,丙,D\ngrid,g,丁,\n"
    report = site.services.reference.import_places(ADMIN, write(tmp_path, places))
    assert actions(report) == ["added", "added", "refused", "added"]
    assert "D" in said(report)[4]
    kept = "kind,id,name_zh\ncommunity,c1,甲社区\n"
    site.services.reference.import_places(ADMIN, write(tmp_path, kept))
    found = {one.id: (one.name_zh, one.grade) for one in site.services.reference.places().rows}
    assert (found["c1"], found["c2"], found["g"]) == (("甲社区", "A"), ("乙", "B"), ("丁", ""))


def test_the_panel_is_told_the_grade_until_the_case_is_filed(site: Site, tmp_path: Path) -> None:
    graded(site, tmp_path)
    case = site.open("event:06012", grid="g-a")
    after = site.do(case, "file", condition="E06012-9")
    with site.store.uows.read() as uow:
        assert told_at_intake(uow, case, DUTY)[0].grade == "A"
        assert told_at_intake(uow, after, DUTY)[0].grade == ""
