"""The audit log on both databases: an entry is written or lost with its change,
found by its words, and its index is held against the chain."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

import pytest

import db
from console.domain import chain
from console.domain.audit import Kind
from console.domain.errors import Refusal
from console.domain.model import Actor, EventDraft
from console.domain.vocabulary import Action, Role
from console.services import audit
from console.services.audit import AuditLog
from console.services.bulk import Told
from db import admin, engine, schema, urls
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


def _void(store: db.Store, clock: Hands) -> None:
    """A void that was granted, a reporter looked at, a pack, a step by hand."""
    when = clock.now()
    told: list[tuple[Action, dict[str, object]]] = [
        (Action.OPEN, {"from": "", "to": "registering"}),
        (Action.ARRIVE, {"from": "enroute", "to": "handling", "manual": True}),
        (Action.VOID, {"asked": True, "reason": "误报"}),
        (Action.APPROVE, {"request": 1, "asked": "void", "asked_by": "wang"}),
        (Action.PERSON, {"result": "viewed", "person": "p1", "seat": "WS-2"}),
        (Action.PACK, {"reason": "法院", "recipient": "李律师", "manifest": "ab"}),
    ]
    with store.uows.write() as uow:
        uow.events.append([EventDraft("20260805-0001", when, when, "wang", one, data) for one, data in told])
        uow.commit()


def test_steps_beside_the_usual_way_are_entries_too(url: str) -> None:
    """Also those of before there was an index; a bulk history has the same rows."""
    clock = Hands(NOW)
    with db.open_store(url) as store:
        _void(store, clock)
        log = AuditLog(store.uows, clock)
        found = {one.seq: (one.kind.value, one.facts) for one in log.search(ADMIN).rows}
        assert set(found) == {2, 3, 4, 5, 6}
        case = {"case": "20260805-0001"}
        assert found[2] == ("override", {**case, "action": "arrive", "manual": True, "at": NOW.isoformat()})
        assert found[3] == ("override", {**case, "action": "void", "what": "asked", "reason": "误报"})
        assert found[5] == ("person-view", {**case, "what": "viewed", "person": "p1"})
        assert log.search(ADMIN, "李律师").rows[0].kind is Kind.EXPORT
        with store.uows.write() as uow:
            start, data = chain.unnumbered(
                EventDraft("20260805-0002", NOW, NOW, "li", Action.REOPEN, {"n": 1})
            )
            packer = uow.bulk.packer(many=True)
            uow.bulk.chain([packer.event(Told(NOW, NOW, "li", "reopen", start, data), "20260805-0002")])
            uow.commit()
        assert [one.actor for one in log.search(ADMIN, "0002").rows] == ["li"]
    assert admin.check(url)["ok"]
    raw.run(url, "DELETE FROM audit_entry", "DELETE FROM site WHERE key = 'audit_layout'")
    assert admin.check(url)["bad_audit"] == [2, 3, 4, 5, 6, 7]
    engines = engine.build(urls.parse(url))
    try:
        schema.upgrade(engines)
    finally:
        engines.dispose()
    assert admin.check(url)["ok"]
