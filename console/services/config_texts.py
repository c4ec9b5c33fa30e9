"""The parts of a configuration that stand among the settings: plain numbers and
words, and small named things (layouts, filters, causes, plans) kept as JSON.

What a file brings is written as its own room writes it and then read by that
room again: an entry that does not come back as it was written is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from console.domain import causes, figure_rules
from console.domain.errors import Refusal
from console.i18n import LANGUAGES
from console.services import (
    account_state,
    board_filters,
    emergency,
    figures,
    kiosk,
    lookup,
    notify_settings,
    recorders,
    report_plans,
    retention,
    review_list,
    room_presets,
    rules,
    saved_searches,
    shift_plan,
    similar,
    site_settings,
    team_message,
    wall_layouts,
)
from console.services.config_diff import Problem, Rows
from console.services.config_tables import Part, Taking
from console.services.ports import UnitOfWork

#: Words of the site and what each may be; empty: any short text.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "arrival_origin": ("filed", "dispatched"),
    "separate_filing": ("0", "1"),
    "site.name": (),
}
#: Settings that are no configuration: secrets, and what is of the moment.
NOT_CONFIGURATION: Final[Mapping[str, str]] = {
    "kiosk.pin": "secret",
    "kiosk.push": "moment",
    "backup.last": "moment",
    "backup.claim": "moment",
    "evidence.retention.last": "moment",
    "shift.conditions": "moment",
    "shift.roster.": "moment",
    "watch.lease.": "moment",
    "alarms.maintenance": "moment",
    "board.view.": "person",
    "team.": "moment",
    "backup.history": "moment",
    "care.update_folder": "machine",
    **dict.fromkeys((*account_state.PRIVATE, "recovery.code"), "secret"),
}
_LONGEST: Final = 80
_OWN: Final = ("version", "by")


# -- numbers and words ------------------------------------------------------------
def _templates() -> tuple[str, ...]:
    return tuple(f"{team_message.KEY}{told.value}.{lang}" for told in team_message.Told for lang in LANGUAGES)


def _settings(uow: UnitOfWork, _now: object) -> Rows:
    stored = uow.settings.all()
    numbers = site_settings.NUMBERS
    found: dict[str, str] = {name: str(site_settings.in_force(name, stored)) for name in numbers}
    for name, allowed in WORDS.items():
        found[name] = stored.get(name) or (allowed[0] if allowed else "")
    found[emergency.CONDITIONS] = ",".join(emergency.conditions_of(uow))
    found |= {f"notify.{name}": text for name, text in notify_settings.plain(uow).items()}
    found |= {name: stored.get(name, "") for name in _templates()}
    return {name: {"value": text} for name, text in found.items()}


def _put_settings(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    def take(key: str, row: Mapping[str, Any]) -> None:
        if not isinstance(row["value"], str):
            raise Refusal("bad_value", "config_row")
        taking.uow.settings.put(key, _sound(taking.uow, key, row["value"]))

    taking.each("settings", rows, take)


def _sound(uow: UnitOfWork, key: str, text: str) -> str:
    if key in site_settings.NUMBERS:
        return str(similar.number(key, text, site_settings.NUMBERS[key][1:]))
    if key in WORDS:
        if len(text) > _LONGEST or (WORDS[key] and text not in WORDS[key]):
            allowed = ", ".join(WORDS[key]) or f"≤ {_LONGEST}"
            raise Refusal("bad_value", "config_word", name=key, allowed=allowed)
        return text
    if key == emergency.CONDITIONS:
        ids = [lookup.condition(uow, one).condition_id for one in text.split(",") if one and one != "-"]
        return ",".join(ids) or "-"
    if key.startswith("notify."):
        return notify_settings.sound(key.removeprefix("notify."), text)
    if key in _templates():
        return team_message.check_template(text) if text.strip() else ""
    raise Refusal("bad_value", "setting_name", name=key[:60], allowed="…")


# -- lists kept as JSON ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Listed:
    """A list ``where`` in the JSON under ``key`` (the whole text where it is
    empty), its entries named by ``id``. ``renew`` reads a text and writes it
    again; ``mine``: entries that belong to the site."""

    name: str
    key: str
    where: str
    id: str
    renew: Callable[[str], str]
    right: str = "setting.edit"
    mine: Callable[[Mapping[str, Any]], bool] = bool

    def part(self) -> Part:
        """As a part of the configuration."""
        return Part(self.name, self.right, self.read, self.write, removes=True)

    def read(self, uow: UnitOfWork, _now: object) -> Rows:
        """What holds, without versions and without who wrote it."""
        return {str(row[self.id]): _bare(row) for row in self._rows(uow) if self.mine(row)}

    def write(self, taking: Taking, rows: Rows, gone: tuple[str, ...]) -> None:
        """Changed entries take their places, new ones stand at the end."""
        before = {str(row[self.id]): row for row in self._rows(taking.uow) if self.mine(row)}
        others = [row for row in self._rows(taking.uow) if not self.mine(row)]
        after = {key: dict(row) for key, row in before.items() if key not in gone}
        for key, row in rows.items():
            fresh = {**before.get(key, {}), **row}
            example = next(iter(self._rows(taking.uow)), {})
            if "version" in example or self.key in _VERSIONED:
                fresh["version"] = int(before.get(key, {}).get("version", 0)) + 1
                fresh["by"] = taking.actor.name
            after[key] = fresh
        text = self._text(taking.uow, [*after.values(), *others])
        came_back = {key: row for key, row in self._came_back(taking, text).items() if key in rows}
        for key, row in rows.items():
            if came_back.get(key) != _bare(row):
                taking.problems.append(Problem(self.name, key, Refusal("bad_value", "config_row")))
        taking.uow.settings.put(self.key, text)

    def _came_back(self, taking: Taking, text: str) -> Rows:
        try:
            rows = self._list(json.loads(self.renew(text) or "null"))
        except Refusal as refusal:
            taking.problems.append(Problem(self.name, "", refusal))
            return {}
        except (KeyError, TypeError, ValueError, AttributeError):
            return {}
        return {str(row[self.id]): _bare(row) for row in rows}

    def _rows(self, uow: UnitOfWork) -> list[Mapping[str, Any]]:
        return self._list(json.loads(self.renew(uow.settings.get(self.key)) or "null"))

    def _list(self, document: Any) -> list[Mapping[str, Any]]:
        rows = (document or {}).get(self.where, []) if self.where else (document or [])
        return list(rows)

    def _text(self, uow: UnitOfWork, rows: list[Any]) -> str:
        if not self.where:
            return json.dumps(rows, ensure_ascii=False)
        document = json.loads(self.renew(uow.settings.get(self.key)))
        return json.dumps({**document, self.where: rows}, ensure_ascii=False, separators=(",", ":"))


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _OWN}


def _layouts(text: str) -> str:
    return wall_layouts.encode(wall_layouts.decode(text))


def _filters(text: str) -> str:
    return board_filters.encode(board_filters.decode(text))


def _for_all(row: Mapping[str, Any]) -> bool:
    return not row.get("personal")


def _searches(text: str) -> str:
    return saved_searches.encode(list(saved_searches.decode(text)))


def _causes(text: str) -> str:
    if text:
        causes.of_site(json.loads(text))
    return text


def _presets(text: str) -> str:
    return room_presets.encode(room_presets.decode(text))


def _shift_plan(text: str) -> str:
    return shift_plan.encoded(shift_plan.decoded(text))


_VERSIONED: Final = frozenset({wall_layouts.KEY, board_filters.KEY, saved_searches.KEY, room_presets.KEY})
_LISTS: Final = (
    *(Listed(name, wall_layouts.KEY, name, "name", _layouts) for name in ("layouts", "salvos", "tours")),
    Listed("filters", board_filters.KEY, "filters", "name", _filters, mine=_for_all),
    Listed("searches", saved_searches.KEY, "searches", "name", _searches),
    Listed("causes", rules.CAUSES, "", "code", _causes, "figures.rules"),
    Listed("shifts", shift_plan.KEY, "kinds", "id", _shift_plan, "shift.plan"),
    Listed("reports", report_plans.KEY, "", "id", report_plans.renewed, "report.plan"),
    Listed("presets", room_presets.KEY, "presets", "name", _presets),
    Listed("review", review_list.KEY, "lines", "id", review_list.renewed),
)


# -- whole documents -----------------------------------------------------------------------
def _retention(uow: UnitOfWork) -> dict[str, Any]:
    kept = retention.read(uow)
    return {"days": {kind.value: days for kind, days in kept.days.items()}, "auto": kept.auto}


def _kiosk(uow: UnitOfWork) -> dict[str, Any]:
    plan = asdict(kiosk.decode(uow.settings.get(kiosk.PLAN)))
    return {name: value for name, value in plan.items() if name != "version"}


def _figures(uow: UnitOfWork) -> dict[str, Any]:
    text = uow.settings.get(figures.RULES_SETTING)
    stored: dict[str, Any] = json.loads(text) if text else {}
    figure_rules.read(stored)
    return stored


def _recorder(uow: UnitOfWork) -> dict[str, Any]:
    book = recorders.book_of(uow)
    own = {one: asdict(place) for one, place in book.own.items()}
    return {"address": book.site.address, "vendor": book.site.vendor, "own": own}


_DOCUMENTS: Final[Mapping[str, Callable[[UnitOfWork], dict[str, Any]]]] = {
    retention.KEY: _retention,
    kiosk.PLAN: _kiosk,
    figures.RULES_SETTING: _figures,
    "recorders": _recorder,
}


def _documents(uow: UnitOfWork, _now: object) -> Rows:
    # Through JSON once: lists are lists, as they are in the file.
    return {key: json.loads(json.dumps(read(uow))) for key, read in _DOCUMENTS.items()}


def _put_documents(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    def take(key: str, row: Mapping[str, Any]) -> None:
        if key not in _DOCUMENTS:
            raise Refusal("bad_value", "setting_name", name=key[:60], allowed=", ".join(_DOCUMENTS))
        _put_document(taking.uow, key, dict(row))
        if json.loads(json.dumps(_DOCUMENTS[key](taking.uow))) != dict(row):
            raise Refusal("bad_value", "config_row")

    taking.each("documents", rows, take)


def _put_document(uow: UnitOfWork, key: str, row: dict[str, Any]) -> None:
    if key == "recorders":
        recorders.put_book(uow, row)
    elif key == figures.RULES_SETTING:
        uow.settings.put(key, json.dumps(row, ensure_ascii=False) if row else "")
    else:
        before = json.loads(uow.settings.get(key) or "{}")
        more = {"form": kiosk.FORM} if key == kiosk.PLAN else {}
        version = int(before.get("version", 0)) + 1
        uow.settings.put(key, json.dumps({**more, **row, "version": version}, ensure_ascii=False))


#: After the tables: some of these name what stands there.
TEXTS: Final = (
    Part("settings", "setting.edit", _settings, _put_settings),
    *(one.part() for one in _LISTS),
    Part("documents", "setting.edit", _documents, _put_documents),
)


def keys() -> Iterable[str]:
    """Every key among the settings that a configuration holds."""
    yield from site_settings.NUMBERS
    yield from WORDS
    yield emergency.CONDITIONS
    yield "notify."
    yield from (one.key for one in _LISTS)
    yield from (retention.KEY, kiosk.PLAN, figures.RULES_SETTING)
    yield from (recorders.ADDRESS, recorders.VENDOR, recorders.OWN)
    yield "alarms.priorities"
    yield "standard.sop"
