"""``kpi``: every indicator over a period."""

from __future__ import annotations

import argparse

from console.commands.framework import LOCAL, Subparsers, add_parser, when
from console.commands.session import Session, iso
from console.domain import kpi
from console.i18n import either, t

GROUPS = ("team", "community", "category", "camera", "officer", "source", "hour", "shift")
CUTS = ("reported", "filed", "due", "closed")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``kpi``."""
    parser = add_parser(subparsers, common, "kpi", "cli.kpi.about")
    parser.add_argument("--from", dest="start", metavar="T", type=when, help=t("cli.kpi.start"))
    parser.add_argument("--to", dest="end", metavar="T", type=when, help=t("cli.kpi.end"))
    parser.add_argument("--by", choices=GROUPS, default="", help=t("cli.kpi.by"))
    parser.add_argument("--cut", choices=CUTS, default="filed", help=t("cli.kpi.cut"))
    parser.set_defaults(run=_kpi)


def _kpi(session: Session) -> None:
    args = session.args
    found = session.services.kpi.figures(session.actor, args.start, args.end, by=args.by, cut=args.cut)
    document = {
        "cut": found.cut,
        "from": iso(found.start),
        "to": iso(found.end),
        "timezone": found.timezone,
        "rows": [
            {
                "key": row.key,
                "n": row.n,
                "indicators": {name: _value(name, value) for name, value in row.values.items()},
            }
            for row in found.rows
        ],
    }
    day = "%Y-%m-%d %H:%M"
    span = f"{found.start.astimezone(LOCAL):{day}} – {found.end.astimezone(LOCAL):{day}}"
    lines = [t("cli.kpi.head", span=span, cut=t(f"cli.kpi.cuts.{found.cut}"))]
    for row in found.rows:
        lines.append(t("cli.kpi.row", key=row.key, n=row.n))
        lines += [f"  {either(i.zh, i.en)}: {_shown(i, row.values[i.id])}" for i in kpi.INDICATORS]
    session.answer(document, lines)


def _value(name: str, value: kpi.Value) -> dict[str, object]:
    """A figure; the composites have a grade, ``None`` while they have no value."""
    document: dict[str, object] = {"value": value.value, "num": value.num, "den": value.den}
    if name.startswith("score_"):
        document["grade"] = value.grade or None
    return document


def _shown(indicator: kpi.Indicator, value: kpi.Value) -> str:
    """A figure as a person reads it; a dash where there is none."""
    if value.value is None:
        return "—"
    if indicator.kind == "rate":
        return f"{value.value:.1%} ({value.num:g}/{value.den})"
    if indicator.kind == "seconds":
        return t("cli.kpi.seconds", seconds=f"{value.value:.0f}", n=value.den)
    return f"{value.value:g} {value.grade}".strip()
