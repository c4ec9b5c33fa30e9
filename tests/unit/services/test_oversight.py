"""What a supervisor goes through, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from console.domain.errors import Refusal
from console.domain.model import Camera, Case
from console.domain.vocabulary import Action
from console.i18n import LANGUAGES, set_language
from console.models.names import NameBook
from console.reports import report_doc
from console.reports.review_doc import Writer, lines, summary
from console.services.camera_records import CameraDay, CameraSeen
from console.services.coverage import local_day
from console.services.review_records import ReviewQuery
from console.services.thresholds import ThresholdWish
from tests.unit.services.conftest import ADMIN, DUTY, LEADER, MORNING, OTHER_LEADER, Site


def filed(site: Site, **known: object) -> Case:
    return site.do(site.open(**known), Action.FILE, DUTY)


def granted(site: Site, case: Case, action: Action, **wish: object) -> None:
    """Asked by the officer, granted by the leader."""
    site.do(case, action, DUTY, **wish)
    assert site.last.approval is not None
    site.services.cases.approve(LEADER, site.last.approval.id)


def test_steps_beside_the_usual_way_are_told_with_both_names(each_site: Site) -> None:
    site = each_site
    voided, closed = filed(site), filed(site)
    granted(site, voided, Action.VOID, reason="立错了")
    site.clock.on(minutes=5)
    site.do(closed, "dispatch", LEADER, at=site.clock.now() - timedelta(minutes=2))
    granted(site, closed, Action.FORCE_CLOSE, reason="当事人已自行清理")
    site.services.thresholds.put(ADMIN, ThresholdWish("arrival", "warn", "70%"))
    site.services.alarms.sweep()
    other = filed(site)
    site.clock.on(minutes=2)
    site.services.alarms.sweep()
    alarm = next(a for a in site.services.alarms.list(DUTY).rows if a.source_id == other.id)
    site.services.alarms.shelve(DUTY, alarm.id, 30, "等车")
    site.clock.on(minutes=1)
    found = site.services.oversight.deeds(OTHER_LEADER).rows
    told = {(row.kind, row.who, row.second, row.case, row.words) for row in found}
    assert ("void", DUTY.name, LEADER.name, voided.id, "立错了") in told
    assert ("force-close", DUTY.name, LEADER.name, closed.id, "当事人已自行清理") in told
    assert ("manual", LEADER.name, "", closed.id, "") in told
    assert ("shelved", DUTY.name, "", other.id, "等车") in told
    limits = [row for row in found if row.kind == "limit"]
    assert [(row.who, row.new) for row in limits] == [(ADMIN.name, "70%")]
    assert len(found) == 5, "what was only asked for is not told twice"
    assert list(found) == sorted(found, key=lambda row: row.recorded_at, reverse=True)
    assert site.services.oversight.deeds(LEADER, MORNING - timedelta(days=9), MORNING).rows == ()


def test_broken_promises_with_their_cause(each_site: Site) -> None:
    site = each_site
    in_time = filed(site)
    site.do(in_time, "dispatch", DUTY)
    late = filed(site)
    site.clock.on(minutes=3)
    site.do(late, "dispatch", DUTY)
    waiting = filed(site)
    site.clock.on(minutes=8)
    rows = site.services.oversight.late(LEADER).rows
    told = {(row.case, row.clock): row for row in rows}
    dispatched, arrived = "dispatch", "arrival"
    broken = {(late.id, dispatched), (waiting.id, dispatched), (in_time.id, arrived), (late.id, arrived)}
    assert set(told) == broken
    assert (told[late.id, "dispatch"].late_s, told[waiting.id, "dispatch"].late_s) == (120.0, 420.0)
    first = told[late.id, "dispatch"]
    assert (first.limit_value, first.limit_unit, first.officer) == (1, "urgent_minute", DUTY.name)
    assert rows[0].late_s == max(row.late_s for row in rows)
    site.through(late, "accept", "arrive", "handled", "check")
    site.do(late, "close", DUTY, cause="no_unit", text="都在外面")
    listed = site.services.oversight.late(LEADER)
    known = {row.case: (row.cause, row.cause_words) for row in listed.rows if row.case == late.id}
    assert known == {late.id: ("no_unit", "都在外面")}
    assert "无空闲力量: 都在外面" in "\n".join(lines(Writer().late(listed), report_doc.shown))


def test_places_where_things_come_back(each_site: Site) -> None:
    site = each_site
    here = [filed(site, place="东关街口", lon=113.71, lat=34.72 + n * 1e-4) for n in range(3)]
    filed(site, place="东关街口", lon=113.71, lat=34.75)
    other = site.open("event:06001", place="东关街口", lon=113.71, lat=34.72)
    again = site.open(place="东关街口", lon=113.71, lat=34.72)
    site.do(again, Action.MERGE, DUTY, other=here[0].id)
    found = site.services.oversight.repeats(LEADER).rows
    assert [set(row.ids) for row in found] == [{case.id for case in here}], "a merged one is the same again"
    assert (found[0].place, found[0].open, found[0].code) == ("东关街口", 3, "09006")
    assert other.id not in found[0].ids
    site.clock.on(days=31)
    assert site.services.oversight.repeats(LEADER).rows == ()
    with pytest.raises(Refusal, match="span"):
        site.services.oversight.repeats(LEADER, days=0)


def test_cameras_nobody_looks_at(each_site: Site) -> None:
    site = each_site
    names = ("cam02", "cam03", "cam04")
    with site.services.uows.write() as uow:
        uow.cameras.put([Camera(name, f"路口{name}", "rtsp://127.0.0.1/x") for name in names])
        uow.cameras.put([Camera("cam05", "拆了", "rtsp://127.0.0.1/x", enabled=False)])
        uow.commit()
    now = site.clock.now()
    service = site.services.coverage
    service.saw(DUTY, [CameraSeen("cam01", now - timedelta(days=8), DUTY.name, "ws-1"),
                       CameraSeen("cam02", now - timedelta(hours=1), DUTY.name, "ws-1"),
                       CameraSeen("cam03", now - timedelta(hours=2), DUTY.name, "ws-1")])  # fmt: skip
    yesterday, long_ago = local_day(now - timedelta(days=1)), local_day(now - timedelta(days=40))
    service.keep_days("ws-1", [CameraDay("cam03", yesterday, 7200.0, 3600.0, 2, "timeout", now),
                               CameraDay("cam03", long_ago, 9000.0, 0.0, 9, "auth", now)])  # fmt: skip
    service.keep_days("ws-2", [CameraDay("cam03", local_day(now), 3600.0, 3600.0, 0)])
    rows = site.services.oversight.cameras(LEADER).rows
    assert [(row.camera, row.unseen, row.down_s) for row in rows] == [
        ("cam04", True, 0.0),
        ("cam01", True, 0.0),
        ("cam03", False, 3600.0),
        ("cam02", False, 0.0),
    ]
    down = rows[2]
    assert (down.watched_s, down.flaps, down.last_reason) == (10800.0, 2, "timeout")


def test_logs_that_are_not_whole(each_site: Site) -> None:
    site = each_site
    assert site.services.oversight.logs(LEADER).rows == (), "nobody ever opened a shift here"
    site.services.shifts.desk.open(DUTY)
    site.clock.on(days=1)
    found = site.services.oversight.logs(LEADER).rows
    assert [row.fault for row in found][-1] == "unsigned"
    assert {row.fault for row in found[:-1]} == {"missing"}
    assert found[-1].late_s == (site.clock.now() - found[-1].end_at).total_seconds()


def test_only_who_samples_reads_the_lists(site: Site) -> None:
    service = site.services.oversight
    for ask in (service.deeds, service.late, service.repeats, service.cameras, service.logs):
        with pytest.raises(Refusal) as refused:
            ask(DUTY)  # type: ignore[operator]
        assert refused.value.code == "forbidden"
    with pytest.raises(Refusal) as backwards:
        service.deeds(LEADER, MORNING, MORNING - timedelta(days=1))
    with pytest.raises(Refusal) as endless:
        service.late(LEADER, MORNING - timedelta(days=400), MORNING)
    assert (backwards.value.detail, endless.value.detail) == ("span", "span")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_list_is_written_as_it_is_read(site: Site, tmp_path: Path, lang: str) -> None:
    for n in range(3):
        case = filed(site, place="=东关,街口", lon=113.71, lat=34.72 + n * 1e-5)
        granted(site, case, Action.VOID, reason="+立错了") if n == 2 else None
    site.clock.on(days=8)
    site.services.reviews.sample(LEADER)
    service = site.services.oversight
    week = (MORNING - timedelta(days=1), site.clock.now())
    listed = {
        "sample": site.services.reviews.list(LEADER, ReviewQuery()),
        "deeds": service.deeds(LEADER, *week),
        "late": service.late(LEADER, *week),
        "repeats": service.repeats(LEADER),
        "cameras": service.cameras(LEADER),
        "logs": service.logs(LEADER),
    }
    set_language(lang)
    try:
        writer = Writer(NameBook(), {})
        for name, found in listed.items():
            table = writer.table(name, found)
            assert len(table.rows) == len(found.rows)
            assert all(len(row) == len(table.columns) for row in table.rows)
            assert summary(name, found)
            for suffix in (".xlsx", ".csv"):
                report_doc.write(writer.report(name, found), tmp_path / f"{name}{suffix}")
        book = load_workbook(tmp_path / "deeds.xlsx")
        cells = [cell.value for sheet in book for line in sheet.iter_rows() for cell in line]
        assert "+立错了" in cells
        assert "\n=东关" not in (tmp_path / "late.csv").read_text(encoding="utf-8-sig")
        assert {row.kind for row in listed["deeds"].rows} == {"void"}
    finally:
        set_language("zh")
