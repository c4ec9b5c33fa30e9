"""Whether a camera's picture shows anything, and whether it is whole.

Two judgements of the decoder thread, both slow to come and quick to explain:

*Covered*: nothing in the picture has an edge, or all of it is one level. A hand,
a bag, paint, a lens in the dark look like that; a street does not, be it at night,
in rain or in haze. Looked at by means over short runs of points, so that the noise
of a dark sensor is not taken for edges.

*Torn*: the decoder had to invent parts of pictures. A group of pictures counts as
torn when one of it was: what follows a torn picture is smeared up to the next key
frame, whatever the decoder says of it.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import Final

#: The picture is looked at along so many lines, each in so many runs of points.
LINES: Final = 16
RUNS: Final = 48
#: Neighbouring runs that differ by more than this many levels are an edge.
EDGE: Final = 6.0
#: Fewer edges than this share of all neighbours: nothing is seen. The street
#: clips have 0.20 to 0.46 (dusk and haze the fewest), at a seventh of their light
#: 0.04, a bag or paint before the lens 0.
FEW_EDGES: Final = 0.015
#: All runs within about this many levels (standard deviation): one grey, however
#: noisy. The street clips have 24 to 48, at a seventh of their light 6, a covered
#: lens 0.4 to 4.
ONE_LEVEL: Final = 5.0
#: So many looks in a row at nothing, over at least so many seconds, are a covered
#: lens: a lorry that stops before a camera moves on, lightning passes.
COVERED_LOOKS: Final = 3
COVERED_S: Final = 3.0
#: So many looks in a row at something end it.
SEEN_LOOKS: Final = 2
#: While nothing is suspected a picture is looked at this often, s.
LOOK_S: Final = 5.0
#: Of the last ``TORN_OF`` groups of pictures so many torn ones are a bad stream;
#: so many whole ones in a row are a good one again.
TORN_OF: Final = 5
TORN_GROUPS: Final = 3
WHOLE_GROUPS: Final = 3


def shows_nothing(luma: bytes, width: int, height: int, stride: int) -> bool:
    """Whether the brightness plane of a picture (``stride`` bytes a line) has
    neither edges nor levels. Pictures smaller than the grid always show something."""
    size = width // RUNS
    if not size or height < LINES:
        return False
    edges, means = 0, []
    for line in range(LINES):
        at = (2 * line + 1) * height // (2 * LINES) * stride
        row = [sum(luma[x : x + size]) / size for x in range(at, at + size * RUNS, size)]
        edges += sum(not -EDGE <= a - b <= EDGE for a, b in pairwise(row))
        means += row
    if edges < FEW_EDGES * LINES * (RUNS - 1):
        return True
    level = sum(means) / len(means)
    return sum((mean - level) ** 2 for mean in means) < ONE_LEVEL**2 * len(means)


class PictureCheck:
    """What was found of one camera. Instants are monotonic seconds.

    Written by its decoder thread; others read ``covered_since`` and
    ``torn_since``, which are ``None`` while nothing is wrong.
    """

    def __init__(self) -> None:
        self.covered_since: float | None = None
        self.torn_since: float | None = None
        self.looks = 0
        """Pictures looked at so far, for measurements."""
        self._looked_at = float("-inf")
        self._nothing = self._something = 0
        self._nothing_at = 0.0
        self._groups: deque[tuple[bool, float]] = deque(maxlen=TORN_OF)

    @property
    def curious(self) -> bool:
        """True while it is open whether the lens is covered, or the stream bad:
        the next pictures decide."""
        if bool(self._something) != (self.covered_since is None) and self.looks:
            return True
        return bool(self._groups) and self._groups[-1][0] != (self.torn_since is not None)

    def wants(self, at: float) -> bool:
        """Whether a key frame of the instant ``at`` is worth a look."""
        return self.curious or at - self._looked_at >= LOOK_S

    def look(self, nothing: bool, at: float) -> None:
        """A key frame was looked at: it shows ``nothing``, or something."""
        self.looks += 1
        self._looked_at = at
        if not nothing:
            self._nothing, self._something = 0, self._something + 1
            if self._something >= SEEN_LOOKS:
                self.covered_since = None
            return
        if not self._nothing:
            self._nothing_at = at
        self._nothing, self._something = self._nothing + 1, 0
        if self._nothing >= COVERED_LOOKS and at - self._nothing_at >= COVERED_S:
            self.covered_since = self.covered_since or self._nothing_at

    def decoded(self, key: bool, torn: bool, at: float) -> None:
        """A picture came out of the decoder; ``torn``: parts of it are invented."""
        if key or not self._groups:
            self._groups.append((torn, at))
        elif torn and not self._groups[-1][0]:
            self._groups[-1] = (True, self._groups[-1][1])
        else:
            return
        self._judge()

    def _judge(self) -> None:
        bad = [at for torn, at in self._groups if torn]
        if self.torn_since is None:
            if len(bad) >= TORN_GROUPS:
                self.torn_since = bad[0]
        # The newest group may still be torn by what follows.
        elif not any(torn for torn, _ in list(self._groups)[-WHOLE_GROUPS - 1 :]):
            self.torn_since = None
