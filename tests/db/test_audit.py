"""The audit log on both databases: an entry is written or lost with its change,
found by its words, and its index is held against the chain."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

import pytest

import db
from console.domain.audit import Kind
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.services import audit
from console.services.audit import AuditLog
from db import admin
from tests.db import raw
from tests.db.building import NOW
from tests.unit.services.conftest import Hands

ADMIN = Actor("gaoyuan", Role.ADMIN, seat="WS-1")


class _Colour(StrEnum):
    RED = "red"


def _filled(store: db.Store) -> tuple[AuditLog, Hands]:
    clock = Hands(NOW)
    with store.uows.write() as uow:
        audit.write(uow, clock, ADMIN, "setting", name="warn_percent", was=60, now=75)
        clock.at = NOW + timedelta(minutes=1)
        audit.write(uow, clock, None, Kind.SIGN_IN_FAILED, known=False)
        clock.at = NOW + timedelta(minutes=2)
        audit.write(uow, clock, ADMIN, "import", what="摄像机 100%", rows=560, share=0.5, colour=_Colour.RED)
        uow.commit()
    return AuditLog(store.uows, clock), clock


def test_entries_are_found_by_their_words_newest_first(store: db.Store) -> None:
    log, _ = _filled(store)
    found = log.search(ADMIN)
    assert (found.total, [one.kind.value for one in found.rows]) == (
        3,
        ["import", "sign-in-failed", "setting"],
    )
    first = found.rows[0]
    assert (first.actor, first.seat, first.at) == ("gaoyuan", "WS-1", NOW + timedelta(minutes=2))
    assert first.facts == {"what": "摄像机 100%", "rows": 560, "share": "0.5", "colour": "red"}
    hits = {
        text: [one.kind.value for one in log.search(ADMIN, text).rows]
        for text in ("WARN_percent", "改设置", "Failed sign", "100%", "机 560", "ws-1", "%x", "_")
    }
    assert hits == {
        "WARN_percent": ["setting"],
        "改设置": ["setting"],
        "Failed sign": ["sign-in-failed"],
        "100%": ["import"],
        "机 560": ["import"],
        "ws-1": ["import", "setting"],
        "%x": [],
        "_": ["setting"],
    }
    minute = timedelta(minutes=1)
    assert [one.seq for one in log.search(ADMIN, since=NOW + minute, until=NOW + 2 * minute).rows] == [2]
    assert [one.seq for one in log.search(ADMIN, kinds=["setting", Kind.IMPORT], limit=1, offset=1).rows] == [
        1
    ]
    assert log.search(ADMIN, who="gaoyuan").total == 2
    assert not log.search(ADMIN, limit=0).rows[1:]
    with pytest.raises(Refusal) as refused:
        log.search(ADMIN, kinds=["gossip"])
    assert (refused.value.code, refused.value.detail) == ("bad_value", "audit_kind")


def test_an_entry_is_lost_with_its_change(store: db.Store) -> None:
    log, clock = _filled(store)
    with store.uows.write() as uow:
        audit.write(uow, clock, ADMIN, "config", rows=1)
    assert log.search(ADMIN, kinds=["config"]).total == 0


@pytest.mark.parametrize(
    "facts", [{"password": "x"}, {"was": {"rtsp_secret": "x"}}, {"kiosk-pin": "1"}, {"what": object()}]
)
def test_no_fact_is_a_secret(store: db.Store, facts: dict[str, object]) -> None:
    with store.uows.write() as uow, pytest.raises(ValueError, match="the audit log takes no"):
        audit.write(uow, Hands(NOW), ADMIN, "user", **facts)


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2", [2]),
        ("DELETE FROM audit_entry WHERE seq = 3", [3]),
        ("UPDATE audit_entry SET facts = '{}' WHERE seq = 1", [1]),
        ("UPDATE audit_entry SET seq = 77 WHERE seq = 1", [1, 77]),
    ],
)
def test_an_index_that_was_changed_is_told(url: str, statement: str, bad: list[int]) -> None:
    with db.open_store(url) as store:
        _filled(store)
    assert admin.check(url)["ok"]
    raw.run(url, statement)
    found = admin.check(url)
    assert (found["ok"], found["chain_ok"], found["bad_audit"]) == (False, True, bad)
