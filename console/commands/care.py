"""``care``: how the site is looked after; ``db rehearse`` and ``evidence retention``
in words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, number
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.domain.vocabulary import EvidenceKind
from console.i18n import t


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``care``."""
    group = add_group(subparsers, common, "care", "care.cli.about")
    add_parser(group, common, "status", "care.cli.status").set_defaults(run=_status)
    updates = add_parser(group, common, "updates", "care.cli.updates")
    updates.add_argument("--folder", metavar="DIR", help=t("care.cli.updates_folder"))
    updates.set_defaults(run=_updates)
    log = add_parser(group, common, "log", "care.cli.log")
    log.add_argument("--lines", metavar="N", type=number(1, 5000), default=100, help=t("care.cli.lines"))
    log.set_defaults(run=_log)
    add_parser(group, common, "crash", "care.cli.crash").set_defaults(run=_crash)


def add_retention(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``evidence retention``."""
    parser = add_parser(group, common, "retention", "care.cli.retention")
    parser.add_argument(
        "--set", dest="rules", metavar="KIND=DAYS", nargs="+", help=t("care.cli.retention_set")
    )
    parser.add_argument("--auto", choices=("yes", "no"), help=t("care.cli.retention_auto"))
    parser.add_argument("--apply", action="store_true", help=t("care.cli.retention_apply"))
    parser.set_defaults(run=_retention)


def _status(session: Session) -> int:
    from console.updates import installed

    view = session.services.care.view(session.actor)
    standing = session.store.standing()
    lines = [t("care.cli.program", version=installed(), known=standing.known, stored=standing.stored)]
    lines.append(_backup_line(view))
    for one in view.seats:
        at = one.at.astimezone(LOCAL).strftime("%m-%d %H:%M")
        words = t(f"care.role.{one.role}")
        lines.append(t("care.cli.seat", name=one.name, role=words, version=one.version, at=at))
    document = {
        "version": installed(),
        "schema": {"stored": standing.stored, "known": standing.known, "may_write": standing.may_write},
        "backup": {
            "folder": view.plan.folder,
            "overdue_s": view.overdue_s,
            "last": None if view.last is None else {"at": view.last.at, "file": view.last.file,
                                                    "ok": view.last.ok, "error": view.last.error},
        },
        "seats": [{"name": s.name, "role": s.role, "version": s.version, "schema": s.schema, "at": iso(s.at),
                   "present": s.present} for s in view.seats],
    }  # fmt: skip
    session.answer(document, lines)
    return 1 if view.overdue_s is not None or (view.last is not None and not view.last.ok) else 0


def _backup_line(view: Any) -> str:
    if not view.plan.folder:
        return t("care.backup.off")
    if view.last is None:
        return t("care.backup.none")
    key = "care.backup.good" if view.last.ok else "care.backup.bad"
    return t(key, at=view.last.at[:16].replace("T", " "), file=view.last.file, text=view.last.error)


def _updates(session: Session) -> None:
    from console.updates import installed, look

    care, given = session.services.care, session.args.folder
    folder = care.put_updates(session.actor, given) if given is not None else care.view(session.actor).updates
    found = look(Path(folder), installed()) if folder else None
    document = {"folder": folder, "running": installed(), "found": None if found is None else found.version,
                "file": "" if found is None else found.file}  # fmt: skip
    if found is not None:
        lines = [t("care.update.found", version=found.version, file=found.file)]
    else:
        lines = [t("care.update.none" if folder else "care.update.off", folder=folder)]
    session.answer(document, lines)


def _log(session: Session) -> None:
    from console.log import tail

    rows = tail(session.places.logs, session.args.lines)
    document = {"rows": [{"at": r.at, "level": r.level, "name": r.name, "text": r.text} for r in rows],
                "total": len(rows)}  # fmt: skip
    session.answer(document, [f"{r.at} {r.level:<8} {r.name}: {r.text}" for r in reversed(rows)])


def _crash(session: Session) -> None:
    from console.crash import reports

    rows = reports(session.places.logs)
    document = {"rows": [{"file": r.file, "at": iso(r.at), "kind": r.kind, "seen": r.seen} for r in rows],
                "total": len(rows)}  # fmt: skip
    lines = [f"{r.at:%Y-%m-%d %H:%M:%S}  {t(f'care.crash.{r.kind}')}  {r.file}" for r in rows]
    session.answer(document, lines or [t("care.crash.none")])


def _retention(session: Session) -> int:
    from console.models.care_tables import size

    args, service = session.args, session.services.retention
    if args.rules or args.auto:
        before = service.rules(session.actor)
        days = {**before.days, **_days(args.rules or [])}
        auto = before.auto if args.auto is None else args.auto == "yes"
        service.put_rules(session.actor, days, auto, before.version)
    rules, plan = service.rules(session.actor), service.plan(session.actor)
    lines = []
    for one in plan.lines:
        kept = "  ".join(f"{t(f'care.guard.{why}')} {n}" for why, n in one.kept.items())
        length = t("care.retention.days", days=one.days) if one.days else t("care.retention.forever")
        line = t("care.cli.retention_line", kind=t(f"care.kind.{one.kind.value}"), days=length,
                 files=one.files, size=size(one.bytes))  # fmt: skip
        lines.append(f"{line}  {kept}".rstrip())
    document: dict[str, Any] = {
        "auto": rules.auto,
        "files": plan.files,
        "bytes": plan.bytes,
        "rows": [{"kind": one.kind.value, "days": one.days, "files": one.files, "bytes": one.bytes,
                  "kept": dict(one.kept)} for one in plan.lines],
        "removed": None,
    }  # fmt: skip
    left = 0
    if args.apply:
        session.demand_true_clock()
        done = service.apply(session.actor)
        left = len(done.left)
        document["removed"] = {"files": done.files, "bytes": done.bytes, "cases": done.cases, "left": left}
        lines.append(t("care.retention.done", files=done.files, size=size(done.bytes), cases=done.cases))
    elif plan.files:
        lines.append(t("care.cli.retention_try"))
    session.answer(document, lines)
    return 1 if left else 0


def _days(words: list[str]) -> dict[EvidenceKind, int]:
    found: dict[EvidenceKind, int] = {}
    for word in words:
        name, _, days = word.partition("=")
        if name not in {kind.value for kind in EvidenceKind} or not days.isdecimal() or len(days) > 6:
            raise Refusal("bad_usage", "other", text=word)
        found[EvidenceKind(name)] = int(days)
    return found
