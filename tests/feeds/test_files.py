"""Open files: asked for at the start, and told when there are too few."""

from __future__ import annotations

import resource

import pytest

from console.feeds import files
from console.feeds.doctor import check_files


def test_the_limit_is_raised_to_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [(256, 8192)]
    monkeypatch.setattr(resource, "getrlimit", lambda _what: now[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _what, limits: now.append(limits))
    assert files.raise_limit() == 8192
    assert now[-1] == (8192, 8192)
    assert files.raise_limit() == 8192
    assert len(now) == 2


def test_too_few_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (1024, 1024))
    assert check_files() == {"id": "files", "ok": False, "limit": 1024}
