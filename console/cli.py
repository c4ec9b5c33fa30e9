"""The command line: finds the command's module, parses, runs, prints.

Exit codes: 0 done; 1 refused by a rule, bad data, or a check that fell short;
2 bad usage; 3 something outside failed; 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from console.commands import OWNERS
from console.commands.framework import Parser, common_options
from console.domain.errors import Refusal
from console.i18n import LANGUAGES, explain, set_language, t

log = logging.getLogger(__name__)

_WITH_VALUE = ("--db", "--data", "--user", "--lang")


def _early(argv: Sequence[str]) -> tuple[str, bool, str]:
    """Command word, ``--json`` and ``--lang``, before anything is parsed: they
    decide which module is imported and how an error is told."""
    command, as_json, lang = "", False, ""
    skip = ""
    for word in argv:
        if skip:
            lang = word if skip == "--lang" else lang
            skip = ""
        elif word == "--":
            break
        elif word in _WITH_VALUE:
            skip = word
        elif word.startswith("--lang="):
            lang = word.partition("=")[2]
        elif word == "--json":
            as_json = True
        elif not word.startswith("-") and not command:
            command = word
    return command, as_json, lang


def _machine_language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.startswith("en") else "zh"
    return "zh"


def _modules(command: str) -> list[str]:
    """The modules to import: one for a known command, all for help or a slip."""
    if command in OWNERS and find_spec(f"console.commands.{OWNERS[command]}"):
        return [OWNERS[command]]
    return [name for name in dict.fromkeys(OWNERS.values()) if find_spec(f"console.commands.{name}")]


def build_parser(command: str = "") -> Parser:
    """The parser for ``command``, or for every command there is."""
    common = common_options()
    parser = Parser(prog="fifteen", parents=[common], description=t("cli.about"))
    subparsers = parser.add_subparsers(dest="command", metavar=t("cli.command"), required=True)
    for name in _modules(command):
        importlib.import_module(f"console.commands.{name}").register(subparsers, common)
    return parser


def _tell(refusal: Refusal, as_json: bool) -> None:
    message, mend = explain(refusal)
    if as_json:
        line = {"error": {"code": refusal.code, "message": message, "mend": mend}}
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"{message} {mend}".strip(), file=sys.stderr)


def _as_refusal(error: OSError) -> Refusal | None:
    """Disk and permission failures, which a person can mend."""
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            Refusal("disk_full", "file", file=str(error.filename)) if error.filename else Refusal("disk_full")
        )
    if error.filename is not None:
        return Refusal("bad_file", "os", file=str(error.filename), text=error.strerror or "")
    return None


def _run(argv: Sequence[str], command: str) -> int:
    args = build_parser(command).parse_args(argv)
    _demand_text(args)
    from console.commands.session import Session

    with Session(args) as session:
        try:
            return args.run(session) or 0
        except (Refusal, OSError):
            raise
        except UnicodeEncodeError as error:
            # Bytes of a command line that are no text arrive as half characters.
            raise Refusal("bad_usage", "encoding") from error
        except Exception as error:
            raise _unforeseen(error, session.data) from error


def _demand_text(args: argparse.Namespace) -> None:
    """Bytes of a command line that are no text arrive as half characters. They
    are refused before anything tidies them away; names of files may have them."""
    for value in vars(args).values():
        for word in value if isinstance(value, list) else (value,):
            if isinstance(word, str) and any("\ud800" <= letter <= "\udfff" for letter in word):
                raise Refusal("bad_usage", "encoding")


def _unforeseen(error: Exception, data: Path) -> Refusal:
    """A fault of ours: its trace goes into the log file, since standard error
    holds one line that a program may read."""
    from console.clock import machine_now
    from console.log import scrub

    file = data / "logs" / "fifteen.log"
    trace = "".join(traceback.format_exception(error))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8", errors="replace") as out:
            out.write(f"{machine_now().isoformat()} ERROR {__name__}: {scrub(trace)}")
    except OSError:  # no log can be written either; the kind of fault is still told
        log.debug("no trace was kept", exc_info=True)
    return Refusal("internal", "kind", kind=type(error).__name__, file=str(file))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    command, as_json, lang = _early(words)
    set_language(lang if lang in LANGUAGES else _machine_language())
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        return _run(words, command)
    except Refusal as refusal:
        _tell(refusal, as_json)
        return refusal.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away; nothing more can be told to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    except OSError as error:
        refusal_of = _as_refusal(error)
        if refusal_of is None:
            raise
        _tell(refusal_of, as_json)
        return refusal_of.exit_code
