"""Parsing: the options good everywhere, and errors that are refusals.

``argparse`` ends the process with English text of its own; here a usage error
is a ``Refusal('bad_usage')`` like any other and reads in both languages.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal
from console.i18n import LANGUAGES, t

#: Times without an offset are the site's local time.
LOCAL: Final[tzinfo] = ZoneInfo("Asia/Shanghai")

Subparsers = Any  # argparse keeps its own class private

_PATTERNS: Final = (
    ("required", re.compile(r"the following arguments are required: (?P<what>.+)")),
    (
        "choice",
        re.compile(
            r"argument (?P<what>[^:]+): invalid choice: (?P<value>.+?) \(choose from (?P<choices>.+)\)"
        ),
    ),
    ("unrecognised", re.compile(r"unrecognized arguments: (?P<what>.+)")),
    ("needs_value", re.compile(r"argument (?P<what>[^:]+): expected .*argument")),
    ("value", re.compile(r"argument (?P<what>[^:]+): invalid .*value: (?P<value>.+)")),
    ("not_with", re.compile(r"argument (?P<what>[^:]+): not allowed with argument (?P<value>.+)")),
    ("one_of", re.compile(r"one of the arguments (?P<what>.+) is required")),
)


def usage_refusal(message: str) -> Refusal:
    """The refusal for one of argparse's own sentences."""
    for detail, pattern in _PATTERNS:
        found = pattern.search(message)
        if found:
            # argparse quotes the words it names.
            facts = {name: text.replace("'", "") for name, text in found.groupdict().items()}
            return Refusal("bad_usage", detail, **facts)
    return Refusal("bad_usage", "other", text=message)


class _Help(argparse.HelpFormatter):
    """Help that begins in the language of the rest."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """The usage line with our own word before it."""
        super().add_usage(usage, actions, groups, t("cli.options.usage") if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are refusals, which guesses no abbreviations and
    whose help is in one language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", _Help)
        # Before anything of a parent comes in: groups are matched by title.
        parents = kwargs.pop("parents", ())
        super().__init__(*args, **kwargs)
        self._positionals.title = t("cli.options.given")
        self._optionals.title = t("cli.options.choices")
        for action in self._actions:
            if isinstance(action, argparse._HelpAction):
                action.help = t("cli.options.help")
        for parent in parents:
            self._add_container_actions(parent)
            self._defaults.update(parent._defaults)

    def error(self, message: str) -> NoReturn:
        """Refuse instead of leaving the process."""
        raise usage_refusal(message)


def common_options() -> argparse.ArgumentParser:
    """The options good for every command, before or after it.

    Their defaults are suppressed: an option given before the command must not
    be overwritten by its absence after it. Read them with ``getattr``.
    """
    common = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group(t("cli.options.title"))
    group.add_argument("--db", metavar="URL", help=t("cli.options.db"))
    group.add_argument("--data", metavar="DIR", help=t("cli.options.data"))
    group.add_argument("--user", metavar="NAME", help=t("cli.options.user"))
    group.add_argument("--password-stdin", action="store_true", help=t("cli.options.password_stdin"))
    group.add_argument("--lang", choices=LANGUAGES, help=t("cli.options.lang"))
    group.add_argument("--json", action="store_true", help=t("cli.options.json"))
    return common


def add_parser(subparsers: Subparsers, common: argparse.ArgumentParser, name: str, key: str) -> Parser:
    """A parser for command or action ``name``, described by the text ``key``."""
    text = t(key)
    parser: Parser = subparsers.add_parser(
        name, parents=[common], help=text, description=text, allow_abbrev=False
    )
    return parser


def add_group(subparsers: Subparsers, common: argparse.ArgumentParser, name: str, key: str) -> Subparsers:
    """A command that has actions below it; returns their subparsers."""
    parser = add_parser(subparsers, common, name, key)
    return parser.add_subparsers(dest=f"{name}_action", metavar=t("cli.action"), required=True)


def when(text: str) -> datetime:
    """An instant in ISO 8601; without an offset it is local time. UTC out."""
    try:
        value = datetime.fromisoformat(text.strip())
        if value.tzinfo is None:
            value = value.replace(tzinfo=LOCAL)
        return value.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last day there is have no UTC
        raise Refusal("bad_usage", "time", value=text) from None


def number(low: float, high: float, *, whole: bool = True) -> Callable[[str], Any]:
    """A reader for a number between ``low`` and ``high``, both included."""

    def read(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            raise Refusal("bad_usage", "number", value=text) from None
        if not low <= value <= high:
            raise Refusal("bad_usage", "range", value=text, low=low, high=high)
        return value

    return read
