"""Another process on the same database: ``python -m tests.db.writer URL WHAT N``.

``settings``: one commit per line it is sent. ``cases``: a case and two events a
transaction, N times, printing each id only after the commit has returned.
"""

from __future__ import annotations

import sys

import db
from console.domain.vocabulary import Action
from tests.db.building import case, draft


def cases(store: db.Store, number: int) -> None:
    """Whole transactions, as fast as they go."""
    for step in range(number):
        with store.uows.write() as unit:
            made = unit.cases.add(case(owner=str(step)), "20260805")
            unit.events.append([draft(made.id, step=step), draft(made.id, Action.FILE, step=step)])
            unit.commit()
        print(made.id, flush=True)


def settings(store: db.Store) -> None:
    """One commit for each line."""
    print("ready", flush=True)
    for line in sys.stdin:
        key, _, kinds = line.strip().partition(" ")
        with store.uows.write() as unit:
            unit.settings.put(key, "x")
            unit.touch(*kinds.split())
            unit.commit()


def main() -> None:
    """Do what the command line says."""
    url, what, number = sys.argv[1:4]
    with db.open_store(url) as store:
        if what == "cases":
            cases(store, int(number))
        else:
            settings(store)


if __name__ == "__main__":
    main()
