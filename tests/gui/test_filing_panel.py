"""What the filing panel says of a condition: its limit, the grade of area that
it comes from, and what is no case, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.model import GradeLimit
from console.domain.vocabulary import Unit
from console.services.views import ConditionHit, IntakeView
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import Rig, desk, settle

pytestmark = pytest.mark.usefixtures("qapp")

ROAD = replace(
    samples.CONDITION,
    grade_limits=(GradeLimit("A", 1, Unit.URGENT_HOUR), GradeLimit("C", 1, Unit.WORK_DAY)),
    not_to_file_en="Stalls with a permit",
)
#: Grade of the place → what has to stand there, zh and en.
SAID = {
    "A": (
        ("1 紧急工作时", "A 类区域的时限（基本时限 2 紧急工作时）"),
        ("1 urgent hour", "Limit of grade A areas"),
    ),
    "B": (
        ("2 紧急工作时", "B 类区域没有单独时限"),
        ("2 urgent hours", "Grade B areas have no limit of their own"),
    ),
    "": (("此处未定区域等级", "C 1 工作日"), ("This place has no area grade", "C 1 working day")),
}


def words(rig: Rig) -> str:
    panel = rig.parts.detail.filing
    return "\n".join(one.text() for one in (panel._limit, panel._area, panel._not) if one.isVisible())


@pytest.mark.parametrize("grade", SAID)
def test_the_limit_and_the_grade_it_comes_from(grade: str) -> None:
    with desk(size=(1366, 768)) as rig:
        rig.sign_in()
        rig.case(replace(samples.registering(), intake=IntakeView(grade=grade), likely=ROAD))
        for lang, unwanted, said in zip(
            ("zh", "en"), ("经批准的临时摊位", "Stalls with a permit"), SAID[grade], strict=True
        ):
            switch_language(lang)
            settle()
            assert all(one in words(rig) for one in (*said, unwanted)), words(rig)
            assert cut_texts(rig.parts.detail.filing) == []


def test_a_condition_without_grades_says_nothing_of_them() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(replace(samples.registering(), intake=IntakeView(grade="A")))
        panel = rig.parts.detail.filing
        panel.take_focus()
        panel.field.setText("zdjy")
        panel.take("zdjy", [ConditionHit(samples.CONDITION)])
        assert "2 紧急工作时" in panel._limit.text()
        assert not panel._area.isVisible()
        switch_language("en")
        assert "经批准的临时摊位" in panel._not.text(), "what has no English stays as it is written"
