"""The file of a configuration: JSON that people can read and compare.

``form`` counts up when the shape changes. A file of an older form is brought up,
step by step, when it is read; one of a newer program is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.domain.errors import Refusal
from console.services.config_diff import Rows

KIND: Final = "fifteen-configuration"
FORM: Final = 2
MOST_BYTES: Final = 64 << 20
#: No sane table is longer.
MOST_ROWS: Final = 200_000


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """``made_at`` ISO 8601; ``site`` its name; ``parts`` rows by part and key;
    ``form`` the one the file had."""

    made_at: str
    site: str
    parts: Mapping[str, Rows]
    form: int = FORM


def write(found: ConfigFile) -> str:
    """The text: one row one line, so that two files can be compared by lines."""
    head = {"kind": KIND, "form": FORM, "made_at": found.made_at, "site": found.site}
    lines = [f"{_json(name)}: {_json(value)}," for name, value in head.items()]
    parts = []
    for part, rows in found.parts.items():
        inside = ",\n".join(f"   {_json(key)}: {_json(row)}" for key, row in rows.items())
        parts.append(f"  {_json(part)}: {{\n{inside}\n  }}" if inside else f"  {_json(part)}: {{}}")
    return "{" + "\n ".join(lines) + '\n "parts": {\n' + ",\n".join(parts) + "\n }\n}\n"


def store(file: Path, text: str) -> None:
    """Whole or not at all, and for this account alone: beside it first, then in
    its place. Raises ``bad_file``."""
    spare = file.with_name(f".{file.name}.new")
    try:
        handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        spare.replace(file)
    except (OSError, ValueError) as error:
        spare.unlink(missing_ok=True) if len(file.name) < 200 and "\0" not in str(file) else None
        raise Refusal("bad_file", "place", path=str(file)[:200]) from error


def read(file: Path) -> ConfigFile:
    """The file, brought up to this form. Raises ``bad_file``: ``unreadable``,
    ``too_large``, ``config_kind`` (it is something else), ``config_newer``,
    ``config_shape`` (it was changed by hand and is no configuration any more)."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Refusal("bad_file", "too_large", file=file.name, most=MOST_BYTES >> 20)
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("bad_file", "config_kind", file=file.name) from None
    except (OSError, ValueError) as error:
        raise Refusal("bad_file", "unreadable", file=str(file)[:200]) from error
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal("bad_file", "config_kind", file=file.name) from None
    if not isinstance(raw, dict) or raw.get("kind") != KIND:
        raise Refusal("bad_file", "config_kind", file=file.name)
    return _made(_brought_up(raw, file.name), file.name, _form(raw, file.name))


def _form(raw: Mapping[str, Any], name: str) -> int:
    form = raw.get("form")
    if isinstance(form, bool) or not isinstance(form, int) or form < 1:
        raise Refusal("bad_file", "config_kind", file=name)
    if form > FORM:
        raise Refusal("bad_file", "config_newer", file=name, form=form, known=FORM)
    return form


def _brought_up(raw: dict[str, Any], name: str) -> dict[str, Any]:
    form = _form(raw, name)
    try:
        while form < FORM:
            raw = _STEPS[form](raw)
            form += 1
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Refusal("bad_file", "config_shape", file=name, where=f"form {form}") from None
    return raw


def _from_1(raw: dict[str, Any]) -> dict[str, Any]:
    """Form 1 had lists of rows, each with its key among its fields under ``key``,
    and settings as plain words."""
    parts: dict[str, Any] = {}
    for part, rows in raw["parts"].items():
        if part == "settings":
            parts[part] = {str(key): {"value": str(value)} for key, value in rows.items()}
        else:
            parts[part] = {
                str(row["key"]): {name: value for name, value in row.items() if name != "key"} for row in rows
            }
    return {**raw, "form": 2, "parts": parts}


_STEPS: Final[Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {1: _from_1}


def _made(raw: Mapping[str, Any], name: str, form: int) -> ConfigFile:
    parts = raw.get("parts")
    if not isinstance(parts, dict):
        raise Refusal("bad_file", "config_shape", file=name, where="parts")
    for part, rows in parts.items():
        if not isinstance(rows, dict) or len(rows) > MOST_ROWS:
            raise Refusal("bad_file", "config_shape", file=name, where=str(part)[:40])
        for key, row in rows.items():
            if not isinstance(row, dict):
                raise Refusal("bad_file", "config_shape", file=name, where=f"{part} {key}"[:80])
    return ConfigFile(str(raw.get("made_at", ""))[:40], str(raw.get("site", ""))[:80], parts, form)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
