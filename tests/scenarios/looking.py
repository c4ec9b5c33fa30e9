"""A look at a desk window in both languages, as a test and for whoever opens the
pictures."""

from __future__ import annotations

import os

from PySide6.QtTest import QTest

from tests.gui.cut_text import bare_keys, cut_texts, left_in_chinese, shown_texts
from tests.scenarios.console_kit import Seat


def looked(here: Seat, name: str) -> list[str]:
    """What has no room or is not translated; pictures, dark and light, into
    ``FIFTEEN_SHOTS`` where that is set."""
    desk, found, seen = here.desk, [], {}
    folder = os.environ.get("FIFTEEN_SHOTS", "")
    for lang in ("zh", "en"):
        desk.use_language(lang)
        # A loaded machine lays a page out when it gets to it.
        for _ in range(40):
            QTest.qWait(25)
            if not cut_texts(desk):
                break
        seen[lang] = shown_texts(desk)
        found += [f"{name} {lang}: {line}" for line in (*cut_texts(desk), *bare_keys(desk))]
        for theme in ("dark", "light") if folder else ():
            here.console.theme.use(theme)
            QTest.qWait(200)
            desk.grab().save(f"{folder}/{name}-{lang}-{theme}.png")
    found += [f"{name}: {line}" for line in left_in_chinese(seen["zh"], seen["en"])]
    if folder:
        here.console.theme.use("dark")
    desk.use_language("zh")
    QTest.qWait(30)
    return found
