"""``db …``: make, upgrade, look at, check, back up and restore a database.

These work on the database itself, by the rights of its file or its server
account, and need no sign-in.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.domain.errors import Refusal
from console.domain.vocabulary import Purpose
from console.i18n import t


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``db``."""
    group = add_group(subparsers, common, "db", "cli.db.about")
    init = add_parser(group, common, "init", "cli.db.init")
    purposes = [purpose.value for purpose in Purpose]
    init.add_argument("--purpose", choices=purposes, default=Purpose.SITE.value, help=t("cli.db.purpose"))
    init.set_defaults(run=_init)
    upgrade = add_parser(group, common, "upgrade", "cli.db.upgrade")
    upgrade.add_argument("--no-backup", action="store_true", help=t("care.cli.no_backup"))
    upgrade.set_defaults(run=_upgrade)
    for name, run in (("info", _info), ("check", _check)):
        add_parser(group, common, name, f"cli.db.{name}").set_defaults(run=run)
    backup = add_parser(group, common, "backup", "cli.db.backup")
    backup.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.backup"))
    backup.add_argument("--no-evidence", action="store_true", help=t("cli.db.no_evidence"))
    backup.set_defaults(run=_backup)
    restore = add_parser(group, common, "restore", "cli.db.restore")
    restore.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.backup"))
    restore.set_defaults(run=_restore)
    rehearse = add_parser(group, common, "rehearse", "care.cli.rehearse")
    rehearse.add_argument("file", metavar="FILE", type=Path, nargs="?", help=t("care.cli.rehearse_file"))
    rehearse.set_defaults(run=_rehearse)


def _init(session: Session) -> None:
    from db import admin

    url = session.places.db_url
    document = admin.init(url, session.args.purpose)
    session.services.reference.load_shipped()
    document = admin.info(url)
    session.answer(document, [t("cli.db.made", url=document["url"], purpose=document["purpose"])])


def _upgrade(session: Session) -> None:
    from db import admin

    folder = None if session.args.no_backup else session.data / "backups"
    document = admin.upgrade(session.places.db_url, folder)
    if document["from"] == document["to"]:
        session.answer(document, [t("cli.db.current", schema=document["to"])])
        return
    lines = [t("cli.db.upgraded", before=document["from"], after=document["to"])]
    if document["backup"]:
        lines.append(t("cli.db.kept", file=document["backup"]))
    session.answer(document, lines)


def _info(session: Session) -> None:
    from db import admin

    document = admin.info(session.places.db_url)
    head = document["chain_head"]
    lines = [
        f"{document['url']}  {t('common.purpose.' + document['purpose'])}  {document['schema']}",
        t("cli.db.size", bytes=document["bytes"], seq=head["seq"], hash=head["hash"][:16]),
    ]
    lines += [f"  {name}: {count}" for name, count in document["rows"].items()]
    session.answer(document, lines)


def _check(session: Session) -> int:
    from db import admin

    document = admin.check(session.places.db_url)
    if document["ok"]:
        lines = [t("cli.db.sound", events=document["events"])]
    else:
        lines = [t("cli.db.unsound")]
        if not document["chain_ok"]:
            lines.append(t("cli.db.chain_broken", seq=document["first_bad_seq"]))
        if not document["triggers_ok"]:
            lines.append(t("cli.db.triggers_gone"))
        if not document["integrity_ok"]:
            lines.append(t("cli.db.damaged"))
        if document["bad_shifts"]:
            lines.append(t("shifts.cli.bad", shifts=", ".join(document["bad_shifts"])))
        if document["bad_audit"]:
            lines.append(t("audit.cli.bad", n=len(document["bad_audit"]), first=document["bad_audit"][0]))
    session.answer(document, lines)
    return 0 if document["ok"] else 1


def _backup(session: Session) -> None:
    from db import admin

    args = session.args
    document = admin.backup(
        session.places.db_url, args.file, None if args.no_evidence else _evidence(session)
    )
    session.note(t("cli.db.key_stays", file="fifteen.key"))
    session.answer(document, [t("cli.db.backed_up", file=args.file)])


def _restore(session: Session) -> None:
    from db import admin

    args = session.args
    document = admin.restore(session.places.db_url, args.file, _evidence(session))
    session.answer(document, [t("cli.db.restored", file=args.file)])


def _rehearse(session: Session) -> int:
    from console import rehearsal
    from console.clock import SystemClock
    from console.models.care_tables import rehearsed

    file = session.args.file
    if file is None:
        from console.services.backups import BackupPlan

        last = BackupPlan(session.services.uows, session.services.clock).last()[1]
        if last is None or not last.ok:
            raise Refusal("bad_file", "no_backup")
        file = Path(last.file)
    document = rehearsal.run(session.places, file, SystemClock())
    session.answer(document, rehearsed(document))
    return 0 if document["ok"] else 1


def _evidence(session: Session) -> Path:
    import os

    root = os.environ.get("FIFTEEN_EVIDENCE", "")
    return Path(root) if root else session.places.evidence
