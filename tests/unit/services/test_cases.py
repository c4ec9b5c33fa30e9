"""Use cases on cases, on a real database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console.domain.errors import Refusal
from console.domain.model import Actor, Command
from console.domain.vocabulary import Action, Channel, EvidenceKind, Role, Source, State
from console.i18n import explain
from console.services.cases import Attachment, NewCase
from console.services.permissions import local_actor
from console.services.ports import CaseQuery
from tests.unit.services.conftest import DUTY, KIOSK, LEADER, OTHER_LEADER, Site


def refused(code: str, detail: str | None = None) -> pytest.RaisesExc[Refusal]:
    """Expects a refusal with this code (and detail)."""
    return pytest.RaisesExc(
        Refusal, check=lambda r: r.code == code and (detail is None or r.detail == detail)
    )


def test_the_whole_way_on_both_databases(each_site: Site) -> None:
    site = each_site
    case = site.open(place="亚太广场")
    assert (case.state, case.name_zh, case.code_2013) == (State.REGISTERING, "占道经营", "04-06")
    for seconds, action in [
        (158, "file"),
        (25, "dispatch"),
        (5, "accept"),
        (400, "arrive"),
        (600, "handled"),
        (60, "check"),
        (9, "close"),
    ]:
        site.clock.on(seconds=seconds)
        case = site.do(case, action, DUTY)
    assert case.state is State.CLOSED
    assert (case.condition_id, case.teams, case.filed_by) == ("E09006-1", ("appearance",), "officer01")
    assert [e.seq for e in site.last.events] == [8]
    assert site.events(case) == "open file dispatch accept arrive handled check close".split()
    assert all(not d.running for d in case.deadlines)


def test_the_number_is_counted_by_the_local_day(site: Site) -> None:
    first = site.open()
    site.clock.at = site.clock.at.replace(hour=16, minute=1)  # 00:01 in the street, the next day
    second = site.open()
    assert (first.id, second.id) == ("20260805-0001", "20260806-0001")
    assert site.services.cases.show(DUTY, "1")[0].id == second.id
    assert site.services.cases.show(DUTY, "20260805-0001")[0].id == first.id
    assert site.services.cases.show(DUTY, "#0001")[0].id == second.id


def test_a_camera_brings_place_community_and_coordinates(site: Site) -> None:
    answer = site.services.cases.open(DUTY, NewCase(source=Source.CAMERA, camera="cam01"))
    case = answer.case
    assert (case.place, case.community, case.grid) == ("朝凤路", "yatai", "410171001001001")
    assert (case.lon, case.lat) == (113.71, 34.72)
    assert case.found_at == site.clock.now()
    assert answer.changed == ("case",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("09006", "09006"),
        ("event:09006", "09006"),
        ("GB/T 47678.5-2026:event:09006", "09006"),
        ("event:04-06", "09006"),
        ("01003", "01003"),
        ("local:event:05001", "05001"),
        ("05003", "05003"),
    ],
)
def test_a_class_is_found_in_either_numbering(site: Site, text: str, code: str) -> None:
    case = site.open(text)
    assert case.category is not None
    assert case.category.code == code


def test_a_bare_code_is_good_only_where_one_kind_can_be_filed(site: Site, tmp_path: Path) -> None:
    # 01003 is a component and a matter; only the component has conditions.
    assert site.open("01003").category.kind == "component"  # type: ignore[union-attr]
    with refused("unknown_category", "ambiguous") as caught:
        site.open("01001")
    said = " ".join(explain(caught.value, "en"))
    assert "component:01001" in said
    assert "event:01001" in said
    table = tmp_path / "own.csv"
    table.write_text("kind,code,condition_zh,limit\nevent,01003,井盖周边异响,2紧急工作时\n", "utf-8")
    site.services.reference.import_standard(local_actor(), table)
    with refused("unknown_category", "ambiguous"):
        site.open("01003")
    assert site.open("component:01003").category.kind == "component"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["99999", "event:99999", "component:09006", "x:09006", "a:b:c", "abc", "event:"]
)
def test_an_unknown_class_changes_nothing(site: Site, text: str) -> None:
    before = site.size()
    with refused("unknown_category"):
        site.open(text)
    assert site.size() == before


def test_filing_finds_the_only_condition_or_names_the_several(site: Site) -> None:
    case = site.open("component:01003")
    with refused("missing_condition", "several") as caught:
        site.do(case, "file")
    assert "C01003-4" in explain(caught.value, "zh")[0]
    assert site.do(case, "file", condition="c01003-2").condition_id == "C01003-2"
    bare = site.services.cases.open(DUTY, NewCase(source=Source.PUBLIC)).case
    with refused("missing_condition"):
        site.do(bare, "file")
    with refused("unknown_condition"):
        site.do(bare, "file", condition="E00000-9")
    without = site.open("event:06002")
    with refused("missing_condition", "none"):
        site.do(without, "file")


def test_dispatch_knows_its_teams(site: Site) -> None:
    case = site.through(site.open(), "file")
    before = site.size()
    with refused("unknown_team", "") as caught:
        site.do(case, "dispatch", teams=("appearance", "nobody"))
    assert "nobody" in explain(caught.value, "en")[0]
    assert site.size() == before
    assert site.do(case, "dispatch", teams=("环卫", "appearance")).teams == ("sanitation", "appearance")


def test_a_lost_race_says_who_when_and_what(site: Site) -> None:
    case = site.through(site.open(), "file")
    site.clock.on(seconds=8)
    site.do(case, "dispatch", OTHER_LEADER)
    site.clock.on(seconds=8)
    command = Command(Action.DISPATCH, teams=("patrol",))
    with refused("conflict", "case") as caught:
        site.services.cases.act(LEADER, case.id, command, seen_version=case.version)
    assert caught.value.facts["who"] == "leader02"
    assert "派遣" in explain(caught.value, "zh")[0]
    assert "08:15:10" in explain(caught.value, "zh")[0]
    now_at = site.services.cases.show(DUTY, case.id)[0]
    done = site.services.cases.act(LEADER, case.id, Command(Action.ACCEPT), seen_version=now_at.version)
    assert done.case.state is State.ENROUTE


def test_rights_are_checked_before_anything_is_written(site: Site) -> None:
    case = site.open()
    before = site.size()
    for actor in (KIOSK, Actor("boss", Role.SUPERVISOR), Actor("adm", Role.ADMIN)):
        with refused("forbidden"):
            site.do(case, "file", actor)
        with refused("forbidden"):
            site.services.cases.open(actor, NewCase(source=Source.PATROL))
    with refused("forbidden", "at"):
        site.do(case, "file", DUTY, at=site.clock.now())
    with refused("forbidden"):
        site.services.cases.list(KIOSK, CaseQuery())
    assert site.size() == before


def test_times_by_hand_are_judged(site: Site) -> None:
    case = site.through(site.open(), "file")
    before = site.size()
    with refused("time_future"):
        site.do(case, "dispatch", at=site.clock.now() + timedelta(seconds=1))
    with refused("time_order"):
        site.do(case, "dispatch", at=site.clock.now() - timedelta(minutes=1))
    with refused("time_future"):
        site.open(found_at=site.clock.now() + timedelta(minutes=1))
    assert site.size() == before
    opened = site.services.cases.open(
        LEADER,
        NewCase(
            source=Source.PUBLIC,
            at=site.clock.now() - timedelta(minutes=3),
            on_behalf_of="热线",
            channel=Channel.PHONE,
        ),
    )
    assert opened.case.manual_time
    assert opened.case.reported_at == site.clock.now() - timedelta(minutes=3)
    assert opened.events[0].data["on_behalf_of"] == "热线"
    with refused("forbidden"):
        site.services.cases.open(DUTY, NewCase(source=Source.PUBLIC, at=site.clock.now()))


def test_a_second_person_approves_and_it_is_done(each_site: Site) -> None:
    site = each_site
    cases = site.services.cases
    case = site.through(site.open(), "file")
    asked = cases.act(DUTY, case.id, Command(Action.VOID, reason="测试")).approval
    assert asked is not None
    assert cases.show(DUTY, case.id)[0].state is State.FILED
    with refused("forbidden"):
        cases.approve(DUTY, asked.id)
    with refused("needs_second_person"):
        cases.approve(local_actor(), asked.id)
    with refused("unknown_request"):
        cases.approve(LEADER, asked.id + 100)
    done = cases.approve(LEADER, asked.id)
    assert done.case.state is State.VOIDED
    assert [e.action for e in done.events] == [Action.APPROVE, Action.VOID]
    with refused("conflict", "answered"):
        cases.approve(OTHER_LEADER, asked.id)


def test_one_who_asks_cannot_grant_and_a_denial_changes_nothing(site: Site) -> None:
    cases = site.services.cases
    case = site.through(site.open(), "file", "dispatch", "accept", "arrive")
    asked = cases.act(LEADER, case.id, Command(Action.EXTEND, reason="等材料")).approval
    assert asked is not None
    with refused("needs_second_person", "same_person"):
        cases.approve(LEADER, asked.id)
    denied = cases.deny(OTHER_LEADER, asked.id, "不同意")
    assert denied.case == cases.show(DUTY, case.id)[0]
    assert denied.case.extensions == 0
    assert denied.events[-1].data["reason"] == "不同意"


def test_merge_and_link_change_both_ends(site: Site) -> None:
    first, second, third = site.open(), site.open(), site.open()
    merged = site.do(second, "merge", other="1")
    assert merged.state is State.DUPLICATE
    linked = site.do(third, "link", other=first.id)
    assert [link.kind for link in linked.links] == ["link"]
    kept = site.services.cases.show(DUTY, first.id)[0]
    assert {(link.id, link.kind) for link in kept.links} == {(second.id, "from"), (third.id, "link")}
    with refused("unknown_case"):
        site.do(third, "merge", other="4711")
    with refused("unknown_case"):
        site.do("4711", "file")


def test_handled_takes_its_after_picture_along(site: Site, tmp_path: Path) -> None:
    case = site.through(site.open(), "file", "dispatch", "accept", "arrive")
    photo = tmp_path / "after.jpg"
    photo.write_bytes(b"\xff\xd8 after \xff\xd9")
    file = Attachment(photo, EvidenceKind.AFTER, site.clock.now())
    answer = site.services.cases.act(DUTY, case.id, Command(Action.HANDLED), attachments=[file])
    assert [e.action for e in answer.events] == [Action.ATTACH, Action.HANDLED]
    (kept,) = answer.case.evidence
    assert (kept.kind, kept.bytes, kept.media_type) == (EvidenceKind.AFTER, 11, "image/jpeg")
    path = site.services.store.path(kept.sha256)
    assert path is not None
    assert path.read_bytes() == photo.read_bytes()
    before = site.size()
    with refused("bad_file"):
        site.services.cases.attach(DUTY, case.id, [Attachment(tmp_path / "none.jpg", EvidenceKind.DOCUMENT)])
    with refused("bad_value", "files_missing"):
        site.do(case, "attach")
    assert site.size() == before


def test_list_filters_and_counts(site: Site) -> None:
    first = site.open(place="亚太广场北门")
    site.open(place="经北六路")
    site.do(first, "reject", reason="不属实")
    cases = site.services.cases
    assert cases.list(DUTY, CaseQuery(open_only=True)).total == 1
    assert cases.list(DUTY, CaseQuery(states=frozenset({State.REJECTED}))).rows[0].id == first.id
    assert [c.id for c in cases.list(DUTY, CaseQuery(text="亚太")).rows] == [first.id]
    page = cases.list(DUTY, CaseQuery(limit=1, offset=1))
    assert (page.total, [c.id for c in page.rows]) == (2, [first.id])


def test_a_case_keeps_the_version_it_was_filed_under(site: Site, tmp_path: Path) -> None:
    case = site.through(site.open(), "file")
    table = tmp_path / "new.csv"
    table.write_text(
        "condition_id,kind,code,condition_zh,limit\nE09006-1,event,09006,占道摆摊,1紧急工作时\n", "utf-8"
    )
    report = site.services.reference.import_standard(local_actor(), table)
    assert [row.action for row in report.rows] == ["updated"]
    sent = site.do(case, "dispatch")
    handling = next(d for d in sent.deadlines if d.kind.value == "handling")
    assert handling.due_at - handling.start_at == timedelta(hours=2)
    fresh = site.do(site.do(site.open(), "file"), "dispatch", teams=("appearance",))
    handling = next(d for d in fresh.deadlines if d.kind.value == "handling")
    assert (handling.due_at - handling.start_at, fresh.condition_version) == (timedelta(hours=1), 2)
