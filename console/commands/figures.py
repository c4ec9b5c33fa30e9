"""``kpi``: every indicator over a period; what one means; the office's rules."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from console.commands.framework import LOCAL, Subparsers, add_parser, when
from console.commands.session import Session, iso
from console.domain import figure_standards, kpi
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.domain.kpi import Indicator
from console.i18n import either, t, t_in
from console.models import figure_words

GROUPS = (
    "team", "community", "category", "camera", "officer", "source", "hour", "shift", "road", "cause", "day",
)  # fmt: skip
CUTS = ("reported", "filed", "due", "closed")
#: Rules of figures are a page of text; more is another file.
_MOST_BYTES = 1_000_000


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``kpi``, ``kpi explain`` and ``kpi rules``."""
    parser = add_parser(subparsers, common, "kpi", "cli.kpi.about")
    words = f"explain: {t('indicators.cli.explain')}; rules: {t('indicators.cli.rules')}"
    parser.add_argument("what", nargs="?", choices=("explain", "rules"), help=words)
    parser.add_argument("id", nargs="?", metavar="ID", default="", help=t("indicators.cli.id"))
    parser.add_argument("--file", metavar="FILE", default="", help=t("indicators.cli.file"))
    parser.add_argument("--default", action="store_true", help=t("indicators.cli.default"))
    parser.add_argument("--from", dest="start", metavar="T", type=when, help=t("cli.kpi.start"))
    parser.add_argument("--to", dest="end", metavar="T", type=when, help=t("cli.kpi.end"))
    parser.add_argument("--by", choices=GROUPS, default="", help=t("cli.kpi.by"))
    parser.add_argument("--cut", choices=CUTS, default="filed", help=t("cli.kpi.cut"))
    parser.set_defaults(run=_run)


def _run(session: Session) -> None:
    what = session.args.what
    if what == "explain":
        _explain(session)
    elif what == "rules":
        _rules(session)
    else:
        _kpi(session)


def _kpi(session: Session) -> None:
    args = session.args
    found = session.services.kpi.figures(session.actor, args.start, args.end, by=args.by, cut=args.cut)
    document = {
        "cut": found.cut,
        "from": iso(found.start),
        "to": iso(found.end),
        "timezone": found.timezone,
        "rules": found.rules,
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
    lines.append(t("indicators.cli.now", version=found.rules))
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


def _shown(indicator: Indicator, value: kpi.Value) -> str:
    """A figure as a person reads it; a dash where there is none."""
    if value.value is None:
        return "—"
    if indicator.kind == "rate":
        return f"{value.value:.1%} ({value.num:g}/{value.den})"
    if indicator.kind == "seconds":
        return t("cli.kpi.seconds", seconds=f"{value.value:.0f}", n=value.den)
    if indicator.kind == "multiple":
        return f"{figure_words.short(indicator, value)} (n={value.den})"
    return f"{value.value:g} {value.grade}".strip()


def _explain(session: Session) -> None:
    """One indicator, or all of them in a line each."""
    rules = session.services.kpi.rules(session.actor)
    wanted = session.args.id
    if wanted and wanted not in kpi.BY_ID:
        raise Refusal("bad_usage", "indicator", value=wanted)
    found = [kpi.BY_ID[wanted]] if wanted else list(kpi.INDICATORS)
    rows = [_row(one, rules) for one in found]
    lines = []
    for one in found:
        lines.append(f"{one.id}  {either(one.zh, one.en)}")
        lines.append("  " + t("indicators.cli.numerator", text=figure_words.rule(one.id)))
        if one.kind == "score" and wanted:
            lines.append("  " + figure_words.parts_in_words(rules, one.id))
        if wanted:
            told = figure_words.standards(one.id, kpi.Value(None, None, 0))
            lines += [f"  {told}"] if told else []
    session.answer(rows[0] if wanted else {"rows": rows, "total": len(rows)}, lines)


def _row(one: Indicator, rules: FigureRules) -> dict[str, object]:
    row: dict[str, object] = {
        "id": one.id,
        "zh": one.zh,
        "en": one.en,
        "kind": one.kind,
        "direction": one.direction,
        "rule_zh": t_in("zh", f"indicators.rule.{one.id}"),
        "rule_en": t_in("en", f"indicators.rule.{one.id}"),
        "rules": rules.version,
    }
    if one.kind == "score":
        row["parts"] = [{"part": part, "weight": weight} for weight, part in rules.scores[one.id]]
    beside = figure_standards.beside(one.id)
    if beside:
        row["standards"] = [
            {
                "name": s.name,
                "zh": s.zh,
                "en": s.en,
                "share": s.share or None,
                "seconds": s.seconds,
                "sure": s.sure,
            }
            for s in beside
        ]
    return row


def _rules(session: Session) -> None:
    """Show the rules, or set them."""
    args, service = session.args, session.services.kpi
    if args.default:
        rules = service.put_rules(session.actor, {})
    elif args.file:
        rules = service.put_rules(session.actor, _read(Path(args.file)))
    else:
        rules = service.rules(session.actor)
    changed = bool(args.default or args.file)
    lines = [t("indicators.cli.set" if changed else "indicators.cli.now", version=rules.version)]
    for name in rules.scores:
        parts = figure_words.parts_in_words(rules, name)
        lines.append(t("indicators.cli.score", name=figure_words.name(name), parts=parts))
    session.answer(_document(rules), lines)


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise Refusal("bad_value", "figure_rules", what=file.name)
        found = json.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise Refusal("bad_value", "figure_rules", what=str(error)) from error
    if not isinstance(found, dict):
        raise Refusal("bad_value", "figure_rules", what=file.name)
    return found


def _document(rules: FigureRules) -> dict[str, object]:
    """The rules as they may be read back from a file."""
    return {
        "version": rules.version,
        "bands": {name: [list(row) for row in band] for name, band in rules.bands.items()},
        "grades": [list(row) for row in rules.grades],
        "scores": {name: [list(row) for row in parts] for name, parts in rules.scores.items()},
        "close_without_suspended": rules.close_without_suspended,
        "filed_without_suspended": rules.filed_without_suspended,
        "rework_over": rules.rework_over,
    }
