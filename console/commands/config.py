"""``config export|diff|import|undo|copies``: the whole configuration as one file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.i18n import t

if TYPE_CHECKING:
    from console.services.config_diff import ConfigDiff

#: Lines of a comparison on a terminal; the rest is counted.
_SHOWN = 200


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``config``."""
    group = add_group(subparsers, common, "config", "config.cli.about")
    writing = add_parser(group, common, "export", "config.cli.export")
    writing.add_argument("--out", metavar="FILE", type=Path, required=True, help=t("config.cli.out"))
    writing.add_argument("--accounts", action="store_true", help=t("config.cli.accounts"))
    writing.set_defaults(run=_export)
    comparing = add_parser(group, common, "diff", "config.cli.diff")
    comparing.set_defaults(run=_diff)
    taking = add_parser(group, common, "import", "config.cli.import")
    taking.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    taking.set_defaults(run=_import)
    for parser in (comparing, taking):
        parser.add_argument("file", metavar="FILE", type=Path, help=t("config.cli.file"))
    for parser in (writing, comparing, taking):
        parser.add_argument("--part", metavar="PART", action="append", default=[], help=t("config.cli.part"))
    add_parser(group, common, "undo", "config.cli.undo").set_defaults(run=_undo)
    add_parser(group, common, "copies", "config.cli.copies").set_defaults(run=_copies)


def _export(session: Session) -> None:
    args = session.args
    rows = session.services.config.export(session.actor, args.out, accounts=args.accounts, parts=args.part)
    session.answer(
        {"rows": rows, "file": str(args.out)}, [t("config.cli.exported", rows=rows, file=args.out)]
    )


def _diff(session: Session) -> int:
    found = session.services.config.diff(session.actor, session.args.file, parts=session.args.part)
    session.answer(document(found), _lines(found))
    return 0 if found.ok else 1


def _import(session: Session) -> int:
    if session.args.dry_run:
        return _diff(session)
    done = session.services.config.apply(session.actor, session.args.file, parts=session.args.part)
    return _told(session, done.diff, done.copy)


def _undo(session: Session) -> int:
    done = session.services.config.undo(session.actor)
    return _told(session, done.diff, done.copy)


def _told(session: Session, found: ConfigDiff, copy: str) -> int:
    lines = _lines(found)
    if not found.ok:
        lines.append(t("config.cli.nothing_taken"))
    elif not found.effective:
        lines.append(t("config.cli.same"))
    else:
        lines.append(t("config.cli.taken", copy=copy))
    session.answer({**document(found), "copy": copy}, lines)
    return 0 if found.ok else 1


def _copies(session: Session) -> None:
    files = [str(one) for one in session.services.config.copies(session.actor)]
    session.answer({"rows": files, "total": len(files)}, files or [t("config.cli.no_copies")])


def document(found: ConfigDiff) -> dict[str, Any]:
    """A comparison as JSON."""
    from console.config_words import problem_line

    return {
        "rows": [
            {
                "part": one.part,
                "key": one.key,
                "change": one.kind,
                "fields": [{"name": name, "here": here, "file": there} for name, here, there in one.fields],
            }
            for one in found.changes
        ],
        "total": len(found.changes),
        "counts": found.counts(),
        "problems": [
            {"part": one.part, "key": one.key, "code": one.refusal.code, "error": problem_line(one)}
            for one in found.problems
        ],
        "parts": list(found.parts),
        "unknown_parts": list(found.unknown),
        "form": found.form,
        "made_at": found.made_at,
    }


def _lines(found: ConfigDiff) -> list[str]:
    from console.config_words import change_line, counts_line, problem_line

    lines = [problem_line(one) for one in found.problems]
    if found.unknown:
        lines.append(t("config.cli.unknown", parts=", ".join(found.unknown)))
    changes = found.effective
    lines += [change_line(one) for one in changes[:_SHOWN]]
    if len(changes) > _SHOWN:
        lines.append(t("config.cli.more", n=len(changes) - _SHOWN))
    return [*lines, counts_line(found)]
