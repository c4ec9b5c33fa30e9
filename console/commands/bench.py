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

NAMES = ("alarms", "startup")


def _run(session: Session) -> int:
    from console.commands.demo import some_display

    args = session.args
    module = f"tests.benchmarks.{args.name}"
    if find_spec("tests") is None or find_spec(module) is None:
        raise Refusal("bad_usage", "bench_source")
    bench = importlib.import_module(module)
    with some_display(1):
        figures: dict[str, Any] = bench.run(args, session.places.cache, session.note)
    short = list(_shortfalls(figures, bench.TARGETS))
    lines = [f"{name:<24} {json.dumps(value, ensure_ascii=False)}" for name, value in figures.items()]
    lines += [t("bench.target", path=path, most=most) for path, most in bench.TARGETS.items()]
    session.answer(figures, [*lines, *(short or [t("bench.good")])])
    if session.as_json:
        for line in short:
            session.note(line)
    return 1 if args.check and short else 0


def _shortfalls(figures: Mapping[str, Any], targets: Mapping[str, float]) -> list[str]:
    """A sentence per figure above its target (a missing one falls short too)."""
    out = []
    for path, most in targets.items():
        value: Any = figures
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is None or value > most:
            out.append(t("bench.short", path=path, value="—" if value is None else value, most=most))
    return out


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``bench``."""
    parser = add_parser(subparsers, common, "bench", "bench.about")
    parser.add_argument("name", choices=NAMES, help=t("bench.name"))
    parser.add_argument("--seconds", type=number(5, 3600), default=0, help=t("bench.seconds"))
    parser.add_argument("--cases", type=number(100, 100_000), default=10_000, help=t("bench.cases"))
    parser.add_argument("--check", action="store_true", help=t("bench.check"))
    parser.set_defaults(run=_run)
