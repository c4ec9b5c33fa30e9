"""numpy, read when it is first used.

Reading it takes longer than most commands of the command line; those that count
nothing shall not wait for it. Modules write::

    if TYPE_CHECKING:
        import numpy as np
    else:
        from console.services.late_numpy import np
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final


class _Late(ModuleType):
    """Stands for numpy; keeps every name it was asked for."""

    def __getattr__(self, name: str) -> Any:
        import numpy

        found = getattr(numpy, name)
        setattr(self, name, found)
        return found


np: Final = _Late("numpy")
