"""Light and dark: one set of colours by role, and the palette made of it.

Fusion with palettes of our own: what Qt's platform themes do with dark differs by desktop and costs up to 70 MB.
Every text colour here has a contrast of at least 4.5 to what it stands on (tests/desktop checks it).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

Mode = Literal["auto", "light", "dark", "contrast"]


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
    hover: str
    field: str


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
    hover="#e6e6e3",
    field="#8b8b86",
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
    hover="#3a3d3e",
    field="#777b7c",
)
CONTRAST_LIGHT = replace(
    LIGHT,
    window="#ffffff",
    raised="#ffffff",
    border="#000000",
    text="#000000",
    muted="#333333",
    accent="#003f6b",
    good="#004d1f",
    attention="#5c3600",
    error="#86000a",
    hover="#e0e0e0",
    field="#000000",
)
CONTRAST_DARK = replace(
    DARK,
    window="#000000",
    surface="#000000",
    raised="#000000",
    border="#ffffff",
    text="#ffffff",
    muted="#d6d6d6",
    accent="#a6d8ff",
    on_accent="#000000",
    good="#a5f0bd",
    attention="#ffd28a",
    error="#ffb3ad",
    selection="#1f3f55",
    hover="#333333",
    field="#ffffff",
)
"""For people who asked their desktop, or this app, for more contrast: at least 7 for every text."""


class Appearance(QObject):
    """The colours in use. `changed` is sent after they changed: icons are drawn again then."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "auto") -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self.colours = LIGHT
        app.setStyle("Fusion")
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        if hasattr(hints, "accessibility"):  # Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)
        self._apply()

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self.colours in (DARK, CONTRAST_DARK)

    def use(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark; `contrast`: as the system, with more of it."""
        self._mode = mode
        self._apply()

    def _system_changed(self) -> None:
        self._apply()

    def _apply(self) -> None:
        dark = self._mode == "dark" or (self._mode != "light" and system_is_dark(self._app))
        if self._mode == "contrast" or system_wants_contrast(self._app):
            self.colours = CONTRAST_DARK if dark else CONTRAST_LIGHT
        else:
            self.colours = DARK if dark else LIGHT
        self._app.setPalette(palette(self.colours))
        self._app.setStyleSheet(style(self.colours))
        self.changed.emit()


def system_is_dark(app: QApplication) -> bool:
    """Whether the desktop asks for dark, as far as Qt knows."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def system_wants_contrast(app: QApplication) -> bool:
    """Whether the desktop asks for high contrast, as far as Qt knows."""
    hints = app.styleHints()
    if not hasattr(hints, "accessibility"):  # Qt 6.10
        return False
    return bool(hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)


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
        QPalette.ColorRole.Highlight: colours.selection,
        QPalette.ColorRole.HighlightedText: colours.text,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.Mid: colours.border,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return made


def style(colours: Colours) -> str:
    """What a palette cannot say. By kind of control, object name or property."""
    c = colours
    up, down = _picture("control-up"), _picture("control-down")
    check = _picture(f"control-check-{'light' if c.on_accent == '#ffffff' else 'dark'}")
    return f"""
        QLabel[drop="true"] {{ background: {c.surface}; border: 2px dashed {c.accent}; border-radius: 12px; }}
        *[card="true"] {{ background: {c.surface}; border: 1px solid {c.border}; border-radius: 10px; }}
        *[muted="true"] {{ color: {c.muted}; }}
        *[tone="good"] {{ color: {c.good}; }}
        *[tone="attention"] {{ color: {c.attention}; }}
        *[tone="error"] {{ color: {c.error}; }}

        QPushButton {{
            background: {c.surface}; color: {c.text}; border: 1px solid {c.field}; border-radius: 6px;
            padding: 5px 13px; min-height: 1.2em; outline: none;
        }}
        QPushButton:hover {{ background: {c.hover}; }}
        QPushButton:pressed {{ background: {c.selection}; }}
        QPushButton:default {{ border-color: {c.accent}; }}
        QPushButton:focus {{ border: 2px solid {c.accent}; padding: 4px 12px; }}
        QPushButton:disabled {{ background: {c.raised}; color: {c.muted}; border-color: {c.border}; }}
        QPushButton[primary="true"] {{
            background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; font-weight: 600;
            padding: 7px 17px;
        }}
        QPushButton[primary="true"]:hover {{ border-color: {c.text}; }}
        QPushButton[primary="true"]:focus {{ border: 3px solid {c.text}; padding: 5px 15px; }}
        QPushButton[primary="true"]:disabled {{
            background: {c.raised}; color: {c.muted}; border-color: {c.border};
        }}
        QPushButton[danger="true"] {{ color: {c.error}; border-color: {c.error}; }}
        QPushButton[danger="true"]:disabled {{ color: {c.muted}; border-color: {c.border}; }}

        QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px; }}
        QToolButton:hover {{ background: {c.hover}; }}
        QToolButton:focus {{ border: 2px solid {c.accent}; padding: 3px; }}

        QLineEdit, QPlainTextEdit, QTextEdit {{
            background: {c.surface}; color: {c.text}; border: 1px solid {c.field}; border-radius: 6px; padding: 5px 8px;
        }}
        QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border: 2px solid {c.accent}; padding: 4px 7px; }}
        QLineEdit:disabled, QPlainTextEdit:disabled {{
            background: {c.raised}; color: {c.muted}; border-color: {c.border};
        }}
        QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{ border: 2px solid {c.error}; padding: 4px 7px; }}
        QComboBox, QAbstractSpinBox {{
            background: {c.surface}; color: {c.text}; border: 1px solid {c.field}; border-radius: 6px;
            padding: 4px 8px; min-height: 1.3em;
        }}
        QAbstractSpinBox QLineEdit {{ border: none; padding: 0 8px; background: transparent; }}
        QComboBox:focus, QAbstractSpinBox:focus {{ border: 2px solid {c.accent}; padding: 3px 7px; }}
        QComboBox:disabled, QAbstractSpinBox:disabled {{
            background: {c.raised}; color: {c.muted}; border-color: {c.border};
        }}
        QComboBox::drop-down {{ border: none; width: 22px; }}
        QComboBox::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; }}
        QComboBox QAbstractItemView {{
            background: {c.surface}; border: 1px solid {c.field}; border-radius: 0; padding: 2px; outline: none;
        }}
        QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 20px; }}
        QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; }}
        QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}

        QCheckBox {{ spacing: 8px; border: 2px solid transparent; border-radius: 6px; padding: 2px; }}
        QCheckBox:focus {{ border-color: {c.accent}; }}
        QCheckBox::indicator, QListView::indicator, QTreeView::indicator {{
            width: 15px; height: 15px; border: 1px solid {c.field}; border-radius: 4px; background: {c.surface};
        }}
        QCheckBox::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked {{
            background: {c.accent}; border-color: {c.accent}; image: url("{check}");
        }}
        QCheckBox::indicator:checked:disabled {{ background: {c.muted}; border-color: {c.muted}; }}
        QCheckBox:disabled {{ color: {c.muted}; }}
        QRadioButton {{ spacing: 8px; border: 2px solid transparent; border-radius: 6px; padding: 2px; }}
        QRadioButton:focus {{ border-color: {c.accent}; }}
        QRadioButton::indicator {{
            width: 15px; height: 15px; border: 1px solid {c.field}; border-radius: 8px; background: {c.surface};
        }}
        QRadioButton::indicator:checked {{
            width: 7px; height: 7px; border: 5px solid {c.accent}; background: {c.on_accent};
        }}

        QFrame#side, QListWidget#settings_pages {{
            background: {c.raised}; border: none; border-right: 1px solid {c.border}; border-radius: 0;
        }}
        QListWidget#page_list {{ background: transparent; border: none; border-radius: 0; }}
        QListWidget#page_list, QListWidget#settings_pages {{ padding: 8px 6px; outline: none; }}
        QPushButton[side="true"] {{
            background: transparent; border: 2px solid transparent; border-radius: 6px; text-align: left;
            padding: 5px 8px 5px 11px; margin: 1px 10px;
        }}
        QPushButton[side="true"]:hover {{ background: {c.hover}; }}
        QPushButton[side="true"]:focus {{ border: 2px solid {c.accent}; padding: 5px 8px 5px 11px; }}
        QListWidget#page_list::item, QListWidget#settings_pages::item {{
            color: {c.text}; border: 2px solid transparent; border-radius: 6px; padding: 5px 8px; margin: 1px 2px;
        }}
        QListWidget#page_list::item:hover, QListWidget#settings_pages::item:hover {{ background: {c.hover}; }}
        QListWidget#page_list::item:selected, QListWidget#settings_pages::item:selected {{
            background: {c.selection}; color: {c.text};
        }}
        QListWidget#page_list::item:selected:focus, QListWidget#settings_pages::item:selected:focus {{
            border: 2px solid {c.accent};
        }}

        QTableView, QTreeView, QListView {{
            background: {c.surface}; alternate-background-color: {c.window}; color: {c.text};
            border: 1px solid {c.border}; border-radius: 8px;
        }}
        QTableView:focus, QTreeView:focus, QListView:focus {{ border: 2px solid {c.accent}; }}
        QTableView::item {{ padding: 0 8px; border: none; }}
        QListView::item {{ padding: 4px; }}
        QTreeView::item {{ padding: 3px 4px; border: none; }}
        QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {{
            background: {c.selection}; color: {c.text};
        }}
        QHeaderView {{ background: {c.surface}; border: none; border-top-left-radius: 8px; }}
        QHeaderView::section {{
            background: {c.surface}; color: {c.muted}; border: none; border-bottom: 1px solid {c.border};
            padding: 7px 8px; font-weight: 600;
        }}

        QProgressBar {{
            background: {c.hover}; color: {c.text}; border: none; border-radius: 3px; text-align: center;
        }}
        QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}

        QFrame[bar="attention"] {{ background: {c.surface}; border: 1px solid {c.border};
            border-left: 4px solid {c.attention}; border-radius: 6px; }}
        QFrame[bar="error"] {{ background: {c.surface}; border: 1px solid {c.border};
            border-left: 4px solid {c.error}; border-radius: 6px; }}
        QFrame[bar="good"] {{ background: {c.surface}; border: 1px solid {c.border};
            border-left: 4px solid {c.good}; border-radius: 6px; }}
        QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.field}; padding: 4px; }}

        QScrollBar {{ background: transparent; border: none; }}
        QScrollBar:vertical {{ width: 12px; }}
        QScrollBar:horizontal {{ height: 12px; }}
        QScrollBar::handle {{ background: {c.field}; border-radius: 4px; margin: 2px; }}
        QScrollBar::handle:vertical {{ min-height: 28px; }}
        QScrollBar::handle:horizontal {{ min-width: 28px; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _picture(name: str) -> str:
    """The path of a control's picture, as a style sheet writes it."""
    return Path(str(files("cogzy.resources") / "icons" / f"{name}.svg")).as_posix()
