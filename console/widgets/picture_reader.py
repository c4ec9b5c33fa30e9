"""Picture files read in a thread of their own, scaled while they are read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QImageReader

#: What one picture may unpack to, megabytes: a bomb is refused by Qt's reader.
MOST_MB: Final = 256

#: A room larger by less than this is not worth reading the file again for.
MORE: Final = 1.25


class PictureReader(QObject):
    """``ready(key, QImage)`` on the GUI thread; a null image is one that could
    not be read. Asked again for the same key and no more room, nothing happens."""

    ready = Signal(str, QImage)
    _loaded = Signal(str, QImage)

    def __init__(self, name: str, parent: QObject) -> None:
        """``name``: of the thread, which starts with the first picture."""
        super().__init__(parent)
        self._name = name
        self._pool: ThreadPoolExecutor | None = None
        self._asked: dict[str, QSize] = {}
        self._loaded.connect(self._on_loaded, Qt.ConnectionType.QueuedConnection)

    def ask(self, key: str, path: str, room: QSize) -> None:
        """Read ``path`` to fit ``room`` (device pixels)."""
        before = self._asked.get(key)
        if (
            before is not None
            and room.width() <= before.width() * MORE
            and room.height() <= before.height() * MORE
        ):
            return
        self._asked[key] = room
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self._name)
        self._pool.submit(self._load, key, path, room)

    def forget(self, kept: frozenset[str] = frozenset()) -> None:
        """Let everything but ``kept`` be read anew when it is asked for."""
        self._asked = {key: room for key, room in self._asked.items() if key in kept}

    def close(self) -> None:
        """End the thread; called before the window goes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _load(self, key: str, path: str, room: QSize) -> None:
        # In the reading thread: QImage may be used there, QPixmap may not.
        self._loaded.emit(key, read(path, room))

    @Slot(str, QImage)
    def _on_loaded(self, key: str, image: QImage) -> None:
        if key in self._asked:
            self.ready.emit(key, image)


def read(path: str, room: QSize) -> QImage:
    """A picture no larger than ``room``, px; null when it cannot be read."""
    reader = QImageReader(path)
    reader.setAllocationLimit(MOST_MB)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and (size.width() > room.width() or size.height() > room.height()):
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
