"""Who may do what: a table, read by services and never by widgets.

``duty`` is call-taker, dispatcher and inspector in one and also files and
closes; ``separate_filing`` gives the traditional posts back, where only the
shift leader files and closes. Asking for something that needs a second person
is a right of its own here (``void``); granting it is ``approve``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Action, Role

_NOTES: Final = frozenset({"note", "attach"})
_ASKING: Final = frozenset({"void", "force-close", "extend", "suspend", "appeal", "correct"})

_CALLTAKER: Final = _NOTES | {
    "open",
    "call-back",
    "verify",
    "link",
    "feedback",
    "void",
    "correct",
}
_DISPATCHER: Final = (
    _NOTES
    | _ASKING
    | {
        "dispatch",
        "add-team",
        "accept",
        "refuse",
        "arrive",
        "handled",
        "feedback",
        "resume",
        "urge",
        "link",
        "reply",
    }
)
_INSPECTOR: Final = _NOTES | {"open", "verified", "check"}

#: What only the shift leader does where filing is separate.
FILING: Final = frozenset({"file", "reject", "merge", "close"})

_READING: Final = frozenset(
    {"board.read", "case.read", "alarm.read", "camera.read", "standard.read", "kpi.read"}
)
_DESK: Final = frozenset(
    {
        "alarm.ack",
        "alarm.shelve",
        "alarm.unshelve",
        "camera.test",
        "camera.steer",
        "camera.watch",
        "layout.edit",
        "filter.edit",
        "person.read",
        "shift.open",
        "team.edit",
        "emergency.report",
        "shift.log",
        "shift.sign",
        "shift.read",
        "replay",
        "kiosk.push",
    }
)
_DUTY: Final = _CALLTAKER | _DISPATCHER | _INSPECTOR | FILING
_LEADER: Final = _DUTY | {
    "reopen",
    "supervise",
    "figures.rules",
    "approve",
    "deny",
    "at",
    "camera.seize",
    "person.erase",
    "recorder.edit",
    "alarm.suppress",
    "shift.plan",
    "report.plan",
    "kiosk.edit",
}

#: Role → rights. A right is an action's name, or ``thing.verb``.
RIGHTS: Final[Mapping[Role, frozenset[str]]] = {
    Role.DUTY: _DUTY | _READING | _DESK,
    Role.LEADER: _LEADER | _READING | _DESK | {"export", "report", "sample", "evidence.pack", "sweep"},
    Role.SUPERVISOR: _READING
    | {"export", "report", "sample", "person.read", "evidence.pack", "replay", "shift.read", "report.plan"}
    | {"audit.read"},
    Role.FIELD: _NOTES
    | {"accept", "refuse", "arrive", "handled", "extend", "suspend", "appeal", "reply"}
    | {"case.read", "standard.read"},
    Role.KIOSK: frozenset({"board.read", "alarm.read", "camera.read", "kpi.read"}),
    Role.ADMIN: frozenset(
        {
            "camera.read",
            "camera.edit",
            "camera.secrets",
            "camera.test",
            "recorder.edit",
            "standard.read",
            "standard.edit",
            "user.read",
            "user.edit",
            "setting.edit",
            "figures.rules",
            "report",
            "report.plan",
            "db.admin",
            "evidence.expire",
            "person.erase",
            "alarm.read",
            "alarm.suppress",
            "shift.read",
            "shift.plan",
            "kiosk.edit",
            "audit.read",
        }
    ),
    Role.CALLTAKER: _CALLTAKER | _READING | _DESK,
    Role.DISPATCHER: _DISPATCHER | _READING | _DESK,
    Role.INSPECTOR: _INSPECTOR | _READING,
    Role.SYSTEM: frozenset({"open", "resume", "attach", "alarm", "sweep", "person.erase", "evidence.expire"}),
}

#: Every right there is.
ALL: Final = frozenset().union(*RIGHTS.values())


def allowed(role: Role, action: Action | str, separate_filing: bool = False) -> bool:
    """True when ``role`` holds the right ``action`` (an action or a word such
    as ``alarm.ack``). Raises ``ValueError`` for a right nobody ever holds."""
    right = str(action)
    if right not in ALL:
        raise ValueError(f"no such right: {right}")
    if separate_filing and role is Role.DUTY and right in FILING:
        return False
    return right in RIGHTS[role]


def demand(actor: Actor, action: Action | str, separate_filing: bool = False) -> None:
    """Raise ``Refusal('forbidden', 'role', action=…, role=…)`` when the
    actor's role may not do it."""
    if not allowed(actor.role, action, separate_filing):
        raise Refusal("forbidden", "role", action=str(action), role=str(actor.role))
