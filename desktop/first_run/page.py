"""What a screen of the first run is: a title, a sentence, contents, and what Next and Skip mean there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.first_run.choices import Choices
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.trial import Trial
from desktop.window.parts import heading, quiet


class Page(QWidget):
    """One screen. `ready` is sent when what `can_go_on` says may have changed."""

    ready = Signal()
    title = ""

    def __init__(self, model: AppModel, appearance: Appearance, choices: Choices, trial: Trial) -> None:
        super().__init__()
        self.model = model
        self.appearance = appearance
        self.choices = choices
        self.trial = trial
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(32, 24, 32, 16)
        self.body.setSpacing(12)

    def say(self, title: str, text: str) -> None:
        """The screen's title, and what it is about."""
        self.title = title
        self.body.addWidget(heading(title, 6, wrap=True))
        self.body.addWidget(quiet(text, wrap=True))
        self.body.addSpacing(4)

    @property
    def can_go_on(self) -> bool:
        """Whether Next may be pressed."""
        return True

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to choose here after what was chosen before."""
        return True

    def shown(self) -> None:
        """It can be seen now."""

    def left(self) -> None:
        """Next was pressed: what stands here counts."""

    def skipped(self) -> None:
        """Skip was pressed: what stands here does not count."""
