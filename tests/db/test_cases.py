"""Cases: round trips, numbers, conflicts, filters, thresholds, distance."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import db
from console.domain.errors import Refusal
from console.domain.figure_row import MISSED_BEFORE, PAUSED, instant
from console.domain.model import Case, CaseLink, Evidence
from console.domain.vocabulary import DeadlineKind, EvidenceKind, State
from console.services.figure_rows import FigureRows, read_rows
from console.services.ports import CaseQuery
from db.repositories.case_find import distance_m
from tests.db.building import NOW, TRADING, case, clock

DAY = "20260805"
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
TIMES = st.none() | st.integers(0, 10**12).map(lambda us: NOW + timedelta(microseconds=us))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case with anything in it, plausible or not."""
    kinds = draw(st.lists(st.sampled_from(list(DeadlineKind)), unique=True))
    clocks = tuple(
        clock(
            kind,
            minutes=draw(st.integers(1, 9999)),
            met_at=draw(TIMES),
            cancelled=draw(st.booleans()),
            paused_since=draw(TIMES),
            paused_s=draw(st.integers(0, 10**6)),
            due_version=draw(st.integers(1, 9)),
            missed_before=draw(st.booleans()),
        )
        for kind in kinds
    )
    values: dict[str, object] = {"deadlines": clocks, "state": draw(st.sampled_from(list(State)))}
    for field in fields(Case):
        if field.type == "str" and field.name not in ("id",):
            values[field.name] = draw(WORDS)
        elif field.type == "datetime | None":
            values[field.name] = draw(TIMES)
        elif field.type == "bool":
            values[field.name] = draw(st.booleans())
    values["category"] = draw(st.none() | st.just(TRADING))
    values["lon"] = draw(st.none() | st.floats(-180, 180))
    values["teams"] = tuple(draw(st.lists(st.sampled_from(["patrol", "appearance", "绿化"]), max_size=3)))
    values["links"] = tuple(draw(st.lists(st.just(CaseLink("20260805-0009", "into")), max_size=2)))
    return case(**values)


def put(store: db.Store, *new: Case, day: str = DAY) -> list[Case]:
    with store.uows.write() as unit:
        made = [unit.cases.add(item, day) for item in new]
        unit.commit()
    return made


def get(store: db.Store, case_id: str) -> Case:
    with store.uows.read() as unit:
        got = unit.cases.get(case_id)
    assert got is not None
    return got


@settings(max_examples=25)
@given(first=cases(), second=cases())
def test_what_is_stored_comes_back(store: db.Store, first: Case, second: Case) -> None:
    with store.uows.write() as unit:
        made = unit.cases.add(first, DAY)
        changed = unit.cases.save(replace(second, id=made.id), made.version)
        again = unit.cases.add(second, DAY)
        unit.commit()
    assert get(store, again.id) == replace(second, id=again.id, version=1) == again
    assert get(store, made.id) == replace(second, id=made.id, version=2) == changed


def test_many_at_once_are_the_same_as_one_by_one(store: db.Store) -> None:
    given_cases = [case(place=f"{100 + i} 号", teams=("patrol",) * (i % 3)) for i in range(25)]
    with store.uows.write() as unit:
        one = unit.cases.add(given_cases[0], DAY)
        rest = unit.cases.add_all(given_cases[1:], DAY)
        unit.commit()
    with store.uows.read() as unit:
        loaded = unit.cases.load([item.id for item in (one, *rest)])
        found = unit.cases.find(CaseQuery(text="124 号"))
    assert loaded == (one, *rest)
    assert [item.id for item in loaded] == [f"20260805-{i:04d}" for i in range(1, 26)]
    assert [item.id for item in found.rows] == ["20260805-0025"]


def test_evidence_of_a_case_is_kept_once(store: db.Store) -> None:
    file = Evidence(
        "", "", EvidenceKind.SNAPSHOT, "a" * 64, 12, NOW, "cam-07", 0.5, "image/jpeg", "li.na", NOW
    )
    made = put(store, case(evidence=(file,)))[0]
    assert made.evidence[0].case == made.id
    assert made.evidence[0].id
    with store.uows.write() as unit:
        more = unit.evidence.add(replace(file, case=made.id, sha256="b" * 64))
        got = unit.cases.get(made.id)
        assert got is not None
        assert got.evidence == (made.evidence[0], more)
        unit.cases.save(got, got.version)
        unit.commit()
    assert get(store, made.id).evidence == (made.evidence[0], more)


def test_numbers_count_for_each_day(store: db.Store) -> None:
    ids = [item.id for item in put(store, case(), case())]
    ids += [item.id for item in put(store, case(), day="2026-08-06")]
    assert ids == ["20260805-0001", "20260805-0002", "20260806-0001"]
    with store.uows.read() as unit:
        assert unit.cases.resolve("#0002") == "20260805-0002"
        assert unit.cases.resolve("1") == "20260806-0001"
        assert unit.cases.resolve("20260805-0001") == "20260805-0001"
        assert unit.cases.resolve("0003") is None
        assert unit.cases.resolve("20260805-0003") is None
        assert unit.cases.resolve("what") is None


def test_a_number_that_was_rolled_back_is_given_again(store: db.Store) -> None:
    with store.uows.write() as unit:
        assert unit.cases.add(case(), DAY).id == "20260805-0001"
    assert put(store, case())[0].id == "20260805-0001"


def test_who_comes_second_is_refused_and_changes_nothing(store: db.Store) -> None:
    made = put(store, case())[0]
    with store.uows.write() as unit:
        unit.cases.save(replace(made, note="first"), made.version)
        unit.commit()
    with pytest.raises(Refusal) as refused, store.uows.write() as unit:
        unit.cases.save(replace(made, note="second", teams=("patrol",)), made.version)
    assert (refused.value.code, refused.value.facts["case"]) == ("conflict", made.id)
    got = get(store, made.id)
    assert (got.note, got.version, got.teams) == ("first", 2, ())
    with pytest.raises(Refusal, match="unknown_case"), store.uows.write() as unit:
        unit.cases.save(replace(made, id="20260805-0099"), 1)


def test_of_many_at_once_one_wins(store: db.Store) -> None:
    made = put(store, case())[0]
    outcomes: list[str] = []
    ready = threading.Barrier(4)

    def race(name: str) -> None:
        ready.wait()
        try:
            with store.uows.write() as unit:
                unit.cases.save(replace(made, owner=name), made.version)
                unit.commit()
            outcomes.append(name)
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=race, args=(f"officer-{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[:3] == ["conflict"] * 3
    assert get(store, made.id).owner in outcomes


def test_filters(store: db.Store) -> None:
    rows = put(
        store,
        case(),
        case(NOW + timedelta(hours=1), community="xiguan", camera="", teams=("patrol",)),
        case(NOW + timedelta(hours=2), state=State.CLOSED, deadlines=()),
        case(NOW - timedelta(hours=2), state=State.FILED, teams=("patrol", "appearance")),
    )
    a, b, c, d = (item.id for item in rows)

    def found(**filters: object) -> list[str]:
        with store.uows.read() as unit:
            page = unit.cases.find(CaseQuery(**filters))  # type: ignore[arg-type]
        assert page.total == len(page.rows)
        return [item.id for item in page.rows]

    assert found() == [d, c, b, a]
    assert found(open_only=True) == [d, b, a]
    assert found(states=frozenset({State.CLOSED, State.FILED})) == [d, c]
    assert found(states=frozenset({State.CLOSED}), open_only=True) == []
    assert found(order="due") == [d, a, b, c]
    assert found(since=NOW, until=NOW + timedelta(hours=2)) == [b, a]
    assert found(team="patrol") == [d, b]
    assert found(community="xiguan") == [b]
    assert found(camera="cam-07", ids=(a, b)) == [a]
    with store.uows.read() as unit:
        page = unit.cases.find(CaseQuery(limit=1, offset=1))
        assert ([item.id for item in page.rows], page.total) == ([c], 4)
        assert unit.cases.count_by_state() == {State.REGISTERING: 2, State.CLOSED: 1, State.FILED: 1}


FOUND = (
    "占道|道经营|占|营|zdjy|djy|road|Trading ro|0001|#0001|1|20260805-0001|09006|cam-07|"
    "东关 占道|dgjk|dongguan|小贩"
)
NOT_FOUND = "占营|zdzd|占道 西关|0003|'; DROP TABLE case_file|\"*|&!|(|rad|-"


def test_text_finds(store: db.Store) -> None:
    other = case(name_zh="暴露垃圾", name_en="Litter", place="", community="", camera="", category=None)
    made = put(store, case(note="小贩三人 (老主顾)"), other)[0]
    with store.uows.read() as unit:
        for text in FOUND.split("|"):
            rows = unit.cases.find(CaseQuery(text=text)).rows
            assert [item.id for item in rows] == [made.id], text
        for text in NOT_FOUND.split("|"):
            assert unit.cases.find(CaseQuery(text=text)).total == 0, text


def test_text_follows_a_change(store: db.Store) -> None:
    made = put(store, case())[0]
    with store.uows.write() as unit:
        got = unit.cases.get(made.id)
        assert got is not None
        unit.cases.save(replace(got, place="西关大街"), got.version)
        unit.commit()
    with store.uows.read() as unit:
        assert unit.cases.find(CaseQuery(text="西关")).total == 1
        assert unit.cases.find(CaseQuery(text="东关街口")).total == 0


def test_near_is_nearest_first_and_within(store: db.Store) -> None:
    rows = put(
        store,
        case(lon=108.3200, lat=22.8200),
        case(lon=108.3204, lat=22.8200),
        case(lon=108.3202, lat=22.8200),
        case(lon=108.3300, lat=22.8200),
        case(lon=108.3200, lat=22.8200, category=replace(TRADING, code="09005")),
        case(lon=None, lat=None),
        case(NOW - timedelta(days=2), lon=108.3200, lat=22.8200),
    )
    with store.uows.read() as unit:
        near = unit.cases.near(TRADING, 108.32, 22.82, NOW - timedelta(days=1), 50)
    assert [item.id for item in near] == [rows[0].id, rows[2].id, rows[1].id]


def test_distance_is_that_of_the_sphere() -> None:
    # One degree of a great circle on the mean radius: 111.195 km.
    assert distance_m((0, 0), (0, 1)) == pytest.approx(111_195, abs=1)
    assert distance_m((108, 22), (108, 22)) == 0


def test_counted_instants_are_those_of_the_cuts(store: db.Store) -> None:
    hour = timedelta(hours=1)
    handling = clock(DeadlineKind.HANDLING, minutes=120, missed_before=True, paused_since=NOW)
    filed = case(
        reported_at=NOW - hour,
        filed_at=NOW,
        filed_by="li.na",
        teams=("patrol", "appearance"),
        state=State.FILED,
        deadlines=(clock(), handling),
    )
    rows = put(
        store,
        filed,
        case(mis_key=True, state=State.REJECTED),
        case(state=State.VOIDED, closed_at=None, owner="wang"),
        case(NOW + hour, state=State.CLOSED, filed_at=NOW + hour, closed_at=NOW + 2 * hour),
    )  # fmt: skip

    def cut(name: str, hours: int = 1) -> FigureRows:
        with store.uows.read() as unit:
            return read_rows(unit, NOW, NOW + hours * hour, name)

    assert cut("reported").ids() == (rows[2].id,)
    assert cut("reported", 2).ids() == (rows[2].id, rows[3].id)
    assert cut("filed", 2).ids() == (rows[0].id, rows[3].id)
    assert cut("due", 3).ids() == (rows[0].id,)
    assert cut("closed", 3).ids() == (rows[3].id,)
    with store.uows.read() as unit, pytest.raises(Refusal, match="cut"):
        read_rows(unit, NOW, NOW, "handled")
    found = cut("filed", 2)
    for by, word in (("team", "patrol"), ("category", "event:09006"), ("officer", "li.na")):
        groups = found.groups(by)
        assert groups.words[groups.codes[0]] == word
    assert instant(found.start_of("decision")[0]) == NOW
    assert instant(found.due("decision")[0]) == NOW + timedelta(minutes=5)
    for bit in (MISSED_BEFORE, PAUSED):
        assert found.clock("handling", bit).tolist() == [True, False]
    assert cut("reported").state(State.VOIDED).all()
    assert instant(found.at("closed")[1]) == NOW + 2 * hour
