"""What hung on each wall when the console ended, in the data folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from console.wiring.kept_file import KeptFile

log = logging.getLogger(__name__)

#: The form of the file.
FORM: Final = 1


class WallsFile(KeptFile):
    """``walls.json``."""

    def read(self) -> dict[str, dict[str, Any]]:
        """Per place what was kept; nothing for a file that is missing or (with
        a line in the log) broken."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if found["form"] != FORM:
                raise ValueError(f"form {found['form']}")
            return {str(place): dict(row) for place, row in found["walls"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("what hung on the walls cannot be read, they start anew: %s", error)
            return {}

    def want(self, walls: Mapping[str, Mapping[str, Any]]) -> bool:
        """What the next :meth:`write` stores; False when that is there already."""
        return super().want({"form": FORM, "walls": walls})
