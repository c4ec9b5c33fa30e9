"""What a password must not be.

Length counts, and that nobody guesses it in the first hundred tries: not the
person's own name, none of the passwords everybody uses, no plain number, no walk
along the keyboard (NIST SP 800-63B §5.1.1.2: length and a list of what is common,
no rules about kinds of characters).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: Longest password taken, characters: hashing a book would take the desk's time.
LONGEST: Final = 256
#: An account's own name counts from this length on.
_NAME_LEAST: Final = 3
#: Plain numbers shorter than this are dates, telephones, counts.
_DIGITS_LEAST: Final = 14
#: What common passwords are made of; figures, signs and repetitions around them
#: do not help.
_WORDS: Final = frozenset(
    """password passwd pass word admin administrator root user guest test demo login welcome hello letmein
    qwerty qwertyuiop qwer qweasd qweasdzxc asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx qazwsxedc wsxedc
    abc abcd abcde abcdef abcdefg abcdefgh abcdefghi xyz aaa iloveyou love iloveu monkey dragon master shadow
    sunshine princess football baseball superman batman michael jordan charlie freedom whatever trustno
    computer internet server system manager default secret changeme change access public private
    woaini woaini woshi nihao wodemima mima zhongguo china beijing shanghai zhengzhou henan wang zhang taobao
    hikvision dahua uniview camera video monitor fifteen chengguan shizi yingji zhihui zhiban""".split()
)
_ROWS: Final = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
)
_LOOKALIKE: Final = str.maketrans("013457@$", "oleastas")


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's rules: ``shortest`` characters; not one of the last ``history``;
    changed after ``max_days`` (0: never); ``free`` wrong ones before an account
    waits; the desk locks after ``idle_min`` minutes without a hand (0: never)."""

    shortest: int = 8
    history: int = 5
    max_days: int = 0
    free: int = 5
    idle_min: int = 15


#: Setting → (field, default, least, most).
SETTINGS: Final[Mapping[str, tuple[str, int, int, int]]] = {
    "password_shortest": ("shortest", 8, 8, 64),
    "password_history": ("history", 5, 0, 24),
    "password_max_days": ("max_days", 0, 0, 3650),
    "sign_in_free": ("free", 5, 3, 20),
    "session_idle_min": ("idle_min", 15, 0, 480),
}


def policy(stored: Mapping[str, str]) -> Policy:
    """The rules as stored; what is no number, or out of its range, is the default."""
    values: dict[str, int] = {}
    for key, (name, default, least, most) in SETTINGS.items():
        text = stored.get(key, "")
        number = int(text) if text.isascii() and text.isdigit() else default
        values[name] = number if least <= number <= most else default
    return Policy(**values)


def weakness(password: str, names: Iterable[str], rules: Policy) -> str:
    """Why a password cannot be used, empty when it can: ``password`` (too short),
    ``password_long``, ``password_signs`` (control characters), ``password_name``,
    ``password_common``. ``names``: the account's and the person's."""
    if len(password) < rules.shortest:
        return "password"
    if len(password) > LONGEST:
        return "password_long"
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in password):
        return "password_signs"
    small = unicodedata.normalize("NFKC", password).casefold()
    if any(_holds(small, name) for name in names):
        return "password_name"
    return "password_common" if _common(small) else ""


def _holds(small: str, name: str) -> bool:
    """The name makes up most of the password, forwards or backwards."""
    parts = [name.casefold(), *re.split(r"[\W_]+", name.casefold())]
    for part in parts:
        if len(part) < _NAME_LEAST and (part.isascii() or len(part) < 2):
            continue
        if (part in small or part[::-1] in small) and len(small) - len(part) < 6:
            return True
    return False


def _common(small: str) -> bool:
    if len(set(small)) <= 2:
        return True
    if not _bare(small) and sum(one.isdigit() for one in small) < _DIGITS_LEAST:
        return True
    if _walks(small):
        return True
    return any(_only_words(letters) for letters in (_bare(small), _bare(small.translate(_LOOKALIKE))))


def _bare(small: str) -> str:
    """Without the figures and signs around and between its words."""
    return re.sub(r"[\W\d_]+", " ", small).strip()


def _only_words(letters: str) -> bool:
    """Nothing but common words, at most once repeated."""
    words = letters.split()
    return (
        bool(words)
        and len(set(words)) <= 2
        and all(word in _WORDS or _doubled(word) in _WORDS for word in words)
    )


def _doubled(word: str) -> str:
    half = word[: len(word) // 2]
    return half if half * 2 == word else word


def _walks(small: str) -> bool:
    """Three quarters of its steps go to the neighbour on a row of keys, or stay."""
    steps = sum(1 for a, b in itertools.pairwise(small) if a == b or _beside(a, b))
    return steps * 4 >= (len(small) - 1) * 3


def _beside(a: str, b: str) -> bool:
    return any(a + b in row or b + a in row for row in _ROWS)
