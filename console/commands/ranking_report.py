"""``report ranking``, ``report causes``, ``report heat`` and ``report whatif``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import LOCAL, Subparsers, add_parser, number, when
from console.commands.session import Session, iso
from console.i18n import either, t

if TYPE_CHECKING:
    from console.domain.causes import Cause
    from console.domain.periods import Period
    from console.domain.ranking import Standing
    from console.reports.report_doc import Report
    from console.services.rankings import Ranking
    from console.services.whatif import Ringing, StageRow, WhatIf

_GROUPS = ("team", "community", "road", "category", "camera", "officer")
_PERIODS = ("day", "week", "ten", "month", "quarter", "year")
_CAUSE_GROUPS = ("force", "order", "place", "system", "none")
_CUTS = ("reported", "filed", "due", "closed")


def add(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the four to the group ``report``."""
    rank = _parser(group, common, "ranking", _ranking)
    rank.add_argument("--by", choices=_GROUPS, default="team", help=t("ranking.cli.by"))
    rank.add_argument("--measure", default="total_met", help=t("ranking.cli.measure"))
    rank.add_argument("--minimum", type=number(1, 10_000), help=t("ranking.cli.minimum"))
    rank.add_argument("--fair", action="store_true", help=t("ranking.cli.fair"))
    rank.add_argument("--circular", action="store_true", help=t("ranking.cli.circular"))
    causes = _parser(group, common, "causes", _causes)
    causes.add_argument("--list", dest="codes", action="store_true", help=t("ranking.cli.codes"))
    one = add_parser(group, common, "cause", "ranking.cli.cause_set")
    one.add_argument("code", metavar="CODE", help=t("ranking.cli.code"))
    one.add_argument("--zh", required=True, help=t("ranking.cli.cause_zh"))
    one.add_argument("--en", required=True, help=t("ranking.cli.cause_en"))
    one.add_argument("--group", choices=_CAUSE_GROUPS, default="order", help=t("ranking.cli.cause_group"))
    one.add_argument("--off", action="store_true", help=t("ranking.cli.cause_off"))
    one.set_defaults(run=_set_cause)
    _parser(group, common, "heat", _heat)
    whatif = _parser(group, common, "whatif", _whatif, cut=False)
    for name in ("decision", "dispatch", "arrival", "total"):
        whatif.add_argument(
            f"--{name}", metavar="MIN", type=number(0, 10_000, whole=False), help=t(f"ranking.cli.{name}")
        )
    whatif.add_argument("--handling", metavar="PERCENT", type=number(10, 500), help=t("ranking.cli.handling"))
    whatif.add_argument("--warn", metavar="PERCENT", type=number(10, 99), help=t("ranking.cli.warn"))


def _parser(
    group: Subparsers, common: argparse.ArgumentParser, name: str, run: Any, *, cut: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = add_parser(group, common, name, f"ranking.cli.{name}")
    parser.add_argument("--period", choices=_PERIODS, default="month", help=t("ranking.cli.period"))
    parser.add_argument("--from", dest="start", metavar="T", type=when, help=t("cli.kpi.start"))
    parser.add_argument("--to", dest="end", metavar="T", type=when, help=t("cli.kpi.end"))
    parser.add_argument("--out", metavar="FILE", type=Path, help=t("ranking.cli.out"))
    if cut:
        parser.add_argument("--cut", choices=_CUTS, default="filed", help=t("cli.kpi.cut"))
    parser.set_defaults(run=run)
    return parser


def _period(session: Session) -> Period:
    """The period named: from–to, else the kind around ``--from`` or now."""
    from console.domain import periods

    args, now = session.args, session.services.clock.now()
    if args.end is not None:
        start = args.start if args.start is not None else periods.around("day", args.end).start
        return periods.free(start, args.end)
    return periods.around(args.period, args.start if args.start is not None else now)


def _ranking(session: Session) -> None:
    from console.models import rank_words
    from console.reports import ranking_doc
    from console.services.rankings import RankWish

    args = session.args
    _demand_file(session)
    wish = RankWish(args.by, args.measure, _period(session), args.cut, args.minimum, args.fair)
    found = session.services.rankings.rank(session.actor, wish)
    lines = [rank_words.head(found), *(_line(found, row) for row in found.rows), *rank_words.rules(found)]
    make = ranking_doc.circular if args.circular else ranking_doc.ranking
    _tell(session, _document(found), lines, make(found, _made(session)))


def _line(found: Ranking, row: Standing) -> str:
    from console.models import rank_words

    place = f"{row.place:>3}" if row.place else "  –"
    name = rank_words.key_name(row.key, found.names)
    facts = [
        rank_words.value(row.value, found.kind, found.rules),
        f"[{rank_words.interval(row, found.kind)}]",
    ]
    facts += [rank_words.base(row, found.kind), rank_words.change(row, found.kind), rank_words.flag(row)]
    return f"{place}  {name}  {'  '.join(fact for fact in facts if fact)}"


def _document(found: Ranking) -> dict[str, Any]:
    wish = found.wish
    return {
        "by": wish.by,
        "measure": wish.measure,
        "kind": found.kind,
        **_times(wish.period),
        "cut": wish.cut,
        "before": _times(found.before),
        "minimum": found.minimum,
        "n": found.n,
        "nameless": found.nameless,
        "whole": found.whole,
        "whole_before": found.whole_before,
        "rows": [_row(found, row) for row in found.rows],
        "total": len(found.rows),
    }


def _row(found: Ranking, row: Standing) -> dict[str, Any]:
    zh, en = found.names.get(row.key, (row.key, row.key))
    return {
        "place": row.place or None,
        "key": row.key,
        "name_zh": zh,
        "name_en": en,
        "n": row.n,
        "num": row.num,
        "den": row.den,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "adjusted": row.adjusted,
        "before": row.before,
        "before_n": row.before_n,
        "flag": row.flag or None,
        "again": row.again,
        "mix": [{"key": key, "n": n} for key, n in row.mix],
    }


def _times(period: Period) -> dict[str, Any]:
    return {"period": period.kind, "from": iso(period.start), "to": iso(period.end)}


def _causes(session: Session) -> None:
    from console.models import rank_words
    from console.reports import ranking_doc

    args = session.args
    _demand_file(session)
    found = session.services.rankings.causes(session.actor, _period(session), args.cut)
    if args.codes:
        _list_causes(session, found.known)
        return
    document = {
        **_times(found.period),
        "cut": found.cut,
        "closed": found.closed,
        "late": found.late,
        "rows": [
            {"code": row.code or None, "n": row.n, "share": row.share, "running": row.running}
            for row in found.rows
        ],
        "total": len(found.rows),
    }
    lines = [rank_words.cause_line(found)]
    lines += [
        f"{row.n:>5}  {rank_words.share(row.share)}  {rank_words.cause(row, found)}" for row in found.rows
    ]
    lines.append(rank_words.pareto_line(found.rows, found))
    _tell(session, document, lines, ranking_doc.causes(found, _made(session)))


def _list_causes(session: Session, known: Sequence[Cause]) -> None:
    rows = [
        {"code": one.code, "zh": one.zh, "en": one.en, "group": one.group, "active": one.active}
        for one in known
    ]
    lines = [f"{one.code}  {either(one.zh, one.en)}" for one in known if one.active]
    session.answer({"rows": rows, "total": len(rows)}, lines)


def _set_cause(session: Session) -> None:
    from console.services import cause_list

    args = session.args
    row = {"code": args.code, "zh": args.zh, "en": args.en, "group": args.group, "active": not args.off}
    _list_causes(session, cause_list.put(session.services.uows, session.services.clock, session.actor, row))


def _heat(session: Session) -> None:
    from console.models import rank_words
    from console.reports import ranking_doc

    _demand_file(session)
    found = session.services.rankings.heat(session.actor, _period(session), session.args.cut)
    heat = found.heat
    document = {
        **_times(found.period),
        "cut": found.cut,
        "n": found.n,
        "days": list(heat.days),
        "cases": [list(row) for row in heat.cases],
        "missed": [list(row) for row in heat.missed],
        "counted": [list(row) for row in heat.counted],
        "places": {
            by: [{"key": key, "n": n, "missed": late, "counted": of} for key, n, late, of in rows]
            for by, rows in found.places.items()
        },
    }
    lines = [f"{rank_words.period(found.period)}  n={found.n}"]
    for day, row in enumerate(heat.cases):
        lines.append(f"{t(f'ranking.heat.day{day}')}  " + " ".join(f"{n:>3}" for n in row))
    for by, rows in found.places.items():
        lines.append(rank_words.group(by))
        lines += [f"  {n:>5}  {rank_words.key_name(key, found.names)}" for key, n, _, _ in rows[:10]]
    _tell(session, document, lines, ranking_doc.heat(found, _made(session)))


def _whatif(session: Session) -> None:
    from console.models import rank_words, whatif_words
    from console.reports import ranking_doc
    from console.services.whatif import Wish

    args = session.args
    _demand_file(session)
    period = _whatif_period(session)
    minutes = {
        name: round(value * 60)
        for name in ("decision", "dispatch", "arrival", "total")
        if (value := getattr(args, name)) is not None
    }
    wish = Wish(period.start, period.end, handling=args.handling, warn=args.warn, **minutes)
    found = session.services.whatif.ask(session.actor, wish)
    lines = list(whatif_words.summary(found))
    for row in found.stages:
        before, after = (rank_words.value(one, "rate") for one in (row.before, row.after))
        limits = f"{whatif_words.limit(row, after=False)} → {whatif_words.limit(row, after=True)}"
        lines.append(f"{whatif_words.stage(row)}  {limits}  {before} → {after}  {whatif_words.change(row)}")
    lines += whatif_words.rules(found)
    _tell(session, _whatif_document(found), lines, ranking_doc.whatif(found, _made(session)))


def _whatif_period(session: Session) -> Period:
    """From–to; without them the last three months."""
    from console.domain import periods

    args, now = session.args, session.services.clock.now()
    if args.start is None and args.end is None:
        return periods.free(periods.around("day", now - timedelta(days=90)).start, now)
    end = args.end if args.end is not None else now
    start = args.start if args.start is not None else end - timedelta(days=90)
    return periods.free(start, end)


def _whatif_document(found: WhatIf) -> dict[str, Any]:
    return {
        "from": iso(found.wish.start),
        "to": iso(found.wish.end),
        "cut": "filed",
        "n": found.n,
        "arrival_origin": found.origin,
        "carried": found.carried,
        "stages": [_stage(row) for row in found.stages],
        "shifts": len(found.shifts),
        "alarms": {
            "before": _ringing(found.before),
            "after": _ringing(found.after),
            "recorded": found.recorded,
        },
    }


def _stage(row: StageRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "limit_before_s": row.limit_before,
        "limit_after_s": row.limit_after,
        "factor": row.factor,
        "before": {"value": row.before, "num": row.hits_before, "den": row.n_before},
        "after": {"value": row.after, "num": row.hits_after, "den": row.n_after},
        "lost": len(row.lost),
        "won": len(row.won),
    }


def _ringing(one: Ringing) -> dict[str, Any]:
    return {
        "calls": one.calls,
        "per_shift": {"mean": one.mean, "p90": one.p90, "max": one.most},
        "by_severity": dict(one.by_severity),
        "floods": one.floods,
    }


def _made(session: Session) -> str:
    at = f"{session.services.clock.now().astimezone(LOCAL):%Y-%m-%d %H:%M}"
    return t("ranking.doc.made", at=at, who=session.actor.name)


def _demand_file(session: Session) -> None:
    """A file nobody writes is refused before anything is counted."""
    if session.args.out is not None:
        from console.reports import report_doc

        report_doc.demand_suffix(session.args.out)
        from console.services import permissions

        permissions.demand(session.actor, "report")


def _tell(session: Session, document: dict[str, Any], lines: list[str], report: Report) -> None:
    """Answer, and write the document where a file was named."""
    file = session.args.out
    if file is not None:
        from console.reports import case_sheet, report_doc

        if file.suffix.lower() == ".pdf":
            case_sheet.fonts()
        session.services.audit.exported(session.actor, "ranking", str(file), right="report")
        report_doc.write(report, file)
        document |= {"file": str(file)}
        lines = [*lines, t("ranking.cli.written", file=file)]
    session.answer(document, lines)
