"""Searching as the page, the command line and an export do it."""

from __future__ import annotations

import json

import pytest

from console.domain.errors import Refusal
from console.domain.vocabulary import Action
from console.services import found, saved_searches
from console.services.find import FindService
from console.services.found import SavedSearch
from console.services.person_records import PersonRow
from tests.unit.services.conftest import DUTY, KIOSK, LEADER, Site


@pytest.fixture
def finder(site: Site) -> FindService:
    """The site's, with two cases."""
    site.open(place="望江路12号", note="水果摊")
    site.clock.on(minutes=1)
    site.open(place="柳园路", note="夜市烧烤")
    return site.services.find


def ids(finder: FindService, line: str) -> tuple[str, ...]:
    return finder.find(DUTY, line).ids


def test_a_line_finds_the_newest_first(site: Site, finder: FindService) -> None:
    answer = finder.find(DUTY, "路")
    assert [case.place for case in answer.rows] == ["柳园路", "望江路12号"]
    assert answer.words == ("路",)
    assert not answer.more
    assert ids(finder, "烧烤") == answer.ids[:1]
    assert ids(finder, "今天 水果") == answer.ids[1:]
    assert ids(finder, "昨天") == ()
    assert ids(finder, answer.ids[1]) == answer.ids[1:]
    assert ids(finder, "#0002") == answer.ids[:1]
    assert ids(finder, "#0077") == ()
    assert ids(finder, "状态:在办") == answer.ids
    assert ids(finder, "状态:办结") == ()


def test_an_empty_line_finds_nothing(finder: FindService) -> None:
    assert ids(finder, "  ") == ()


def test_what_is_more_than_a_page_is_told(
    site: Site, finder: FindService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.services.find.MOST_FOUND", 1)
    answer = finder.find(DUTY, "路")
    assert (len(answer.ids), answer.more) == (1, True)


def test_who_may_not_read_cases_finds_none(finder: FindService) -> None:
    with pytest.raises(Refusal) as caught:
        finder.find(KIOSK, "路")
    assert caught.value.code == "forbidden"


def test_reporters_are_found_by_exact_name_and_the_look_is_logged(site: Site, finder: FindService) -> None:
    case_id = ids(finder, "烧烤")[0]
    vault = site.services.vault
    row = PersonRow(
        "p1", case_id, vault.seal("王芳", "p1"), vault.seal("13800001111", "p1"),
        vault.digest("王芳"), vault.digest("13800001111"), site.clock.now(),
    )  # fmt: skip
    with site.store.uows.write() as uow:
        uow.persons.add(row)
        uow.commit()
    assert ids(finder, "报案人:王") == ()
    assert ids(finder, "报案人:王芳") == (case_id,)
    assert ids(finder, "电话:+86-138-0000-1111") == (case_id,)
    assert ids(finder, "报案人:王芳 水果") == ()
    with site.store.uows.read() as uow:
        looks = [event for event in uow.events.of_case(case_id) if event.action is Action.PERSON]
    assert [(look.actor, look.data["result"]) for look in looks] == [(DUTY.name, "viewed")] * 3
    assert "王芳" not in json.dumps([dict(look.data) for look in looks], ensure_ascii=False)


def test_an_export_goes_on_while_it_is_told_to(finder: FindService) -> None:
    steps: list[tuple[int, int]] = []

    def told(done: int, of: int) -> bool:
        steps.append((done, of))
        return True

    assert len(list(finder.each(LEADER, "路", told))) == 2
    assert steps == [(0, 2), (2, 2)]
    assert list(finder.each(LEADER, "路", _no)) == []
    with pytest.raises(Refusal):
        list(finder.each(DUTY, "路", told))


def _no(done: int, of: int) -> bool:
    return False


def test_names_are_read_anew_after_a_while(site: Site, finder: FindService) -> None:
    ids(finder, "路")
    with pytest.raises(Refusal):
        ids(finder, "队伍:新队")
    team = site.services.reference.teams().rows[0]
    from dataclasses import replace

    with site.store.uows.write() as uow:
        uow.reference.put_teams([replace(team, name_zh="新队")])
        uow.commit()
    finder._names = None
    assert ids(finder, "队伍:新队") == ()


def test_searches_under_a_name(site: Site) -> None:
    saved = site.services.find.saved
    assert saved.load(DUTY) == ()
    rows = saved.put(DUTY, SavedSearch("  昨夜 挂账 ", "昨天 22-6 状态:挂账"))
    assert rows == (SavedSearch("昨夜 挂账", "昨天 22-6 状态:挂账", 1, DUTY.name),)
    rows = saved.put(LEADER, SavedSearch("昨夜 挂账", "昨天 状态:挂账"), "昨夜 挂账", 1)
    assert (rows[0].version, rows[0].by) == (2, LEADER.name)
    for wrong in (
        lambda: saved.put(DUTY, SavedSearch("昨夜 挂账", "x")),
        lambda: saved.put(DUTY, SavedSearch("昨夜 挂账", "x"), "昨夜 挂账", 1),
        lambda: saved.delete(DUTY, "昨夜 挂账", 1),
        lambda: saved.put(DUTY, SavedSearch("", "x")),
        lambda: saved.put(DUTY, SavedSearch("长" * 60, "x")),
    ):
        with pytest.raises(Refusal):
            wrong()
    assert saved.delete(DUTY, "昨夜 挂账", 2) == ()


def test_a_newer_programs_searches_are_not_overwritten() -> None:
    with pytest.raises(Refusal) as caught:
        saved_searches.decode('{"form": 99, "searches": []}')
    assert caught.value.detail == "search_newer"


@pytest.mark.logs("the saved searches cannot be read")
def test_broken_text_is_left_alone() -> None:
    assert saved_searches.decode("{") == ()


def test_the_bound_is_what_the_page_says() -> None:
    assert found.MOST_FOUND == 1000
