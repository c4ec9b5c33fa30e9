"""Accounts, sign-in, waiting after wrong passwords, tokens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.domain.model import Actor, User
from console.domain.vocabulary import Role
from console.i18n import explain
from console.services.people import TokenFile
from console.services.permissions import demand, is_local, local_actor
from tests.unit.services.conftest import ADMIN, DUTY, LEADER, Site
from tests.unit.services.test_cases import refused

PASSWORD = "correct horse"


@pytest.fixture
def wang(site: Site) -> User:
    """An officer with a password."""
    user = User("wang", "王", "Wang", Role.DUTY)
    return site.services.people.add(ADMIN, user, PASSWORD, change_first=False)


def test_sign_in_gives_the_actor_with_its_rights(site: Site, wang: User) -> None:
    actor = site.services.people.sign_in("wang", PASSWORD, "WS-1")
    assert actor == Actor("wang", Role.DUTY, True, "", "WS-1")
    assert wang.password_hash == ""
    assert all(user.password_hash == "" for user in site.services.people.list(ADMIN))


def test_wrong_name_and_wrong_password_sound_the_same(site: Site, wang: User) -> None:
    said = []
    for name, password in [("wang", "wrong horse"), ("nobody", PASSWORD), ("officer01", "")]:
        with refused("auth_failed", "sign_in") as caught:
            site.services.people.sign_in(name, password)
        said.append(explain(caught.value, "en"))
    assert said[0] == said[1] == said[2]


def test_after_five_wrong_passwords_the_account_waits_longer_and_longer(site: Site, wang: User) -> None:
    people = site.services.people
    for _ in range(5):
        with refused("auth_failed", "sign_in"):
            people.sign_in("wang", "guess")
    with refused("auth_failed", "wait") as caught:
        people.sign_in("wang", PASSWORD)
    assert caught.value.facts["seconds"] == 3
    site.clock.on(seconds=3)
    with refused("auth_failed", "sign_in"):
        people.sign_in("wang", "guess")
    site.clock.on(seconds=3)
    with refused("auth_failed", "wait"):
        people.sign_in("wang", PASSWORD)
    site.clock.on(seconds=2)
    assert people.sign_in("wang", PASSWORD).name == "wang"
    with refused("auth_failed", "sign_in"):
        people.sign_in("wang", "guess")


def test_accounts_are_the_administrators(site: Site, wang: User) -> None:
    people = site.services.people
    for actor in (DUTY, LEADER):
        with refused("forbidden"):
            people.add(actor, User("x", "x", "x", Role.DUTY), PASSWORD)
        with refused("forbidden"):
            people.set(actor, "wang", role=Role.LEADER)
        with refused("forbidden"):
            people.list(actor)
    with refused("bad_value", "user_exists"):
        people.add(ADMIN, wang, PASSWORD)
    with refused("bad_value", "password"):
        people.add(ADMIN, User("y", "y", "y", Role.DUTY), "short")
    for name in ("local:root", "a b", ""):
        with refused("bad_value", "user_name"):
            people.add(ADMIN, User(name, "", "", Role.DUTY), PASSWORD)
    with refused("unknown_user"):
        people.set(ADMIN, "nobody", role=Role.DUTY)
    assert people.set(ADMIN, "wang", role=Role.LEADER, team="patrol").role is Role.LEADER


def test_everybody_may_change_the_own_password(site: Site, wang: User) -> None:
    people = site.services.people
    me = people.sign_in("wang", PASSWORD)
    people.set(me, "wang", password="another horse")
    assert people.sign_in("wang", "another horse").name == "wang"
    with refused("auth_failed"):
        people.sign_in("wang", PASSWORD)
    with refused("forbidden"):
        people.set(me, "officer01", password="another horse")


def test_a_closed_account_signs_in_no_more_and_the_last_admin_stays(site: Site, wang: User) -> None:
    people = site.services.people
    people.disable(ADMIN, "wang")
    with refused("auth_failed"):
        people.sign_in("wang", PASSWORD)
    with refused("forbidden", "last_admin"):
        people.disable(ADMIN, "admin")
    with refused("forbidden", "last_admin"):
        people.set(ADMIN, "admin", role=Role.DUTY)
    roles = {user.name: (user.role, user.disabled) for user in people.list(ADMIN)}
    assert (roles["admin"], roles["wang"]) == ((Role.ADMIN, False), (Role.DUTY, True))


def test_a_token_ends_with_its_time_its_password_and_its_account(site: Site, wang: User) -> None:
    people = site.services.people
    token = people.issue_token(people.sign_in("wang", PASSWORD))
    assert people.by_token("wang", token).role is Role.DUTY
    for name, text in [("wang", "x" * 43), ("officer01", token), ("nobody", token)]:
        with refused("auth_failed", "token"):
            people.by_token(name, text)
    people.set(ADMIN, "wang", password="another horse", change_first=False)
    with refused("auth_failed", "token"):
        people.by_token("wang", token)
    token = people.issue_token(people.sign_in("wang", "another horse"))
    site.clock.on(hours=14)
    with refused("auth_failed", "token"):
        people.by_token("wang", token)
    with site.store.uows.read() as uow:
        assert token not in str(dict(uow.settings.all()))


def test_a_closed_accounts_tokens_stay_dead_when_it_is_opened_again(site: Site, wang: User) -> None:
    people = site.services.people
    token = people.issue_token(people.sign_in("wang", PASSWORD))
    people.disable(ADMIN, "wang")
    people.set(ADMIN, "wang", disabled=False)
    with refused("auth_failed", "token"):
        people.by_token("wang", token)
    again = people.issue_token(people.sign_in("wang", PASSWORD))
    assert people.by_token("wang", again).name == "wang"


def test_a_token_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    tokens = TokenFile(tmp_path / "data" / "login.json")
    assert tokens.read("sqlite:///a") is None
    tokens.write("sqlite:///a", "wang", "t1")
    tokens.write("sqlite:///b", "li", "t2")
    assert (tokens.read("sqlite:///a"), tokens.read("sqlite:///b")) == (("wang", "t1"), ("li", "t2"))
    path = tmp_path / "data" / "login.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert tokens.read("sqlite:///a") is None


def test_the_first_account_is_an_administrators(site: Site) -> None:
    with refused("forbidden", "sign_in"):
        site.services.people.add(None, User("z", "z", "z", Role.ADMIN), PASSWORD)
    assert "z" not in [user.name for user in site.services.people.list(ADMIN)]


def test_the_local_shell_may_all_but_be_the_second_person() -> None:
    me = local_actor()
    assert is_local(me)
    assert not me.may_approve
    for right in ("user.edit", "standard.edit", "case.read", "sweep", "at"):
        demand(me, right)
    assert not is_local(DUTY)
    assert os.sep not in me.name
