"""What people call things whose cases carry only the id of: communities,
places, persons; in the language now."""

from __future__ import annotations

from typing import Final

from console.domain.vocabulary import Role
from console.i18n import either, t
from console.services.views import Names


class NameBook:
    """Empty until the names were read; then every id falls back to itself."""

    def __init__(self, names: Names | None = None) -> None:
        self._names = names if names is not None else Names({}, {}, {})

    def community(self, place_id: str) -> str:
        """Name of a community. A bare code of the register without a known
        name says nothing to an officer and is left out."""
        known = self._names.communities.get(place_id)
        if known is not None:
            return either(*known)
        return "" if place_id.isdecimal() else place_id

    def place(self, name: str) -> str:
        """A road, shop or courtyard; a case carries its Chinese name."""
        known = self._names.places.get(name)
        return either(*known) if known is not None else name

    def person(self, login: str) -> str:
        """Who it was: a name, or the word for the program itself."""
        if login == Role.SYSTEM.value:
            return t("states.role.system")
        known = self._names.people.get(login)
        return (either(*known) or login) if known is not None else login

    def where(self, community: str, place: str) -> str:
        """Community and place in one line."""
        return " · ".join(word for word in (self.community(community), self.place(place)) if word)


#: Before anything was read.
NOBODY: Final = NameBook()
