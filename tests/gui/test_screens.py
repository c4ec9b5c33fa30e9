"""Every sheet and dialog in both languages: whole, translated, nothing over
anything. Which there are is found in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.i18n import LANGUAGES, set_language
from console.theme import Theme
from console.windows.language import retranslate
from tests.gui.cut_text import bare_keys, cut_texts, overlapping, shown_texts
from tests.gui.desk_rig import settle
from tests.gui.screens import PAGES, PAINTED, SHEETS

WIDGETS = Path(__file__).resolve().parents[2] / "console" / "widgets"
ENDINGS = ("Sheet", "Page", "Dialog", "Editor", "Form", "Help")
#: A form inside a page, looked at with the page it stands in.
INSIDE = frozenset(
    {"ActionForm", "ShelfForm", "ConditionsForm", "ReportPlanForm", "ShiftEntryForm", "MaskEditor"}
)


def screens() -> set[str]:
    """Names of public classes that are a sheet, a page or a dialog, also those
    that build on one another; a class others build on is looked at in them."""
    bases: dict[str, set[str]] = {}
    for path in WIDGETS.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                named = {base.id for base in node.bases if isinstance(base, ast.Name)}
                bases.setdefault(node.name, set()).update(named)

    def grown(name: str) -> set[str]:
        return {name}.union(*(grown(base) for base in bases.get(name, ())))

    built_on = {base for name in bases for base in bases[name]}
    return {
        name
        for name in bases.keys() - built_on
        if not name.startswith("_")
        and ("QDialog" in grown(name) or (name.endswith(ENDINGS) and grown(name) & {"QWidget", "QFrame"}))
    }


def test_every_sheet_is_looked_at() -> None:
    assert screens() - INSIDE == set(SHEETS) | PAGES | PAINTED


@pytest.fixture
def page(qapp: QApplication) -> Iterator[tuple[Theme, QWidget]]:
    """An empty page to lay sheets over."""
    theme = Theme("dark")
    theme.apply(qapp)
    made = QWidget()
    made.resize(1366, 768)
    made.show()
    settle()
    yield theme, made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    set_language("zh")
    qapp.setStyleSheet("")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", sorted(SHEETS))
def test_nothing_is_cut_or_lies_over_anything(name: str, lang: str, page: tuple[Theme, QWidget]) -> None:
    theme, under = page
    set_language(lang)
    sheet = SHEETS[name](theme, under)
    retranslate(sheet)
    settle()
    assert sheet.isVisible()
    assert shown_texts(sheet)
    assert [*cut_texts(sheet), *bare_keys(sheet), *overlapping(sheet)] == []
    sheet.close()
    sheet.deleteLater()
