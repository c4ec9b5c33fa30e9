"""Who may do what, against the office's own list."""

from __future__ import annotations

import pytest

from console.domain import rights
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.transitions import TABLE
from console.domain.vocabulary import Action, Role

SEE = ("board.read", "case.read", "alarm.read", "camera.read", "standard.read", "kpi.read")
ASK = ("void", "force-close", "extend", "suspend", "appeal", "correct")
MAY = {
    Role.CALLTAKER: "open verify link feedback void correct note attach call-back",
    Role.DISPATCHER: "dispatch add-team accept refuse arrive handled feedback resume urge link note attach "
    + " ".join(("reply", *ASK)),
    Role.INSPECTOR: "open verified check note attach",
    Role.FIELD: "accept refuse arrive handled extend suspend appeal note attach reply",
    Role.SUPERVISOR: "",
    Role.KIOSK: "",
    Role.ADMIN: "",
    Role.SYSTEM: "open resume attach",
}
POSTS = f"{MAY[Role.CALLTAKER]} {MAY[Role.DISPATCHER]} {MAY[Role.INSPECTOR]}"
MAY[Role.DUTY] = f"{POSTS} file reject merge close"
MAY[Role.LEADER] = f"{MAY[Role.DUTY]} reopen supervise"
CASE_ACTIONS = sorted({row.action.value for row in TABLE} | {"open"})


@pytest.mark.parametrize("role", list(Role))
def test_case_actions_by_role(role: Role) -> None:
    held = {a for a in CASE_ACTIONS if rights.allowed(role, Action(a))}
    assert held == set(MAY[role].split())


def test_separate_filing_takes_filing_and_closing_from_duty() -> None:
    lost = {
        a
        for a in CASE_ACTIONS
        if rights.allowed(Role.DUTY, a) and not rights.allowed(Role.DUTY, a, separate_filing=True)
    }
    assert lost == {"file", "reject", "merge", "close"}
    for role in set(Role) - {Role.DUTY}:
        for right in rights.ALL:
            assert rights.allowed(role, right) == rights.allowed(role, right, separate_filing=True)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        ("approve", {Role.LEADER}),
        ("deny", {Role.LEADER}),
        ("at", {Role.LEADER}),
        ("alarm.ack", {Role.DUTY, Role.LEADER, Role.CALLTAKER, Role.DISPATCHER}),
        ("alarm.shelve", {Role.DUTY, Role.LEADER, Role.CALLTAKER, Role.DISPATCHER}),
        ("camera.edit", {Role.ADMIN}),
        ("camera.steer", {Role.DUTY, Role.LEADER, Role.CALLTAKER, Role.DISPATCHER}),
        ("camera.seize", {Role.LEADER}),
        ("user.edit", {Role.ADMIN}),
        ("standard.edit", {Role.ADMIN}),
        ("export", {Role.LEADER, Role.SUPERVISOR}),
        ("person.read", {Role.DUTY, Role.LEADER, Role.SUPERVISOR, Role.CALLTAKER, Role.DISPATCHER}),
    ],
)
def test_other_rights(right: str, roles: set[Role]) -> None:
    assert {role for role in Role if rights.allowed(role, right)} == roles


def test_readers_read() -> None:
    for right in SEE:
        assert rights.allowed(Role.SUPERVISOR, right)
    assert not rights.allowed(Role.KIOSK, "case.read"), "a kiosk shows no case in full"
    assert not rights.allowed(Role.ADMIN, "case.read"), "an administrator sees no personal data"


def test_every_right_of_the_table_is_known() -> None:
    for row in TABLE:
        assert row.demands in rights.ALL
        assert rights.allowed(Role.LEADER, row.demands), "a leader may do whatever a case asks for"


def test_a_refusal_names_action_and_role_and_a_typo_is_no_right() -> None:
    with pytest.raises(Refusal) as caught:
        rights.demand(Actor("k", Role.KIOSK), Action.FILE)
    assert (caught.value.code, caught.value.detail) == ("forbidden", "role")
    assert caught.value.facts == {"action": "file", "role": "kiosk"}
    with pytest.raises(ValueError, match="no such right"):
        rights.allowed(Role.DUTY, "alarm.acknowledge")
