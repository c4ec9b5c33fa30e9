"""Spoken alarms, where the machine has a voice: speech-dispatcher or espeak-ng
on Linux, the system's own on a Mac.

A sentence is a process of its own, started and awaited in a thread of its own:
a voice that hangs keeps neither the screen nor the next sound. While one
sentence is spoken nothing queues up; who has more to say sums it up.
"""

from __future__ import annotations

import logging
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Final

log = logging.getLogger(__name__)

#: A sentence that takes longer is cut off, seconds.
LONGEST_S: Final = 20.0
#: A sentence is cut to so many characters: nobody listens to a page.
MOST_CHARACTERS: Final = 160
#: Programs that speak, best first: name, then arguments by language; the
#: sentence comes last, behind a ``--`` so that it can never be an option.
VOICES: Final[tuple[tuple[str, dict[str, tuple[str, ...]]], ...]] = (
    ("spd-say", {"zh": ("-w", "-l", "zh", "--"), "en": ("-w", "-l", "en", "--")}),
    ("espeak-ng", {"zh": ("-v", "cmn", "--"), "en": ("-v", "en", "--")}),
    ("say", {"zh": ("-v", "Tingting", "--"), "en": ("--",)}),
)


class Speech:
    """One voice. ``changed`` is called, in its thread, when it turns out that
    there is a voice or that it does not work."""

    def __init__(
        self,
        changed: Callable[[], None],
        find: Callable[[str], str | None] = shutil.which,
        voices: Sequence[tuple[str, dict[str, tuple[str, ...]]]] = VOICES,
    ) -> None:
        self._changed, self._find, self._voices = changed, find, tuple(voices)
        self._wanted: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._busy = False
        self._ended = False
        self._usable = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="speech")
        self._thread.start()

    @property
    def usable(self) -> bool:
        """Whether a voice is installed and has not failed."""
        return self._usable

    @property
    def busy(self) -> bool:
        """Whether a sentence is being spoken."""
        return self._busy

    def say(self, sentence: str, lang: str) -> bool:
        """Speak soon; False when one is being spoken or nobody can."""
        with self._lock:
            if self._busy or not self._usable or self._ended:
                return False
            self._busy = True
        self._wanted.put((" ".join(sentence.split())[:MOST_CHARACTERS], lang))
        return True

    def stop(self) -> None:
        """Cut off what is being said; the thread ends."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()
        self._wanted.put(None)
        self._thread.join()

    def _run(self) -> None:
        found = [(path, how) for name, how in self._voices if (path := self._find(name)) is not None]
        self._set_usable(bool(found))
        while (wanted := self._wanted.get()) is not None:
            sentence, lang = wanted
            while found and not self._speak([found[0][0], *found[0][1].get(lang, ("--",)), sentence]):
                if self._ended:
                    break
                log.warning("the voice %s does not speak", found[0][0])
                found.pop(0)
            self._busy = False
            self._set_usable(bool(found))

    def _speak(self, command: Sequence[str]) -> bool:
        nothing = subprocess.DEVNULL
        try:
            with self._lock:
                if self._ended:
                    return False
                process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
                self._process = process
        except OSError:
            return False
        try:
            return process.wait(LONGEST_S) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True  # it spoke, only for too long
        finally:
            with self._lock:
                self._process = None

    def _set_usable(self, usable: bool) -> None:
        if usable != self._usable:
            self._usable = usable
            if not self._ended:
                self._changed()
