"""``evidence pack|verify``."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.care import add_retention
from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.i18n import t

#: Exit code for a check that fell short.
FELL_SHORT = 1


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``evidence``."""
    group = add_group(subparsers, common, "evidence", "cli.evidence.about")
    pack = add_parser(group, common, "pack", "cli.evidence.pack")
    pack.add_argument("id", metavar="ID", help=t("cli.evidence.id"))
    pack.add_argument("--out", metavar="FILE.zip", type=Path, required=True, help=t("cli.evidence.out"))
    pack.add_argument("--reason", metavar="TEXT", default="", help=t("cli.evidence.reason"))
    pack.add_argument("--recipient", metavar="WHO", default="", help=t("cli.evidence.recipient"))
    pack.add_argument("--marked-only", action="store_true", help=t("cli.evidence.marked_only"))
    pack.set_defaults(run=_pack)
    verify = add_parser(group, common, "verify", "cli.evidence.verify")
    verify.add_argument("file", metavar="FILE.zip", type=Path, help=t("cli.evidence.file"))
    verify.set_defaults(run=_verify)
    add_retention(group, common)


def _pack(session: Session) -> None:
    from console.reports.pack import make
    from console.services.packs import PackCase

    args = session.args
    session.demand_true_clock()
    order = PackCase(
        session.actor,
        args.id,
        str(args.out),
        args.reason or t("pack.cli.no_reason"),
        args.recipient,
        marked_only=args.marked_only,
    )
    found = make(session.services.packs, session.actor, order)
    lines = [t("pack.cli.done", file=found.file, files=found.files)]
    if found.absent:
        lines.append(t("pack.form.absent", n=len(found.absent)))
    document = {
        "rows": found.files,
        "file": found.file,
        "manifest_sha256": found.manifest_sha256,
        "absent": list(found.absent),
    }
    session.answer(document, lines)


def _verify(session: Session) -> int:
    from console.reports.pack_verify import verify

    found = verify(session.args.file)
    lines = [t("pack.cli.ok", files=found["files"])] if found["ok"] else [t("pack.cli.bad")]
    lines += [f"  {t(f'pack.fault.{what}', which=which)}" for what, which in found["faults"]]
    if found["manifest_sha256"]:
        lines.append(t("pack.cli.manifest", hash=found["manifest_sha256"]))
    document = {
        "ok": found["ok"],
        "files": found["files"],
        "chain_ok": found["chain_ok"],
        "manifest_sha256": found["manifest_sha256"],
        "faults": [{"what": what, "which": which} for what, which in found["faults"]],
    }
    session.answer(document, lines)
    return 0 if found["ok"] else FELL_SHORT
