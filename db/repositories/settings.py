"""Site settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import select

from db.repositories.base import Repository
from db.tables import setting


class Settings(Repository):
    """Implements ``SettingsRepository``."""

    _all: Mapping[str, str] | None = None

    def get(self, key: str, default: str = "") -> str:
        """The value of ``key``, or ``default``."""
        if self._all is not None:
            return self._all.get(key, default)
        found = self._db.execute(select(setting.c.value).where(setting.c.key == key)).scalar()
        return default if found is None else str(found)

    def put(self, key: str, value: str, quiet: bool = False) -> None:
        """Set ``key``; ``quiet``: no console need read its settings anew."""
        if not quiet:
            self._touch("setting")
        row = self._insert(setting).values(key=key, value=value)
        self._db.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def all(self) -> Mapping[str, str]:
        """Every setting, by key."""
        if self._all is not None:
            return self._all
        rows = self._db.execute(select(setting).order_by(setting.c.key))
        found = {row.key: row.value for row in rows}
        if self._still:
            self._all = MappingProxyType(found)
        return found
