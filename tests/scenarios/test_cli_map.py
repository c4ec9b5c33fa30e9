"""Layers and rasters brought in by the command line, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.cli_kit import Cli
from tests.unit.services.test_district_map import SQUARE, collection, feature, mbtiles, written


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A command line on a database and a data folder of its own."""
    made = Cli(f"sqlite:///{tmp_path / 'site.db'}", tmp_path / "data")
    made.did("db", "init", "--purpose", "test")
    return made


def test_a_layer_comes_in_is_listed_and_goes(cli: Cli, tmp_path: Path) -> None:
    good = written(tmp_path, collection(feature("Polygon", SQUARE, id="g1"), feature("Point", [113.7, 34.7])))
    done = cli.here("map", "import", str(good), "--layer", "grids", "--gcj02")
    assert done.code == 1, "one feature was left out"
    assert done.json["taken"] == 1
    assert [row["row"] for row in done.json["refused"]] == [2]
    stored = json.loads((tmp_path / "data/map/grids.geojson").read_text("utf-8"))
    lon, lat = stored["features"][0]["geometry"]["coordinates"][0][0]
    assert 0.003 < SQUARE[0][0][0] - lon < 0.009, "not converted"
    assert abs(SQUARE[0][0][1] - lat) < 0.003
    assert [row["layer"] for row in cli.did("map", "list")["rows"]] == ["grids"]
    out = tmp_path / "out.geojson"
    assert cli.did("map", "export", "grids", "--out", str(out), "--gcj02")["shapes"] == 1
    again = json.loads(out.read_text("utf-8"))["features"][0]["geometry"]["coordinates"][0]
    for point, meant in zip(again, SQUARE[0], strict=True):
        assert point == pytest.approx(meant, abs=1e-7), "not shifted back to where it came from"
    assert cli.did("map", "remove", "grids") == {"layer": "grids", "removed": True}
    assert cli.did("map", "list") == {"rows": [], "total": 0}


def test_a_raster_is_recognised(cli: Cli, tmp_path: Path) -> None:
    assert cli.did("map", "import", str(mbtiles(tmp_path / "底图.mbtiles")))["zooms"] == [3, 3]
    assert [row["layer"] for row in cli.did("map", "list")["rows"]] == ["tiles"]
    bad = cli.here("map", "import", str(mbtiles(tmp_path / "v.mbtiles", b"\x1f\x8b", "pbf")))
    assert (bad.code, bad.error["code"]) == (1, "bad_file")


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("{", ("--layer", "roads"), "bad_file"),
        ("{}", (), "bad_usage"),
        (json.dumps(collection()), ("--layer", "roads"), "bad_file"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    cli: Cli, tmp_path: Path, text: str, words: tuple[str, ...], code: str
) -> None:
    done = cli.here("map", "import", str(written(tmp_path, text)), *words)
    assert done.error["code"] == code
    assert done.code in (1, 2)
    gone = cli.here("map", "import", str(tmp_path / "none"), "--layer", "roads")
    assert gone.error["code"] == "bad_file"
