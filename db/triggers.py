"""Triggers that keep the event chain a chain, on both databases.

They refuse what no honest program does: changing or deleting an event or a
copied head, an event that does not follow the last one, a head that moves back
or names an event that is not there. Whoever drops them to tamper is found by
``db check``, which also recomputes every hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.domain.chain import GENESIS

_EVER: Final = ("event", "head_copy")


def _sqlite() -> dict[str, str]:
    out: dict[str, str] = {}
    for table in _EVER:
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            out[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows are never changed'); END"
            )
    out["event_follows"] = (
        "CREATE TRIGGER event_follows BEFORE INSERT ON event WHEN NOT EXISTS ("
        "SELECT 1 FROM (SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1) "
        "WHERE NEW.seq = seq + 1 AND NEW.prev_hash = hash) "
        f"AND NOT (NEW.seq = 1 AND NEW.prev_hash = '{GENESIS}' AND NOT EXISTS (SELECT 1 FROM event)) "
        "BEGIN SELECT RAISE(ABORT, 'an event must follow the last one'); END"
    )
    out["chain_head_forward"] = (
        "CREATE TRIGGER chain_head_forward BEFORE UPDATE ON chain_head WHEN NEW.seq <= OLD.seq "
        "OR NOT EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq AND hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'the chain head only moves forward'); END"
    )
    out["chain_head_no_delete"] = (
        "CREATE TRIGGER chain_head_no_delete BEFORE DELETE ON chain_head "
        "BEGIN SELECT RAISE(ABORT, 'the chain head stays'); END"
    )
    return out


# The newest row is asked for by order and limit, which always takes the index;
# "is there a later one" is planned as a scan of the whole table.
_FOLLOWS_BODY: Final = f"""
DECLARE
  last record;
BEGIN
  SELECT seq, hash INTO last FROM event ORDER BY seq DESC LIMIT 1;
  IF FOUND AND NEW.seq = last.seq + 1 AND NEW.prev_hash = last.hash THEN
    RETURN NEW;
  END IF;
  IF NOT FOUND AND NEW.seq = 1 AND NEW.prev_hash = '{GENESIS}' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an event must follow the last one';
END"""

_FORWARD_BODY: Final = """
BEGIN
  IF NEW.seq <= OLD.seq OR NOT EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq AND hash = NEW.hash) THEN
    RAISE EXCEPTION 'the chain head only moves forward';
  END IF;
  RETURN NEW;
END"""

_REFUSE_BODY: Final = """
BEGIN
  RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME;
END"""


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"


def _postgres() -> dict[str, str]:
    out: dict[str, str] = {}
    for table in (*_EVER, "chain_head"):
        verbs = ("delete",) if table == "chain_head" else ("update", "delete")
        for verb in verbs:
            name = f"{table}_no_{verb}"
            out[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION fifteen_refuse()"
            )
        name = f"{table}_no_truncate"
        out[name] = (
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION fifteen_refuse()"
        )
    out["event_follows"] = (
        "CREATE TRIGGER event_follows BEFORE INSERT ON event "
        "FOR EACH ROW EXECUTE FUNCTION fifteen_event_follows()"
    )
    out["chain_head_forward"] = (
        "CREATE TRIGGER chain_head_forward BEFORE UPDATE ON chain_head "
        "FOR EACH ROW EXECUTE FUNCTION fifteen_head_forward()"
    )
    return out


#: Name → DDL, by dialect.
TRIGGERS: Final[Mapping[str, Mapping[str, str]]] = {"sqlite": _sqlite(), "postgresql": _postgres()}

#: Functions the PostgreSQL triggers call, created before them.
FUNCTIONS: Final[Mapping[str, str]] = {
    "fifteen_refuse": _function("fifteen_refuse", _REFUSE_BODY),
    "fifteen_event_follows": _function("fifteen_event_follows", _FOLLOWS_BODY),
    "fifteen_head_forward": _function("fifteen_head_forward", _FORWARD_BODY),
}


def ddl(dialect: str) -> tuple[str, ...]:
    """Everything to execute on a new database, in order."""
    functions = tuple(FUNCTIONS.values()) if dialect == "postgresql" else ()
    return functions + tuple(TRIGGERS[dialect].values())
