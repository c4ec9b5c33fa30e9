"""First sign-ins, rules for passwords, locked desks, changes of officer, the recovery code."""

from __future__ import annotations

import pytest

import db
from console.domain.audit import Entry, Kind
from console.domain.model import Actor, User
from console.domain.vocabulary import Role
from console.i18n import language, set_language
from console.services import audit_words, site_settings
from console.services.assembly import assemble
from console.services.office import Office
from console.services.people import Argon2Hasher
from console.services.people_requests import LoadAccounts, Recover, SwitchOfficer
from console.services.requests import SignIn
from tests.unit.services.conftest import ADMIN, DUTY, MORNING, Site
from tests.unit.services.test_cases import refused

FIRST, OWN, NEXT = "correct horse", "battery staple", "rosa wolken 12"


@pytest.fixture
def wang(site: Site) -> User:
    """An officer whose password the administrator chose."""
    return site.services.people.add(ADMIN, User("wang", "王五", "Wang Wu", Role.DUTY), FIRST)


def told(site: Site, *kinds: str) -> list[tuple[str, str, str]]:
    """Kind, account and what of each entry of the audit log, the oldest first."""
    rows = site.services.audit.search(ADMIN, kinds=kinds).rows
    return [(one.kind.value, one.actor, str(one.facts.get("what", ""))) for one in reversed(rows)]


def test_a_password_somebody_else_chose_is_changed_before_anything_else(site: Site, wang: User) -> None:
    people, office = site.services.people, Office(site.services)
    for wrong, why in (
        (FIRST, "password_again"),
        ("wang wu 1", "password_name"),
        ("12345678", "password_common"),
    ):
        with refused("bad_value", why):
            people.sign_in("wang", FIRST, new_password=wrong)
    with refused("auth_failed", "must_change"):
        office.handle(SignIn("wang", FIRST))
    with refused("auth_failed", "sign_in"):
        people.sign_in("wang", "wrong horse", new_password=OWN)
    assert office.handle(SignIn("wang", FIRST, "WS-1", OWN)) == Actor("wang", Role.DUTY, seat="WS-1")
    assert people.sign_in("wang", OWN).name == "wang"
    people.set(ADMIN, "wang", password=NEXT)
    with refused("auth_failed", "must_change"):
        people.sign_in("wang", NEXT)
    assert people.add(ADMIN, User("wall", "", "", Role.KIOSK), FIRST).name == "wall"
    assert people.sign_in("wall", FIRST).role is Role.KIOSK
    assert repr(SignIn("wang", FIRST, "", OWN)) == "SignIn(name='wang', seat='')"


def test_the_rules_are_the_sites(site: Site, wang: User) -> None:
    people, uows = site.services.people, site.store.uows
    people.sign_in("wang", FIRST, new_password=OWN)
    site_settings.put(uows, site.clock, ADMIN, "password_history", "2")
    site_settings.put(uows, site.clock, ADMIN, "password_max_days", "90")
    me = people.sign_in("wang", OWN)
    with refused("auth_failed", "sign_in"):
        people.change_password(me, FIRST, NEXT)
    people.change_password(me, OWN, NEXT)
    with refused("bad_value", "password_again"):
        people.change_password(me, NEXT, OWN)
    people.change_password(me, NEXT, FIRST)
    site.clock.on(days=91)
    with refused("auth_failed", "password_old"):
        people.sign_in("wang", FIRST)
    assert people.sign_in("wang", FIRST, new_password="blaue wolken 12").name == "wang"
    site_settings.put(uows, site.clock, ADMIN, "password_shortest", "20")
    with refused("bad_value", "password"):
        people.change_password(me, "blaue wolken 12", "kurz aber gut")
    assert people.policy().shortest == 20


def test_an_administrator_sees_who_waits_and_ends_it(site: Site, wang: User) -> None:
    people = site.services.people
    people.sign_in("wang", FIRST, "WS-1", OWN)
    for _ in range(5):
        with refused("auth_failed", "sign_in"):
            people.sign_in("wang", "guess", "WS-2")
    with refused("auth_failed", "wait"):
        people.sign_in("wang", OWN)
    view = Office(site.services).handle(LoadAccounts(ADMIN))
    sheet = next(one for one in view.rows if one.user.name == "wang")
    assert (sheet.failures, sheet.must_change, sheet.last_seat) == (5, False, "WS-1")
    assert sheet.waits_until > site.clock.now()
    assert sheet.last_at == sheet.password_since == site.clock.now()
    with refused("forbidden", "role"):
        people.unlock_account(DUTY, "wang")
    people.unlock_account(ADMIN, "wang")
    assert people.sign_in("wang", OWN).name == "wang"
    failed = [one for one in told(site) if one[0] == "sign-in-failed"]
    assert failed == [("sign-in-failed", "wang", "")] * 5
    with refused("auth_failed", "sign_in"):
        people.sign_in("my secret by mistake", "x")
    assert told(site, "sign-in-failed")[-1] == ("sign-in-failed", "", "")
    assert site.services.audit.search(ADMIN, "mistake").total == 0


def test_a_desk_is_locked_and_changes_hands(site: Site, wang: User) -> None:
    people = site.services.people
    li = people.add(ADMIN, User("li", "李", "Li", Role.LEADER), NEXT, change_first=False)
    me = people.sign_in("wang", FIRST, "WS-1", OWN)
    people.lock_session(me, "idle")
    with refused("auth_failed", "sign_in"):
        people.unlock_session(me, NEXT)
    people.set(ADMIN, "wang", role=Role.LEADER)
    assert people.unlock_session(me, OWN).role is Role.LEADER
    after = Office(site.services).handle(SwitchOfficer(me, "li", NEXT))
    assert after == Actor(li.name, Role.LEADER, seat="WS-1")
    assert told(site, "lock", "unlock", "switch") == [
        ("lock", "wang", ""),
        ("unlock", "wang", ""),
        ("switch", "li", ""),
    ]
    people.disable(ADMIN, "wang")
    with refused("auth_failed", "sign_in"):
        people.unlock_session(me, OWN)


def test_the_recovery_code_opens_an_administrators_account_once(site: Site, wang: User) -> None:
    people, office = site.services.people, Office(site.services)
    assert people.has_code(ADMIN) is None
    with refused("auth_failed", "recovery"):
        people.recover("admin", "AAAA-BBBB", OWN)
    code = people.new_code(ADMIN)
    assert people.has_code(ADMIN) == site.clock.now()
    with refused("auth_failed", "recovery"):
        people.recover("wang", code, OWN)  # no administrator
    with refused("bad_value", "password_common"):
        people.recover("admin", code, "12345678")
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    done = office.handle(Recover("admin", sloppy, OWN, "WS-3"))
    assert done.actor == Actor("admin", Role.ADMIN, seat="WS-3")
    assert people.sign_in("admin", OWN).role is Role.ADMIN
    assert code not in repr(done) + repr(Recover("admin", code, OWN))
    for again in (code, "", "x" * 24):
        with refused("auth_failed", "recovery"):
            people.recover("admin", again, NEXT)
    with refused("auth_failed", "wait"):
        people.recover("admin", done.code, NEXT)
    site.clock.on(minutes=20)
    assert people.recover("admin", done.code, NEXT)[0].name == "admin"
    with site.store.uows.read() as uow:
        kept = str(dict(uow.settings.all()))
    assert not any(one.replace("-", "") in kept or one in kept for one in (code, done.code))
    used = [one for one in told(site, "recovery") if one[2] == "used"]
    assert used == [("recovery", "admin", "used")] * 2


def test_a_new_site_begins_with_an_administrator_and_a_code(site: Site) -> None:
    with refused("forbidden", "sign_in"):
        site.services.people.begin(User("chef", "", "", Role.ADMIN), OWN)
    url = f"sqlite:///{site.folder / 'new.db'}"
    with db.open_store(url, create=True) as store:
        people = assemble(
            store.uows,
            site.clock,
            site.folder,
            hasher=Argon2Hasher(time_cost=1, memory_kib=64, parallelism=1),
        ).people
        with refused("forbidden", "sign_in"):
            people.begin(User("chef", "", "", Role.DUTY), OWN)
        actor, code = people.begin(User("chef", "", "", Role.ADMIN), OWN, "WS-1")
        assert people.sign_in("chef", OWN, "WS-1") == actor
        assert people.recover("chef", code, NEXT)[0].role is Role.ADMIN


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            [
                "摄像机；行数 新增 560、未通过 40",
                "修改；角色 值班员 → 值班长；停用 否 → 是",
                "作废；手工时间；时间 2026-11-22 08:00:00",
            ],
        ),
        (
            "en",
            [
                "cameras; rows added 560, refused 40",
                "changed; role Duty officer → Shift leader; closed no → yes",
                "Void; time by hand; time 2026-11-22 08:00:00",
            ],
        ),
    ],
)
def test_an_entry_reads_in_the_words_of_the_field(lang: str, words: list[str]) -> None:
    facts: list[dict[str, object]] = [
        {"rows": {"added": 560, "refused": 40}, "what": "cameras", "file": ""},
        {"what": "changed", "role": ["duty", "leader"], "disabled": [False, True]},
        {"action": "void", "manual": True, "at": "2026-11-22T00:00:00+00:00"},
    ]
    before = language()
    set_language(lang)
    try:
        told_now = [audit_words.told(Entry(1, MORNING, "wang", "WS-1", Kind.USER, one)) for one in facts]
    finally:
        set_language(before)
    assert told_now == words
