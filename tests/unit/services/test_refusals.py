"""Every refusal the program can raise has a whole sentence in both languages."""

from __future__ import annotations

import ast
import functools
import string
from datetime import datetime
from pathlib import Path

import pytest

from console.domain.errors import EXIT_CODES, Refusal
from console.i18n import LANGUAGES, catalogue, explain
from tests.unit.services.conftest import MORNING

ROOT = Path(__file__).resolve().parents[3]


@functools.cache
def raised() -> list[tuple[str, str, frozenset[str], str]]:
    """(code, detail, names of facts, where) of every literal ``Refusal(…)``."""
    found = []
    for path in [*ROOT.glob("console/**/*.py"), *ROOT.glob("db/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and node.args):
                continue
            given = [a.value if isinstance(a, ast.Constant) else "" for a in node.args[:2]] + [""]
            if given[0]:
                if any(k.arg is None for k in node.keywords):
                    continue  # facts collected elsewhere: the rooms' own tests tell them
                names = frozenset(k.arg for k in node.keywords if k.arg)
                found.append((str(given[0]), str(given[1]), names, f"{path.relative_to(ROOT)}:{node.lineno}"))
    return found


def blanks(text: str) -> set[str]:
    """The names a text wants filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_collection_sees_what_there_is() -> None:
    codes = {code for code, _, _, _ in raised()}
    assert len(raised()) > 100
    assert codes <= set(EXIT_CODES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_is_told_without_a_gap(lang: str) -> None:
    for code, detail, names, where in raised():
        facts: dict[str, object] = dict.fromkeys(names, "x")
        for text in explain(Refusal(code, detail, **facts), lang):
            assert text.strip(), where
            assert "{" not in text, (where, text)


def test_a_detail_has_a_sentence_of_its_own() -> None:
    """Or its family's, or one for its facts: never only the code's."""
    bare = []
    for code, detail, names, where in raised():
        if not detail:
            continue
        facts: dict[str, object] = dict.fromkeys(names, "x")
        if explain(Refusal(code, detail, **facts), "en") == explain(Refusal(code), "en"):
            bare.append((where, code, detail, sorted(names)))
    assert not bare


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_bare_sentence_of_a_code_needs_no_facts(lang: str) -> None:
    for code in EXIT_CODES:
        message, mend = explain(Refusal(code), lang)
        assert not blanks(message + mend), code


def test_facts_are_told_in_the_words_of_the_field() -> None:
    refusal = Refusal("illegal_transition", "", case="1", state="filed", action="close")
    assert "待派遣" in explain(refusal, "zh")[0]
    assert "结案" in explain(refusal, "zh")[0]
    assert "filed" not in explain(refusal, "zh")[0]
    at: datetime = MORNING
    assert "2026-08-05 08:15:02" in explain(Refusal("time_future", at=at, now=at), "en")[0]
    assert "看指标" in explain(Refusal("forbidden", "role", role="field", action="kpi.read"), "zh")[0]


def test_every_right_has_a_name() -> None:
    from console.domain import rights

    texts = catalogue("zh")
    for right in rights.ALL:
        key = right.replace(".", "_")
        assert f"actions.verb.{right}" in texts or f"errors.right.{key}" in texts, right
