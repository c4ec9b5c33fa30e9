"""Reports that come in: reporters, places, similar cases, lists, files."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.domain.errors import Refusal
from console.domain.model import Actor, Camera, Case, Place
from console.domain.vocabulary import Action, Channel, DeadlineKind, EvidenceKind, Role, Source, State
from console.i18n import explain
from console.services import intake_files, site_settings
from console.services.cases import Attachment, NewCase
from console.services.intake import Report
from console.services.intake_desk import AttachStored, FindSimilar, StoreFiles, TakeIn
from console.services.office import Office
from console.services.persons import Caller, same_number
from console.services.similar import Asked, Reach
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, MORNING, Site
from tests.unit.services.test_cases import refused

INSPECTOR = Actor("inspector01", Role.INSPECTOR)
SUPERVISOR = Actor("supervisor01", Role.SUPERVISOR)
LAKE = (113.7264, 34.6993)


def district(site: Site) -> None:
    """A community, a grid in it, a road, a shop and two cameras around one crossing."""
    box = "POLYGON ((113.72 34.70, 113.73 34.70, 113.73 34.69, 113.72 34.69, 113.72 34.70))"
    with site.store.uows.write() as uow:
        uow.reference.put_places(
            [
                Place("community", "k1", "湖畔社区", "Lakeside", "", 113.725, 34.695, box),
                Place("grid", "k1g7", "湖畔007网格", "Lakeside grid 007", "k1", 113.7263, 34.6992, box),
                Place(
                    "road",
                    "r4",
                    "镜湖大道",
                    "Mirror Lake Avenue",
                    "",
                    113.7263,
                    34.69,
                    "LINESTRING (113.7263 34.71, 113.7263 34.68)",
                ),
                Place("shop", "s1", "老王烩面", "Wang's Noodles", "k1", 113.7261, 34.6991),
            ]
        )
        uow.cameras.put(
            [
                Camera(
                    "cam001",
                    "镜湖大道和顺街口西",
                    "rtsp://x",
                    community="k1",
                    road="镜湖大道",
                    lon=113.726325,
                    lat=34.69927,
                    note="Mirror Lake Avenue / Heshun Street W",
                ),
                Camera("cam099", "锦绣街口", "rtsp://y", community="k1", lon=113.7299, lat=34.6993),
            ]
        )
        uow.commit()


def taken(
    site: Site, actor: Actor = DUTY, caller: Caller = Caller(), callback: bool = False, **known: object
) -> Case:
    new = NewCase(**({"source": Source.PUBLIC, "channel": Channel.PHONE} | known))  # type: ignore[arg-type]
    return site.services.intake.take(actor, Report(new, caller, callback)).case


def everything_in(raw: sqlite3.Connection) -> str:
    """All rows of all tables, and the words of the search index, which can be
    read by its vocabulary only."""
    raw.execute("CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, case_search, row)")
    tables = [row[0] for row in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    rows = [row for name in tables if name != "case_search" for row in raw.execute(f"SELECT * FROM {name}")]
    rows += raw.execute("SELECT term FROM temp.said").fetchall()
    return "\n".join(map(str, rows))


# -- reporters ------------------------------------------------------------------


def test_a_caller_is_sealed_and_each_look_is_in_the_chain(site: Site) -> None:
    case = taken(site, caller=Caller("王小明", "１３８ ００００ １１１１"), callback=True, place="经北六路")
    with sqlite3.connect(site.store.url_shown.removeprefix("sqlite:///")) as raw:
        dump = everything_in(raw)
    raw.close()
    assert "经北" in dump, "places are there to be found"
    assert "王小" not in dump
    assert "1111" not in dump.replace("11110", "")
    view = site.services.persons.read(DUTY, case.id)
    assert (view.name, view.phone, view.others) == ("王小明", "138 0000 1111", ())
    with site.store.uows.read() as uow:
        *_, look = uow.events.of_case(case.id)
        assert (look.action, look.actor, look.data["result"]) == (Action.PERSON, "officer01", "viewed")
        assert uow.intake.get(case.id).callback == "wanted"  # type: ignore[union-attr]
        assert uow.events.of_case(case.id)[0].data["person_id"] == case.person_id


@pytest.mark.parametrize(
    "actor", [KIOSK, ADMIN, INSPECTOR, Actor("f", Role.FIELD), Actor("d", Role.DISPATCHER)]
)
def test_who_may_not_see_a_caller(site: Site, actor: Actor) -> None:
    case = taken(site, caller=Caller("王", "13800001111"))
    before = site.size()
    if actor.role is Role.DISPATCHER:
        assert site.services.persons.read(actor, case.id).name == "王"
        return
    with refused("forbidden"):
        site.services.persons.read(actor, case.id)
    assert site.size() == before


def test_a_call_back_is_recorded_and_another_case_of_the_same_telephone_found(site: Site) -> None:
    first = taken(site, caller=Caller("王", "+86 138-0000-1111"))
    case = taken(site, caller=Caller("", "13800001111"), callback=True)
    assert site.services.persons.read(DUTY, case.id).others == (first.id,)
    site.services.persons.called_back(DUTY, case.id, "missed", "无人接听")
    site.services.persons.called_back(LEADER, case.id, "reached")
    with site.store.uows.read() as uow:
        row = uow.intake.get(case.id)
    assert row is not None
    assert (row.callback, row.called_by, row.called_at) == ("reached", "leader01", MORNING)
    assert site.events(case)[-2:] == ["person", "person"]
    with refused("bad_value", "result"):
        site.services.persons.called_back(DUTY, case.id, "perhaps")


def test_erasing_leaves_the_deed_and_not_the_name(site: Site) -> None:
    case = taken(site, caller=Caller("王", "13800001111"))
    with refused("forbidden"):
        site.services.persons.erase(DUTY, case.id, "本人要求")
    with refused("missing_reason"):
        site.services.persons.erase(LEADER, case.id, "  ")
    site.services.persons.erase(LEADER, case.id, "本人要求")
    with refused("unknown_person", "erased"):
        site.services.persons.read(DUTY, case.id)
    with site.store.uows.read() as uow:
        event = uow.events.of_case(case.id)[-1]
        assert uow.persons.with_key(site.services.vault.digest("13800001111")) == ()
    assert (event.data["result"], event.data["reason"]) == ("erased", "本人要求")


def test_retention_erases_what_is_too_old_and_nothing_else(site: Site) -> None:
    old = taken(site, caller=Caller("王", ""))
    site.clock.on(days=1096)
    new = taken(site, caller=Caller("李", ""))
    system = Actor("system", Role.SYSTEM)
    assert site.services.persons.expire(system) == 1
    assert site.services.persons.expire(system) == 0
    assert site.events(old)[-1] == "person"
    assert site.services.persons.read(DUTY, new.id).name == "李"
    with site.store.uows.write() as uow:
        uow.settings.put("person_retention_days", "三年")
        uow.commit()
    with refused("bad_value", "setting"):
        site.services.persons.expire(system)


@pytest.mark.parametrize("phone", ["12", "abc", "1380000111122223333", "138😀0001111", "138;DROP"])
def test_a_number_nobody_can_call_opens_nothing(site: Site, phone: str) -> None:
    before = site.size()
    with refused("bad_value", "telephone"):
        taken(site, caller=Caller("王", phone))
    assert site.size() == before


@pytest.mark.parametrize(
    ("phone", "same"),
    [
        ("＋８６１３８００００１１１１", "13800001111"),
        ("0086 138 0000 1111", "13800001111"),
        ("0371-6666 转 12", "03716666"),
        ("12345", "12345"),
    ],
)
def test_one_spelling_for_one_telephone(phone: str, same: str) -> None:
    assert same_number(phone) == same


# -- what people type -----------------------------------------------------------


def test_pasted_text_is_kept_whole_and_fit_to_store(site: Site) -> None:
    note = "占道😀👨‍👩‍👧\r\n" + "甲" * 10_000 + "\x00\ud800"
    case = taken(site, place="经北六路\t11号\n 东侧", note=note)
    assert case.place == "经北六路 11号 东侧"
    assert case.note == "占道😀👨‍👩‍👧\n" + "甲" * 10_000
    before = site.size()
    for known in ({"note": "甲" * 20_001}, {"place": "路" * 201}):
        with refused("bad_value", "too_long"):
            taken(site, **known)
    with refused("bad_value", "callback"):
        taken(site, callback=True)
    with refused("bad_value", "point"):
        taken(site, lon=213.0, lat=34.0)
    with refused("time_future"):
        taken(site, reported_at=MORNING + timedelta(hours=1))
    with refused("time_order"):
        taken(site, found_at=MORNING, reported_at=MORNING - timedelta(minutes=1))
    assert site.size() == before


# -- places ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("镜湖大道和顺", "camera", "镜湖大道和顺街口西"),
        ("jhdd", "road", "镜湖大道"),
        ("mirror", "road", "镜湖大道"),
        ("ＣＡＭ００１", "camera", "镜湖大道和顺街口西"),
        ("wang", "shop", "老王烩面"),
        ("lwhm", "shop", "老王烩面"),
        ("hpsq", "community", "湖畔社区"),
        ("007", "grid", "湖畔007网格"),
        ("113.7264, 34.6993", "point", "镜湖大道和顺街口西"),
        ("34.6993 113.7264", "point", "镜湖大道和顺街口西"),
    ],
)
def test_a_place_by_a_few_letters(site: Site, typed: str, kind: str, name: str) -> None:
    district(site)
    best = site.services.whereabouts.find(typed)[0]
    assert (best.kind, best.name_zh) == (kind, name)


def test_the_place_of_an_earlier_case_is_found_again(site: Site) -> None:
    district(site)
    taken(site, place="菜市场后门", community="k1", lon=113.721, lat=34.695)
    (hit,) = site.services.whereabouts.find("csc")
    assert (hit.kind, hit.name_zh, hit.community, hit.lon) == ("used", "菜市场后门", "k1", 113.721)
    assert site.services.whereabouts.find("没有这里") == ()
    assert site.services.whereabouts.find("  ") == ()


def test_a_point_knows_its_camera_grid_and_community(site: Site) -> None:
    district(site)
    here = site.services.whereabouts.locate(*LAKE)
    assert (here.community, here.grid, here.camera, here.road) == ("k1", "k1g7", "cam001", "镜湖大道")
    assert here.camera_m < 10
    case = taken(site, lon=LAKE[0], lat=LAKE[1])
    assert (case.community, case.grid, case.place) == ("k1", "k1g7", "镜湖大道和顺街口西")
    far = site.services.whereabouts.locate(10.0, 50.0)
    assert (far.community, far.grid, far.words) == ("", "", "")


# -- similar cases --------------------------------------------------------------


def at(site: Site, metres: float, **known: object) -> Case:
    """A case of trading on the road some metres north of the crossing."""
    return taken(site, condition="E09006-1", lon=LAKE[0], lat=LAKE[1] + metres / 111_195, **known)


def test_similar_is_fifty_metres_and_a_day_and_a_setting(site: Site) -> None:
    asked = Asked(condition="E09006-1", lon=LAKE[0], lat=LAKE[1])
    near, far = at(site, 40), at(site, 60)
    taken(site, condition="E06010-1", lon=LAKE[0], lat=LAKE[1])

    def found() -> list[str]:
        return [one.id for one in site.services.similar.find(DUTY, asked)]

    assert found() == [near.id]
    site.services.similar.put_reach(ADMIN, "６５", "24")
    assert found() == [near.id, far.id]
    site.clock.on(hours=25)
    assert found() == []
    site.services.similar.put_reach(ADMIN, "65", "48")
    assert found() == [near.id, far.id]
    assert site.services.similar.reach(DUTY) == Reach(65, 48)
    for metres, hours in (("0", "24"), ("2001", "24"), ("50", "721"), ("很近", "24"), ("", "1")):
        with refused("bad_value", "setting"):
            site.services.similar.put_reach(ADMIN, metres, hours)
    with refused("forbidden"):
        site.services.similar.put_reach(DUTY, "50", "24")


def test_similar_without_a_point_goes_by_place_and_class(site: Site) -> None:
    case = taken(site, condition="E09006-1", place="经北六路", community="k1")
    other = Asked(condition="E06010-1", place="经北六路", community="k1")
    here = Asked(condition="E09006-1", place="经北六路", community="k1")
    assert [one.id for one in site.services.similar.find(DUTY, here)] == [case.id]
    assert site.services.similar.find(DUTY, other) == ()
    assert site.services.similar.find(DUTY, Asked()) == ()


def test_a_case_from_a_camera_finds_its_double_once_a_condition_is_chosen(site: Site) -> None:
    first = at(site, 10)
    new = taken(site, source=Source.CAMERA, lon=LAKE[0], lat=LAKE[1])
    office = Office(site.services)
    found = office.handle(FindSimilar(DUTY, Asked(case=new.id, condition="E09006-1")))
    assert [one.id for one in found] == [first.id]  # type: ignore[attr-defined]
    assert 9 < found[0].metres < 11  # type: ignore[index]


def test_a_merge_takes_the_evidence_along_and_says_so_on_both(site: Site, tmp_path: Path) -> None:
    keep, gone = at(site, 0), at(site, 5)
    photo = picture(tmp_path / "a.jpg")
    site.services.cases.attach(DUTY, gone.id, [Attachment(photo, EvidenceKind.BEFORE)])
    site.do(gone.id, "merge", other=keep.id)
    with site.store.uows.read() as uow:
        kept, left = uow.cases.get(keep.id), uow.cases.get(gone.id)
        told = uow.events.of_case(keep.id)[-1]
        said = uow.events.of_case(gone.id)[-1]
    assert kept is not None
    assert left is not None
    (one,) = kept.evidence
    assert (one.sha256, one.kind) == (left.evidence[0].sha256, EvidenceKind.BEFORE)
    assert (told.data["merged"], told.data["files"]) == (gone.id, [one.sha256])
    assert (said.data["into"], said.data["files"]) == (keep.id, [one.sha256])
    assert left.state is State.DUPLICATE


def test_parent_and_child(site: Site) -> None:
    parent, child, third = at(site, 0), at(site, 500), at(site, 900)
    site.do(child.id, "link", other=parent.id, result="parent")
    site.do(parent.id, "link", other=third.id, result="child")
    with site.store.uows.read() as uow:
        links = [uow.cases.get(one.id).links for one in (parent, child, third)]  # type: ignore[union-attr]
    assert [(link.id, link.kind) for link in links[0]] == [(child.id, "child"), (third.id, "child")]
    assert [(link.id, link.kind) for link in links[1]] == [(parent.id, "parent")]
    assert [(link.id, link.kind) for link in links[2]] == [(parent.id, "parent")]
    other = at(site, 1500)
    with refused("illegal_transition", "parent_before"):
        site.do(child.id, "link", other=other.id, result="parent")
    with refused("bad_value", "link"):
        site.do(other.id, "link", other=parent.id, result="cousin")


# -- deciding -------------------------------------------------------------------


def test_nothing_is_filed_without_a_condition_nor_turned_away_without_a_reason(site: Site) -> None:
    case = taken(site, place="经北六路")
    with refused("missing_condition"):
        site.do(case, "file")
    with refused("missing_reason"):
        site.do(case, "reject", reason=" \n")
    assert site.services.cases.show(DUTY, case.id)[0].state is State.REGISTERING


def test_a_verification_says_whom_and_runs_its_own_clock(site: Site) -> None:
    case = taken(site, place="经北六路")
    case = site.do(case, "verify", text="巡查员张三", channel=Channel.PHONE)
    clocks = {d.kind: d for d in case.deadlines}
    assert clocks[DeadlineKind.DECISION].paused_since == MORNING
    assert clocks[DeadlineKind.VERIFY].running
    assert site.last.events[-1].data["sent_to"] == "巡查员张三"
    assert site.last.events[-1].data["channel"] == "phone"
    site.clock.on(minutes=4)
    case = site.do(case, "verified", result="none", text="现场无摊贩")
    assert case.state is State.REGISTERING
    assert (site.last.events[-1].data["result"], site.last.events[-1].data["text"]) == ("none", "现场无摊贩")


# -- files ----------------------------------------------------------------------


def picture(path: Path) -> Path:
    path.write_bytes(b"\xff\xd8\xff\xe0" + b"0" * 200)
    return path


def test_files_of_an_intake_become_evidence_and_bad_ones_are_told(site: Site, tmp_path: Path) -> None:
    case = taken(site, place="经北六路")
    good = picture(tmp_path / "现场 1.jpg")
    fake = tmp_path / "假.png"
    fake.write_text("no picture at all")
    empty = tmp_path / "空.jpg"
    empty.touch()
    odd = tmp_path / "run.exe"
    odd.write_bytes(b"MZ")
    office = Office(site.services)
    names = (str(good), str(fake), str(empty), str(odd), str(tmp_path / "gone.jpg"), str(tmp_path))
    stored = office.handle(StoreFiles(DUTY, case.id, names))
    assert isinstance(stored, tuple)
    details = [one.refusal.detail if one.refusal else "" for one in stored]
    assert details == ["", "no_picture", "empty_file", "sort", "unreadable", "unreadable"]
    for one in stored[1:]:
        said, mend = explain(one.refusal)
        assert said
        assert mend
    office.handle(AttachStored(DUTY, case.id, stored))
    evidence = site.services.cases.show(DUTY, case.id)[0].evidence
    assert [(one.kind, one.bytes, one.media_type) for one in evidence] == [
        (EvidenceKind.BEFORE, 204, "image/jpeg")
    ]


def test_a_video_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = tmp_path / "long.mp4"
    with video.open("wb") as handle:
        handle.truncate(300 << 20)  # sparse: 300 MB that take no room
    assert intake_files.kind_of(video) is EvidenceKind.CLIP
    monkeypatch.setattr(intake_files, "MOST_BYTES", 200 << 20)
    with pytest.raises(Refusal, match="too_big"):
        intake_files.kind_of(video)


# -- lists ----------------------------------------------------------------------

HEAD = "工单编号,来源,来电时间,小类,地点,社区,来电人,联系电话,是否回访,问题描述,经度,纬度\n"


def lists(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "交办单.csv"
    path.write_text(head + "\n".join(rows) + "\n", encoding="gb18030")
    return path


def test_a_hotline_list_comes_in_once(site: Site, tmp_path: Path) -> None:
    district(site)
    file = lists(
        tmp_path,
        "A-1,热线,2026-08-05 08:00,占道经营,经北六路,湖畔社区,王小明,13800001111,是,占道,113.7264,34.6993",
        "A-2,交办,2026年8月5日 7:30,06010,镜湖大道,k1,,,,垃圾未清,,",
        "A-3,热线,昨天,占道经营,路口,湖畔社区,,,,,,",
        "A-4,热线,2026-08-05 08:00,占道经营,路口,没有的社区,,,,,,",
        "A-5,热线,2026-08-05 08:00,不存在类,路口,湖畔社区,,,,,,",
        "A-6,热线,2026-08-05 08:00,占道经营,路口,湖畔社区,李,不知道,,,,",
        ",热线,2026-08-05 08:00,占道经营,路口,湖畔社区,,,,,,",
        "A-1,热线,2026-08-05 08:00,占道经营,路口,湖畔社区,,,,,,",
        "A-9,热线,2026-08-05 08:00,占道经营,路口,湖畔社区,,,,,113.7,",
        "A-10,热线,2027-08-05 08:00,占道经营,路口,湖畔社区,,,,,,",
        "A-11,热线,2006-08-05 08:00,占道经营,路口,湖畔社区,,,,,,",
        "A-12,隔壁,2026-08-05 08:00,占道经营,路口,湖畔社区,,,,,,",
        "A-13,热线,2026-08-05 08:00,占道经营,路口,湖畔社区,,,也许,,,",
    )
    before = site.size()
    dry = site.services.case_import.run(DUTY, file, dry_run=True)
    assert site.size() == before
    real = site.services.case_import.run(DUTY, file)
    actions = ["added", "added", *["refused"] * 11]
    assert [row.action for row in dry.rows] == [row.action for row in real.rows] == actions
    codes = [str(row.error) for row in real.rows if row.error]
    assert codes[0].startswith("bad_row.time")
    assert [one.partition(" ")[0].partition(":")[0] for one in codes] == [
        "bad_row.time", "bad_row.community", "unknown_category.form", "bad_value.telephone",
        "bad_row.empty", "bad_row.duplicate", "bad_row.half_a_point", "time_future", "bad_row.old",
        "bad_row.source", "bad_row.flag",
    ]  # fmt: skip
    for row in real.rows:
        for lang in ("zh", "en") if row.error else ():
            said, mend = explain(row.error, lang)  # type: ignore[arg-type]
            assert said
            assert mend
            assert "{" not in said + mend
    case = site.services.cases.show(DUTY, real.rows[0].id)[0]
    assert (case.state, case.source, case.name_zh, case.grid) == (
        State.REPORTED,
        Source.PUBLIC,
        "占道经营",
        "k1g7",
    )
    assert case.reported_at == MORNING.replace(minute=0, second=0)
    assert site.services.persons.read(DUTY, case.id).phone == "13800001111"
    again = site.services.case_import.run(DUTY, file)
    assert [(row.action, row.id) for row in again.rows[:2]] == [("unchanged", r.id) for r in real.rows[:2]]
    assert site.size()[0] == before[0] + 2
    assert site.do(case, "file", condition="E09006-1").state is State.FILED


def test_files_that_are_no_lists(site: Site, tmp_path: Path) -> None:
    before = site.size()[0]
    with refused("bad_file", "missing_columns"):
        site.services.case_import.run(DUTY, lists(tmp_path, "经北六路", head="地点\n"))
    with refused("bad_file"):
        site.services.case_import.run(DUTY, picture(tmp_path / "list.xlsx"))
    with refused("bad_file", "unreadable"):
        site.services.case_import.run(DUTY, tmp_path / "gone.csv")
    with refused("forbidden"):
        site.services.case_import.run(SUPERVISOR, lists(tmp_path, "A-1" + "," * 11))
    assert site.size()[0] == before


def test_what_is_taken_in_at_the_desk_comes_back_as_the_likely_condition(site: Site) -> None:
    from console.services.board import BoardReader

    office = Office(site.services)
    answer = office.handle(
        TakeIn(DUTY, Source.PUBLIC, Channel.PHONE, condition="E09006-1", place="经北六路", caller_name="王")
    )
    reader = BoardReader(site.store.uows, site.clock, site.services.store)
    view = reader.case(DUTY, answer.case.id)  # type: ignore[attr-defined]
    assert view.likely is not None
    assert (view.likely.condition_id, view.intake.caller, view.intake.may_read) == ("E09006-1", "there", True)
    assert reader.case(replace(DUTY, role=Role.INSPECTOR), view.case.id).intake.may_read is False
    assert view.events[0].data["channel"] == "phone"


def test_settings_are_numbers_in_their_bounds(site: Site) -> None:
    uows = site.store.uows
    assert site_settings.put(uows, site.clock, ADMIN, "person_retention_days", "３６５") == 365
    told = site_settings.read(uows, DUTY)
    known = {
        "similar_distance": 50,
        "similar_time": 24,
        "person_retention_days": 365,
        "prediction_warn": 50,
        "prediction_alarm": 1,
    }
    assert {name: told[name] for name in known} == known
    with refused("bad_value", "setting_name"):
        site_settings.put(uows, site.clock, ADMIN, "colour", "1")
    with refused("bad_value", "setting"):
        site_settings.put(uows, site.clock, ADMIN, "similar_time", "0")
    with refused("forbidden"):
        site_settings.put(uows, site.clock, DUTY, "similar_time", "12")
