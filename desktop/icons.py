"""The icons: drawn for this app, one line weight, coloured by role when they are loaded.

The files under resources/icons use `currentColor`. States differ by shape, never by colour alone.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 48, 64)
APP = "cogzy"
FRAMES = 12
"""Steps of a full turn of the arrows; at most four are shown in a second."""


def icon(name: str, colour: str) -> QIcon:
    """The icon `name` (a file of resources/icons) in a colour (#rrggbb)."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(picture(name, colour, size))
    return made


def turned(name: str, colour: str, frame: int) -> QIcon:
    """The icon turned by `frame` steps of a full turn."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(picture(name, colour, size, turn=360.0 * (frame % FRAMES) / FRAMES))
    return made


def app_icon() -> QIcon:
    """The icon of the app itself."""
    return icon(APP, "#000000")


def picture(name: str, colour: str, size: int, *, scale: float = 1.0, turn: float = 0.0) -> QPixmap:
    """One icon as a picture of `size` logical pixels, turned clockwise by `turn` degrees."""
    made = QPixmap(QSize(size, size) * scale)
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(size / 2, size / 2)
    painter.rotate(turn)
    painter.translate(-size / 2, -size / 2)
    QSvgRenderer(QByteArray(source(name).replace("currentColor", colour).encode())).render(
        painter, QRectF(0, 0, size, size)
    )
    painter.end()
    return made


@cache
def source(name: str) -> str:
    """The SVG text of an icon. Raises FileNotFoundError for one that does not exist."""
    return (files("cogzy.resources") / "icons" / f"{name}.svg").read_text("utf-8")
