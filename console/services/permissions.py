"""The rights table with the one identity that stands outside it.

On SQLite whoever may write the data folder could change the file itself, so
the command line lets that person act as ``local:<system user>`` with every
right but being the second person. No account can have such a name.
"""

from __future__ import annotations

import getpass
import os
from typing import Final

from console.domain import rights
from console.domain.model import Actor
from console.domain.vocabulary import Action, Role

LOCAL_PREFIX: Final = "local:"


def local_actor() -> Actor:
    """Whoever sits at a command line on SQLite."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for this user
        name = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return Actor(name=f"{LOCAL_PREFIX}{name}", role=Role.LEADER, may_approve=False)


def is_local(actor: Actor) -> bool:
    """True for the identity of the local command line."""
    return actor.name.startswith(LOCAL_PREFIX)


def may(actor: Actor, right: Action | str) -> bool:
    """True when the actor holds the right; what nobody holds is nobody's. For
    what to offer; what is done asks with :func:`demand`."""
    return is_local(actor) or str(right) in rights.RIGHTS[actor.role]


def demand(actor: Actor, right: Action | str, separate_filing: bool = False) -> None:
    """Raise ``Refusal('forbidden')`` when the actor may not do it."""
    if not is_local(actor):
        rights.demand(actor, right, separate_filing)
