"""The page of a console nobody works at: a card to sign in, nothing else."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.widgets.login_card import LoginCard
from console.widgets.parts import surface


class LoginPage(QWidget):
    """Holds the card while no desk is seen; the lock borrows it."""

    def __init__(self, card: LoginCard) -> None:
        super().__init__()
        self._card = card
        surface(self, "bg")
        page = QVBoxLayout(self)
        page.addStretch(1)
        # No alignment: only so is the height asked for at the card's width.
        self._middle = QHBoxLayout()
        self._middle.addStretch(1)
        self._middle.addWidget(card)
        self._middle.addStretch(1)
        page.addLayout(self._middle)
        page.addStretch(2)

    def take(self) -> None:
        """The card comes back to this page."""
        if self._middle.indexOf(self._card) < 0:
            self._middle.insertWidget(1, self._card)
            self._card.stand_over(False)
        self._card.show()
