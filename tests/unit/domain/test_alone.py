"""The domain and the services stand without a screen and without a database."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import console

ROOT = Path(console.__file__).parent
DOMAIN = sorted((ROOT / "domain").glob("*.py"))

PROGRAM = """
import importlib, pkgutil, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError("blocked: " + name)
        return None

sys.meta_path.insert(0, Blocked())
import console.domain, {also}
seen = 0
for package in (console.domain, {also}):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
        seen += 1
assert not [m for m in sys.modules if m.partition(".")[0] in {blocked!r}]
print(seen)
"""

BLOCKED = ("PySide6", "pyqtgraph", "sqlalchemy", "alembic", "psycopg", "vlc", "av", "apscheduler")


@pytest.mark.parametrize(
    ("rooms", "blocked"),
    [("console.domain", (*BLOCKED, "numpy")), ("console.services", BLOCKED)],
    ids=["rules", "services"],
)
def test_rules_and_services_import_without_qt_and_without_sql(rooms: str, blocked: tuple[str, ...]) -> None:
    """Services count in columns; rules do without those, too."""
    source = PROGRAM.format(blocked=blocked, also=rooms)
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= len(DOMAIN) - 1


@pytest.mark.parametrize("path", DOMAIN, ids=[p.stem for p in DOMAIN])
def test_a_domain_module_uses_the_standard_library_only(path: Path) -> None:
    """No clock, no file, no network, no text on screen either."""
    forbidden = {
        "time",
        "os",
        "io",
        "pathlib",
        "socket",
        "subprocess",
        "threading",
        "random",
        "logging",
        "asyncio",
    }
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"} or not _is_date(node.value), "no clock"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input"}
    for name in names:
        assert name.startswith("console.domain") or name.partition(".")[0] in sys.stdlib_module_names
        assert name.partition(".")[0] not in forbidden


def _is_date(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"datetime", "date"}
