"""Facts of a refusal that are words of the field, in whichever language the
sentence is read."""

from __future__ import annotations

from console.domain.model import Event
from console.i18n import t


class Word(str):
    """A raw word (``dispatch``) that a sentence shows as its text."""

    __slots__ = ("_key",)
    _key: str

    def __new__(cls, raw: str, key: str) -> Word:
        """``key`` is the text's key, such as ``actions.verb.dispatch``."""
        word = super().__new__(cls, raw)
        word._key = key
        return word

    def __format__(self, spec: str) -> str:
        return format(t(self._key), spec)


class Words(tuple[Word, ...]):
    """Several words, told one after the other."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(", ".join(f"{word}" for word in self), spec)


def action(raw: str) -> Word:
    """The verb of an action."""
    return Word(raw, f"actions.verb.{raw}")


def what_happened(event: Event) -> Word:
    """What an event says was done."""
    return action(event.action.value)
