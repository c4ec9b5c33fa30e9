"""Stored layouts: two seats never overwrite each other, a lock holds, a broken
text costs one entry and not all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from console.domain import rights
from console.domain.vocabulary import Role
from console.services.wall_layouts import Hung, Library, NamedLayout, Salvo, TourPlan, decode, encode

HUNG = Hung("8", ("a", "", "b@0,0,0.5,0.5"), True, 2, 1, ((0, 0, 1, 1), (1, 0, 1, 1)))
FULL = Library(
    (NamedLayout("早", HUNG, "li.na", 3), NamedLayout("b", Hung("9"))),
    (Salvo("夜", (("page", HUNG), ("wall-1", Hung("4", ("c",))))),),
    (TourPlan("t", "layouts", ("早", "b"), 15),),
)


def test_what_is_written_is_read() -> None:
    assert decode(encode(FULL)) == FULL
    assert decode("") == Library()


@pytest.mark.logs("stored layout")
@pytest.mark.parametrize("text", ["{", "[]", '{"form": 1, "layouts": 7}', "null", '{"form":"x"}'])
def test_a_broken_text_is_an_empty_library(text: str) -> None:
    assert decode(text) == Library()


@pytest.mark.logs("stored layout")
def test_one_broken_entry_costs_only_itself() -> None:
    raw = json.loads(encode(FULL))
    del raw["layouts"][0]["hung"]["layout"]
    assert decode(json.dumps(raw)) == replace(FULL, layouts=FULL.layouts[1:])


def test_who_may_save() -> None:
    assert {role for role in Role if rights.allowed(role, "layout.edit")} == {
        Role.DUTY, Role.LEADER, Role.CALLTAKER, Role.DISPATCHER,
    }  # fmt: skip
