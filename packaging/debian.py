"""Builds the Debian package: the program with every library it needs, below
``/opt/fifteen``, so that it installs and starts without a network.

    python packaging/debian.py WHEEL FOLDER

Needs ``dpkg-deb`` and ``readelf`` (binutils). Run it with the Python that the
package is for: its minor version becomes a dependency (Debian 12: 3.11). The
libraries are those of ``requirements.lock``, without the ones only tests need.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import requires, version
from pathlib import Path

from manual import write as write_manual
from packaging.requirements import Requirement
from slim import size, slim

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHON = f"python3.{sys.version_info.minor}"
HOME = Path("opt/fifteen")
LIBRARIES = HOME / ".venv" / "lib" / PYTHON / "site-packages"
#: What stands where: file of the source tree, folder in the system.
FILES = (
    ("packaging/fifteen-watch.service", "lib/systemd/system"),
    # The large display: as a user's service, in a desktop session, or as a session
    # of its own. An administrator chooses one; the package starts none.
    ("packaging/fifteen-kiosk.service", "usr/lib/systemd/user"),
    ("packaging/fifteen-kiosk.desktop", "usr/share/doc/fifteen/examples"),
    ("packaging/openbox-kiosk/xorg-no-escape.conf", "usr/share/doc/fifteen/examples"),
    ("packaging/kiosk-readonly.sql", "usr/share/doc/fifteen/examples"),
    ("packaging/openbox-kiosk/rc.xml", "opt/fifteen/kiosk"),
    ("packaging/openbox-kiosk/session", "opt/fifteen/kiosk"),
    ("packaging/openbox-kiosk/fifteen-kiosk-session.desktop", "usr/share/xsessions"),
    ("packaging/fifteen.desktop", "usr/share/applications"),
    ("resources/icons/fifteen.svg", "usr/share/icons/hicolor/scalable/apps"),
    ("README.md", "usr/share/doc/fifteen"),
    ("NOTICE", "usr/share/doc/fifteen"),
)
#: Only a demonstration without a display needs these.
RECOMMENDED = ("xvfb", "x11-xserver-utils", "dbus-user-session")
POSTINST = """#!/bin/sh
set -e
if [ "$1" = configure ]; then
  # Whom fifteen-watch runs as. The service is started by whoever has said
  # where its database is (/etc/fifteen/watch.env), not by the package.
  if ! getent passwd fifteen >/dev/null; then
    adduser --system --group --home /var/lib/fifteen --no-create-home --gecos "Fifteen" fifteen >/dev/null
  fi
  install -d -m 750 -o fifteen -g fifteen /var/lib/fifteen
  install -d -m 750 -o root -g fifteen /etc/fifteen
fi
"""
#: The guard matters: processes that the program starts read this file again.
START = """#!{python} -I
import sys

from console.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""
PRERM = """#!/bin/sh
set -e
if [ -d /run/systemd/system ] && [ "$1" = remove ]; then
  systemctl --no-reload disable --now fifteen-watch.service >/dev/null 2>&1 || true
fi
"""


def run(*words: str, **more: object) -> None:
    """Run a tool; its failure is ours."""
    subprocess.run(words, check=True, **more)  # type: ignore[call-overload]


def runtime(name: str = "fifteen") -> dict[str, str]:
    """Name → version of every library the program needs, as installed here
    (which is what ``requirements.lock`` says)."""
    found: dict[str, str] = {}
    waiting: list[tuple[str, set[str]]] = [(name, set())]
    while waiting:
        who, extras = waiting.pop()
        for line in requires(who) or ():
            need = Requirement(line)
            asked = ({"extra": extra} for extra in (extras or {""}))
            if need.marker is not None and not any(need.marker.evaluate(one) for one in asked):
                continue
            key = re.sub(r"[-_.]+", "-", need.name).lower()
            if key not in found or need.extras:
                found[key] = version(need.name)
                waiting.append((need.name, set(need.extras)))
    return found


def system_packages() -> list[str]:
    """What ``scripts/setup`` installs for a run, without what only a machine
    without a display needs."""
    text = (ROOT / "scripts" / "lib.sh").read_text(encoding="utf-8")
    inside = re.search(r"RUN_PACKAGES=\((.*?)\)", text, re.DOTALL)
    assert inside is not None, "scripts/lib.sh names no RUN_PACKAGES"
    return [name for name in inside[1].split() if name not in RECOMMENDED]


def control(installed_kib: int) -> str:
    """The package's control file."""
    needs = [PYTHON, "adduser", "fontconfig", "fonts-noto-cjk", *system_packages()]
    return f"""Package: fifteen
Version: {version("fifteen")}
Architecture: {architecture()}
Maintainer: The Fifteen developers <fifteen@localhost>
Installed-Size: {installed_kib}
Depends: {", ".join(needs)}
Recommends: {", ".join(RECOMMENDED)}
Suggests: openbox, postgresql-client
Section: misc
Priority: optional
Description: command-centre console for urban management (数字城管)
 One console for the video wall and the case board of a sub-district's
 command centre: six hundred street cameras, cases with their deadlines,
 alarms, figures, shifts and reports. Chinese and English.
"""


def architecture() -> str:
    """This machine's, in Debian's words."""
    return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()


def fill(tree: Path, wheel: Path) -> None:
    """Everything the package holds, below ``tree``."""
    libraries = tree / LIBRARIES
    libraries.mkdir(parents=True)
    pins = [f"{name}=={number}" for name, number in sorted(runtime().items())]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    run(*pip, "--no-compile", "--target", str(libraries), *pins, str(wheel))
    shutil.rmtree(libraries / "bin", ignore_errors=True)
    freed = slim(libraries / "PySide6")
    print(f"{len(pins)} libraries; {freed >> 20} MiB of Qt left out", file=sys.stderr)
    _environment(tree)
    for name, folder in FILES:
        _put(tree, ROOT / name, folder)
    for page in write_manual(tree / "usr/share/man"):
        _squeeze(page, page.with_suffix(".1.gz"))
        page.unlink()
    _squeeze(ROOT / "CHANGELOG.md", tree / "usr/share/doc/fifteen/changelog.gz")
    _put(tree, ROOT / "LICENSE", "usr/share/doc/fifteen", "copyright")
    # Compiled here: the folder is not writable where it will be used.
    run(sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
        "-s", str(tree), "-p", "/", str(libraries))  # fmt: skip


def _environment(tree: Path) -> None:
    """A virtual environment as Python's own tool would make it, for the
    system's interpreter at the place where it will stand."""
    root = tree / HOME / ".venv"
    (root / "bin").mkdir()
    (root / "bin" / "python3").symlink_to(f"/usr/bin/{PYTHON}")
    (root / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {sys.version.split()[0]}\n",
        encoding="utf-8",
    )
    start = root / "bin" / "fifteen"
    start.write_text(START.format(python=f"/{HOME}/.venv/bin/python3"), encoding="utf-8")
    start.chmod(0o755)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/fifteen").symlink_to(f"/{HOME}/.venv/bin/fifteen")


def _put(tree: Path, file: Path, folder: str, name: str = "") -> None:
    target = tree / folder / (name or file.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    target.chmod(file.stat().st_mode & 0o755)


def _squeeze(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(file.read_bytes())


def build(wheel: Path, folder: Path) -> Path:
    """The package, in ``folder``; its path."""
    with tempfile.TemporaryDirectory(prefix="fifteen-deb-") as work:
        tree = Path(work) / "tree"
        tree.mkdir(mode=0o755)
        fill(tree, wheel)
        meta = tree / "DEBIAN"
        meta.mkdir()
        (meta / "control").write_text(control(size(tree) >> 10), encoding="utf-8")
        for name, text in (("postinst", POSTINST), ("prerm", PRERM)):
            (meta / name).write_text(text, encoding="utf-8")
            (meta / name).chmod(0o755)
        run("chmod", "-R", "u=rwX,go=rX", str(tree))
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"fifteen_{version('fifteen')}_{architecture()}.deb"
        run("dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(tree), str(made),
            stdout=subprocess.DEVNULL, env={**os.environ, "XZ_OPT": "-T0"})  # fmt: skip
    return made


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
