"""``bench NAME``: figures beside their targets. The benchmarks themselves are in
``tests/benchmarks``, with everything else that is not part of the product."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_parser, number
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.commands.session import Session

NAMES = (
    "alarm-faults",
    "alarms",
    "board",
    "desk",
    "faults",
    "history",
    "kpi",
    "map",
    "monitors",
    "overview",
    "search",
    "soak",
    "startup",
    "wall",
)


class AtLeast(float):
    """A target that a figure must reach; a bare number is one it must not
    exceed."""


def _run(session: Session) -> int:
    from console.commands.demo import some_display

    args = session.args
    module = f"tests.benchmarks.{args.name.replace('-', '_')}"
    if find_spec("tests") is None or find_spec(module) is None:
        raise Refusal("bad_usage", "bench_source")
    bench = importlib.import_module(module)
    with some_display(getattr(bench, "MONITORS", 1), virtual=getattr(bench, "VIRTUAL", False)):
        figures: dict[str, Any] = bench.run(args, session.places.cache, session.note)
    targets: Mapping[str, float] = bench.targets(args) if hasattr(bench, "targets") else bench.TARGETS
    short = list(_shortfalls(figures, targets))
    lines = [f"{name:<24} {json.dumps(value, ensure_ascii=False)}" for name, value in figures.items()]
    lines += [t("bench.target", path=path, limit=_limit(limit)) for path, limit in targets.items()]
    session.answer(figures, [*lines, *(short or [t("bench.good")])])
    if session.as_json:
        for line in short:
            session.note(line)
    return 1 if args.check and short else 0


def _limit(target: float) -> str:
    return f"{'≥' if isinstance(target, AtLeast) else '≤'} {float(target):g}"


def _shortfalls(figures: Mapping[str, Any], targets: Mapping[str, float]) -> list[str]:
    """A sentence per figure that misses its target (one that is not there
    misses it too)."""
    out = []
    for path, target in targets.items():
        value: Any = figures
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        missed = value is None or (value < target if isinstance(target, AtLeast) else value > target)
        if missed:
            shown = "—" if value is None else value
            out.append(t("bench.short", path=path, value=shown, limit=_limit(target)))
    return out


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``bench``."""
    parser = add_parser(subparsers, common, "bench", "bench.about")
    parser.add_argument("name", choices=NAMES, help=t("bench.name"))
    parser.add_argument("--seconds", type=number(5, 3600), default=0, help=t("bench.seconds"))
    parser.add_argument("--cases", type=number(100, 100_000), default=10_000, help=t("bench.cases"))
    parser.add_argument("--closed", type=number(0, 1_000_000), default=1_000_000, help=t("bench.closed"))
    parser.add_argument("--tiles", type=number(1, 64), default=0, help=t("bench.tiles"))
    parser.add_argument("--cameras", type=number(17, 1200), default=0, help=t("bench.cameras"))
    parser.add_argument("--engine", choices=("av", "vlc"), default="av", help=t("run.engine"))
    parser.add_argument("--check", action="store_true", help=t("bench.check"))
    parser.set_defaults(run=_run)
