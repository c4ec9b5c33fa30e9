"""``alarms report``: a day's alarms against the published figures."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_parser
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.domain.alarm_quality import Loud, Mark
    from console.services.alarm_log import AlarmHistory


def add(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the action to the group ``alarms``."""
    parser = add_parser(group, common, "report", "cli.alarms.report")
    parser.add_argument("--day", metavar="D", type=_day, help=t("cli.alarms.day"))
    parser.set_defaults(run=_report)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal("bad_usage", "day", value=text) from None
    # The first and the last day there is have no bounds.
    if not 2000 <= day.year < 2100:
        raise Refusal("bad_usage", "day", value=text)
    return day


def _report(session: Session) -> None:
    from console.domain.alarm_quality import marks
    from console.services.alarm_log import AlarmLog

    services = session.services
    history = AlarmLog(services.uows, services.clock).day(session.actor, session.args.day)
    found = marks(history.quality)
    lines = [t("alarms.cli.head", day=history.day.isoformat(), n=history.quality.calls)]
    lines += [_line(mark) for mark in found]
    lines += [f"  {one.count}  {_name(history, one)}" for one in history.quality.top]
    session.answer(_document(history, found), lines)


def _line(mark: Mark) -> str:
    return t(
        "alarms.cli.line",
        name=t(f"alarms.report.{mark.name}"),
        value=_figure(mark, mark.value),
        target=f"≤ {_figure(mark, mark.target)}",
        verdict=t(f"alarms.report.verdict_{mark.verdict.value}"),
    )


def _figure(mark: Mark, value: float) -> str:
    return f"{value * 100:.0f} %" if mark.unit == "share" else f"{value:.0f}"


def _name(history: AlarmHistory, one: Loud) -> str:
    from console.i18n import either

    return either(*history.names.get(one.source, (one.source[1],) * 2))


def _document(history: AlarmHistory, found: tuple[Mark, ...]) -> dict[str, Any]:
    from console.domain.alarm_quality import quantile

    report = history.quality
    return {
        "day": history.day.isoformat(),
        "from": iso(report.start),
        "to": iso(report.end),
        "calls": report.calls,
        "by_severity": {one.value: n for one, n in report.by_severity.items()},
        "figures": [
            {"name": m.name, "value": round(m.value, 4), "accepted": m.target, "verdict": m.verdict.value}
            for m in found
        ],
        "flood_s": round(report.flood_s, 1),
        "acked": len(report.acked_s),
        "acked_p50_s": quantile(report.acked_s, 0.5),
        "acked_p90_s": quantile(report.acked_s, 0.9),
        "not_acked": report.waiting,
        "promises_broken": report.promises_broken,
        "shelved": report.shelved,
        "top": _loud(report.top),
        "chattering": _loud(report.chattering),
        "stale": [
            {"source": {"kind": one.source[0], "id": one.source[1]}, "since": iso(one.since)}
            for one in report.stale
        ],
    }


def _loud(rows: tuple[Loud, ...]) -> list[dict[str, Any]]:
    return [{"source": {"kind": one.source[0], "id": one.source[1]}, "count": one.count} for one in rows]
