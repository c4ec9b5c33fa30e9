"""What the windows are given: the board, one case, the trend, the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.vocabulary import Action, AlarmState, Role, Severity, Source, State
from console.services import requests as ask
from console.services.cases import NewCase
from console.services.figure_live import LiveRows
from console.services.figures import GROUPS, today
from console.services.intake_desk import TakeIn
from console.services.office import Office
from console.services.views import BoardView, CaseAnswer, CaseView, TrendView
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site
from tests.unit.services.test_cases import refused


@pytest.fixture
def office(site: Site) -> Office:
    """The office over the site."""
    return Office(site.services)


def board(office: Office, actor: Actor = DUTY) -> BoardView:
    """The board as it is."""
    view = office.handle(ask.LoadBoard(actor))
    assert isinstance(view, BoardView)
    return view


def test_the_board_follows_every_change(site: Site, office: Office) -> None:
    assert board(office).cards == ()
    first = site.open(place="亚太广场")
    second = site.open("event:06010")
    view = board(office)
    assert [c.number for c in view.cards] == ["#0001", "#0002"]
    assert view.cards[0].next_action is Action.FILE
    assert view.cards[0].headline is not None
    assert (view.counts, view.purpose, view.kpi.open) == ({State.REGISTERING: 2}, "test", 2)
    site.do(first, "file")
    site.do(second, "reject", reason="不属实")
    view = board(office)
    assert [(c.id, c.state) for c in view.cards] == [(first.id, State.FILED)]
    assert board(office).cards[0] is view.cards[0]
    assert board(office, KIOSK).cards[0].next_action is None
    with refused("forbidden"):
        board(office, ADMIN)


def test_another_store_on_the_same_database_is_seen(site: Site, office: Office) -> None:
    import db
    from console.services.assembly import assemble

    board(office)
    with db.open_store(site.url) as other:
        services = assemble(other.uows, site.clock, site.folder)
        services.cases.open(DUTY, NewCase(source=Source.PATROL))
    assert len(board(office).cards) == 1


def test_the_banner_is_worst_first_and_names_who(site: Site, office: Office) -> None:
    slow = site.through(site.open(place="亚太广场"), "file", "dispatch", "accept")
    site.clock.on(minutes=8)
    other = site.open("event:06010")
    site.services.alarms.sweep()
    site.clock.on(minutes=2)
    site.services.alarms.sweep()
    site.clock.on(minutes=2)
    site.services.alarms.sweep()
    rows = board(office).alarms
    assert [(r.number, r.alarm.severity) for r in rows] == [
        ("#0001", Severity.HIGH),
        ("#0002", Severity.MEDIUM),
    ]
    assert (rows[0].what_zh, rows[0].who_zh) == ("占道经营 · 亚太广场", "市容劝导队")
    assert rows[1].who_zh == "officer01"
    assert board(office).kpi.overdue == 1
    assert board(office).kpi.due_soon == 1
    assert board(office).kpi.alarms_10min == 2
    site.do(slow, "arrive")
    site.do(other, "reject", reason="不属实")
    view = board(office)
    assert [(r.number, r.alarm.state) for r in view.alarms] == [
        ("#0001", AlarmState.RETURNED),
        ("#0002", AlarmState.RETURNED),
    ]
    assert view.alarms[1].what_zh == "暴露垃圾"
    assert [c.severity for c in view.cards] == [None]


def test_one_slow_look_does_not_leave_the_strip_behind(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(type(site.clock), "monotonic", lambda _self: seconds[0])
    look = LiveRows.look

    def held_up(self: LiveRows, *words: object) -> object:
        seconds[0] += 3.0
        return look(self, *words)  # type: ignore[arg-type]

    case = site.open(place="亚太广场")
    with monkeypatch.context() as busy:
        busy.setattr(LiveRows, "look", held_up)
        assert board(office).kpi.total_n == 0
    site.through(case, "file", "dispatch", "accept", "arrive")
    assert board(office).kpi.total_n == 0, "it rests"
    seconds[0] += 5.0
    assert (board(office).kpi.total_n, board(office).kpi.total_met) == (1, 1.0)


def test_one_case_in_full(site: Site, office: Office) -> None:
    first = site.open(lon=113.71, lat=34.72)
    site.open(lon=113.7101, lat=34.7201)
    site.open("event:06010", lon=113.71, lat=34.72)
    case = site.through(first, "file")
    photo = site.folder / "a.jpg"
    photo.write_bytes(b"x")
    files = ((str(photo), "snapshot", site.clock.now(), "cam01"),)
    answer = office.handle(ask.AttachCaptured(DUTY, case.id, files))
    assert isinstance(answer, CaseAnswer)
    view = office.handle(ask.LoadCase(DUTY, case.id))
    assert isinstance(view, CaseView)
    assert view.next_action is Action.DISPATCH
    assert Action.REOPEN not in view.allowed
    assert [p.team.id for p in view.proposals if p.proposed] == ["appearance"]
    assert [c.number for c in view.similar] == ["#0002"]
    assert [e.action for e in view.events] == [Action.OPEN, Action.FILE, Action.ATTACH]
    assert view.condition is not None
    assert list(view.evidence_paths) == [view.case.evidence[0].sha256]
    assert view.case.evidence[0].present_here
    with refused("unknown_case"):
        office.handle(ask.LoadCase(DUTY, "4711"))


def test_evidence_on_another_machine_is_said_so(site: Site, office: Office) -> None:
    case = site.open()
    photo = site.folder / "a.jpg"
    photo.write_bytes(b"x")
    office.handle(ask.AttachCaptured(DUTY, case.id, ((str(photo), "snapshot", site.clock.now(), ""),)))
    sha256 = site.services.cases.show(DUTY, case.id)[0].evidence[0].sha256
    path = site.services.store.path(sha256)
    assert path is not None
    path.unlink()
    view = office.handle(ask.LoadCase(DUTY, case.id))
    assert isinstance(view, CaseView)
    assert (view.evidence_paths, view.case.evidence[0].present_here) == ({}, False)


def test_the_key_and_the_way_through_requests(site: Site, office: Office) -> None:
    pressed = site.clock.at
    site.clock.on(seconds=1)
    answer = office.handle(ask.OpenFromCamera(DUTY, "cam01", pressed))
    assert isinstance(answer, CaseAnswer)
    assert (answer.case.found_at, answer.case.opened_at) == (pressed, site.clock.at)
    filed = office.handle(
        ask.Act(DUTY, answer.case.id, Command(Action.FILE, condition="E09006-1"), answer.case.version)
    )
    assert isinstance(filed, CaseAnswer)
    with refused("conflict", "case"):
        office.handle(ask.Act(DUTY, answer.case.id, Command(Action.DISPATCH), answer.case.version))
    mine = office.handle(TakeIn(DUTY, Source.PUBLIC, condition="E06010-1", place="经北六路"))
    assert isinstance(mine, CaseAnswer)
    assert mine.case.name_zh == "暴露垃圾"
    cameras = office.handle(ask.LoadCameras(DUTY))
    assert [(c.id, c.username, c.secret) for c in cameras] == [("cam01", "", "")]  # type: ignore[attr-defined]
    assert office.handle(ask.SearchConditions(DUTY, "zdjy", 1))[0].condition.condition_id == "E09006-1"  # type: ignore[index]
    with pytest.raises(TypeError):
        office.handle("board")


def test_a_slip_of_the_key_is_taken_back_and_not_counted(site: Site, office: Office) -> None:
    answer = office.handle(ask.OpenFromCamera(DUTY, "cam01", site.clock.at))
    assert isinstance(answer, CaseAnswer)
    site.clock.on(seconds=5)
    taken = office.handle(ask.Act(DUTY, answer.case.id, Command(Action.REJECT, reason="mis-key")))
    assert isinstance(taken, CaseAnswer)
    assert taken.case.mis_key
    figures = site.services.kpi.figures(DUTY, cut="reported")
    assert figures.rows[0].n == 0


def test_the_trend_counts_back_from_now(site: Site, office: Office) -> None:
    first = site.open()
    site.clock.on(minutes=10)
    second = site.through(site.open(), "file", "dispatch", "accept")
    site.clock.on(minutes=10)
    site.do(first, "reject", reason="不属实")
    site.do(second, "arrive")
    site.clock.on(minutes=5, seconds=30)
    view = office.handle(ask.LoadTrend(DUTY, 30))
    assert isinstance(view, TrendView)
    assert len(view.minutes) == 30
    assert view.minutes[-1] == site.clock.at.timestamp()
    assert list(view.open) == [0] * 4 + [1] * 10 + [2] * 10 + [1] * 6
    assert [(taken, met) for _, taken, met in view.arrivals] == [(600.0, True)]
    assert view.limit_s == 600.0
    site.clock.on(minutes=1)
    site.open()
    later = office.handle(ask.LoadTrend(DUTY, 30))
    assert isinstance(later, TrendView)
    assert later.open[-2:] == (1, 2)


def test_the_trend_of_a_long_chain_begins_where_the_window_does(site: Site) -> None:
    for _ in range(40):
        site.open()
        site.clock.on(minutes=2)
    view = Office(site.services).handle(ask.LoadTrend(DUTY, 10))
    assert isinstance(view, TrendView)
    assert view.open[-1] == 40
    assert view.open[0] == 36


def test_figures_by_group_and_cut(site: Site) -> None:
    case = site.through(site.open(), "file", "dispatch", "accept")
    site.clock.on(minutes=9)
    site.do(case, "arrive")
    late = site.through(site.open("event:06010"), "file", "dispatch", "accept")
    site.clock.on(minutes=11)
    site.do(late, "arrive")
    kpi = site.services.kpi
    whole = kpi.figures(LEADER).rows[0]
    assert (whole.key, whole.n) == ("all", 2)
    met = whole.values["arrival_met"]
    assert (met.value, met.num, met.den) == (0.5, 1, 2)
    assert whole.values["closed"].value == 0
    assert whole.values["close_rate"].value is None
    by_team = kpi.figures(LEADER, by="team").rows
    assert [(row.key, row.n) for row in by_team] == [("appearance", 1), ("sanitation", 1)]
    assert [row.key for row in kpi.figures(LEADER, by="hour").rows] == ["08"]
    assert [row.key for row in kpi.figures(LEADER, by="shift").rows] == ["20260805-morning"]
    assert kpi.figures(LEADER, cut="closed").rows[0].n == 0
    for group in GROUPS:
        assert sum(row.n for row in kpi.figures(LEADER, by=group).rows) == 2
    yesterday = site.clock.at - timedelta(days=1)
    assert kpi.figures(LEADER, yesterday, site.clock.at - timedelta(hours=12)).rows[0].n == 0
    with refused("bad_value", "period"):
        kpi.figures(LEADER, site.clock.at, yesterday)
    with refused("forbidden"):
        kpi.figures(Actor("f", Role.FIELD))


def test_today_is_the_local_day(site: Site) -> None:
    start, end = today(site.clock.at)
    assert (start.isoformat(), end.isoformat()) == ("2026-08-04T16:00:00+00:00", "2026-08-05T16:00:00+00:00")


def test_a_case_counts_in_the_shift_it_was_filed_in(site: Site) -> None:
    site.clock.on(hours=17)  # 01:15 in the street
    site.through(site.open(), "file")
    assert site.services.kpi.figures(LEADER, by="shift").rows[0].key == "20260806-night"


def test_promises_and_settings_of_the_site_are_obeyed(site: Site) -> None:
    with site.store.uows.write() as uow:
        uow.settings.put("arrival_origin", "dispatched")
        uow.settings.put("separate_filing", "1")
        begun = {"kind": "decision", "unit": "urgent_minute", "version": "own-1"}
        uow.reference.put_promises(
            [
                {**begun, "value": 3, "valid_from": site.clock.at - timedelta(days=1)},
                {**begun, "value": 9, "version": "own-2", "valid_from": site.clock.at + timedelta(days=1)},
            ]
        )
        uow.commit()
    case = site.open()
    clocks = {d.kind.value: d for d in case.deadlines}
    assert (clocks["decision"].limit.value, clocks["decision"].limit.version) == (3, "own-1")
    assert clocks["total"].limit.value == 16
    with refused("forbidden"):
        site.do(case, "file", DUTY)
    filed = site.do(case, "file")
    assert "arrival" not in {d.kind.value for d in filed.deadlines}


def test_the_cache_reads_all_again_after_a_cut_chain(site: Site) -> None:
    from console.services.open_cases import OpenCases

    cache = OpenCases()
    site.open()
    with site.store.uows.read() as uow:
        assert len(cache.look(uow)[0]) == 1
    cache._head = (99, "x")  # as if a backup had been restored under a running console
    cache._cases = {"ghost": replace(Case("ghost", State.FILED, Source.PATROL))}
    with site.store.uows.read() as uow:
        assert list(cache.look(uow)[0]) == ["20260805-0001"]


def test_a_refusal_of_the_domain_passes_through(office: Office) -> None:
    with pytest.raises(Refusal):
        office.handle(ask.Acknowledge(DUTY, 1, 2))
