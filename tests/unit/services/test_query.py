"""The language of search: what a line means, and what is said of one that means nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from console.domain.errors import Refusal
from console.i18n import LANGUAGES, explain
from console.services import query
from console.services.query import FIELDS, Lexicon, Name, Wanted

ZONE = ZoneInfo("Asia/Shanghai")
#: A Thursday, 16:20 on the site.
NOW = datetime(2026, 3, 5, 8, 20, tzinfo=UTC)
LEXICON = Lexicon(
    (
        Name("state", "suspended", "挂账", "Suspended", "gz"),
        Name("state", "closed", "已结案", "Closed", "yja"),
        Name("state", "filed", "待派遣", "Filed", "dpq"),
        Name("team", "appearance", "市容一队", "Appearance team", "sryd"),
        Name("team", "green", "绿化队", "Green team", "lhd"),
        Name("community", "C1", "望江社区", "Wangjiang", "wjsq"),
        Name("camera", "cam-07", "望江路口", "", "wjlk"),
        Name("officer", "li.na", "李娜", "Li Na", "ln"),
        Name("condition", "E09006-1", "占道经营", "Street vending", "zdjy"),
        Name("category", "09006", "09006", "09006"),
        Name("category", "09006", "04-06", "04-06"),
    )
)


def read(line: str) -> Wanted:
    return query.read(line, LEXICON, NOW, ZONE)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]


def refused(line: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(line)
    for lang in LANGUAGES:
        message, mend = explain(caught.value, lang)
        assert message
        assert mend
        assert "{" not in message + mend
    return caught.value


def test_words_must_all_be_found() -> None:
    wanted = read("占道  水果 zdjy")
    assert wanted.groups == ((("", "占道"),), (("", "水果"),), (("", "zdjy"),))
    assert wanted.words == ("占道", "水果", "zdjy")
    assert not wanted.empty


def test_a_bare_word_may_be_a_name_of_the_site() -> None:
    assert read("挂账").groups == ((("", "挂账"), ("state", "suspended")),)
    assert read("一队").groups == ((("", "一队"), ("team", "appearance")),)
    assert read("望江").groups == ((("", "望江"), ("community", "C1"), ("camera", "cam-07")),)
    assert read("李娜").groups == ((("", "李娜"), ("officer", "li.na")),)


@pytest.mark.parametrize(
    ("line", "group"),
    [
        ("状态:挂账", (("state", "suspended"),)),
        ("state:suspended", (("state", "suspended"),)),
        ("STATE：Suspended", (("state", "suspended"),)),
        ("zt:gz", (("state", "suspended"),)),
        ("状态:挂账,已结案", (("state", "suspended"), ("state", "closed"))),
        ("状态:挂账、待派遣", (("state", "suspended"), ("state", "filed"))),
        ("state:open", (("state", "suspended"), ("state", "filed"))),
        ("状态:办结", (("state", "closed"),)),
        ("队伍:sryd", (("team", "appearance"),)),
        ("team:一队", (("team", "appearance"),)),
        ('team:"Appearance team"', (("team", "appearance"),)),
        ("社区:望江", (("community", "C1"),)),
        ("监控:cam", (("camera", "cam-07"),)),
        ("by:李娜", (("officer", "li.na"),)),
        ("类别:占道", (("condition", "E09006-1"),)),
        ("类别:09006", (("category", "09006"),)),
        ("category:04-06", (("category", "09006"),)),
        ("备注:水果", (("", "水果"),)),
    ],
)
def test_fields(line: str, group: object) -> None:
    assert read(line).groups == (group,)


@pytest.mark.parametrize(
    ("line", "since", "until"),
    [
        ("今天", local(2026, 3, 5), local(2026, 3, 6)),
        ("today", local(2026, 3, 5), local(2026, 3, 6)),
        ("昨天", local(2026, 3, 4), local(2026, 3, 5)),
        ("昨天 22-6", local(2026, 3, 4, 22), local(2026, 3, 5, 6)),
        ("昨天 8:30-12点", local(2026, 3, 4, 8, 30), local(2026, 3, 4, 12)),
        ("本周", local(2026, 3, 2), local(2026, 3, 9)),
        ("上周", local(2026, 2, 23), local(2026, 3, 2)),
        ("上月", local(2026, 2, 1), local(2026, 3, 1)),
        ("近7天", local(2026, 2, 27), local(2026, 3, 6)),
        ("7d", local(2026, 2, 27), local(2026, 3, 6)),
        ("2026-03", local(2026, 3, 1), local(2026, 4, 1)),
        ("2025年12月", local(2025, 12, 1), local(2026, 1, 1)),
        ("12月", local(2025, 12, 1), local(2026, 1, 1)),
        ("3月4日", local(2026, 3, 4), local(2026, 3, 5)),
        ("２０２６－０３－０４", local(2026, 3, 4), local(2026, 3, 5)),
        ("2026-03-01..2026-03-04", local(2026, 3, 1), local(2026, 3, 5)),
        ("2026-02~2026-03", local(2026, 2, 1), local(2026, 4, 1)),
        ("时间:昨天", local(2026, 3, 4), local(2026, 3, 5)),
        ("从:2026-03-01 到:2026-03-02", local(2026, 3, 1), local(2026, 3, 3)),
        ("from:2026-03-04T08:00 to:today", local(2026, 3, 4, 8), local(2026, 3, 6)),
    ],
)
def test_times(line: str, since: datetime, until: datetime) -> None:
    wanted = read(line)
    assert (wanted.since, wanted.until) == (since, until)
    assert not wanted.groups


def test_times_narrow_each_other() -> None:
    wanted = read("本月 昨天")
    assert (wanted.since, wanted.until) == (local(2026, 3, 4), local(2026, 3, 5))
    assert refused("今天 昨天").detail == "query_span"


def test_numbers_and_persons() -> None:
    wanted = read("20260304-0012 #0123 编号:77 报案人:王芳 电话:13800001111")
    assert wanted.numbers == ("20260304-0012", "#0123", "77")
    assert wanted.persons == ("王芳", "13800001111")
    assert not wanted.words, "a reporter's name is shown nowhere again"


def test_quotes_keep_words_as_they_are() -> None:
    assert read('"今天 占道"').groups == ((("", "今天 占道"),),)
    assert read('备注:"两个 词"').words == ("两个 词",)


def test_nothing_is_nothing() -> None:
    assert read("").empty
    assert read('   "" ').empty


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("tema:一队", "query_field"),
        ("颜色:红", "query_field"),
        ("状态:飞走", "query_value"),
        ("team:", "query_empty"),
        ('team:""', "query_empty"),
        ("2026-13", "query_time"),
        ("2026-02-30", "query_time"),
        ("时间:某天", "query_time"),
        ("昨天 25-30", "query_time"),
        ("2026-03-05..2026-03-01", "query_time"),
        ("占" * 500, "query_long"),
        ("a " * 60, "query_many"),
    ],
)
def test_what_cannot_be_read_is_told(line: str, detail: str) -> None:
    assert refused(line).detail == detail


def test_a_slip_of_the_hand_is_shown_what_is_near() -> None:
    assert "team:" in str(refused("tema:一队").facts["known"])
    assert "挂账" in str(refused("状态:挂帐").facts["near"])


def test_hostile_lines_mean_text() -> None:
    for line in ("😀😀", "a'b\" OR 1=1 --", "*)(", "%_", "10:30", "\x00\x01x"):
        assert isinstance(read(line), Wanted)


def test_no_name_of_a_field_is_taken_twice() -> None:
    names = [name for known in FIELDS.values() for name in known]
    assert len(names) == len(set(names))
