"""Rankings, heat, causes and what-if in words: one way to say a value, so that
screen, paper and command line agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from console.domain import kpi, ranking
from console.domain.figure_rules import FigureRules
from console.domain.periods import Period
from console.domain.ranking import CauseShare, Standing
from console.i18n import either, t
from console.models.cause_words import name as cause_name
from console.models.wording import local
from console.services.ranking_math import FOUND
from console.services.rankings import CauseList, Names, Ranking

DASH = "—"


def measure(name: str) -> str:
    """What a measure is called."""
    if name == FOUND:
        return t("ranking.measure.found_hour")
    one = kpi.BY_ID[name]
    return either(one.zh, one.en)


def group(by: str) -> str:
    """What groups are called."""
    return t(f"ranking.by.{by}")


def heading(by: str) -> str:
    """The same above a column."""
    words = group(by)
    return words[:1].upper() + words[1:]


def key_name(key: str, names: Names) -> str:
    """A group in the language now; a nameless key is said itself."""
    if not key:
        return t("ranking.nameless")
    found = names.get(key)
    return either(*found) if found is not None and any(found) else key


def period(one: Period) -> str:
    """``2026-11-01 – 11-30``, days included."""
    first, last = local(one.start), local(one.end - timedelta(microseconds=1))
    if one.kind == "free" and (first.hour or first.minute or (last.hour, last.minute) != (23, 59)):
        return f"{first:%Y-%m-%d %H:%M} – {local(one.end):%Y-%m-%d %H:%M}"
    if first.date() == last.date():
        return f"{first:%Y-%m-%d}"
    return f"{first:%Y-%m-%d} – {last:%m-%d}" if first.year == last.year else f"{first:%F} – {last:%F}"


def cut(name: str) -> str:
    """By which instant cases count."""
    return t(f"cli.kpi.cuts.{name}")


def value(number: float | None, kind: str, rules: FigureRules = kpi.DEFAULT_RULES) -> str:
    """A figure of ``kind`` (rate, seconds, score, count, hourly)."""
    if number is None:
        return DASH
    if kind == "rate":
        return share(number)
    if kind == "seconds":
        return span(number)
    if kind == "score":
        return f"{number:.1f} {rules.grade(number)}"
    return f"{number:.2f}" if kind == "hourly" else f"{number:,.0f}"


def share(number: float) -> str:
    """``94.4 %``."""
    return f"{number:.1%}".replace("%", " %")


def span(seconds: float) -> str:
    """``08:51``, from an hour on ``2:03:48``."""
    whole = int(abs(seconds) + 0.5)
    if whole < 3600:
        return f"{whole // 60:02d}:{whole % 60:02d}"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def interval(row: Standing, kind: str) -> str:
    """Its 95 % interval."""
    if row.low is None or row.high is None:
        return DASH
    return f"{value(row.low, kind)} – {value(row.high, kind)}"


def base(row: Standing, kind: str) -> str:
    """What it was measured on: ``n=62``, or hours for cameras."""
    if kind == "hourly":
        return t("ranking.hours", n=row.n, hours=f"{row.den:.0f}")
    return f"n={row.den:.0f}"


def change(row: Standing, kind: str) -> str:
    """Against the period before: points of per cent, seconds, or numbers."""
    if row.value is None or row.before is None:
        return DASH
    return difference(row.value - row.before, kind)


def difference(more: float, kind: str) -> str:
    """A change with its sign."""
    sign = "+" if more > 0 else "−" if more < 0 else "±"
    more = abs(more)
    if kind == "rate":
        return t("ranking.points", n=f"{sign}{more * 100:.1f}")
    if kind == "seconds":
        return f"{sign}{span(more)}"
    return f"{sign}{more:.{ {'hourly': 2, 'score': 1}.get(kind, 0) },f}"


def bare_change(row: Standing, kind: str) -> str:
    """The same without its unit, which stands above the column."""
    if row.value is None or row.before is None:
        return DASH
    more = row.value - row.before
    if kind != "rate":
        return difference(more, kind)
    sign = "+" if more > 0 else "−" if more < 0 else "±"
    return f"{sign}{abs(more) * 100:.1f}"


def whole_share(number: float, kind: str) -> str:
    """The end of an axis: a round number."""
    return f"{number:.0%}".replace("%", " %") if kind == "rate" else value(number, kind)


def mix(row: Standing, names: Names) -> str:
    """The commonest classes with their shares."""
    if not row.n:
        return ""
    return " · ".join(f"{_mix_name(key, names)} {n / row.n:.0%}" for key, n in row.mix)


def _mix_name(key: str, names: Names) -> str:
    if ":" not in key and key:
        return t(f"states.source.{key}")
    if not key:
        return t("ranking.unclassed")
    return key_name(key, names) if key in names else t("ranking.local_class")


def flag(row: Standing) -> str:
    """``红旗``, ``黑旗 连续两期``, or nothing."""
    if not row.flag:
        return ""
    words = t(f"ranking.flag.{row.flag}")
    return t("ranking.flag.again", flag=words) if row.again else words


def head(found: Ranking) -> str:
    """Period, cut, everybody's figure and that of the period before."""
    wish = found.wish
    facts = {"period": period(wish.period), "cut": cut(wish.cut), "measure": measure(wish.measure)}
    whole = value(found.whole, found.kind, found.rules)
    line = t("ranking.head", whole=whole, n=found.n, **facts)
    if found.whole_before is None:
        return line
    return f"{line} · {t('ranking.head_before', value=value(found.whole_before, found.kind, found.rules))}"


def rules(found: Ranking) -> tuple[str, ...]:
    """How was counted, in sentences."""
    said = [t("ranking.rule.minimum", n=found.minimum, unit=t(f"ranking.unit.{_unit(found)}"))]
    if found.kind in ("rate", "seconds", "count", "hourly"):
        said.append(t(f"ranking.rule.interval_{found.kind}"))
    if found.kind == "rate":
        key = "adjusted_class" if found.wish.by == "category" else "adjusted"
        said.append(t(f"ranking.rule.{key}"))
    said.append(t("ranking.rule.order_fair" if found.wish.fair else "ranking.rule.order"))
    if found.direction:
        said.append(t("ranking.rule.flags"))
    said.append(t("ranking.rule.before", period=period(found.before)))
    if found.nameless:
        said.append(t("ranking.rule.nameless", n=found.nameless, by=group(found.wish.by)))
    return tuple(said)


def _unit(found: Ranking) -> str:
    return "hours" if found.kind == "hourly" else "cases"


def cause_line(found: CauseList) -> str:
    """How many closed cases broke a promise, and how many have no cause."""
    missing = sum(row.n for row in found.rows if not row.code)
    facts = {"period": period(found.period), "cut": cut(found.cut)}
    return t("ranking.causes.head", late=found.late, closed=found.closed, missing=missing, **facts)


def cause(row: CauseShare, found: CauseList) -> str:
    """A cause's name."""
    return cause_name(row.code, found.known) if row.code else t("ranking.causes.missing")


def pareto_line(rows: Sequence[CauseShare], found: CauseList) -> str:
    """The few causes behind four fifths of all that have one."""
    coded = [row for row in rows if row.code]
    whole = sum(row.n for row in coded)
    if whole < ranking.MINIMUM:
        return t("ranking.causes.few", n=whole)
    few, running = [], 0
    for row in coded:
        few.append(cause(row, found))
        running += row.n
        if running >= 0.8 * whole:
            break
    names = t("ranking.cause.joint").join(few)
    return t("ranking.causes.pareto", n=len(few), share=share(running / whole), names=names)
