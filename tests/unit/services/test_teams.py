"""Teams: duty and hours, where they are, what they do, who is proposed, what
they are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.domain.model import Case, Condition, Event, Team
from console.domain.vocabulary import Action, Channel, EvidenceKind, Source, State
from console.i18n import LANGUAGES, catalogue
from console.services import rota, team_message, team_state
from console.services.cases import Attachment
from console.services.proposals import propose
from console.services.team_message import BLANKS, Told
from console.services.team_progress import progress
from console.services.team_state import Doing, Spot, Standing, TeamMark
from console.services.teams import read_contacts
from db.repositories.events import Events
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, MORNING, Site
from tests.unit.services.test_cases import refused


def local(text: str) -> datetime:
    """``2026-08-05 08:00`` at the site (a Wednesday), as UTC."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


# -- duty ----------------------------------------------------------------------


def test_hours_are_read_as_people_write_them() -> None:
    hours = rota.parse("1-5 08:00-18:00；６-7 ２０:00-06:00")
    assert rota.on(hours, local("2026-08-05 08:00"))
    assert not rota.on(hours, local("2026-08-05 18:00"))
    assert rota.on(hours, local("2026-08-08 23:00"))  # Saturday night …
    assert rota.on(hours, local("2026-08-10 05:59"))  # … and what is left of Sunday's
    assert not rota.on(hours, local("2026-08-10 06:00"))
    assert rota.on((), MORNING)
    assert rota.next_change(hours, local("2026-08-05 09:00")) == local("2026-08-05 18:00")
    assert rota.next_change((), MORNING) is None
    assert rota.on(rota.parse("08:00-24:00"), local("2026-08-05 23:59"))


@pytest.mark.parametrize(
    "text", ["mornings", "0-5 08:00-18:00", "5-1 08:00-18:00", "1 25:00-26:00", "8:00" * 99]
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with refused("bad_value", "rota") as caught:
        rota.parse(text)
    assert str(caught.value.facts["value"])[:4] == text[:4]


def test_a_word_by_hand_holds_until_the_hours_change() -> None:
    said = local("2026-08-05 09:00").isoformat()
    mark = TeamMark(on=False, on_by="x", on_at=said, hours="08:00-18:00")
    assert team_state.duty(mark, local("2026-08-05 17:59")) == (False, "hand")
    assert team_state.duty(mark, local("2026-08-05 18:00")) == (False, "rota")
    assert team_state.duty(mark, local("2026-08-06 08:00")) == (True, "rota")
    free = TeamMark(on=False, on_at=said)
    assert team_state.duty(free, local("2027-01-01 00:00")) == (False, "hand")
    assert team_state.duty(TeamMark(), MORNING) == (True, "always")


@pytest.mark.logs("what is stored of a team cannot be read")
def test_what_is_stored_comes_back_or_counts_as_nothing() -> None:
    mark = TeamMark(on=True, place="朝凤路", contacts=(("王姐", "000-1"),), hours="1-5 08:00-18:00")
    assert team_state.decode(team_state.encode(mark)) == mark
    assert team_state.decode("") == TeamMark()
    for text in ("{", "[]", '{"form":9}', '{"form":1,"sun":1}', '{"form":1,"on_at":"noon"}'):
        assert team_state.decode(text) == TeamMark()


def test_duty_place_and_people_are_kept(each_site: Site) -> None:
    teams = each_site.services.teams
    teams.set_duty(DUTY, "patrol", False)
    teams.set_place(DUTY, "巡消队", " 113.750，34.760 ")
    teams.set_details(DUTY, "patrol", "王姐 000-2001；老李", "")
    row = standing(each_site, "patrol")
    assert (row.on, row.on_from, row.on_by, row.doing) == (False, "hand", DUTY.name, Doing.OFF)
    assert row.spot is not None
    assert (row.spot.lon, row.spot.lat, row.spot.source, row.spot.at) == (113.75, 34.76, "hand", MORNING)
    assert ("王姐", "000-2001") in row.contacts
    assert ("老李", "") in row.contacts
    teams.set_duty(DUTY, "patrol", None)
    assert standing(each_site, "patrol").on


def test_who_may_and_what_is_refused(site: Site) -> None:
    teams = site.services.teams
    with refused("forbidden"):
        teams.set_duty(KIOSK, "patrol", True)
    with refused("forbidden"):
        teams.board(KIOSK)
    with refused("unknown_team"):
        teams.set_duty(DUTY, "nobody", True)
    with refused("bad_value", "team_place_missing"):
        teams.set_place(DUTY, "patrol", "  ")
    with refused("bad_value", "team_place"):
        teams.set_place(DUTY, "patrol", "路" * 10_000)
    with refused("bad_value", "team_point"):
        teams.set_place(DUTY, "patrol", "999,34.7")
    with refused("bad_value", "one_point"):
        teams.set_place(DUTY, "patrol", "", 113.0, None)
    with refused("bad_value", "contacts"):
        read_contacts("王" * 200)
    with refused("bad_value", "contacts"):
        read_contacts(";".join(f"甲{n} 1" for n in range(50)))
    assert read_contacts("何队长 138 0000 1111") == (("何队长 138 0000", "1111"),)


def standing(site: Site, team: str) -> Standing:
    return next(row for row in site.services.teams.board(DUTY).rows if row.team.id == team)


# -- what they do ----------------------------------------------------------------


def sent(site: Site, *teams: str) -> Case:
    case = site.open(place="朝凤路", lon=113.74, lat=34.77)
    site.do(case, "file", condition="E09006-1")
    return site.do(case, "dispatch", teams=teams)


def test_what_a_team_does_follows_from_its_cases(site: Site) -> None:
    assert standing(site, "appearance").doing is Doing.FREE
    case = sent(site, "appearance")
    assert [(standing(site, "appearance").doing, standing(site, "appearance").load)] == [(Doing.TOLD, 1)]
    site.do(case, "accept")
    assert standing(site, "appearance").doing is Doing.ENROUTE
    site.clock.on(minutes=4)
    site.do(case, "arrive")
    row = standing(site, "appearance")
    assert row.doing is Doing.SCENE
    assert row.spot == Spot("朝凤路", 113.74, 34.77, site.clock.at, "arrival")
    site.do(case, "handled")
    row = standing(site, "appearance")
    assert (row.doing, row.cases) == (Doing.FREE, ())
    assert row.spot is not None
    assert row.spot.place == "朝凤路"
    site.clock.on(minutes=1)
    site.services.teams.set_place(DUTY, "appearance", "队部")
    assert standing(site, "appearance").spot == Spot("队部", None, None, site.clock.at, "hand")


def test_of_several_each_says_for_itself(each_site: Site) -> None:
    site = each_site
    case = sent(site, "appearance", "patrol")
    site.do(case, "accept", teams=("patrol",), channel=Channel.PHONE, on_behalf_of="吕队长")
    assert standing(site, "patrol").doing is Doing.ENROUTE
    assert standing(site, "appearance").doing is Doing.TOLD
    site.do(case, "note", text="同去", result="accept", teams=("appearance",), channel=Channel.RADIO)
    assert standing(site, "appearance").doing is Doing.ENROUTE
    site.do(case, "arrive", teams=("patrol",))
    with refused("unknown_team", "not_sent"):
        site.do(case, "note", text="x", result="arrive", teams=("food",))
    site.do(case, "note", text="不属本队", result="refuse", teams=("appearance",))
    view = site.services.cases.show(DUTY, case.id)
    steps = {one.team: one for one in progress(view[1]).steps}
    patrol, other = steps["patrol"], steps["appearance"]
    assert patrol.accepted is not None
    assert patrol.arrived is not None
    assert (patrol.accepted.channel, patrol.accepted.who) == ("phone", "吕队长")
    assert other.returned is not None
    assert other.returned.why == "不属本队"
    assert standing(site, "appearance").cases == ()
    assert view[0].state is State.HANDLING


def test_a_look_reads_the_events_of_a_shared_case_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, other = sent(site, "appearance", "patrol"), sent(site, "food")
    asked: list[str] = []
    read = Events.of_case

    def counted(self: Events, case_id: str) -> tuple[Event, ...]:
        asked.append(case_id)
        return read(self, case_id)

    monkeypatch.setattr(Events, "of_case", counted)
    for _ in range(3):
        assert standing(site, "patrol").load == 1
    site.do(other, "accept")
    assert standing(site, "food").doing is Doing.ENROUTE
    assert asked == [shared.id]
    site.do(shared, "accept", teams=("patrol",))
    asked.clear()
    assert standing(site, "patrol").doing is Doing.ENROUTE
    assert asked == [shared.id]


def test_only_a_team_that_was_sent_answers(site: Site) -> None:
    case = sent(site, "appearance")
    for action in ("accept", "refuse"):
        with refused("unknown_team", "not_sent"):
            site.do(case, action, teams=("patrol",), reason="x")
    with site.store.uows.read() as uow:
        assert uow.cases.get(case.id) == case


# -- who is proposed -----------------------------------------------------------


def stand(team: Team, *, on: bool = True, load: int = 0, spot: Spot | None = None) -> Standing:
    case = team_state.TeamCase("1", "#1", "", "", "", Doing.ENROUTE, None)
    doing = Doing.OFF if not on else Doing.ENROUTE if load else Doing.FREE
    return Standing(team, on, "hand", "", None, doing, (case,) * load, spot, (), "")


def test_off_duty_busy_and_far_away_are_told(condition: Condition) -> None:
    case = Case(
        "20260805-0001", State.FILED, Source.CAMERA, community="yatai", category=condition.category,
        lon=113.74, lat=34.77,
    )  # fmt: skip
    near = Spot("朝凤路", 113.741, 34.77, MORNING, "arrival")
    far = Spot("中州大道", 113.80, 34.77, MORNING, "hand")
    teams = [
        Team(name, name, "", True, communities=("yatai",)) for name in ("off", "busy", "far", "near", "gone")
    ]
    teams.append(Team(condition.team, "own", "", True, communities=("yatai",)))
    by = {team.id: team for team in teams}
    standings = {
        "off": stand(by["off"], on=False),
        "busy": stand(by["busy"], load=3),
        "far": stand(by["far"], spot=far),
        "near": stand(by["near"], spot=near),
        "gone": stand(by["gone"]),
        condition.team: stand(by[condition.team], load=9),
    }
    past = (
        event(case, Action.DISPATCH, teams=["gone"]),
        event(case, Action.REFUSE, teams=["gone"], reason="不属职责"),
    )
    load = {team: one.load for team, one in standings.items()}
    found = propose(case, condition, teams, load, past, standings)
    told = [(one.team.id, one.proposed, one.reason_key) for one in found]
    assert told == [
        (condition.team, True, "responsible_here"),
        ("near", True, "here"),
        ("far", True, "here"),
        ("busy", False, "busy"),
        ("off", False, "off_duty"),
        ("gone", False, "refused"),
    ]
    facts = {one.team.id: one.facts for one in found}
    assert round(float(str(facts["near"]["metres"]))) == 91
    assert facts["near"].get("nearest") is True
    assert (facts["gone"]["at"], facts["gone"]["why"]) == (MORNING, "不属职责")


def event(case: Case, action: Action, **data: object) -> Event:
    return Event(1, case.id, MORNING, MORNING, "x", action, data, 1, "", "")


@pytest.fixture
def condition(site: Site) -> Condition:
    with site.store.uows.read() as uow:
        found = uow.reference.condition("E09006-1")
    assert found is not None
    return found


# -- what they are told ----------------------------------------------------------


def test_a_message_tells_the_place_and_nobody_who_reported(site: Site, tmp_path: object) -> None:
    case = site.open(place="朝凤路 13800001111", note="王女士 13800001111 反映", community="yatai")
    site.do(case, "file", condition="E09006-1")
    case = site.do(case, "dispatch", teams=("appearance",))
    texts = {told: site.services.teams.message(DUTY, case.id, told, "zh").text for told in Told}
    for text in texts.values():
        assert "占道经营" in text
        assert "朝凤路" in text
        assert "08:25 前到场" in text
        assert "1380000" not in text
        assert "王女士" not in text
    assert len(texts[Told.RADIO]) < 60 < len(texts[Told.WECHAT])
    english = site.services.teams.message(DUTY, case.id, Told.RADIO, "en").text
    assert "City-appearance team" in english
    assert "Trading on road" in english


def test_the_picture_of_before_goes_with_it(site: Site) -> None:
    case = sent(site, "appearance")
    file = site.folder / "before.jpg"
    file.write_bytes(b"\xff\xd8\xff picture")
    site.services.cases.attach(DUTY, case.id, [Attachment(file, EvidenceKind.BEFORE)])
    assert site.services.teams.message(DUTY, case.id, Told.WECHAT, "zh").picture.endswith(".jpg")
    assert site.services.teams.message(DUTY, case.id, Told.RADIO, "zh").picture == ""


def test_templates_are_the_site_s_and_judged(site: Site) -> None:
    teams = site.services.teams
    case = sent(site, "appearance")
    teams.set_template(ADMIN, Told.RADIO, "zh", "{teams}：{place}\n社区 {community}")
    # Nobody knows the community: a line of empty blanks is left out.
    assert teams.message(DUTY, case.id, Told.RADIO, "zh").text == "市容劝导队：朝凤路"
    teams.set_template(ADMIN, Told.RADIO, "zh", "")
    assert "回复" in teams.message(DUTY, case.id, Told.RADIO, "zh").text
    with refused("forbidden"):
        teams.set_template(LEADER, Told.RADIO, "zh", "{place}")
    for text, why in (
        ("{phone}", "template_blank"),
        ("{place", "template_braces"),
        ("{place.real}", "template_blank"),
        ("{}", "template_blank"),
        ("路" * 10_000, "template_length"),
    ):
        with refused("bad_value", why):
            teams.set_template(ADMIN, Told.RADIO, "zh", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_shipped_templates_pass_their_own_rules(lang: str) -> None:
    for told in Told:
        text = catalogue(lang)[f"teams.template.{told.value}"]
        assert team_message.check_template(text) == text
    assert "note" not in BLANKS
    assert "person" not in BLANKS


@pytest.mark.parametrize(
    "text",
    ["13800001111", "0371-65551234", "+86 138 0000 1111", "410102199001011234", "１３８００００１１１１"],
)
def test_numbers_of_people_are_taken_out(text: str) -> None:
    assert team_message.without_numbers(f"朝凤路{text}旁") == "朝凤路***旁"
    assert team_message.without_numbers("经北六路 118 号 3 号楼") == "经北六路 118 号 3 号楼"


def test_an_age_of_a_place_grows_by_the_clock_only(site: Site) -> None:
    site.services.teams.set_place(DUTY, "patrol", "队部")
    first = standing(site, "patrol")
    site.clock.on(hours=3)
    assert standing(site, "patrol").spot == first.spot
    assert site.clock.at - first.spot.at == timedelta(hours=3)  # type: ignore[union-attr]
