"""Reports as files: what paper, workbook and table tell is what ``kpi`` tells;
what is planned is made once, made up for, and tried again."""

from __future__ import annotations

import csv
import email
import email.policy
import subprocess
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from console.domain import kpi
from console.i18n import t_in
from db import admin
from tests import receivers
from tests.scenarios.cli_kit import Cli

MONTH = ("--at", "2026-03-15T12:00:00+08:00")


class Site(Cli):
    """A command line whose clock is moved by hand."""

    def stand(self, text: str) -> None:
        """The clock stands at this local time from now on."""
        (self.data / "clock").write_text(f"{text}+08:00", encoding="ascii")


def site(folder: Path) -> Site:
    folder.mkdir()
    url = f"sqlite:///{folder / 'fifteen.db'}"
    admin.init(url, "test")
    made = Site(url, folder, more={"FIFTEEN_CLOCK_FILE": str(folder / "clock")})
    made.stand("2026-03-20T09:00:00")
    return made


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Nine days of cases until the morning of 20 March."""
    made = site(tmp_path_factory.mktemp("reports") / "data")
    made.did("simulate", "cases", "--days", "9", "--per-day", "30", "--seed", "8")
    return made


def plain(value: Any) -> float | None:
    """A workbook's cell as a number: lengths are its times."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return None if value is None or value == "" else float(value)


def figures_of(site: Site, start: str, end: str) -> dict[str, Any]:
    """What ``kpi`` tells of the same period."""
    return dict(site.did("kpi", "--from", start, "--to", end)["rows"][0]["indicators"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_file_tells_the_figures_of_the_screen(
    qapp: object, history: Site, tmp_path: Path, lang: str
) -> None:
    files = {kind: tmp_path / f"月 report.{kind}" for kind in ("pdf", "xlsx", "csv")}
    made: dict[str, Any] = {}
    for file in files.values():
        made = history.did("report", "make", "--kind", "month", *MONTH, "--lang", lang, "--out", str(file))
    told = figures_of(history, made["period"]["from"], made["period"]["to"])
    assert made["indicators"]["total_met"]["den"] > 20, "enough cases to tell anything"
    assert {name: {k: v[k] for k in ("value", "num", "den")} for name, v in told.items()} == made[
        "indicators"
    ], "the report is counted as the screen is"
    workbook(files["xlsx"], told, lang)
    table(files["csv"], told, lang)
    paper(files["pdf"], told, lang)


def names(lang: str) -> list[tuple[str, str]]:
    """Every indicator, family by family, and what it is called."""
    families = ("counts", "rates", "promises", "scores")
    found = [one for family in families for one in kpi.INDICATORS if one.family == family]
    assert len(found) == len(kpi.INDICATORS), "none is left out"
    return [(one.id, one.zh if lang == "zh" else one.en) for one in found]


def workbook(file: Path, told: dict[str, Any], lang: str) -> None:
    book = load_workbook(file)
    sheet = book[t_in(lang, "reports.block.indicators")]
    heads = {t_in(lang, f"reports.family.{one}") for one in ("counts", "rates", "promises", "scores")}
    listed = [row for row in sheet.iter_rows(min_row=2) if row[0].value not in (None, *heads)]
    rows = {}
    for (name, words), row in zip(names(lang), listed, strict=False):
        assert row[0].value == words, "every indicator in its place"
        rows[name] = row
        expected = told[name]["value"]
        found = plain(row[1].value)
        assert (found is None) == (expected is None), name
        if expected is not None:
            assert found == pytest.approx(expected, abs=1e-3), f"{name} is a number, and this one"
    assert rows["total_met"][1].number_format == "0.0%", "a share is shown as one"
    assert rows["arrival_p90"][1].number_format == "[mm]:ss", "a length as one"
    cells = [cell for one in book.worksheets for row in one.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"], "nothing is run as a formula"
    charts = book.worksheets[0]._charts
    assert len(charts) >= 3, "native charts, not pictures"
    assert not book.worksheets[0]._images, "no picture stands for a chart"
    assert book.worksheets[1].freeze_panes == "B2", "the head stays while one scrolls"


def table(file: Path, told: dict[str, Any], lang: str) -> None:
    assert file.read_bytes().startswith(b"\xef\xbb\xbf"), "a spreadsheet shows Chinese"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    start = next(n for n, row in enumerate(rows) if row == [t_in(lang, "reports.block.indicators")])
    found = [row for row in rows[start + 2 :] if len(row) == 6]
    listed = {(row[0], row[1]) for row in found}
    for name, words in names(lang):
        expected = told[name]["value"]
        shown = "" if expected is None else str(round(expected, 6))
        assert not shown or (words, shown) in listed, f"{name} as a plain number"
    assert not [one for row in rows for one in row if one.startswith(("=", "@"))], "words are guarded"


def paper(file: Path, told: dict[str, Any], lang: str) -> None:
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True).stdout
    embedded = [line.split()[-5] for line in fonts.splitlines()[2:]]
    assert embedded, "there are fonts"
    assert set(embedded) == {"yes"}, "each is embedded"
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    met, p90 = told["total_met"], told["arrival_p90"]["value"]
    assert f"{met['value']:.1%}".replace("%", " %") in text, "the attainment in large figures"
    whole = int(p90 + 0.5)
    assert f"{whole // 60:02d}:{whole % 60:02d}" in text, "the fractile of arrival"
    pages = text.count("\f")
    closed = text.replace(" ", "")
    for number in range(1, pages + 1):
        said = t_in(lang, "reports.paper.page", n=number, of=pages)
        assert said.replace(" ", "") in closed, "every page has its number"
    for _, words in names(lang):
        assert words.replace(" ", "") in closed, f"{words} can be searched for, radicals and all"


def test_each_kind_of_report_is_made_in_each_kind_of_file(
    qapp: object, history: Site, tmp_path: Path
) -> None:
    team = history.did("kpi", "--from", "2026-03-01T00:00:00+08:00", "--to", "2026-04-01T00:00:00+08:00",
                       "--by", "team")["rows"][0]["key"]  # fmt: skip
    asked = (
        ("shift", (), "20260320-night"),
        ("day", (), "2026-03-19"),
        ("week", (), "2026-W11"),
        ("ten", (), "2026-03-t1"),
        ("team", ("--key", team, *MONTH), "2026-03"),
        ("community", ("--every", "week"), "2026-W11"),
    )
    for kind, more, period in asked:
        file = tmp_path / f"{kind}.xlsx"
        made = history.did("report", "make", "--kind", kind, *more, "--out", str(file))
        assert made["period"]["id"] == period, "the newest period that is over, or the one asked for"
        assert load_workbook(file, read_only=True).sheetnames, f"a workbook for {kind}"
    one = history.did("report", "make", "--kind", "team", "--key", team, *MONTH)
    rows = history.did("kpi", "--from", one["period"]["from"], "--to", one["period"]["to"], "--by", "team")[
        "rows"
    ]
    of_team = next(row for row in rows if row["key"] == team)
    assert one["indicators"]["total_met"]["num"] == of_team["indicators"]["total_met"]["num"], (
        "a team's report has the team's cases"
    )
    shift = history.did("shift", "report", "20260319-morning", "--out", str(tmp_path / "shift.csv"))
    assert shift["period"]["from"] == "2026-03-19T00:00:00+00:00", "the shift that was named"


def test_what_cannot_be_made_is_said_before_anything_is_written(
    qapp: object, history: Site, tmp_path: Path
) -> None:
    wrong = (
        (("--out", str(tmp_path / "report.docx")), "bad_usage", ".pdf"),
        (("--out", str(tmp_path / "no" / "report.pdf")), "bad_file", ""),
        (("--kind", "team", "--key", "nobody"), "bad_value", "nobody"),
    )
    for words, code, told in wrong:
        done = history.here("report", "make", "--kind", "day", *words)
        assert done.error["code"] == code, "a rule said no"
        assert told in done.error["message"] + done.error["mend"], "and what to do"
    assert not list(tmp_path.iterdir()), "nothing was left behind"


def runs(site: Site) -> dict[str, str]:
    """Period and state of what was made."""
    return {one["period"]: one["state"] for one in site.did("report", "schedule", "list")["runs"]}


def test_a_plan_is_made_once_made_up_for_and_tried_again(qapp: object, tmp_path: Path) -> None:
    here, folder = site(tmp_path / "data"), tmp_path / "报表"
    folder.mkdir()
    here.did("report", "schedule", "set", "每日", "--kind", "day", "--format", "csv", "--folder", str(folder))
    assert here.did("report", "schedule", "run")["total"] == 0, "the day is not over"
    here.stand("2026-03-23T09:00:00")
    made = here.did("report", "schedule", "run")
    assert [row["period"] for row in made["rows"]] == ["2026-03-22", "2026-03-21", "2026-03-20"], (
        "what was missed over a stop is made up for"
    )
    assert {file.name for file in folder.iterdir()} == {f"日报-2026-03-{day}.csv" for day in (20, 21, 22)}, (
        "a file a day"
    )
    assert here.did("report", "schedule", "run")["total"] == 0, "nothing is made twice"
    here.stand("2026-03-24T09:00:00")
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("no folder any more")
    failed = here.here("report", "schedule", "run")
    assert failed.code == 3, "a script sees that it failed"
    assert str(folder) in failed.json["rows"][0]["error"], "and why"
    assert runs(here)["2026-03-23"] == "again", "it is tried again"
    folder.unlink()
    here.stand("2026-03-24T09:02:00")
    assert here.did("report", "schedule", "run")["rows"][0]["state"] == "done", "the next try makes it"


def test_a_report_goes_out_by_mail_once(qapp: object, tmp_path: Path) -> None:
    here = site(tmp_path / "data")
    here.did("report", "schedule", "set", "旬报", "--kind", "ten", "--format", "pdf,xlsx",
             "--mail", "a@example.org,b@example.org")  # fmt: skip
    here.stand("2026-03-21T09:00:00")
    failed = here.here("report", "schedule", "run")
    assert failed.code == 3, "no mail server is set"
    assert "a@example.org" in failed.json["rows"][0]["error"], "who did not get it"
    with receivers.mail_receiver() as post:
        here.did("notify", "set", "smtp.host=127.0.0.1")
        here.did("notify", "set", f"smtp.port={post.port}")
        here.did("notify", "set", "smtp.security=none")
        here.stand("2026-03-21T09:02:00")
        (done,) = here.did("report", "schedule", "run")["rows"]
    assert done["sent"] == ["a@example.org", "b@example.org"], "each has it"
    assert [to for to, _ in post.mails] == ["a@example.org", "b@example.org"], "once"
    mail = email.message_from_bytes(post.mails[0][1], policy=email.policy.default)
    assert mail["Subject"] == "旬报 2026 年 3 月中旬（2026-03-11 – 03-20）", "what it is, and of when"
    attached = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert set(attached) == {"旬报-2026-03-t2.pdf", "旬报-2026-03-t2.xlsx"}, "both files"
    assert attached["旬报-2026-03-t2.pdf"].startswith(b"%PDF"), "whole"


def test_a_shifts_report_has_its_duty_log(qapp: object, tmp_path: Path) -> None:
    here, file = site(tmp_path / "data"), tmp_path / "shift.csv"
    silent = here.did("shift", "report", "20260320-morning", "--out", str(file))
    assert silent["n"] == 0, "nothing happened yet"
    assert t_in("zh", "reports.shiftlog.none") in file.read_text("utf-8-sig"), "nobody opened it: said so"
    here.did("shift", "open")
    here.did("shift", "weather", "小雨 8℃", "--signal", "rain", "--colour", "yellow", "--level", "IV")
    here.did("shift", "log", "=大屏黑屏五分钟", "--kind", "equipment", "--owner", "李娜", "--open")
    here.did("shift", "log", "市局来电", "--kind", "phone", "--caller", "张三", "--phone", "13800000000")
    here.did("shift", "report", "20260320-morning", "--out", str(file))
    told = file.read_text("utf-8-sig")
    assert "小雨 8℃ · 暴雨黄色预警 · 四级响应" in told, "weather, signal, level"
    assert "'=大屏黑屏五分钟,李娜,未办结" in told, "an entry, guarded, with its owner and state"
    assert "市局来电" in told, "a call"
    assert "13800000000" not in told, "a caller's number stays out of what leaves the house"
    assert "张三" not in told, "and so does the name"
    assert told.count(t_in("zh", "reports.shiftlog.unsigned")) == 2, "nobody has signed"
    pages = tmp_path / "shift.pdf"
    here.did("shift", "report", "20260320-morning", "--lang", "en", "--out", str(pages))
    said = subprocess.run(["pdftotext", str(pages), "-"], capture_output=True, text=True, check=True).stdout
    assert "n=0: fewer than 20 cases" in said, "a chart of nothing says so"
    assert "Response level IV" in said, "in the language of the report"
