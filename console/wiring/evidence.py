"""Evidence that is opened: pictures over the page, clips in the player, all else
by the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices

from console.domain import masks
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.widgets.clip_view import ClipView
from console.widgets.evidence_view import PICTURED
from console.windows.desk_base import DeskBase
from console.wiring.part import Part


class EvidenceReview(Part):
    """Opens what lies in a case."""

    _views: dict[DeskBase, ClipView] | None = None

    def _masks_of(self, camera: str) -> tuple[masks.Mask, ...]:
        return masks.of(self.console.cameras, camera)

    @Slot(str, str)
    def show(self, sha256: str, path: str) -> None:
        """Open one piece of the case that is shown."""
        desk = self.console.desk
        view = desk.parts.detail.view
        if view is None or not path:
            return
        one = next((one for one in view.case.evidence if one.sha256 == sha256), None)
        if one is not None and one.kind in PICTURED:
            pictures = [
                (each, view.evidence_paths[each.sha256])
                for each in view.case.evidence
                if each.kind in PICTURED and each.sha256 in view.evidence_paths
            ]
            desk.parts.evidence.open(pictures, sha256)
        elif one is not None and one.kind is EvidenceKind.CLIP:
            self._clip_view(desk).open(one, path)
        else:
            self._hand_over(path)

    def clip_view(self) -> ClipView:
        """The view of clips over the desk that is shown."""
        return self._clip_view(self.console.desk)

    def _clip_view(self, desk: DeskBase) -> ClipView:
        views = self._views = self._views or {}
        if desk not in views:
            feeds = self.engine.feeds
            assert feeds is not None
            made = views[desk] = ClipView(
                feeds, feeds.reviews, self.console.theme, desk.parts.page, self._masks_of
            )
            made.failed.connect(self._without_player)
        view = views[desk]
        view.retranslate()
        return view

    @Slot(str, str)
    def _without_player(self, path: str, problem: str) -> None:
        self.console.say(t(f"player.clip.{problem}", file=Path(path).name))
        self._hand_over(path)

    def _hand_over(self, path: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            self.console.desk.parts.toast.say("app.evidence.no_player", file=path)

    def entered(self) -> None:
        """Whoever leaves takes the clip away."""
        if self.console.actor is None:
            for view in (self._views or {}).values():
                view.close_clip()

    def stop(self) -> None:
        """Nothing is played any more."""
        for view in (self._views or {}).values():
            view.close_clip()
