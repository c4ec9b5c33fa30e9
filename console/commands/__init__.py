"""The command line, one module a family of commands.

The protocol of a command module: it has

``register(subparsers, common) -> None``
    adds its parsers. ``subparsers`` is what ``add_subparsers()`` returned;
    ``common`` is the parent parser with the options that are good for every
    command. Every parser, the inner ones too, is made with
    :func:`console.commands.framework.add_parser`, and every leaf says what it
    runs with ``parser.set_defaults(run=function)``.

``function(session: console.commands.session.Session) -> int | None``
    does the work; ``None`` is exit code 0. It answers with
    ``session.answer(document, lines)`` and refuses by raising
    ``console.domain.errors.Refusal``.

A module imports at its top only the standard library, ``console.domain``,
``console.i18n`` and this package's ``framework``; everything heavy is imported
inside the function that needs it, so that ``fifteen case …`` starts fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Which module of this package owns a command. A module that is not there yet
#: takes its commands with it: they do not exist.
OWNERS: Final[Mapping[str, str]] = {
    "run": "run",
    "demo": "demo",
    "kiosk": "kiosk",
    "watch": "watch",
    "doctor": "doctor",
    "login": "people",
    "users": "people",
    "audit": "audit",
    "db": "store",
    "case": "cases",
    "alarms": "alarms",
    "sweep": "alarms",
    "emergency": "emergency",
    "thresholds": "thresholds",
    "promises": "promises",
    "cameras": "cameras",
    "standard": "reference",
    "teams": "reference",
    "places": "reference",
    "calendar": "reference",
    "sop": "checklists",
    "review": "reviews",
    "map": "maps",
    "kpi": "figures",
    "report": "reports",
    "shift": "shifts",
    "export": "exports",
    "evidence": "packs",
    "care": "care",
    "settings": "site_settings",
    "config": "config",
    "notify": "notify",
    "simulate": "simulate",
    "bench": "bench",
}
