"""The database room: SQLite by default, PostgreSQL by URL alone.

``open_store(url)`` gives units of work and the change feed; ``db.admin`` makes,
upgrades, checks, backs up and restores.
"""

from db.store import Store as Store
from db.store import open_store as open_store
from db.urls import has_password as has_password
from db.urls import shown as shown

__all__ = ["Store", "has_password", "open_store", "shown"]
