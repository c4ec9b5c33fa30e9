"""Response-time standards worth seeing beside the office's own promises.

None of them binds a sub-district; they say what others promise for the same
part of the way: answering, processing (taken in until somebody is told),
turnout, travel. ``sure`` is false where only secondary sources were at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Standard:
    """``share`` per cent of cases within ``seconds`` (0: the mean of all).
    ``stage`` is the clock here that is closest to it; empty where the console
    has none."""

    id: str
    name: str
    zh: str
    en: str
    stage: str
    share: int
    seconds: int
    sure: bool = True


STANDARDS: Final = (
    Standard("nena_90", "NENA-STA-020.1-2020", "接听", "answering", "", 90, 15),
    Standard("nena_95", "NENA-STA-020.1-2020", "接听", "answering", "", 95, 20),
    Standard("nena_old_90", "NENA 56-005 (2006)", "忙时接听", "answering, busy hour", "", 90, 10, sure=False),
    Standard("nfpa1225_answer", "NFPA 1225-2022", "接听", "answering", "", 90, 10),
    Standard("nfpa1225_process", "NFPA 1225-2022", "受理到派遣", "answer to first unit", "decision", 90, 60),
    Standard(
        "nfpa1221_19_process", "NFPA 1221-2019", "受理到派遣", "processing", "decision", 90, 60, sure=False
    ),
    Standard("nfpa1221_16_90", "NFPA 1221-2016", "受理到派遣", "processing", "decision", 90, 64),
    Standard("nfpa1221_16_95", "NFPA 1221-2016", "受理到派遣", "processing", "decision", 95, 106, False),
    Standard("nfpa1221_13_80", "NFPA 1221-2013", "受理到派遣", "processing", "decision", 80, 60, sure=False),
    Standard("nfpa1710_ems", "NFPA 1710", "出动（急救）", "turnout, EMS", "dispatch", 90, 60),
    Standard("nfpa1710_fire", "NFPA 1710", "出动（消防）", "turnout, fire", "dispatch", 90, 80),
    Standard("nfpa1710_travel", "NFPA 1710", "首车行驶", "travel, first engine", "arrival", 90, 240),
    Standard(
        "nfpa1710_second",
        "NFPA 1710-2020",
        "第二队行驶",
        "travel, second company",
        "arrival",
        90,
        360,
        sure=False,
    ),
    Standard("nfpa1710_alarm", "NFPA 1710", "全部力量到场", "full first alarm", "arrival", 90, 480),
    Standard("nfpa72", "NFPA 72", "报警信号处理", "signal at supervising station", "decision", 100, 90),
    Standard("uk_cat1_mean", "UK ambulance Cat 1", "到场", "response", "total", 0, 420, sure=False),
    Standard("uk_cat1_90", "UK ambulance Cat 1", "到场", "response", "total", 90, 900, sure=False),
    Standard("uk_cat2_mean", "UK ambulance Cat 2", "到场", "response", "total", 0, 1080, sure=False),
    Standard("uk_cat2_90", "UK ambulance Cat 2", "到场", "response", "total", 90, 2400, sure=False),
)


def beside(indicator: str) -> tuple[Standard, ...]:
    """The standards to be shown beside a time of a clock: those for the same
    share of cases, and beside a mean those that promise a mean."""
    stage, _, what = indicator.rpartition("_")
    share = {"p50": 50, "p90": 90, "p95": 95, "mean": 0}.get(what)
    return tuple(one for one in STANDARDS if one.stage == stage and one.share == share and stage)
