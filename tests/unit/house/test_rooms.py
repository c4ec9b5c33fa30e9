"""The house keeps its shape: small modules, sealed rooms, no shortcuts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted([*ROOT.glob("console/**/*.py"), *ROOT.glob("db/**/*.py"), ROOT / "main.py"])


def test_modules_and_functions_stay_small() -> None:
    big = [f"{p.relative_to(ROOT)}: {n}" for p in SOURCES if (n := p.read_text("utf-8").count("\n")) > 500]
    assert not big
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno
                if size > 60:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {size}")
    assert not long


def test_only_the_clock_asks_the_time() -> None:
    asks = re.compile(r"\bdatetime\.(now|utcnow)\(|\btime\.time\(|\bdate\.today\(")
    found = [
        f"{p.relative_to(ROOT)}:{n}"
        for p in SOURCES
        if "clock" not in p.name
        for n, line in enumerate(p.read_text("utf-8").split("\n"), 1)
        if asks.search(line)
    ]
    assert not found


def test_no_lambda_is_connected() -> None:
    # A lambda that captures self keeps a window alive and runs in the emitter's thread.
    bad = re.compile(r"\.connect\(\s*(lambda|partial|functools\.partial)")
    found = [str(p.relative_to(ROOT)) for p in SOURCES if bad.search(p.read_text("utf-8"))]
    assert not found


def test_every_public_name_of_the_inner_rooms_is_explained() -> None:
    bare = []
    for path in [
        *ROOT.glob("console/domain/*.py"),
        *ROOT.glob("console/services/*.py"),
        *ROOT.glob("db/*.py"),
    ]:
        tree = ast.parse(path.read_text("utf-8"))
        if path.name != "__init__.py" and not ast.get_docstring(tree):
            bare.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not bare


BLOCK = """
import importlib.abc, importlib, pkgutil, sys
class No(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {blocked!r}:
            raise ImportError('blocked: ' + name)
sys.meta_path.insert(0, No())
for package in {packages!r}:
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, package + '.', onerror=print):
        # Alembic runs its environment and revisions itself; they are no modules.
        if '.migrations.' not in module.name:
            importlib.import_module(module.name)
print('imported')
"""


def _imports_without(packages: list[str], blocked: list[str]) -> str:
    code = BLOCK.format(packages=packages, blocked=blocked)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr[-800:]


def test_rules_and_services_live_without_qt_or_database() -> None:
    blocked = ["PySide6", "pyqtgraph", "sqlalchemy", "alembic", "psycopg", "av", "vlc", "apscheduler"]
    assert _imports_without(["console.domain", "console.services"], blocked) == "imported"


def test_the_outer_rooms_live_without_qt() -> None:
    packages = ["console.feeds", "console.notify", "console.scheduling", "console.simulation", "db"]
    assert _imports_without(packages, ["PySide6", "pyqtgraph"]) == "imported"
