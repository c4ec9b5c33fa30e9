"""Where the plain files that come with the program lie: translations, themes,
sounds, the filing standard, the demonstration's district.

In the source tree they are ``resources/`` at its root; a wheel carries them
inside the package, where no other program's ``resources`` can stand for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
_PACKED: Final = _HERE / "_resources"

#: The folder of all of them.
RESOURCES: Final = _PACKED if _PACKED.is_dir() else _HERE.parent / "resources"
