"""Takes out of an installed PySide6 what this program never uses.

Qt's web engine, 3D, QML and tools are two thirds of it. What stays: the modules
named here, the plugins they load by themselves, and every library these need
(as their ELF headers say).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

MODULES = ("QtCore", "QtGui", "QtWidgets", "QtMultimedia", "QtTextToSpeech", "QtNetwork", "QtDBus", "QtSvg")
#: Folders below ``Qt/plugins`` that are loaded by name at run time.
PLUGINS = (
    "egldeviceintegrations",
    "iconengines",
    "imageformats",
    "multimedia",
    "platforminputcontexts",
    "platforms",
    "platformthemes",
    "styles",
    "texttospeech",
    "tls",
    "wayland-decoration-client",
    "wayland-graphics-integration-client",
    "wayland-shell-integration",
    "xcbglintegrations",
)
#: Plugins of these folders that only what is taken out could use.
WITHOUT = ("libqpdf.so", "libqtvirtualkeyboardplugin.so", "libqtwebview")
WORDS = ("qtbase_zh_CN.qm", "qtbase_en.qm")


def slim(pyside: Path) -> int:
    """Cut the PySide6 package in folder ``pyside`` down; bytes freed."""
    before = size(pyside)
    qt = pyside / "Qt"
    keep = {f"{name}.abi3.so" for name in MODULES}
    for path in pyside.iterdir():
        if path.name.startswith("Qt") and path.name.endswith(".abi3.so") and path.name not in keep:
            path.unlink()
        elif path.is_file() and path.suffix in (".pyi", ".qml", "") and path.name != "py.typed":
            path.unlink()  # stubs, and the tools (designer, linguist, qmlls …)
        elif path.is_dir() and path.name not in ("Qt", "support", "__pycache__"):
            shutil.rmtree(path)
    for path in qt.iterdir():
        if path.name not in ("lib", "plugins", "translations"):
            shutil.rmtree(path)
    for path in (qt / "plugins").iterdir():
        if path.name not in PLUGINS:
            shutil.rmtree(path)
    for path in (qt / "plugins").rglob("*.so"):
        if path.name.startswith(WITHOUT):
            path.unlink()
    for path in (qt / "translations").iterdir():
        if path.name not in WORDS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _drop_unneeded(pyside, qt / "lib")
    return before - size(pyside)


def _drop_unneeded(pyside: Path, libraries: Path) -> None:
    """Delete the libraries nothing that stays needs, directly or not."""
    there = {path.name: path for path in libraries.iterdir() if ".so" in path.name}
    # What Qt opens by name when it runs under X or Wayland.
    needed = {name for name in there if name.startswith(("libQt6XcbQpa", "libQt6EglFS"))}
    starting = [path for path in pyside.rglob("*.so*") if libraries not in path.parents]
    waiting = [*starting, *(there[name] for name in needed)]
    while waiting:
        for name in needs(waiting.pop()):
            if name in there and name not in needed:
                needed.add(name)
                waiting.append(there[name])
    for name, path in there.items():
        if name not in needed:
            path.unlink()
    for path in libraries.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def needs(library: Path) -> Iterable[str]:
    """Names of the libraries that ``library`` asks for (ELF ``NEEDED``)."""
    words = ["readelf", "-d", str(library)]
    env = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    told = subprocess.run(words, capture_output=True, text=True, check=False, env=env).stdout
    return [line.partition("[")[2].rstrip("]") for line in told.splitlines() if "(NEEDED)" in line]


def size(folder: Path) -> int:
    """Bytes of all files below ``folder``."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
