"""Finding cases through the index, alike on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

import db
from console.domain.model import Case, EventDraft
from console.domain.vocabulary import Action, Source, State
from console.services.case_match import CaseMatch
from console.services.ports import CaseQuery
from db import search
from tests.db.building import NOW, case

_DAY = timedelta(days=1)


def put(store: db.Store, *cases: Case, day: str = "20260805") -> list[str]:
    with store.uows.write() as uow:
        stored = uow.cases.add_all(cases, day)
        uow.commit()
    return [one.id for one in stored]


def found(store: db.Store, *groups: tuple[tuple[str, str], ...], **more: object) -> list[str]:
    with store.uows.read() as uow:
        return list(uow.cases.matching(CaseMatch(groups, **more)))  # type: ignore[arg-type]


@pytest.fixture
def three(store: db.Store) -> list[str]:
    """A vendor with the appearance team, garbage suspended, and a closed one of the day before."""
    before = put(
        store,
        case(
            NOW - _DAY,
            state=State.CLOSED,
            name_zh="占道经营",
            note="水果摊",
            closed_by="wang.lei",
            teams=("green",),
        ),
        day="20260804",
    )
    today = put(
        store,
        case(teams=("appearance",), owner="li.na", note="卖水果的三轮车"),
        case(
            NOW + timedelta(hours=3),
            state=State.SUSPENDED,
            source=Source.PUBLIC,
            name_zh="暴露垃圾",
            name_en="Exposed garbage",
            community="xiguan",
            teams=("appearance", "sanitation"),
        ),
    )
    return before + today


def test_text_finds_words_initials_and_english_newest_first(store: db.Store, three: list[str]) -> None:
    old, vendor, garbage = three
    assert found(store, (("", "占道"),)) == [vendor, old]
    assert found(store, (("", "zdjy"),)) == [vendor, old]
    assert found(store, (("", "garb"),)) == [garbage]
    assert found(store, (("", "水果"),), (("", "三轮"),)) == [vendor]
    assert found(store, (("", "水果"),), (("", "垃圾"),)) == []
    assert found(store, (("", "20260804"),)) == [old]


def test_marks_are_whole_and_of_their_kind(store: db.Store, three: list[str]) -> None:
    old, vendor, garbage = three
    assert found(store, (("team", "appearance"),)) == [garbage, vendor]
    assert found(store, (("team", "appear"),)) == []
    assert found(store, (("state", "closed"), ("state", "suspended"))) == [garbage, old]
    assert found(store, (("officer", "wang.lei"),)) == [old]
    assert found(store, (("community", "xiguan"),), (("source", "public"),)) == [garbage]
    assert found(store, (("camera", "cam-07"),), (("", "水果"),)) == [vendor, old]
    assert found(store, (("category", "09006"),), (("team", "green"),)) == [old]


def test_text_or_a_mark(store: db.Store, three: list[str]) -> None:
    _, vendor, garbage = three
    assert found(store, (("", "三轮"), ("state", "suspended"))) == [garbage, vendor]
    # A word of signs alone finds nothing, whatever stands beside it.
    assert found(store, (("", "*)("),), (("", "占道"),)) == []


def test_time_ids_and_bound(store: db.Store, three: list[str]) -> None:
    old, vendor, garbage = three
    stall = (("", "占道"),)
    assert found(store, stall, since=NOW - timedelta(hours=1)) == [vendor]
    assert found(store, stall, until=NOW) == [old]
    assert found(store, since=NOW, until=NOW + timedelta(hours=4)) == [garbage, vendor]
    assert found(store, since=NOW + timedelta(hours=1)) == [garbage]
    assert found(store, stall, ids=(old, garbage)) == [old]
    assert found(store, ids=(old, garbage)) == [garbage, old]
    assert found(store, stall, bound=1) == [vendor]
    assert found(store, since=NOW - 9 * _DAY, bound=2) == [garbage, vendor]


def test_a_step_is_found_under_its_new_state(store: db.Store, three: list[str]) -> None:
    _, vendor, garbage = three
    with store.uows.write() as uow:
        now = uow.cases.get(vendor)
        assert now is not None
        uow.cases.save(replace(now, state=State.SUSPENDED, teams=("green",)), now.version)
        uow.commit()
    assert found(store, (("state", "suspended"),)) == [garbage, vendor]
    assert found(store, (("state", "registering"),)) == []
    assert found(store, (("team", "appearance"),)) == [garbage]


def test_what_is_said_later_is_found_and_stays_found(store: db.Store, three: list[str]) -> None:
    _, vendor, _ = three

    def say(words: str) -> None:
        with store.uows.write() as uow:
            uow.events.append([EventDraft(vendor, NOW, NOW, "li.na", Action.NOTE, {"text": words})])
            uow.commit()

    say("老板姓周，已口头警告")
    say("复查仍在")
    with store.uows.write() as uow:
        now = uow.cases.get(vendor)
        assert now is not None
        uow.cases.save(replace(now, state=State.FILED), now.version)
        uow.commit()
    assert found(store, (("", "口头警告"),)) == [vendor]
    assert found(store, (("", "复查"),), (("state", "filed"),)) == [vendor]


def test_events_of_no_case_disturb_nothing(store: db.Store) -> None:
    with store.uows.write() as uow:
        uow.events.append([EventDraft("", NOW, NOW, "admin", Action.NOTE, {"text": "换了钥匙"})])
        uow.commit()
    assert found(store, (("", "钥匙"),)) == []


@pytest.mark.parametrize("word", ["'", '"', "*", ":*", "!", "\\", "(", "ƒstateclosed", "&|", "\x00"])
def test_no_word_breaks_the_query(store: db.Store, three: list[str], word: str) -> None:
    assert found(store, (("", word),)) == []
    assert found(store, (("team", word),)) == []
    with store.uows.read() as uow:
        assert uow.cases.find(CaseQuery(text=word)).total == 0


def test_the_index_is_walked_in_the_order_of_the_cases(store: db.Store, three: list[str]) -> None:
    """What makes a million cases quick: no sort of everything that matches."""
    if store.dialect != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics")
    with store.uows.read() as uow:
        connection = uow._connection  # type: ignore[attr-defined]
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN SELECT rowid FROM case_search WHERE case_search MATCH 'a' "
                 "AND rowid BETWEEN 1 AND 9 ORDER BY rowid DESC LIMIT 5")
        ).all()  # fmt: skip
    assert not [row for row in plan if "TEMP B-TREE" in str(row)]


def test_a_key_is_its_case() -> None:
    for case_id in ("20260805-0001", "20260805-12345"):
        assert search.case_id_of(search.row_key(case_id)) == case_id


def _in_index(store: db.Store) -> set[tuple[str, str]]:
    """Every (token, case) the index holds."""
    with store.uows.write() as uow:
        connection = uow._connection  # type: ignore[attr-defined]
        if store.dialect == "postgresql":
            query = text("SELECT unnest(tsvector_to_array(tokens)), key FROM case_search")
        else:
            words = "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, case_search, instance)"
            connection.execute(text(words))
            query = text("SELECT term, doc FROM temp.words")
        return {(row[0], search.case_id_of(row[1])) for row in connection.execute(query)}


def test_the_index_forgets_what_is_no_longer_so(store: db.Store) -> None:
    """On SQLite it keeps no text of its own: whatever was done to the cases, it
    holds the tokens of the cases as they stand, no more and no fewer."""
    dice = random.Random(6)
    ids = put(store, *(case(note=f"第 {n} 件") for n in range(12)))
    for turn in range(60):
        with store.uows.write() as uow:
            chosen = uow.cases.get(dice.choice(ids))
            assert chosen is not None
            change = dice.choice((
                {"state": dice.choice(list(State))},
                {"teams": tuple(dice.sample(("green", "appearance", "sanitation"), 2))},
                {"place": dice.choice(("朝凤路", "和顺街 7 号", ""))},
                {"note": "改派 " * dice.randint(0, 3)},
            ))  # fmt: skip
            for _ in range(dice.choice((1, 2))):
                chosen = uow.cases.save(replace(chosen, **change), chosen.version)
            if dice.random() < 0.4:
                said = {"text": f"第 {turn} 句：{dice.choice(('仍在', 'gone', '处置中'))}"}
                uow.events.append([EventDraft(chosen.id, NOW, NOW, "li.na", Action.NOTE, said)])
            if dice.random() < 0.8:
                uow.commit()
    with store.uows.write() as uow:
        connection = uow._connection  # type: ignore[attr-defined]
        wanted = {
            (token, one.id)
            for one in uow.cases.load(ids)
            for token in search.tokens_of(
                search.words_of(one), search.said_of(connection, [one.id]).get(one.id, "")
            )
        }
    assert _in_index(store) == wanted
