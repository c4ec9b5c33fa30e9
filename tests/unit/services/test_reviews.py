"""Samples: what is drawn, who judges, who objects, and that the chain tells it all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.errors import Refusal
from console.domain.model import Actor, Case, User
from console.domain.review import Review, Standing, Verdict
from console.domain.vocabulary import Action, Role, Source
from console.services.cases import NewCase
from console.services.permissions import local_actor
from console.services.review_records import ReviewQuery
from tests.unit.services.conftest import DUTY, KIOSK, LEADER, OTHER_LEADER, Site

SECOND = Actor("supervisor01", Role.SUPERVISOR)
FELLOW = Actor("officer02", Role.DUTY)


def ended(site: Site, who: Actor = DUTY, **known: object) -> Case:
    """A case that one officer filed and rejected or closed within an hour."""
    case = site.open(**known)
    site.do(case, Action.FILE, who)
    for action in ("dispatch", "accept", "arrive", "handled", "check", "close"):
        case = site.do(case, action, who)
    return case


@pytest.fixture
def drawn(each_site: Site) -> tuple[Site, tuple[Review, ...]]:
    """A week in which two officers ended cases, drawn on the Monday after it."""
    site = each_site
    with site.services.uows.write() as uow:
        for actor in (SECOND, FELLOW):
            uow.users.put(User(actor.name, actor.name, actor.name, actor.role))
        uow.commit()
    for _ in range(3):
        ended(site)
    ended(site, FELLOW)
    slip = site.services.cases.open(DUTY, NewCase(source=Source.CAMERA, camera="cam01")).case
    site.do(slip, Action.REJECT, DUTY, reason="mis-key")
    site.clock.on(days=7)
    found = site.services.reviews.sample(LEADER)
    assert found.fresh
    return site, found.reviews


def answers(site: Site, review: Review, no: str = "") -> dict[str, str]:
    """Yes to every line asked, no to one."""
    lines = site.services.reviews.show(SECOND, review.id).lines
    return {line.id: "no" if line.id == no else "yes" for line in lines}


def faulty(site: Site, review: Review) -> Review:
    """A fault is found."""
    return site.services.reviews.judge(
        SECOND, review.id, "minor", answers(site, review, "words"), "没有写理由"
    )


def refused(code: str, detail: str) -> object:
    """The refusal expected."""
    return pytest.raises(Refusal, match=f"{code}.*{detail}" if detail else code)


def test_a_week_is_drawn_once_and_everybody_is_in_it(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    service = site.services.reviews
    assert {one.officer for one in reviews} == {DUTY.name, FELLOW.name}
    assert len(reviews) == 2, "one of each: two in a hundred of four are less than one"
    again = service.sample(SECOND, "2026w32")
    assert (again.fresh, again.reviews) == (False, reviews)
    assert dict(again.draw.pool) == {DUTY.name: 3, FELLOW.name: 1}, "the mis-key is nobody's work"
    assert again.draw.seed_seq > 0
    found = service.check(LEADER, "2026-W32")
    assert (found.ok, found.same_pool, found.same_draw, found.wrong) == (True, True, True, ())


def test_who_may_not_draw_and_what_cannot_be_drawn(site: Site) -> None:
    service = site.services.reviews
    for actor in (DUTY, KIOSK):
        with refused("forbidden", ""):
            service.sample(actor)
    with pytest.raises(Refusal) as open_still:
        service.sample(LEADER, "2026-W32")
    with pytest.raises(Refusal) as nonsense:
        service.sample(LEADER, "2026-W60")
    with pytest.raises(Refusal) as too_little:
        service.sample(LEADER, share=199)
    with pytest.raises(Refusal) as undrawn:
        service.check(LEADER)
    told = [one.value.detail for one in (open_still, nonsense, too_little, undrawn)]
    assert told == ["week_open", "week", "review_share", "week_undrawn"]


def test_an_empty_week_can_be_drawn_too(site: Site) -> None:
    found = site.services.reviews.sample(LEADER, "2026-W10")
    assert (found.fresh, found.reviews, dict(found.draw.pool)) == (True, (), {})
    assert site.services.reviews.check(LEADER, "2026-W10").ok


def test_from_verdict_over_objection_to_a_second_look(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    service = site.services.reviews
    mine = next(one for one in reviews if one.officer == DUTY.name)
    given = faulty(site, mine)
    assert (given.standing, given.verdict, given.reviewer) == (Standing.GIVEN, Verdict.MINOR, SECOND.name)
    with pytest.raises(Refusal) as stranger:
        service.dispute(FELLOW, mine.id, "不是这样")
    with pytest.raises(Refusal) as silent:
        service.dispute(DUTY, mine.id, " ")
    disputed = service.dispute(DUTY, mine.id, "理由写在备注里了")
    with pytest.raises(Refusal) as same:
        service.second(SECOND, mine.id, "pass", "看过备注")
    with pytest.raises(Refusal) as local:
        service.second(local_actor(), mine.id, "pass", "看过备注")
    settled = service.second(OTHER_LEADER, mine.id, "pass", "备注里确有理由")
    told = [one.value for one in (stranger, silent, same, local)]
    assert [(one.code, one.detail) for one in told] == [
        ("forbidden", "own_only"),
        ("missing_reason", ""),
        ("needs_second_person", "review"),
        ("needs_second_person", "review"),
    ]
    assert (disputed.standing, settled.standing) == (Standing.DISPUTED, Standing.SETTLED)
    assert (settled.verdict, settled.stands) == (Verdict.MINOR, Verdict.PASS), "the first stays to be seen"
    with pytest.raises(Refusal):
        service.dispute(DUTY, mine.id, "还有话说")
    assert service.check(LEADER, mine.week).ok
    with site.store.uows.read() as uow:
        events = [one for one in uow.events.of_case("") if one.action is Action.REVIEW]
        assert not any(one.action is Action.REVIEW for one in uow.events.of_case(mine.case))
    assert [one.data["result"] for one in events] == ["drawn", "given", "disputed", "settled"]


def test_a_verdict_must_fit_its_answers(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    service, one = site.services.reviews, reviews[0]
    yes = answers(site, one)
    some = dict(list(yes.items())[1:])
    wrong = [
        ("pass", some, "", "unanswered"),
        ("pass", {**yes, "words": "no"}, "", "pass_with_fault"),
        ("fail", yes, "不行", "fault_without"),
        ("fail", {**yes, "words": "no"}, "", ""),
        ("splendid", yes, "", "verdict"),
        ("pass", {**yes, "weather": "yes"}, "", "answer"),
        ("pass", {**yes, "words": "perhaps"}, "", "answer"),
        ("minor", {**yes, "words": "no"}, "长" * 2001, "too_long"),
    ]
    told = []
    for verdict, given, words, _ in wrong:
        with pytest.raises(Refusal) as refusal:
            service.judge(LEADER, one.id, verdict, given, words)
        told.append(refusal.value.detail)
    assert told == [detail for *_, detail in wrong]
    assert service.show(LEADER, one.id).review == one, "nothing of it was kept"
    passed = service.judge(LEADER, one.id, "pass", yes)
    assert passed.stands is Verdict.PASS
    with pytest.raises(Refusal) as twice:
        service.judge(SECOND, one.id, "pass", yes)
    assert twice.value.detail == "reviewed"
    with pytest.raises(Refusal) as nothing_wrong:
        service.dispute(Actor(one.officer, Role.DUTY), one.id, "我有意见")
    assert nothing_wrong.value.detail == "objection"


def test_nobody_judges_work_of_their_own_or_reads_of_others(site: Site) -> None:
    ended(site, LEADER)
    site.clock.on(days=7)
    service = site.services.reviews
    found = service.sample(SECOND).reviews
    own = next(one for one in found if one.officer == LEADER.name)
    with pytest.raises(Refusal) as self_praise:
        service.judge(LEADER, own.id, "pass", answers(site, own))
    assert self_praise.value.detail == "own_work"
    seen = service.list(DUTY)
    assert seen.own
    assert {row.review.officer for row in seen.rows} <= {DUTY.name}
    with refused("forbidden", ""):
        service.show(DUTY, own.id)
    with refused("forbidden", ""):
        service.list(KIOSK)
    with pytest.raises(Refusal) as unknown:
        service.show(LEADER, "2026-W99-0001")
    assert unknown.value.detail == "review"


def test_too_late_to_object(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    given = faulty(site, next(one for one in reviews if one.officer == DUTY.name))
    site.clock.on(days=7)
    with pytest.raises(Refusal) as late:
        site.services.reviews.dispute(DUTY, given.id, "我当时请假")
    assert late.value.detail == "objection"


def test_rows_changed_behind_the_programs_back_are_found(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    service = site.services.reviews
    given = faulty(site, reviews[0])
    with site.store.uows.write() as uow:
        uow.reviews.save(replace(given, verdict=Verdict.PASS), given.version)
        uow.commit()
    found = service.check(LEADER, given.week)
    assert (found.ok, found.wrong) == (False, (given.id,))


def test_a_case_opened_again_is_told_of_as_another_pool(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    site.do(reviews[0].case, "reopen", reason="又摆出来了")
    found = site.services.reviews.check(LEADER, reviews[0].week)
    assert (found.same_pool, found.same_draw, found.ok) == (False, None, True)


def test_a_list_of_ones_own(drawn: tuple[Site, tuple[Review, ...]], tmp_path: Path) -> None:
    site, reviews = drawn
    service = site.services.reviews
    file = tmp_path / "list.csv"
    file.write_text("id,part,text_zh,text_en\nface,,当面问过,Was asked face to face\n", encoding="utf-8")
    with refused("forbidden", ""):
        service.checklist.import_table(DUTY, file)
    assert service.checklist.import_table(SECOND, file, dry_run=True).ok
    assert service.checklist.load(DUTY).version == 0
    assert service.checklist.import_table(SECOND, file).ok
    assert [line.id for line in service.show(LEADER, reviews[0].id).lines] == ["face"]
    assert service.judge(LEADER, reviews[0].id, "pass", {"face": "na"}).checklist == 1
    bad = tmp_path / "bad.csv"
    bad.write_text("id,part,text_zh,text_en\nA B,,甲,a\nx,nowhere,乙,b\nface,,丙,\n", encoding="utf-8")
    told = service.checklist.import_table(SECOND, bad)
    assert [row.ok for row in told.rows] == [False, False, False]
    assert service.checklist.load(DUTY).version == 1


def test_two_at_once_and_what_waits_for_whom(drawn: tuple[Site, tuple[Review, ...]]) -> None:
    site, reviews = drawn
    service = site.services.reviews
    mine = next(one for one in reviews if one.officer == DUTY.name)
    faulty(site, mine)
    with site.store.uows.write() as uow, pytest.raises(Refusal) as slower:
        uow.reviews.save(replace(mine, words="别的"), mine.version)
    assert (slower.value.code, slower.value.detail) == ("conflict", "review")
    assert (service.owed(DUTY).faults, service.owed(FELLOW).faults, service.owed(KIOSK).faults) == (1, 0, 0)
    service.dispute(DUTY, mine.id, "理由写在备注里了")
    owed = [service.owed(who).disputes for who in (DUTY, SECOND, LEADER, OTHER_LEADER)]
    assert owed == [0, 0, 1, 1], "not for who looked first"
    assert service.owed(DUTY).faults == 0
    found = service.list(LEADER, ReviewQuery(standing=Standing.DISPUTED, week=mine.week, case=mine.case))
    assert [row.review.id for row in found.rows] == [mine.id]
    assert service.list(LEADER, ReviewQuery(officer="nobody")).rows == ()
