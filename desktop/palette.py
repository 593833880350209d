"""Light and dark: one set of colours by role, and the palette made of it.

Fusion with palettes of our own: what Qt's platform themes do with dark differs by desktop and costs up to 70 MB.
Every text colour here has a contrast of at least 4.5 to what it stands on (tests/desktop checks it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

Mode = Literal["auto", "light", "dark"]


@dataclass(frozen=True)
class Colours:
    """Colours by role, as #rrggbb."""

    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    attention: str
    error: str
    selection: str


LIGHT = Colours(
    window="#f5f5f3",
    surface="#ffffff",
    raised="#ececea",
    border="#d3d3cf",
    text="#1d1d1b",
    muted="#5f5f5a",
    accent="#1f5f8b",
    on_accent="#ffffff",
    good="#1e6b3a",
    attention="#8a5200",
    error="#a4262c",
    selection="#d5e6f2",
)
DARK = Colours(
    window="#1e1f20",
    surface="#27292a",
    raised="#323435",
    border="#454849",
    text="#ececea",
    muted="#a9aba8",
    accent="#7db9e0",
    on_accent="#10202b",
    good="#7fd09a",
    attention="#f0b355",
    error="#f28b82",
    selection="#2f4a5c",
)


class Appearance(QObject):
    """The colours in use. `changed` is sent after they changed: icons are drawn again then."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "auto") -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self.colours = LIGHT
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self.colours is DARK

    def use(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark."""
        self._mode = mode
        self._apply()

    def _system_changed(self) -> None:
        self._apply()

    def _apply(self) -> None:
        dark = self._mode == "dark" or (self._mode == "auto" and system_is_dark(self._app))
        self.colours = DARK if dark else LIGHT
        self._app.setPalette(palette(self.colours))
        self._app.setStyleSheet(style(self.colours))
        self.changed.emit()


def system_is_dark(app: QApplication) -> bool:
    """Whether the desktop asks for dark, as far as Qt knows."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def palette(colours: Colours) -> QPalette:
    """A palette for Fusion."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.window,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.error,
        QPalette.ColorRole.ToolTipBase: colours.surface,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.Mid: colours.border,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return made


def style(colours: Colours) -> str:
    """What a palette cannot say: cards, the one big button, the bar for messages. By object name or property."""
    return f"""
        *[card="true"] {{ background: {colours.surface}; border: 1px solid {colours.border}; border-radius: 8px; }}
        *[muted="true"] {{ color: {colours.muted}; }}
        *[tone="good"] {{ color: {colours.good}; }}
        *[tone="attention"] {{ color: {colours.attention}; }}
        *[tone="error"] {{ color: {colours.error}; }}
        QPushButton[primary="true"] {{
            background: {colours.accent}; color: {colours.on_accent}; border: none; border-radius: 6px;
            padding: 8px 18px; font-weight: 600;
        }}
        QPushButton[primary="true"]:disabled {{ background: {colours.raised}; color: {colours.muted}; }}
        QPushButton[primary="true"]:focus {{ outline: none; border: 2px solid {colours.text}; }}
        QFrame[bar="attention"] {{ background: {colours.surface}; border-left: 4px solid {colours.attention}; }}
        QFrame[bar="error"] {{ background: {colours.surface}; border-left: 4px solid {colours.error}; }}
        QFrame[bar="good"] {{ background: {colours.surface}; border-left: 4px solid {colours.good}; }}
    """
