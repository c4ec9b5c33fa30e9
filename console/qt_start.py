"""Qt's Python binding reads the source of every module that is imported after
it, 500 files, to learn whether the module might ask for one of its optional
spellings (``snake_case``, ``true_property``). None here does. That look is half a
second of a start and megabytes of source kept in memory.
"""

from __future__ import annotations

import logging
import sys

log = logging.getLogger(__name__)
_MODULE, _ASKS = "shibokensupport.feature", "_mod_uses_pyside"


def quicken() -> bool:
    """Spare the binding that look; to be called before the windows' modules are
    imported. False where a release of the binding has nothing to spare."""
    import PySide6.QtCore  # noqa: F401 - brings the module below with it

    feature = sys.modules.get(_MODULE)
    if feature is None or not hasattr(feature, _ASKS):
        log.info("this release of PySide6 looks at imports in another way")
        return False
    setattr(feature, _ASKS, _every)
    return True


def _every(_module: object) -> bool:
    """Each module is taken for one that uses Qt plainly: the spelling of its
    names stays what it is everywhere else."""
    return True
