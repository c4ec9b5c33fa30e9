"""What a PDF says of its letters, put right after Qt has written it.

A font has one glyph for letters that look alike (力 and the radical ⼒, – and
‒), and Qt writes down the first letter that has it: what is copied out of the
file, or searched for, would be another word. The tables that lead from glyphs
to letters are plain text of a fixed width, so they are mended in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtGui import QRawFont

from console.reports import marks

_TABLE: Final = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_LETTER: Final = re.compile(rb"<([0-9A-F]{4})>")


def mend(file: Path, letters: Iterable[str]) -> int:
    """Let ``file`` name its glyphs by ``letters``, those that were painted;
    returns how many names were put right. Raises ``OSError``."""
    wanted = {letter for letter in letters if 0x7F < ord(letter) <= 0xFFFF}
    content = file.read_bytes()
    named = {chr(int(code, 16)) for table in _TABLE.findall(content) for code in _LETTER.findall(table)}
    right = _right(named - wanted, wanted)
    if not right:
        return 0
    count = 0

    def renamed(match: re.Match[bytes]) -> bytes:
        nonlocal count
        letter = right.get(chr(int(match[1], 16)))
        if letter is None:
            return match[0]
        count += 1
        return b"<%04X>" % ord(letter)

    def table(match: re.Match[bytes]) -> bytes:
        return _LETTER.sub(renamed, match[0])

    mended = _TABLE.sub(table, content)
    assert len(mended) == len(content), "places in the file stay"
    file.write_bytes(mended)
    return count


def named(letters: str) -> Mapping[str, int]:
    """Number of the glyph of each letter in the reports' font."""
    font = QRawFont.fromFont(marks.font(16))
    return {letter: _glyph(font, letter) for letter in letters} if font.isValid() else {}


def _right(wrong: set[str], wanted: set[str]) -> Mapping[str, str]:
    """Of letters nobody painted, those that share a glyph with one somebody did."""
    by_glyph = {glyph: letter for letter, glyph in named("".join(sorted(wanted))).items()}
    by_glyph.pop(0, None)
    found = {letter: by_glyph.get(glyph) for letter, glyph in named("".join(wrong)).items()}
    return {letter: right for letter, right in found.items() if right is not None}


def _glyph(font: QRawFont, letter: str) -> int:
    glyphs = font.glyphIndexesForString(letter)
    return int(glyphs[0]) if glyphs else 0
