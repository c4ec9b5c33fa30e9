"""The one exception of the domain: a rule said no.

A refusal carries a code of the command line's contract and the facts of the
matter; the sentence a person reads is made at the edge (``console.i18n``), in
that person's language, from ``errors.<code>.<detail>`` or ``errors.<code>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Every code a refusal may carry, and the exit code of the command line
#: (1 a rule or bad data, 2 bad usage, 3 something outside failed).
EXIT_CODES: Final[Mapping[str, int]] = {
    "bad_usage": 2,
    "unknown_category": 1,
    "unknown_condition": 1,
    "unknown_camera": 1,
    "unknown_team": 1,
    "unknown_user": 1,
    "unknown_person": 1,
    "unknown_case": 1,
    "unknown_alarm": 1,
    "unknown_request": 1,
    "unknown_shift": 1,
    "illegal_transition": 1,
    "missing_condition": 1,
    "missing_reason": 1,
    "forbidden": 1,
    "needs_second_person": 1,
    "time_order": 1,
    "time_future": 1,
    "conflict": 1,
    "bad_file": 1,
    "bad_row": 1,
    "bad_value": 1,
    "auth_failed": 1,
    "db_locked": 3,
    "db_readonly": 3,
    "db_corrupt": 3,
    "db_newer": 3,
    "db_missing": 3,
    "db_unreachable": 3,
    "disk_full": 3,
    "no_display": 3,
    "no_camera": 3,
    "internal": 3,
}


class Refusal(Exception):
    """A rule, a person's mistake or the outside world said no.

    ``code`` is one of :data:`EXIT_CODES`; ``detail`` chooses a more exact
    sentence below it (``errors.time_order.before_filed``); ``facts`` fill the
    sentence. Nothing was changed when a refusal is raised.
    """

    def __init__(self, code: str, detail: str = "", **facts: object) -> None:
        if code not in EXIT_CODES:
            raise ValueError(f"not a refusal code: {code}")
        self.code = code
        self.detail = detail
        self.facts = facts
        name = f"{code}.{detail}" if detail else code
        super().__init__(f"{name} {facts}" if facts else name)

    @property
    def exit_code(self) -> int:
        """Exit code of the command line for this refusal."""
        return EXIT_CODES[self.code]
