"""The chance that a promise will be missed, on the card and in the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain.chance import Bin, Chance, Push
from console.domain.pace import Pace
from console.domain.vocabulary import DeadlineKind
from console.i18n import LANGUAGES
from console.models import chance_words
from console.services.views import CaseCard
from console.widgets.card_delegate import who_rect
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import desk, settle

pytestmark = pytest.mark.usefixtures("qapp")
PUSHES = (
    Push("calls", "3", 0.14, 40),
    Push("part", "rush", 0.08, 120),
    Push("class", "09006", -0.05, 61),
    Push("accept", "60", 0.03, 30),
    Push("place", "yatai", 0.02, 90),
)
BINS = (Bin(0.3, 0.5, 60, 0.4, 0.42, 0.30, 0.55), Bin(0.5, 0.8, 44, 0.62, 0.64, 0.49, 0.77))


def foretold(start: float = 0.3, end: float = 0.78, left_s: float = 240, warn: float = 0.5) -> Chance:
    """A chance that grows from ``start`` to ``end`` in six steps until due."""
    now = samples.NOW
    steps = [(now + timedelta(seconds=left_s * n / 6), start + (end - start) * n / 5) for n in range(6)]
    due = now + timedelta(seconds=left_s)
    return Chance(
        DeadlineKind.ARRIVAL, due, tuple(steps), 0.21, PUSHES, 1250, 98, warn, due, BINS
    )  # fmt: skip


def enroute(chance: Chance | None, need_s: float = 60) -> CaseCard:
    base = next(card for card in samples.cards() if card.number == "#1045")
    assert base.headline is not None
    head = replace(base.headline, due_at=samples.NOW + timedelta(seconds=240))
    pace = Pace(need_s, 12, 240, "all", samples.NOW, head.due_at, head.due_at)
    return replace(base, headline=head, chance=chance, pace=pace)


def test_a_card_says_it_once_the_chance_is_high() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        card = enroute(foretold())
        rig.board(samples.board((card,)))
        view = board.columns["enroute"].view
        row = who_rect(view.visualRect(view.model().index(0, 0)))
        yellow = rig.theme.color("lamp.yellow")
        quiet = view.grab().toImage().pixelColor(row.left() + 17, row.top() + 8)
        assert quiet != yellow
        assert not board.delegate.turned(card)
        rig.tick(130)  # 59 % from the fourth step on
        assert view.grab().toImage().pixelColor(row.left() + 17, row.top() + 8) == yellow
        tip = board.delegate.tip(card)
        assert "超时风险 59%" in tip
        assert "只看剩余时间：21%" in tip
        assert "实际超时 64%（49–77%）" in tip
        painted = board.delegate.painted
        rig.tick(40)  # 68 %: other words
        assert board.delegate.painted > painted
        assert not board.delegate.turned(card), "it was painted again"
        rig.tick(100)
        assert "超时风险" not in board.delegate.tip(card), "it is over: the red lamp says that"


def test_what_is_foretold_speaks_before_what_is_usual() -> None:
    """One word a card: a chance below the site's figure is none, however long
    such cases usually take."""
    with desk() as rig:
        rig.sign_in()
        from console.widgets.card_delegate import _short

        delegate, now = rig.parts.board.delegate, samples.NOW
        rig.board(samples.board())
        for chance, need, words in (
            (None, 300, "常需 5 分"),
            (None, 60, ""),
            (foretold(), 300, ""),
            (foretold(0.8, 0.9), 60, "超时风险 80%"),
            (foretold(0.8, 0.9, warn=0.0), 60, ""),
        ):
            card = enroute(chance, need)
            assert _short(card, delegate.read(card), now) == words


def test_on_a_low_display_only_a_warning_has_room() -> None:
    with desk(size=(1366, 768)) as rig:
        rig.sign_in()
        detail = rig.parts.detail
        rig.case(replace(samples.case_view(), chance=foretold()))
        assert not [row for row in detail.clocks.words() if "风险" in row], "30 % is no warning"
        rig.tick(130)
        assert detail.chance.words == ""
        (said,) = [row for row in detail.clocks.words() if "风险" in row]
        assert said.startswith("到场")
        assert said.endswith("超时风险 59%")
        assert detail.note.visibleRegion().boundingRect().height() == detail.note.height()
        rig.window.resize(1920, 1080)
        settle()
        assert "+14" in detail.chance.words
        assert not [row for row in detail.clocks.words() if "风险" in row], "said once"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_case_says_why(lang: str) -> None:
    with desk() as rig:
        rig.sign_in()
        switch_language(lang)
        line = rig.parts.detail.chance
        rig.case(samples.case_view())
        assert line.words == ""
        rig.case(replace(samples.case_view(), chance=foretold()))
        assert "30" in line.words
        assert line.words.index("+14") < line.words.index("+8")
        assert "−5" not in line.words, "two facts are enough"
        label = line._words
        assert "−5" in label.toolTip()
        assert "+2" not in label.toolTip(), "four are"
        assert label.property("tone") == "muted"
        assert all(words in label.toolTip() for words in ("21%", "1250", "98"))
        rig.tick(130)
        assert "59" in line.words
        assert label.property("tone") == "yellow"
        switch_language("en" if lang == "zh" else "zh")
        settle()
        assert ("arrival" in line.words.lower()) == (lang == "zh")
        switch_language(lang)
        settle()
        assert cut_texts(rig.parts.detail) == []
        rig.tick(115)
        assert line.words == "", "it is over"
        rig.case(replace(samples.case_view(), chance=foretold(0.02, 0.05, 600)))
        assert line.words == "", "not worth a line"


def test_the_case_and_its_card_say_one_figure() -> None:
    """Another call for the team came in: only the board knows of it."""
    with desk() as rig:
        rig.sign_in()
        view = replace(samples.case_view(), chance=foretold())
        rig.case(view)
        line = rig.parts.detail.chance
        assert "30%" in line.words
        base = next(card for card in samples.cards() if card.id == view.case.id)
        card = replace(base, version=view.case.version, chance=foretold(0.44, 0.9))
        rig.board(samples.board((card,)))
        assert "44%" in line.words
        older = replace(card, version=view.case.version - 1, chance=foretold(0.7, 0.9))
        rig.board(samples.board((older,)))
        assert "44%" in line.words, "a board that does not know the last step"
        rig.board(samples.board((replace(card, chance=None),)))
        assert line.words == ""


def test_words_of_every_fact() -> None:
    for lang in LANGUAGES:
        switch_language(lang)
        said = [
            chance_words.fact_words(fact, level)
            for fact, level in (
                ("class", "09006"), ("place", "yatai"), ("team", "t1"), ("desk", "0"), ("desk", "3"),
                ("calls", "0"), ("calls", "5"), ("accept", "yes"), ("accept", "0"), ("accept", "180"),
                ("part", "night"), ("part", "morning"), ("part", "day"), ("part", "rush"),
                ("part", "evening"),
            )
        ]  # fmt: skip
        assert len(set(said)) == len(said)
        assert all(words and "{" not in words and "chance." not in words for words in said)
        plain = replace(foretold(), pushes=())
        assert chance_words.reasons(plain) in chance_words.line(plain, samples.NOW)
    switch_language("zh")
    assert [chance_words.percent(value) for value in (0.0, 0.004, 0.505, 0.999, 1.0)] == [1, 1, 50, 99, 99]
