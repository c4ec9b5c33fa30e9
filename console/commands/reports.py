"""``report …``: everything that is written for people who were not there."""

from __future__ import annotations

import argparse

from console.commands import prediction_report, ranking_report, report_make
from console.commands.framework import Subparsers, add_group


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``report``; each family of reports adds its own actions."""
    group = add_group(subparsers, common, "report", "reports.cli.about")
    for family in (report_make, ranking_report, prediction_report):
        family.add(group, common)
