"""One message over the page: what went wrong, and what to do. A new one takes its place; nothing pops up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from core.errors import CogzyError
from desktop.palette import Appearance
from desktop.text import error_text, tr
from desktop.window.parts import IconButton, heading, plain, row

Tone = Literal["good", "attention", "error"]


class MessageBar(QFrame):
    """Hidden until something is said."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("message_bar")
        self._title = heading("", wrap=True)
        self._title.setObjectName("message_title")
        self._text = plain()
        self._text.setObjectName("message_text")
        self._action = QPushButton()
        self._action.setAutoDefault(True)
        self._action.setObjectName("message_action")
        self._does: Callable[[], object] = self.hide
        self._action.clicked.connect(lambda: self._does())
        close = IconButton(appearance, "close", tr("Close this message"), self.hide, "message_close")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        line = row()
        line.addLayout(words, 1)
        line.addWidget(self._action)
        line.addWidget(close)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(14, 8, 8, 8)
        inside.addLayout(line)
        self.hide()

    @property
    def shows_error(self) -> bool:
        """Whether what is shown is an error."""
        return not self.isHidden() and self.property("bar") == "error"

    def show_error(self, error: CogzyError | Mapping[str, Any]) -> None:
        """Show an error in words."""
        title, cause, next_step = error_text(error)
        self.say(title, " ".join(filter(None, (cause, next_step))), "error")

    def take_back(self, title: str) -> None:
        """Hide the message of that title, if it is the one that is shown."""
        if self._title.text() == title:
            self.hide()

    def say(
        self, title: str, text: str = "", tone: Tone = "good", action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Show a message; `action` is a button's words and what it does."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._action.setVisible(action is not None)
        if action is not None:
            self._action.setText(action[0])
            self._does = action[1]
        self.setProperty("bar", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(f"{title} {text}")
        self.show()
