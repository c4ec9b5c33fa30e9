"""``report prediction``: which promises may be missed, and whether what was
foretold came true."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_parser
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.domain.prediction_check import Check
    from console.services.prediction import LegReport, PredictionReport


def add(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``prediction`` to the group ``report``."""
    parser = add_parser(group, common, "prediction", "chance.report.prediction")
    parser.add_argument("--out", metavar="FILE", type=Path, help=t("chance.report.out"))
    parser.set_defaults(run=_prediction)


def _prediction(session: Session) -> None:
    from console.reports import prediction_table

    file = session.args.out
    if file is not None:
        _demand_place(file)  # before it is thought for seconds
    found = session.services.slack.report(session.actor)
    document = _document(found)
    lines = prediction_table.lines(found)
    if file is not None:
        session.services.audit.exported(session.actor, "prediction", str(file), right="kpi.read")
        rows = _write(found, file)
        document |= {"file": str(file), "rows": rows}
        lines.append(t("chance.report.file", rows=rows, file=file))
    session.answer(document, lines)


def _demand_place(file: Path) -> None:
    """Raises ``bad_usage.export`` for a suffix nobody writes, ``bad_file.place``
    where there is no such folder."""
    from console.reports.tables import WRITERS

    if file.suffix.lower() not in (*WRITERS, ".pdf"):
        raise Refusal("bad_usage", "export", file=file.name)
    if not file.absolute().parent.is_dir():
        raise Refusal("bad_file", "place", path=str(file))


def _write(found: PredictionReport, file: Path) -> int:
    from console.reports import prediction_table

    if file.suffix.lower() != ".pdf":
        return prediction_table.write(found, file)
    from console.reports import case_sheet, prediction_sheet

    case_sheet.fonts()
    prediction_sheet.write(found, file)
    return len(list(prediction_table.records(found)))


def _document(found: PredictionReport) -> dict[str, Any]:
    return {
        "at": iso(found.at),
        "warn": found.warn / 100,
        "legs": [_leg(found, one) for one in found.legs],
    }


def _leg(found: PredictionReport, one: LegReport) -> dict[str, Any]:
    return {
        "leg": one.leg,
        "n": one.n,
        "late": one.late,
        "told": one.told,
        "check": _check(one.check) if one.check is not None else None,
        "facts": [
            {
                "fact": fact.fact,
                "level": fact.level,
                "name_zh": found.names.get(fact.level, (fact.level,) * 2)[0],
                "name_en": found.names.get(fact.level, (fact.level,) * 2)[1],
                "odds": round(fact.factor, 3),
                "n": fact.n,
            }
            for fact in one.facts
        ],
    }


def _check(check: Check) -> dict[str, Any]:
    from datetime import UTC, datetime

    return {
        "learned": check.learned,
        "n": check.n,
        "late": check.late,
        "from": iso(datetime.fromtimestamp(check.since_s, UTC)),
        "to": iso(datetime.fromtimestamp(check.until_s, UTC)),
        "brier": round(check.brier, 5),
        "brier_base": round(check.brier_base, 5),
        "brier_alone": round(check.brier_alone, 5),
        "better_than_base": round(check.better_than(check.brier_base), 4),
        "better_than_alone": round(check.better_than(check.brier_alone), 4),
        "calibration": [
            {
                "low": one.low,
                "high": one.high,
                "n": round(one.n, 1),
                "said": round(one.said, 4),
                "came": round(one.came, 4),
                "least": round(one.least, 4),
                "most": round(one.most, 4),
            }
            for one in check.bins
        ],
    }
