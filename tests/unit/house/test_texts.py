"""Chinese and English are both complete, and every text used exists."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from console.domain.errors import EXIT_CODES
from console.i18n import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[3]
HAN = re.compile(r"[\u4e00-\u9fff]")


def blanks(text: str) -> set[str]:
    """The names a text wants filled in."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def used_keys() -> dict[str, str]:
    """Literal keys given to ``t(…)``/``t_in(lang, …)`` → where."""
    found: dict[str, str] = {}
    for path in [*ROOT.glob("console/**/*.py"), *ROOT.glob("db/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            place = {"t": 0, "t_in": 1}.get(name)
            if place is None or len(node.args) <= place:
                continue
            key = node.args[place]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_both_languages_have_the_same_keys() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)
    assert len(zh) > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_or_broken(lang: str) -> None:
    for key, text in catalogue(lang).items():
        assert text.strip(), key
        blanks(text)  # raises on a brace left open


def test_both_languages_fill_the_same_blanks() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    differ = {k: (blanks(zh[k]), blanks(en[k])) for k in zh if blanks(zh[k]) != blanks(en[k])}
    assert not differ


def test_chinese_is_chinese_and_english_is_not() -> None:
    # Names of languages and of the product stand in their own script.
    mixed = [k for k, v in catalogue("en").items() if HAN.search(v) and "keep_zh" not in k]
    allowed = {k for k in mixed if "中" in catalogue("en")[k] and len(HAN.findall(catalogue("en")[k])) <= 4}
    assert not set(mixed) - allowed, sorted(set(mixed) - allowed)
    words = re.compile(r"[A-Za-z]{3,} [A-Za-z]{3,}")
    alike = [k for k, v in catalogue("zh").items() if not HAN.search(v) and words.search(v)]
    assert not alike, alike


def test_every_key_used_exists() -> None:
    texts = catalogue("zh")
    missing = {key: place for key, place in used_keys().items() if key not in texts}
    assert not missing


def test_every_refusal_has_its_sentence() -> None:
    for lang in LANGUAGES:
        for code in EXIT_CODES:
            assert f"errors.{code}.message" in catalogue(lang), code
            assert f"errors.{code}.mend" in catalogue(lang), code
