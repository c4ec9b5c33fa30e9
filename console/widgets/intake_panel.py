"""A case by hand: telephone, patrol, citizen, hand-down.

What the officer types first comes first: what it is, where it is. Everything
else may stay empty. Enter takes it in, Ctrl+Enter takes it in and files it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.model import Actor, Condition
from console.domain.vocabulary import Source
from console.i18n import either, explain, t
from console.models.drafts import Drafts
from console.models.names import NOBODY, NameBook
from console.models.typed import parse_time, plain
from console.services.intake_desk import TakeIn
from console.services.similar import Asked, SimilarCase
from console.services.views import ConditionHit
from console.services.whereabouts import Located, PlaceHit
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.fit_scroll import FitScroll
from console.widgets.intake_fields import SOURCES, IntakeFields
from console.widgets.parts import GROUP, button, clear, label, spaced, surface
from console.widgets.suggest_field import Suggestion

#: Enter waits this long for an answer to what was typed last, ms.
_PATIENCE_MS: Final = 1500
_SIMILAR_AFTER_MS: Final = 150


class IntakePanel(QWidget):
    """``opened(TakeIn)`` on Enter; ``left()``. Asks by ``condition_asked(text)``,
    ``place_asked(text)``, ``point_asked(lon, lat)``, ``similar_asked(Asked)``;
    ``case_wanted(case id)`` for a similar one; ``brought(QMimeData)`` for what
    was dropped or pasted; ``browse()`` and ``list_wanted()`` for files."""

    opened = Signal(object)
    left = Signal()
    condition_asked = Signal(str)
    place_asked = Signal(str)
    point_asked = Signal(float, float)
    similar_asked = Signal(object)
    case_wanted = Signal(str)
    brought = Signal(object)

    def __init__(self, theme: Theme, drafts: Drafts, ticker: Ticker | None = None) -> None:
        super().__init__()
        self._theme, self._drafts, self._ticker = theme, drafts, ticker
        self._actor: Actor | None = None
        self._names = NOBODY
        self._refusal: Refusal | None = None
        self._located: Located | None = None
        self._busy = self._then_file = False
        self._sent: tuple[tuple[str, str], ...] = ()
        self._hits: tuple[ConditionHit, ...] = ()
        self._places: tuple[PlaceHit, ...] = ()
        self._similar: tuple[SimilarCase, ...] = ()
        self._asked = Asked()
        self._title = label(theme, "", 20, bold=True)
        self._hint = label(theme, "", 12, tone="muted", wrap=True)
        self.fields = IntakeFields(theme, drafts)
        self._near = label(theme, "", 14, bold=True, wrap=True)
        self._near_rows = QVBoxLayout()
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._file = button(theme, "")
        self._cancel = button(theme, "")
        self._patience = _single(self, _PATIENCE_MS)
        self._soon = _single(self, _SIMILAR_AFTER_MS)
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self.retranslate()

    def _build(self) -> None:
        surface(self, "panel")
        inner = QWidget()
        surface(inner, "panel")
        body = QVBoxLayout(inner)
        spaced(body, 0, 8)
        body.setContentsMargins(0, 0, 12, 0)
        for one in (self._title, self._hint, self.fields, self._near):
            body.addWidget(one)
        spaced(self._near_rows, 0, 4)
        body.addLayout(self._near_rows)
        body.addWidget(self._error)
        # Two rows: the pane of a small display is narrower than the three.
        for row_of in ((self._go, self._cancel), (self._file,)):
            row = QHBoxLayout()
            spaced(row, 0, 8)
            for made in row_of:
                row.addWidget(made)
            row.addStretch(1)
            body.addLayout(row)
        body.addStretch(1)
        scroll = FitScroll()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self._scroll = scroll
        outer = QVBoxLayout(self)
        spaced(outer, GROUP, 0)
        outer.addWidget(scroll)

    def _connect(self) -> None:
        fields = self.fields
        fields.category.asked.connect(self.condition_asked)
        fields.place.asked.connect(self.place_asked)
        for one in (fields.category, fields.place):
            one.entered.connect(self._submit)
        fields.category.settled.connect(self._know)
        fields.place.settled.connect(self._placed)
        fields.entered.connect(self._submit)
        fields.brought.connect(self.brought)
        self._go.clicked.connect(self._plainly)
        self._file.clicked.connect(self._and_file)
        self._cancel.clicked.connect(self.left)
        self._patience.timeout.connect(self._give_up)
        self._soon.timeout.connect(self._ask_similar)

    # -- what the console tells ---------------------------------------------------

    def set_actor(self, actor: Actor | None) -> None:
        """Who takes in. Names of callers are only for who may read them."""
        self._actor = actor
        self.fields.set_actor(actor)

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names
        self._say_place()

    def take_conditions(self, text: str, hits: Sequence[ConditionHit]) -> None:
        """The answer to ``condition_asked``."""
        self._hits = tuple(hits)
        self.fields.category.answer(text, [_of_condition(hit.condition) for hit in hits])

    def take_places(self, text: str, hits: Sequence[PlaceHit]) -> None:
        """The answer to ``place_asked``."""
        self._places = tuple(hits)
        self.fields.place.answer(text, [self._of_place(hit) for hit in hits])

    def set_point(self, lon: float, lat: float) -> None:
        """A point of the map is the place; what lies there is asked for."""
        self._located = Located(lon, lat)
        self._say_place()
        self.point_asked.emit(lon, lat)

    def take_located(self, here: Located) -> None:
        """The answer to ``point_asked``."""
        self._located = here
        words = here.words or f"{here.lon:.6f}, {here.lat:.6f}"
        hit = PlaceHit("point", "", words, words, here.community, here.grid, here.camera, here.lon, here.lat)
        self.fields.place.put(Suggestion(words, words, hit))

    def take_similar(self, asked: Asked, found: Sequence[SimilarCase]) -> None:
        """The answer to ``similar_asked``; one to an older question is dropped."""
        if asked == self._asked:
            self._similar = tuple(one for one in found if one.open)[:3]
            self._list_similar()

    def add_file(self, path: str) -> None:
        """A file that is to become evidence of the case."""
        self.fields.add_file(path)

    # -- life ---------------------------------------------------------------------

    def take_focus(self) -> None:
        """Put the keyboard where the typing begins; a draft is looked up anew."""
        self.fields.category.setFocus(Qt.FocusReason.ShortcutFocusReason)
        for one in (self.fields.category, self.fields.place):
            if one.value is None and one.text:
                one.asked.emit(plain(one.text))

    def refuse(self, refusal: Refusal) -> None:
        """Say why not; what was typed stays."""
        self._busy, self._refusal = False, refusal
        self.retranslate()

    def broke(self) -> None:
        """The answer will not come; what was typed stays."""
        self._busy = False
        self.retranslate()

    def done(self) -> None:
        """The case is open: the sheet is empty for the next one. What was typed
        after it was sent belongs to the next one and stays."""
        self._refusal, self._busy = None, False
        if self.fields.state() == self._sent:
            self.fields.reset()
            self._located, self._similar = None, ()
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("intake.title"))
        self._hint.setText(t("intake.hint"))
        self.fields.retranslate()
        self.fields.category.show_hits([_of_condition(hit.condition) for hit in self._hits])
        self.fields.place.show_hits([self._of_place(hit) for hit in self._places])
        self._go.setText(t("intake.go"))
        self._file.setText(t("intake.go_file"))
        self._cancel.setText(t("desk.form.cancel"))
        for made in (self._go, self._file):
            made.setEnabled(not self._busy)
        self._error.setText(" ".join(explain(self._refusal)) if self._refusal is not None else "")
        self._error.setVisible(self._refusal is not None)
        self._say_place()
        self._list_similar()

    # -- inside -------------------------------------------------------------------

    @Slot()
    def _plainly(self) -> None:
        self._then_file = False
        self._send()

    @Slot()
    def _and_file(self) -> None:
        self._then_file = True
        self._send()

    @Slot()
    def _submit(self) -> None:
        self._then_file = False
        self._send()

    def _send(self) -> None:
        """Send, once both searches have been answered."""
        if self._busy or self._actor is None:
            return
        for one in (self.fields.category, self.fields.place):
            one.take_best()
            if one.waiting and not self._patience.isActive():
                self._patience.start()
            if one.waiting:
                one.wait_enter()
                return
        self._patience.stop()
        try:
            request = self._request(self._actor)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self._busy, self._refusal, self._sent = True, None, self.fields.state()
        self.retranslate()
        self.opened.emit(request)

    @Slot()
    def _give_up(self) -> None:
        for one in (self.fields.category, self.fields.place):
            one.give_up()

    def _request(self, actor: Actor) -> TakeIn:
        fields = self.fields
        condition = self._condition()
        if fields.category.text and condition is None:
            raise Refusal("unknown_condition", "typed", text=fields.category.text)
        if self._then_file and condition is None:
            raise Refusal("missing_condition", "intake")
        now = self._now()
        source, channel = SOURCES[fields.source.currentIndex()]
        found, reported = self._at("found_at", now), self._at("reported_at", now)
        if source is not Source.CAMERA and reported is None:
            reported = now
        request = TakeIn(
            actor,
            source=source,
            channel=channel,
            condition=condition.condition_id if condition is not None else "",
            place=fields.place.text,
            found_at=found,
            reported_at=reported,
            note=fields.note.toPlainText(),
            caller_name=fields.lines["caller_name"].text() if fields.callers else "",
            caller_phone=fields.lines["caller_phone"].text() if fields.callers else "",
            callback=fields.callers and fields.callback.isChecked(),
            files=fields.files,
            then_file=self._then_file,
        )
        hit = fields.place.value
        if isinstance(hit, PlaceHit):
            request = replace(
                request,
                place=hit.name_zh,
                community=hit.community,
                grid=hit.grid,
                camera=hit.camera if hit.kind == "camera" else "",
                lon=hit.lon,
                lat=hit.lat,
            )
        return request

    def _at(self, name: str, now: datetime) -> datetime | None:
        text = self.fields.lines[name].text()
        return parse_time(text, now) if text.strip() else None

    def _now(self) -> datetime:
        assert self._ticker is not None
        return self._ticker.now()

    def _condition(self) -> Condition | None:
        value = self.fields.category.value
        return value if isinstance(value, Condition) else None

    def _of_place(self, hit: PlaceHit) -> Suggestion:
        kind = t(f"intake.kind.{hit.kind}")
        where = self._names.community(hit.community)
        name = either(hit.name_zh, hit.name_en)
        words = " · ".join(word for word in (name, kind, where) if word)
        return Suggestion(words, name, hit)

    @Slot()
    def _placed(self) -> None:
        hit = self.fields.place.value
        if not (isinstance(hit, PlaceHit) and hit.kind == "point"):
            self._located = None
        self._say_place()
        self._know()

    def _say_place(self) -> None:
        hit = self.fields.place.value
        if not isinstance(hit, PlaceHit):
            self.fields.say_where("")
            return
        parts = [self._names.community(hit.community), hit.grid]
        here = self._located
        if here is not None and here.camera:
            parts.append(t("intake.camera_near", camera=here.camera, metres=round(here.camera_m)))
        elif hit.camera:
            parts.append(hit.camera)
        if hit.lon is not None and hit.lat is not None:
            parts.append(f"{hit.lon:.6f}, {hit.lat:.6f}")
        self.fields.say_where(" · ".join(part for part in parts if part))

    @Slot()
    def _know(self) -> None:
        self.fields.say_condition(self._condition())
        self._soon.start()

    @Slot()
    def _ask_similar(self) -> None:
        condition, hit = self._condition(), self.fields.place.value
        asked = Asked(
            condition=condition.condition_id if condition is not None else "", place=self.fields.place.text
        )
        if isinstance(hit, PlaceHit):
            asked = replace(asked, lon=hit.lon, lat=hit.lat, community=hit.community, place=hit.name_zh)
        if asked == self._asked:
            return
        self._asked = asked
        if asked == Asked():
            self._similar = ()
            self._list_similar()
        else:
            self.similar_asked.emit(asked)

    def _list_similar(self) -> None:
        clear(self._near_rows)
        self._near.setText(t("intake.similar", n=len(self._similar)))
        self._near.setVisible(bool(self._similar))
        for one in self._similar:
            name = either(one.name_zh, one.name_en) or t("desk.case.unnamed")
            metres = "" if one.metres is None else t("intake.metres", n=round(one.metres))
            words = " · ".join(
                part for part in (one.number, name, self._names.place(one.place), metres) if part
            )
            made = button(self._theme, words, "quiet")
            made.setProperty("case", one.id)
            made.clicked.connect(self._open_similar)
            self._near_rows.addWidget(made)

    @Slot()
    def _open_similar(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.case_wanted.emit(str(sender.property("case")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves (what was typed is kept), Ctrl+Enter files as well."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._then_file = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._send()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be dropped anywhere on the sheet."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """They become evidence of the case."""
        event.acceptProposedAction()
        self.brought.emit(event.mimeData())


def _single(parent: QWidget, after_ms: int) -> QTimer:
    made = QTimer(parent)
    made.setSingleShot(True)
    made.setInterval(after_ms)
    return made


def _of_condition(one: Condition) -> Suggestion:
    name = either(one.name_zh, one.name_en)
    words = f"{one.category.code}  {name}  {either(one.condition_zh, one.condition_en)}"
    return Suggestion(words, name, one)
