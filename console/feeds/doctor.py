"""What this machine's video libraries can do, as plain data for ``doctor``."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from console.feeds.files import WANTED, raise_limit
from console.feeds.vlc_library import NoLibVlc, load

#: Tiles, the focus player and a spare: below this the wall may not fit.
SHM_FLOOR: Final = 512 << 20
#: libVLC modules that tiles cannot do without.
TILE_PLUGINS: Final = (
    "imem", "avcodec", "swscale",
    "stream_out_transcode", "stream_out_smem", "packetizer_h264", "packetizer_hevc",
)  # fmt: skip
#: Those, and what the player needs besides.
NEEDED_PLUGINS: Final = (*TILE_PLUGINS, "ts", "vmem")
_SHM: Final = Path("/dev/shm")


def checks() -> list[Mapping[str, Any]]:
    """Checks ``libvlc libvlc_rtsp engine av shm files``: each ``{id, ok}`` and the
    facts its sentence needs."""
    vlc, av = check_libvlc(), check_av()
    engine = default_engine() if av["ok"] else "vlc" if vlc["ok"] else ""
    return [
        vlc,
        {"id": "libvlc_rtsp", "ok": bool(vlc["ok"]) and has_live555()},
        {"id": "engine", "ok": bool(engine), "engine": engine},
        av,
        check_shm(),
        check_files(),
    ]


def default_engine() -> str:
    """What decodes moving tiles on this platform unless told otherwise: PyAV,
    which ``bench wall`` found to cost less (36 tiles: 0.55 of a core, libVLC
    0.65)."""
    return "av"


def chosen(engine: str) -> str:
    """``auto`` as the engine it stands for; others as they are."""
    return default_engine() if engine == "auto" else engine


def check_libvlc() -> Mapping[str, Any]:
    """Whether libVLC loads and has the modules the player needs."""
    try:
        version = load().libvlc_get_version().decode("ascii", "replace")
    except NoLibVlc as error:
        return {"id": "libvlc", "ok": False, "version": "", "reason": str(error)}
    folders = list(plugin_folders())
    missing = lacking(NEEDED_PLUGINS)
    if missing:
        return {"id": "libvlc", "ok": False, "version": version, "reason": " ".join(missing)}
    return {
        "id": "libvlc",
        "ok": True,
        "version": version,
        "reason": "",
        "sound": sound_outputs(folders) or "-",
    }


def lacking(names: Sequence[str]) -> list[str]:
    """Which of these modules libVLC has not; none where its folder is not known."""
    folders = list(plugin_folders())
    return [name for name in names if folders and not _has_plugin(folders, name)]


def sound_outputs(folders: list[Path]) -> str:
    """libVLC's modules that play sound, by name; empty when it has none."""
    known = ("pulse", "alsa", "pipewire", "jack", "mmdevice", "directsound", "auhal")
    return " ".join(name for name in known if folders and _has_plugin(folders, name))


def has_live555() -> bool:
    """Whether this libVLC opens ``rtsp://`` by itself. Debian and Ubuntu
    build it without live555; there the player is fed from the ring."""
    return _has_plugin(list(plugin_folders()), "live555")


def plugin_folders() -> Iterator[Path]:
    """Where libVLC's modules may lie on this machine."""
    given = os.environ.get("VLC_PLUGIN_PATH", "")
    candidates = [Path(part) for part in given.split(os.pathsep) if part]
    # Without libVLC the folders below may still tell why.
    with suppress(NoLibVlc):
        beside = getattr(load(), "plugin_path", None)
        if beside:
            candidates += [Path(beside), Path(beside) / "plugins"]
    library = ctypes.util.find_library("vlc")
    if library and os.path.isabs(library):
        candidates.append(Path(library).parent / "vlc" / "plugins")
    if sys.platform.startswith("linux"):
        candidates += sorted(Path("/usr/lib").glob("*/vlc/plugins"))
        candidates += [Path("/usr/lib/vlc/plugins"), Path("/usr/local/lib/vlc/plugins")]
    for folder in dict.fromkeys(candidates):
        if folder.is_dir():
            yield folder


def _has_plugin(folders: list[Path], name: str) -> bool:
    return any(next(folder.rglob(f"lib{name}_plugin.*"), None) is not None for folder in folders)


def check_av() -> Mapping[str, Any]:
    """Whether PyAV loads and decodes both formats cameras speak."""
    try:
        import av
        from av.codec import Codec

        for name in ("h264", "hevc"):
            Codec(name, "r")
    except (ImportError, OSError, ValueError) as error:
        return {"id": "av", "ok": False, "version": "", "reason": type(error).__name__}
    return {"id": "av", "ok": True, "version": av.__version__, "reason": ""}


def check_files() -> Mapping[str, Any]:
    """Open files for several hundred cameras; 0: this system has no limit."""
    limit = raise_limit()
    return {"id": "files", "ok": limit == 0 or limit >= WANTED, "limit": limit}


def check_shm() -> Mapping[str, Any]:
    """Room for the frame slots."""
    if not _SHM.is_dir():
        return {"id": "shm", "ok": True, "free_mb": 0}
    free = shutil.disk_usage(_SHM).free
    return {"id": "shm", "ok": free >= SHM_FLOOR, "free_mb": free >> 20}
