"""One switch for all windows: language first, then every widget speaks again."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from console.i18n import language, set_language


def retranslate(root: QWidget) -> None:
    """Let ``root`` and all below it that have texts say them again."""
    for widget in (*root.findChildren(QWidget), root):
        speak = getattr(widget, "retranslate", None)
        if callable(speak):
            speak()


def switch_language(lang: str) -> None:
    """Take ``zh`` or ``en`` in the whole program, live."""
    if lang == language():
        return
    set_language(lang)
    for window in QApplication.topLevelWidgets():
        retranslate(window)
