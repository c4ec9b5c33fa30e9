"""Why something was not done, in the language now, however often it changes."""

from __future__ import annotations

from console.domain.errors import Refusal
from console.i18n import explain, t

#: A refusal, the key of a text, or nothing.
Why = Refusal | str


def why_words(why: Why) -> str:
    """The sentence; empty for nothing."""
    if isinstance(why, Refusal):
        return " ".join(explain(why))
    return t(why) if why else ""
