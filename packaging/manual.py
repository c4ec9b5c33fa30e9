"""Writes the manual pages from the command line itself, in both languages.

    python packaging/manual.py FOLDER

leaves ``man1/fifteen.1`` and ``zh_CN/man1/fifteen.1`` below ``FOLDER``: every
command with its options, so that the page cannot fall behind the program.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from console.cli import build_parser
from console.i18n import set_language, t

HEADINGS = {
    "en": ("NAME", "SYNOPSIS", "OPTIONS OF EVERY COMMAND", "COMMANDS", "EXIT STATUS", "FILES"),
    "zh": ("名称", "用法", "各命令通用的选项", "命令", "退出码", "文件"),
}
EXITS = {
    "en": "0 done; 1 refused by a rule, bad data, or a check that fell short; 2 bad usage; "
    "3 something outside failed (database, camera, display, disk); 130 interrupted.",
    "zh": "0 完成；1 规则不允许、数据有误或检查未达标；2 用法有误；"
    "3 外部故障（数据库、摄像机、显示器、磁盘）；130 被中断。",
}
FILES = {
    "en": "database, evidence, logs and settings of this user, unless FIFTEEN_DB or FIFTEEN_DATA differ",
    "zh": "本用户的数据库、证据、日志和设置；可用 FIFTEEN_DB、FIFTEEN_DATA 另行指定",
}
Action = argparse.Action


def escaped(text: str) -> str:
    """``text`` as roff takes it: no escapes, no line that begins a request."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in safe.splitlines())


def first_sentence(text: str) -> str:
    """``text`` up to its first full stop, without it."""
    return text.replace("。", ". ").split(". ")[0]


def _names(action: Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    choices = "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    value = "" if action.nargs == 0 else f" {action.metavar or choices}"
    return ", ".join(action.option_strings) + value


def _described(actions: list[Action]) -> Iterator[str]:
    for action in actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
            continue
        yield f".TP\n.B {escaped(_names(action))}\n{escaped((action.help or '').replace('%%', '%'))}"


def _groups(parser: argparse.ArgumentParser) -> list[argparse._SubParsersAction]:  # type: ignore[type-arg]
    return [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]


def commands(parser: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, str, list[Action]]]:
    """Every command that does something: its words, what it does, its own
    options and arguments."""
    common = {name for one in build_parser("doctor")._actions for name in one.option_strings}
    for group in _groups(parser):
        told = {choice.dest: choice.help or "" for choice in group._choices_actions}
        for name, child in group.choices.items():
            if not _groups(child):
                own = [one for one in child._actions if not common.issuperset(one.option_strings or {""})]
                yield f"{words}{name}", told.get(name, ""), own
            yield from commands(child, f"{words}{name} ")


def page(lang: str) -> str:
    """The manual page in ``lang`` as roff."""
    set_language(lang)
    name, synopsis, options, every, status, files = HEADINGS[lang]
    parser = build_parser()
    lines = [
        f'.TH FIFTEEN 1 "" "fifteen {version("fifteen")}"',
        f".SH {name}\nfifteen \\- {escaped(first_sentence(t('cli.about')))}",
        f".SH {synopsis}\n.B fifteen\n.I {escaped(t('cli.command'))}\n[\\-\\-json] [\\-\\-lang zh|en] …",
        f".SH {options}",
        *_described(parser._actions),
        f".SH {every}",
    ]
    for words, about, own in commands(parser):
        lines += [f".SS fifteen {escaped(words)}\n{escaped(about)}", *_described(own)]
    lines += [f".SH {status}\n{escaped(EXITS[lang])}"]
    lines += [f".SH {files}\n.TP\n.I ~/.local/share/fifteen\n{escaped(FILES[lang])}", ""]
    return "\n".join(lines)


def write(folder: Path) -> list[Path]:
    """Write both pages below ``folder``; their paths."""
    found = []
    for lang, where in (("en", "man1"), ("zh", "zh_CN/man1")):
        path = folder / where / "fifteen.1"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(lang), encoding="utf-8")
        found.append(path)
    return found


if __name__ == "__main__":
    for made in write(Path(sys.argv[1])):
        print(made)
