"""``map import``, ``map export``, ``map list``, ``map remove``."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import explain, t

_LAYERS = ("communities", "grids", "roads", "buildings")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``map``."""
    group = add_group(subparsers, common, "map", "map.cli.about")
    importing = add_parser(group, common, "import", "map.cli.import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("map.cli.file"))
    importing.add_argument("--layer", choices=_LAYERS, help=t("map.cli.layer"))
    importing.add_argument("--gcj02", action="store_true", help=t("map.cli.gcj02"))
    importing.set_defaults(run=_import)
    exporting = add_parser(group, common, "export", "map.cli.export")
    exporting.add_argument("layer", choices=_LAYERS, help=t("map.cli.layer"))
    exporting.add_argument("--out", metavar="FILE", type=Path, required=True, help=t("map.cli.out"))
    exporting.add_argument("--gcj02", action="store_true", help=t("map.cli.gcj02_out"))
    exporting.set_defaults(run=_export)
    listing = add_parser(group, common, "list", "map.cli.list")
    listing.set_defaults(run=_list)
    removing = add_parser(group, common, "remove", "map.cli.remove")
    removing.add_argument("layer", choices=(*_LAYERS, "tiles"), help=t("map.cli.layer"))
    removing.set_defaults(run=_remove)


def _import(session: Session) -> int:
    from console.services.district_map import is_sqlite

    args = session.args
    if is_sqlite(args.file):
        return _import_tiles(session)
    if args.layer is None:
        raise Refusal("bad_usage", "required", what="--layer")
    report = session.services.map.import_layer(session.actor, args.file, args.layer, from_gcj02=args.gcj02)
    bad = [{"row": one.at, "error": _said(one.refusal)} for one in report.bad]
    lines = [t("map.cli.bad", at=one.at, why=_said(one.refusal)) for one in report.bad]
    lines.append(t("map.cli.taken", layer=report.layer, n=report.taken))
    session.answer({"layer": report.layer, "taken": report.taken, "refused": bad}, lines)
    return 1 if bad else 0


def _import_tiles(session: Session) -> int:
    from db.mbtiles import TileFile

    args = session.args
    tiles = TileFile(args.file)
    low, high = tiles.zooms
    tiles.close()
    session.services.map.import_tiles(session.actor, args.file, from_gcj02=args.gcj02)
    session.answer({"layer": "tiles", "zooms": [low, high]}, [t("map.cli.tiles", low=low, high=high)])
    return 0


def _export(session: Session) -> None:
    args = session.args
    text, count = session.services.map.export_layer(session.actor, args.layer, gcj02=args.gcj02)
    args.out.write_text(text, encoding="utf-8")
    document = {"layer": args.layer, "shapes": count, "file": str(args.out)}
    session.answer(document, [t("map.cli.exported", layer=args.layer, n=count, file=args.out)])


def _said(refusal: Refusal) -> str:
    return " ".join(explain(refusal))


def _list(session: Session) -> None:
    rows = session.services.map.layers(session.actor)
    lines = []
    for row in rows:
        key = "row_tiles" if row.layer == "tiles" else "row_broken" if row.shapes < 0 else "row"
        lines.append(t(f"map.cli.{key}", layer=row.layer, shapes=row.shapes, kb=max(1, row.bytes >> 10)))
    document = [
        {"layer": row.layer, "shapes": None if row.shapes < 0 else row.shapes, "bytes": row.bytes}
        for row in rows
    ]
    session.answer({"rows": document, "total": len(document)}, lines)


def _remove(session: Session) -> int:
    layer = session.args.layer
    there = session.services.map.remove(session.actor, layer)
    key = "map.cli.removed" if there else "map.cli.was_none"
    session.answer({"layer": layer, "removed": there}, [t(key, layer=layer)])
    return 0
