"""Files that are dragged over a window: which they are, and a hint that they can be dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop.text import tr


class DropHint(QLabel):
    """Covers its window while something that can be dropped is over it. The drag goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(tr("Drop to import"), window)
        self.setObjectName("drop_hint")
        self.setProperty("drop", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() + 6)
        self.setFont(font)
        self.hide()

    def cover(self) -> None:
        """Show it over the whole window."""
        self.setGeometry(self.window().rect().adjusted(8, 8, -8, -8))
        self.raise_()
        self.show()


def dropped(data: QMimeData) -> list[Path]:
    """The files and folders of this computer that are being dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
