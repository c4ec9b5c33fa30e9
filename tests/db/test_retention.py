"""Evidence goes by rule, never what must stay, never silently."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

import db
from console.domain import retention
from console.domain.errors import Refusal
from console.domain.model import Actor, Approval, Evidence
from console.domain.records import replace
from console.domain.retention import Piece, Rules
from console.domain.vocabulary import Action, EvidenceKind, Role, State
from console.services.evidence import FileEvidenceStore
from console.services.retention import RetentionService
from db import admin
from tests.db.building import NOW, case, draft

CLIP, SHOT = EvidenceKind.CLIP, EvidenceKind.SNAPSHOT
ADMIN = Actor("admin.li", Role.ADMIN)
OLD = NOW - timedelta(days=100)


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def piece(
    sha: str, days: float, kind: EvidenceKind = CLIP, guards: tuple[str, ...] = (), **more: object
) -> Piece:
    at = NOW - timedelta(days=days)
    made = Piece(sha, kind, 10, f"case of {sha}", at, at, frozenset(guards))
    return replace(made, **more) if more else made


def test_the_rule_counts_from_the_end_of_the_case_and_keeps_what_must_stay() -> None:
    rules = Rules({CLIP: 90})
    found = retention.plan(
        [
            piece("a", 91),
            piece("b", 89),
            piece("c", 500, kind=SHOT),
            piece("d", 500, ended_at=NOW - timedelta(days=1)),
            piece("e", 500, ended_at=None),
            piece("f", 500, guards=("review", "appeal")),
            piece("g", 500),
            piece("h", 500),
            piece("h", 500, case="another", guards=("supervised",)),
        ],
        rules,
        NOW,
        shared=[piece("g", 3)],
    )
    assert [one.sha256 for one in found.pieces] == ["a"]
    assert (found.files, found.bytes) == (1, 10)
    by_kind = {line.kind: line for line in found.lines}
    assert (by_kind[CLIP].files, by_kind[CLIP].days) == (1, 90)
    assert by_kind[CLIP].kept == {"open": 1, "appeal": 1, "supervised": 1, "shared": 2}
    assert (by_kind[SHOT].files, by_kind[SHOT].days, by_kind[SHOT].kept) == (0, 0, {})


@pytest.fixture
def files(tmp_path: Path) -> FileEvidenceStore:
    return FileEvidenceStore(tmp_path / "evidence", tmp_path / "spool")


def stored(
    store: db.Store, files: FileEvidenceStore, word: str, state: State = State.CLOSED
) -> tuple[str, str]:
    """A case that ended a hundred days ago, with a clip; its id and the hash."""
    sha, size = files.put_bytes(word.encode(), ".mp4")
    ended = OLD if state is State.CLOSED else None
    clip = Evidence("", "", CLIP, sha, size, OLD)
    with store.uows.write() as unit:
        made = unit.cases.add(
            case(evidence=(clip,), state=state, closed_at=ended, ended_at=ended), "20260427"
        )
        unit.events.append([draft(made.id)])
        unit.commit()
    return made.id, sha


def test_what_is_removed_leaves_its_hash_and_an_event(
    store: db.Store, url: str, files: FileEvidenceStore
) -> None:
    service = RetentionService(store.uows, Standing(), files)
    closed, gone = stored(store, files, "closed")
    _, running = stored(store, files, "open", State.HANDLING)
    appealed, objected = stored(store, files, "appealed")
    asked, waiting = stored(store, files, "asked")
    with store.uows.write() as unit:
        unit.events.append([draft(appealed, action=Action.APPEAL)])
        unit.users.ask(Approval(0, asked, Action.REOPEN, "li.na", NOW, "not clean yet", {}))
        unit.commit()
    assert service.plan(ADMIN).pieces == (), "without a rule everything is kept"
    with pytest.raises(Refusal) as refused:
        service.put_rules(ADMIN, {CLIP: 29}, False, 0)
    assert refused.value.detail == "retention_days"
    rules = service.put_rules(ADMIN, {CLIP: 90}, True, 0)
    with pytest.raises(Refusal) as raced:
        service.put_rules(ADMIN, {CLIP: 60}, True, 0)
    assert raced.value.code == "conflict"
    assert service.rules(ADMIN) == rules
    tried = service.plan(ADMIN)
    assert [one.sha256 for one in tried.pieces] == [gone]
    (line,) = (one for one in tried.lines if one.kind is CLIP)
    assert line.kept == {"open": 1, "appeal": 1, "request": 1}
    assert files.path(gone) is not None, "a trial removes nothing"

    done = service.apply(ADMIN)

    assert (done.files, done.cases, done.left) == (1, 1, ())
    assert files.path(gone) is None
    assert all(files.path(one) is not None for one in (running, objected, waiting))
    with store.uows.read() as unit:
        event = unit.events.of_case(closed)[-1]
        found = unit.cases.get(closed)
        assert found is not None
        assert [one.sha256 for one in found.evidence] == [gone], "the row stays"
    assert (event.action, event.actor) == (Action.RETENTION, ADMIN.name)
    assert event.data["removed"] == [{"sha256": gone, "kind": "clip", "bytes": len("closed")}]
    assert service.last(ADMIN) == done
    assert service.apply(ADMIN).files == 0, "the second time there is nothing left to do"
    assert admin.check(url)["ok"]
    with store.uows.read() as unit:
        told = [one.case for one in unit.events.since(0) if one.action is Action.RETENTION]
    assert told == [closed], "and nothing is told twice"


def test_after_a_backup_it_goes_by_itself_where_the_rules_say_so(
    store: db.Store, files: FileEvidenceStore
) -> None:
    service = RetentionService(store.uows, Standing(), files)
    system = Actor("system", Role.SYSTEM)
    _, sha = stored(store, files, "old")
    rules = service.put_rules(ADMIN, {CLIP: 90}, False, 0)
    assert service.automatic(system) is None
    assert files.path(sha) is not None
    service.put_rules(ADMIN, {CLIP: 90}, True, rules.version)
    done = service.automatic(system)
    assert done is not None
    assert (done.files, done.by) == (1, "system")
    assert files.path(sha) is None
    with pytest.raises(Refusal):
        service.put_rules(system, {}, False, rules.version + 1)


def test_only_the_administrator_removes(store: db.Store, files: FileEvidenceStore) -> None:
    service = RetentionService(store.uows, Standing(), files)
    for role in (Role.DUTY, Role.LEADER, Role.SUPERVISOR, Role.KIOSK):
        with pytest.raises(Refusal) as refused:
            service.apply(Actor("x", role))
        assert refused.value.code == "forbidden"
